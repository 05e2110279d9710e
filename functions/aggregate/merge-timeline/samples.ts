import type { z } from "zod";
import { BrokenContract } from "../../runtime/errors.ts";
import type { Lake } from "../../runtime/lake.ts";
import type { Finding } from "./results.ts";
import type { Video } from "./video.ts";

/** One frame that a producer looked at: `frame` of the analysis rendition, and `shown`, the source frame that it shows. */
export interface Sample<Line> {
  frame: number;
  shown: number;
  line: Line;
}

/**
 * A producer's lines inside the body, streamed. A rendition may show a source frame twice; what was said of it is taken
 * once. Throws BrokenContract where frames don't rise or the rendition doesn't have them.
 */
export async function* samplesOf<Line extends { frame: number }>(
  lake: Pick<Lake, "lines">,
  { key, producer }: Finding,
  schema: z.ZodType<Line>,
  { frames, gate }: Video,
  isPlainly?: (value: unknown) => value is Line,
): AsyncGenerator<Sample<Line>, void, undefined> {
  const { sourceFrame } = frames.rendition("analysis");
  let previous = -1;
  let previousShown = -1;
  let hole = 0;
  for await (const line of lake.lines(key, schema, isPlainly)) {
    const { frame } = line;
    if (frame <= previous) throw new BrokenContract(`The frames of ${producer.id} don't rise: ${previous} is followed by ${frame}.`);
    if (frame >= sourceFrame.length) throw new BrokenContract(`${producer.id} tells of frame ${frame}, and the rendition has ${sourceFrame.length}.`);
    previous = frame;
    while (hole < gate.length && (gate[hole] as { endFrame: number }).endFrame <= frame) hole++;
    const next = gate[hole];
    if (next !== undefined && next.startFrame <= frame) continue;
    const shown = sourceFrame[frame] as number;
    if (shown === previousShown) continue;
    previousShown = shown;
    yield { frame, shown, line };
  }
}

/** Throws BrokenContract for a label index that the producer doesn't have. */
export function checkLabel(label: number, { producer, labels }: Finding, frame: number): void {
  if (label >= labels.length) throw new BrokenContract(`${producer.id} names label ${label} in frame ${frame}, and it has ${labels.length}.`);
}

/**
 * Several rising streams as one: for every source frame that any of them looked at, what each said, `undefined` from those that
 * didn't look. Holds one sample a stream.
 */
export async function* inStep<Line>(
  streams: readonly AsyncIterator<Sample<Line>, void, undefined>[],
): AsyncGenerator<(Sample<Line> | undefined)[], void, undefined> {
  const heads = await Promise.all(streams.map(async (stream) => nextOf(stream)));
  for (;;) {
    const shown = heads.reduce((least, head) => Math.min(least, head?.shown ?? Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY);
    if (shown === Number.POSITIVE_INFINITY) return;
    const taken = heads.map((head) => (head?.shown === shown ? head : undefined));
    yield taken;
    for (const [i, head] of taken.entries()) if (head) heads[i] = await nextOf(streams[i] as (typeof streams)[number]);
  }
}

async function nextOf<Line>(stream: AsyncIterator<Sample<Line>, void, undefined>): Promise<Sample<Line> | undefined> {
  const { done, value } = await stream.next();
  return done ? undefined : value;
}

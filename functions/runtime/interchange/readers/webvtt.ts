import { z } from "zod";
import { lastNotAfter } from "../../../../contracts/frame-table.ts";
import { complaints } from "../../parse.ts";
import { Draft, type GivenFile, type Operation, type Reader } from "../draft.ts";

const exact = { id: z.string().min(1).optional(), label: z.string().min(1), startFrame: z.int().optional(), endFrame: z.int().optional() };
const payload = z.discriminatedUnion("kind", [
  z.looseObject({ kind: z.literal("segment"), level: z.enum(["shot", "phase", "step", "task", "action"]), ...exact }),
  z.looseObject({ kind: z.literal("event"), type: z.string().min(1), ...exact }),
]);

const timing = /^((?:\d{2,}:)?\d{2}:\d{2}\.\d{3})[ \t]+-->[ \t]+((?:\d{2,}:)?\d{2}:\d{2}\.\d{3})(?:[ \t].*)?$/;

/**
 * WebVTT. A cue of JSON is a segment or an event, with exact frames if it names them; a cue of text is a phase. Times become
 * frames by the frame table: the frame that is shown then.
 */
export const readWebvtt: Reader = (files, operation) => {
  const draft = new Draft(operation);
  for (const file of files) readFile(draft, file, operation);
  return draft.finish();
};

function readFile(draft: Draft, { name, text }: GivenFile, operation: Operation): undefined {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  if (!/^WEBVTT(?:[ \t]|$)/.test(lines[0] ?? "")) return draft.reject(`${name}, line 1`, 'a WebVTT file begins with "WEBVTT".');
  for (const { at, block } of blocksOf(lines)) {
    const where = `${name}, line ${at + 1}`;
    if (at === 0 || /^(?:NOTE|STYLE|REGION)(?:[ \t]|$)/.test(block[0] as string)) continue;
    const times = block.findIndex((line) => line.includes("-->"));
    if (times < 0) draft.reject(where, "the block is no cue: it has no times.");
    else if (times > 1) draft.reject(where, "only a line with the cue's identifier may stand above its times.");
    else readCue(draft, where, { id: times === 1 ? block[0] : undefined, times: block[times] as string, text: block.slice(times + 1).join("\n") }, operation);
  }
}

function* blocksOf(lines: readonly string[]): Generator<{ at: number; block: string[] }> {
  let at = 0;
  let block: string[] = [];
  for (const [i, line] of [...lines, ""].entries()) {
    if (line !== "") {
      if (block.length === 0) at = i;
      block.push(line);
    } else if (block.length > 0) {
      yield { at, block };
      block = [];
    }
  }
}

function readCue(draft: Draft, where: string, cue: { id: string | undefined; times: string; text: string }, operation: Operation): undefined {
  const match = timing.exec(cue.times);
  if (!match) return draft.reject(where, `"${cue.times}" is no pair of times such as 00:01:02.000 --> 00:01:05.500.`);
  const shown = { startFrame: frameAt(operation, secondsOf(match[1] as string)), endFrame: endAt(operation, secondsOf(match[2] as string)) };
  const fallback = cue.id ?? `cue-${where.replace(/^.* /, "")}`;
  if (!cue.text.startsWith("{")) {
    const label = unescaped(cue.text.replace(/<[^>]*>/g, "")).trim();
    if (label === "") return draft.reject(where, "the cue has no text.");
    return draft.segment(where, { id: fallback, level: "phase", label, ...shown });
  }
  let value: unknown;
  try {
    value = JSON.parse(cue.text);
  } catch (error) {
    return draft.reject(where, `the cue isn't JSON: ${(error as Error).message}.`);
  }
  const parsed = payload.safeParse(value);
  if (!parsed.success) {
    for (const complaint of complaints(parsed.error)) draft.reject(where, complaint);
    return undefined;
  }
  const { id = fallback, label, startFrame = shown.startFrame, endFrame = shown.endFrame } = parsed.data;
  const common = { id, label, startFrame, endFrame };
  if (parsed.data.kind === "segment") draft.segment(where, { ...common, level: parsed.data.level });
  else draft.event(where, { ...common, type: parsed.data.type });
}

function secondsOf(time: string): number {
  return time.split(":").reduce((sum, part) => 60 * sum + Number(part), 0);
}

/** Times in WebVTT are rounded to the millisecond: half of one more is still the same moment. */
const half = 0.0005;

const ticksOf = ({ frames }: Operation, seconds: number): number => {
  const { timebase, pts } = frames.source;
  return (pts[0] as number) + (seconds * timebase.den) / timebase.num;
};

const frameAt = (operation: Operation, seconds: number): number => Math.max(0, lastNotAfter(operation.frames.source.pts, ticksOf(operation, seconds + half)));

/** The first frame after a moment: the frame that begins then, or the next. */
function endAt(operation: Operation, seconds: number): number {
  const { pts } = operation.frames.source;
  const last = lastNotAfter(pts, ticksOf(operation, seconds + half));
  const beginsThen = last >= 0 && (pts[last] as number) >= ticksOf(operation, seconds - half);
  const isAtEnd = ticksOf(operation, seconds + half) >= (pts[0] as number) + operation.durationTicks;
  return beginsThen && !isAtEnd ? last : last + 1;
}

const unescaped = (text: string): string => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

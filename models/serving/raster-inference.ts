import type { FrameSpan } from "../../contracts/primitives.ts";
import type { FrameReader } from "./frame-reader.ts";
import type { BatchAnswer } from "./inference-messages.ts";
import type { InferencePool } from "./inference-pool.ts";
import type { ModelOutput } from "./model-output.ts";
import { within } from "./spans.ts";

/** Networks that take pictures of one size. */
export interface RasterGroup {
  readonly width: number;
  readonly height: number;
  readonly outputs: readonly ModelOutput[];
}

export interface RasterInference {
  readonly reader: FrameReader;
  readonly group: RasterGroup;
  readonly pool: InferencePool;
  /** Video frames between two pictures. */
  readonly step: number;
  /** Frame of the first picture. @default 0 */
  readonly first?: number;
  /** Presentation time of every frame of the video, in ticks. */
  readonly pts: ArrayLike<number>;
  readonly excluded: readonly FrameSpan[];
  readonly onProgress?: (framesDone: number) => void;
}

/**
 * Feeds sampled pictures to their networks and writes the answers in the order of the frames. Returns how many
 * pictures came. A bounded number of batches is under way, whose buffers go round: when all are, nothing is read
 * and the decoder waits. What was read before an error is answered for all the same.
 */
export async function inferRaster({ reader, group, pool, step, first = 0, pts, excluded, onProgress }: RasterInference): Promise<number> {
  const frameBytes = group.width * group.height * 3;
  const batchFrames = framesPerBatch(group);
  const buffers: ArrayBuffer[] = [];
  const underWay: { frames: number[]; answer: Promise<BatchAnswer> }[] = [];
  const settleOldest = async (): Promise<void> => {
    const { frames, answer } = underWay.shift() as (typeof underWay)[number];
    const { pixels, answers } = await answer;
    buffers.push(pixels);
    for (const output of group.outputs) {
      const found = answers[output.model.id];
      if (found) await output.add(frames, pts, found);
    }
  };

  let pictures = 0;
  const readAll = async (): Promise<void> => {
    for (let ended = false; !ended; ) {
      if (underWay.length >= 2 * pool.threads) await settleOldest();
      const pixels = buffers.pop() ?? new ArrayBuffer(batchFrames * frameBytes);
      const frames: number[] = [];
      while (frames.length < batchFrames && !ended) {
        ended = !(await reader.read(new Uint8Array(pixels, frames.length * frameBytes, frameBytes)));
        if (ended) break;
        const frame = first + pictures++ * step;
        // The next picture overwrites an excluded one.
        if (!within(excluded, frame)) frames.push(frame);
      }
      const models = group.outputs.filter(({ failed }) => !failed).map(({ model }) => model.id);
      if (frames.length > 0 && models.length > 0) {
        const answer = pool.run({ models, pixels, frames: frames.length });
        // Awaited in order, later; a failure before that must not end the process.
        answer.catch(() => {});
        underWay.push({ frames, answer });
      } else buffers.push(pixels);
      onProgress?.(pictures * step);
    }
  };
  try {
    await readAll();
  } finally {
    while (underWay.length > 0) await settleOldest();
  }
  return pictures;
}

/** Four small pictures share the cost of a message between threads; larger ones run no faster together, and slower from 384 x 384. */
export const framesPerBatch = ({ width, height }: Pick<RasterGroup, "width" | "height">): number => (width * height <= 256 * 256 ? 4 : 1);

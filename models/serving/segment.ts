import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import type { Model } from "../../contracts/model.ts";
import type { FrameSpan, Rational } from "../../contracts/primitives.ts";
import type { Demuxer } from "./decode-plan.ts";
import { startDecoder } from "./decoder.ts";
import { frameReader } from "./frame-reader.ts";
import type { InferencePool } from "./inference-pool.ts";
import { ModelOutput } from "./model-output.ts";
import { type PacketTable, readPackets } from "./packets.ts";
import { ffprobePath } from "./programs.ts";
import { inferRaster } from "./raster-inference.ts";

/** Containers a segment may come in, by content type, and the one demuxer that reads each. */
export const segmentTypes: Readonly<Record<string, Demuxer>> = { "video/mp2t": "mpegts", "video/mp4": "mov" };

/** What to do with a segment. Frames are the segment's own, counted from 0 in presentation order. */
export interface SegmentWork {
  /** Every `step`-th frame is looked at, from `first`, which is below `step`: sampling goes on over segments whose length it does not divide. */
  readonly step: number;
  readonly first: number;
  /** Spans that no network sees. */
  readonly excluded: readonly FrameSpan[];
}

/**
 * What to do with every segment of a video, where the caller can't say it for each. Which of the video's frames a segment holds, its
 * times tell: `ticks` of the segment's own time for a frame, from `firstPts` on.
 */
export interface VideoWork {
  readonly step: number;
  readonly firstPts: number;
  readonly ticks: Rational;
  readonly frameCount: number;
  /** Spans of the video's frames that no network sees. */
  readonly excluded: readonly FrameSpan[];
}

/** What of a video's work is a segment's. Throws an UnreadableSegment unless each of its frames is one of the video's, beyond doubt: one that should not be seen might else be. */
export function workInSegment({ step, firstPts, ticks, frameCount, excluded }: VideoWork, pts: ArrayLike<number>): SegmentWork {
  const place = ((pts[0] as number) - firstPts) * (ticks.den / ticks.num);
  const start = Math.round(place);
  for (let i = 0; i < pts.length; i++) {
    const astray = Math.abs((((pts[i] as number) - firstPts) * ticks.den) / ticks.num - start - i);
    // Times are rounded, at worst to the milliseconds of a source that was not encoded anew; a quarter of a frame leaves no doubt.
    if (astray > 0.25) throw new UnreadableSegment(`Frame ${i} of the segment lies ${astray.toFixed(2)} frames beside the video's frame ${start + i}.`);
  }
  if (start < 0 || start + pts.length > frameCount)
    throw new UnreadableSegment(`The segment holds the frames ${start} to ${start + pts.length - 1}; the video has ${frameCount}.`);
  return {
    step,
    first: (step - (start % step)) % step,
    excluded: excluded.flatMap((span) => {
      const inside = { startFrame: Math.max(0, span.startFrame - start), endFrame: Math.min(pts.length, span.endFrame - start) };
      return inside.endFrame > inside.startFrame ? [inside] : [];
    }),
  };
}

/** The segment is at fault: not what its content type says, without a frame, or not decodable whole. */
export class UnreadableSegment extends Error {}

/**
 * JSON Lines of what one network finds in a segment: a line of `contracts/analyser-result.ts` for each sampled frame,
 * with the network's id, version and digest. Empty if all sampled frames are excluded.
 * Throws an UnreadableSegment, or another error if the network fails: then nothing of the segment counts.
 */
export async function analyseSegment(
  bytes: Uint8Array,
  demuxer: Demuxer,
  given: SegmentWork | VideoWork,
  model: Model,
  pool: InferencePool,
  abort: AbortSignal,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "segment-"));
  try {
    const video = join(folder, "segment");
    await writeFile(video, bytes);
    const { packets, size } = await readSegment(video, demuxer);
    const work = "first" in given ? given : workInSegment(given, packets.pts);
    const beyond = work.excluded.find(({ endFrame }) => endFrame > packets.pts.length);
    if (beyond) {
      throw new UnreadableSegment(`The segment has ${packets.pts.length} frames; the excluded span ${beyond.startFrame}-${beyond.endFrame} ends beyond.`);
    }
    const output = await ModelOutput.create(model, size, folder);
    try {
      await decode(video, demuxer, packets, work, output, pool, abort);
    } finally {
      await output.close();
    }
    if (output.error !== null) throw new Error(output.error);
    const from = { model: model.id, version: model.version, digest: model.sha256 };
    const lines = (await readFile(join(folder, output.file), "utf8")).split("\n").filter(Boolean);
    return lines.map((line) => `${JSON.stringify({ ...JSON.parse(line), ...from })}\n`).join("");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readSegment(video: string, demuxer: Demuxer): Promise<{ packets: PacketTable; size: { width: number; height: number } }> {
  try {
    const packets = await readPackets(video, demuxer);
    const args = ["-v", "error", "-f", demuxer, "-select_streams", "v:0", "-show_entries", "stream=width,height", "-of", "json", video];
    const { streams } = JSON.parse((await promisify(execFile)(ffprobePath(), args)).stdout) as { streams: { width?: number; height?: number }[] };
    const { width, height } = streams[0] ?? {};
    if (!width || !height) throw new Error("The video has no picture size.");
    return { packets, size: { width, height } };
  } catch (error) {
    throw new UnreadableSegment(`The segment can't be read: ${withoutPath(error, video)}`);
  }
}

async function decode(
  video: string,
  demuxer: Demuxer,
  { pts }: PacketTable,
  { step, first, excluded }: SegmentWork,
  output: ModelOutput,
  pool: InferencePool,
  abort: AbortSignal,
): Promise<void> {
  const { width, height } = output.model.input;
  const group = { width, height, outputs: [output] };
  const stop = new AbortController();
  const plan = { video, demuxer, step, first, rasters: [group], signals: false, sprites: undefined, keyFramesOnly: false };
  const decoder = startDecoder(plan, AbortSignal.any([stop.signal, abort]));
  const decoded = decoder.finished.catch((error: unknown) => {
    throw new UnreadableSegment(`The segment can't be decoded: ${withoutPath(error, video)}`);
  });
  const inferred = inferRaster({ reader: frameReader(decoder.rasters[0] as Readable), group, pool, step, first, pts, excluded });
  try {
    const [, pictures] = await Promise.all([decoded, inferred]);
    const wanted = Math.max(0, Math.ceil((pts.length - first) / step));
    if (pictures !== wanted) throw new UnreadableSegment(`The segment can't be decoded whole: ${pictures} of ${wanted} sampled frames came.`);
  } catch (error) {
    stop.abort();
    await Promise.allSettled([decoded, inferred]);
    throw error;
  }
}

/** Where this container keeps a segment is nothing the caller could act on. */
const withoutPath = (error: unknown, path: string): string => (error as Error).message.replaceAll(path, "the segment");

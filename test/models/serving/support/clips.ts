import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A folder for one test file; `remove` deletes it. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "serving-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Folders of a Processing job as SageMaker mounts them. */
export interface JobFolders {
  readonly input: string;
  readonly metadata: string;
  readonly models: string;
  readonly output: string;
}

export async function jobFolders(root: string): Promise<JobFolders> {
  const folders = { input: join(root, "input"), metadata: join(root, "metadata"), models: join(root, "models"), output: join(root, "output") };
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true });
  return folders;
}

export const size = { width: 640, height: 360 };
export const frameRate = { num: 25, den: 1 };

/**
 * Encodes lavfi sources, one after another, as the analysis rendition is encoded: HLS of 25 frames a second with a
 * closed GOP of one second. Writes the segment manifest beside it.
 */
export async function writeRendition(
  { input, metadata }: JobFolders,
  sources: readonly { source: string; seconds: number }[],
  gopFrames = 25,
): Promise<number> {
  const graphs = sources.map(({ source }, i) => `${source}[source${i}]`);
  const graph = [...graphs, `${sources.map((_, i) => `[source${i}]`).join("")}concat=n=${sources.length},format=yuv420p`].join(";");
  const frames = sources.reduce((sum, { seconds }) => sum + seconds * 25, 0);
  const gop = ["-g", String(gopFrames), "-keyint_min", String(gopFrames), "-sc_threshold", "0"];
  const hls = ["-f", "hls", "-hls_time", "6", "-hls_list_size", "0", "-hls_segment_filename", join(input, "analysis_v_%05d.ts")];
  await run("ffmpeg", [
    ...["-nostdin", "-v", "error", "-filter_complex", graph, "-c:v", "libx264", "-preset", "veryfast", "-crf", "12"],
    ...[...gop, ...hls, join(input, "analysis_v.m3u8")],
  ]);
  await writeManifest(metadata, frames);
  return frames;
}

export const writeManifest = (metadata: string, frameCount: number): Promise<void> =>
  writeFile(
    join(metadata, "segments.json"),
    JSON.stringify({
      schema: "segment-manifest/1.0",
      playlist: "s3://processed/analysis/analysis_v.m3u8",
      ...size,
      frameRate,
      frameCount,
      segments: [{ uri: "s3://processed/analysis/analysis_v_00000.ts", startFrame: 0, frameCount }],
    }),
  );

export async function writeGate(metadata: string, frameCount: number, spans: readonly [number, number][]): Promise<void> {
  const producer = {
    id: "gate",
    kind: "model",
    name: "Gate",
    version: "1.0.0",
    digest: null,
    dataset: null,
    threshold: 0.5,
    calibration: null,
    syntheticOnly: true,
  };
  const outOfBody = spans.map(([startFrame, endFrame]) => ({ startFrame, endFrame, score: 1 }));
  await mkdir(join(metadata, "gate"), { recursive: true });
  await writeFile(
    join(metadata, "gate", "gate.json"),
    JSON.stringify({ schema: "gate/1.1", producer, outOfBody, text: [], pictures: null, missedEstimate: null, framesDone: 10, frameCount }),
  );
}

/** A lavfi source of the test's size and rate. */
export const source = (filter: string, seconds: number) => ({
  source: `${filter}${filter.includes("=") ? ":" : "="}s=${size.width}x${size.height}:r=25:d=${seconds}`,
  seconds,
});

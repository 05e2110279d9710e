import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { DecodePlan } from "../../models/serving/decode-plan.ts";
import { startDecoder } from "../../models/serving/decoder.ts";
import { type ModelFolder, readModelFolder } from "../../models/serving/model-folder.ts";
import { ffmpegPath } from "../../models/serving/programs.ts";
import type { Clip, Measurement, Run, Sample, Workplace } from "../measurement.ts";
import { measureCommand } from "../resources.ts";
import { modelsFolder, shippedIds } from "./folders.ts";

const container = join(import.meta.dirname, "../../models/serving/main.ts");
const alone = join(import.meta.dirname, "../children/shipped-alone.ts");

/** Sampled frames a second of the job with all networks. */
export const rate = 5;
export const jobRows = {
  decode: "every frame decoded",
  scaled: `decoded and scaled, ${rate} fps`,
  infer: `networks alone, ${rate} fps`,
  besideDecode: "every frame decoded, beside the networks",
  besideInfer: `networks beside a decoder, ${rate} fps`,
  start: "job of one frame",
  whole: `job, ${rate} fps`,
  sparse: "scaled, 1 fps, all decoded",
  keyFrames: "scaled, 1 fps, key frames alone",
} as const;

/** What `bench/children/shipped-alone.ts` prints. */
export interface NetworksAlone {
  readonly networks: Sample;
  /** What was decoded beside them. */
  readonly decoder?: Sample | undefined;
}

/**
 * The job entry with all networks, and its stages one by one; a video decoded whole and by its key frames. The video shows the clip
 * `repeats` times, so that what is done once in a job weighs little.
 */
export const job = (repeats: number): Measurement => ({
  id: "job",
  title: "A job with all networks",
  baseline: jobRows.decode,
  needs: [],
  explanation: "",
  prepare: async (workplace) => {
    const { once, video, first } = await asRenditions(workplace, repeats);
    const sizes = byRaster(await Promise.all(shippedIds.map((id) => readModelFolder(modelsFolder, id))));
    const perSecond = video.frameRate.num / video.frameRate.den;
    const step = perSecond / rate;
    const plan = (step: number, keyFramesOnly: boolean): DecodePlan => {
      return { video: video.file, step, rasters: sizes, signals: false, sprites: undefined, keyFramesOnly };
    };
    const infer = async (...beside: string[]): Promise<NetworksAlone> => {
      const { output } = await measureCommand(jobRows.infer, process.execPath, [alone, once.file, String(step), String(repeats), ...beside]);
      return JSON.parse(output) as NetworksAlone;
    };
    const start = await running(workplace, jobRows.start, first);
    // Once before, so that the sources are compiled, as the image's are.
    await start();
    return [
      async () => [(await measureCommand(jobRows.decode, ffmpegPath(), decodeArguments(video.file))).sample],
      decoding(jobRows.scaled, plan(step, false)),
      decoding(jobRows.sparse, plan(perSecond, false)),
      // Every key frame: the rendition has one a second.
      decoding(jobRows.keyFrames, plan(1, true)),
      async () => [{ ...(await infer()).networks, row: jobRows.infer }],
      async () => {
        const { networks, decoder } = await infer(video.file);
        return [{ ...networks, row: jobRows.besideInfer }, ...(decoder ? [{ ...decoder, row: jobRows.besideDecode }] : [])];
      },
      start,
      await running(workplace, jobRows.whole, video),
    ];
  },
});

/** The clip encoded as the analysis rendition is, in closed GOPs of one second: once, over and over (copied, not encoded again), and its first frame. */
async function asRenditions({ clip, folder }: Workplace, repeats: number): Promise<{ once: Clip; video: Clip; first: Clip }> {
  const gop = String(clip.frameRate.num / clip.frameRate.den);
  const encode = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-g", gop, "-keyint_min", gop, "-sc_threshold", "0", "-an"];
  const make = async (name: string, input: readonly string[], output: readonly string[], frameCount: number): Promise<Clip> => {
    const file = join(folder, `${name}.mp4`);
    await measureCommand("", ffmpegPath(), ["-nostdin", "-v", "error", ...input, ...output, file]);
    return { ...clip, file, frameCount };
  };
  const once = await make("rendition", ["-i", clip.file], encode, clip.frameCount);
  const video = await make("repeated", ["-stream_loop", String(repeats - 1), "-i", once.file], ["-c", "copy"], repeats * clip.frameCount);
  const first = await make("first", ["-i", once.file], ["-c", "copy", "-frames:v", "1"], 1);
  return { once, video, first };
}

/** The sizes that the networks take, each once, in the order in which a job has them. */
export function byRaster(folders: readonly ModelFolder[]): { width: number; height: number; ids: string[] }[] {
  const groups = Map.groupBy(folders, ({ model: { input } }) => `${input.width}x${input.height}`);
  return [...groups.values()].map((group) => {
    const { width, height } = (group[0] as ModelFolder).model.input;
    return { width, height, ids: group.map(({ model }) => model.id) };
  });
}

/** Decodes every frame and drops it. */
export const decodeArguments = (file: string): string[] => ["-nostdin", "-v", "error", "-i", file, "-f", "null", "-"];

/** Decodes and drops the pictures as they come. */
function decoding(row: string, plan: DecodePlan): Run {
  return async () => {
    const started = performance.now();
    const { rasters, finished } = startDecoder(plan, new AbortController().signal);
    for (const stream of rasters) stream.resume();
    const { cpuSeconds, peakMemoryBytes } = await finished;
    return [{ row, cpuSeconds, wallSeconds: (performance.now() - started) / 1000, peakMemoryBytes }];
  };
}

/** The job entry over a video. */
async function running({ folder }: Workplace, row: string, { file, width, height, frameRate, frameCount }: Clip): Promise<Run> {
  const [metadata, output] = [`${file}-metadata`, `${file}-output`];
  await mkdir(metadata, { recursive: true });
  await mkdir(output, { recursive: true });
  const uri = `s3://bench/${basename(file)}`;
  const manifest = { schema: "segment-manifest/1.0", playlist: uri, width, height, frameRate, frameCount, segments: [{ uri, startFrame: 0, frameCount }] };
  await writeFile(join(metadata, "segments.json"), JSON.stringify(manifest));
  const variables = { ANALYSER: "bench", MODELS: shippedIds.join(","), SAMPLE_RATE: String(rate), SIGNALS: "false" };
  const folders = { INPUT_DIR: dirname(file), METADATA_DIR: metadata, MODELS_DIR: modelsFolder, OUTPUT_DIR: output };
  const env = { ...process.env, ...variables, ...folders, NODE_COMPILE_CACHE: join(folder, "compile-cache") };
  return async () => [(await measureCommand(row, process.execPath, [container, "process"], { env })).sample];
}

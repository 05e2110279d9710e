import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { DecodePlan } from "../../models/serving/decode-plan.ts";
import { startDecoder } from "../../models/serving/decoder.ts";
import { readModelFolder } from "../../models/serving/model-folder.ts";
import { ffmpegPath } from "../../models/serving/programs.ts";
import type { Clip, Measurement, Run, Workplace } from "../measurement.ts";
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
  whole: `job, ${rate} fps`,
  sparse: "scaled, 1 fps, all decoded",
  keyFrames: "scaled, 1 fps, key frames alone",
} as const;

/** The job entry with all networks, and its stages one by one; a video decoded whole and by its key frames. */
export const job: Measurement = {
  id: "job",
  title: "A job with all networks",
  baseline: jobRows.decode,
  needs: [],
  explanation: "",
  prepare: async (workplace) => {
    const clip = await asRendition(workplace);
    const sizes = await rasters();
    const perSecond = clip.frameRate.num / clip.frameRate.den;
    const plan = (step: number, keyFramesOnly: boolean): DecodePlan => {
      return { video: clip.file, step, rasters: sizes, signals: false, sprites: undefined, keyFramesOnly };
    };
    return [
      async () => [(await measureCommand(jobRows.decode, ffmpegPath(), ["-nostdin", "-v", "error", "-i", clip.file, "-f", "null", "-"])).sample],
      decoding(jobRows.scaled, plan(perSecond / rate, false)),
      decoding(jobRows.sparse, plan(perSecond, false)),
      // Every key frame: the rendition has one a second.
      decoding(jobRows.keyFrames, plan(1, true)),
      async () => {
        const pictures = Math.ceil((clip.frameCount * rate) / perSecond);
        const { sample, output } = await measureCommand(jobRows.infer, process.execPath, [alone, String(pictures)]);
        // Without the process's start and the loading of the networks.
        return [{ ...sample, ...JSON.parse(output) }];
      },
      await whole(workplace, clip),
    ];
  },
};

/** The clip encoded as the analysis rendition is: a closed GOP of one second. */
async function asRendition({ clip, folder }: Workplace): Promise<Clip> {
  const file = join(folder, "rendition.mp4");
  const gop = String(clip.frameRate.num / clip.frameRate.den);
  const encode = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-g", gop, "-keyint_min", gop, "-sc_threshold", "0", "-an"];
  await measureCommand("", ffmpegPath(), ["-nostdin", "-v", "error", "-i", clip.file, ...encode, file]);
  return { ...clip, file };
}

/** The sizes that the networks take, each once. */
async function rasters(): Promise<{ width: number; height: number }[]> {
  const inputs = await Promise.all(shippedIds.map(async (id) => (await readModelFolder(modelsFolder, id)).model.input));
  return [...new Map(inputs.map(({ width, height }) => [`${width}x${height}`, { width, height }])).values()];
}

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

async function whole({ folder }: Workplace, { file, width, height, frameRate, frameCount }: Clip): Promise<Run> {
  const [metadata, output] = [join(folder, "job-metadata"), join(folder, "job-output")];
  await mkdir(metadata, { recursive: true });
  await mkdir(output, { recursive: true });
  const uri = `s3://bench/${basename(file)}`;
  const manifest = { schema: "segment-manifest/1.0", playlist: uri, width, height, frameRate, frameCount, segments: [{ uri, startFrame: 0, frameCount }] };
  await writeFile(join(metadata, "segments.json"), JSON.stringify(manifest));
  const variables = { ANALYSER: "bench", MODELS: shippedIds.join(","), SAMPLE_RATE: String(rate), SIGNALS: "false" };
  const folders = { INPUT_DIR: dirname(file), METADATA_DIR: metadata, MODELS_DIR: modelsFolder, OUTPUT_DIR: output };
  const env = { ...process.env, ...variables, ...folders, NODE_COMPILE_CACHE: join(folder, "compile-cache") };
  // Once before, so that the sources are compiled, as the image's are.
  await measureCommand("", process.execPath, [container, "process"], { env });
  return async () => [(await measureCommand(jobRows.whole, process.execPath, [container, "process"], { env })).sample];
}

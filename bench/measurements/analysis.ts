import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Clip, Measurement, Run, Sample, Workplace } from "../measurement.ts";
import { classifierId, detectorId, pictureSize, writeBenchModels } from "../models.ts";
import { measureCommand } from "../resources.ts";
import { decodeRow } from "./decode.ts";

const serving = join(import.meta.dirname, "../../models/serving");
const container = join(serving, "main.ts");
const inferenceAlone = join(import.meta.dirname, "../children/inference-alone.ts");
const rates = [1, 5];
const analysisRow = (rate: number): string => `analysis, ${rate} fps`;
const inferenceRow = (rate: number): string => `inference alone, ${rate} fps`;

/** (b) The analysis path as it is deployed: the container's own command in a process of its own, start included. */
export const analysis: Measurement = {
  id: "analysis",
  title: "The analysis path",
  baseline: decodeRow,
  needs: ["decode"],
  explanation: `\`models/serving/main.ts process\` in a process of its own, start-up included: one decode pass fans out to the technical
cues of every frame, thumbnails, and ${pictureSize} x ${pictureSize} pictures for two networks with the layers of MobileNetV3-Small and YOLOv8-nano
(1.5 and 3.0 million parameters, 0.14 and 1.3 GFLOP a picture, random weights). "Inference alone" is the time that the two
networks take for as many pictures with nothing beside them: decoding plus it is the lower bound.

What stands between, as profiled on two hyper-threads of one core with a minute of video at 5 fps, in shares of a decode:
starting Node, its inference thread, ONNX Runtime and ffprobe, 0.04; scaling the networks' pictures and the luma of every
frame and handing them to Node, 0.05 to 0.08; reading and measuring them, 0.05. The rest is that decoder and networks
keep both hyper-threads busy, which makes each processor second do less: with \`-threads 1\` decoding alone takes a tenth less
processor time, but the whole analysis takes no less, and a third longer on the wall, so the decoder keeps its threads.`,
  prepare: async (workplace) => {
    const models = join(workplace.folder, "models");
    await writeBenchModels(models, "uint8-nhwc");
    const metadata = join(workplace.folder, "metadata");
    await writeManifest(metadata, workplace.clip);
    compile(workplace.folder);
    return rates.flatMap((rate) => [analyse(workplace, models, metadata, rate), infer(workplace.clip, models, rate)]);
  },
  conclude: (medians) =>
    rates.map((rate) => {
      const cpu = (row: string): number => (medians.get(row) as Sample).cpuSeconds as number;
      const bound = cpu(decodeRow) + cpu(inferenceRow(rate));
      const reached = cpu(analysisRow(rate));
      return `At ${rate} fps the lower bound is ${(bound / cpu(decodeRow)).toFixed(2)} decodes of processor time; the analysis takes ${(reached / cpu(decodeRow)).toFixed(2)}, ${(reached / bound).toFixed(2)} times the bound.`;
    }),
};

/** The sources are compiled beforehand, as the Dockerfile does it. */
const compiled = (folder: string): NodeJS.ProcessEnv => ({ NODE_COMPILE_CACHE: join(folder, "compile-cache") });
function compile(folder: string): void {
  const env = { ...process.env, ...compiled(folder) };
  spawnSync(process.execPath, [container, "--help"], { env });
  // It refuses to run as a program, but is compiled by then.
  spawnSync(process.execPath, [join(serving, "inference-worker.ts")], { env });
}

function analyse({ clip, folder }: Workplace, models: string, metadata: string, rate: number): Run {
  const output = join(folder, `analysis-${rate}`);
  const env = {
    ...process.env,
    ANALYSER: "bench",
    MODELS: `${classifierId},${detectorId}`,
    SAMPLE_RATE: String(rate),
    SIGNALS: "true",
    INPUT_DIR: dirname(clip.file),
    METADATA_DIR: metadata,
    MODELS_DIR: models,
    OUTPUT_DIR: output,
    ...compiled(folder),
  };
  return async () => {
    await mkdir(output, { recursive: true });
    return [(await measureCommand(analysisRow(rate), process.execPath, [container, "process"], { env })).sample];
  };
}

function infer(clip: Clip, models: string, rate: number): Run {
  const pictures = Math.ceil((clip.frameCount * clip.frameRate.den * rate) / clip.frameRate.num);
  return async () => {
    const { sample, output } = await measureCommand(inferenceRow(rate), process.execPath, [inferenceAlone, models, String(pictures)]);
    // Without the process's start and the loading of the networks.
    return [{ ...sample, ...(JSON.parse(output) as Pick<Sample, "cpuSeconds" | "wallSeconds">) }];
  };
}

async function writeManifest(folder: string, { file, width, height, frameRate, frameCount }: Clip): Promise<void> {
  const uri = `s3://bench/${basename(file)}`;
  const segments = [{ uri, startFrame: 0, frameCount }];
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, "segments.json"),
    JSON.stringify({ schema: "segment-manifest/1.0", playlist: uri, width, height, frameRate, frameCount, segments }),
  );
}

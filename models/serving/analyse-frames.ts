import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { AnalyserResult, Sprites } from "../../contracts/analyser-result.ts";
import type { TextRegion } from "../../contracts/gate.ts";
import { samplingStep } from "../../contracts/media.ts";
import type { FrameSpan, Rational } from "../../contracts/primitives.ts";
import { type Cue, cueProducer, findCues } from "./cues.ts";
import type { DecodePlan } from "./decode-plan.ts";
import { type DecoderUsage, startDecoder } from "./decoder.ts";
import { frameReader } from "./frame-reader.ts";
import { type InferencePool, inferenceThreads, openInferencePool } from "./inference-pool.ts";
import { checkDigest, type ModelFolder } from "./model-folder.ts";
import { ModelOutput, type Output } from "./model-output.ts";
import { type PacketTable, readPackets } from "./packets.ts";
import { drawPoster, PosterChoice, posterFile } from "./poster.ts";
import { inferRaster, type RasterGroup } from "./raster-inference.ts";
import { keyFrameStep } from "./sampling.ts";
import { measureSignals } from "./signal-meter.ts";
import { countSampled, outside } from "./spans.ts";
import { planSprites, type SpriteSheets, spriteFile, spriteProducer, writeSprites } from "./sprite-sheets.ts";

/** What to analyse and how. Frames are the video's own, counted from 0 in presentation order. */
export interface FrameAnalysis {
  /** File or playlist that ffmpeg reads. */
  readonly video: string;
  /** Picture size in pixels, which boxes are given in. */
  readonly width: number;
  readonly height: number;
  readonly frameRate: Rational;
  readonly frameCount: number;
  /** Sampled frames a second for the networks. */
  readonly sampleRate: number;
  readonly models: readonly ModelFolder[];
  /** Whether to measure the technical cues and draw thumbnails. */
  readonly signals: boolean;
  /** Spans that no network sees, in which no cue is reported and whose thumbnails are black. */
  readonly excluded: readonly FrameSpan[];
  /** Regions with burnt-in text, which thumbnails show black. @default none */
  readonly covered?: readonly TextRegion[];
  /** Existing folder for the results. */
  readonly outputFolder: string;
  /** Inference threads; half the processor's, at least one, leaves the rest to the decoder. */
  readonly threads?: number;
  readonly onProgress?: (framesDone: number) => void;
  /** Told why networks run on the processor though the container has libraries for a GPU. */
  readonly onSlow?: (reasons: readonly string[]) => void;
  readonly abort?: AbortSignal;
}

/**
 * Analyses a video in one decode pass and writes each producer's file. A network that fails is a FAILED output and
 * hinders no other. Throws if the video can't be decoded whole, or if it is not the one described.
 *
 * `usage` counts this process and ffmpeg; reading the packet table and drawing the poster add about 1 % that is not in it.
 */
export async function analyseFrames(options: FrameAnalysis): Promise<Pick<AnalyserResult, "outputs" | "usage">> {
  const started = performance.now();
  const cpuBefore = process.cpuUsage();
  const packets = await readPackets(options.video);
  if (packets.pts.length !== options.frameCount) {
    throw new Error(`The video has ${packets.pts.length} frames; its segment manifest says ${options.frameCount}.`);
  }
  const step = samplingStep(options.frameRate, options.sampleRate);
  const keyStep = options.signals ? undefined : keyFrameStep(packets, step);
  let pass = await runPass(options, packets, step, keyStep);
  // Key frames that turn out not to decode alone: the whole video has to be decoded after all.
  if (pass === "incomplete" && keyStep !== undefined) pass = await runPass(options, packets, step, undefined);
  if (pass === "incomplete") throw new Error(`The decoder did not give all of the video's ${options.frameCount} frames.`);
  const cpu = process.cpuUsage(cpuBefore);
  return {
    outputs: pass.outputs,
    usage: {
      wallSeconds: (performance.now() - started) / 1000,
      cpuSeconds: (cpu.user + cpu.system) / 1e6 + pass.decoder.cpuSeconds,
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024 + pass.decoder.peakMemoryBytes,
    },
  };
}

interface Pass {
  readonly outputs: Output[];
  readonly decoder: DecoderUsage;
}

async function runPass(options: FrameAnalysis, packets: PacketTable, step: number, keyStep: number | undefined): Promise<Pass | "incomplete"> {
  const { models, frameCount, excluded, outputFolder } = options;
  const modelOutputs = await Promise.all(models.map(({ model }) => ModelOutput.create(model, options, outputFolder)));
  const framesWanted = countSampled(step, frameCount, excluded);
  let pool: InferencePool | undefined;
  try {
    pool = await openModels(options, modelOutputs);
    const groups = groupByRaster(modelOutputs);
    const sprites = options.signals
      ? planSprites(options, options.frameRate, frameCount, { excluded, covered: options.covered ?? [] }, outputFolder)
      : undefined;
    const plan: DecodePlan = {
      video: options.video,
      step: keyStep ?? step,
      rasters: groups,
      signals: options.signals,
      sprites: sprites?.plan,
      keyFramesOnly: keyStep !== undefined,
    };
    const poster = new PosterChoice(sprites?.plan.frameStep ?? 1);
    const decoded = groups.length > 0 || options.signals ? await decode(options, plan, groups, pool, packets, step, poster) : noDecode;
    if (decoded === "incomplete") return "incomplete";
    const outputs = modelOutputs.map((output) => output.result(framesWanted, step));
    if (sprites) outputs.push(...(await writeSignals(options, decoded.cues, sprites, packets, poster.frame)));
    return { outputs, decoder: decoded.usage };
  } finally {
    await pool?.close();
    await Promise.all(modelOutputs.map((output) => output.close()));
  }
}

const noDecode: { cues: Cue[]; usage: DecoderUsage } = { cues: [], usage: { cpuSeconds: 0, peakMemoryBytes: 0 } };

/** Opens the networks whose files are what they should be; the others' outputs fail. */
async function openModels({ models, threads, onSlow }: FrameAnalysis, outputs: readonly ModelOutput[]): Promise<InferencePool | undefined> {
  const sound: ModelFolder[] = [];
  for (const [i, folder] of models.entries()) {
    try {
      await checkDigest(folder);
      sound.push(folder);
    } catch (error) {
      outputs[i]?.fail((error as Error).message);
    }
  }
  if (sound.length === 0) return undefined;
  const pool = await openInferencePool(sound, threads ?? inferenceThreads());
  const slow = Object.values(pool.slow);
  if (slow.length > 0) onSlow?.(slow);
  for (const output of outputs) {
    const failure = pool.failures[output.model.id];
    if (failure !== undefined) output.fail(failure);
  }
  return pool;
}

/** Networks of one input size share their pictures. */
function groupByRaster(outputs: readonly ModelOutput[]): RasterGroup[] {
  const groups = new Map<string, RasterGroup & { outputs: ModelOutput[] }>();
  for (const output of outputs.filter(({ failed }) => !failed)) {
    const { width, height } = output.model.input;
    const group = groups.get(`${width}x${height}`) ?? { width, height, outputs: [] };
    group.outputs.push(output);
    groups.set(`${width}x${height}`, group);
  }
  return [...groups.values()];
}

async function decode(
  options: FrameAnalysis,
  plan: DecodePlan,
  groups: readonly RasterGroup[],
  pool: InferencePool | undefined,
  packets: PacketTable,
  step: number,
  poster: PosterChoice,
): Promise<{ cues: Cue[]; usage: DecoderUsage } | "incomplete"> {
  const { frameCount, excluded, frameRate, onProgress } = options;
  const stop = new AbortController();
  const decoder = startDecoder(plan, AbortSignal.any([stop.signal, ...(options.abort ? [options.abort] : [])]));
  const cues: Cue[] = [];
  const free = outside(excluded, frameCount);
  const signals = decoder.signals
    ? measureSignals(
        frameReader(decoder.signals),
        free,
        (series) => {
          cues.push(...findCues(series, frameRate));
          poster.consider(series);
        },
        onProgress,
      )
    : undefined;
  const rasters = groups.map((group, i) =>
    inferRaster({
      reader: frameReader(decoder.rasters[i] as Readable),
      group,
      // There are groups only of networks that opened.
      pool: pool as InferencePool,
      step,
      pts: packets.pts,
      excluded,
      ...(onProgress && !signals && i === 0 ? { onProgress } : {}),
    }),
  );
  try {
    const [usage, measured, ...sampled] = await Promise.all([decoder.finished, signals ?? frameCount, ...rasters]);
    const whole = measured === frameCount && sampled.every((frames) => frames === Math.ceil(frameCount / step));
    if (!whole) return "incomplete";
    onProgress?.(frameCount);
    return { cues, usage };
  } catch (error) {
    stop.abort();
    await Promise.allSettled([decoder.finished, signals, ...rasters]);
    throw options.abort?.aborted ? new Error("The analysis was stopped.") : error;
  }
}

async function writeSignals(
  options: FrameAnalysis,
  cues: readonly Cue[],
  sprites: SpriteSheets,
  packets: PacketTable,
  posterFrame: number | undefined,
): Promise<Output[]> {
  const { excluded, frameCount, outputFolder } = options;
  await writeFile(join(outputFolder, "cues.jsonl"), cues.map((cue) => `${JSON.stringify(cue)}\n`).join(""));
  const { poster, error } = await posterOf(options, packets, posterFrame);
  await writeSprites(sprites, poster, outputFolder);
  const measured = countSampled(1, frameCount, excluded);
  const done = { status: "SUCCEEDED" as const, subject: null, labels: [] };
  return [
    { producer: cueProducer, ...done, error: null, kind: "cues", file: "cues.jsonl", framesDone: measured, framesWanted: measured },
    { producer: spriteProducer, ...done, error, kind: "sprites", file: spriteFile, framesDone: sprites.shown, framesWanted: sprites.shown },
  ];
}

/** A poster that can't be drawn is told of, and costs nobody the analysis. */
async function posterOf(
  { covered = [], outputFolder, abort, ...video }: FrameAnalysis,
  { pts }: PacketTable,
  frame: number | undefined,
): Promise<{ poster: Sprites["poster"]; error: string | null }> {
  if (frame === undefined) return { poster: null, error: null };
  try {
    const size = await drawPoster({ ...video, pts, covered }, frame, outputFolder, abort);
    return { poster: { file: posterFile, frame, ...size }, error: null };
  } catch (error) {
    if (abort?.aborted) throw new Error("The analysis was stopped.");
    return { poster: null, error: `No poster was drawn. ${(error as Error).message}` };
  }
}

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
  /** Whether to draw thumbnails in a larger size as well. @default false */
  readonly stills?: boolean;
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

/** What an analysis left, and why it is not whole; null if it is. */
export interface FrameAnalysisResult extends Pick<AnalyserResult, "outputs" | "usage"> {
  readonly failure: string | null;
}

/**
 * Analyses a video in one decode pass and writes each producer's file. A network that fails is a FAILED output and
 * hinders no other. If the video can't be decoded to its end, or the analysis is stopped, outputs that are not whole are FAILED with what they have: every line
 * that they count is true. Throws if the video is not the one described.
 *
 * `usage` counts this process and ffmpeg; reading the packet table and drawing the poster add about 1 % that is not in it, nor
 * does ffmpeg's share of a run that it did not end by itself.
 */
export async function analyseFrames(options: FrameAnalysis): Promise<FrameAnalysisResult> {
  const started = performance.now();
  const cpuBefore = process.cpuUsage();
  const packets = await readPackets(options.video);
  if (packets.pts.length !== options.frameCount) {
    throw new Error(`The video has ${packets.pts.length} frames; its segment manifest says ${options.frameCount}.`);
  }
  const step = samplingStep(options.frameRate, options.sampleRate);
  const keyStep = options.signals ? undefined : keyFrameStep(packets, step);
  let pass = await runPass(options, packets, step, { keyStep });
  // Key frames that turn out not to decode alone: the whole video has to be decoded after all.
  if (pass.isMisnumbered && keyStep !== undefined && !options.abort?.aborted) pass = await runPass(options, packets, step, {});
  // A frame went missing somewhere, so that nobody knows which ones the others are. As far as the first error they are known.
  if (pass.isMisnumbered && !options.abort?.aborted) pass = await runPass(options, packets, step, { stopAtError: true });
  const cpu = process.cpuUsage(cpuBefore);
  return {
    outputs: pass.outputs,
    failure: pass.failure,
    usage: {
      wallSeconds: (performance.now() - started) / 1000,
      cpuSeconds: (cpu.user + cpu.system) / 1e6 + pass.decoder.cpuSeconds,
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024 + pass.decoder.peakMemoryBytes,
    },
  };
}

interface PassChoice {
  /** Key frames between two sampled ones, where only those are decoded. */
  readonly keyStep?: number | undefined;
  readonly stopAtError?: boolean;
}

interface Pass {
  readonly outputs: Output[];
  readonly decoder: DecoderUsage;
  /** Why it is not whole; null if it is. */
  readonly failure: string | null;
  /** Whether frames may have gone missing in between: then its outputs say that they did nothing. */
  readonly isMisnumbered: boolean;
}

async function runPass(options: FrameAnalysis, packets: PacketTable, step: number, { keyStep, stopAtError = false }: PassChoice): Promise<Pass> {
  const { models, frameCount, excluded, outputFolder } = options;
  const modelOutputs = await Promise.all(models.map(({ model }) => ModelOutput.create(model, options, outputFolder)));
  const framesWanted = countSampled(step, frameCount, excluded);
  let pool: InferencePool | undefined;
  try {
    pool = await openModels(options, modelOutputs);
    const groups = groupByRaster(modelOutputs);
    const sprites = options.signals ? planSprites({ ...options, covered: options.covered ?? [], hasStills: options.stills ?? false }, outputFolder) : undefined;
    const plan: DecodePlan = {
      video: options.video,
      step: keyStep ?? step,
      rasters: groups,
      signals: options.signals,
      sprites: sprites?.plan,
      keyFramesOnly: keyStep !== undefined,
      stopAtError,
    };
    const poster = new PosterChoice(sprites?.plan.frameStep ?? 1);
    const decoded = groups.length > 0 || options.signals ? await decode(options, plan, groups, pool, packets, step, poster) : noDecode;
    const { failure, isMisnumbered } = decoded;
    if (failure !== null) {
      for (const output of modelOutputs) {
        if (isMisnumbered) output.discard(failure);
        else output.endEarly(failure, framesWanted);
      }
    }
    const outputs = modelOutputs.map((output) => output.result(framesWanted, step));
    if (sprites) {
      const signals =
        failure === null
          ? await writeSignals(options, decoded.cues, sprites, packets, poster.frame)
          : await writeUnfinishedSignals(options, decoded, sprites, failure);
      outputs.push(...signals);
    }
    return { outputs, decoder: decoded.usage, failure, isMisnumbered };
  } finally {
    await pool?.close();
    await Promise.all(modelOutputs.map((output) => output.close()));
  }
}

interface Decoded extends Pick<Pass, "failure" | "isMisnumbered"> {
  /** Frames that were measured, those outside the patient included. */
  readonly measured: number;
  readonly cues: Cue[];
  readonly usage: DecoderUsage;
}

const noDecode: Decoded = { cues: [], measured: 0, usage: { cpuSeconds: 0, peakMemoryBytes: 0 }, failure: null, isMisnumbered: false };

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
): Promise<Decoded> {
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
    const failure = whole ? null : `The decoder did not give all of the video's ${frameCount} frames.`;
    if (whole) onProgress?.(frameCount);
    return { cues, measured, usage, failure, isMisnumbered: !whole };
  } catch (error) {
    stop.abort();
    const [, measured] = await Promise.allSettled([decoder.finished, signals ?? 0, ...rasters]);
    return {
      cues,
      measured: measured.status === "fulfilled" ? measured.value : 0,
      usage: noDecode.usage,
      failure: options.abort?.aborted ? "The analysis was stopped." : (error as Error).message,
      // Up to its first error a decoder leaves nothing out.
      isMisnumbered: decoder.complained() && !plan.stopAtError,
    };
  }
}

/** What was measured until the run ended early. Thumbnails are none: their sheets are not whole, nor is their description. */
async function writeUnfinishedSignals(
  { excluded, outputFolder, frameCount }: FrameAnalysis,
  { cues, measured, isMisnumbered }: Decoded,
  sprites: SpriteSheets,
  failure: string,
): Promise<Output[]> {
  const told = isMisnumbered ? [] : cues;
  await writeFile(join(outputFolder, "cues.jsonl"), told.map((cue) => `${JSON.stringify(cue)}\n`).join(""));
  const framesDone = isMisnumbered ? 0 : countSampled(1, measured, excluded);
  const failed = { status: "FAILED" as const, error: failure, subject: null, labels: [] };
  return [
    { producer: cueProducer, ...failed, kind: "cues", file: "cues.jsonl", framesDone, framesWanted: countSampled(1, frameCount, excluded) },
    { producer: spriteProducer, ...failed, kind: "sprites", file: spriteFile, framesDone: 0, framesWanted: sprites.shown },
  ];
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
    return { poster: null, error: `No poster was drawn. ${(error as Error).message}` };
  }
}

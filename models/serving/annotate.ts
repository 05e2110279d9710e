import { type ChildProcess, execFile, spawn } from "node:child_process";
import { access, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { promisify } from "node:util";
import { z } from "zod";
import { type Analysis, analysis as analysisSchema } from "../../contracts/analysis.ts";
import { type CorrectedView, corrected, standing, uncorrected } from "../../contracts/corrected-view.ts";
import { exportCorrections } from "../../contracts/exports.ts";
import { FrameIndex, frameTable } from "../../contracts/frame-table.ts";
import type { FrameSpan, Rational } from "../../contracts/primitives.ts";
import { Corrections } from "./annotation/corrected.ts";
import { draw } from "./annotation/draw.ts";
import { boxesFrom, Follower, masksFrom } from "./annotation/findings.ts";
import { glyphsOf } from "./annotation/fonts.ts";
import { hasDots } from "./annotation/glyphs.ts";
import { Picture } from "./annotation/picture.ts";
import { EnvironmentError } from "./environment.ts";
import { frameReader } from "./frame-reader.ts";
import { parseJson } from "./model-folder.ts";
import { ended, ffmpegPath, ffprobePath } from "./programs.ts";
import { reasons } from "./reasons.ts";

/** The variables of `annotate`, as `--help` shows them. */
export const annotationVariables = {
  START_FRAME: "first source frame to draw",
  END_FRAME: "source frame to end before",
  INPUT_DIR: "folder that holds review.mp4",
  CORRECTIONS_DIR: "folder that holds corrections.json: what people corrected, as far as it is to be drawn",
  METADATA_DIR: "folder that holds analysis.json, frame-table.json and the chunks that they name",
  OUTPUT_DIR: "existing folder for annotated.mp4",
} as const;

/** Seconds that findings stay in sight until the next frame that was looked at. */
const longestSeconds = 1;

interface AnnotationJob {
  readonly span: FrameSpan;
  readonly video: string;
  readonly metadataFolder: string;
  readonly outputFolder: string;
  readonly analysis: Analysis;
  /** The analysis with what people corrected. */
  readonly view: CorrectedView;
  readonly frames: FrameIndex;
}

/**
 * Draws boxes, masks and phases, as people corrected them, into the review rendition, in which what lies outside the patient is covered, and writes
 * `annotated.mp4`. A frame that was looked at has whole boxes; until the next one is, their corners stay. Throws an
 * EnvironmentError for bad variables, another error if the run failed.
 */
export async function annotateVideo(environment: NodeJS.ProcessEnv, print: (line: string) => void, abort: AbortSignal): Promise<void> {
  const job = await readAnnotationJob(environment);
  const { frames, span } = job;
  const { sourceFrame } = frames.rendition("review");
  const first = frames.toRendition("review", span.startFrame);
  let end = first;
  while (end < sourceFrame.length && (sourceFrame[end] as number) < span.endFrame) end++;
  const shown = { startFrame: first, endFrame: Math.max(end, first + 1) };
  const { width, height } = await sizeOf(job.video);
  const picture = new Picture(width, height);
  const strange = strangeCharacters(job);
  picture.glyphs = await glyphsOf(strange, picture.glyphSize, environment, abort);
  const lackingCount = strange.length - picture.glyphs.size;
  // Which ones is part of labels, and none of the log's business.
  if (lackingCount > 0)
    print(
      JSON.stringify({
        message: "no font has some characters of labels, Debian's fonts-noto-cjk may: question marks stand for them",
        characterCount: lackingCount,
      }),
    );
  const draft = join(job.outputFolder, "annotated.part.mp4");

  const decoder = spawn(ffmpegPath(), decoderArguments(job.video, frames, shown), { stdio: ["ignore", "pipe", "pipe"], signal: abort, killSignal: "SIGKILL" });
  const encoder = spawn(ffmpegPath(), encoderArguments(draft, { width, height }, rateOf(frames)), {
    stdio: ["pipe", "ignore", "pipe"],
    signal: abort,
    killSignal: "SIGKILL",
  });
  const done = Promise.all([endOf(decoder), endOf(encoder)]);
  try {
    // If ffmpeg ends first, it says why.
    await Promise.race([
      drawAll({ ...job, note: lackingCount > 0 ? lackingNote : "" }, shown, picture, decoder.stdout as Readable, encoder.stdin as Writable),
      done,
    ]);
    await done;
  } finally {
    for (const child of [decoder, encoder]) child.kill("SIGKILL");
  }
  await rename(draft, join(job.outputFolder, "annotated.mp4"));
  print(JSON.stringify({ message: "annotated", frameCount: shown.endFrame - shown.startFrame }));
}

/** Said in the film itself, since whoever watches it may not be who reads the job's log. */
const lackingNote = " (?: no font has it)";

/** Labels of boxes and masks, whose places choose their colours: those of networks first, which have the same in every film. */
function labelsOf({ analysis, view }: AnnotationJob): string[] {
  const found = [...analysis.detections, ...analysis.masks].flatMap(({ labels }) => labels);
  const drawn = [...view.objects.values(), ...view.masks.values(), ...view.tracks.values()].flatMap(({ label }) => label ?? []);
  return [...new Set([...found, ...drawn])];
}

/** Characters of labels that the picture's own letters lack. */
function strangeCharacters(job: AnnotationJob): string[] {
  const phases = job.view.segments.flatMap(({ label }) => label ?? []);
  return [...new Set([...labelsOf(job), ...phases].join(""))].filter((character) => !hasDots(character));
}

async function drawAll(
  job: AnnotationJob & { readonly note: string },
  shown: FrameSpan,
  picture: Picture,
  decoded: Readable,
  encoded: Writable,
): Promise<void> {
  const { view, frames, metadataFolder, span } = job;
  const analysis = { ...job.analysis, segments: standing(view.segments) };
  const labels = labelsOf(job);
  const { num, den } = analysis.media.source.frameRate;
  const longest = Math.max(1, Math.round((longestSeconds * num) / den));
  // Findings of a second before the span may still be in sight when it begins.
  const from = Math.max(0, span.startFrame - longest);
  const boxes = analysis.detections.map((one) => new Follower(boxesFrom(metadataFolder, analysis, one, from), longest));
  const masks = analysis.masks.map((one) => new Follower(masksFrom(metadataFolder, analysis, one, from), longest));
  const corrections = new Corrections(view, analysis.media.raster, longest);
  const reader = frameReader(decoded);
  // The encoder's own end tells why it took no more.
  encoded.on("error", () => {});
  const closed = new Promise((resolve) => encoded.once("close", resolve));
  for (let shownFrame = shown.startFrame; shownFrame < shown.endFrame; shownFrame++) {
    if (!(await reader.read(picture.bytes))) throw new Error(`The review rendition ends before frame ${shownFrame}, which its frame table has.`);
    const frame = frames.toSource("review", shownFrame);
    const seen = await Promise.all(boxes.map((follower) => follower.at(frame)));
    const covered = await Promise.all(masks.map((follower) => follower.at(frame)));
    draw(picture, analysis, labels, {
      frame,
      note: job.note,
      seconds: frames.secondsOf(frame),
      // Outside the patient nothing was looked for, and what is covered there shows nothing.
      boxes: isOutside(analysis, frame) ? [] : corrections.boxesAt(frame, seen),
      masks: isOutside(analysis, frame) ? [] : corrections.masksAt(frame, covered),
    });
    // A copy: the picture is drawn over while the pipe still holds it.
    if (!encoded.write(Buffer.from(picture.bytes))) await Promise.race([new Promise((drained) => encoded.once("drain", drained)), closed]);
  }
  encoded.end();
}

const isOutside = ({ gate }: Analysis, frame: number): boolean => gate.outOfBody.some(({ startFrame, endFrame }) => frame >= startFrame && frame < endFrame);

/** Seeks to half a frame before the first one wanted: ffmpeg decodes from the key frame before and drops what is earlier. */
function decoderArguments(video: string, frames: FrameIndex, { startFrame, endFrame }: FrameSpan): string[] {
  const { pts, timebase } = frames.rendition("review");
  const at = (frame: number): number => pts[frame] as number;
  const ticks = startFrame === 0 ? 0 : (at(startFrame) + at(startFrame - 1)) / 2 - at(0);
  const seek = startFrame === 0 ? [] : ["-ss", ((ticks * timebase.num) / timebase.den).toFixed(6)];
  const output = ["-map", "0:v:0", "-fps_mode", "passthrough", "-frames:v", String(endFrame - startFrame), "-pix_fmt", "yuv420p", "-f", "rawvideo", "pipe:1"];
  return ["-nostdin", "-hide_banner", "-v", "error", ...seek, "-i", video, ...output];
}

/** Key frames each half second, as in the review rendition, so that stepping stays quick. */
function encoderArguments(file: string, { width, height }: { width: number; height: number }, rate: Rational): string[] {
  const keyFrames = String(Math.max(1, Math.round(rate.num / rate.den / 2)));
  return [
    ...["-nostdin", "-hide_banner", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", `${width}x${height}`],
    ...["-r", `${rate.num}/${rate.den}`, "-i", "pipe:0", "-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p"],
    ...["-g", keyFrames, "-sc_threshold", "0", "-movflags", "+faststart", "-f", "mp4", file],
  ];
}

/** Frames a second of the review rendition, whose rate is constant: its most common distance of two frames. */
function rateOf(frames: FrameIndex): Rational {
  const { pts, timebase } = frames.rendition("review");
  const counts = new Map<number, number>();
  for (let i = 1; i < pts.length; i++) {
    const step = (pts[i] as number) - (pts[i - 1] as number);
    counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  const [common] = [...counts].sort((a, b) => b[1] - a[1]);
  // A video of one frame has no rate; any will do.
  return common === undefined ? { num: 25, den: 1 } : { num: timebase.den, den: timebase.num * common[0] };
}

function endOf(child: ChildProcess): Promise<void> {
  let log = "";
  (child.stderr as Readable).setEncoding("utf8").on("data", (text: string) => {
    log = (log + text).slice(-2000);
  });
  return ended(child, "ffmpeg", () => log.trim() || "it said nothing.");
}

async function sizeOf(video: string): Promise<{ width: number; height: number }> {
  const args = ["-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height", "-of", "json", video];
  const { stdout } = await promisify(execFile)(ffprobePath(), args);
  const { streams } = z.object({ streams: z.array(z.object({ width: z.int().positive(), height: z.int().positive() })).length(1) }).parse(JSON.parse(stdout));
  return streams[0] as { width: number; height: number };
}

async function readAnnotationJob(environment: NodeJS.ProcessEnv): Promise<AnnotationJob> {
  const faults: string[] = [];
  for (const [name, meaning] of Object.entries(annotationVariables)) if (!environment[name]) faults.push(`${name} is not set: ${meaning}.`);
  const folder = (name: "INPUT_DIR" | "METADATA_DIR" | "CORRECTIONS_DIR" | "OUTPUT_DIR"): string => environment[name] ?? "";
  const video = join(folder("INPUT_DIR"), "review.mp4");
  const read = async <S extends z.ZodType>(
    schema: S,
    name: string,
    from: "METADATA_DIR" | "CORRECTIONS_DIR" = "METADATA_DIR",
  ): Promise<z.infer<S> | undefined> => {
    const file = join(folder(from), name);
    try {
      const parsed = schema.safeParse(parseJson(await readFile(file, "utf8"), file));
      if (parsed.success) return parsed.data;
      faults.push(`${file} breaks its contract: ${reasons(parsed.error)}.`);
    } catch {
      faults.push(`${file} can't be read.`);
    }
    return undefined;
  };
  if (faults.length > 0) throw new EnvironmentError(faults);
  for (const path of [video, folder("OUTPUT_DIR")]) await access(path).catch(() => faults.push(`${path} does not exist.`));
  const analysis = await read(analysisSchema, "analysis.json");
  const table = await read(frameTable, "frame-table.json");
  const sets = await read(exportCorrections, "corrections.json", "CORRECTIONS_DIR");
  if (analysis && sets?.some(({ runId, contentSha256 }) => runId !== analysis.runId || contentSha256 !== analysis.provenance.contentSha256))
    faults.push("corrections.json corrects another analysis than analysis.json is.");
  const [startFrame, endFrame] = [Number(environment["START_FRAME"]), Number(environment["END_FRAME"])];
  const frameCount = analysis?.media.source.frameCount ?? Number.POSITIVE_INFINITY;
  if (!(Number.isInteger(startFrame) && Number.isInteger(endFrame) && startFrame >= 0 && startFrame < endFrame && endFrame <= frameCount))
    faults.push(`START_FRAME ${environment["START_FRAME"]} and END_FRAME ${environment["END_FRAME"]} are no span of the operation's ${frameCount} frames.`);
  if (table && !table.renditions.review) faults.push("frame-table.json knows no review rendition.");
  if (faults.length > 0) throw new EnvironmentError(faults);
  return {
    span: { startFrame, endFrame },
    video,
    metadataFolder: folder("METADATA_DIR"),
    outputFolder: folder("OUTPUT_DIR"),
    analysis: analysis as Analysis,
    view: corrected(
      uncorrected(analysis as Analysis),
      (sets ?? []).flatMap(({ corrections }) => corrections),
    ),
    frames: new FrameIndex(table as z.infer<typeof frameTable>),
  };
}

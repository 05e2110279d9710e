import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdtemp, readFile, rename, rm, unlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { type ExtractedFrame, type FramePicks, framePicks } from "../../contracts/dataset-version.ts";
import { datasetFrameFile } from "../../contracts/keys.ts";
import { EnvironmentError } from "./environment.ts";
import { frameReader } from "./frame-reader.ts";
import { parseJson } from "./model-folder.ts";
import { ended, ffmpegPath } from "./programs.ts";
import { reasons } from "./reasons.ts";

/** The variables of `extract`, as `--help` shows them. */
export const extractionVariables = {
  INPUT_DIR: "folder that holds review.mp4, the rendition in which text is covered",
  PICKS_DIR: "folder that holds picks.json: which frames are taken",
  FRAMES_DIR: "existing folder for the pictures",
  LISTING_DIR: "existing folder for extracted.jsonl, which lists them",
} as const;

/** 2 to 31, finer is less: what is hardly seen to be compressed. */
const jpegQuality = "2";

/**
 * Takes frames out of the covered rendition as JPEG pictures of the raster's size, and lists them with their digests. A picture that is the
 * same as an earlier one is not taken again, unless a person drew in it. Frames are counted from the first one, not sought: no other
 * frame ever stands in a picked one's place. Throws an EnvironmentError for bad variables, another error if the run failed.
 */
export async function extractFrames(environment: NodeJS.ProcessEnv, print: (line: string) => void, abort: AbortSignal): Promise<void> {
  const { video, picks, framesFolder, listingFolder } = await readExtractionJob(environment);
  const draft = await mkdtemp(join(framesFolder, ".part-"));
  try {
    await decodePicks(video, picks, draft, abort);
    const taken = await keepDistinct(picks, draft, framesFolder);
    await writeFile(join(listingFolder, "extracted.jsonl"), taken.map((frame) => `${JSON.stringify(frame)}\n`).join(""));
    print(JSON.stringify({ message: "extracted", frameCount: taken.length, sameCount: picks.picks.length - taken.length }));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Decodes the rendition up to the last pick, and gives the picked pictures to the encoder, which numbers them from 1. */
async function decodePicks(video: string, { picks, width, height }: FramePicks, folder: string, abort: AbortSignal): Promise<void> {
  const quiet = ["-nostdin", "-hide_banner", "-v", "error"];
  const last = (picks.at(-1) as FramePicks["picks"][number]).renditionFrame;
  // JPEG has the full range of values.
  const decoded = ["-map", "0:v:0", "-fps_mode", "passthrough", "-frames:v", String(last + 1), "-vf", `scale=${width}:${height}:out_range=full`];
  const decoder = spawn(ffmpegPath(), [...quiet, "-i", video, ...decoded, "-pix_fmt", "yuv420p", "-f", "rawvideo", "pipe:1"], {
    stdio: ["ignore", "pipe", "pipe"],
    signal: abort,
    killSignal: "SIGKILL",
  });
  const raw = ["-f", "rawvideo", "-pix_fmt", "yuvj420p", "-s", `${width}x${height}`, "-r", "25", "-i", "pipe:0"];
  const pictures = ["-fps_mode", "passthrough", "-c:v", "mjpeg", "-q:v", jpegQuality, "-flags", "+bitexact", "-f", "image2", join(folder, "%08d.jpg")];
  const encoder = spawn(ffmpegPath(), [...quiet, ...raw, ...pictures], { stdio: ["pipe", "ignore", "pipe"], signal: abort, killSignal: "SIGKILL" });
  const done = Promise.all([endOf(decoder), endOf(encoder)]);
  try {
    // If ffmpeg ends first, it says why.
    await Promise.race([choose(picks, (width * height * 3) / 2, decoder.stdout as Readable, encoder.stdin as Writable), done]);
    await done;
  } finally {
    for (const child of [decoder, encoder]) child.kill("SIGKILL");
  }
}

async function choose(picks: FramePicks["picks"], bytes: number, decoded: Readable, encoded: Writable): Promise<void> {
  const reader = frameReader(decoded);
  // The encoder's own end tells why it took no more.
  encoded.on("error", () => {});
  const closed = new Promise((resolve) => encoded.once("close", resolve));
  const picture = new Uint8Array(bytes);
  let next = 0;
  for (const { renditionFrame } of picks) {
    for (; next <= renditionFrame; next++)
      if (!(await reader.read(picture))) throw new Error(`The review rendition ends before frame ${renditionFrame}, which its frame table has.`);
    if (!encoded.write(Buffer.from(picture))) await Promise.race([new Promise((drained) => encoded.once("drain", drained)), closed]);
  }
  encoded.end();
}

/** Moves the pictures to where they are to lie, each content once. */
async function keepDistinct({ case: pseudonym, width, height, picks }: FramePicks, draft: string, folder: string): Promise<ExtractedFrame[]> {
  const seen = new Set<string>();
  const taken: ExtractedFrame[] = [];
  for (const [i, { frame, pts, isDrawnIn }] of picks.entries()) {
    const from = join(draft, `${String(i + 1).padStart(8, "0")}.jpg`);
    const content = await readFile(from).catch(() => Promise.reject(new Error(`Frame ${frame} was picked, and ffmpeg wrote no picture of it.`)));
    const digest = (algorithm: string): string => createHash(algorithm).update(content).digest("hex");
    const sha256 = digest("sha256");
    if (seen.has(sha256) && !isDrawnIn) {
      await unlink(from);
      continue;
    }
    seen.add(sha256);
    const file = datasetFrameFile(pseudonym, frame);
    await rename(from, join(folder, basename(file)));
    taken.push({ file, sha256, md5: digest("md5"), bytes: content.length, case: pseudonym, frame, pts, width, height });
  }
  return taken;
}

function endOf(child: ChildProcess): Promise<void> {
  let log = "";
  (child.stderr as Readable).setEncoding("utf8").on("data", (text: string) => {
    log = (log + text).slice(-2000);
  });
  return ended(child, "ffmpeg", () => log.trim() || "it said nothing.");
}

async function readExtractionJob(environment: NodeJS.ProcessEnv) {
  const faults: string[] = [];
  for (const [name, meaning] of Object.entries(extractionVariables)) if (!environment[name]) faults.push(`${name} is not set: ${meaning}.`);
  const folder = (name: keyof typeof extractionVariables): string => environment[name] ?? "";
  if (faults.length > 0) throw new EnvironmentError(faults);
  const video = join(folder("INPUT_DIR"), "review.mp4");
  for (const path of [video, folder("FRAMES_DIR"), folder("LISTING_DIR")]) await access(path).catch(() => faults.push(`${path} does not exist.`));
  const file = join(folder("PICKS_DIR"), "picks.json");
  let picks: FramePicks | undefined;
  try {
    const parsed = framePicks.safeParse(parseJson(await readFile(file, "utf8"), file));
    if (parsed.success) picks = parsed.data;
    else faults.push(`${file} breaks its contract: ${reasons(parsed.error)}.`);
  } catch {
    faults.push(`${file} can't be read.`);
  }
  const falls = picks?.picks.find(({ renditionFrame }, i, all) => i > 0 && renditionFrame <= (all[i - 1] as (typeof all)[number]).renditionFrame);
  if (falls) faults.push(`${file} names rendition frame ${falls.renditionFrame} after one that is not before it.`);
  if (picks && (picks.width % 2 !== 0 || picks.height % 2 !== 0))
    faults.push(`${file} wants pictures of ${picks.width} by ${picks.height}; both must be even.`);
  if (faults.length > 0) throw new EnvironmentError(faults);
  return { video, picks: picks as FramePicks, framesFolder: folder("FRAMES_DIR"), listingFolder: folder("LISTING_DIR") };
}

import { access, mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { drawOperation } from "../models/synthetic/draw.ts";
import { videoSink } from "../models/synthetic/encode.ts";
import { VERSION } from "../models/synthetic/scenario.ts";
import type { Clip } from "./measurement.ts";

/** Drawing takes about six processor seconds a second of video, so clips are kept, where tools keep what they can make again. */
const cache = join(import.meta.dirname, "../node_modules/.cache/bench");
const size = { width: 1920, height: 1080 };
const frameRate = { num: 25, den: 1 };
/** Constant rate factor: about 5 Mb/s, as operating theatres record. */
const quality = 20;

/** A drawn operation of full HD at 25 frames a second, drawn at the first use. */
export async function benchClip(seconds: number, log: (line: string) => void): Promise<Clip> {
  const clip = { ...size, frameRate, frameCount: seconds * frameRate.num, file: join(cache, `operation-${VERSION}-${seconds}s-${quality}.mp4`) };
  const isThere = await access(clip.file).then(
    () => true,
    () => false,
  );
  if (isThere) return clip;
  await mkdir(cache, { recursive: true });
  log(`Drawing the clip of ${seconds} s; it is kept for the next time.`);
  // Drawn under another name: an interrupted drawing is never taken for a clip.
  const part = `${clip.file}.part.mp4`;
  const sink = videoSink({ file: part, ...size, frameRate, quality });
  await drawOperation({ ...size, frameRate, seconds, seed: 1 }, sink, (done, total) => {
    if (done % 250 === 0) log(`${done} of ${total} frames drawn.`);
  });
  await rename(part, clip.file);
  return clip;
}

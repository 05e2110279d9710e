import { spawn } from "node:child_process";
import { access } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { TextRegion } from "../../contracts/gate.ts";
import type { FrameSpan, Rational } from "../../contracts/primitives.ts";
import { cueRules, type SignalSeries } from "./cues.ts";
import { blackened } from "./decode-plan.ts";
import { ended, ffmpegPath } from "./programs.ts";
import { within } from "./spans.ts";
import { blackBox, largeBox, notLarger, type Size } from "./sprite-sheets.ts";

/** Fits into {@link largeBox}: what a card of the case list shows on a fine screen. */
export const posterFile = "poster.webp";

/**
 * Picks the frame that stands for a video: of the thumbnails' frames that were measured (those outside the patient are not), the
 * sharpest that is well exposed; if none is, the sharpest that shows anything at all. Of equals the earliest.
 */
export class PosterChoice {
  readonly #frameStep: number;
  #best: { readonly frame: number; readonly spoilt: boolean; readonly blur: number } | undefined;

  constructor(frameStep: number) {
    this.#frameStep = frameStep;
  }

  /** Considers the measures of one span. */
  consider({ startFrame, black, dark, clipped, blur }: SignalSeries): void {
    const step = this.#frameStep;
    for (let i = (step - (startFrame % step)) % step; i < blur.length; i += step) {
      // No gradient at all: nothing is to be seen. Such a picture would measure as the sharpest of all.
      if ((black[i] as number) >= cueRules.black.share || blur[i] === 0) continue;
      const spoilt = (clipped[i] as number) >= cueRules.overexposed.share || (dark[i] as number) >= cueRules.underexposed.share;
      const better = !this.#best || (spoilt === this.#best.spoilt ? (blur[i] as number) < this.#best.blur : this.#best.spoilt);
      if (better) this.#best = { frame: startFrame + i, spoilt, blur: blur[i] as number };
    }
  }

  /** Undefined where no thumbnail shows the inside of the patient. */
  get frame(): number | undefined {
    return this.#best?.frame;
  }
}

export interface PosterSource {
  readonly video: string;
  readonly width: number;
  readonly height: number;
  readonly frameRate: Rational;
  /** Presentation time of every frame, in ticks of the stream. */
  readonly pts: ArrayLike<number>;
  readonly excluded: readonly FrameSpan[];
  readonly covered: readonly TextRegion[];
}

/**
 * Decodes one frame once more and writes it as a picture, every region black that is covered in it. The frame is known by its
 * presentation time and never by a count after a seek, so that no other one, which nobody may see, is ever shown in its place.
 * Throws if it may not be seen, or can't be decoded.
 */
export async function drawPoster(source: PosterSource, frame: number, folder: string, abort?: AbortSignal): Promise<Size> {
  if (within(source.excluded, frame)) throw new Error(`Frame ${frame} lies outside the patient: it is no poster.`);
  const size = notLarger(source, largeBox);
  const file = join(folder, posterFile);
  await decodeOne(posterArguments(source, frame, size, file), abort);
  await access(file).catch(() => {
    throw new Error(`Frame ${frame}, which the poster shows, was not decoded again.`);
  });
  return size;
}

/**
 * Seeks to half a second before, from where on the video is decoded. With `-copyts` a picture keeps the time that the packet
 * table has for it.
 */
function posterArguments({ video, pts, frameRate, covered }: PosterSource, frame: number, size: Size, file: string): string[] {
  const seconds = (frame * frameRate.den) / frameRate.num - 0.5;
  const covers = covered.filter((region) => within([region], frame)).map((region) => blackBox(region, size));
  const filters = [`select='eq(pts,${pts[frame]})'`, `scale=${size.width}:${size.height}:flags=area`, ...covers.map(blackened), "format=yuv420p"];
  return [
    ...["-nostdin", "-hide_banner", "-v", "error", "-y", "-copyts", ...(seconds > 0 ? ["-ss", seconds.toFixed(6)] : [])],
    ...["-i", video, "-map", "0:v:0", "-vf", filters.join(","), "-frames:v", "1", "-fps_mode", "passthrough"],
    ...["-c:v", "libwebp", "-quality", "80", "-f", "image2", "-update", "1", file],
  ];
}

async function decodeOne(args: readonly string[], abort: AbortSignal | undefined): Promise<void> {
  const child = spawn(ffmpegPath(), args, { stdio: ["ignore", "ignore", "pipe"], ...(abort && { signal: abort }), killSignal: "SIGKILL" });
  let log = "";
  (child.stderr as Readable).setEncoding("utf8").on("data", (text: string) => {
    log = (log + text).slice(-2000);
  });
  await ended(child, "ffmpeg", () => log.trim() || "it said nothing.");
}

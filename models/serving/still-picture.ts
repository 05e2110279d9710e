import { spawn } from "node:child_process";
import { buffer } from "node:stream/consumers";
import { ended, ffmpegPath } from "./programs.ts";

/** Compressed pictures that are taken, by content type, and the one demuxer that reads each. */
export const pictureTypes: Readonly<Record<string, string>> = { "image/jpeg": "jpeg_pipe", "image/png": "png_pipe" };

/** Most pixels of a picture: 8K. A few bytes may else claim to be gigabytes. */
const mostPixels = 7680 * 4320;

/** The picture is at fault: not what its content type says, or not whole. */
export class UnreadablePicture extends Error {}

/**
 * Decodes a picture and stretches it to `width` x `height` as frames of a video are (decode-plan.ts): packed RGB. How a camera was
 * held (EXIF) is not looked at. Throws an UnreadablePicture.
 */
export async function decodePicture(
  bytes: Uint8Array,
  demuxer: string,
  { width, height }: { width: number; height: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const child = spawn(
    ffmpegPath(),
    [
      ...["-nostdin", "-hide_banner", "-nostats", "-loglevel", "error", "-err_detect", "explode", "-max_pixels", String(mostPixels)],
      ...["-f", demuxer, "-i", "pipe:0", "-frames:v", "1", "-vf", `scale=${width}:${height}:flags=area,format=rgb24`, "-f", "rawvideo", "pipe:1"],
    ],
    { stdio: "pipe" },
  );
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-2000);
  });
  const end = ended(child, "ffmpeg", () => complaint.trim().replace(/\s+/g, " "));
  // It may end before it has read all: that it failed is told by `end`.
  child.stdin.on("error", () => {});
  child.stdin.end(bytes);
  const pixels = await buffer(child.stdout);
  try {
    await end;
  } catch (error) {
    throw new UnreadablePicture(`The picture can't be read: ${(error as Error).message}`);
  }
  if (pixels.length !== width * height * 3) throw new UnreadablePicture("The picture can't be read: it holds none.");
  return new Uint8Array(pixels);
}

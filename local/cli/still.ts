import { execFile } from "node:child_process";
import { promisify } from "node:util";
import sharp from "sharp";
import { colourOf } from "../../contracts/presentation.ts";
import { findMediaTools } from "../media/tools.ts";

export interface Box {
  readonly label: string;
  readonly score: number;
  /** Pixels of `raster`. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const escapeXml = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** One exact frame of a video as PNG. `seconds` lies half a frame before the frame's time, so rounding can't pick a neighbour. */
async function frameAt(video: string, seconds: number): Promise<Buffer> {
  const args = ["-nostdin", "-v", "error", "-ss", Math.max(0, seconds).toFixed(6), "-i", video, "-frames:v", "1", "-f", "image2pipe", "-c:v", "png", "-"];
  const { ffmpeg } = await findMediaTools();
  const { stdout } = await promisify(execFile)(ffmpeg, args, { encoding: "buffer", maxBuffer: 256 * 2 ** 20 });
  return stdout;
}

/** Draws boxes with their labels over one frame of the review rendition. */
export async function still(options: {
  video: string;
  seconds: number;
  raster: { width: number; height: number };
  labels: readonly string[];
  boxes: readonly Box[];
  caption: string;
}): Promise<Buffer> {
  const picture = sharp(await frameAt(options.video, options.seconds));
  const { width = 0, height = 0 } = await picture.metadata();
  const scaleX = width / options.raster.width;
  const scaleY = height / options.raster.height;
  const size = Math.max(14, Math.round(height / 36));
  const boxes = options.boxes.map((box) => {
    const colour = colourOf(options.labels.indexOf(box.label));
    const [x, y] = [box.x * scaleX, box.y * scaleY];
    // Above the box, where it hides nothing that was found; at the picture's upper edge, inside.
    const top = Math.max(0, y - size * 1.35);
    const text = `${box.label} ${Math.round(box.score * 100)} %`;
    return `<rect x="${x}" y="${y}" width="${box.width * scaleX}" height="${box.height * scaleY}" fill="none" stroke="${colour}" stroke-width="${size / 6}"/>
      <rect x="${x}" y="${top}" width="${text.length * size * 0.58}" height="${size * 1.35}" fill="${colour}"/>
      <text x="${x + size * 0.25}" y="${top + size}" font-size="${size}" font-family="sans-serif" fill="#000">${escapeXml(text)}</text>`;
  });
  const caption = `<rect x="0" y="${height - size * 1.8}" width="${width}" height="${size * 1.8}" fill="#000" fill-opacity="0.6"/>
    <text x="${size * 0.6}" y="${height - size * 0.6}" font-size="${size}" font-family="sans-serif" fill="#fff">${escapeXml(options.caption)}</text>`;
  const overlay = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${boxes.join("")}${caption}</svg>`);
  return picture
    .composite([{ input: overlay }])
    .png()
    .toBuffer();
}

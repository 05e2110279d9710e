import type { Analysis, DetectionChunk } from "../contracts/analysis.ts";
import { lastNotAfter } from "../contracts/frame-table.ts";
import { colourOf } from "../contracts/presentation.ts";
import { fetchChunk } from "./api.ts";

/** Boxes that were found on a source frame or on the last frame looked at before it. */
interface Found {
  readonly label: number;
  readonly box: readonly [number, number, number, number];
}

/** Reads the detection chunks of one producer as the player comes to them. */
export class Boxes {
  readonly #detections: Analysis["detections"][number];
  readonly #links: readonly string[];
  readonly #chunks = new Map<number, DetectionChunk | "loading">();
  /** Source frames for which a result stays on the picture: a little more than the sampling step. */
  readonly #hold: number;
  readonly #onError: (error: Error) => void;

  constructor(detections: Analysis["detections"][number], links: readonly string[], sourceFrameCount: number, onError: (error: Error) => void) {
    this.#onError = onError;
    this.#detections = detections;
    this.#links = links;
    this.#hold = Math.ceil((1.5 * sourceFrameCount) / Math.max(1, detections.frameCount));
  }

  /** Boxes on a frame; none while its chunk is being read, for which `onLoad` is called once it is there. */
  on(frame: number, onLoad: () => void): Found[] {
    const index = this.#detections.chunks.findIndex(({ startFrame, endFrame }) => frame >= startFrame && frame < endFrame);
    const link = this.#links[index];
    if (link === undefined) return [];
    const chunk = this.#chunks.get(index);
    if (chunk === undefined) {
      this.#chunks.set(index, "loading");
      fetchChunk(link).then((loaded) => {
        this.#chunks.set(index, loaded);
        onLoad();
      }, this.#onError);
    }
    if (chunk === undefined || chunk === "loading") return [];
    const at = lastNotAfter(chunk.frames, frame);
    if (at < 0 || frame - (chunk.frames[at] as number) > this.#hold) return [];
    const found: Found[] = [];
    for (let b = chunk.offsets[at] as number; b < (chunk.offsets[at + 1] as number); b++) {
      found.push({ label: chunk.label[b] as number, box: chunk.box.slice(4 * b, 4 * b + 4) as [number, number, number, number] });
    }
    return found;
  }

  /** Draws the boxes of a frame over the picture. */
  draw(canvas: HTMLCanvasElement, raster: { width: number; height: number }, frame: number): void {
    canvas.width = raster.width;
    canvas.height = raster.height;
    const context = canvas.getContext("2d");
    if (!context) return;
    const size = Math.max(11, raster.height / 30);
    context.font = `${size}px system-ui, sans-serif`;
    context.lineWidth = size / 6;
    for (const { label, box } of this.on(frame, () => this.draw(canvas, raster, frame))) {
      const colour = colourOf(label);
      const [x, y, width, height] = box;
      const name = this.#detections.labels[label] ?? "";
      context.strokeStyle = colour;
      context.strokeRect(x, y, width, height);
      context.fillStyle = colour;
      // Above the box, where it hides nothing that was found; at the picture's upper edge, inside.
      const top = Math.max(0, y - size * 1.3);
      context.fillRect(x, top, context.measureText(name).width + size / 2, size * 1.3);
      context.fillStyle = "#000";
      context.fillText(name, x + size / 4, top + size);
    }
  }
}

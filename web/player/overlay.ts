import type { Analysis, DetectionChunk, MaskChunk } from "../../contracts/analysis.ts";
import { boxOf, type CorrectedView, maskKeyframes, personProducer, ringsOf, stands } from "../../contracts/corrected-view.ts";
import type { DrawnMask, DrawnObject } from "../../contracts/corrections.ts";
import { lastNotAfter } from "../../contracts/frame-index.ts";
import type { Rings } from "../../contracts/outlines.ts";
import { colourOf } from "../../contracts/presentation.ts";
import { boundsOf } from "../../contracts/run-lengths.ts";
import { Chunks } from "./chunks.ts";

/** What the overlay shows. Classes are named `producer/label`. */
export interface OverlaySettings {
  readonly boxes: boolean;
  readonly masks: boolean;
  /** Classes that are not drawn. */
  readonly hidden: ReadonlySet<string>;
  /** Findings below this confidence are not drawn. */
  readonly leastConfidence: number;
  readonly maskOpacity: number;
}

export interface OverlayClass {
  readonly id: string;
  readonly label: string;
  readonly colour: string;
  readonly kind: "box" | "mask";
}

/** A box on the frame in view, in pixels of the raster. */
export interface SeenBox {
  readonly classId: string;
  readonly label: string;
  /** Null if a person drew it. */
  readonly score: number | null;
  readonly box: readonly [number, number, number, number];
  readonly producer: string;
  /** -1 if it belongs to none. */
  readonly track: number;
  /** The frame that was looked at, or drawn in: the one in view, or one just before it. */
  readonly lookedAt: number;
  /** What a person drew: its identifier. */
  readonly drawn: { readonly id: string; readonly object: DrawnObject; readonly isKeyframe: boolean } | null;
}

/** A mask on the frame in view: a network's, or an outline that a person drew. */
export interface SeenMask {
  readonly classId: string;
  readonly label: string;
  readonly producer: string;
  /** The frame that was looked at, or drawn in: the one in view, or one just before it. */
  readonly lookedAt: number;
  /** Null if a person drew it. */
  readonly found: { readonly chunk: MaskChunk; readonly index: number; readonly score: number } | null;
  readonly drawn: DrawnOutline | null;
}

/** What a person drew, as it is on a frame: without rings where they say that nothing is there. */
export interface DrawnOutline {
  readonly id: string;
  readonly mask: DrawnMask;
  readonly rings: Rings;
  readonly isKeyframe: boolean;
}

/** The part of a canvas's context that the overlay draws with. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  | "font"
  | "lineWidth"
  | "strokeStyle"
  | "fillStyle"
  | "globalAlpha"
  | "strokeRect"
  | "fillRect"
  | "fillText"
  | "measureText"
  | "drawImage"
  | "imageSmoothingEnabled"
  | "beginPath"
  | "moveTo"
  | "lineTo"
  | "fill"
>;

type Layer<C> = { readonly producer: string; readonly labels: readonly string[]; readonly chunks: Chunks<C>; readonly hold: number };

export interface OverlayArgs {
  readonly analysis: Pick<Analysis, "media" | "detections" | "masks">;
  /** Reads a producer's chunk with this index. */
  readonly readDetections: (producer: string, index: number) => Promise<DetectionChunk>;
  readonly readMasks: (producer: string, index: number) => Promise<MaskChunk>;
  readonly onLoad: () => void;
  readonly onError: (error: Error) => void;
}

/** Boxes and masks of an analysis, drawn over a frame. */
export class Overlay {
  readonly raster: { readonly width: number; readonly height: number };
  readonly classes: readonly OverlayClass[];
  readonly #boxes: Layer<DetectionChunk>[];
  readonly #masks: Layer<MaskChunk>[];
  readonly #pictures = new MaskPictures();
  /** What people corrected; null to show what was found. */
  #corrections: CorrectedView | null = null;

  constructor({ analysis, readDetections, readMasks, onLoad, onError }: OverlayArgs) {
    this.raster = analysis.media.raster;
    const { frameCount: sourceFrames } = analysis.media.source;
    const layer = <C>(found: Analysis["detections"][number] | Analysis["masks"][number], read: (producer: string, index: number) => Promise<C>) => ({
      producer: found.producer,
      labels: found.labels,
      chunks: new Chunks<C>({ spans: found.chunks, read: (index) => read(found.producer, index), onLoad, onError }),
      // Source frames for which a result stays on the picture: a little more than the sampling step.
      hold: Math.ceil((1.5 * sourceFrames) / Math.max(1, found.frameCount)),
    });
    this.#boxes = analysis.detections.map((found) => layer(found, readDetections));
    this.#masks = analysis.masks.map((found) => layer(found, readMasks));
    this.classes = [...classesOf(this.#boxes, "box"), ...classesOf(this.#masks, "mask")];
  }

  /** Shows boxes as people corrected them; null, as they were found. */
  correct(view: CorrectedView | null): void {
    this.#corrections = view;
  }

  /** Begins to read what is on a frame before its picture is there. */
  prepare(frame: number, { boxes, masks }: Pick<OverlaySettings, "boxes" | "masks">): void {
    for (const { chunks } of [...(boxes ? this.#boxes : []), ...(masks ? this.#masks : [])]) chunks.at(frame);
  }

  /** Boxes on a frame that the settings show, and whether some are still being read. */
  boxesOn(frame: number, settings: OverlaySettings): { boxes: SeenBox[]; isLoading: boolean } {
    const boxes: SeenBox[] = [];
    let isLoading = false;
    if (!settings.boxes) return { boxes, isLoading };
    const view = this.#corrections;
    let newest = -1;
    let held = 0;
    for (const { producer, labels, chunks, hold } of this.#boxes) {
      const chunk = chunks.at(frame);
      if (chunk === "loading") isLoading = true;
      held = Math.max(held, hold);
      if (chunk === undefined || chunk === "loading") continue;
      const lookedAt = chunk.frames[lastNotAfter(chunk.frames, frame)] ?? -1;
      newest = Math.max(newest, lookedAt);
      for (const b of entriesOn(chunk, frame, hold)) {
        const box = chunk.box.slice(4 * b, 4 * b + 4) as [number, number, number, number];
        const found = { producer, track: chunk.track[b] as number, box };
        if (view && !(stands(view, lookedAt, found) && stands(view, frame, found))) continue;
        const label = view?.tracks.get(found.track)?.label ?? labels[chunk.label[b] as number] ?? "";
        const classId = `${producer}/${label}`;
        const score = chunk.score[b] as number;
        if (settings.hidden.has(classId) || score < settings.leastConfidence) continue;
        boxes.push({ ...found, classId, label, score, lookedAt, drawn: null });
      }
    }
    if (view) boxes.push(...this.#drawnOn(view, frame, frame - newest <= held ? newest : -1).filter(({ classId }) => !settings.hidden.has(classId)));
    return { boxes, isLoading };
  }

  /** What people drew, on a frame; what they drew in the frame that was looked at last stays as long as findings of it do. */
  #drawnOn({ objects }: CorrectedView, frame: number, lookedAt: number): SeenBox[] {
    return [...objects].flatMap(([id, object]) => {
      const now = boxOf(object, frame);
      const at = now === undefined && lookedAt >= 0 ? lookedAt : frame;
      const box = at === frame ? now : boxOf(object, at);
      if (!box) return [];
      const classId = this.classes.find(({ label, kind }) => kind === "box" && label === object.label)?.id ?? object.label;
      const track = object.replaces && "track" in object.replaces ? object.replaces.track : -1;
      const isKeyframe = object.keyframes.some((key) => key.frame === at);
      return [{ classId, label: object.label, score: null, box, producer: personProducer, track, lookedAt: at, drawn: { id, object, isKeyframe } }];
    });
  }

  /** Draws what is on a frame over a picture of this size. Returns whether something is still being read. */
  draw(pen: Pen, size: { width: number; height: number }, frame: number, settings: OverlaySettings): boolean {
    const scale = { x: size.width / this.raster.width, y: size.height / this.raster.height };
    const masksLoad = settings.masks && this.#drawMasks(pen, size, frame, settings);
    const { boxes, isLoading } = this.boxesOn(frame, settings);
    const text = Math.max(12, size.height / 36);
    pen.font = `600 ${text}px system-ui, sans-serif`;
    pen.lineWidth = Math.max(2, text / 7);
    for (const { classId, label, score, box } of boxes) {
      const colour = this.#colour(classId);
      const [x, y, width, height] = [box[0] * scale.x, box[1] * scale.y, box[2] * scale.x, box[3] * scale.y];
      pen.strokeStyle = colour;
      pen.strokeRect(x, y, width, height);
      const words = score === null ? label : `${label} ${Math.round(100 * score)}%`;
      pen.fillStyle = colour;
      // Above the box, where it hides nothing that was found; at the picture's upper edge, inside.
      const top = Math.max(0, y - text * 1.35);
      pen.fillRect(x - pen.lineWidth / 2, top, pen.measureText(words).width + text / 2, text * 1.35);
      pen.fillStyle = "#000";
      pen.fillText(words, x + text / 5, top + text);
    }
    return isLoading || masksLoad;
  }

  /** Masks on a frame that the settings show, what people drew last, and whether some are still being read. */
  masksOn(frame: number, settings: OverlaySettings): { masks: SeenMask[]; isLoading: boolean } {
    const masks: SeenMask[] = [];
    let isLoading = false;
    if (!settings.masks) return { masks, isLoading };
    const outlines = [...(this.#corrections?.masks ?? [])];
    let newest = -1;
    for (const { producer, labels, chunks, hold } of this.#masks) {
      const chunk = chunks.at(frame);
      if (chunk === "loading") isLoading = true;
      if (chunk === undefined || chunk === "loading") continue;
      const lookedAt = chunk.frames[lastNotAfter(chunk.frames, frame)] ?? -1;
      if (frame - lookedAt <= hold) newest = Math.max(newest, lookedAt);
      for (const index of entriesOn(chunk, frame, hold)) {
        const label = labels[chunk.label[index] as number] ?? "";
        if (outlines.some(([, mask]) => mask.replaces === producer && mask.label === label && (ringsOf(mask, lookedAt) ?? ringsOf(mask, frame)) !== undefined))
          continue;
        const classId = `${producer}/${label}`;
        const score = chunk.score[index] as number;
        if (settings.hidden.has(classId) || score < settings.leastConfidence) continue;
        masks.push({ classId, label, producer, lookedAt, found: { chunk, index, score }, drawn: null });
      }
    }
    for (const [id, mask] of outlines) {
      const now = ringsOf(mask, frame);
      // What was drawn in the frame that was looked at last stays as long as findings of it do.
      const lookedAt = now === undefined ? newest : frame;
      const rings = now ?? ringsOf(mask, newest);
      const classId = this.classes.find((one) => one.kind === "mask" && one.label === mask.label)?.id ?? mask.label;
      if (rings === undefined || settings.hidden.has(classId)) continue;
      const isKeyframe = maskKeyframes(mask).some((key) => key.frame === lookedAt);
      masks.push({ classId, label: mask.label, producer: personProducer, lookedAt, found: null, drawn: { id, mask, rings, isKeyframe } });
    }
    return { masks, isLoading };
  }

  #drawMasks(pen: Pen, size: { width: number; height: number }, frame: number, settings: OverlaySettings): boolean {
    const { masks, isLoading } = this.masksOn(frame, settings);
    pen.globalAlpha = settings.maskOpacity;
    for (const { classId, found, drawn } of masks) {
      if (found) this.#pictures.draw(pen, size, found.chunk, found.index, this.#colour(classId));
      if (!drawn?.rings.length) continue;
      pen.fillStyle = this.#colour(classId);
      pen.beginPath();
      for (const ring of drawn.rings)
        for (const [i, [x, y]] of ring.entries())
          pen[i === 0 ? "moveTo" : "lineTo"]((x * size.width) / this.raster.width, (y * size.height) / this.raster.height);
      pen.fill("evenodd");
    }
    pen.globalAlpha = 1;
    return isLoading;
  }

  #colour(classId: string): string {
    return this.classes.find(({ id }) => id === classId)?.colour ?? "#fff";
  }
}

/** The box that a point of the raster lies in; of several the smallest, which is in front for whoever points at it. */
export function boxAt(boxes: readonly SeenBox[], x: number, y: number): SeenBox | undefined {
  const around = boxes.filter(({ box: [left, top, width, height] }) => x >= left && x < left + width && y >= top && y < top + height);
  return around.sort((a, b) => a.box[2] * a.box[3] - b.box[2] * b.box[3])[0];
}

/** Indexes of what a chunk holds for a frame: of the frame itself, or of the last one looked at before it. */
export function entriesOn({ frames, offsets }: { frames: readonly number[]; offsets: readonly number[] }, frame: number, hold: number): number[] {
  const at = lastNotAfter(frames, frame);
  if (at < 0 || frame - (frames[at] as number) > hold) return [];
  const from = offsets[at] as number;
  return Array.from({ length: (offsets[at + 1] as number) - from }, (_, i) => from + i);
}

function classesOf(layers: readonly { producer: string; labels: readonly string[] }[], kind: OverlayClass["kind"]): OverlayClass[] {
  return layers.flatMap(({ producer, labels }) => labels.map((label, i) => ({ id: `${producer}/${label}`, label, colour: colourOf(i), kind })));
}

/** A mask as a picture, one cell a pixel, and where on the grid it lies. */
interface MaskPicture {
  readonly picture: OffscreenCanvas;
  readonly at: { readonly x: number; readonly y: number };
}

/** Pictures of masks, no larger than they must be, kept while their frame is in view. */
class MaskPictures {
  readonly #made = new Map<string, MaskPicture | null>();
  #chunk: MaskChunk | undefined;

  /** Draws a mask over a picture of this size. */
  draw(pen: Pen, size: { width: number; height: number }, chunk: MaskChunk, mask: number, colour: string): void {
    const made = this.#of(chunk, mask, colour);
    if (!made) return;
    const { picture, at } = made;
    const scale = { x: size.width / chunk.gridWidth, y: size.height / chunk.gridHeight };
    pen.drawImage(picture, at.x * scale.x, at.y * scale.y, picture.width * scale.x, picture.height * scale.y);
  }

  #of(chunk: MaskChunk, mask: number, colour: string): MaskPicture | null {
    if (this.#chunk !== chunk || this.#made.size > 64) this.#made.clear();
    this.#chunk = chunk;
    const key = `${mask} ${colour}`;
    const found = this.#made.get(key);
    if (found !== undefined) return found;
    const made = pictureOf(chunk.runs[mask] as number[], { width: chunk.gridWidth, height: chunk.gridHeight }, colour);
    this.#made.set(key, made);
    return made;
  }
}

/** The smallest picture that holds a mask, with an empty edge of a cell, so that its border is smooth when it is enlarged. Null if there is nothing of it. */
function pictureOf(runs: readonly number[], grid: { width: number; height: number }, colour: string): MaskPicture | null {
  const bounds = boundsOf(runs, grid);
  if (!bounds) return null;
  const at = { x: bounds.x - 1, y: bounds.y - 1 };
  const picture = new OffscreenCanvas(bounds.width + 2, bounds.height + 2);
  const context = picture.getContext("2d") as OffscreenCanvasRenderingContext2D;
  const image = context.createImageData(picture.width, picture.height);
  const pixels = new Uint32Array(image.data.buffer);
  const [red, green, blue] = [1, 3, 5].map((from) => Number.parseInt(colour.slice(from, from + 2), 16)) as [number, number, number];
  // Bytes in the order of memory, which is the lowest first wherever browsers run.
  const value = ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  let cell = 0;
  for (const [i, run] of runs.entries()) {
    const end = cell + run;
    if (i % 2 === 1) for (; cell < end; cell++) pixels[((cell % grid.height) - at.y) * picture.width + Math.floor(cell / grid.height) - at.x] = value;
    cell = end;
  }
  context.putImageData(image, 0, 0);
  return { picture, at };
}

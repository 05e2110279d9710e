import type { AnnotationSet } from "../../../contracts/annotation-set.ts";
import type { FrameIndex } from "../../../contracts/frame-table.ts";
import { cornerWithin, markOutline, type Rings } from "../../../contracts/outlines.ts";
import { type Grid, regrid, runsOf } from "../../../contracts/run-lengths.ts";
import { InvalidInput } from "../errors.ts";

/** What a file says about the operation, whatever its format. */
export type Annotations = Pick<AnnotationSet, "labels" | "lookedAt" | "boxes" | "masks" | "segments" | "events" | "notes">;

/** The operation that a file speaks of. */
export interface Operation {
  readonly frameCount: number;
  readonly raster: Grid;
  readonly frames: FrameIndex;
  /** Ticks of the source from its first frame to its end. */
  readonly durationTicks: number;
}

/** A file that was handed in. */
export interface GivenFile {
  readonly name: string;
  readonly text: string;
}

/** Reads the files of one format. Throws InvalidInput with every reason, each with its place in the file. */
export type Reader = (files: readonly GivenFile[], operation: Operation) => Annotations;

interface GivenBox {
  readonly frame: number;
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly score?: number | null;
  readonly track?: number;
  readonly interpolated?: boolean;
}

interface GivenShape {
  readonly frame: number;
  readonly label: string;
  readonly score?: number | null;
  readonly interpolated?: boolean;
}

interface GivenMask extends GivenShape {
  readonly runs: readonly number[];
  /** What it was drawn as, in whole pixels of the raster. */
  readonly polygons?: [number, number][][];
}

interface GivenOutline extends GivenShape {
  readonly parts: Rings;
}

/** Reasons that are told: nobody mends more at once. */
const mostReasons = 100;

/** Collects what a reader finds, in pixels of the operation's raster, and all that is wrong with it. */
export class Draft {
  readonly #operation: Operation;
  readonly #labels = new Map<string, number>();
  readonly #boxes: Annotations["boxes"] = [];
  readonly #masks: Annotations["masks"] = [];
  readonly #segments: Annotations["segments"] = [];
  readonly #events: Annotations["events"] = [];
  readonly #reasons: string[] = [];
  readonly #notes: string[] = [];
  #lookedAt: Set<number> | null = null;
  #rounded = 0;
  #outlines = 0;
  #slivers = 0;
  #scaled = new Set<string>();

  constructor(operation: Operation, labels: readonly string[] = []) {
    this.#operation = operation;
    for (const label of labels) this.#labelOf(label);
  }

  /** Something is wrong there. */
  reject(where: string, what: string): undefined {
    this.#reasons.push(`${where}: ${what}`);
  }

  /** Something that the set says beside what was found: what was left out, what was made of it. */
  note(sentence: string): void {
    this.#notes.push(sentence);
  }

  get isSound(): boolean {
    return this.#reasons.length === 0;
  }

  /** A frame was looked at; from now on, frames that are not told of were not. */
  lookedAt(where: string, frame: number): void {
    if (!this.#isFrame(where, frame)) return;
    this.#lookedAt ??= new Set();
    this.#lookedAt.add(frame);
  }

  /** A box in a picture of `size`, fractions of pixels allowed. */
  box(where: string, given: GivenBox, size: Grid = this.#operation.raster): undefined {
    const { raster } = this.#operation;
    const { frame, label, score = null, track = -1, interpolated = false } = given;
    if (!this.#isFrame(where, frame)) return;
    if (!(given.width > 0 && given.height > 0))
      return this.reject(where, `a box must be wider and higher than nothing, not ${given.width} by ${given.height}.`);
    if (score !== null && !(score >= 0 && score <= 1)) return this.reject(where, `a score must be from 0 to 1, not ${score}.`);
    const [across, down] = [raster.width / size.width, raster.height / size.height];
    if (across !== 1 || down !== 1) this.#scaled.add(`${size.width} by ${size.height}`);
    const [left, right] = [given.x * across, (given.x + given.width) * across];
    const [top, bottom] = [given.y * down, (given.y + given.height) * down];
    const corners = [left, top, right, bottom].map(Math.round) as [number, number, number, number];
    if ([left, top, right, bottom].some((value, i) => value !== corners[i])) this.#rounded++;
    const [x, y] = corners;
    const [width, height] = [Math.max(1, corners[2] - x), Math.max(1, corners[3] - y)];
    if (x >= raster.width || y >= raster.height || x + width <= 0 || y + height <= 0) return this.reject(where, "the box lies outside the picture.");
    this.#boxes.push({ frame, label: this.#labelOf(label), x, y, width, height, score, track, interpolated });
  }

  /** A mask of cells over the picture; `grid` is what it is kept on. */
  mask(where: string, given: GivenMask, size: Grid, grid: Grid = size): undefined {
    if (!this.#isFrame(where, given.frame)) return;
    try {
      const runs = regrid(given.runs, size, grid);
      const sum = runs.reduce((total, run) => total + run, 0);
      if (sum !== grid.width * grid.height) return this.reject(where, `the mask has ${sum} cells, its picture ${grid.width * grid.height}.`);
      this.#masks.push({
        ...{ frame: given.frame, label: this.#labelOf(given.label), gridWidth: grid.width, gridHeight: grid.height },
        ...{ runs, score: given.score ?? null },
        ...(given.polygons && { polygons: given.polygons }),
        ...(given.interpolated && { interpolated: true as const }),
      });
    } catch (error) {
      this.reject(where, (error as Error).message);
    }
  }

  /**
   * An outline of several parts, each a round of corners in a picture of `size`, as a mask of its pixels: one belongs to it if its middle lies
   * within one of the parts at least.
   */
  outline(where: string, given: GivenOutline, size: Grid): undefined {
    if (!this.#isFrame(where, given.frame)) return;
    const bad = given.parts.find((part) => part.length < 3 || part.flat().some((value) => !Number.isFinite(value)));
    if (bad || given.parts.length === 0) return this.reject(where, "a polygon must have three corners at least, of two numbers each.");
    const cells = new Uint8Array(size.width * size.height);
    // Each by itself: together, what lies within two of them would lie outside.
    for (const part of given.parts) markOutline(cells, [part], size, size);
    this.#outlines++;
    if (!cells.includes(1)) {
      this.#slivers++;
      return;
    }
    const { raster } = this.#operation;
    const { parts, ...rest } = given;
    const polygons = parts.map((part) => part.map(([x, y]) => cornerWithin([(x * raster.width) / size.width, (y * raster.height) / size.height], raster)));
    this.mask(where, { ...rest, runs: runsOf(cells), polygons }, size);
  }

  segment(where: string, segment: Annotations["segments"][number]): undefined {
    if (this.#isSpan(where, segment)) this.#segments.push(segment);
  }

  event(where: string, event: Annotations["events"][number]): undefined {
    if (this.#isSpan(where, event)) this.#events.push(event);
  }

  /** What was found. Throws InvalidInput with all reasons, if there are any. */
  finish(): Annotations {
    const reasons = this.#reasons;
    const more = reasons.length - mostReasons;
    if (reasons.length > 0) throw new InvalidInput(...reasons.slice(0, mostReasons), ...(more > 0 ? [`There are ${more} more like these.`] : []));
    const found = this.#boxes.length + this.#masks.length + this.#segments.length + this.#events.length;
    if (found === 0 && !this.#lookedAt?.size) throw new InvalidInput("The files hold no annotation.");
    const { width, height } = this.#operation.raster;
    const notes = [
      ...this.#notes,
      ...[...this.#scaled].map((size) => `Boxes were brought from a picture of ${size} to one of ${width} by ${height}.`),
      ...(this.#rounded > 0 ? [`${this.#rounded} boxes were rounded to whole pixels.`] : []),
      ...(this.#outlines > 0 ? [`${this.#outlines} polygons became masks of the pixels whose middles lie inside.`] : []),
      ...(this.#slivers > 0 ? [`${this.#slivers} of them hold no such pixel and were left out.`] : []),
    ];
    const byFrame = (a: { frame: number }, b: { frame: number }) => a.frame - b.frame;
    const byStart = (a: { startFrame: number; endFrame: number }, b: { startFrame: number; endFrame: number }) =>
      a.startFrame - b.startFrame || a.endFrame - b.endFrame;
    return {
      labels: [...this.#labels.keys()],
      lookedAt: this.#lookedAt === null ? null : [...this.#lookedAt].sort((a, b) => a - b),
      boxes: this.#boxes.sort(byFrame),
      masks: this.#masks.sort(byFrame),
      segments: this.#segments.sort(byStart),
      events: this.#events.sort(byStart),
      notes,
    };
  }

  #labelOf(label: string): number {
    const known = this.#labels.get(label);
    if (known !== undefined) return known;
    this.#labels.set(label, this.#labels.size);
    return this.#labels.size - 1;
  }

  #isFrame(where: string, frame: number): boolean {
    const { frameCount } = this.#operation;
    const isFrame = Number.isInteger(frame) && frame >= 0 && frame < frameCount;
    if (!isFrame) this.reject(where, `there is no frame ${frame}; the operation has frames 0 to ${frameCount - 1}.`);
    return isFrame;
  }

  #isSpan(where: string, { startFrame, endFrame }: { startFrame: number; endFrame: number }): boolean {
    const { frameCount } = this.#operation;
    const isSpan = Number.isInteger(startFrame) && Number.isInteger(endFrame) && startFrame >= 0 && startFrame < endFrame && endFrame <= frameCount;
    if (!isSpan) this.reject(where, `frames ${startFrame} to ${endFrame} are no span of the operation's ${frameCount} frames.`);
    return isSpan;
  }
}

/** The one file that a format reads. Throws InvalidInput if there are more, or none. */
export function onlyFile(files: readonly GivenFile[], format: string): GivenFile {
  const [file, second] = files;
  if (!file || second) throw new InvalidInput(`${format} is one file; ${files.length} were given.`);
  return file;
}

/** A frame's number at the end of a picture's name: `frame-00000012.png`. */
export function frameInName(name: string): number | undefined {
  const digits = /(\d+)\.\w+$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

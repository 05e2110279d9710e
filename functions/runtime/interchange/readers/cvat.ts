import { type SaxesAttributePlain, SaxesParser } from "saxes";
import { type Grid, runsOf } from "../../../../contracts/run-lengths.ts";
import { Draft, onlyFile, type Reader } from "../draft.ts";

/** What CVAT draws and the platform has a place for; a polygon becomes a mask. */
const shapes = ["box", "mask", "polygon"] as const;

interface Shape {
  readonly line: number;
  readonly element: (typeof shapes)[number];
  readonly fields: Readonly<Record<string, string>>;
  readonly attributes: Map<string, string>;
}

interface Track {
  readonly line: number;
  readonly id: number;
  readonly label: string;
  readonly shapes: Shape[];
}

/** Shapes that CVAT draws and the platform has no place for. */
const otherShapes = ["polyline", "points", "ellipse", "cuboid", "skeleton"];

const levels = ["shot", "phase", "step", "task", "action"] as const;

/**
 * CVAT for video 1.1. A track labelled `phase: ...` or `event: ...` is a span that lasts from a box that is shown to the next one
 * that is `outside`; any other track is of boxes, or of masks and polygons. Boxes that CVAT drew between keyframes are marked as interpolated.
 */
export const readCvat: Reader = (files, operation) => {
  const { name, text } = onlyFile(files, "CVAT");
  const draft = new Draft(operation);
  const { tracks, size } = parse(draft, name, text);
  const raster = size ?? operation.raster;
  const numbers = trackNumbers(tracks);
  for (const track of tracks) {
    const [first] = track.shapes;
    if (first === undefined) draft.reject(`${name}, line ${track.line}`, "the track has no shapes.");
    else if (first.element !== "box") for (const shape of track.shapes) readOutline(draft, name, track, shape, raster);
    else if (spanKind(track)) readSpans(draft, name, track, operation.frameCount);
    else for (const shape of track.shapes) readBox(draft, name, track, shape, raster, numbers.get(track) as number);
  }
  return draft.finish();
};

function parse(draft: Draft, name: string, text: string): { tracks: Track[]; size: Grid | undefined } {
  const tracks: Track[] = [];
  const path: string[] = [];
  const told: Record<string, string> = {};
  let content = "";
  let attribute = "";
  const parser = new SaxesParser();
  const where = () => `${name}, line ${parser.line}`;
  parser.on("opentag", ({ name: tag, attributes }) => {
    path.push(tag);
    content = "";
    const fields = attributes as Record<string, SaxesAttributePlain & string>;
    if (path.length === 1 && tag !== "annotations") draft.reject(where(), `the root must be "annotations", not "${tag}".`);
    if (path.length === 2 && tag === "image") draft.reject(where(), 'this is "CVAT for images"; export as "CVAT for video 1.1".');
    if (path.length === 2 && tag === "track") {
      const id = Number(fields["id"]);
      if (!Number.isInteger(id) || !fields["label"]) draft.reject(where(), "a track must have a whole number as id, and a label.");
      tracks.push({ line: parser.line, id, label: fields["label"] ?? "", shapes: [] });
    }
    if (path.length === 3 && path[1] === "track") {
      const element = shapes.find((one) => one === tag);
      if (element) tracks.at(-1)?.shapes.push({ line: parser.line, element, fields, attributes: new Map() });
      else if (otherShapes.includes(tag)) draft.reject(where(), `a ${tag} can't be read: only boxes, masks and polygons can.`);
    }
    if (path.length === 4 && tag === "attribute") attribute = fields["name"] ?? "";
  });
  parser.on("text", (piece) => {
    content += piece;
  });
  parser.on("closetag", () => {
    const at = path.join("/");
    if (at.startsWith("annotations/track/") && path.length === 4 && path[3] === "attribute") {
      tracks.at(-1)?.shapes.at(-1)?.attributes.set(attribute, content.trim());
    }
    told[at] = content.trim();
    path.pop();
    content = "";
  });
  parser.on("error", ({ message }) => {
    const [, line, column, what] = /^(\d+):(\d+): (.*?)\.?$/.exec(message) ?? [];
    draft.reject(`${name}, line ${line}, column ${column}`, `${what}.`);
  });
  parser.write(text).close();
  if (draft.isSound && told["annotations/version"] !== "1.1") draft.reject(name, `it must be of version 1.1, not "${told["annotations/version"] ?? ""}".`);
  const [width, height] = ["width", "height"].map((side) => Number(told[`annotations/meta/task/original_size/${side}`] ?? Number.NaN));
  return { tracks, size: width && height ? { width, height } : undefined };
}

/** The platform's own number of a track stays; others count on after them, lest they take that of a track that somebody deleted. One box alone, without a number, belongs to none. */
function trackNumbers(tracks: readonly Track[]): Map<Track, number> {
  const own = (track: Track): number | undefined => {
    const text = track.shapes[0]?.attributes.get("track");
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
  };
  let free = tracks.reduce((most, track) => Math.max(most, own(track) ?? -1), -1) + 1;
  const next = (): number => free++;
  const isAlone = ({ shapes }: Track): boolean => shapes.filter(({ fields }) => fields["outside"] !== "1").length === 1;
  return new Map(tracks.map((track) => [track, own(track) ?? (isAlone(track) ? -1 : next())]));
}

function readBox(draft: Draft, name: string, track: Track, shape: Shape, size: Grid, number: number): undefined {
  const { fields, attributes, line } = shape;
  const where = `${name}, line ${line}`;
  const values = numbersOf(draft, where, fields, ["frame", "xtl", "ytl", "xbr", "ybr"]);
  if (!values || fields["outside"] === "1") return;
  const [frame, left, top, right, bottom] = values as [number, number, number, number, number];
  const score = scoreOf(draft, where, attributes);
  if (score === undefined) return;
  const box = { frame, label: track.label, x: left, y: top, width: right - left, height: bottom - top, score, track: number };
  draft.box(where, { ...box, interpolated: fields["keyframe"] === "0" }, size);
}

function readOutline(draft: Draft, name: string, track: Track, shape: Shape, size: Grid): undefined {
  if (shape.element === "mask") return readMask(draft, name, track, shape, size);
  const { fields, attributes, line, element } = shape;
  const where = `${name}, line ${line}`;
  if (element === "box") return draft.reject(where, "a track holds boxes or masks, not both.");
  const values = numbersOf(draft, where, fields, ["frame"]);
  const score = scoreOf(draft, where, attributes);
  if (!values || score === undefined || fields["outside"] === "1") return;
  const corners = (fields["points"] ?? "").split(";").map((point) => point.split(",").map((value) => (value.trim() === "" ? Number.NaN : Number(value))));
  if (corners.some((corner) => corner.length !== 2)) return draft.reject(where, 'points must be pairs of numbers, such as "10,20;30,20;30,40".');
  const outline = { frame: values[0] as number, label: track.label, parts: [corners as [number, number][]], score };
  draft.outline(where, { ...outline, interpolated: fields["keyframe"] === "0" }, size);
}

function readMask(draft: Draft, name: string, track: Track, { fields, attributes, line }: Shape, size: Grid): undefined {
  const where = `${name}, line ${line}`;
  const values = numbersOf(draft, where, fields, ["frame", "left", "top", "width", "height"]);
  const score = scoreOf(draft, where, attributes);
  if (!values || score === undefined || fields["outside"] === "1") return;
  const [frame, left, top, width, height] = values as [number, number, number, number, number];
  const rle = (fields["rle"] ?? "").split(",").map(Number);
  const isWhole = (value: number) => Number.isInteger(value) && value >= 0;
  if (!rle.every(isWhole) || rle.reduce((sum, run) => sum + run, 0) !== width * height)
    return draft.reject(where, `rle must be whole numbers that add up to ${width} times ${height}.`);
  if (![left, top, width, height].every(isWhole) || left + width > size.width || top + height > size.height)
    return draft.reject(where, `the mask must lie in the picture of ${size.width} by ${size.height}.`);
  const cells = new Uint8Array(size.width * size.height);
  let at = 0;
  for (const [i, run] of rle.entries()) {
    if (i % 2 === 1) for (let k = at; k < at + run; k++) cells[(left + (k % width)) * size.height + top + Math.floor(k / width)] = 1;
    at += run;
  }
  const [, gridWidth, gridHeight] = /^(\d+) (\d+)$/.exec(attributes.get("grid") ?? "") ?? [];
  const grid = gridWidth && gridHeight ? { width: Number(gridWidth), height: Number(gridHeight) } : size;
  draft.mask(where, { frame, label: track.label, runs: runsOf(cells), score, interpolated: fields["keyframe"] === "0" }, size, grid);
}

interface SpanKind {
  readonly level?: (typeof levels)[number];
  readonly type?: string;
  readonly label: string;
}

/** What a span's label says, and the attributes that the platform's own export gives it. */
function spanKind({ label, shapes }: Track): SpanKind | undefined {
  const [, word = "", rest = ""] = /^(\w+): (.+)$/.exec(label) ?? [];
  const attributes = shapes[0]?.attributes;
  const name = attributes?.get("name") || rest;
  const level = levels.find((one) => one === word);
  if (level) return { level, label: name };
  if (word !== "event") return undefined;
  const type = /^event (.+)$/.exec(attributes?.get("kind") ?? "")?.[1];
  return { type: type ?? rest, label: name };
}

function readSpans(draft: Draft, name: string, track: Track, frameCount: number): undefined {
  const kind = spanKind(track) as SpanKind;
  const own = track.shapes[0]?.attributes.get("id");
  const shapes = track.shapes
    .map((shape) => ({ shape, frame: Number(shape.fields["frame"]), outside: shape.fields["outside"] === "1" }))
    .sort((a, b) => a.frame - b.frame);
  const bad = shapes.find(({ frame }) => !Number.isInteger(frame));
  if (bad) return draft.reject(`${name}, line ${bad.shape.line}`, "frame must be a whole number.");
  let start: number | undefined;
  let count = 0;
  const add = (startFrame: number, endFrame: number): void => {
    const id = count === 0 ? own || `track-${track.id}` : `${own || `track-${track.id}`}-${count + 1}`;
    count++;
    const where = `${name}, line ${track.line}`;
    if (kind.level) draft.segment(where, { id, level: kind.level, label: kind.label, startFrame, endFrame });
    else draft.event(where, { id, type: kind.type as string, label: kind.label, startFrame, endFrame });
  };
  for (const { frame, outside } of shapes) {
    if (!outside) start ??= frame;
    else if (start !== undefined) {
      add(start, frame);
      start = undefined;
    }
  }
  if (start !== undefined) add(start, frameCount);
}

function numbersOf(draft: Draft, where: string, fields: Readonly<Record<string, string>>, names: readonly string[]): number[] | undefined {
  const values = names.map((name) => (fields[name] === undefined || fields[name] === "" ? Number.NaN : Number(fields[name])));
  const bad = names.filter((_, i) => !Number.isFinite(values[i]));
  if (bad.length === 0) return values;
  draft.reject(where, `${bad.join(" and ")} must be ${bad.length > 1 ? "numbers" : "a number"}.`);
  return undefined;
}

/** Null where none is told; undefined for what is none. */
function scoreOf(draft: Draft, where: string, attributes: ReadonlyMap<string, string>): number | null | undefined {
  const text = attributes.get("score") ?? "";
  if (text === "") return null;
  const score = Number(text);
  if (score >= 0 && score <= 1) return score;
  draft.reject(where, `the attribute score must be from 0 to 1, not "${text}".`);
  return undefined;
}

import type { ImportFormat, TextFormat } from "../../../../contracts/exports.ts";
import { caseScene } from "../../../../functions/runtime/interchange/case-scene.ts";
import type { Annotations, GivenFile, Operation } from "../../../../functions/runtime/interchange/draft.ts";
import type { Aspect } from "../../../../functions/runtime/interchange/format.ts";
import { formats } from "../../../../functions/runtime/interchange/formats.ts";
import type { Scene } from "../../../../functions/runtime/interchange/scene.ts";
import { caseId, runId } from "../../support/ids.ts";
import { drawnOperation } from "../../support/operation.ts";

export async function drawnScene(startFrame = 0, endFrame = 600): Promise<Scene> {
  const { lake } = await drawnOperation();
  return caseScene(lake, { caseId, runId }, { startFrame, endFrame });
}

/** The files of an export, by name. */
export async function exported(format: TextFormat, scene: Scene): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const { name, content } of formats[format].files(scene)) {
    const pieces: Buffer[] = [];
    for await (const piece of content()) pieces.push(Buffer.from(piece as string));
    files.set(name, Buffer.concat(pieces));
  }
  return files;
}

export const operationOf = ({ media, raster, frames }: Scene): Operation => ({
  frameCount: media.frameCount,
  durationTicks: media.durationTicks,
  raster,
  frames,
});

export const given = (files: ReadonlyMap<string, Buffer>, ...names: string[]): GivenFile[] =>
  names.map((name) => ({ name, text: (files.get(name) as Buffer).toString() }));

/** Which files of an export are handed back. */
export const handedBack: Readonly<Record<ImportFormat, readonly string[]>> = {
  coco: ["coco.json"],
  cvat: ["annotations.xml"],
  webvtt: ["metadata.vtt"],
  mot: ["gt/gt.txt", "det/det.txt", "labels.txt"],
  "ground-truth-manifest": ["output.manifest"],
};

/** What a reader should find of a scene, by aspect; labels by name, since formats number them as they like. */
export async function factsOf(scene: Scene): Promise<Record<Aspect, unknown>> {
  const boxes = [];
  const lookedAt = new Set<number>();
  for await (const { frame, items } of scene.boxes()) {
    lookedAt.add(frame);
    boxes.push(...items.map((item) => ({ ...item, frame, label: scene.labels[item.label] as string })));
  }
  const masks = [];
  for await (const { frame, items } of scene.masks()) {
    lookedAt.add(frame);
    masks.push(...items.map(({ label, gridWidth, gridHeight, runs, score }) => ({ frame, label: scene.labels[label], gridWidth, gridHeight, runs, score })));
  }
  return {
    ...boxFacts(boxes),
    masks,
    lookedAt: [...lookedAt].sort((a, b) => a - b),
    segments: sorted(scene.segments.map(({ id, level, label, startFrame, endFrame }) => ({ id, level, label, startFrame, endFrame }))),
    events: sorted(scene.events.map(({ id, type, label, startFrame, endFrame }) => ({ id, type, label, startFrame, endFrame }))),
    measures: scene.measures,
    provenance: scene.provenance,
  };
}

/** The same of what a reader found. */
export function factsFound(found: Annotations): Pick<Record<Aspect, unknown>, "boxes" | "scores" | "tracks" | "masks" | "lookedAt" | "segments" | "events"> {
  return {
    ...boxFacts(found.boxes.map((box) => ({ ...box, label: found.labels[box.label] as string }))),
    masks: found.masks.map((mask) => ({ ...mask, label: found.labels[mask.label] })),
    lookedAt: found.lookedAt,
    segments: sorted(found.segments),
    events: sorted(found.events),
  };
}

interface NamedBox {
  readonly frame: number;
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly score: number | null;
  readonly track: number;
}

/** Boxes in an order of their own: a format may group them by track. */
function boxFacts(boxes: readonly NamedBox[]) {
  const place = ({ frame, label, x, y, width, height }: NamedBox) => [String(frame).padStart(6, "0"), label, x, y, width, height].join(" ");
  const inOrder = [...boxes].sort((a, b) => (place(a) < place(b) ? -1 : 1));
  return {
    boxes: inOrder.map(place),
    scores: inOrder.map((box) => `${place(box)}: ${box.score}`),
    tracks: inOrder.map((box) => `${place(box)}: ${box.track}`),
  };
}

const sorted = <Item extends { id: string }>(items: readonly Item[]): Item[] => [...items].sort((a, b) => (a.id < b.id ? -1 : 1));

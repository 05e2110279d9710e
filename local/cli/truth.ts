import { type AnnotationSet, annotationSet } from "../../contracts/annotation-set.ts";
import { type GroundTruth, groundTruth } from "../../contracts/ground-truth.ts";
import type { FrameSpan } from "../../contracts/primitives.ts";
import type { Mask } from "../../models/metrics/masks.ts";
import type { Observed, ObservedBox } from "../../models/metrics/operation.ts";
import { maskOf, united } from "./mask-cells.ts";

/** What is true of an operation, whoever says so. */
export interface Truth {
  /** Frames of the source that it speaks of. */
  readonly frameCount: number;
  /** What it says, with boxes in pixels of a raster. */
  observed(raster: Size): Observed;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Reads the JSON of a ground truth or of an annotation set. Throws an Error with every reason. */
export function readTruth(text: string): Truth {
  const json: unknown = JSON.parse(text);
  const schema = (json as { schema?: unknown } | null)?.schema;
  if (schema === "surgical-ground-truth/1.0") return drawn(checked(groundTruth, json));
  if (schema === "annotation-set/1.0") return annotated(checked(annotationSet, json));
  throw new Error(`its schema must be "surgical-ground-truth/1.0" or "annotation-set/1.0", not ${JSON.stringify(schema)}.`);
}

function checked<T>(
  contract: { safeParse(json: unknown): { success: true; data: T } | { success: false; error: { issues: { path: PropertyKey[]; message: string }[] } } },
  json: unknown,
): T {
  const result = contract.safeParse(json);
  if (result.success) return result.data;
  throw new Error(result.error.issues.map(({ path, message }) => `${path.map(String).join(".") || "the document"}: ${message}`).join("; "));
}

/** Disturbances of a drawing that no analysis reports as events. */
const notEvents = ["shake", "cut"];

const labelled = ({ label, startFrame, endFrame }: FrameSpan & { label: string }) => ({ label, startFrame, endFrame });
const ofType = ({ type, startFrame, endFrame }: FrameSpan & { type: string }) => ({ label: type, startFrame, endFrame });

function drawn(truth: GroundTruth): Truth {
  const { media, instrumentLabels, instruments, outOfBody, segments } = truth;
  return {
    frameCount: media.frameCount,
    observed(raster) {
      const [across, down] = [raster.width / media.width, raster.height / media.height];
      // Every frame of a drawing is known, also one without instruments.
      const frames = new Map<number, ObservedBox[]>(Array.from({ length: media.frameCount }, (_, frame) => [frame, []]));
      for (const [frame, boxes] of instruments)
        frames.set(
          frame,
          boxes.map(([label, x, y, width, height]) => ({
            label: instrumentLabels[label] as string,
            score: 1,
            track: -1,
            x: x * across,
            y: y * down,
            width: width * across,
            height: height * down,
          })),
        );
      return {
        outOfBody,
        phases: segments.filter(({ level }) => level === "phase").map(labelled),
        events: truth.events.filter(({ type }) => !notEvents.includes(type)).map(ofType),
        boxes: { labels: instrumentLabels, frames },
        masks: null,
      };
    },
  };
}

function annotated(set: AnnotationSet): Truth {
  const { labels, lookedAt, media, segments, events } = set;
  return {
    frameCount: media.frameCount,
    observed(raster) {
      const [across, down] = [raster.width / media.width, raster.height / media.height];
      const frames = new Map<number, ObservedBox[]>((lookedAt ?? []).map((frame) => [frame, []]));
      for (const { frame, label, x, y, width, height, track } of set.boxes)
        listAt(frames, frame).push({
          label: labels[label] as string,
          score: 1,
          track,
          x: x * across,
          y: y * down,
          width: width * across,
          height: height * down,
        });
      const masks = new Map<number, Map<string, Mask>>((lookedAt ?? []).map((frame) => [frame, new Map()]));
      for (const { frame, label, gridWidth, gridHeight, runs } of set.masks) {
        const found = masks.get(frame) ?? new Map<string, Mask>();
        masks.set(frame, found);
        const name = labels[label] as string;
        found.set(name, united(found.get(name), maskOf(runs, { width: gridWidth, height: gridHeight })));
      }
      const phases = segments.filter(({ level }) => level === "phase").map(labelled);
      return {
        // Tools for annotations have no word for it.
        outOfBody: null,
        phases: phases.length === 0 ? null : phases,
        events: events.length === 0 ? null : events.map(ofType),
        boxes: frames.size === 0 ? null : { labels: [...new Set(set.boxes.map(({ label }) => labels[label] as string))], frames },
        masks: set.masks.length === 0 ? null : { labels: [...new Set(set.masks.map(({ label }) => labels[label] as string))], frames: masks },
      };
    },
  };
}

function listAt<T>(map: Map<number, T[]>, key: number): T[] {
  const found = map.get(key) ?? [];
  map.set(key, found);
  return found;
}

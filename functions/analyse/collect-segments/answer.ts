import { z } from "zod";
import { type AnalyserResult, classificationLine, detectionLine, maskLine } from "../../../contracts/analyser-result.ts";
import type { Model } from "../../../contracts/model.ts";
import { BrokenContract } from "../../runtime/errors.ts";
import { complaints } from "../../runtime/parse.ts";
import type { SegmentLook } from "../segments.ts";

export type FrameKind = Extract<AnalyserResult["outputs"][number]["kind"], "classifications" | "detections" | "masks">;

/** What networks of each task write. */
export const kindOf: Readonly<Record<Model["task"], FrameKind>> = {
  "frame-classification": "classifications",
  "object-detection": "detections",
  segmentation: "masks",
};

const lineOf = { classifications: classificationLine, detections: detectionLine, masks: maskLine } as const;
const from = { model: z.string(), version: z.string(), digest: z.string() };
const answerLine = {
  classifications: lineOf.classifications.extend(from),
  detections: lineOf.detections.extend(from),
  masks: lineOf.masks.extend(from),
} as const;

/** An answer as an analyser's file has it: a line for each frame, counted in the rendition. */
export interface SegmentAnswer {
  readonly lines: readonly string[];
  /** Frames that were to be looked at and are not in the answer. */
  readonly missing: number;
}

/**
 * Reads what a network answered about a segment. Times are the frame table's. A segment that was cut off on its way is decoded as a
 * shorter one: its frames are missing, and counted. Throws BrokenContract for an answer to anything but what was asked.
 */
export function readAnswer(text: string, look: SegmentLook, network: Model, pts: ArrayLike<number>): SegmentAnswer {
  const kind = kindOf[network.task];
  const wanted = new Set(look.frames);
  let before = -1;
  const lines = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line, i) => {
      const found = answerLine[kind].safeParse(json(line, i));
      if (!found.success) throw new BrokenContract(`Line ${i + 1} of the answer breaks its contract. ${complaints(found.error).join(" ")}`);
      const { model, version, digest, ...values } = found.data;
      if (model !== network.id || version !== network.version || digest !== network.sha256)
        throw new BrokenContract(`${model} ${version} answered, with weights of another digest than ${network.id} ${network.version}'s or another name.`);
      if (!wanted.has(values.frame)) throw new BrokenContract(`Frame ${values.frame} of the segment was not to be looked at.`);
      if (values.frame <= before) throw new BrokenContract(`Frame ${values.frame} of the segment does not come after the one before.`);
      before = values.frame;
      const frame = look.startFrame + values.frame;
      return `${JSON.stringify({ ...values, frame, pts: pts[frame] })}\n`;
    });
  return { lines, missing: wanted.size - lines.length };
}

function json(line: string, i: number): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new BrokenContract(`Line ${i + 1} of the answer isn't JSON: ${(error as Error).message}.`);
  }
}

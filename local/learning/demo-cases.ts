import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Change } from "../../contracts/corrections.ts";
import { splitOf } from "../../contracts/dataset-names.ts";
import type { SplitShares } from "../../contracts/dataset-version.ts";
import type { Found } from "../cli/found.ts";
import { findMediaTools } from "../media/tools.ts";
import { root } from "../root.ts";

/** The part of the sample that is looked at, in frames: three phases, and the camera stays inside. */
export const clipFrames = 245;

export interface Phase {
  readonly label: string;
  readonly startFrame: number;
  readonly endFrame: number;
}

/** Writes the beginning of the sample, small: what is shown here is the loop, not the pictures. */
export async function writeClip(file: string): Promise<void> {
  const { ffmpeg } = await findMediaTools();
  const cut = ["-frames:v", String(clipFrames), "-vf", "scale=640:360", "-c:v", "libx264", "-preset", "veryfast", "-an"];
  await promisify(execFile)(ffmpeg, ["-v", "error", "-y", "-i", join(root, "samples/laparoscopy.mp4"), ...cut, file]);
}

/** The phases that the clip really shows. */
export function truePhases(): Phase[] {
  const truth = JSON.parse(readFileSync(join(root, "samples/laparoscopy.truth.json"), "utf8")) as { segments: (Phase & { level: string })[] };
  return truth.segments
    .filter(({ level, startFrame }) => level === "phase" && startFrame < clipFrames)
    .map(({ label, startFrame, endFrame }) => ({ label, startFrame, endFrame: Math.min(endFrame, clipFrames) }));
}

/** What a surgeon does who knows the phases: rejects what the network said, and says what is true. */
export function correctionsOf({ analysis }: Pick<Found, "analysis">, truth: readonly Phase[]): Change[] {
  const wrong = analysis.segments.filter(({ level }) => level === "phase");
  return [
    ...wrong.map(({ id }): Change => ({ kind: "judge", target: { kind: "segment", id }, after: "rejected", reason: "wrong-label" })),
    ...truth.map((phase): Change => ({ kind: "add", target: { kind: "segment", id: randomUUID() }, after: { type: "phase", ...phase }, reason: "missed" })),
  ];
}

/**
 * Shares by which three cases get into a split each; undefined if there are none, since a case's split is decided by the hash of its random
 * identifier.
 */
export function sharesFor(caseIds: readonly string[]): SplitShares | undefined {
  for (let train = 1; train < 99; train++)
    for (let validation = 1; train + validation < 100; validation++) {
      const shares = { train, validation, test: 100 - train - validation };
      if (new Set(caseIds.map((id) => splitOf(id, shares))).size === 3) return shares;
    }
  return undefined;
}

import type { ImportFormat } from "../../../contracts/exports.ts";
import type { Reader } from "./draft.ts";
import { readCoco } from "./readers/coco.ts";
import { readCvat } from "./readers/cvat.ts";
import { readGroundTruthManifest } from "./readers/ground-truth-manifest.ts";
import { readMot } from "./readers/mot.ts";
import { readWebvtt } from "./readers/webvtt.ts";

/** Every format that annotations come back in. */
export const readers: Readonly<Record<ImportFormat, Reader>> = {
  coco: readCoco,
  cvat: readCvat,
  webvtt: readWebvtt,
  mot: readMot,
  "ground-truth-manifest": readGroundTruthManifest,
};

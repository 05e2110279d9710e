import type { TextFormat } from "../../../contracts/exports.ts";
import type { Format } from "./format.ts";
import { cholec80 } from "./formats/cholec80.ts";
import { coco } from "./formats/coco.ts";
import { csv } from "./formats/csv.ts";
import { cvat } from "./formats/cvat.ts";
import { dicomSr } from "./formats/dicom-sr.ts";
import { fhir } from "./formats/fhir.ts";
import { groundTruthManifest } from "./formats/ground-truth-manifest.ts";
import { json } from "./formats/json.ts";
import { mot } from "./formats/mot.ts";
import { parquet } from "./formats/parquet.ts";
import { webAnnotation } from "./formats/web-annotation.ts";
import { webvtt } from "./formats/webvtt.ts";

/** Every format that results are written in by `serve/write-export`. What each keeps and loses is a promise that tests hold it to. */
export const formats: Readonly<Record<TextFormat, Format>> = {
  coco,
  cvat,
  webvtt,
  mot,
  json,
  csv,
  parquet,
  "ground-truth-manifest": groundTruthManifest,
  cholec80,
  "web-annotation": webAnnotation,
  fhir,
  "dicom-sr": dicomSr,
};

import { renditionsPrefix } from "../../contracts/keys.ts";

/** The first parts of the keys in the processed bucket, as `contracts/keys.ts` lays them out: what roles are bound to. */
export const lakePrefixes = {
  renditions: renditionsPrefix,
  /** Pictures of the source that are searched for text; nothing is covered in them. */
  pictures: "screened-pictures/",
  /** Copies of sources that could not be read as they are. */
  copies: "converted-videos/",
  results: "analysis-results/",
  metadata: "processed-metadata/",
  /** Files made for somebody who asked for another format. */
  exports: "exports/",
  /** What people said about analyses. */
  annotations: "annotations/",
  /** What backfills work through, and what came of it. */
  backfills: "backfills/",
  /** What networks are compared with, and what came of it. */
  drift: "drift/",
  /** Samples of what the endpoint for single images was asked and answered. */
  captures: "captured-images/",
  /** Single images that somebody puts there for a prediction, and the answers. */
  droppedImages: "images/input/",
  imageAnswers: "images/output/",
} as const;

/** Of the results, the pictures that stand for operations, and nothing else. */
export const postersPrefix = `${lakePrefixes.results}*/poster.`;

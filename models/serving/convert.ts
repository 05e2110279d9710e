import { access, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Conversion } from "../../contracts/conversion.ts";
import type { ObjectLocation } from "../../contracts/primitives.ts";
import { EnvironmentError } from "./environment.ts";
import { makeReadableCopy, type ReadableCopy, UnreadableVideo } from "./readable-copy.ts";

/** The variables of `convert`, as `--help` shows them. */
export const conversionVariables = {
  SOURCE_BUCKET: "bucket of the video",
  SOURCE_KEY: "its key",
  SOURCE_VERSION: "its version",
  COPY_BUCKET: "bucket for the copy",
  COPY_KEY: "key of the copy",
  OUTCOME_KEY: "key, in the same bucket, of what came of it",
  SCRATCH_DIR: "existing folder with room for the video and its copy",
} as const;

/** Objects as `convert` uses them. */
export interface Objects {
  download(from: ObjectLocation, file: string, abort: AbortSignal): Promise<void>;
  /** Leaves no object if it fails. */
  upload(file: string, to: ObjectLocation, contentType: string, abort: AbortSignal): Promise<void>;
  putJson(value: unknown, to: ObjectLocation): Promise<void>;
}

/**
 * Makes a copy of a video that MediaConvert and our reader of packet tables take, and writes down what came of it, last of all. A video
 * that can't be converted is an outcome, too; what throws is the platform's failure. Throws an EnvironmentError for bad variables.
 */
export async function convertVideo(environment: NodeJS.ProcessEnv, print: (line: string) => void, abort: AbortSignal, objects: Objects): Promise<void> {
  const { source, copy, outcome, scratch } = await readConversionJob(environment);
  const files = { source: join(scratch, "source"), copy: join(scratch, "copy.mp4") };
  const began = performance.now();
  try {
    await objects.download(source, files.source, abort);
    const { size: sourceBytes } = await stat(files.source);
    const made = await makeReadableCopy(files.source, files.copy, abort).catch((error: unknown): ReadableCopy | UnreadableVideo => {
      if (error instanceof UnreadableVideo) return error;
      throw error;
    });
    if (made instanceof UnreadableVideo) {
      await objects.putJson({ schema: "conversion/1.0", outcome: "UNREADABLE", reasons: [made.message] } satisfies Conversion, outcome);
      print(JSON.stringify({ message: "unreadable", sourceBytes }));
      return;
    }
    await rm(files.source);
    const { size: copyBytes } = await stat(files.copy);
    await objects.upload(files.copy, copy, "video/mp4", abort);
    const wallSeconds = Math.round(performance.now() - began) / 1000;
    await objects.putJson({ schema: "conversion/1.0", outcome: "CONVERTED", ...made, wallSeconds } satisfies Conversion, outcome);
    print(JSON.stringify({ message: "converted", frameCount: made.frameCount, sourceBytes, copyBytes, wallSeconds }));
  } finally {
    for (const file of Object.values(files)) await rm(file, { force: true });
  }
}

async function readConversionJob(environment: NodeJS.ProcessEnv) {
  const faults = Object.entries(conversionVariables).flatMap(([name, meaning]) => (environment[name] ? [] : [`${name} is not set: ${meaning}.`]));
  const given = (name: keyof typeof conversionVariables): string => environment[name] ?? "";
  const scratch = given("SCRATCH_DIR");
  if (scratch !== "") await access(scratch).catch(() => faults.push(`SCRATCH_DIR is "${scratch}", which does not exist.`));
  if (faults.length > 0) throw new EnvironmentError(faults);
  const bucket = given("COPY_BUCKET");
  return {
    source: { bucket: given("SOURCE_BUCKET"), key: given("SOURCE_KEY"), versionId: given("SOURCE_VERSION") },
    copy: { bucket, key: given("COPY_KEY") },
    outcome: { bucket, key: given("OUTCOME_KEY") },
    scratch,
  };
}

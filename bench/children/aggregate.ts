import { createReadStream } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { toUri } from "../../contracts/keys.ts";
import { createHandler, type Deps } from "../../functions/aggregate/merge-timeline/handler.ts";
import { NotFound } from "../../functions/runtime/errors.ts";
import type { Lake } from "../../functions/runtime/lake.ts";
import { readLines } from "../../functions/runtime/lines.ts";
import { parseStoredJson } from "../../functions/runtime/parse.ts";
import { bucket, caseId, runId } from "../timeline.ts";

/** Runs MergeTimeline once over a lake that is a folder. */
const [folder, envelopes] = process.argv.slice(2);
if (folder === undefined || envelopes === undefined) throw new Error("usage: aggregate.ts FOLDER ENVELOPES");

const text = async (key: string): Promise<string> => {
  try {
    return await readFile(join(folder, key), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw new NotFound(`${key} isn't there.`);
    throw error;
  }
};
const put: Lake["put"] = async (key, body) => {
  await mkdir(dirname(join(folder, key)), { recursive: true });
  await writeFile(join(folder, key), body);
};
const lake: Deps["lake"] = {
  uri: (key) => toUri(bucket, key),
  json: async (key, schema) => parseStoredJson(schema, await text(key), key),
  lines: (key, schema, isPlainly) => readLines(createReadStream(join(folder, key)), schema, key, isPlainly),
  put,
  putJson: (key, value) => put(key, JSON.stringify(value), "application/json"),
};
const procedureOf = async () => null;
const handler = createHandler({ lake, pipelineVersion: "bench", instanceTypes: {}, optionalAnalysers: [], procedureOf, record: async () => {} });
const request = { caseId, uploadId: caseId, runId, source: { bucket: "raw", key: "source", bytes: 1 } };
await handler({
  request,
  startedAt: "2026-11-26T08:00:00.000Z",
  verdict: "PASSTHROUGH",
  startTimecode: null,
  forecastUsd: 0,
  envelopes: JSON.parse(envelopes),
});

import type { z } from "zod";
import type { AnalysisRequest } from "../../../contracts/case.ts";
import { conversion as conversionSchema } from "../../../contracts/conversion.ts";
import { conversionKey, convertedVideoKey, sourceIndexKey } from "../../../contracts/keys.ts";
import type { ObjectLocation } from "../../../contracts/primitives.ts";
import { indexSourceRequest, type indexSourceResponse } from "../../../contracts/steps.ts";
import { BrokenContract, InvalidInput, NeedsConversion } from "../../runtime/errors.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import type { ByteRanges } from "../../runtime/media/byte-ranges.ts";
import { readPacketTable } from "../../runtime/media/packet-table.ts";
import { parseInput } from "../../runtime/parse.ts";
import { sourceIndexOf } from "./core.ts";

export interface Deps {
  lake: Pick<Lake, "json" | "putJson" | "bucket">;
  /** One version of an object, and its SHA-256 if the uploader left one with it. */
  open(source: ObjectLocation): Promise<{ file: ByteRanges; sha256: string | undefined }>;
}

/**
 * Bytes that are read of a file at most. The tables of MP4 and MOV are megabytes; MPEG-TS, Matroska and fragments of MP4 have theirs beside the
 * pictures, all over the file. Measured: MPEG-TS takes 6 processor seconds a GB, so 10 on this function's share of a processor, beside as long
 * to come from S3 at 75 MB/s, of its 900 seconds.
 */
const mostBytesRead = 25e9;

/**
 * States IndexSource and IndexCopy: read which frame is shown when from the packet tables of the source, or of the copy that it was
 * converted to, by byte ranges, and store it as `source-index.json`.
 */
export const createHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<z.infer<typeof indexSourceResponse>> => {
    const { request, copy } = parseInput(indexSourceRequest, event);
    const { caseId, runId } = request;
    const source = await deps.open(request.source);
    const conversion = copy ? await conversionOf(deps, request) : undefined;
    const read = copy ? await deps.open({ bucket: deps.lake.bucket, key: convertedVideoKey(caseId, runId) }) : source;
    const table = await readPacketTable(read.file, mostBytesRead).catch((error: unknown) => {
      if (!(error instanceof NeedsConversion)) throw error;
      if (copy) throw new BrokenContract(`The copy can't be read as it is. ${error.message}`);
      return error;
    });
    if (table instanceof NeedsConversion) {
      log("source not indexed", { caseId, runId, status: "UNINDEXED" });
      return { unindexed: table.message };
    }
    const index = sourceIndexOf(table, { bytes: source.file.size, sha256: source.sha256, conversion });
    await deps.lake.putJson(sourceIndexKey(caseId, runId), index);
    const { frameCount, durationTicks, timebase } = index.video;
    log("source indexed", { caseId, runId, frameCount });
    return { frameCount, durationSeconds: (durationTicks * timebase.num) / timebase.den };
  };

/** What came of the conversion. Throws InvalidInput if the video could not be converted. */
async function conversionOf({ lake }: Deps, { caseId, runId }: AnalysisRequest) {
  const found = await lake.json(conversionKey(caseId, runId), conversionSchema);
  if (found.outcome === "UNREADABLE") throw new InvalidInput(...found.reasons);
  return found;
}

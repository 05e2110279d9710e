import type { z } from "zod";
import { sourceIndexKey } from "../../../contracts/keys.ts";
import type { ObjectLocation } from "../../../contracts/primitives.ts";
import { indexSourceRequest, type indexSourceResponse } from "../../../contracts/steps.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import type { ByteRanges } from "../../runtime/media/byte-ranges.ts";
import { readPacketTable } from "../../runtime/media/packet-table.ts";
import { parseInput } from "../../runtime/parse.ts";
import { sourceIndexOf } from "./core.ts";

export interface Deps {
  lake: Pick<Lake, "putJson">;
  /** One version of the uploaded object, and its SHA-256 if the uploader left one with it. */
  open(source: ObjectLocation): Promise<{ file: ByteRanges; sha256: string | undefined }>;
}

/** State IndexSource: reads which frame is shown when from the source's packet tables, by byte ranges, and stores it as `source-index.json`. */
export const createHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<z.infer<typeof indexSourceResponse>> => {
    const { request } = parseInput(indexSourceRequest, event);
    const { caseId, runId } = request;
    const { file, sha256 } = await deps.open(request.source);
    const index = sourceIndexOf(await readPacketTable(file), file.size, sha256);
    await deps.lake.putJson(sourceIndexKey(caseId, runId), index);
    const { frameCount, durationTicks, timebase } = index.video;
    log("source indexed", { caseId, runId, frameCount });
    return { frameCount, durationSeconds: (durationTicks * timebase.num) / timebase.den };
  };

import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { type AnnotationSet, annotationSet } from "../../../contracts/annotation-set.ts";
import { type AnnotationReceipt, annotationUpload } from "../../../contracts/exports.ts";
import { FrameIndex, frameTable } from "../../../contracts/frame-table.ts";
import { annotationSetKey, parseUri } from "../../../contracts/keys.ts";
import { callerOf } from "../../runtime/caller.ts";
import { InvalidInput } from "../../runtime/errors.ts";
import { jsonBody, route } from "../../runtime/http.ts";
import type { GivenFile } from "../../runtime/interchange/draft.ts";
import { readers } from "../../runtime/interchange/readers.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseStored } from "../../runtime/parse.ts";
import { analysedCase, type CaseDeps } from "../analysed-case.ts";

export interface Deps extends CaseDeps {
  lake: Pick<Lake, "json" | "putJson">;
  newId(): string;
  now(): Date;
}

/** What the files of one request may unpack to: what the function's memory has room to read. */
const mostBytes = 64 * 2 ** 20;

/** `POST /cases/{caseId}/annotations`: what people annotated in another tool, as a set of its own beside those that are there. */
export const createHandler = (deps: Deps) =>
  route(async (request): Promise<AnnotationReceipt> => {
    const { format, files } = jsonBody(request, annotationUpload);
    const { sub: createdBy } = callerOf(request);
    const { caseId, runId, media, provenance } = await analysedCase(deps, request);
    const given = unpacked(files);
    const frames = new FrameIndex(await deps.lake.json(parseUri(media.frameTable).key, frameTable));
    const { frameCount, durationTicks } = media.source;
    const found = readers[format](given, { frameCount, durationTicks, raster: media.raster, frames });
    const set: AnnotationSet = {
      schema: "annotation-set/1.0",
      id: deps.newId(),
      caseId,
      runId,
      contentSha256: provenance.contentSha256,
      createdAt: deps.now().toISOString(),
      createdBy,
      // Names of files may tell of patients; the format says what they are.
      producer: {
        kind: "human",
        format,
        files: given.map(({ text }, i) => ({ name: `file-${i + 1}`, sha256: createHash("sha256").update(text).digest("hex") })),
      },
      media: { frameCount, ...media.raster },
      ...found,
    };
    await deps.lake.putJson(annotationSetKey(caseId, runId, set.id), parseStored(annotationSet, set, "The annotation set"));
    log("annotations imported", { caseId, runId, annotationSetId: set.id, boxCount: set.boxes.length });
    const counts = { boxes: set.boxes.length, masks: set.masks.length, segments: set.segments.length, events: set.events.length };
    return { id: set.id, caseId, runId, counts, notes: set.notes };
  }, 201);

function unpacked(files: readonly { name: string; gzip: string }[]): GivenFile[] {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let left = mostBytes;
  const reasons: string[] = [];
  const texts = files.flatMap(({ name, gzip }) => {
    try {
      const bytes = gunzipSync(Buffer.from(gzip, "base64"), { maxOutputLength: Math.max(1, left) });
      left -= bytes.length;
      return [{ name, text: decoder.decode(bytes) }];
    } catch (error) {
      const isLarge = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
      reasons.push(isLarge ? `${name} is too large: all files together may have ${mostBytes} bytes.` : `${name} isn't gzipped UTF-8 text.`);
      return [];
    }
  });
  if (reasons.length > 0) throw new InvalidInput(...reasons);
  return texts;
}

import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import type { TrackList } from "../../../contracts/analysis.ts";
import { type AnnotationSet, annotationSet } from "../../../contracts/annotation-set.ts";
import { apiError } from "../../../contracts/api.ts";
import { type Change, correctionReceipt } from "../../../contracts/corrections.ts";
import { annotationReceipt } from "../../../contracts/exports.ts";
import { analysisKey, annotationSetKey, tracksKey } from "../../../contracts/keys.ts";
import { caseScene } from "../../../functions/runtime/interchange/case-scene.ts";
import type { Scene } from "../../../functions/runtime/interchange/scene.ts";
import { createHandler as createImport } from "../../../functions/serve/import-annotations/handler.ts";
import { createHandler as createSave } from "../../../functions/serve/save-corrections/handler.ts";
import { caseId, digest, runId } from "./ids.ts";
import { memoryCorrections } from "./memory-corrections.ts";
import { drawnOperation } from "./operation.ts";

const summary = {
  ...{ caseId, item: "SUMMARY", fileName: "a.mp4", status: "COMPLETE", runId },
  ...{ createdAt: "2026-11-21T08:00:00.000Z", updatedAt: "2026-11-21T08:10:00.000Z", reasons: [] },
};
const whole = { startFrame: 0, endFrame: 600 };

/** A platform with the drawn operation, whose tracks have their labels; what is imported to it, adopted and then holds. */
export async function adoptingPlatform() {
  const { lake, analysis } = await drawnOperation();
  const labels = new Map<number, number>();
  for await (const { items } of (await caseScene(lake, { caseId, runId }, whole)).boxes())
    for (const { track, label } of items) if (track >= 0) labels.set(track, label);
  const each = <T>(value: T): T[] => Array.from({ length: labels.size }, () => value);
  const tracks: TrackList = {
    ...{ schema: "track-list/1.0", detections: each(0), label: [...labels].sort(([a], [b]) => a - b).map(([, label]) => label), startFrame: each(0) },
    ...{ endFrame: each(9), boxCount: each(3), confidence: each(0.5), pathLength: each(0), speedChange: each(0), stable: each(true) },
  };
  await lake.put(tracksKey(caseId, runId), gzipSync(JSON.stringify(tracks)), "application/json");
  const told = { uri: lake.uri(tracksKey(caseId, runId)), trackCount: labels.size, sha256: digest };
  await lake.putJson(analysisKey(caseId, runId), { ...analysis, tracks: told });
  const log = memoryCorrections();
  const caller = { authorizer: { jwt: { claims: { sub: "c1d2", username: "Jane Doe" } } } };
  const deps = { lake, summary: async () => summary, newId: randomUUID, now: () => new Date("2026-11-26T10:00:00Z") };
  const queue = { settle: async () => undefined, frames: async () => [] };
  const save = async (wanted: object, version: number) => {
    const answer = await createSave({ ...deps, log, queue })({
      ...{ headers: { "if-match": `"${version}"` }, pathParameters: { caseId }, requestContext: caller },
      body: JSON.stringify({ runId, contentSha256: digest, ...wanted }),
    });
    const json = JSON.parse(answer.body);
    return answer.statusCode < 400
      ? { status: answer.statusCode, receipt: correctionReceipt.parse(json), reasons: [] }
      : { status: answer.statusCode, receipt: undefined, reasons: apiError.parse(json).reasons };
  };
  return {
    lake,
    sets: log.sets,
    scene: (): Promise<Scene> => caseScene(lake, { caseId, runId }, whole, log.sets),
    async imported(format: string, name: string, text: string): Promise<string> {
      const body = JSON.stringify({ format, files: [{ name, gzip: gzipSync(text).toString("base64") }] });
      const answer = await createImport(deps)({ pathParameters: { caseId }, body, requestContext: caller });
      expect(answer.statusCode, answer.body).to.equal(201);
      return annotationReceipt.parse(JSON.parse(answer.body)).id;
    },
    set: (id: string): Promise<AnnotationSet> => lake.json(annotationSetKey(caseId, runId, id), annotationSet),
    adopt: (id: string, version = log.sets.length) => save({ annotationSet: id }, version),
    correct: (changes: readonly Change[]) => save({ changes }, log.sets.length),
  };
}

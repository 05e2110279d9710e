import { gunzipSync } from "node:zlib";
import type { z } from "zod";
import type { AnalyserResult, Envelope, Producer } from "../../../../contracts/analyser-result.ts";
import { type Analysis, analysis } from "../../../../contracts/analysis.ts";
import type { Procedure } from "../../../../contracts/case.ts";
import { analyserPrefix, analysisKey, frameTableKey, gateKey, parseUri, segmentManifestKey, sourceIndexKey } from "../../../../contracts/keys.ts";
import type { FrameSpan } from "../../../../contracts/primitives.ts";
import { createHandler } from "../../../../functions/aggregate/merge-timeline/handler.ts";
import { count, tableOf } from "../../support/frames.ts";
import { caseId, digest, request, runId } from "../../support/ids.ts";
import { type MemoryLake, memoryLake } from "../../support/memory-lake.ts";
import { indexOf } from "../../support/source-index.ts";

type Output = AnalyserResult["outputs"][number];

/** What one producer found. */
export interface Given {
  producer: string;
  /** The analyser that ran it. @default one of its own */
  branch?: string;
  /** Why it didn't go to its end; absent if it did. */
  failed?: string;
  kind: Output["kind"];
  subject: Output["subject"];
  labels: string[];
  lines: readonly unknown[];
  change?: Partial<Producer>;
  /** Frames between two that it was to look at. @default it doesn't say */
  frameStep?: number;
  /** The only procedures that its network knows. */
  procedures?: Procedure[];
}

export const producerOf = (id: string, change: Partial<Producer> = {}): Producer => ({
  ...{ id, kind: "model", name: id, version: "1.0.0", digest, dataset: null, threshold: 0.5, calibration: null, syntheticOnly: true },
  ...change,
});

/** A video of 25 frames per second, unless said otherwise, whose frames are the rendition's, and what was found in it, merged. */
export async function merged(
  given: readonly Given[],
  { frameCount = 1000, gate = [] as FrameSpan[], procedure = null as Procedure | null, frameRate = { num: 25, den: 1 } } = {},
): Promise<{ found: Analysis; lake: MemoryLake }> {
  const lake = memoryLake();
  await lake.putJson(sourceIndexKey(caseId, runId), indexOf({ frameCount, durationTicks: frameCount, timebase: { num: 1, den: 25 } }));
  await lake.putJson(frameTableKey(caseId, runId), tableOf(count(frameCount), count(frameCount), undefined, frameRate));
  const segments = [{ uri: "s3://processed/a.ts", startFrame: 0, frameCount }];
  await lake.putJson(segmentManifestKey(caseId, runId), {
    ...{ schema: "segment-manifest/1.0", playlist: "s3://processed/a.m3u8", width: 960, height: 540, frameRate, frameCount, segments },
  });
  const outOfBody = gate.map((span) => ({ ...span, score: 0.9 }));
  await lake.putJson(gateKey(caseId, runId), {
    schema: "gate/1.1",
    producer: producerOf("out-of-body"),
    outOfBody,
    text: [],
    pictures: null,
    missedEstimate: null,
    framesDone: 80,
    frameCount,
  });
  const envelopes: Envelope[] = [];
  for (const [analyser, members] of Map.groupBy(given, ({ producer, branch }) => branch ?? `of-${producer}`)) {
    const prefix = analyserPrefix(caseId, runId, analyser);
    const outputs: Output[] = members.map(({ producer, kind, subject, labels, change, frameStep, procedures, failed }) => ({
      producer: producerOf(producer, change),
      status: failed === undefined ? "SUCCEEDED" : "FAILED",
      error: failed ?? null,
      kind,
      subject,
      labels,
      ...(frameStep !== undefined && { frameStep }),
      ...(procedures && { procedures }),
      file: `${producer}.${kind}.jsonl`,
      framesDone: 1,
      framesWanted: failed === undefined ? 1 : 2,
    }));
    const usage = { wallSeconds: 1, cpuSeconds: 1, peakMemoryBytes: 1 };
    await lake.putJson(`${prefix}result.json`, { schema: "analyser-result/1.0", analyser, outputs, usage });
    for (const { producer, kind, lines } of members) await lake.putLines(`${prefix}${producer}.${kind}.jsonl`, lines);
    envelopes.push({ analyser, status: "SUCCEEDED", outputPrefix: `s3://processed/${prefix}`, coverage: null, costUsd: null, error: null });
  }
  const deps = { lake, pipelineVersion: "0.1.0", instanceTypes: {}, optionalAnalysers: [], procedureOf: async () => procedure, record: async () => {} };
  const handler = createHandler(deps);
  await handler({ request, startedAt: "2026-11-21T08:00:00.000Z", verdict: "PASSTHROUGH", startTimecode: null, forecastUsd: 0.4, envelopes });
  return { found: await lake.json(analysisKey(caseId, runId), analysis), lake };
}

/** A gzipped document of the lake. */
export const unzipped = <T>(lake: MemoryLake, uri: string, schema: z.ZodType<T>): T =>
  schema.parse(JSON.parse(gunzipSync(lake.objects.get(parseUri(uri).key) as Uint8Array).toString()));

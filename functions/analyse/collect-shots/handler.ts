import type { GetSegmentDetectionResponse, SegmentDetection } from "@aws-sdk/client-rekognition";
import type { Envelope } from "../../../contracts/analyser-result.ts";
import { FrameIndex, frameTable } from "../../../contracts/frame-table.ts";
import { analyserPrefix, frameTableKey } from "../../../contracts/keys.ts";
import { collectShotsRequest } from "../../../contracts/steps.ts";
import { BrokenContract } from "../../runtime/errors.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import { cuesOf, resultOf } from "./core.ts";

export interface Deps {
  lake: Pick<Lake, "json" | "put" | "putJson" | "uri">;
  /** One page of a segment-detection job. */
  page(jobId: string, nextToken: string | undefined): Promise<GetSegmentDetectionResponse>;
}

const analyser = "rekognition";
const cuesFile = "cues.jsonl";

/** State CollectShots: writes what Rekognition found in the review rendition as an analyser's result. */
export const createHandler =
  ({ lake, page }: Deps) =>
  async (event: unknown): Promise<Envelope> => {
    const { caseId, runId, jobId } = parseInput(collectShotsRequest, event);
    const frames = new FrameIndex(await lake.json(frameTableKey(caseId, runId), frameTable));
    const segments: SegmentDetection[] = [];
    let answer = await page(jobId, undefined);
    for (;;) {
      if (answer.JobStatus !== "SUCCEEDED") throw new BrokenContract(`The Rekognition job is ${answer.JobStatus}, not SUCCEEDED.`);
      segments.push(...(answer.Segments ?? []));
      if (!answer.NextToken) break;
      answer = await page(jobId, answer.NextToken);
    }
    const cues = cuesOf(segments, frames);
    const prefix = analyserPrefix(caseId, runId, analyser);
    await lake.put(prefix + cuesFile, cues.map((cue) => `${JSON.stringify(cue)}\n`).join(""), "application/jsonl");
    await lake.putJson(`${prefix}result.json`, resultOf(answer.SelectedSegmentTypes, frames.rendition("analysis").pts.length, cuesFile));
    log("shots collected", { caseId, runId, cueCount: cues.length });
    return { analyser, status: "SUCCEEDED", outputPrefix: lake.uri(prefix), coverage: null, costUsd: null, error: null };
  };

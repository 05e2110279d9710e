import type { GetLabelDetectionResponse, LabelDetection } from "@aws-sdk/client-rekognition";
import type { Envelope } from "../../../contracts/analyser-result.ts";
import { FrameIndex, frameTable } from "../../../contracts/frame-table.ts";
import { analyserPrefix, frameTableKey } from "../../../contracts/keys.ts";
import { collectLabelsRequest } from "../../../contracts/steps.ts";
import { BrokenContract } from "../../runtime/errors.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import { resultOf, tagsOf } from "./core.ts";

export interface Deps {
  lake: Pick<Lake, "json" | "put" | "putJson" | "uri">;
  /** One page of a label-detection job, a label's sightings told as spans of time. */
  page(jobId: string, nextToken: string | undefined): Promise<GetLabelDetectionResponse>;
}

const analyser = "rekognition-labels";
const tagsFile = "tags.jsonl";

/** State CollectLabels: writes what Rekognition has words for in the review rendition as an analyser's result. */
export const createHandler =
  ({ lake, page }: Deps) =>
  async (event: unknown): Promise<Envelope> => {
    const { caseId, runId, jobId } = parseInput(collectLabelsRequest, event);
    const frames = new FrameIndex(await lake.json(frameTableKey(caseId, runId), frameTable));
    const labels: LabelDetection[] = [];
    let answer = await page(jobId, undefined);
    for (;;) {
      if (answer.JobStatus !== "SUCCEEDED") throw new BrokenContract(`The Rekognition job is ${answer.JobStatus}, not SUCCEEDED.`);
      labels.push(...(answer.Labels ?? []));
      if (!answer.NextToken) break;
      answer = await page(jobId, answer.NextToken);
    }
    const tags = tagsOf(labels, frames);
    const prefix = analyserPrefix(caseId, runId, analyser);
    await lake.put(prefix + tagsFile, tags.map((tag) => `${JSON.stringify(tag)}\n`).join(""), "application/jsonl");
    await lake.putJson(`${prefix}result.json`, resultOf(answer.LabelModelVersion, frames.rendition("analysis").pts.length, tagsFile));
    log("labels collected", { caseId, runId, tagCount: tags.length });
    return { analyser, status: "SUCCEEDED", outputPrefix: lake.uri(prefix), coverage: null, costUsd: null, error: null };
  };

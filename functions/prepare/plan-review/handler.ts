import type { z } from "zod";
import { gate } from "../../../contracts/gate.ts";
import { gateKey, sourceIndexKey } from "../../../contracts/keys.ts";
import { sourceIndex } from "../../../contracts/media.ts";
import { planReviewRequest, type planReviewResponse } from "../../../contracts/steps.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import { coversOf, reviewSettings } from "./core.ts";

export interface Deps {
  lake: Pick<Lake, "json" | "bucket">;
  processedKeyArn: string;
  coverImageUri: string;
}

/** State PlanReview: settings of the job that makes the review rendition, out-of-body spans covered. */
export const createHandler =
  ({ lake, processedKeyArn, coverImageUri }: Deps) =>
  async (event: unknown): Promise<z.infer<typeof planReviewResponse>> => {
    const { caseId, runId, request } = parseInput(planReviewRequest, event);
    const index = await lake.json(sourceIndexKey(caseId, runId), sourceIndex);
    const covers = coversOf(await lake.json(gateKey(caseId, runId), gate));
    const settings = reviewSettings(request, index, covers, { bucket: lake.bucket, keyArn: processedKeyArn, coverImage: coverImageUri });
    log("review planned", { caseId, runId, coverCount: covers.length });
    return { settings: settings as Record<string, unknown> };
  };

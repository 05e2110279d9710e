import type { z } from "zod";
import { FrameIndex, frameTable } from "../../../contracts/frame-table.ts";
import { gate } from "../../../contracts/gate.ts";
import { frameTableKey, gateKey, segmentManifestKey, transformManifestKey } from "../../../contracts/keys.ts";
import { segmentManifest } from "../../../contracts/media.ts";
import { planTransformRequest, type planTransformResponse } from "../../../contracts/steps.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import { segmentLooks } from "../segments.ts";
import { transformManifest, videoWork } from "./core.ts";

export interface Deps {
  lake: Pick<Lake, "json" | "putJson" | "uri">;
}

/** State PlanTransform: writes which segments the jobs of an analyser are given, and what their containers must know of the video. */
export const createHandler =
  ({ lake }: Deps) =>
  async (event: unknown): Promise<z.infer<typeof planTransformResponse>> => {
    const { caseId, runId, analyser } = parseInput(planTransformRequest, event);
    const manifest = await lake.json(segmentManifestKey(caseId, runId), segmentManifest);
    const verdict = await lake.json(gateKey(caseId, runId), gate);
    const looks = segmentLooks(manifest, verdict, analyser.sampleRate);
    log("transform planned", { caseId, runId, analyserId: analyser.id, segmentCount: looks.length });
    if (looks.length === 0) return { jobs: [] };
    const times = new FrameIndex(await lake.json(frameTableKey(caseId, runId), frameTable)).rendition("analysis");
    const key = transformManifestKey(caseId, runId, analyser.id);
    await lake.putJson(key, transformManifest(looks));
    return {
      jobs: analyser.models.map((model) => ({
        model,
        manifest: lake.uri(key),
        environment: { VIDEO_WORK: videoWork(model, analyser.sampleRate, manifest, verdict, times) },
      })),
    };
  };

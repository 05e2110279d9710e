import type { z } from "zod";
import { type Gate, type PictureSearch, pictureSearch, pictureStepSeconds, picturesPerPart } from "../../../contracts/gate.ts";
import { gateKey, pictureSearchKey, segmentManifestKey } from "../../../contracts/keys.ts";
import { type SegmentManifest, segmentManifest } from "../../../contracts/media.ts";
import { decideGateRequest, type decideGateResponse } from "../../../contracts/steps.ts";
import { BrokenContract, NotFound } from "../../runtime/errors.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import { type OutOfBody, readOutOfBody } from "../out-of-body.ts";
import { insidePatient, sampledPictures } from "../pictures.ts";
import { searchFaults, textRegions } from "./core.ts";

export interface Deps {
  lake: Pick<Lake, "json" | "lines" | "putJson">;
  /** What each network misses at its threshold, by its id; see `operatingPoint` in `contracts/model.ts`. */
  operatingPoints: Readonly<Record<string, { readonly missedSecondsPerHour: number; readonly basis: string }>>;
}

type Request = z.infer<typeof decideGateRequest>;
type Response = z.infer<typeof decideGateResponse>;
/** What was found in the pictures, or why it can't be told: sentences, all of them. */
type Found = Pick<Gate, "text" | "pictures"> | { reasons: string[] };

/**
 * State DecideGate: turns the screening's scores into the spans that nobody sees, and the text that was found into the regions
 * that nobody reads. Whatever it can't decide is a reason to quarantine the case.
 */
export const createHandler =
  ({ lake, operatingPoints }: Deps) =>
  async (event: unknown): Promise<Response> => {
    const request = parseInput(decideGateRequest, event);
    const { caseId, runId } = request;
    const manifest = await lake.json(segmentManifestKey(caseId, runId), segmentManifest);
    const outside = await readOutOfBody(lake, request.screening, manifest.frameCount);
    const found = await readPictures(lake, request, manifest, outside);
    if ("reasons" in outside || "reasons" in found) {
      const reasons = [outside, found].flatMap((part) => ("reasons" in part ? part.reasons : []));
      log("gate quarantines", { caseId, runId, reasonCount: reasons.length });
      return { verdict: "QUARANTINE", reasons, outOfBodyCount: 0, textCount: 0 };
    }
    const { producer, spans, framesDone } = outside;
    const point = operatingPoints[producer.id];
    const gate: Gate = {
      schema: "gate/1.1",
      producer,
      outOfBody: spans,
      ...found,
      missedEstimate: point ? { secondsPerHour: point.missedSecondsPerHour, threshold: producer.threshold as number, basis: point.basis } : null,
      framesDone,
      frameCount: manifest.frameCount,
    };
    await lake.putJson(gateKey(caseId, runId), gate);
    const [outOfBodyCount, textCount] = [gate.outOfBody.length, gate.text.length];
    log("gate opens", { caseId, runId, outOfBodyCount, textCount });
    return { verdict: "OPEN", reasons: [], outOfBodyCount, textCount };
  };

/** Reads what the search of the pictures left. Which pictures it had to look at, only the spans outside the patient tell. */
async function readPictures(lake: Deps["lake"], { caseId, runId, pictures }: Request, manifest: SegmentManifest, outside: OutOfBody): Promise<Found> {
  if (pictures.status === "FAILED") return { reasons: [`The search for burnt-in text failed: ${pictures.error ?? "no cause was given."}`] };
  if (pictures.status === "SKIPPED" || "reasons" in outside) return { text: [], pictures: null };
  const sampled = sampledPictures(manifest.frameRate, manifest.frameCount);
  const found: PictureSearch["pictures"] = [];
  try {
    for (let part = 0; part * picturesPerPart < sampled.length; part++) {
      found.push(...(await lake.json(pictureSearchKey(caseId, runId, part), pictureSearch)).pictures);
    }
  } catch (error) {
    if (error instanceof NotFound || error instanceof BrokenContract) return { reasons: [`The search for burnt-in text can't be read: ${error.message}`] };
    throw error;
  }
  const faults = searchFaults(found, insidePatient(sampled, outside.spans));
  if (faults.length > 0) return { reasons: faults };
  const withText = found.filter(({ text }) => text.length > 0).length;
  return {
    text: textRegions(found, sampled, manifest.frameCount),
    pictures: { searched: found.filter(({ absent }) => !absent).length, withText, stepSeconds: pictureStepSeconds },
  };
}

import type { z } from "zod";
import { analyserResult, type ClassificationLine, classificationLine, type Envelope } from "../../../contracts/analyser-result.ts";
import type { Gate } from "../../../contracts/gate.ts";
import { gateKey, parseUri, segmentManifestKey } from "../../../contracts/keys.ts";
import { segmentManifest } from "../../../contracts/media.ts";
import { decideGateRequest, type decideGateResponse } from "../../../contracts/steps.ts";
import { BrokenContract, NotFound } from "../../runtime/errors.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import { lineFaults, outOfBodySpans, screeningOutput } from "./core.ts";

export interface Deps {
  lake: Pick<Lake, "json" | "lines" | "putJson">;
}

type Response = z.infer<typeof decideGateResponse>;
/** The gate's verdict, or why there can be none. */
type Decision = { gate: Gate } | { reasons: string[] };

/** State DecideGate: turns the screening's scores into the spans that nobody sees. Whatever it can't decide is a reason to quarantine the case. */
export const createHandler =
  ({ lake }: Deps) =>
  async (event: unknown): Promise<Response> => {
    const { caseId, runId, screening } = parseInput(decideGateRequest, event);
    const { frameCount } = await lake.json(segmentManifestKey(caseId, runId), segmentManifest);
    const decided = await decide(lake, screening, frameCount).catch(unreadable);
    if ("reasons" in decided) {
      log("gate quarantines", { caseId, runId, reasonCount: decided.reasons.length });
      return { verdict: "QUARANTINE", reasons: decided.reasons, outOfBodyCount: 0 };
    }
    await lake.putJson(gateKey(caseId, runId), decided.gate);
    const outOfBodyCount = decided.gate.outOfBody.length;
    log("gate opens", { caseId, runId, outOfBodyCount });
    return { verdict: "OPEN", reasons: [], outOfBodyCount };
  };

async function decide(lake: Deps["lake"], screening: Envelope, frameCount: number): Promise<Decision> {
  // A screening that failed says why; what it may have left is not read.
  const prefix = screening.status === "SUCCEEDED" && screening.outputPrefix !== null ? parseUri(screening.outputPrefix).key : undefined;
  const result = prefix === undefined ? undefined : await lake.json(`${prefix}result.json`, analyserResult);
  const found = screeningOutput(screening, result);
  if ("reasons" in found) return found;
  const { output } = found;
  const lines = await collect(lake.lines(`${prefix}${output.file}`, classificationLine));
  const faults = lineFaults(lines, output, frameCount);
  if (faults.length > 0) return { reasons: faults };
  const samples = lines.map(({ frame, scores }) => ({ frame, score: scores[output.label] as number }));
  const outOfBody = outOfBodySpans(samples, output.threshold, frameCount);
  return { gate: { schema: "gate/1.0", producer: output.producer, outOfBody, framesDone: lines.length, frameCount } };
}

/** A result that is missing or broken closes the gate; a service that was busy decides nothing and is thrown on. */
function unreadable(error: unknown): Decision {
  if (error instanceof NotFound || error instanceof BrokenContract) return { reasons: [`The screening can't be read: ${error.message}`] };
  throw error;
}

async function collect(lines: AsyncIterable<ClassificationLine>): Promise<ClassificationLine[]> {
  const all: ClassificationLine[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

import { type Analysis, analysis as analysisContract } from "../../contracts/analysis.ts";
import { analysisKey } from "../../contracts/keys.ts";
import type { PlatformClient } from "./client.ts";
import { CommandError } from "./command.ts";

/** The analysis of a case's newest run, as it is kept. */
export interface StoredAnalysis {
  readonly runId: string;
  /** Byte for byte: digests are of these. */
  readonly content: Buffer;
  readonly analysis: Analysis;
}

/** Fetches the analysis of a case. Throws a CommandError if it has none. */
export async function storedAnalysis(client: PlatformClient, caseId: string): Promise<StoredAnalysis> {
  const found = await client.case(caseId);
  if (!found) throw new CommandError(`There is no case ${caseId}.`);
  const { runId, status } = found;
  if (!runId || (status !== "COMPLETE" && status !== "PARTIAL")) throw new CommandError(`Case ${caseId} has no analysis: it is ${status.toLowerCase()}.`);
  const content = await client.object({ bucket: client.processedBucket, key: analysisKey(caseId, runId) });
  return { runId, content, analysis: analysisContract.parse(JSON.parse(content.toString())) };
}

import { z } from "zod";
import { type Analysis, analysis as analysisSchema } from "../../../contracts/analysis.ts";
import { caseStatus } from "../../../contracts/case.ts";
import { nextVersion } from "../../../contracts/dataset-names.ts";
import {
  type DatasetBuildResult,
  type DatasetPlan,
  type DatasetRequest,
  datasetBuildId,
  datasetManifest,
  datasetPlan,
  datasetRequest,
} from "../../../contracts/dataset-version.ts";
import { analysisKey, datasetManifestKey, datasetOfCaseKey, datasetPlanKey, datasetVersionPrefix } from "../../../contracts/keys.ts";
import { runId as runIdSchema } from "../../../contracts/primitives.ts";
import { InvalidInput, TryAgain } from "../../runtime/errors.ts";
import type { Lake } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { parseInput, parseStored } from "../../runtime/parse.ts";
import type { CorrectionLog } from "../../serve/correction-log.ts";
import type { DatasetStore } from "../dataset-store.ts";
import { type Candidate, isWanted, plannedCase, recipeOf, wordsFor } from "./core.ts";

export interface Deps {
  lake: Pick<Lake, "json">;
  datasets: DatasetStore;
  log: Pick<CorrectionLog, "newest">;
  /** A case's summary item, if there is one. */
  summary(caseId: string): Promise<unknown>;
  /** Summary items of all cases. */
  summaries(): AsyncIterable<unknown>;
  /** Whether a surgeon signed a report of an analysis. */
  isSignedOff(caseId: string, runId: string): Promise<boolean>;
  now(): Date;
}

/** What the machine goes on with: what it would make is there already, or the cases that are to be extracted. */
export type Planned =
  | (DatasetBuildResult & { readonly status: "UNCHANGED" })
  | { readonly status: "PLANNED"; readonly name: string; readonly version: string; readonly cases: readonly { case: string; caseId: string; runId: string }[] };

const input = z.strictObject({ buildId: datasetBuildId, request: datasetRequest });
const summarySchema = z.object({ caseId: z.string(), status: caseStatus, runId: runIdSchema.nullable().default(null) });

/** Most cases of a version: what one execution has history for (25,000 events, Step Functions quotas) and ends in a day, with room for tries. */
const mostCases = 300;
/** Builds of one dataset that may take a number before this one at the same time. */
const mostTries = 10;

/** State PlanDataset: which cases, in which state, and the version's number, which nobody else gets. Throws InvalidInput with all that is wrong. */
export const createHandler =
  (deps: Deps) =>
  async (event: unknown): Promise<Planned> => {
    const { buildId, request } = parseInput(input, event);
    const { name } = request;
    const { taken, whole } = await deps.datasets.versions(name);
    const last = taken.at(-1);
    if (last !== undefined) {
      const mine = await deps.datasets.json(datasetPlanKey(name, last), datasetPlan);
      // An answer of an earlier try was lost.
      if (mine.buildId === buildId) return planned(deps, mine);
    }
    const { candidates, notes } = await candidatesOf(deps, request);
    checkWords(request, candidates);
    const cases = candidates.map((candidate) => plannedCase(request, candidate)).sort((a, b) => (a.case < b.case ? -1 : 1));
    const recipeSha256 = recipeOf(request, cases);
    const parent = whole.at(-1) ?? null;
    if (parent !== null) {
      const manifest = await deps.datasets.json(datasetManifestKey(name, parent), datasetManifest);
      if (manifest.recipeSha256 === recipeSha256) {
        log("dataset unchanged", { buildId, caseCount: cases.length });
        return {
          status: "UNCHANGED",
          name,
          version: parent,
          uri: deps.datasets.uri(datasetVersionPrefix(name, parent)),
          contentSha256: manifest.contentSha256,
        };
      }
    }
    let version = nextVersion(last ?? null, request.bump);
    for (let tries = 0; tries < mostTries; tries++) {
      const plan: DatasetPlan = {
        ...{ schema: "dataset-plan/1.0", buildId, createdAt: deps.now().toISOString(), version, parent, request, cases, notes, recipeSha256 },
      };
      if (await deps.datasets.putNew(datasetPlanKey(name, version), JSON.stringify(plan), "application/json")) {
        log("dataset planned", { buildId, caseCount: cases.length });
        return planned(deps, plan);
      }
      version = nextVersion(version, request.bump);
    }
    throw new TryAgain(`${mostTries} other builds of "${name}" took a version's number at the same time.`);
  };

/** What the machine goes on with. By then each case is marked, so that its deletion can tell where frames of it stay. */
async function planned({ datasets }: Deps, { request, version, cases }: DatasetPlan): Promise<Planned> {
  for (const { caseId } of cases) await datasets.putNew(datasetOfCaseKey(caseId, request.name, version), "{}", "application/json");
  return {
    ...{ status: "PLANNED", name: request.name, version },
    cases: cases.map(({ case: pseudonym, caseId, runId }) => ({ case: pseudonym, caseId, runId })),
  };
}

/** The cases that a request names or describes. A case that it names and that can't be taken is a mistake; of others it is told how many were left out. */
async function candidatesOf(deps: Deps, { cases }: DatasetRequest): Promise<{ candidates: Candidate[]; notes: string[] }> {
  const candidates: Candidate[] = [];
  const faults: string[] = [];
  let leftOut = 0;
  if (Array.isArray(cases)) {
    if (new Set(cases).size < cases.length) faults.push("A case is named twice.");
    for (const caseId of new Set(cases)) {
      const found = await candidateOf(deps, caseId, await deps.summary(caseId));
      if (typeof found === "string") faults.push(found);
      else candidates.push(found);
    }
  } else {
    for await (const stored of deps.summaries()) {
      const { caseId, status, runId } = parseStored(summarySchema, stored, "A summary item of the case table");
      if (runId === null || (status !== "COMPLETE" && status !== "PARTIAL")) continue;
      const [corrections, isSignedOff] = [await deps.log.newest(caseId, runId), await deps.isSignedOff(caseId, runId)];
      if (!isWanted({ corrections, isSignedOff }, cases)) continue;
      const found = await candidateOf(deps, caseId, stored);
      if (typeof found === "string") leftOut++;
      else candidates.push(found);
    }
    if (candidates.length === 0) faults.push(`No case that was ${cases.that.replaceAll("-", " ")} can be taken.`);
    if (candidates.length > mostCases) faults.push(`${candidates.length} cases are too many for one version, which takes ${mostCases}: name them.`);
  }
  if (faults.length > 0) throw new InvalidInput(...faults);
  const notes =
    leftOut === 0
      ? []
      : [`${leftOut === 1 ? "A case was" : `${leftOut} cases were`} left out: no covered rendition was made of ${leftOut === 1 ? "it" : "them"}.`];
  return { candidates, notes };
}

/** A case, or in a sentence why it can't be taken. */
async function candidateOf({ lake, log: corrections, isSignedOff }: Deps, caseId: string, stored: unknown): Promise<Candidate | string> {
  if (stored === undefined) return `There is no case ${caseId}.`;
  const { status, runId } = parseStored(summarySchema, stored, "A summary item of the case table");
  if (runId === null || (status !== "COMPLETE" && status !== "PARTIAL")) return `Case ${caseId} is ${status}: it has no analysis.`;
  const analysis: Analysis = await lake.json(analysisKey(caseId, runId), analysisSchema);
  if (analysis.media.renditions.review === null) return `Case ${caseId} has no rendition in which text is covered: no picture may be taken of it.`;
  return { analysis, corrections: await corrections.newest(caseId, runId), isSignedOff: await isSignedOff(caseId, runId) };
}

/** A class that no analysis has a word for is a slip of the keyboard. */
function checkWords({ task, classes }: DatasetRequest, candidates: readonly Candidate[]): void {
  const known = [...new Set(candidates.flatMap(({ analysis }) => wordsFor(task, analysis)))].sort();
  const faults = classes
    .filter((one) => !known.includes(one))
    .map((one) => `No analysis of these cases knows "${one}"; for ${task} they know ${known.join(", ") || "nothing"}.`);
  if (faults.length > 0) throw new InvalidInput(...faults);
}

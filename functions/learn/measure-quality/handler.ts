import { type Analysis, type TrackList, trackList } from "../../../contracts/analysis.ts";
import type { WatchOutcome } from "../../../contracts/drift.ts";
import { qualityReportKey } from "../../../contracts/keys.ts";
import { type AgreementCounts, type QualityReport, qualityReport } from "../../../contracts/quality.ts";
import { NotFound } from "../../runtime/errors.ts";
import { type Lake, readZipped } from "../../runtime/lake.ts";
import { log } from "../../runtime/log.ts";
import { emitMetrics } from "../../runtime/metrics.ts";
import { parseStored } from "../../runtime/parse.ts";
import type { CorrectionLog } from "../../serve/correction-log.ts";
import { type CorrectedCase, correctedCase } from "../analysed.ts";
import type { WatchedVersion } from "../episodes.ts";
import { look, mostCases } from "../look.ts";
import type { StandingRun } from "../newest-runs.ts";
import type { WatchStore } from "../watch-store.ts";
import { agreement, agreementOf, sumOfAgreement } from "./agreement.ts";

export interface Deps {
  store: WatchStore;
  lake: Pick<Lake, "json" | "bytes">;
  log: Pick<CorrectionLog, "newest" | "all">;
  /** Last runs of all analysed cases, newest case first. */
  runs(): AsyncIterable<StandingRun>;
  /** Networks that are watched, and the agreement that each must not fall below. */
  bars: Readonly<Record<string, number>>;
  needs: QualityReport["needs"];
  now(): Date;
}

/** A version of a network and what people said of it, newest case first. */
interface Version extends WatchedVersion {
  readonly cases: { readonly createdAt: string; readonly counts: AgreementCounts }[];
}

/**
 * State MeasureQuality: how far people agree with each network, over the newest cases that they corrected. Only the version that analysed the
 * newest corrected case is looked at. What is to be announced comes back; a network that can't be judged hinders no other.
 */
export const createHandler =
  (deps: Deps) =>
  (event: unknown): Promise<WatchOutcome> =>
    look(
      event,
      deps,
      () => versionsCorrected(deps),
      async (version, now) => {
        const report = parseStored(qualityReport, reportOf(version, deps, now), "The quality report");
        const key = qualityReportKey(version.model, version.digest, now);
        await deps.store.putJson(key, report);
        if (report.agreement !== null) emitMetrics({ Agreement: Math.round(report.agreement * 1e4) / 1e4 }, report.model);
        log("quality measured", { modelId: version.model, caseCount: report.window.cases, status: report.verdict });
        if (report.verdict === "TOO_FEW") return undefined;
        return { reason: "quality", what: report.verdict === "BELOW" ? ["agreement"] : [], report: key };
      },
    );

async function versionsCorrected(deps: Deps): Promise<Version[]> {
  const versions = new Map<string, Version>();
  const isFull = () => Object.keys(deps.bars).every((model) => (versions.get(model)?.cases.length ?? 0) >= deps.needs.window);
  let looked = 0;
  for await (const run of deps.runs()) {
    if (looked++ === mostCases || isFull()) break;
    const corrections = await deps.log.newest(run.caseId, run.runId);
    const found = corrections === 0 ? undefined : await correctedIn(deps, { ...run, corrections });
    if (!found) continue;
    const tracks = await tracksOf(deps, found);
    for (const { id: model, version, digest } of found.analysis.producers) {
      if (!(model in deps.bars) || digest === null) continue;
      const counted = versions.get(model) ?? { model, version, digest, cases: [] };
      const counts = agreementOf(found.analysis, found.view, tracks, model);
      versions.set(model, counted);
      // A case that says nothing of this network is none of its corrected cases.
      if (counted.digest === digest && counts.right + counts.wrong + counts.missed > 0 && counted.cases.length < deps.needs.window)
        counted.cases.push({ createdAt: run.createdAt, counts });
    }
  }
  return [...versions.values()];
}

/** Undefined of a case that is being deleted. */
async function correctedIn({ lake, log: corrections }: Deps, run: StandingRun & { corrections: number }): Promise<CorrectedCase | undefined> {
  try {
    return await correctedCase(lake, corrections, run);
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

/** What the tracks are called, if people said anything of one. */
async function tracksOf({ lake }: Deps, { analysis, view }: { analysis: Analysis; view: CorrectedCase["view"] }): Promise<TrackList | undefined> {
  if (view.tracks.size === 0 || analysis.tracks === null) return undefined;
  return readZipped(lake, analysis.tracks.uri, trackList);
}

function reportOf({ model, version, digest, cases }: Version, { bars, needs }: Deps, measuredAt: string): QualityReport {
  const bar = bars[model] as number;
  const counts = sumOfAgreement(cases.map((one) => one.counts));
  const value = agreement(counts);
  const judged = counts.right + counts.wrong + counts.missed;
  const isEnough = value !== null && cases.length >= needs.cases && judged >= needs.findings;
  const told = (share: number) => share.toFixed(3);
  return {
    ...{ schema: "quality-report/1.0", model, version, digest, measuredAt },
    verdict: !isEnough ? "TOO_FEW" : value < bar ? "BELOW" : "ABOVE",
    summary: isEnough
      ? `People agree with ${told(value)} over ${cases.length} corrected cases; it must be ${told(bar)} at least.`
      : `Too few corrections: ${judged} findings of ${cases.length} cases, and it takes ${needs.findings} of ${needs.cases}.`,
    window: { cases: cases.length, from: cases.at(-1)?.createdAt ?? null, to: cases[0]?.createdAt ?? null },
    ...{ counts, agreement: value, bar, needs },
  };
}

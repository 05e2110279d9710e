import { createHash } from "node:crypto";
import {
  type CaseFigures,
  type DriftBaseline,
  type DriftReport,
  driftBaseline,
  driftReport,
  driftSignificance,
  type WatchOutcome,
} from "../../../contracts/drift.ts";
import { driftBaselineKey, driftReportKey, statisticsKey } from "../../../contracts/keys.ts";
import { type ComparableRunStatistics, storedRunStatistics } from "../../../contracts/run-statistics.ts";
import { BrokenContract, NotFound, TryAgain } from "../../runtime/errors.ts";
import { log } from "../../runtime/log.ts";
import { emitMetrics } from "../../runtime/metrics.ts";
import { parseStored } from "../../runtime/parse.ts";
import type { WatchedVersion } from "../episodes.ts";
import { look, mostCases } from "../look.ts";
import type { StandingRun } from "../newest-runs.ts";
import type { WatchStore } from "../watch-store.ts";
import { compareFigures, verdictOf } from "./compare.ts";
import { figuresOf } from "./figures.ts";

export interface Deps {
  store: WatchStore;
  /** Last runs of all analysed cases, newest case first. */
  runs(): AsyncIterable<StandingRun>;
  /** Networks that are watched. */
  models: readonly string[];
  /** Cases that a baseline is made of, and that a window must have and has at most. */
  needs: DriftReport["needs"];
  now(): Date;
}

interface Seen {
  readonly createdAt: string;
  readonly figures: CaseFigures;
}
/** The cases of a version of a network, oldest first. */
interface Version extends WatchedVersion {
  readonly labels: readonly string[];
  readonly cases: Seen[];
}

/**
 * State MeasureDrift: compares, of every network in use, the newest cases with the first that its version was used for. Only the version that
 * analysed the newest case is looked at. What is to be announced comes back; a network that can't be judged hinders no other.
 */
export const createHandler =
  (deps: Deps) =>
  (event: unknown): Promise<WatchOutcome> =>
    look(
      event,
      deps,
      () => versionsInUse(deps),
      async (version, now) => {
        const report = await measure(deps, version, now);
        const key = driftReportKey(version.model, version.digest, now);
        await deps.store.putJson(key, report);
        emit(report);
        log("drift measured", { modelId: version.model, caseCount: report.window.cases, status: report.verdict });
        // What is only watched neither opens an episode nor ends one.
        if (report.verdict === "TOO_FEW" || report.verdict === "WATCH") return undefined;
        return { reason: "drift", what: report.features.filter(({ level }) => level === "large").map(({ feature }) => feature), report: key };
      },
    );

/** Of each network the version that analysed the newest case, with all its cases that a look goes back to. */
async function versionsInUse({ store, runs, models }: Deps): Promise<Version[]> {
  const versions = new Map<string, Version>();
  let looked = 0;
  for await (const { caseId, runId, createdAt } of runs()) {
    if (looked++ === mostCases) break;
    const statistics = await statisticsOf(store, caseId, runId);
    for (const told of statistics?.producers ?? []) {
      const { producer: model, version, digest } = told;
      const figures = figuresOf(told, statistics as ComparableRunStatistics);
      if (!models.includes(model) || digest === null || figures === undefined) continue;
      const found = versions.get(model) ?? { model, version, digest, labels: told.labels.map(({ label }) => label), cases: [] };
      versions.set(model, found);
      if (found.digest === digest) found.cases.unshift({ createdAt, figures });
    }
  }
  return [...versions.values()];
}

/** Undefined of a case that is being deleted, and of one whose statistics say no version. */
async function statisticsOf(store: Deps["store"], caseId: string, runId: string): Promise<ComparableRunStatistics | undefined> {
  try {
    const stored = await store.json(statisticsKey(caseId, runId), storedRunStatistics);
    return stored.schema === "run-statistics/1.0" ? undefined : stored;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

async function measure({ store, needs }: Deps, version: Version, measuredAt: string): Promise<DriftReport> {
  const { model, digest, labels } = version;
  const key = driftBaselineKey(model, digest);
  const baseline = await frozen(store, key, version, needs.baseline, measuredAt);
  const window = baseline === undefined ? [] : version.cases.filter(({ createdAt }) => createdAt > baseline.to).slice(-needs.window);
  const isEnough = baseline !== undefined && window.length >= needs.least;
  const features = isEnough
    ? compareFigures(
        baseline.cases,
        window.map(({ figures }) => figures),
        labels,
      )
    : [];
  const moved = features.filter(({ level }) => level !== "none").map(({ feature, level }) => `${feature} (${level})`);
  const verdict = isEnough ? verdictOf(features) : "TOO_FEW";
  const summary = !baseline
    ? `Too few cases: ${version.cases.length} were analysed with this version, and a baseline takes ${needs.baseline}.`
    : !isEnough
      ? `Too few cases: ${window.length} since the baseline, and a comparison takes ${needs.least}.`
      : moved.length === 0
        ? `The newest ${window.length} cases are like the first ${baseline.cases.length}.`
        : `The newest ${window.length} cases differ from the first ${baseline.cases.length}: ${moved.join(", ")}.`;
  const report: DriftReport = {
    ...{ schema: "drift-report/1.0", model, version: version.version, digest, measuredAt, verdict, summary },
    baseline: baseline ? { cases: baseline.cases.length, from: baseline.from, to: baseline.to, key, figuresSha256: baseline.figuresSha256 } : null,
    window: { cases: window.length, from: window[0]?.createdAt ?? null, to: window.at(-1)?.createdAt ?? null },
    ...{ needs, significance: driftSignificance.large, features },
  };
  return parseStored(driftReport, report, "The drift report");
}

/** The version's baseline, made of its first cases once there are enough. Throws BrokenContract if it is not what was frozen, or of other labels. */
async function frozen(store: Deps["store"], key: string, of: Version, size: number, createdAt: string): Promise<DriftBaseline | undefined> {
  const stored = await store.tagged(key, driftBaseline);
  if (stored) {
    const { figuresSha256, labels, cases } = stored.value;
    if (figuresSha256 !== digestOf(labels, cases)) throw new BrokenContract(`${key} is not what was frozen: its digest is another.`);
    if (JSON.stringify(labels) !== JSON.stringify(of.labels)) throw new BrokenContract(`${key} is of other labels than what the network gives now.`);
    return stored.value;
  }
  const first = of.cases.slice(0, size);
  if (first.length < size) return undefined;
  const [labels, cases] = [[...of.labels], first.map(({ figures }) => figures)];
  const baseline: DriftBaseline = {
    ...{ schema: "drift-baseline/1.0", model: of.model, version: of.version, digest: of.digest, createdAt, labels },
    ...{ from: (first[0] as Seen).createdAt, to: (first.at(-1) as Seen).createdAt, cases, figuresSha256: digestOf(labels, cases) },
  };
  if (!(await store.replace(key, baseline, undefined))) throw new TryAgain(`${key} was frozen by another look just now.`);
  return baseline;
}

const digestOf = (labels: readonly string[], cases: readonly CaseFigures[]): string =>
  createHash("sha256")
    .update(JSON.stringify([labels, cases]))
    .digest("hex");

const metrics = { classes: "ClassDrift", scores: "ScoreDrift", exposure: "ExposureDrift", embedding: "EmbeddingDrift" } as const;

function emit({ model, features }: DriftReport): void {
  const told = features.flatMap((one) => (one.test === "ks" ? [] : [[metrics[one.feature], Math.round(one.value * 1e4) / 1e4] as const]));
  emitMetrics(Object.fromEntries(told), model);
}

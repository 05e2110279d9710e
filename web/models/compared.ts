import type { MetricEstimate, ModelQuality } from "../../contracts/model-quality.ts";
import type { ListedVersion, ModelList } from "../../contracts/model-registry.ts";

/** One metric of a version, beside that of the version in use. */
export interface ComparedMetric {
  /** The class that it is of; null of all of them. */
  readonly label: string | null;
  readonly metric: string;
  readonly isHeadline: boolean;
  readonly own: MetricEstimate;
  /** Null where the one in use has none, or none that compares. */
  readonly inUse: MetricEstimate | null;
  /** By how much it is better, in the metric's own unit; below 0 it is worse. */
  readonly better: number | null;
}

export interface ComparedQuality {
  readonly metrics: readonly ComparedMetric[];
  /** Why there is nothing to compare with: nothing was measured of the one in use, or on another test. */
  readonly uncompared: "unmeasured" | "other-test" | null;
}

/** Metrics of a version beside those of the one in use, the headline first. Only what was measured on the same test (by digest) is compared. */
export function compareQuality(own: ModelQuality, inUse: ModelQuality | null): ComparedQuality {
  const uncompared = inUse === null ? "unmeasured" : own.dataset.sha256 === inUse.dataset.sha256 ? null : "other-test";
  const other = uncompared === null ? inUse : null;
  const rows = (label: string | null, ours: ModelQuality["metrics"], theirs: ModelQuality["metrics"] = {}): ComparedMetric[] =>
    Object.entries(ours).map(([metric, estimate]) => {
      const beside = Object.hasOwn(theirs, metric) ? (theirs[metric] ?? null) : null;
      const by = beside && (estimate.better === "higher" ? estimate.value - beside.value : beside.value - estimate.value);
      return { label, metric, isHeadline: label === null && metric === own.headline, own: estimate, inUse: beside, better: by };
    });
  const all = rows(null, own.metrics, other?.metrics).sort((a, b) => Number(b.isHeadline) - Number(a.isHeadline));
  const classes = Object.entries(own.perClass).flatMap(([label, metrics]) =>
    rows(label, metrics, other && Object.hasOwn(other.perClass, label) ? other.perClass[label] : {}),
  );
  return { metrics: [...all, ...classes], uncompared };
}

/** What a person can make of a version now. */
export const decisionsOn = ({ approval }: Pick<ListedVersion, "approval">): readonly ("Approved" | "Rejected")[] =>
  (["Approved", "Rejected"] as const).filter((decision) => decision !== approval);

/** Longest that a decision takes to show, in milliseconds: a trial with one more try. */
const longestSettling = 15 * 60 * 1000;

/** Whether something that was decided lately is still to come into use, or out of it. */
export const isSettling = ({ models }: ModelList, now: number): boolean =>
  models.some(({ versions }) =>
    versions.some(({ approval, isInUse, facts }) => {
      const decidedAt = Date.parse(facts["decidedAt"] ?? "");
      return now - decidedAt < longestSettling && (approval === "Approved") !== isInUse;
    }),
  );

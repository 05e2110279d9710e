import type * as pulumi from "@pulumi/pulumi";
import { driftSignificance } from "../../contracts/drift.ts";
import { driftPrefix } from "../../contracts/keys.ts";
import { Workflow } from "../analysis/workflow.ts";
import { PlatformComponent } from "../component.ts";
import { type FunctionSettings, PlatformFunction } from "../compute/platform-function.ts";
import type { CaseTable } from "../data/case-table.ts";
import type { DataLake } from "../data/data-lake.ts";
import { lakePrefixes } from "../data/lake-prefixes.ts";
import { regionalArn } from "../place.ts";
import type { DataKeys } from "../security/data-keys.ts";
import { allow, type Statement } from "../security/policy.ts";
import { driftWatchDefinition } from "./drift-watch.asl.ts";
import { LearningSchedule } from "./learning-schedule.ts";
import type { Retraining } from "./retraining.ts";

export interface DriftWatchArgs {
  settings: FunctionSettings;
  keys: DataKeys;
  lake: DataLake;
  table: CaseTable;
  /** Networks that are watched. */
  models: readonly string[];
  /** What goes on, once enough was corrected, with what had to wait. */
  retraining: Pick<Retraining, "resume">;
  /** When it looks: `rate(1 day)`. */
  schedule: string;
  /** Cases that a baseline is made of, and that a window must have and has at most (docs/drift.md). */
  drift: { readonly baseline: number; readonly least: number; readonly window: number };
  quality: {
    /** Corrected cases that a window has at most and must have, and findings that people must have judged in them. */
    readonly window: number;
    readonly cases: number;
    readonly findings: number;
    /** Agreement, 0 to 1, that a network must not fall below; and that of single networks, where it is another. */
    readonly bar: number;
    readonly bars: Readonly<Record<string, number>>;
  };
}

/** Name of the schedule, whose rule the dead letters take messages from. */
export const driftScheduleName = "drift-watch-schedule";

/** The function reads the figures of a thousand cases, one after the other. */
const longSeconds = 900;

/**
 * The state machine that looks at the networks in use, and what starts it. It reads figures of cases and what people corrected, no picture; what it
 * writes names no case. HIPAA 164.308(a)(8) periodic evaluation, 164.502(b) minimum necessary.
 */
export class DriftWatch extends PlatformComponent {
  readonly workflow: Workflow;

  constructor(name: string, args: DriftWatchArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:learning:DriftWatch", name, opts);
    const { settings, keys, lake, table, models, retraining } = args;
    const { place } = settings;
    const { processed } = lake;
    this.#check(args);

    const measure = (
      handler: "learn/measure-drift" | "learn/measure-quality",
      description: string,
      environment: Record<string, string>,
      statements: Statement[],
    ) =>
      new PlatformFunction(
        {
          ...{ settings, handler, description, timeoutSeconds: longSeconds, memoryMb: 1024 },
          environment: { CASE_TABLE: table.tableName, PROCESSED_BUCKET: processed.bucket, ...environment },
          statements: [
            ...table.allowListByTime("ListCases"),
            ...processed.allow("KeepReports", ["s3:GetObject", "s3:PutObject"], driftPrefix),
            processed.allowNoticingAbsence("NoticeMissingObjects"),
            ...statements,
          ],
        },
        { parent: this },
      );
    const measureDrift = measure(
      "learn/measure-drift",
      "Compares what networks see with what their version saw at first",
      { WATCH: JSON.stringify({ models, needs: args.drift }) },
      processed.allow("ReadStatistics", ["s3:GetObject"], `${lakePrefixes.metadata}*/statistics.json`),
    );
    const { bar, bars, ...needs } = args.quality;
    const measureQuality = measure(
      "learn/measure-quality",
      "Measures how far people agree with networks",
      { QUALITY: JSON.stringify({ bars: Object.fromEntries(models.map((model) => [model, bars[model] ?? bar])), needs }) },
      [...processed.allow("ReadMetadata", ["s3:GetObject"], lakePrefixes.metadata), ...table.allow("ReadCorrections", ["dynamodb:Query"])],
    );
    this.workflow = new Workflow(
      name,
      {
        ...{ settings, keys, jobs: [], what: "The look at the networks in use" },
        definition: driftWatchDefinition({ measureDrift, measureQuality, resumeRetrainings: retraining.resume }),
        statements: [
          measureDrift.allowInvoke("MeasureDrift"),
          measureQuality.allowInvoke("MeasureQuality"),
          retraining.resume.allowInvoke("ResumeRetrainings"),
          allow("AnnounceDrift", ["events:PutEvents"], [regionalArn(place, "events", "event-bus/default")]),
        ],
      },
      { parent: this },
    );
    new LearningSchedule(
      driftScheduleName,
      {
        ...{ place, description: "Networks in use are looked at", schedule: args.schedule, deadLetterArn: settings.deadLetters.arn },
        target: { arn: this.workflow.stateMachineArn, allowStart: this.workflow.allowStart("StartLook") },
      },
      { parent: this },
    );
    this.registerOutputs({ stateMachineArn: this.workflow.stateMachineArn });
  }

  #check({ models, drift, quality }: DriftWatchArgs): void {
    if (models.length === 0) this.reject("models", "must name a network at least.");
    if (drift.least > drift.window) this.reject("drift", `must have a least of its window at most, not ${drift.least} of ${drift.window}.`);
    // Of all ways to deal the cases, two part them most.
    if (2 / waysToDeal(drift.baseline, drift.least) > driftSignificance.large)
      this.reject("drift", `must be of more cases: ${drift.least} beside ${drift.baseline} are too few to tell a drift from chance.`);
    if (quality.cases > quality.window) this.reject("quality", `must have cases of its window at most, not ${quality.cases} of ${quality.window}.`);
    const unknown = Object.keys(quality.bars).filter((model) => !models.includes(model));
    if (unknown.length > 0) this.reject("quality", `must have bars of networks of the catalogue, not of ${unknown.join(", ")}.`);
  }
}

/** In how many ways so many cases can be dealt into two sides of these sizes: a binomial coefficient. */
const waysToDeal = (one: number, other: number): number =>
  Array.from({ length: other }, (_, i) => (one + i + 1) / (i + 1)).reduce((product, factor) => product * factor, 1);

import type * as pulumi from "@pulumi/pulumi";
import type { RetentionClass } from "../../contracts/case.ts";
import { casePrefixes, datasetCasesPrefix } from "../../contracts/keys.ts";
import { PlatformComponent } from "../component.ts";
import type { FunctionName } from "../compute/function-bundles.ts";
import { type FunctionSettings, PlatformFunction } from "../compute/platform-function.ts";
import type { CaseTable } from "../data/case-table.ts";
import type { DataLake } from "../data/data-lake.ts";
import { regionalArn } from "../place.ts";
import type { DataKeys } from "../security/data-keys.ts";
import { allow, type Statement } from "../security/policy.ts";
import { caseDeletionDefinition } from "./case-deletion.asl.ts";
import { allowStopping, Workflow } from "./workflow.ts";

export interface CaseDeletionArgs {
  settings: FunctionSettings;
  keys: DataKeys;
  lake: DataLake;
  table: CaseTable;
  /** The machines that work on cases. */
  analysis: Workflow;
  report: Workflow;
  caseExport: Workflow;
  /** Days that cases of each class are kept, at least. */
  retentionDays: Readonly<Record<RetentionClass, number>>;
  /** Seconds until what was under way when a case was claimed has ended: a function's longest life, in AWS. */
  settleSeconds: number;
  /** What keeps copies that deletion does not reach, for the record. */
  copies: {
    dailyDays: number;
    monthlyDays: number;
    hasCopyRegion: boolean;
    /** Whether analysers ask asynchronous endpoints, which tell failures outside the case's folders. */
    hasAsyncEndpoints: boolean;
    /** Days until a call of a language model is gone, overwritten versions included; null where none is asked. */
    modelCallDays: number | null;
  };
}

/** A function has fifteen minutes. */
const longSeconds = 900;

/**
 * The state machine that deletes cases, and everything that its states use. The right to delete what patients' data are in is
 * one function's, `delete/delete-objects`, and nobody else's. HIPAA 164.310(d)(2)(i) disposal, 164.312(b), 164.316(b)(2)(i).
 */
export class CaseDeletion extends PlatformComponent {
  readonly workflow: Workflow;
  /** What tells whether a case must be kept, for whoever is asked for a deletion. */
  readonly holds: { readonly environment: Readonly<Record<string, pulumi.Input<string>>>; readonly statements: readonly Statement[] };

  constructor(name: string, args: CaseDeletionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:CaseDeletion", name, opts);
    const { settings, keys, lake, table, analysis, report, caseExport } = args;
    for (const [of, days] of Object.entries(args.retentionDays))
      if (!(Number.isInteger(days) && days >= 0)) this.reject(`retentionDays.${of}`, `must be a whole number of days, 0 or more, not ${days}.`);
    if (!(Number.isInteger(args.settleSeconds) && args.settleSeconds >= 1 && args.settleSeconds <= 3600))
      this.reject("settleSeconds", `must be 1 to 3600, not ${args.settleSeconds}.`);
    this.holds = holdsOf(args);
    const buckets = { RAW_BUCKET: lake.raw.bucket, PROCESSED_BUCKET: lake.processed.bucket };
    const cases = { CASE_TABLE: table.tableName };
    const make = (
      handler: FunctionName,
      description: string,
      timeoutSeconds: number,
      environment: Readonly<Record<string, pulumi.Input<string>>>,
      statements: readonly Statement[],
    ) => new PlatformFunction({ settings, handler, description, timeoutSeconds, memoryMb: 512, environment, statements }, { parent: this });
    const machines = {
      ANALYSIS_MACHINE_ARN: analysis.stateMachineArn,
      REPORT_MACHINE_ARN: report.stateMachineArn,
      EXPORT_MACHINE_ARN: caseExport.stateMachineArn,
    };
    const functions = {
      checkHolds: make("delete/check-holds", "Tells whether a case must be kept", 60, this.holds.environment, this.holds.statements),
      stopExecutions: make("delete/stop-executions", "Stops what runs for a case", longSeconds, machines, allowStopping("StopWork", Object.values(machines))),
      takeInventory: make("delete/take-inventory", "Counts all that there is of a case", longSeconds, { ...cases, ...buckets }, [
        ...listEverything(lake),
        ...table.allow("ListItems", ["dynamodb:Query"]),
      ]),
      deleteObjects: make("delete/delete-objects", "Deletes every object of a case", longSeconds, buckets, [
        ...listEverything(lake),
        ...deleteEverything(lake),
      ]),
      deleteItems: make("delete/delete-items", "Deletes every item of a case but its summary", 120, cases, [
        ...table.allow("DeleteItems", ["dynamodb:BatchWriteItem", "dynamodb:Query"]),
      ]),
      recordDeletion: make(
        "delete/record-deletion",
        "Writes the audit record of a deletion",
        60,
        { RECORDS_BUCKET: lake.records.bucket, DATASETS_BUCKET: lake.datasets.bucket, COPIES: JSON.stringify(args.copies) },
        [...lake.records.allow("WriteRecord", ["s3:PutObject"], "deletions/"), lake.datasets.allowList("FindDatasets", datasetCasesPrefix)],
      ),
    };
    this.workflow = new Workflow(
      name,
      {
        settings,
        keys,
        definition: caseDeletionDefinition({ tableName: table.tableName, functions, settleSeconds: args.settleSeconds }),
        statements: [
          ...Object.entries(functions).map(([use, lambda]) => lambda.allowInvoke(use.charAt(0).toUpperCase() + use.slice(1))),
          ...table.allow("ClaimCase", ["dynamodb:PutItem", "dynamodb:UpdateItem"]),
          allow("AnnounceCaseDeleted", ["events:PutEvents"], [regionalArn(settings.place, "events", "event-bus/default")]),
        ],
        jobs: [],
        what: "The deletion of a case",
      },
      { parent: this },
    );
    this.registerOutputs({ stateMachineArn: this.workflow.stateMachineArn });
  }
}

function holdsOf({ lake, table, retentionDays }: CaseDeletionArgs): CaseDeletion["holds"] {
  const isLocked = lake.raw.lockDays !== undefined;
  const [videos] = casePrefixes("").raw.map(areaOf);
  return {
    environment: {
      CASE_TABLE: table.tableName,
      RAW_BUCKET: lake.raw.bucket,
      RETENTION_DAYS: JSON.stringify(retentionDays),
      OBJECT_LOCK: String(isLocked),
    },
    statements: [
      ...table.allow("ReadCase", ["dynamodb:GetItem"]),
      ...(isLocked
        ? [
            lake.raw.allowListVersions("SeeVideos", videos as string),
            ...lake.raw.allow("ReadLocks", ["s3:GetObjectLegalHold", "s3:GetObjectRetention"], videos as string),
          ]
        : []),
    ],
  };
}

/** `raw-videos/` of the prefix of no case, `raw-videos//`. */
const areaOf = (prefix: string): string => prefix.slice(0, -1);
const areas = ({ raw, processed }: DataLake) => {
  const prefixes = casePrefixes("");
  return [{ bucket: raw, prefixes: prefixes.raw.map(areaOf) } as const, { bucket: processed, prefixes: prefixes.processed.map(areaOf) } as const];
};

const listEverything = (lake: DataLake): Statement[] =>
  areas(lake).flatMap(({ bucket, prefixes }, i) => [
    bucket.allowListVersions(`ListVersions${i}`, prefixes),
    allow(`ListUploads${i}`, ["s3:ListBucketMultipartUploads"], [bucket.arn]),
  ]);

const deleteEverything = (lake: DataLake): Statement[] =>
  areas(lake).map(({ bucket, prefixes }, i) =>
    allow(
      `DeleteCase${i}`,
      ["s3:AbortMultipartUpload", "s3:DeleteObjectVersion"],
      prefixes.map((prefix) => bucket.under(prefix)),
    ),
  );

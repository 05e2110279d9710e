import type * as pulumi from "@pulumi/pulumi";
import { rawVideosPrefix } from "../../contracts/keys.ts";
import { PlatformComponent } from "../component.ts";
import { type FunctionSettings, PlatformFunction } from "../compute/platform-function.ts";
import type { CaseTable } from "../data/case-table.ts";
import type { DataLake } from "../data/data-lake.ts";
import { lakePrefixes } from "../data/lake-prefixes.ts";
import { type Place, physicalName, regionalArn } from "../place.ts";
import type { DataKeys } from "../security/data-keys.ts";
import { allow, type Statement } from "../security/policy.ts";
import type { Admission } from "./admission.ts";
import { backfillDefinition } from "./backfill.asl.ts";
import type { CaseAnalysis } from "./case-analysis.ts";
import { allowRedrive, Workflow } from "./workflow.ts";

export interface BackfillArgs {
  settings: FunctionSettings;
  keys: DataKeys;
  lake: DataLake;
  table: CaseTable;
  analysis: CaseAnalysis;
  admission: Admission;
  /** What lets a video in for the first time: a backfill must not go around the scan for malware. */
  startAfter: "upload" | "scan";
  /** Percent of the videos that may fail before the backfill ends: 0 to 100. */
  toleratedFailurePercentage: number;
  /** Seconds between two looks at an analysis that goes on. */
  pollSeconds: number;
  pipelineVersion: string;
}

/**
 * Works through a manifest of uploaded videos, as many at a time as its class has leases: an archive that was never analysed, or
 * all cases once more after a new version of the platform. Whatever this version has analysed is skipped, and what ended
 * before its time goes on, so the same manifest can be given again.
 */
export class Backfill extends PlatformComponent {
  readonly workflow: Workflow;

  constructor(name: string, args: BackfillArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:Backfill", name, opts);
    const { settings, keys, lake, table, analysis, admission, startAfter } = args;
    const { raw, processed } = lake;
    const prepare = new PlatformFunction(
      {
        settings,
        handler: "ingest/prepare-backfill",
        description: "Finds the video of a line of a backfill, and a lease for its analysis",
        timeoutSeconds: 30,
        memoryMb: 256,
        environment: {
          PIPELINE_VERSION: args.pipelineVersion,
          START_AFTER: startAfter,
          CASE_TABLE: table.tableName,
          RAW_BUCKET: raw.bucket,
          LEASE_TABLE: admission.tableName,
          BACKFILL_LEASES: String(admission.leases.backfill),
          STATE_MACHINE_ARN: analysis.stateMachineArn,
        },
        statements: [
          raw.allowListVersions("SeeVideo", rawVideosPrefix),
          ...(startAfter === "scan" ? raw.allow("ReadScanResult", ["s3:GetObjectVersionTagging"], rawVideosPrefix) : []),
          ...table.allow("NoteAttempt", ["dynamodb:GetItem", "dynamodb:UpdateItem"]),
          analysis.workflow.allowDescribe("SeeRuns"),
          ...admission.allowLeases("TakeLeases"),
        ],
      },
      { parent: this },
    );
    this.workflow = new Workflow(
      name,
      {
        settings,
        keys,
        definition: backfillDefinition({
          prepareBackfill: prepare,
          analysisArn: analysis.stateMachineArn,
          leaseTable: admission.tableName,
          processedBucket: processed.bucketName,
          maxConcurrency: admission.leases.backfill,
          toleratedFailurePercentage: args.toleratedFailurePercentage,
          pollSeconds: args.pollSeconds,
        }),
        statements: [
          prepare.allowInvoke("PrepareBackfill"),
          analysis.allowStart("StartAnalysis"),
          ...follow("Analysis", analysis.stateMachineArn),
          allowRedrive("GoOn", [analysis.stateMachineArn]),
          ...analysis.workflow.allowReadOutcome("ReadOutcome"),
          ...distribute(settings.place, physicalName(settings.place, name)),
          ...processed.allow("ReadManifest", ["s3:GetObject"], lakePrefixes.backfills),
          ...processed.allow("WriteResults", ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"], lakePrefixes.backfills),
          ...admission.allowRelease("ReleaseLease"),
        ],
        jobs: ["StepFunctionsExecution"],
        what: "A backfill",
      },
      { parent: this },
    );
    this.registerOutputs({ stateMachineArn: this.workflow.stateMachineArn });
  }
}

/** Waiting for an execution means watching it, and stopping it when there is nobody left to wait. */
const follow = (what: string, machineArn: pulumi.Output<string>): Statement[] => [
  allow(
    `Follow${what}`,
    ["states:DescribeExecution", "states:StopExecution"],
    [machineArn.apply((arn) => `${arn.replace(":stateMachine:", ":execution:")}:*`)],
  ),
];

/** A distributed Map starts executions of its own machine (Step Functions Developer Guide, "IAM policies for using Distributed Map states"). */
const distribute = (place: Place, machineName: string): Statement[] => [
  allow("Distribute", ["states:StartExecution"], [regionalArn(place, "states", `stateMachine:${machineName}`)]),
  allow("FollowDistributed", ["states:DescribeExecution", "states:StopExecution"], [regionalArn(place, "states", `execution:${machineName}*`)]),
];

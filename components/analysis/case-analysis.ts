import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type PlannedWork, planned } from "../../contracts/cost.ts";
import { type MetricName, metricsNamespace } from "../../contracts/metrics.ts";
import type { PlannedReport } from "../../contracts/report-cost.ts";
import type { Catalogue } from "../../models/catalogue.ts";
import { PlatformComponent } from "../component.ts";
import { alertAbove } from "../compute/alert-above.ts";
import { callByRule } from "../compute/function-rule.ts";
import { type FunctionSettings, PlatformFunction } from "../compute/platform-function.ts";
import type { CaseTable } from "../data/case-table.ts";
import type { DataLake } from "../data/data-lake.ts";
import type { ComputeNetwork } from "../network/compute-network.ts";
import { physicalName } from "../place.ts";
import type { DataKeys } from "../security/data-keys.ts";
import { allow, type Statement } from "../security/policy.ts";
import { Aggregation } from "./aggregation.ts";
import { caseAnalysisDefinition } from "./case-analysis.asl.ts";
import { Conversion } from "./conversion.ts";
import type { InferenceImage } from "./inference-image.ts";
import { MediaConvertPreprocessing } from "./media-convert-preprocessing.ts";
import { PrivacyGate } from "./privacy-gate.ts";
import { RekognitionBranch } from "./rekognition-branch.ts";
import { SageMakerBranch, type SegmentEndpoint } from "./sagemaker-branch.ts";
import { Workflow } from "./workflow.ts";

export interface CaseAnalysisArgs {
  settings: FunctionSettings;
  keys: DataKeys;
  lake: DataLake;
  table: CaseTable;
  catalogue: Catalogue;
  image: InferenceImage;
  /** Where SageMaker's jobs run. */
  network: ComputeNetwork;
  rekognition: {
    enabled: boolean;
    /** Whether it also finds labels. Only where it is enabled. */
    labels: boolean;
    /**
     * The organisation's policy that keeps AWS's AI services from storing and using what they are shown: without it,
     * Rekognition must not see a video (AWS Organizations User Guide, "AI services opt-out policies"; HIPAA 164.308(b)(1)).
     * The machine carries it as a tag, so it can't be made before the policy is.
     */
    optOutPolicyId: pulumi.Input<string>;
    /** Seconds between two looks at a running job. */
    pollSeconds: number;
  };
  /** Executions that run at once, at most: what uploads and backfills have leases for. */
  analysesAtOnce: number;
  /** Whether GuardDuty scans what is uploaded, which is part of what an analysis costs. */
  scanned: boolean;
  /** The language model that will write the report, for the forecast of its cost and the pictures that it is shown; none does, if absent. */
  report?: PlannedReport | undefined;
  pipelineVersion: string;
}

/** Name of the rule that hears what becomes of executions; the dead letters' policy lets it write what it can't deliver. */
export const followRuleName = "follow-analysis";

/** The state machine of the case analysis, and everything that its states use. */
export class CaseAnalysis extends PlatformComponent {
  readonly stateMachineArn: pulumi.Output<string>;
  readonly workflow: Workflow;
  /** What runs over a video, as far as it costs money. */
  readonly planned: PlannedWork;
  /** MediaConvert's queue that its transcoding jobs wait in. */
  readonly transcodingQueueArn: pulumi.Output<string>;
  /** Endpoints that analysers have for themselves. */
  readonly segmentEndpoints: readonly SegmentEndpoint[];

  constructor(name: string, args: CaseAnalysisArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:CaseAnalysis", name, opts);
    const { settings, keys, lake, table, catalogue } = args;
    const common = { settings, lake };
    const inside = { parent: this };

    this.planned = plannedWork(args);
    const preprocessing = new MediaConvertPreprocessing(this.childName("preprocessing"), { ...common, planned: this.planned }, inside);
    const conversion = new Conversion(this.childName("conversion"), { ...common, keys, image: args.image, network: args.network }, inside);
    const gate = new PrivacyGate(
      this.childName("gate"),
      { ...common, catalogue, searchesText: args.rekognition.enabled, analysesAtOnce: args.analysesAtOnce },
      inside,
    );
    const sagemaker = new SageMakerBranch(
      this.childName("sagemaker"),
      { ...common, catalogue, image: args.image, network: args.network, pollSeconds: args.rekognition.pollSeconds },
      inside,
    );
    const rekognition = new RekognitionBranch(
      this.childName("rekognition"),
      { ...common, enabled: args.rekognition.enabled, labels: args.rekognition.labels },
      inside,
    );
    const aggregation = new Aggregation(this.childName("aggregation"), { ...common, table, catalogue, pipelineVersion: args.pipelineVersion }, inside);

    const workflow = new Workflow(
      name,
      {
        settings,
        keys,
        definition: caseAnalysisDefinition({
          tableName: table.tableName,
          functions: {
            indexSource: preprocessing.indexSource,
            admit: preprocessing.admit,
            indexRendition: preprocessing.indexRendition,
            planReview: preprocessing.planReview,
            searchPictures: gate.searchPictures,
            decideGate: gate.decideGate,
            collectShots: rekognition.collectShots,
            collectLabels: rekognition.collectLabels,
            mergeTimeline: aggregation.mergeTimeline,
            measureOperation: aggregation.measureOperation,
          },
          transcoding: preprocessing.transcoding,
          conversion: conversion.runArguments,
          processing: { ...sagemaker.processing, stills: (args.report?.pictures ?? 0) > 0 },
          segments: sagemaker.segments,
          rekognition: args.rekognition,
          scanned: args.scanned,
          gate: catalogue.gate,
          analysers: catalogue.analysers,
        }),
        statements: [
          ...table.allow("MarkCase", ["dynamodb:UpdateItem"]),
          ...[preprocessing, conversion, gate, sagemaker, rekognition, aggregation].flatMap((part) => part.statements),
        ],
        jobs: ["MediaConvertJob", "SageMakerProcessingJobs", ...(sagemaker.segments?.transform ? (["SageMakerTransformJobs"] as const) : [])],
        // A rejected or quarantined video is no failure: its execution succeeds.
        what: "The analysis of a case",
        isStoppedByDeletion: true,
        tags: { "ai-services-opt-out": args.rekognition.optOutPolicyId },
      },
      inside,
    );

    this.workflow = workflow;
    this.#follow(args);
    this.stateMachineArn = workflow.stateMachineArn;
    this.segmentEndpoints = sagemaker.endpoints;
    this.transcodingQueueArn = pulumi.output(preprocessing.transcoding.queueArn);
    this.registerOutputs({ stateMachineArn: this.stateMachineArn });
  }

  /** Keeps the status of a case to what becomes of its execution, where no state of it can. */
  #follow({ settings, table }: CaseAnalysisArgs): void {
    const follow = new PlatformFunction(
      {
        settings,
        handler: "ingest/follow-analysis",
        description: "Marks the case of an analysis that was stopped, took too long or was redriven",
        timeoutSeconds: 30,
        memoryMb: 256,
        environment: { CASE_TABLE: table.tableName },
        statements: [...this.workflow.allowReadOutcome("ReadAnalysis"), ...table.allow("FollowAnalysis", ["dynamodb:UpdateItem"])],
      },
      { parent: this },
    );
    const eventPattern = this.workflow.stateMachineArn.apply((stateMachineArn) =>
      JSON.stringify({
        source: ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        detail: {
          stateMachineArn: [stateMachineArn],
          // Of those that run, the redriven ones.
          $or: [{ status: ["FAILED", "TIMED_OUT", "ABORTED"] }, { status: ["RUNNING"], redriveCount: [{ numeric: [">", 0] }] }],
        },
      }),
    );
    const description = "An analysis did not succeed, or goes on";
    callByRule(this.childName("follow"), { settings, rule: followRuleName, description, when: { eventPattern }, calls: follow }, this.child());
    new aws.cloudwatch.MetricAlarm(
      this.childName("stopped"),
      {
        name: physicalName(settings.place, this.childName("stopped")),
        alarmDescription: "The analysis of a case was stopped.",
        namespace: metricsNamespace,
        metricName: "StoppedAnalyses" satisfies MetricName,
        statistic: "Sum",
        ...alertAbove(0, settings.alertTopicArn),
      },
      this.child(),
    );
  }

  /** Statement that allows starting an analysis. */
  allowStart(sid: string): Statement {
    return allow(sid, ["states:StartExecution"], [this.stateMachineArn]);
  }
}

/** What runs over a video, as far as it costs money. */
const plannedWork = ({ catalogue, rekognition, scanned, report }: CaseAnalysisArgs): PlannedWork => ({
  analysers: [catalogue.gate, ...catalogue.analysers].map(planned),
  rekognition: rekognition.enabled,
  labels: rekognition.labels,
  scanned,
  ...(report && { report }),
});

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Catalogue } from "../../models/catalogue.ts";
import { PlatformComponent } from "../component.ts";
import type { FunctionSettings } from "../compute/platform-function.ts";
import type { CaseTable } from "../data/case-table.ts";
import type { DataLake } from "../data/data-lake.ts";
import type { ComputeNetwork } from "../network/compute-network.ts";
import { physicalName, regionalArn } from "../place.ts";
import type { DataKeys } from "../security/data-keys.ts";
import { allow, type Statement } from "../security/policy.ts";
import { ServiceRole } from "../security/service-role.ts";
import { Aggregation } from "./aggregation.ts";
import { caseAnalysisDefinition } from "./case-analysis.asl.ts";
import type { InferenceImage } from "./inference-image.ts";
import { MediaConvertPreprocessing } from "./media-convert-preprocessing.ts";
import { PrivacyGate } from "./privacy-gate.ts";
import { RekognitionBranch } from "./rekognition-branch.ts";
import { SageMakerBranch } from "./sagemaker-branch.ts";

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
    /**
     * The organisation's policy that keeps AWS's AI services from storing and using what they are shown: without it,
     * Rekognition must not see a video (AWS Organizations User Guide, "AI services opt-out policies"; HIPAA 164.308(b)(1)).
     * The machine carries it as a tag, so it can't be made before the policy is.
     */
    optOutPolicyId: pulumi.Input<string>;
    /** Seconds between two looks at a running job. */
    pollSeconds: number;
  };
  pipelineVersion: string;
}

/** Metrics of the machine that somebody must hear of. A rejected or quarantined video is no failure: its execution succeeds. */
const alarmed = {
  ExecutionsFailed: "The analysis of a case failed.",
  ExecutionsTimedOut: "The analysis of a case took too long.",
  ExecutionThrottled: "Step Functions holds executions back.",
};

/** The state machine of the case analysis, and everything that its states use. */
export class CaseAnalysis extends PlatformComponent {
  readonly stateMachineArn: pulumi.Output<string>;
  /** MediaConvert's queue that its transcoding jobs wait in. */
  readonly transcodingQueueArn: pulumi.Output<string>;

  constructor(name: string, args: CaseAnalysisArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:CaseAnalysis", name, opts);
    const { settings, keys, lake, table, catalogue } = args;
    const common = { settings, lake };
    const inside = { parent: this };

    const preprocessing = new MediaConvertPreprocessing(this.childName("preprocessing"), common, inside);
    const gate = new PrivacyGate(this.childName("gate"), common, inside);
    const sagemaker = new SageMakerBranch(this.childName("sagemaker"), { ...common, catalogue, image: args.image, network: args.network }, inside);
    const rekognition = new RekognitionBranch(this.childName("rekognition"), { ...common, enabled: args.rekognition.enabled }, inside);
    const aggregation = new Aggregation(this.childName("aggregation"), { ...common, table, catalogue, pipelineVersion: args.pipelineVersion }, inside);

    const machineName = physicalName(settings.place, name);
    const role = new ServiceRole(
      this.childName("role"),
      {
        place: settings.place,
        service: "states.amazonaws.com",
        statements: [
          ...table.allow("MarkCase", ["dynamodb:UpdateItem"]),
          ...[preprocessing, gate, sagemaker, rekognition, aggregation].flatMap((part) => part.statements),
          ...followJobs(settings),
          ...ownLogAndTrace(),
          ...encryptExecutions(keys, regionalArn(settings.place, "states", `stateMachine:${machineName}`), settings),
        ],
      },
      inside,
    );
    const logGroup = new aws.cloudwatch.LogGroup(
      this.childName("log"),
      { name: `/aws/vendedlogs/states/${machineName}`, kmsKeyId: settings.key.arn, retentionInDays: settings.logRetentionDays },
      this.child(),
    );
    const machine = new aws.sfn.StateMachine(
      name,
      {
        name: machineName,
        type: "STANDARD",
        roleArn: role.arn,
        definition: pulumi.jsonStringify(
          caseAnalysisDefinition({
            tableName: table.tableName,
            functions: {
              indexSource: preprocessing.indexSource,
              admit: preprocessing.admit,
              indexRendition: preprocessing.indexRendition,
              planReview: preprocessing.planReview,
              decideGate: gate.decideGate,
              collectShots: rekognition.collectShots,
              mergeTimeline: aggregation.mergeTimeline,
            },
            transcoding: preprocessing.transcoding,
            processing: sagemaker.processing,
            rekognition: args.rekognition,
            gate: catalogue.gate,
            analysers: catalogue.analysers,
          }),
        ),
        encryptionConfiguration: { type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyId: keys.derived.arn, kmsDataKeyReusePeriodSeconds: 300 },
        // Execution data would copy identifiers into a second store; the history, encrypted, has them.
        loggingConfiguration: { level: "ALL", includeExecutionData: false, logDestination: pulumi.interpolate`${logGroup.arn}:*` },
        tracingConfiguration: { enabled: true },
        tags: { "ai-services-opt-out": args.rekognition.optOutPolicyId },
      },
      this.child(),
    );

    this.#alarms(machineName, regionalArn(settings.place, "states", `stateMachine:${machineName}`), settings.alertTopicArn);

    this.stateMachineArn = machine.arn;
    this.transcodingQueueArn = pulumi.output(preprocessing.transcoding.queueArn);
    this.registerOutputs({ stateMachineArn: this.stateMachineArn });
  }

  #alarms(machineName: string, machineArn: string, alertTopicArn: pulumi.Input<string>): void {
    for (const [metricName, what] of Object.entries(alarmed)) {
      const suffix = metricName.replace("Execution", "").toLowerCase().replace(/^s/, "");
      new aws.cloudwatch.MetricAlarm(
        this.childName(suffix),
        {
          name: `${machineName}-${suffix}`,
          alarmDescription: what,
          namespace: "AWS/States",
          metricName,
          dimensions: { StateMachineArn: machineArn },
          statistic: "Sum",
          period: 300,
          evaluationPeriods: 1,
          threshold: 0,
          comparisonOperator: "GreaterThanThreshold",
          treatMissingData: "notBreaching",
          alarmActions: [alertTopicArn],
        },
        this.child(),
      );
    }
  }

  /** Statement that allows starting an analysis. */
  allowStart(sid: string): Statement {
    return allow(sid, ["states:StartExecution"], [this.stateMachineArn]);
  }
}

/** Step Functions learns that a job ended through a rule of its own, one for each kind of job (`.sync` integrations). */
function followJobs({ place }: FunctionSettings): Statement[] {
  const rules = ["StepFunctionsGetEventsForMediaConvertJobRule", "StepFunctionsGetEventsForSageMakerProcessingJobsRule"];
  return [
    allow(
      "FollowJobs",
      ["events:DescribeRule", "events:PutRule", "events:PutTargets"],
      rules.map((rule) => regionalArn(place, "events", `rule/${rule}`)),
    ),
  ];
}

/** Log delivery and X-Ray know no resources to name. */
function ownLogAndTrace(): Statement[] {
  const delivery = ["Create", "Delete", "Get", "Update"].map((verb) => `logs:${verb}LogDelivery`);
  return [
    allow("DeliverLog", [...delivery, "logs:DescribeLogGroups", "logs:DescribeResourcePolicies", "logs:ListLogDeliveries", "logs:PutResourcePolicy"], ["*"]),
    allow("WriteTrace", ["xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"], ["*"]),
  ];
}

/** Step Functions encrypts executions, and what it logs of them, as the machine's role. */
function encryptExecutions({ derived }: DataKeys, machineArn: string, { place }: FunctionSettings): Statement[] {
  return [
    derived.allowWith("EncryptExecutions", ["kms:Decrypt", "kms:GenerateDataKey"], {
      StringEquals: { "kms:EncryptionContext:aws:states:stateMachineArn": machineArn },
    }),
    derived.allowWith("EncryptLog", ["kms:GenerateDataKey"], { StringLike: { "kms:EncryptionContext:SourceArn": regionalArn(place, "logs", "*") } }),
  ];
}

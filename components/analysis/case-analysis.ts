import * as pulumi from "@pulumi/pulumi";
import type { Catalogue } from "../../models/catalogue.ts";
import { PlatformComponent } from "../component.ts";
import type { FunctionSettings } from "../compute/platform-function.ts";
import type { CaseTable } from "../data/case-table.ts";
import type { DataLake } from "../data/data-lake.ts";
import type { ComputeNetwork } from "../network/compute-network.ts";
import type { DataKeys } from "../security/data-keys.ts";
import { allow, type Statement } from "../security/policy.ts";
import { Aggregation } from "./aggregation.ts";
import { caseAnalysisDefinition } from "./case-analysis.asl.ts";
import type { InferenceImage } from "./inference-image.ts";
import { MediaConvertPreprocessing } from "./media-convert-preprocessing.ts";
import { PrivacyGate } from "./privacy-gate.ts";
import { RekognitionBranch } from "./rekognition-branch.ts";
import { SageMakerBranch } from "./sagemaker-branch.ts";
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

    const preprocessing = new MediaConvertPreprocessing(this.childName("preprocessing"), { ...common, planned: plannedWork(args) }, inside);
    const gate = new PrivacyGate(this.childName("gate"), { ...common, catalogue, searchesText: args.rekognition.enabled }, inside);
    const sagemaker = new SageMakerBranch(this.childName("sagemaker"), { ...common, catalogue, image: args.image, network: args.network }, inside);
    const rekognition = new RekognitionBranch(this.childName("rekognition"), { ...common, enabled: args.rekognition.enabled }, inside);
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
            mergeTimeline: aggregation.mergeTimeline,
            measureOperation: aggregation.measureOperation,
          },
          transcoding: preprocessing.transcoding,
          processing: sagemaker.processing,
          rekognition: args.rekognition,
          gate: catalogue.gate,
          analysers: catalogue.analysers,
        }),
        statements: [
          ...table.allow("MarkCase", ["dynamodb:UpdateItem"]),
          ...[preprocessing, gate, sagemaker, rekognition, aggregation].flatMap((part) => part.statements),
        ],
        jobs: ["MediaConvertJob", "SageMakerProcessingJobs"],
        // A rejected or quarantined video is no failure: its execution succeeds.
        what: "The analysis of a case",
        tags: { "ai-services-opt-out": args.rekognition.optOutPolicyId },
      },
      inside,
    );

    this.stateMachineArn = workflow.stateMachineArn;
    this.transcodingQueueArn = pulumi.output(preprocessing.transcoding.queueArn);
    this.registerOutputs({ stateMachineArn: this.stateMachineArn });
  }

  /** Statement that allows starting an analysis. */
  allowStart(sid: string): Statement {
    return allow(sid, ["states:StartExecution"], [this.stateMachineArn]);
  }
}

/** What runs over a video, as far as it costs money. */
const plannedWork = ({ catalogue, rekognition }: CaseAnalysisArgs) => ({
  analysers: [catalogue.gate, ...catalogue.analysers].map(({ id, instanceType, sampleRate }) => ({ id, instanceType, sampleRate })),
  rekognition: rekognition.enabled,
});

import type * as pulumi from "@pulumi/pulumi";
import { exportInputPrefix, exportsPrefix, metadataPrefix, reviewRenditionKey, toUri } from "../../contracts/keys.ts";
import type { ComputeNetwork } from "../network/compute-network.ts";
import {
  type Catcher,
  errorMessage,
  expression,
  type FunctionTarget,
  invoke,
  request,
  retryBusy,
  retryJobOnce,
  retryWhenFull,
  type State,
  type StateMachineDefinition,
  type Values,
} from "./asl.ts";
import { located } from "./tasks.asl.ts";

export interface CaseExportDefinitionArgs {
  readonly writeExport: FunctionTarget;
  readonly annotation: AnnotationArgs;
}

/** What draws findings into pictures runs as, and where. */
export interface AnnotationArgs {
  readonly imageUri: pulumi.Input<string>;
  readonly roleArn: pulumi.Input<string>;
  readonly processedBucket: string;
  readonly network: ComputeNetwork;
  /** Encrypts what the job writes, and its volume where the instance has no encrypted disks of its own. */
  readonly keyArn: pulumi.Input<string>;
  readonly cluster: Values;
}

/** Name of the file that the job leaves (`models/serving/annotate.ts`). */
const annotatedFile = { name: "annotated.mp4", mediaType: "video/mp4" };

/** Longest run of the job: six hours of video, drawn at a third of its speed, and the start of an instance. */
const longestJobSeconds = 18 * 3600;
const jobStartSeconds = 1800;

const root = "/opt/ml/processing";
const exportId = `${request}.exportId`;

const fails: Catcher = {
  ErrorEquals: ["States.ALL"],
  Assign: { failure: { error: "{% $states.errorOutput.Error %}", message: expression(errorMessage) } },
  Next: "Failed",
};

/** An export (`contracts/exports.ts`, `exportJob`): a function writes text, and what is to be drawn; a job draws pictures. Ends with the names of the files. */
export function caseExportDefinition(args: CaseExportDefinitionArgs): StateMachineDefinition {
  return {
    Comment: "Exports an analysis into another format.",
    QueryLanguage: "JSONata",
    TimeoutSeconds: 24 * 3600,
    StartAt: "WriteExport",
    States: {
      WriteExport: invoke(
        args.writeExport,
        Object.fromEntries(
          ["exportId", "caseId", "runId", "format", "startFrame", "endFrame", "corrections", "warnings"].map((name) => [
            name,
            // A list of one would else become its one member.
            expression(name === "warnings" ? `$append([], ${request}.${name})` : `${request}.${name}`),
          ]),
        ),
        { Assign: { files: "{% $append([], $states.result.Payload.files) %}" }, Catch: [fails], Next: "IsVideo" },
      ),
      IsVideo: { Type: "Choice", Choices: [{ Condition: expression(`${request}.format = 'mp4'`), Next: "AnnotateVideo" }], Default: "Exported" },
      AnnotateVideo: annotateVideo(args.annotation),
      Exported: { Type: "Succeed", Output: { files: "{% $files %}" } },
      Failed: { Type: "Fail", Error: "{% $failure.error %}", Cause: "{% $failure.message %}" },
    },
  };
}

/** A SageMaker Processing job that draws into the review rendition: what was outside the patient is covered there. */
function annotateVideo({ imageUri, roleArn, processedBucket, network, keyArn, cluster }: AnnotationArgs): State {
  const input = (InputName: "video" | "metadata" | "corrections", key: (caseId: string, runId: string, exportId: string) => string) => ({
    InputName,
    S3Input: {
      S3Uri: expression(located((c, r, id) => toUri(processedBucket, key(c, r, id)), { analyser: exportId })),
      LocalPath: `${root}/input/${InputName}`,
      S3DataType: "S3Prefix",
      S3InputMode: "File",
    },
  });
  const outputUri = `${located((c, r) => toUri(processedBucket, exportsPrefix(c, r)))} & ${exportId}`;
  return {
    Type: "Task",
    Resource: "arn:aws:states:::sagemaker:createProcessingJob.sync",
    Arguments: {
      // Unique for each attempt, at most 63 characters: 11 + 36 + 1 + 2 + 1 + 4. The execution is called as the export is.
      ProcessingJobName: expression(
        `'svp-export-' & $states.context.Execution.Name & '-' & $string($states.context.State.RetryCount) & '-' & $string($states.context.Execution.RedriveCount)`,
      ),
      RoleArn: roleArn,
      AppSpecification: { ImageUri: imageUri, ContainerEntrypoint: ["node", "models/serving/main.ts", "annotate"] },
      Environment: {
        START_FRAME: expression(`$string(${request}.startFrame)`),
        END_FRAME: expression(`$string(${request}.endFrame)`),
        INPUT_DIR: `${root}/input/video`,
        CORRECTIONS_DIR: `${root}/input/corrections`,
        METADATA_DIR: `${root}/input/metadata`,
        OUTPUT_DIR: `${root}/output`,
      },
      NetworkConfig: {
        EnableNetworkIsolation: true,
        EnableInterContainerTrafficEncryption: true,
        VpcConfig: { Subnets: network.subnetIds, SecurityGroupIds: [network.securityGroupId] },
      },
      ProcessingInputs: [
        input("video", (c, r) => reviewRenditionKey(c, r).replace(/[^/]+$/, "")),
        input("metadata", metadataPrefix),
        input("corrections", exportInputPrefix),
      ],
      ProcessingOutputConfig: {
        KmsKeyId: keyArn,
        Outputs: [{ OutputName: "video", S3Output: { S3Uri: expression(outputUri), LocalPath: `${root}/output`, S3UploadMode: "EndOfJob" } }],
      },
      ProcessingResources: { ClusterConfig: cluster },
      StoppingCondition: { MaxRuntimeInSeconds: longestJobSeconds },
    },
    TimeoutSeconds: longestJobSeconds + jobStartSeconds,
    Retry: [retryWhenFull("SageMaker.ResourceLimitExceededException"), retryBusy("SageMaker.ThrottlingException"), retryJobOnce(60)],
    Assign: { files: [annotatedFile] },
    Catch: [fails],
    Next: "Exported",
  };
}

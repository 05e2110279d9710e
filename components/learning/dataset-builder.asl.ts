import type * as pulumi from "@pulumi/pulumi";
import { datasetExtractedPrefix, datasetFramesFolder, datasetPicksPrefix, datasetVersionPrefix, reviewRenditionKey, toUri } from "../../contracts/keys.ts";
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
} from "../analysis/asl.ts";
import type { ComputeNetwork } from "../network/compute-network.ts";

export interface DatasetBuilderDefinitionArgs {
  readonly planDataset: FunctionTarget;
  readonly pickFrames: FunctionTarget;
  readonly labelFrames: FunctionTarget;
  readonly sealDataset: FunctionTarget;
  readonly extraction: ExtractionArgs;
}

/** What takes pictures out of videos runs as, and where. */
export interface ExtractionArgs {
  readonly imageUri: pulumi.Input<string>;
  readonly roleArn: pulumi.Input<string>;
  readonly processedBucket: string;
  readonly datasetsBucket: string;
  readonly network: ComputeNetwork;
  /** Encrypts what the job writes, and its volume where the instance has no encrypted disks of its own. */
  readonly keyArn: pulumi.Input<string>;
  readonly cluster: Values;
}

/** Cases under way at a time: so many instances, and no more. */
const casesAtOnce = 4;
/** Longest run of a job: six hours of video, decoded at its own speed. */
const longestJobSeconds = 6 * 3600;
const jobStartSeconds = 1800;

const root = "/opt/ml/processing";

const fails: Catcher = {
  ErrorEquals: ["States.ALL"],
  Assign: { failure: { error: "{% $states.errorOutput.Error %}", message: expression(errorMessage) } },
  Next: "Failed",
};
const toldCause = "$exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : $states.errorOutput.Error";
/** Within the Map, where no other state can be reached and no variable of the machine's own be set: the case's failure is the build's. */
const caseFails: Catcher = {
  ErrorEquals: ["States.ALL"],
  Assign: { caseFailure: { error: "{% $states.errorOutput.Error %}", message: expression(errorMessage) } },
  Next: "CaseFailed",
};
const failed: State = { Type: "Fail", Error: "{% $failure.error %}", Cause: "{% $failure.message %}" };

/** Builds a dataset version (`contracts/dataset-version.ts`, `datasetRequest`): plans it, takes and labels the frames of each case, seals it. */
export function datasetBuilderDefinition(args: DatasetBuilderDefinitionArgs): StateMachineDefinition {
  return {
    Comment: "Builds a version of a dataset.",
    QueryLanguage: "JSONata",
    TimeoutSeconds: 24 * 3600,
    StartAt: "PlanDataset",
    States: {
      PlanDataset: invoke(
        args.planDataset,
        { buildId: "{% $states.context.Execution.Name %}", request: `{% ${request} %}` },
        { Assign: { plan: "{% $states.result.Payload %}" }, Catch: [fails], Next: "IsPlanned" },
      ),
      IsPlanned: { Type: "Choice", Choices: [{ Condition: "{% $plan.status = 'PLANNED' %}", Next: "BuildCases" }], Default: "Unchanged" },
      BuildCases: {
        Type: "Map",
        // A list of one would else become its one member.
        Items: "{% $append([], $plan.cases) %}",
        MaxConcurrency: casesAtOnce,
        ItemProcessor: { ProcessorConfig: { Mode: "INLINE" }, StartAt: "PickFrames", States: buildCase(args) },
        Assign: { cases: "{% $append([], $states.result) %}" },
        // What failed a case is told in words already.
        Catch: [{ ...fails, Assign: { failure: { error: "{% $states.errorOutput.Error %}", message: expression(toldCause) } } }],
        Next: "SealDataset",
      },
      SealDataset: invoke(
        args.sealDataset,
        { name: "{% $plan.name %}", version: "{% $plan.version %}", cases: "{% $append([], $cases) %}" },
        { Output: "{% $states.result.Payload %}", Catch: [fails], Next: "Built" },
      ),
      Built: { Type: "Succeed" },
      Unchanged: { Type: "Succeed", Output: "{% $plan %}" },
      Failed: failed,
    },
  };
}

/** One case: `$picked` is what PickFrames was given of it. */
function buildCase({ pickFrames, labelFrames, extraction }: DatasetBuilderDefinitionArgs): Record<string, State> {
  const named = { name: "{% $plan.name %}", version: "{% $plan.version %}" };
  return {
    PickFrames: invoke(
      pickFrames,
      { ...named, case: "{% $states.input.case %}" },
      { Assign: { planned: "{% $states.input %}", frameCount: "{% $states.result.Payload.frameCount %}" }, Catch: [caseFails], Next: "HasFrames" },
    ),
    HasFrames: { Type: "Choice", Choices: [{ Condition: "{% $frameCount > 0 %}", Next: "ExtractFrames" }], Default: "NothingTaken" },
    ExtractFrames: extractFrames(extraction),
    LabelFrames: invoke(
      labelFrames,
      { ...named, case: "{% $planned.case %}" },
      { Output: { case: "{% $planned.case %}", frameCount: "{% $states.result.Payload.frameCount %}" }, Catch: [caseFails], Next: "CaseBuilt" },
    ),
    CaseBuilt: { Type: "Succeed" },
    NothingTaken: { Type: "Succeed", Output: { case: "{% $planned.case %}", frameCount: 0 } },
    CaseFailed: { Type: "Fail", Error: "{% $caseFailure.error %}", Cause: "{% $caseFailure.message %}" },
  };
}

/** A place of the planned case as JSONata, laid out by `contracts/keys.ts`. */
function located(build: (names: { name: string; version: string; pseudonym: string; caseId: string; runId: string }) => string): string {
  const parts: Readonly<Record<string, string>> = {
    "{name}": "$plan.name",
    "{version}": "$plan.version",
    "{case}": "$planned.case",
    "{caseId}": "$planned.caseId",
    "{runId}": "$planned.runId",
  };
  return build({ name: "{name}", version: "{version}", pseudonym: "{case}", caseId: "{caseId}", runId: "{runId}" })
    .split(/(\{\w+\})/)
    .filter((part) => part !== "")
    .map((part) => parts[part] ?? `'${part}'`)
    .join(" & ");
}

/** A SageMaker Processing job that takes pictures out of the review rendition, where text is covered, and out of nothing else. */
function extractFrames({ imageUri, roleArn, processedBucket, datasetsBucket, network, keyArn, cluster }: ExtractionArgs): State {
  const input = (InputName: "video" | "picks", uri: string) => ({
    InputName,
    S3Input: { S3Uri: expression(uri), LocalPath: `${root}/input/${InputName}`, S3DataType: "S3Prefix", S3InputMode: "File" },
  });
  const output = (OutputName: "frames" | "listing", uri: string) => ({
    OutputName,
    S3Output: { S3Uri: expression(uri), LocalPath: `${root}/output/${OutputName}`, S3UploadMode: "EndOfJob" },
  });
  const video = located(({ caseId, runId }) => toUri(processedBucket, reviewRenditionKey(caseId, runId).replace(/[^/]+$/, "")));
  const picks = located(({ name, version, pseudonym }) => toUri(datasetsBucket, datasetPicksPrefix(name, version, pseudonym)));
  const frames = located(({ name, version, pseudonym }) => toUri(datasetsBucket, datasetVersionPrefix(name, version) + datasetFramesFolder(pseudonym)));
  const listing = located(({ name, version, pseudonym }) => toUri(datasetsBucket, datasetExtractedPrefix(name, version, pseudonym)));
  return {
    Type: "Task",
    Resource: "arn:aws:states:::sagemaker:createProcessingJob.sync",
    Arguments: {
      // Unique for each attempt, at most 63 characters: 12 + 36 + 1 + 3 + 1 + 2 + 1 + 4. PlanDataset refuses an execution with a longer name.
      ProcessingJobName: expression(
        [
          "'svp-dataset-' & $states.context.Execution.Name",
          "$string($states.context.Map.Item.Index)",
          "$string($states.context.State.RetryCount)",
          "$string($states.context.Execution.RedriveCount)",
        ].join(" & '-' & "),
      ),
      RoleArn: roleArn,
      AppSpecification: { ImageUri: imageUri, ContainerEntrypoint: ["node", "models/serving/main.ts", "extract"] },
      Environment: {
        INPUT_DIR: `${root}/input/video`,
        PICKS_DIR: `${root}/input/picks`,
        FRAMES_DIR: `${root}/output/frames`,
        LISTING_DIR: `${root}/output/listing`,
      },
      NetworkConfig: {
        EnableNetworkIsolation: true,
        EnableInterContainerTrafficEncryption: true,
        VpcConfig: { Subnets: network.subnetIds, SecurityGroupIds: [network.securityGroupId] },
      },
      ProcessingInputs: [input("video", video), input("picks", picks)],
      ProcessingOutputConfig: { KmsKeyId: keyArn, Outputs: [output("frames", frames), output("listing", listing)] },
      ProcessingResources: { ClusterConfig: cluster },
      StoppingCondition: { MaxRuntimeInSeconds: longestJobSeconds },
    },
    TimeoutSeconds: longestJobSeconds + jobStartSeconds,
    Retry: [retryWhenFull("SageMaker.ResourceLimitExceededException"), retryBusy("SageMaker.ThrottlingException"), retryJobOnce(60)],
    Catch: [caseFails],
    Next: "LabelFrames",
  };
}

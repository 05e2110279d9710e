import type * as pulumi from "@pulumi/pulumi";
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
import { isServed, type RenewedEndpoint, renewEndpoint, restoreEndpoint } from "./endpoint-renewal.asl.ts";
import { learningPrefixes } from "./prefixes.ts";

export interface ModelDeploymentDefinitionArgs {
  readonly ruleOnModel: FunctionTarget;
  readonly switchModel: FunctionTarget;
  readonly trial: TrialArgs;
  readonly stageEndpointModels: FunctionTarget;
  /** Endpoints whose fleets are renewed with the networks that they are asked for. */
  readonly renewed: readonly [RenewedEndpoint, ...RenewedEndpoint[]];
  /** What the names of the models and configurations made for them begin with. */
  readonly namePrefix: string;
}

/** What asks a candidate runs as, and where: the container that analyses cases. */
export interface TrialArgs {
  readonly imageUri: pulumi.Input<string>;
  readonly roleArn: pulumi.Input<string>;
  readonly modelsBucket: string;
  readonly network: ComputeNetwork;
  readonly keyArn: pulumi.Input<string>;
  readonly cluster: Values;
}

/** A few pictures on one processor, whatever the network. */
const longestTrialSeconds = 900;
const jobStartSeconds = 1800;
const root = "/opt/ml/processing";
/** ARN of the version that the event is about (`detail` of "SageMaker Model Package State Change"). */
const packageArn = `${request}.detail.ModelPackageArn`;
/** SageMaker takes so many characters of what is said of an approval (API reference: UpdateModelPackage.ApprovalDescription). */
const mostDescription = 1024;

const fails: Catcher = {
  ErrorEquals: ["States.ALL"],
  Assign: { failure: { error: "{% $states.errorOutput.Error %}", message: expression(errorMessage) } },
  Next: "Failed",
};
const registryBusy = retryBusy("SageMaker.ThrottlingException", "SageMaker.SageMakerException", "SageMaker.ConflictException");

/**
 * Follows what a person said of a version of a network: an approved one is judged, tried, given to the endpoints that are asked for it, and put
 * into use; one that was in use and is rejected gives way to the one before it. Endpoints come first, because their alarms can still
 * tell that the version must not be used: nothing has read it elsewhere then. A version that must not be used is rejected in the registry, with every reason, and the execution fails so
 * that people are told.
 */
export function modelDeploymentDefinition({ ruleOnModel, switchModel, trial, ...endpoints }: ModelDeploymentDefinitionArgs): StateMachineDefinition {
  const putInto: State = invoke(
    switchModel,
    { switch: "{% $ruling.switch %}", deployment: "{% $states.context.Execution.Name %}" },
    { Catch: [{ ...fails, Next: "RestoreEndpoints" }], Next: "IsPutBack" },
  );
  return {
    Comment: "Puts an approved version of a network into use, or puts back the one before it.",
    QueryLanguage: "JSONata",
    TimeoutSeconds: 24 * 3600,
    StartAt: "RuleOnModel",
    States: {
      RuleOnModel: invoke(
        ruleOnModel,
        { package: expression(packageArn) },
        {
          Assign: { ruling: "{% $states.result.Payload %}", renewals: [], refusal: "{% '' %}" },
          Catch: [fails],
          Next: "WhatFollows",
        },
      ),
      WhatFollows: {
        Type: "Choice",
        Choices: [
          { Condition: "{% $ruling.verdict = 'DEPLOY' %}", Next: "TryCandidate" },
          { Condition: "{% $ruling.verdict = 'PUT_BACK' %}", Next: "SwitchModel" },
          {
            Condition: "{% $ruling.verdict = 'REFUSED' %}",
            Assign: { refusal: "{% $join($append([], $ruling.reasons), ' ') %}" },
            Next: "RejectVersion",
          },
        ],
        Default: "NothingToDo",
      },
      TryCandidate: tryCandidate(trial),
      // What the container exits with is the candidate's doing; that AWS has no instance, or an access is refused, says nothing of it.
      IsCandidateToBlame: {
        Type: "Choice",
        Choices: [
          {
            Condition: "{% $failure.error = 'States.TaskFailed' and $contains($failure.message, 'AlgorithmError') %}",
            Assign: { refusal: "{% 'It failed its trial: ' & $failure.message %}" },
            Next: "RejectVersion",
          },
        ],
        Default: "Failed",
      },
      // It took minutes; a rejection in between found the version not in use, and must not be lost.
      ReadApproval: {
        Type: "Task",
        Resource: "arn:aws:states:::aws-sdk:sagemaker:describeModelPackage",
        Arguments: { ModelPackageName: expression(packageArn) },
        TimeoutSeconds: 60,
        Retry: [registryBusy],
        Catch: [fails],
        Output: "{% $states.result.ModelApprovalStatus %}",
        Next: "IsStillApproved",
      },
      IsStillApproved: { Type: "Choice", Choices: [{ Condition: "{% $states.input = 'Approved' %}", Next: "IsServed" }], Default: "NothingToDo" },
      IsServed: { Type: "Choice", Choices: [{ Condition: expression(isServed(endpoints.renewed)), Next: "StageEndpointModels" }], Default: "SwitchModel" },
      ...renewal(endpoints, trial),
      SwitchModel: putInto,
      // What comes back is in use for jobs at once, and then given to the endpoints.
      IsPutBack: {
        Type: "Choice",
        Choices: [{ Condition: expression(`$ruling.verdict = 'PUT_BACK' and ${isServed(endpoints.renewed)}`), Next: "StageEndpointModels" }],
        Default: "Switched",
      },
      Switched: { Type: "Succeed", Output: "{% $ruling.switch.to %}" },
      NothingToDo: { Type: "Succeed" },
      RejectVersion: {
        Type: "Task",
        Resource: "arn:aws:states:::aws-sdk:sagemaker:updateModelPackage",
        Arguments: {
          ModelPackageArn: expression(packageArn),
          ModelApprovalStatus: "Rejected",
          ApprovalDescription: expression(`$substring('Not deployed: ' & $refusal, 0, ${mostDescription})`),
        },
        TimeoutSeconds: 60,
        Retry: [registryBusy],
        Catch: [fails],
        Next: "Refused",
      },
      Refused: { Type: "Fail", Error: "ModelRefused", Cause: "{% $refusal %}" },
      Failed: { Type: "Fail", Error: "{% $failure.error %}", Cause: "{% $failure.message %}" },
    },
  };
}

const rolledBack = "$renewals[outcome = 'ROLLED_BACK']";

/** The endpoints that are asked for the network get new fleets, all of them or none. */
function renewal(
  { stageEndpointModels, namePrefix, renewed }: Omit<ModelDeploymentDefinitionArgs, "ruleOnModel" | "switchModel" | "trial">,
  { imageUri, network }: TrialArgs,
): Record<string, State> {
  return {
    StageEndpointModels: invoke(
      stageEndpointModels,
      { switch: "{% $ruling.switch %}", deployment: "{% $states.context.Execution.Name %}" },
      { Assign: { staged: "{% $states.result.Payload.uri %}" }, Catch: [fails], Next: "RenewEndpoints" },
    ),
    RenewEndpoints: {
      Type: "Parallel",
      Branches: renewed.map((each) => renewEndpoint(each, { imageUri, network, namePrefix })),
      Assign: { renewals: "{% $states.result %}" },
      Catch: [fails],
      Next: "AreAllRenewed",
    },
    AreAllRenewed: {
      Type: "Choice",
      Choices: [
        { Condition: expression(`$count(${rolledBack}) = 0 and $ruling.verdict = 'DEPLOY'`), Next: "SwitchModel" },
        { Condition: expression(`$count(${rolledBack}) = 0`), Next: "Switched" },
        {
          Condition: "{% $ruling.verdict = 'DEPLOY' %}",
          Assign: { refusal: expression(`$join(${rolledBack}.('The endpoint ' & name & ' was rolled back: ' & reason), ' ')`) },
          Next: "RestoreEndpoints",
        },
      ],
      Default: "NotPutBack",
    },
    NotPutBack: {
      Type: "Pass",
      Assign: {
        failure: {
          error: "EndpointNotRenewed",
          message: expression(`$join(${rolledBack}.('The endpoint ' & name & ' could not be given the version before: ' & reason), ' ')`),
        },
      },
      Next: "Failed",
    },
    RestoreEndpoints: {
      Type: "Map",
      Items: "{% [$renewals[outcome = 'RENEWED']] %}",
      MaxConcurrency: 2,
      ItemProcessor: { ProcessorConfig: { Mode: "INLINE" }, ...restoreEndpoint() },
      Catch: [fails],
      Next: "WhyRestored",
    },
    WhyRestored: { Type: "Choice", Choices: [{ Condition: "{% $refusal != '' %}", Next: "RejectVersion" }], Default: "Failed" },
  };
}

/** A SageMaker Processing job: the container that analyses cases asks the candidate, and nothing else of what is in use, about pictures that it draws. */
function tryCandidate({ imageUri, roleArn, modelsBucket, network, keyArn, cluster }: TrialArgs): State {
  const named = "$states.context.Execution.Name";
  return {
    Type: "Task",
    Resource: "arn:aws:states:::sagemaker:createProcessingJob.sync",
    Arguments: {
      // Unique for each attempt, at most 63 characters: 10 + 46 + 1 + 2 + 1 + 3. EventBridge names executions with more: 36, a hyphen, 36.
      ProcessingJobName: expression(
        `'svp-trial-' & $substring(${named}, 0, 46) & '-' & $string($states.context.State.RetryCount) & '-' & $string($states.context.Execution.RedriveCount)`,
      ),
      RoleArn: roleArn,
      AppSpecification: { ImageUri: imageUri, ContainerEntrypoint: ["node", "models/serving/main.ts", "try"] },
      Environment: { MODEL: "{% $ruling.switch.model %}", CANDIDATE_DIR: `${root}/input/candidate`, OUTPUT_DIR: `${root}/output` },
      NetworkConfig: {
        EnableNetworkIsolation: true,
        EnableInterContainerTrafficEncryption: true,
        VpcConfig: { Subnets: network.subnetIds, SecurityGroupIds: [network.securityGroupId] },
      },
      ProcessingInputs: [
        {
          InputName: "candidate",
          S3Input: {
            S3Uri: expression(`'s3://${modelsBucket}/' & $ruling.switch.from`),
            LocalPath: `${root}/input/candidate`,
            S3DataType: "S3Prefix",
            S3InputMode: "File",
          },
        },
      ],
      ProcessingOutputConfig: {
        KmsKeyId: keyArn,
        Outputs: [
          {
            OutputName: "trial",
            S3Output: {
              S3Uri: expression(`'s3://${modelsBucket}/${learningPrefixes.training}trials/' & ${named} & '/'`),
              LocalPath: `${root}/output`,
              S3UploadMode: "EndOfJob",
            },
          },
        ],
      },
      ProcessingResources: { ClusterConfig: cluster },
      StoppingCondition: { MaxRuntimeInSeconds: longestTrialSeconds },
    },
    TimeoutSeconds: longestTrialSeconds + jobStartSeconds,
    Retry: [retryWhenFull("SageMaker.ResourceLimitExceededException"), retryBusy("SageMaker.ThrottlingException"), retryJobOnce(60)],
    Catch: [{ ...fails, Next: "IsCandidateToBlame" }],
    Next: "ReadApproval",
  };
}

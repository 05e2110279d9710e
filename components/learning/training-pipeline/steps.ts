import type * as pulumi from "@pulumi/pulumi";

/**
 * The parts of a SageMaker pipeline definition, version 2020-12-01, that the platform writes. Names and forms are those of AWS's published schema
 * (github.com/aws-sagemaker-mlops/sagemaker-model-building-pipeline-definition-JSON-schema, b4012b0) and, where the schema is behind, of what
 * SageMaker's own Python SDK writes (docs/decisions/0047). `local/services/sagemaker/pipeline-definition.ts` refuses anything else.
 */

/** Something that only an execution knows. */
export type Reference = { readonly Get: string } | { readonly "Std:Join": Join } | { readonly "Std:JsonGet": JsonGet };
interface Join {
  readonly On: "";
  readonly Values: readonly (pulumi.Input<string> | { readonly Get: string })[];
}
interface JsonGet {
  readonly PropertyFile: { readonly Get: string };
  readonly Path: string;
}
export type Text = pulumi.Input<string> | Reference;
export type Quantity = number | Reference;

export const parameter = (name: string) => ({ Get: `Parameters.${name}` });
export const executionId = { Get: "Execution.PipelineExecutionId" };
/** A property of a step that has ended, as the service's own `Describe` tells it. */
export const property = (step: string, path: string) => ({ Get: `Steps.${step}.${path}` });
/** Texts one behind the other. The schema knows no join within a join: those are laid flat. */
export const concat = (
  ...values: readonly (pulumi.Input<string> | { readonly Get: string } | { readonly "Std:Join": Join })[]
): { readonly "Std:Join": Join } => ({
  "Std:Join": { On: "", Values: values.flatMap((value) => (isJoin(value) ? value["Std:Join"].Values : [value])) },
});
const isJoin = (value: unknown): value is { readonly "Std:Join": Join } => typeof value === "object" && value !== null && "Std:Join" in value;
/** A value of a JSON file that a processing step left, by its JSONPath. */
export const fromFile = (step: string, file: string, path: string): Reference => ({
  "Std:JsonGet": { PropertyFile: { Get: `Steps.${step}.PropertyFiles.${file}` }, Path: path },
});

export interface Parameter {
  readonly Name: string;
  readonly Type: "String";
  readonly DefaultValue?: string;
}

interface Common {
  readonly Name: string;
  readonly DependsOn?: readonly string[];
}

/** What every job of a pipeline has alike: its place, its keys, its image. */
export interface JobPlace {
  readonly image: pulumi.Input<string>;
  readonly roleArn: pulumi.Input<string>;
  readonly subnetIds: readonly pulumi.Input<string>[];
  readonly securityGroupId: pulumi.Input<string>;
  /** Encrypts disks; none where the instances' disks encrypt themselves. */
  readonly volumeKeyArn: pulumi.Input<string>;
  /** Encrypts what a job writes to S3. */
  readonly outputKeyArn: pulumi.Input<string>;
}

const vpc = ({ subnetIds, securityGroupId }: JobPlace) => ({ SecurityGroupIds: [securityGroupId], Subnets: subnetIds });

export interface ProcessingStepArgs extends Common {
  readonly job: JobPlace;
  readonly instanceType: string;
  readonly volumeGb: number;
  readonly timeoutSeconds: number;
  /** Script of the training image, and its arguments. */
  readonly script: string;
  readonly arguments: readonly Text[];
  /** Folder below `/opt/ml/processing/` by name, and what is brought there. */
  readonly inputs: Readonly<Record<string, Text>>;
  /** Folder below `/opt/ml/processing/output/` by name, and where it is taken. */
  readonly outputs: Readonly<Record<string, Text>>;
  /** Files of outputs that later steps read values of. */
  readonly propertyFiles?: Readonly<Record<string, { readonly output: string; readonly path: string }>>;
}

export const processingRoot = "/opt/ml/processing";

export const processingStep = (args: ProcessingStepArgs) => ({
  Name: args.Name,
  Type: "Processing" as const,
  ...(args.DependsOn && { DependsOn: args.DependsOn }),
  Arguments: {
    ProcessingResources: {
      ClusterConfig: { InstanceCount: 1, InstanceType: args.instanceType, VolumeSizeInGB: args.volumeGb, VolumeKmsKeyId: args.job.volumeKeyArn },
    },
    AppSpecification: {
      ImageUri: args.job.image,
      ContainerEntrypoint: ["python3", `models/training/${args.script}`],
      ContainerArguments: args.arguments,
    },
    RoleArn: args.job.roleArn,
    ProcessingInputs: Object.entries(args.inputs).map(([name, S3Uri]) => ({
      InputName: name,
      S3Input: {
        ...{ S3Uri, LocalPath: `${processingRoot}/${name}`, S3DataType: "S3Prefix", S3InputMode: "File" },
        ...{ S3DataDistributionType: "FullyReplicated", S3CompressionType: "None" },
      },
    })),
    ProcessingOutputConfig: {
      KmsKeyId: args.job.outputKeyArn,
      Outputs: Object.entries(args.outputs).map(([name, S3Uri]) => ({
        OutputName: name,
        S3Output: { S3Uri, LocalPath: `${processingRoot}/output/${name}`, S3UploadMode: "EndOfJob" },
      })),
    },
    NetworkConfig: { EnableNetworkIsolation: true, EnableInterContainerTrafficEncryption: true, VpcConfig: vpc(args.job) },
    StoppingCondition: { MaxRuntimeInSeconds: args.timeoutSeconds },
  },
  ...(args.propertyFiles && {
    PropertyFiles: Object.entries(args.propertyFiles).map(([name, { output, path }]) => ({ PropertyFileName: name, OutputName: output, FilePath: path })),
  }),
});

export interface TrainingArgs {
  readonly job: JobPlace;
  readonly instanceType: string;
  readonly volumeGb: number;
  /** Longest time of training, and of training and waiting for Spot instances together. */
  readonly timeoutSeconds: number;
  readonly waitSeconds: number;
  readonly hyperParameters: Readonly<Record<string, Text>>;
  readonly channels: Readonly<Record<string, Text>>;
  /** Where the model folder is left, and checkpoints, that an interrupted job goes on from. */
  readonly output: Text;
  readonly checkpoints: Text;
  /** Pattern in the log by the name of its metric. */
  readonly metrics: Readonly<Record<string, string>>;
}

const inputData = (channels: TrainingArgs["channels"]) =>
  Object.entries(channels).map(([name, S3Uri]) => ({
    ChannelName: name,
    DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri, S3DataDistributionType: "FullyReplicated" } },
  }));

const algorithm = (args: TrainingArgs) => ({
  TrainingImage: args.job.image,
  TrainingInputMode: "File",
  MetricDefinitions: Object.entries(args.metrics).map(([Name, Regex]) => ({ Name, Regex })),
});

/** What a training and each training of a tuning have alike. Spot instances cost about a third; checkpoints make their loss cheap. */
const trainingSettings = (args: TrainingArgs) => ({
  RoleArn: args.job.roleArn,
  InputDataConfig: inputData(args.channels),
  // Left as files: what is registered must be a folder, and unpacking an archive would take another job.
  OutputDataConfig: { S3OutputPath: args.output, KmsKeyId: args.job.outputKeyArn, CompressionType: "NONE" },
  ResourceConfig: { InstanceCount: 1, InstanceType: args.instanceType, VolumeSizeInGB: args.volumeGb, VolumeKmsKeyId: args.job.volumeKeyArn },
  CheckpointConfig: { S3Uri: args.checkpoints, LocalPath: "/opt/ml/checkpoints" },
  EnableManagedSpotTraining: true,
  StoppingCondition: { MaxRuntimeInSeconds: args.timeoutSeconds, MaxWaitTimeInSeconds: args.waitSeconds },
  EnableNetworkIsolation: true,
  EnableInterContainerTrafficEncryption: true,
  VpcConfig: vpc(args.job),
});

export const trainingStep = ({ Name, DependsOn, ...args }: TrainingArgs & Common) => ({
  Name,
  Type: "Training" as const,
  ...(DependsOn && { DependsOn }),
  Arguments: { AlgorithmSpecification: algorithm(args), ...trainingSettings(args), HyperParameters: args.hyperParameters },
});

/** A search over hyperparameters: many trainings, of which the best by a metric goes on. */
export interface TuningArgs extends TrainingArgs {
  readonly objective: { readonly metric: string; readonly better: "Maximize" | "Minimize" };
  readonly jobs: number;
  readonly parallelJobs: number;
  /** Values tried, by the name of the hyperparameter. */
  readonly ranges: Readonly<Record<string, { readonly from: string; readonly to: string; readonly scale: "Linear" | "Logarithmic" }>>;
}

export const tuningStep = ({ Name, DependsOn, ...args }: TuningArgs & Common) => ({
  Name,
  Type: "Tuning" as const,
  ...(DependsOn && { DependsOn }),
  Arguments: {
    HyperParameterTuningJobConfig: {
      Strategy: "Bayesian",
      HyperParameterTuningJobObjective: { Type: args.objective.better, MetricName: args.objective.metric },
      ResourceLimits: { MaxNumberOfTrainingJobs: args.jobs, MaxParallelTrainingJobs: args.parallelJobs },
      ParameterRanges: {
        ContinuousParameterRanges: Object.entries(args.ranges).map(([name, { from, to, scale }]) => ({
          ...{ Name: name, MinValue: from, MaxValue: to, ScalingType: scale },
        })),
      },
      TrainingJobEarlyStoppingType: "Auto",
    },
    TrainingJobDefinition: { AlgorithmSpecification: algorithm(args), ...trainingSettings(args), StaticHyperParameters: args.hyperParameters },
  },
});

export type Condition = {
  readonly Type: "GreaterThanOrEqualTo" | "GreaterThan" | "LessThanOrEqualTo" | "LessThan" | "Equals";
  readonly LeftValue: Quantity;
  readonly RightValue: Quantity;
};

/** Takes `ifSteps` if every condition holds. */
export const conditionStep = <If, Else>(args: Common & { conditions: readonly Condition[]; ifSteps: readonly If[]; elseSteps: readonly Else[] }) => ({
  Name: args.Name,
  Type: "Condition" as const,
  ...(args.DependsOn && { DependsOn: args.DependsOn }),
  Arguments: { Conditions: args.conditions, IfSteps: args.ifSteps, ElseSteps: args.elseSteps },
});

export interface RegisterArgs extends Common {
  readonly group: pulumi.Input<string>;
  readonly description: Text;
  readonly servingImage: pulumi.Input<string>;
  /** Folder with `model.json` and `model.onnx`, ending with `/`. */
  readonly folder: Text;
  /** `model-quality/1.0`. */
  readonly quality: Text;
  readonly facts: Readonly<Record<string, Text>>;
}

/** Registers a version that waits for a person, in the form that docs/model-approval.md asks for. */
export const registerStep = (args: RegisterArgs) => ({
  Name: args.Name,
  Type: "RegisterModel" as const,
  ...(args.DependsOn && { DependsOn: args.DependsOn }),
  Arguments: {
    ModelPackageGroupName: args.group,
    ModelPackageDescription: args.description,
    ModelApprovalStatus: "PendingManualApproval",
    InferenceSpecification: {
      Containers: [
        {
          Image: args.servingImage,
          ModelDataSource: { S3DataSource: { S3Uri: args.folder, S3DataType: "S3Prefix", CompressionType: "None" } },
        },
      ],
      SupportedContentTypes: ["application/json"],
      SupportedResponseMIMETypes: ["application/json"],
    },
    ModelMetrics: { ModelQuality: { Statistics: { ContentType: "application/json", S3Uri: args.quality } } },
    CustomerMetadataProperties: args.facts,
  },
});

export const failStep = ({ Name, message }: { Name: string; message: Text }) => ({ Name, Type: "Fail" as const, Arguments: { ErrorMessage: message } });

import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { datasetsPrefix, experimentsPrefix } from "../../contracts/keys.ts";
import type { Model } from "../../contracts/model.ts";
import { allowPull, type InferenceImage } from "../analysis/inference-image.ts";
import { hasLocalDisks, transformResources } from "../analysis/instance-types.ts";
import { Workflow } from "../analysis/workflow.ts";
import { PlatformComponent } from "../component.ts";
import { type FunctionSettings, PlatformFunction } from "../compute/platform-function.ts";
import type { DataLake } from "../data/data-lake.ts";
import type { ComputeNetwork } from "../network/compute-network.ts";
import { joinNetwork } from "../network/join-network.ts";
import { type Place, regionalArn } from "../place.ts";
import type { DataKeys } from "../security/data-keys.ts";
import { allow, type Statement } from "../security/policy.ts";
import { ServiceRole } from "../security/service-role.ts";
import { experimentsDefinition } from "./experiments.asl.ts";
import { isTrainable } from "./training-pipeline/quality-bars.ts";
import type { TrainingRoles } from "./training-roles.ts";

export interface ExperimentsArgs {
  settings: FunctionSettings;
  keys: DataKeys;
  lake: DataLake;
  /** Networks whose scripts may be tried. */
  models: readonly Model[];
  /** What trains, and what answers. */
  trainingImage: InferenceImage;
  servingImage: InferenceImage;
  /** Its job role trains, here as in a pipeline. */
  roles: TrainingRoles;
  /** Where jobs run. */
  network: ComputeNetwork;
  instanceTypes: { readonly training: string; readonly asking: string };
  /** Whether something else of the stack makes the log group of transform jobs, of which an account has one. */
  hasTransformLog: boolean;
}

const transformLogGroup = "/aws/sagemaker/TransformJobs";
/** GB of the disk that a training copies its dataset to. */
const volumeGb = 50;

/**
 * The state machine that tries networks with settings of their own, side by side. It registers nothing and touches no network in use: what comes of
 * it lies under `training/experiments/` of the models bucket. HIPAA 164.308(a)(4)(ii)(B), 164.312(a)(2)(iv), (e)(1).
 */
export class Experiments extends PlatformComponent {
  readonly workflow: Workflow;

  constructor(name: string, args: ExperimentsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:learning:Experiments", name, opts);
    const { settings, keys, lake, network, trainingImage, servingImage, roles, instanceTypes } = args;
    const { place } = settings;
    const { datasets, models } = lake;

    const tasks = Object.fromEntries(args.models.filter(isTrainable).map(({ id, task }) => [id, task]));
    const planExperiments = new PlatformFunction(
      {
        settings,
        handler: "learn/plan-experiments",
        description: "Checks a batch of experiments, and chooses the pictures that its networks are asked about",
        timeoutSeconds: 300,
        memoryMb: 1024,
        environment: { DATASETS_BUCKET: datasets.bucket, MODELS_BUCKET: models.bucket, TASKS: JSON.stringify(tasks) },
        statements: [
          ...datasets.allow("ReadVersions", ["s3:GetObject"], datasetsPrefix),
          datasets.allowNoticingAbsence("NoticeMissingVersions"),
          ...models.allow("WriteManifests", ["s3:PutObject"], experimentsPrefix),
        ],
      },
      { parent: this },
    );
    const role = new ServiceRole(
      this.childName("asking-role"),
      {
        place,
        service: "sagemaker.amazonaws.com",
        statements: [
          ...models.allow("KeepExperiments", ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"], experimentsPrefix),
          models.allowList("ListExperiments", experimentsPrefix),
          ...datasets.allow("ReadPictures", ["s3:GetObject"], `${datasetsPrefix}*/frames/`),
          ...allowPull(servingImage),
          ...joinNetwork(place, network),
          allow(
            "WriteLog",
            ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            [regionalArn(place, "logs", `log-group:${transformLogGroup}:*`)],
          ),
        ],
      },
      { parent: this },
    );
    if (!args.hasTransformLog)
      new aws.cloudwatch.LogGroup(
        this.childName("transform-log"),
        { name: transformLogGroup, kmsKeyId: settings.key.arn, retentionInDays: settings.logRetentionDays },
        this.child(),
      );
    this.workflow = new Workflow(
      name,
      {
        ...{ settings, keys, jobs: ["SageMakerTrainingJobs", "SageMakerTransformJobs"], what: "A batch of experiments" },
        definition: experimentsDefinition({
          ...{ planExperiments, network, keyArn: models.key.arn, modelsBucket: models.bucketName },
          training: {
            ...{ imageUri: trainingImage.uri, roleArn: roles.jobRoleArn },
            resources: {
              ...{ InstanceCount: 1, InstanceType: instanceTypes.training, VolumeSizeInGB: volumeGb },
              // The disk holds the dataset.
              ...(!hasLocalDisks(instanceTypes.training) && { VolumeKmsKeyId: datasets.key.arn }),
            },
          },
          asking: {
            ...{ imageUri: servingImage.uri, roleArn: role.arn },
            resources: transformResources({ instanceType: instanceTypes.asking }, models.key.arn),
          },
        }),
        statements: [planExperiments.allowInvoke("PlanExperiments"), ...runJobs(place), passRoles([roles.jobRoleArn, role.arn])],
      },
      { parent: this },
    );
    this.registerOutputs({ stateMachineArn: this.workflow.stateMachineArn });
  }
}

/** Step Functions adds a tag of its own to each job. */
function runJobs(place: Place): Statement[] {
  const own = (kind: string) => regionalArn(place, "sagemaker", `${kind}/svp-experiment-*`);
  const verbs = (noun: string) => ["Create", "Describe", "Stop"].map((verb) => `sagemaker:${verb}${noun}`);
  return [
    allow("RunTrainings", ["sagemaker:AddTags", ...verbs("TrainingJob")], [own("training-job")]),
    allow("RunTransforms", ["sagemaker:AddTags", ...verbs("TransformJob")], [own("transform-job")]),
    allow("MakeModels", ["sagemaker:CreateModel"], [own("model")]),
  ];
}

const passRoles = (arns: readonly pulumi.Input<string>[]): Statement =>
  allow("PassJobRoles", ["iam:PassRole"], arns, { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } });

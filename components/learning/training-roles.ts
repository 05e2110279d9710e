import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { modelsPrefix } from "../../contracts/keys.ts";
import { allowPull, type InferenceImage } from "../analysis/inference-image.ts";
import { PlatformComponent } from "../component.ts";
import type { EncryptedBucket } from "../data/encrypted-bucket.ts";
import type { ComputeNetwork } from "../network/compute-network.ts";
import { joinNetwork } from "../network/join-network.ts";
import { type Place, physicalName, regionalArn } from "../place.ts";
import type { EncryptionKey } from "../security/encryption-key.ts";
import { allow, type Statement } from "../security/policy.ts";
import { ServiceRole } from "../security/service-role.ts";
import { learningPrefixes, pipelineJobPrefix } from "./prefixes.ts";

export interface TrainingRolesArgs {
  place: Place;
  datasets: EncryptedBucket;
  models: EncryptedBucket;
  /** Where jobs run; a pipeline can start them nowhere else. */
  network: ComputeNetwork;
  /** What jobs run. */
  image: InferenceImage;
  /** Encrypts the jobs' log. */
  logKey: EncryptionKey;
  /** Days that logs are kept. */
  logRetentionDays: number;
}

/** Log groups that SageMaker gives the jobs of an account. The second is made where the analysis runs its jobs. */
const logGroups = { training: "/aws/sagemaker/TrainingJobs", processing: "/aws/sagemaker/ProcessingJobs" };

/**
 * The two roles of retraining: one starts jobs and registers what they made, the other is what a job may touch. Neither can approve a
 * version or change a network in use: that is a person's. HIPAA 164.308(a)(4)(ii)(B), 164.312(c)(1), (e)(1).
 */
export class TrainingRoles extends PlatformComponent {
  /** The role of a SageMaker pipeline. */
  readonly pipelineRoleArn: pulumi.Output<string>;
  /** The role of every job that a pipeline starts. */
  readonly jobRoleArn: pulumi.Output<string>;

  constructor(name: string, args: TrainingRolesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:learning:TrainingRoles", name, opts);
    const { place } = args;

    new aws.cloudwatch.LogGroup(
      this.childName("log"),
      { name: logGroups.training, kmsKeyId: args.logKey.arn, retentionInDays: args.logRetentionDays },
      this.child(),
    );
    const role = (suffix: string, statements: readonly Statement[]) =>
      new ServiceRole(this.childName(suffix), { place, service: "sagemaker.amazonaws.com", statements }, { parent: this });
    this.jobRoleArn = role("job", [
      ...readInputs(args),
      ...writeCandidates(args),
      ...joinNetwork(args.place, args.network),
      ...allowPull(args.image),
      ...observe(place),
    ]).arn;
    this.pipelineRoleArn = role("pipeline", [...startJobs(args), ...registerVersions(place), ...readMeasures(args), passRole(this.jobRoleArn)]).arn;
    this.registerOutputs({ pipelineRoleArn: this.pipelineRoleArn, jobRoleArn: this.jobRoleArn });
  }
}

const readInputs = ({ datasets, models }: TrainingRolesArgs): Statement[] => [
  ...datasets.allow("ReadDatasets", ["s3:GetObject"], learningPrefixes.datasets),
  datasets.allowList("ListDatasets", learningPrefixes.datasets),
  ...models.allow("ReadNetworks", ["s3:GetObject"], modelsPrefix),
  models.allowList("ListNetworks", modelsPrefix),
];

/** Checkpoints are read again by whoever takes an interrupted training over; the disk holds the dataset. */
const writeCandidates = ({ datasets, models }: TrainingRolesArgs): Statement[] => [
  ...models.allow("WriteCandidates", ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"], learningPrefixes.training),
  models.allowList("ListCandidates", learningPrefixes.training),
  datasets.key.allowWith("EncryptVolume", ["kms:CreateGrant"], { Bool: { "kms:GrantIsForAWSResource": "true" } }),
];

/** CloudWatch knows no metrics to name. */
function observe(place: Place): Statement[] {
  const groups = Object.values(logGroups);
  return [
    allow(
      "WriteLog",
      ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      groups.map((group) => regionalArn(place, "logs", `log-group:${group}:*`)),
    ),
    allow("WriteMetrics", ["cloudwatch:PutMetricData"], ["*"], { StringEquals: { "cloudwatch:namespace": groups } }),
  ];
}

/** Jobs lie in the network, and their output is encrypted with the key of networks, or they are not started at all. */
function startJobs({ place, network, models }: TrainingRolesArgs): Statement[] {
  const jobs = ["processing-job", "training-job"].map((kind) => regionalArn(place, "sagemaker", `${kind}/${pipelineJobPrefix}*`));
  return [
    allow("StartJobs", ["sagemaker:CreateProcessingJob", "sagemaker:CreateTrainingJob"], jobs, {
      Null: { "sagemaker:VpcSubnets": "false", "sagemaker:VpcSecurityGroupIds": "false" },
      "ForAllValues:StringEquals": { "sagemaker:VpcSubnets": network.subnetIds, "sagemaker:VpcSecurityGroupIds": [network.securityGroupId] },
      ArnEquals: { "sagemaker:OutputKmsKeyArn": models.key.arn },
    }),
    allow(
      "FollowJobs",
      ["sagemaker:AddTags", "sagemaker:DescribeProcessingJob", "sagemaker:DescribeTrainingJob", "sagemaker:StopProcessingJob", "sagemaker:StopTrainingJob"],
      jobs,
    ),
  ];
}

/** What is registered waits for approval: no version can be made as an approved one, and `sagemaker:UpdateModelPackage` is not here. */
function registerVersions(place: Place): Statement[] {
  const versions = regionalArn(place, "sagemaker", `model-package/${physicalName(place, "*")}`);
  const groups = regionalArn(place, "sagemaker", `model-package-group/${physicalName(place, "*")}`);
  return [
    allow("RegisterVersions", ["sagemaker:CreateModelPackage"], [groups, versions], {
      StringEquals: { "sagemaker:ModelApprovalStatus": "PendingManualApproval" },
    }),
    allow("FollowVersions", ["sagemaker:AddTags", "sagemaker:DescribeModelPackage"], [groups, versions]),
  ];
}

/** A pipeline decides by the measures that the evaluation wrote. */
const readMeasures = ({ models }: TrainingRolesArgs): Statement[] => models.allow("ReadMeasures", ["s3:GetObject"], learningPrefixes.training);

const passRole = (role: pulumi.Input<string>): Statement =>
  allow("PassJobRole", ["iam:PassRole"], [role], { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } });

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Catalogue } from "../../models/catalogue.ts";
import { PlatformComponent } from "../component.ts";
import type { FunctionSettings } from "../compute/platform-function.ts";
import type { DataLake } from "../data/data-lake.ts";
import { lakePrefixes } from "../data/lake-prefixes.ts";
import type { ComputeNetwork } from "../network/compute-network.ts";
import { joinNetwork } from "../network/join-network.ts";
import { regionalArn } from "../place.ts";
import { allow, type Statement } from "../security/policy.ts";
import { ServiceRole } from "../security/service-role.ts";
import { allowPull, type InferenceImage } from "./inference-image.ts";
import type { ProcessingArgs } from "./tasks.asl.ts";

export interface SageMakerBranchArgs {
  settings: FunctionSettings;
  lake: DataLake;
  catalogue: Catalogue;
  image: InferenceImage;
  /** Where jobs run. */
  network: ComputeNetwork;
}

/** Where the networks lie in the models bucket: `models/<id>/model.json` and `model.onnx`. */
export const modelsPrefix = "models/";

/** Log group that SageMaker gives all processing jobs of an account. Made here so that it is encrypted and kept. */
const jobLogGroup = "/aws/sagemaker/ProcessingJobs";

/** The networks, and the role that processing jobs run them with. */
export class SageMakerBranch extends PlatformComponent {
  readonly processing: ProcessingArgs;
  /** What the state machine must be allowed to run processing jobs. */
  readonly statements: readonly Statement[];

  constructor(name: string, args: SageMakerBranchArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:SageMakerBranch", name, opts);
    const { settings, lake, image } = args;
    const { place } = settings;

    this.#uploadModels(args.catalogue, lake);
    new aws.cloudwatch.LogGroup(
      this.childName("log"),
      { name: jobLogGroup, kmsKeyId: settings.key.arn, retentionInDays: settings.logRetentionDays },
      this.child(),
    );
    const role = new ServiceRole(
      this.childName("role"),
      {
        place,
        service: "sagemaker.amazonaws.com",
        statements: [...readInputs(lake), ...writeResults(lake), ...allowPull(image), ...joinNetwork(place, args.network), ...observe(settings)],
      },
      { parent: this },
    );
    this.processing = {
      imageUri: image.uri,
      roleArn: role.arn,
      modelsBucket: lake.models.bucketName,
      processedBucket: lake.processed.bucketName,
      keyArn: lake.processed.key.arn,
      network: args.network,
    };

    // Job names start with `svp-`; Step Functions adds a tag of its own to each job.
    const jobs = regionalArn(place, "sagemaker", "processing-job/svp-*");
    this.statements = [
      allow(
        "RunProcessingJobs",
        ["sagemaker:AddTags", "sagemaker:CreateProcessingJob", "sagemaker:DescribeProcessingJob", "sagemaker:StopProcessingJob"],
        [jobs],
      ),
      allow("PassJobRole", ["iam:PassRole"], [role.arn], { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } }),
    ];
    this.registerOutputs();
  }

  #uploadModels({ models }: Catalogue, lake: DataLake): void {
    const bucket = lake.models;
    for (const { model, description, weights } of models) {
      for (const [file, source] of Object.entries({ "model.json": description, "model.onnx": weights })) {
        new aws.s3.BucketObjectv2(
          this.childName(`${model.id}-${file}`),
          {
            bucket: bucket.bucket,
            key: `${modelsPrefix}${model.id}/${file}`,
            source: new pulumi.asset.FileAsset(source),
            kmsKeyId: bucket.key.arn,
          },
          this.child(),
        );
      }
    }
  }
}

const readInputs = ({ processed, models }: DataLake): Statement[] => [
  ...processed.allow("ReadRenditions", ["s3:GetObject"], lakePrefixes.renditions),
  processed.allowList("ListRenditions", lakePrefixes.renditions),
  ...processed.allow("ReadMetadata", ["s3:GetObject"], lakePrefixes.metadata),
  processed.allowList("ListMetadata", lakePrefixes.metadata),
  ...models.allow("ReadModels", ["s3:GetObject"], modelsPrefix),
  models.allowList("ListModels", modelsPrefix),
];

/** Results, and the volume of instances whose disks are not encrypted by their hardware. */
const writeResults = ({ processed }: DataLake): Statement[] => [
  ...processed.allow("WriteResults", ["s3:AbortMultipartUpload", "s3:PutObject"], lakePrefixes.results),
  processed.key.allowWith("EncryptVolume", ["kms:CreateGrant"], { Bool: { "kms:GrantIsForAWSResource": "true" } }),
];

export const observe = ({ place }: FunctionSettings): Statement[] => [
  allow("WriteLog", ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"], [regionalArn(place, "logs", `log-group:${jobLogGroup}:*`)]),
  allow("WriteMetrics", ["cloudwatch:PutMetricData"], ["*"], { StringEquals: { "cloudwatch:namespace": jobLogGroup } }),
];

import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { modelsPrefix } from "../../contracts/keys.ts";
import type { Analyser, AnalyserMode, EndpointKind } from "../../contracts/model.ts";
import type { Catalogue } from "../../models/catalogue.ts";
import { PlatformComponent } from "../component.ts";
import { type FunctionSettings, PlatformFunction } from "../compute/platform-function.ts";
import type { DataLake } from "../data/data-lake.ts";
import { lakePrefixes } from "../data/lake-prefixes.ts";
import type { ComputeNetwork } from "../network/compute-network.ts";
import { joinNetwork } from "../network/join-network.ts";
import { regionalArn } from "../place.ts";
import { allow, type Statement } from "../security/policy.ts";
import { ServiceRole } from "../security/service-role.ts";
import type { EndpointArgs, SegmentArgs } from "./analyse-branches.asl.ts";
import { AsyncEndpoint } from "./async-endpoint.ts";
import { allowPull, type InferenceImage } from "./inference-image.ts";
import { RealTimeEndpoint } from "./real-time-endpoint.ts";
import { ServingModel } from "./serving-model.ts";
import type { ProcessingArgs } from "./tasks.asl.ts";
import type { TransformArgs } from "./transform.asl.ts";

export interface SageMakerBranchArgs {
  settings: FunctionSettings;
  lake: DataLake;
  catalogue: Catalogue;
  image: InferenceImage;
  /** Where jobs run. */
  network: ComputeNetwork;
  /** Seconds between two looks at what an endpoint has answered. */
  pollSeconds: number;
}

/** An endpoint that an analyser has for itself. */
export interface SegmentEndpoint {
  readonly kind: EndpointKind;
  readonly endpoint: AsyncEndpoint | RealTimeEndpoint;
  /** Networks that it is asked for. */
  readonly models: readonly string[];
}

/** Log group that SageMaker gives all processing jobs of an account. Made here so that it is encrypted and kept. */
const jobLogGroup = "/aws/sagemaker/ProcessingJobs";
const transformLogGroup = "/aws/sagemaker/TransformJobs";

/** The networks, and the role that processing jobs run them with. */
export class SageMakerBranch extends PlatformComponent {
  readonly processing: ProcessingArgs;
  /** What shows networks a video segment by segment; undefined if every analyser is a job over the whole. */
  readonly segments: SegmentArgs | undefined;
  /** Endpoints of analysers that have one. */
  readonly endpoints: readonly SegmentEndpoint[];
  /** What the state machine must be allowed to run the analysers. */
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
    const segments = this.#segments(args);
    this.segments = segments?.args;
    this.endpoints = segments?.endpoints ?? [];
    this.statements = [
      ...(segments?.statements ?? []),
      allow(
        "RunProcessingJobs",
        ["sagemaker:AddTags", "sagemaker:CreateProcessingJob", "sagemaker:DescribeProcessingJob", "sagemaker:StopProcessingJob"],
        [jobs],
      ),
      allow("PassJobRole", ["iam:PassRole"], [role.arn], { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } }),
    ];
    this.registerOutputs();
  }

  /** What shows networks a video segment by segment, and what the state machine must be allowed for it. */
  #segments(args: SageMakerBranchArgs): { args: SegmentArgs; endpoints: readonly SegmentEndpoint[]; statements: Statement[] } | undefined {
    const { settings, lake, catalogue } = args;
    const { processed, models } = lake;
    const inMode = (wanted: AnalyserMode) => catalogue.analysers.filter(({ mode }) => mode === wanted);
    const [asked, transformed] = [inMode("endpoint"), inMode("transform")];
    if (asked.length + transformed.length === 0) return undefined;
    const collectSegments = new PlatformFunction(
      {
        settings,
        handler: "analyse/collect-segments",
        description: "Makes one folder of what networks answered about the segments of a video",
        timeoutSeconds: 900,
        memoryMb: 1024,
        environment: { PROCESSED_BUCKET: processed.bucket, MODELS_BUCKET: models.bucket },
        statements: [
          ...processed.allow("ReadMetadata", ["s3:GetObject"], lakePrefixes.metadata),
          ...processed.allow("KeepResults", ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"], lakePrefixes.results),
          processed.allowNoticingAbsence("NoticeMissingAnswers"),
          ...models.allow("ReadModels", ["s3:GetObject"], modelsPrefix),
        ],
      },
      { parent: this },
    );
    const endpoint = asked.length > 0 ? this.#endpoints(args, asked) : undefined;
    const transform = transformed.length > 0 ? this.#transform(args) : undefined;
    return {
      args: { collectSegments, endpoint: endpoint?.args, transform: transform?.args },
      endpoints: endpoint?.endpoints ?? [],
      statements: [collectSegments.allowInvoke("CollectSegments"), ...(endpoint?.statements ?? []), ...(transform?.statements ?? [])],
    };
  }

  /** An endpoint for each analyser that has one, and the function that asks them. */
  #endpoints(
    { settings, lake, image, network, pollSeconds }: SageMakerBranchArgs,
    analysers: readonly Analyser[],
  ): { args: EndpointArgs; endpoints: SegmentEndpoint[]; statements: Statement[] } {
    const { processed } = lake;
    const inner = { parent: this };
    const endpoints = analysers.map(({ id, endpoint: kind, instanceType, instances, minimumInstances, models }) => {
      const serving = { settings, lake, image, network, instanceType };
      const maximum = instances as number;
      const endpoint =
        kind === "real-time"
          ? new RealTimeEndpoint(`segments-${id}`, { ...serving, shown: "segments", instances: { minimum: minimumInstances as number, maximum } }, inner)
          : new AsyncEndpoint(`segments-${id}`, { ...serving, maximumInstances: maximum }, inner);
      return { id, kind: kind as EndpointKind, endpoint, models };
    });
    const isAnswering = endpoints.some(({ kind }) => kind === "real-time");
    const inferSegments = new PlatformFunction(
      {
        settings,
        handler: "analyse/infer-segments",
        description: "Asks an endpoint for the segments of a video, and looks what it has answered",
        timeoutSeconds: 900,
        memoryMb: 1024,
        environment: { PROCESSED_BUCKET: processed.bucket },
        statements: [
          ...processed.allow("ReadMetadata", ["s3:GetObject"], lakePrefixes.metadata),
          // An asynchronous endpoint reads them itself.
          ...(isAnswering ? processed.allow("ReadSegments", ["s3:GetObject"], lakePrefixes.renditions) : []),
          ...processed.allow("KeepRequests", ["s3:GetObject", "s3:PutObject"], lakePrefixes.results),
          processed.allowNoticingAbsence("NoticeMissingAnswers"),
          ...endpoints.map(({ endpoint }, i) => endpoint.allowInvoke(`Ask${i}`)),
        ],
      },
      { parent: this },
    );
    const names = Object.fromEntries(endpoints.map(({ id, endpoint }) => [id, endpoint.endpointName]));
    return { args: { inferSegments, names, pollSeconds }, endpoints, statements: [inferSegments.allowInvoke("InferSegments")] };
  }

  /** The model that transform jobs run, and the function that plans them. */
  #transform({ settings, lake, image, network }: SageMakerBranchArgs): { args: TransformArgs; statements: Statement[] } {
    const { processed } = lake;
    const model = new ServingModel(
      this.childName("transform"),
      {
        ...{ settings, lake, image, network, logGroupName: transformLogGroup },
        statements: [
          ...processed.allow("ReadSegments", ["s3:GetObject"], lakePrefixes.renditions),
          ...processed.allow("KeepAnswers", ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"], lakePrefixes.results),
          processed.key.allowWith("EncryptVolume", ["kms:CreateGrant"], { Bool: { "kms:GrantIsForAWSResource": "true" } }),
        ],
      },
      { parent: this },
    );
    const planTransform = new PlatformFunction(
      {
        settings,
        handler: "analyse/plan-transform",
        description: "Plans which segments of a video transform jobs are given, and what may be seen in them",
        timeoutSeconds: 300,
        memoryMb: 512,
        environment: { PROCESSED_BUCKET: processed.bucket },
        statements: [
          ...processed.allow("ReadMetadata", ["s3:GetObject"], lakePrefixes.metadata),
          ...processed.allow("WriteManifest", ["s3:PutObject"], lakePrefixes.results),
        ],
      },
      { parent: this },
    );
    return {
      args: { planTransform, modelName: model.modelName },
      statements: [
        planTransform.allowInvoke("PlanTransform"),
        allow(
          "RunTransformJobs",
          ["sagemaker:AddTags", "sagemaker:CreateTransformJob", "sagemaker:DescribeTransformJob", "sagemaker:StopTransformJob"],
          [regionalArn(settings.place, "sagemaker", "transform-job/svp-*")],
        ),
      ],
    };
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

import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PlannedWork } from "../../contracts/cost.ts";
import { rawVideosPrefix } from "../../contracts/keys.ts";
import { PlatformComponent } from "../component.ts";
import { type FunctionSettings, PlatformFunction, type PlatformFunctionArgs } from "../compute/platform-function.ts";
import type { DataLake } from "../data/data-lake.ts";
import { lakePrefixes } from "../data/lake-prefixes.ts";
import { physicalName, regionalArn } from "../place.ts";
import { allow, type Statement } from "../security/policy.ts";
import { ServiceRole } from "../security/service-role.ts";
import type { TranscodingArgs } from "./tasks.asl.ts";

export interface MediaConvertPreprocessingArgs {
  settings: FunctionSettings;
  lake: DataLake;
  /** What runs over an admitted video, for the forecast of its cost. */
  planned: PlannedWork;
}

/** Opaque picture shown instead of what the camera saw outside the patient. */
const cover = { file: join(import.meta.dirname, "cover.png"), key: "assets/cover.png" };

/** Everything that turns an upload into renditions: the queue and role of the transcoding jobs, and the functions around them. */
export class MediaConvertPreprocessing extends PlatformComponent {
  readonly indexSource: PlatformFunction;
  readonly admit: PlatformFunction;
  readonly indexRendition: PlatformFunction;
  readonly planReview: PlatformFunction;
  readonly transcoding: TranscodingArgs;
  /** What the state machine must be allowed to probe and transcode. */
  readonly statements: readonly Statement[];

  constructor(name: string, args: MediaConvertPreprocessingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:analysis:MediaConvertPreprocessing", name, opts);
    const { settings, lake } = args;
    const { place } = settings;
    const { raw, processed } = lake;

    const queue = new aws.mediaconvert.Queue(
      this.childName("queue"),
      { name: physicalName(place, "renditions"), pricingPlan: "ON_DEMAND", description: "Analysis and review renditions" },
      this.child(),
    );
    const coverImage = this.#uploadCover(lake);
    const role = new ServiceRole(
      this.childName("role"),
      {
        place,
        service: "mediaconvert.amazonaws.com",
        statements: [
          ...raw.allow("ReadSources", ["s3:GetObject"], rawVideosPrefix),
          ...processed.allow("ReadCopies", ["s3:GetObject"], lakePrefixes.copies),
          ...processed.allow("ReadCover", ["s3:GetObject"], "assets/"),
          ...processed.allow("WriteRenditions", ["s3:AbortMultipartUpload", "s3:PutObject"], lakePrefixes.renditions),
          ...processed.allow("WritePictures", ["s3:AbortMultipartUpload", "s3:PutObject"], lakePrefixes.pictures),
        ],
      },
      { parent: this },
    );
    this.transcoding = { roleArn: role.arn, queueArn: queue.arn };

    const lambda = (what: Omit<PlatformFunctionArgs, "settings">) => new PlatformFunction({ settings, ...what }, { parent: this });
    const environment = { PROCESSED_BUCKET: processed.bucket };
    const readMetadata = processed.allow("ReadMetadata", ["s3:GetObject"], lakePrefixes.metadata);
    const writeMetadata = processed.allow("WriteMetadata", ["s3:PutObject"], lakePrefixes.metadata);
    this.indexSource = lambda({
      handler: "prepare/index-source",
      description: "Reads the packet tables of an uploaded video",
      timeoutSeconds: 900,
      memoryMb: 1024,
      environment,
      statements: [
        ...raw.allow("ReadSources", ["s3:GetObjectVersion"], rawVideosPrefix),
        ...processed.allow("ReadCopies", ["s3:GetObject"], lakePrefixes.copies),
        ...writeMetadata,
      ],
    });
    this.admit = lambda({
      handler: "prepare/admit",
      description: "Decides whether a video is analysed, and how its analysis rendition is made",
      timeoutSeconds: 60,
      memoryMb: 512,
      environment: { ...environment, PROCESSED_KEY_ARN: processed.key.arn, PLANNED_WORK: JSON.stringify(args.planned) },
      statements: readMetadata,
    });
    this.indexRendition = lambda({
      handler: "prepare/index-rendition",
      description: "Maps the frames of a rendition to the frames of its source",
      timeoutSeconds: 900,
      memoryMb: 1024,
      environment,
      statements: [...processed.allow("ReadRenditions", ["s3:GetObject", "s3:GetObjectVersion"], lakePrefixes.renditions), ...readMetadata, ...writeMetadata],
    });
    this.planReview = lambda({
      handler: "prepare/plan-review",
      description: "Plans the rendition that people watch, with covers over what lies outside the patient",
      timeoutSeconds: 60,
      memoryMb: 512,
      environment: { ...environment, PROCESSED_KEY_ARN: processed.key.arn, COVER_IMAGE_URI: coverImage },
      statements: readMetadata,
    });

    this.statements = [
      ...[this.indexSource, this.admit, this.indexRendition, this.planReview].map((lambda, i) => lambda.allowInvoke(`Prepare${i}`)),
      // Probing names no resource, and reads the source with the caller's own rights.
      allow("Probe", ["mediaconvert:Probe"], ["*"]),
      ...raw.allow("ProbeSources", ["s3:GetObject"], rawVideosPrefix),
      allow("Transcode", ["mediaconvert:CreateJob"], [queue.arn]),
      allow("FollowTranscoding", ["mediaconvert:CancelJob", "mediaconvert:GetJob"], [regionalArn(place, "mediaconvert", "jobs/*")]),
      allow("PassTranscodingRole", ["iam:PassRole"], [role.arn], { StringEquals: { "iam:PassedToService": "mediaconvert.amazonaws.com" } }),
    ];
    this.registerOutputs({ queueArn: queue.arn });
  }

  #uploadCover({ processed }: DataLake): pulumi.Output<string> {
    const object = new aws.s3.BucketObjectv2(
      this.childName("cover"),
      { bucket: processed.bucket, key: cover.key, source: new pulumi.asset.FileAsset(cover.file), contentType: "image/png", kmsKeyId: processed.key.arn },
      this.child(),
    );
    return pulumi.interpolate`s3://${object.bucket}/${object.key}`;
  }
}

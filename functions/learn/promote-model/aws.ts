import { S3Client } from "@aws-sdk/client-s3";
import { CreateModelPackageCommand, DescribeModelPackageCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { registryClient, s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { orTryAgain } from "../../runtime/transient.ts";
import { modelStore } from "../model-store.ts";
import type { Deps, Offer } from "./handler.ts";

/** Credentials are fetched again some minutes before they end. */
const early = 5 * 60 * 1000;

/** Credentials of a role of another account, fetched when they are needed. STS answers in the function's own Region. */
export function credentialsOf(roleArn: string, sts: Pick<STSClient, "send">) {
  return async () => {
    const { Credentials: given } = await sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: "model-promotion", DurationSeconds: 3600 }));
    if (!given?.AccessKeyId || !given.SecretAccessKey || !given.SessionToken || !given.Expiration) throw new Error(`STS gave no credentials of ${roleArn}.`);
    return {
      ...{ accessKeyId: given.AccessKeyId, secretAccessKey: given.SecretAccessKey, sessionToken: given.SessionToken },
      expiration: new Date(given.Expiration.getTime() - early),
    };
  };
}

export function awsDeps(): Deps {
  const { MODELS_BUCKET, GROUP_PREFIX, IMAGE_URI, SOURCE_ROLE, SOURCE_BUCKET, PROVEN_DAYS } = readEnvironment([
    "MODELS_BUCKET",
    "GROUP_PREFIX",
    "IMAGE_URI",
    "SOURCE_ROLE",
    "SOURCE_BUCKET",
    "PROVEN_DAYS",
  ]);
  const credentials = credentialsOf(SOURCE_ROLE, orTryAgain(new STSClient({})));
  const there = orTryAgain(new SageMakerClient({ credentials }));
  const here = registryClient();
  return {
    source: {
      models: modelStore(orTryAgain(new S3Client({ credentials })), SOURCE_BUCKET),
      describe: (ModelPackageName) => there.send(new DescribeModelPackageCommand({ ModelPackageName })),
    },
    models: modelStore(s3Client(), MODELS_BUCKET),
    provenDays: Number(PROVEN_DAYS),
    now: Date.now,
    register: async (offer) => {
      const { ModelPackageArn } = await here.send(new CreateModelPackageCommand(requestOf(offer, GROUP_PREFIX, IMAGE_URI)));
      return ModelPackageArn as string;
    },
  };
}

/** What the registry here is asked for. */
export const requestOf = ({ model, version, sha256, folder, quality, facts }: Offer, groupPrefix: string, image: string) => ({
  ModelPackageGroupName: `${groupPrefix}${model}`,
  ModelPackageDescription: `${model} ${version}`,
  ModelApprovalStatus: "PendingManualApproval" as const,
  // Asked twice, SageMaker gives the same version: 36 characters at most.
  ClientToken: sha256.slice(0, 36),
  InferenceSpecification: {
    Containers: [{ Image: image, ModelDataSource: { S3DataSource: { S3Uri: folder, S3DataType: "S3Prefix" as const, CompressionType: "None" as const } } }],
    SupportedContentTypes: ["application/x-image-tensor"],
    SupportedResponseMIMETypes: ["application/json"],
  },
  ModelMetrics: { ModelQuality: { Statistics: { ContentType: "application/json", S3Uri: quality } } },
  CustomerMetadataProperties: { ...facts },
});

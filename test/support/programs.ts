import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Deployment } from "../../local/deploy/deployment.ts";
import type { Provider } from "../../local/deploy/provider.ts";
import { runProgram } from "../../local/deploy/run-program.ts";

/** Makes a resource of any type: rules judge more than the local cloud can make. Computes an id and an ARN. */
const anything: Provider = {
  async create({ name, inputs }) {
    const id = String(inputs["bucket"] ?? inputs["name"] ?? name);
    return { id, outputs: { arn: `arn:aws:any:us-east-1:111111111111:${id}`, ...inputs } };
  },
  async invoke(token) {
    throw new Error(`is not known here (${token}).`);
  },
};

/** Runs a program whose resources lie in one account, and gives the whole deployment, for policies to judge. */
export function deploymentOf(program: (opts: { provider: aws.Provider }) => unknown, region = "us-east-1"): Promise<Deployment> {
  return runProgram(() => void program({ provider: new aws.Provider("account", { region: region as aws.Region, allowedAccountIds: ["111111111111"] }) }), {
    project: "svp",
    stack: "unit",
    config: {},
    provider: anything,
    outputsOf: async (reference) => {
      throw new Error(`names ${reference}, which does not exist.`);
    },
  });
}

/** A bucket with everything that the rules ask of one; `change` takes parts away or alters them. */
export function bucketParts(name: string, keyArn: pulumi.Input<string>, opts: pulumi.CustomResourceOptions, change: Partial<Parts> = {}): aws.s3.Bucket {
  const bucket = new aws.s3.Bucket(name, { bucket: name, ...change.args }, opts);
  const parts: Parts = {
    encryption: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn, bucketKeyEnabled: true },
    status: "Enabled",
    block: { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
    statements: [
      {
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
    ...change,
  };
  const { encryption, status, block, statements, ownership, lifecycle, lock, logs } = parts;
  if (encryption) {
    const { bucketKeyEnabled, blockedEncryptionTypes = [], ...byDefault } = encryption;
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      { bucket: bucket.id, rules: [{ applyServerSideEncryptionByDefault: byDefault, bucketKeyEnabled, blockedEncryptionTypes }] },
      opts,
    );
  }
  if (status) new aws.s3.BucketVersioning(`${name}-versions`, { bucket: bucket.id, versioningConfiguration: { status } }, opts);
  if (block) new aws.s3.BucketPublicAccessBlock(`${name}-private`, { bucket: bucket.id, ...block }, opts);
  if (statements)
    new aws.s3.BucketPolicy(`${name}-policy`, { bucket: bucket.id, policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements }) }, opts);
  if (ownership) new aws.s3.BucketOwnershipControls(`${name}-ownership`, { bucket: bucket.id, rule: { objectOwnership: ownership } }, opts);
  if (lifecycle) new aws.s3.BucketLifecycleConfiguration(`${name}-lifecycle`, { bucket: bucket.id, rules: lifecycle }, opts);
  if (lock) new aws.s3.BucketObjectLockConfiguration(`${name}-lock`, { bucket: bucket.id, rule: { defaultRetention: lock } }, opts);
  if (logs) new aws.s3.BucketLogging(`${name}-logging`, { bucket: bucket.id, targetBucket: logs === "itself" ? bucket.id : logs.id, targetPrefix: name }, opts);
  return bucket;
}

export interface Parts {
  encryption: { sseAlgorithm: string; kmsMasterKeyId?: pulumi.Input<string>; bucketKeyEnabled: boolean; blockedEncryptionTypes?: string[] } | undefined;
  status: string | undefined;
  block: Omit<aws.s3.BucketPublicAccessBlockArgs, "bucket"> | undefined;
  statements: object[] | undefined;
  /** Without these unless a test asks for them. */
  args?: aws.s3.BucketArgs;
  ownership?: string | undefined;
  lifecycle?: aws.types.input.s3.BucketLifecycleConfigurationRule[] | undefined;
  lock?: aws.types.input.s3.BucketObjectLockConfigurationRuleDefaultRetention | undefined;
  logs?: aws.s3.Bucket | "itself" | undefined;
}

/**
 * Inputs of types that hold data which AWS can't change in place: another value means a new resource and, with it, the loss of what
 * the old one held ("Forces new resource" in the documentation of Terraform's AWS provider, which Pulumi's is made of; read on 2026-11-26).
 * Of other types nothing is said here, so the engine plans an update.
 */
const replacing: Readonly<Record<string, readonly string[]>> = {
  "aws:s3/bucket:Bucket": ["bucket", "bucketPrefix", "objectLockEnabled", "region"],
  "aws:s3/bucketV2:BucketV2": ["bucket", "bucketPrefix", "objectLockEnabled", "region"],
  "aws:dynamodb/table:Table": ["name", "hashKey", "rangeKey", "region"],
  "aws:kms/key:Key": ["customerMasterKeySpec", "keyUsage", "multiRegion", "region"],
  "aws:cognito/userPool:UserPool": ["aliasAttributes", "usernameAttributes", "usernameConfiguration", "region"],
  "aws:cloudwatch/logGroup:LogGroup": ["name", "namePrefix", "region"],
  "aws:sqs/queue:Queue": ["name", "namePrefix", "fifoQueue", "region"],
  "aws:ecr/repository:Repository": ["name", "encryptionConfigurations", "region"],
  "aws:backup/vault:Vault": ["name", "kmsKeyArn", "region"],
  "aws:secretsmanager/secret:Secret": ["name", "namePrefix", "region"],
};

/** Types that hold data. */
export const statefulTypes: readonly string[] = Object.keys(replacing);

export const replacedBy = (type: string): readonly string[] => replacing[type] ?? [];

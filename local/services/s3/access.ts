import { notImplemented, ServiceError } from "../../wire/service.ts";
import { timeOf } from "../../wire/signature.ts";
import type { Context } from "../iam/conditions.ts";
import type { S3Context, S3Request } from "./context.ts";
import type { Bucket, Encryption, Tag, Version } from "./store.ts";

/** Headers that are condition keys of the same name: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html */
const headerKeys = [
  "x-amz-content-sha256",
  "x-amz-copy-source",
  "x-amz-metadata-directive",
  "x-amz-server-side-encryption",
  "x-amz-server-side-encryption-aws-kms-key-id",
  "x-amz-storage-class",
  "if-match",
  "if-none-match",
];
const queryKeys = ["prefix", "delimiter", "max-keys"];

/** The condition keys of S3 that the request itself gives. */
function contextOf({ headers, query }: S3Request): Record<string, string> {
  const signedAt = query.get("X-Amz-Date") ?? headers["x-amz-date"];
  return {
    "s3:authType": query.has("X-Amz-Signature") ? "REST-QUERY-STRING" : "REST-HEADER",
    "s3:signatureversion": "AWS4-HMAC-SHA256",
    "s3:signatureAge": String(signedAt === undefined ? 0 : Math.max(0, Date.now() - timeOf(signedAt))),
    ...Object.fromEntries(headerKeys.flatMap((name) => (headers[name] === undefined ? [] : [[`s3:${name}`, headers[name]]]))),
    ...Object.fromEntries(queryKeys.flatMap((name) => (query.has(name) ? [[`s3:${name}`, query.get(name) as string]] : []))),
    ...(query.has("versionId") ? { "s3:VersionId": query.get("versionId") as string } : {}),
  };
}

export const bucketArn = (bucket: string): string => `arn:aws:s3:::${bucket}`;
export const objectArn = (bucket: string, key: string): string => `arn:aws:s3:::${bucket}/${key}`;

export function authorizeBucket(s3: S3Context, request: S3Request, action: string): void {
  s3.authorizer.authorize(request.caller, action, bucketArn(request.bucket.name), contextOf(request));
}

export function authorizeObject(s3: S3Context, request: S3Request, action: string, extra: Record<string, string | string[]> = {}): void {
  s3.authorizer.authorize(request.caller, action, objectArn(request.bucket.name, request.key), { ...contextOf(request), ...extra });
}

/** The condition keys of tags that a request sets, or that an object has. */
export const tagContext = (kind: "RequestObjectTag" | "ExistingObjectTag", tags: readonly Tag[]): Record<string, string | string[]> => ({
  ...Object.fromEntries(tags.map(({ Key, Value }) => [`s3:${kind}/${Key}`, Value])),
  ...(kind === "RequestObjectTag" && tags.length > 0 ? { "s3:RequestObjectTagKeys": tags.map(({ Key }) => Key) } : {}),
});

/** Where a caller may not list the bucket, S3 does not tell whether an object exists: it denies. */
export function missing(s3: S3Context, request: S3Request, error: ServiceError): ServiceError {
  try {
    s3.authorizer.authorize(request.caller, "s3:ListBucket", bucketArn(request.bucket.name), contextOf(request) as Context as Record<string, string>);
    return error;
  } catch (denied) {
    return denied as ServiceError;
  }
}

/** Encrypting and decrypting with a customer's key are calls of KMS in the caller's name: both need its leave. */
export function authorizeKey(s3: S3Context, request: S3Request, action: "kms:GenerateDataKey" | "kms:Decrypt", encryption: Encryption): void {
  if (encryption.algorithm !== "aws:kms") return;
  s3.authorizer.authorize(request.caller, action, encryption.keyArn, {
    "kms:ViaService": `s3.${s3.region}.amazonaws.com`,
    "kms:CallerAccount": s3.accountId,
    "kms:EncryptionContext:aws:s3:arn": objectArn(request.bucket.name, request.key),
    "kms:EncryptionContextKeys": ["aws:s3:arn"],
  });
}

/** How a new object is to be encrypted: as the request says, else as the bucket does by default, else with keys of S3 itself. */
export function encryptionOf(s3: S3Context, bucket: Bucket, headers: Readonly<Record<string, string>>): Encryption {
  const algorithm = headers["x-amz-server-side-encryption"];
  const key = headers["x-amz-server-side-encryption-aws-kms-key-id"];
  if (key !== undefined && algorithm !== "aws:kms") {
    throw new ServiceError("InvalidArgument", "A key id needs the header x-amz-server-side-encryption: aws:kms.");
  }
  if (algorithm === undefined)
    return bucket.encryptionKeyArn === undefined ? { algorithm: "AES256" } : { algorithm: "aws:kms", keyArn: bucket.encryptionKeyArn };
  if (algorithm === "AES256") return { algorithm };
  if (algorithm !== "aws:kms") throw notImplemented(`server-side encryption ${algorithm}`);
  const keyArn = key ?? bucket.encryptionKeyArn;
  if (keyArn === undefined) throw notImplemented("the key aws/s3 of AWS; name a key of your own");
  if (keyArn.startsWith("arn:aws:kms:")) return { algorithm, keyArn };
  if (/^[0-9a-f-]{36}$/.test(keyArn)) return { algorithm, keyArn: `arn:aws:kms:${s3.region}:${s3.accountId}:key/${keyArn}` };
  throw notImplemented(`the key "${keyArn}"; name it by id or ARN`);
}

export const encryptionHeaders = (encryption: Encryption): Record<string, string> =>
  encryption.algorithm === "AES256"
    ? { "x-amz-server-side-encryption": "AES256" }
    : { "x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": encryption.keyArn };

/** The header that names a version, for buckets that keep or kept versions. */
export const versionHeaders = (bucket: Bucket, version: Pick<Version, "version">): Record<string, string> =>
  bucket.versioning === "Never" ? {} : { "x-amz-version-id": version.version };

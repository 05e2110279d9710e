import { ServiceError } from "../../wire/service.ts";
import { authorizeKey, bucketArn, encryptionOf } from "./access.ts";
import type { S3Context, S3Request } from "./context.ts";
import { encodings } from "./intake.ts";
import { lockOf } from "./locks.ts";
import { checkWrite } from "./preconditions.ts";
import type { Encryption, NewObject, Tag, Version } from "./store.ts";

/** The headers that are kept with an object and come back with it. */
const keptHeaders = ["cache-control", "content-disposition", "content-language", "content-type", "expires"];
/** The most bytes of user-defined metadata, names and values together. */
const largestMetadata = 2048;

export function headersToKeep(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) if (keptHeaders.includes(name) || name.startsWith("x-amz-meta-")) kept[name] = value;
  const encoding = encodings(headers).filter((name) => name !== "aws-chunked");
  if (encoding.length > 0) kept["content-encoding"] = encoding.join(",");
  const size = Object.entries(kept).reduce(
    (sum, [name, value]) => (name.startsWith("x-amz-meta-") ? sum + name.length - "x-amz-meta-".length + value.length : sum),
    0,
  );
  if (size > largestMetadata) throw new ServiceError("MetadataTooLarge", `The metadata headers have ${size} bytes; at most ${largestMetadata} are allowed.`);
  kept["content-type"] ??= "binary/octet-stream";
  return kept;
}

/** The tags in the header `x-amz-tagging`, which has the form of a query. */
export const tagsInHeader = (headers: Readonly<Record<string, string>>): Tag[] =>
  checkTags([...new URLSearchParams(headers["x-amz-tagging"] ?? "")].map(([Key, Value]) => ({ Key, Value })));

/** @throws ServiceError if these can't be the tags of an object: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
export function checkTags(tags: Tag[]): Tag[] {
  const refuse = (code: string, message: string) => new ServiceError(code, message);
  if (tags.length > 10) throw refuse("BadRequest", `Object tags cannot be greater than 10; there are ${tags.length}.`);
  for (const { Key, Value } of tags) {
    if (Key.length < 1 || Key.length > 128) throw refuse("InvalidTag", `The key of a tag has 1 to 128 characters; "${Key}" has ${Key.length}.`);
    if (Value.length > 256) throw refuse("InvalidTag", `The value of the tag "${Key}" has ${Value.length} characters; at most 256 are allowed.`);
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(Key + Value)) throw refuse("InvalidTag", `The tag "${Key}" has a character that tags can't have.`);
  }
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length) throw refuse("InvalidTag", "Cannot provide multiple Tags with the same key.");
  return tags;
}

/** The encryption of a new object, once the caller may use its key. */
export function writableEncryption(s3: S3Context, request: S3Request): Encryption {
  const encryption = encryptionOf(s3, request.bucket, request.headers);
  authorizeKey(s3, request, "kms:GenerateDataKey", encryption);
  return encryption;
}

/**
 * Makes a file the current version of its key, with the event that tells of it, in one transaction; the files that
 * nothing names any more are removed after. If a condition does not hold the new file is removed instead.
 * @param options.also runs in the same transaction. @param options.keepFile whether the file stays if a condition does not hold.
 */
export function commit(
  s3: S3Context,
  request: S3Request,
  object: NewObject,
  reason: "PutObject" | "CopyObject" | "CompleteMultipartUpload",
  options: { also?: (version: Version) => void; keepFile?: boolean } = {},
): Version {
  const { store } = s3;
  try {
    const { version, released } = store.transaction(() => {
      // The bucket as it is now: its settings may have changed while the body came.
      const bucket = store.bucket(request.bucket.name);
      checkWrite(request.headers, store.current(bucket.name, request.key));
      const inserted = store.insert(bucket, request.key, { ...object, facts: { ...object.facts, ...lockOf(bucket, Date.now()) } });
      announce(s3, request, "Object Created", inserted.version, { reason });
      options.also?.(inserted.version);
      return inserted;
    });
    s3.blobs.remove(released);
    s3.outbox.wake();
    return version;
  } catch (error) {
    if (!options.keepFile) s3.blobs.remove([object.blob]);
    throw error;
  }
}

/**
 * Puts an event of a bucket that sends its events to EventBridge into the outbox. Only inside a transaction.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export function announce(
  s3: S3Context,
  request: S3Request,
  type: "Object Created" | "Object Deleted" | "Object Tags Added" | "Object Tags Deleted",
  version: Pick<Version, "id" | "key" | "size" | "etag" | "version" | "blob">,
  more: Readonly<Record<string, string>> = {},
): void {
  const { name } = request.bucket;
  const bucket = s3.store.bucket(name);
  if (!bucket.eventBridge) return;
  s3.outbox.add({
    source: "aws.s3",
    "detail-type": type,
    account: s3.accountId,
    region: s3.region,
    time: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    resources: [bucketArn(name)],
    detail: {
      version: "0",
      bucket: { name },
      object: {
        key: version.key,
        ...(type === "Object Created" ? { size: version.size } : {}),
        ...(type === "Object Deleted" ? {} : { etag: version.etag }),
        ...(bucket.versioning === "Never" ? {} : { "version-id": version.version }),
        // Of two sequencers of a key the greater text belongs to the later event.
        ...(type.startsWith("Object Tags") ? {} : { sequencer: version.id.toString(16).toUpperCase().padStart(18, "0") }),
      },
      "request-id": request.requestId,
      requester: s3.accountId,
      "source-ip-address": "127.0.0.1",
      ...more,
    },
  });
}

import { DeleteObjectsCommand, type S3Client } from "@aws-sdk/client-s3";
import { TryAgain } from "./errors.ts";

/** S3 deletes so many objects at once. (API reference: DeleteObjects) */
const mostAtOnce = 1000;
/** Reasons of S3 that pass. */
const passing: readonly string[] = ["InternalError", "SlowDown", "ServiceUnavailable"];

/**
 * Deletes objects of a bucket, or the versions that are named. `what` they are called where S3 keeps any: then it throws at the first thousand of which it
 * does, naming S3's reasons; TryAgain if all of them pass.
 */
export async function deleteObjects(
  s3: S3Client,
  Bucket: string,
  objects: readonly { readonly key: string; readonly versionId?: string }[],
  what: "files" | "versions",
): Promise<void> {
  for (let i = 0; i < objects.length; i += mostAtOnce) {
    const Objects = objects.slice(i, i + mostAtOnce).map(({ key, versionId }) => ({ Key: key, VersionId: versionId }));
    // S3 answers for each object apart.
    const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
    if (Errors.length === 0) continue;
    const codes = [...new Set(Errors.map(({ Code = "unknown" }) => Code))].sort();
    const Failure = codes.every((code) => passing.includes(code)) ? TryAgain : Error;
    throw new Failure(`S3 kept ${Errors.length} of ${Objects.length} ${what}: ${codes.join(", ")}.`);
  }
}

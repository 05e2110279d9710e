import { ListObjectVersionsCommand, type S3Client } from "@aws-sdk/client-s3";

/** A version of an object, as a listing tells of it: nothing of its content is opened. */
export interface ObjectVersion {
  readonly versionId: string | undefined;
  readonly bytes: number;
  readonly isLatest: boolean;
}

/** Every version of an object, newest first. A key has few: whoever overwrites a source makes a second. */
export async function versionsOf(s3: S3Client, bucket: string, key: string): Promise<ObjectVersion[]> {
  const { Versions = [], IsTruncated } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key, MaxKeys: 1000 }));
  if (IsTruncated) throw new Error("An object has more than a thousand versions.");
  return Versions.filter(({ Key }) => Key === key).map(({ VersionId, Size = 0, IsLatest = false }) => ({
    // What lay there before the bucket kept versions has the version "null".
    versionId: VersionId === "null" ? undefined : VersionId,
    bytes: Size,
    isLatest: IsLatest,
  }));
}

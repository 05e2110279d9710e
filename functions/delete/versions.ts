import { ListMultipartUploadsCommand, ListObjectVersionsCommand, type S3Client } from "@aws-sdk/client-s3";

/** A version of an object, or a delete marker, as a listing tells of it. */
export interface StoredVersion {
  readonly key: string;
  /** `null`, as a text, for what was written before the bucket kept versions. */
  readonly versionId: string;
  readonly isMarker: boolean;
  readonly bytes: number;
  readonly etag: string;
}

/** Every version and delete marker under a prefix, a thousand at a time, versions of a page before its markers. */
export async function* versionPages(s3: S3Client, bucket: string, prefix: string): AsyncGenerator<StoredVersion[], void, undefined> {
  let KeyMarker: string | undefined;
  let VersionIdMarker: string | undefined;
  do {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, KeyMarker, VersionIdMarker }));
    const { Versions = [], DeleteMarkers = [] } = page;
    yield [
      ...Versions.map(({ Key = "", VersionId = "", Size = 0, ETag = "" }) => ({ key: Key, versionId: VersionId, isMarker: false, bytes: Size, etag: ETag })),
      ...DeleteMarkers.map(({ Key = "", VersionId = "" }) => ({ key: Key, versionId: VersionId, isMarker: true, bytes: 0, etag: "" })),
    ];
    ({ NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page.IsTruncated
      ? page
      : { NextKeyMarker: undefined, NextVersionIdMarker: undefined });
  } while (KeyMarker !== undefined);
}

/** Every upload in parts under a prefix that was neither completed nor aborted. */
export async function openUploads(s3: S3Client, bucket: string, prefix: string): Promise<{ key: string; id: string }[]> {
  const found: { key: string; id: string }[] = [];
  let KeyMarker: string | undefined;
  let UploadIdMarker: string | undefined;
  do {
    const page = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, KeyMarker, UploadIdMarker }));
    for (const { Key = "", UploadId = "" } of page.Uploads ?? []) found.push({ key: Key, id: UploadId });
    ({ NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page.IsTruncated ? page : { NextKeyMarker: undefined, NextUploadIdMarker: undefined });
  } while (KeyMarker !== undefined);
  return found;
}

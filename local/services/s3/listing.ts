import { ServiceError } from "../../wire/service.ts";
import { authorizeBucket } from "./access.ts";
import type { Route, S3Context, S3Request } from "./context.ts";
import { quoted } from "./read.ts";
import { type Version, versionOf } from "./store.ts";
import { xmlAnswer } from "./xml.ts";

/** Greater than every key with this prefix: U+10FFFF is no character that a key could go on with. */
const after = (prefix: string): string => `${prefix}\u{10ffff}`;

/** The most entries of a page. */
export const longestPage = 1000;

/** A whole number from 0 in the query; pages are never longer than {@link longestPage}. */
export function pageLength({ query }: S3Request, name: string): number {
  const text = query.get(name) ?? String(longestPage);
  if (!/^\d+$/.test(text)) throw new ServiceError("InvalidArgument", `${name} is "${text}"; it must be a whole number.`);
  return Math.min(Number(text), longestPage);
}

/** How keys stand in an answer: as they are, or encoded where the client asks for it. */
export function keyWriter({ query }: S3Request): (key: string) => string {
  const encoding = query.get("encoding-type");
  if (encoding !== null && encoding !== "url") throw new ServiceError("InvalidArgument", `encoding-type is "${encoding}"; it must be "url".`);
  return encoding === "url" ? (key) => encodeURIComponent(key).replaceAll("%2F", "/") : (key) => key;
}

/** The part of a key that groups it: up to and with the first delimiter behind the prefix. */
const groupOf = (key: string, prefix: string, delimiter: string): string | undefined => {
  const at = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
};

export interface Page<Entry> {
  readonly entries: readonly Entry[];
  readonly groups: readonly string[];
  readonly truncated: boolean;
}

/**
 * One page of a listing in the order of keys, keys with a common group told once.
 * @param list all entries, or those behind a group
 */
function page<Entry extends { key: string }>(limit: number, prefix: string, delimiter: string, list: (behind?: string) => Iterable<Entry>): Page<Entry> {
  const entries: Entry[] = [];
  const groups: string[] = [];
  for (let source = list(); ; source = list(groups.at(-1))) {
    let group: string | undefined;
    for (const entry of source) {
      if (entries.length + groups.length === limit) return { entries, groups, truncated: limit > 0 };
      group = groupOf(entry.key, prefix, delimiter);
      if (group !== undefined) break;
      entries.push(entry);
    }
    if (group === undefined) return { entries, groups, truncated: false };
    groups.push(group);
  }
}

const token = (text: string): string => Buffer.from(text).toString("base64url");
const untoken = (text: string): string => {
  const decoded = Buffer.from(text, "base64url").toString();
  if (token(decoded) !== text) throw new ServiceError("InvalidArgument", "The continuation token provided is incorrect.");
  return decoded;
};

/** Current versions in the order of keys, from the first key greater than `start`. */
export function* currentVersions(s3: S3Context, bucket: string, prefix: string, start: string): Iterable<Version> {
  const sql = "SELECT * FROM versions WHERE bucket = ? AND latest = 1 AND blob IS NOT NULL AND key > ? AND key >= ? AND key < ? ORDER BY key";
  for (const row of s3.store.database.prepare(sql).iterate(bucket, start, prefix, after(prefix))) yield versionOf(row);
}

/** All versions in the order of keys, newest first: those of keys greater than `key`, and those of `key` that are older than version `id`. */
function* allVersions(s3: S3Context, bucket: string, prefix: string, key: string, id: number): Iterable<Version> {
  const sql = "SELECT * FROM versions WHERE bucket = ? AND (key > ? OR (key = ? AND id < ?)) AND key >= ? AND key < ? ORDER BY key, id DESC";
  for (const row of s3.store.database.prepare(sql).iterate(bucket, key, key, id, prefix, after(prefix))) yield versionOf(row);
}

async function listObjectsV2(s3: S3Context, request: S3Request) {
  authorizeBucket(s3, request, "s3:ListBucket");
  const { query, bucket } = request;
  if (query.get("list-type") !== "2") throw new ServiceError("InvalidArgument", `list-type is "${query.get("list-type")}"; it must be 2.`);
  const write = keyWriter(request);
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const limit = pageLength(request, "max-keys");
  const given = query.get("continuation-token");
  const start = given === null ? (query.get("start-after") ?? "") : untoken(given);

  const { entries, groups, truncated } = page(limit, prefix, delimiter, (behind) =>
    currentVersions(s3, bucket.name, prefix, behind === undefined ? start : after(behind)),
  );
  const last = [entries.at(-1)?.key ?? "", groups.length > 0 ? after(groups.at(-1) as string) : ""].reduce((a, b) =>
    Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0 ? a : b,
  );
  return xmlAnswer("ListBucketResult", {
    Name: bucket.name,
    Prefix: write(prefix),
    Delimiter: delimiter === "" ? undefined : write(delimiter),
    MaxKeys: limit,
    EncodingType: query.get("encoding-type") ?? undefined,
    KeyCount: entries.length + groups.length,
    IsTruncated: truncated,
    ContinuationToken: given ?? undefined,
    NextContinuationToken: truncated ? token(last) : undefined,
    StartAfter: query.has("start-after") ? write(query.get("start-after") as string) : undefined,
    Contents: entries.map((version) => ({
      Key: write(version.key),
      LastModified: new Date(version.modified).toISOString(),
      ETag: quoted(version.etag),
      ChecksumAlgorithm: version.facts.checksum?.algorithm,
      ChecksumType: version.facts.checksum?.type,
      Size: version.size,
      StorageClass: "STANDARD",
      Owner: query.get("fetch-owner") === "true" ? { ID: s3.accountId } : undefined,
    })),
    CommonPrefixes: groups.map((group) => ({ Prefix: write(group) })),
  });
}

async function listObjectVersions(s3: S3Context, request: S3Request) {
  authorizeBucket(s3, request, "s3:ListBucketVersions");
  const { query, bucket } = request;
  const write = keyWriter(request);
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const limit = pageLength(request, "max-keys");
  const keyMarker = query.get("key-marker") ?? "";
  const versionMarker = query.get("version-id-marker");
  if (versionMarker !== null && keyMarker === "") throw new ServiceError("InvalidArgument", "A version-id marker cannot be specified without a key marker.");
  const marker = versionMarker === null ? undefined : s3.store.version(bucket.name, keyMarker, versionMarker);
  if (versionMarker !== null && !marker) throw new ServiceError("InvalidArgument", "Invalid version id specified.");

  const { entries, groups, truncated } = page(limit, prefix, delimiter, (behind) =>
    behind === undefined ? allVersions(s3, bucket.name, prefix, keyMarker, marker?.id ?? 0) : allVersions(s3, bucket.name, prefix, after(behind), 0),
  );
  const lastEntry = entries.at(-1);
  const lastGroup = groups.at(-1);
  const endsInGroup = lastGroup !== undefined && (lastEntry === undefined || Buffer.compare(Buffer.from(lastGroup), Buffer.from(lastEntry.key)) > 0);
  const describe = (version: Version) => ({
    Key: write(version.key),
    VersionId: version.version,
    IsLatest: version.latest === 1,
    LastModified: new Date(version.modified).toISOString(),
    Owner: { ID: s3.accountId },
  });
  return xmlAnswer("ListVersionsResult", {
    Name: bucket.name,
    Prefix: write(prefix),
    Delimiter: delimiter === "" ? undefined : write(delimiter),
    KeyMarker: write(keyMarker),
    VersionIdMarker: versionMarker ?? "",
    MaxKeys: limit,
    EncodingType: query.get("encoding-type") ?? undefined,
    IsTruncated: truncated,
    NextKeyMarker: truncated ? write(endsInGroup ? after(lastGroup) : (lastEntry?.key ?? "")) : undefined,
    NextVersionIdMarker: truncated && !endsInGroup ? lastEntry?.version : undefined,
    Version: entries
      .filter(({ blob }) => blob !== null)
      .map((version) => ({ ...describe(version), ETag: quoted(version.etag), Size: version.size, StorageClass: "STANDARD" })),
    DeleteMarker: entries.filter(({ blob }) => blob === null).map(describe),
    CommonPrefixes: groups.map((group) => ({ Prefix: write(group) })),
  });
}

export const bucketRoutes: readonly Route[] = [
  {
    name: "ListObjectsV2",
    method: "GET",
    target: "bucket",
    needs: ["list-type"],
    takes: ["prefix", "delimiter", "max-keys", "continuation-token", "start-after", "encoding-type", "fetch-owner"],
    handle: listObjectsV2,
  },
  {
    name: "ListObjectVersions",
    method: "GET",
    target: "bucket",
    needs: ["versions"],
    takes: ["prefix", "delimiter", "max-keys", "key-marker", "version-id-marker", "encoding-type"],
    handle: listObjectVersions,
  },
  {
    name: "HeadBucket",
    method: "HEAD",
    target: "bucket",
    needs: [],
    takes: [],
    async handle(s3, request) {
      authorizeBucket(s3, request, "s3:ListBucket");
      return { status: 200, headers: { "x-amz-bucket-region": s3.region } };
    },
  },
];

import { notImplemented, ServiceError, type WireResponse } from "../../wire/service.ts";
import { authorizeKey, authorizeObject, encryptionHeaders, missing, tagContext, versionHeaders } from "./access.ts";
import { checksumHeaders } from "./checksums.ts";
import type { S3Context, S3Request } from "./context.ts";
import { checkRead } from "./preconditions.ts";
import type { Tag, Version } from "./store.ts";

/** An object's version with its file. */
export type Readable = Version & { readonly blob: string };

/**
 * The version that a request means, once the caller may do `action` with it (`s3:GetObject` becomes `s3:GetObjectVersion` where a version is named).
 * @throws ServiceError NoSuchKey, NoSuchVersion, MethodNotAllowed for a delete marker named by its version, AccessDenied
 */
export function findVersion(
  s3: S3Context,
  request: S3Request,
  action: string,
  options: { versionId?: string | undefined; requestTags?: readonly Tag[] } = {},
): Readable {
  const { bucket, key } = request;
  const { versionId = request.query.get("versionId") ?? undefined, requestTags = [] } = options;
  const version = versionId === undefined ? s3.store.current(bucket.name, key) : s3.store.version(bucket.name, key, versionId);
  const tags = version?.facts.tags ?? [];
  authorizeObject(s3, request, versionId === undefined ? action : action.replace(/^s3:(Get|Put|Delete)Object/, "$&Version"), {
    ...tagContext("ExistingObjectTag", tags),
    ...tagContext("RequestObjectTag", requestTags),
  });
  if (version?.blob != null) return version as Readable;
  if (versionId === undefined) throw missing(s3, request, new ServiceError("NoSuchKey", "The specified key does not exist.", 404));
  if (version) throw new ServiceError("MethodNotAllowed", "The specified version is a delete marker.", 405);
  throw missing(s3, request, new ServiceError("NoSuchVersion", "The specified version does not exist.", 404));
}

/** A version that the caller may read, its key included. */
export function findReadable(s3: S3Context, request: S3Request, versionId?: string): Readable {
  const version = findVersion(s3, request, "s3:GetObject", { versionId });
  authorizeKey(s3, request, "kms:Decrypt", version.facts.encryption);
  return version;
}

export const quoted = (etag: string): string => `"${etag}"`;

/** Headers of GetObject and HeadObject that do not depend on the range. */
function objectHeaders(request: S3Request, version: Version): Record<string, string> {
  const { facts } = version;
  const overrides = [...request.query].filter(([name]) => name.startsWith("response-")).map(([name, value]) => [name.slice("response-".length), value]);
  return {
    ...facts.headers,
    ...Object.fromEntries(overrides),
    etag: quoted(version.etag),
    "last-modified": new Date(version.modified).toUTCString(),
    "accept-ranges": "bytes",
    ...encryptionHeaders(facts.encryption),
    ...versionHeaders(request.bucket, version),
    ...(facts.tags.length > 0 ? { "x-amz-tagging-count": String(facts.tags.length) } : {}),
  };
}

/** Answers GetObject (with the bytes) or HeadObject. */
export function answerObject(s3: S3Context, request: S3Request, withBody: boolean): WireResponse {
  const version = findReadable(s3, request);
  const headers = objectHeaders(request, version);
  if (checkRead(request.headers, version) === "not modified") return { status: 304, headers };

  const span = rangeOf(request, version);
  if (!span && request.headers["x-amz-checksum-mode"]?.toUpperCase() === "ENABLED") Object.assign(headers, checksumHeaders(version.facts.checksum));
  const { start, end } = span ?? { start: 0, end: version.size - 1 };
  const answer = {
    status: span ? 206 : 200,
    headers: {
      ...headers,
      "content-length": String(end - start + 1),
      ...(span ? { "content-range": `bytes ${start}-${end}/${version.size}` } : {}),
      ...(request.query.has("partNumber") && version.facts.parts ? { "x-amz-mp-parts-count": String(version.facts.parts.length) } : {}),
    },
  };
  return withBody && end >= start ? { ...answer, body: s3.blobs.read(version.blob, start, end) } : answer;
}

/** The bytes that Range or partNumber ask for, both ends included; undefined for all of them. */
function rangeOf(request: S3Request, { size, facts }: Version): { start: number; end: number } | undefined {
  const range = request.headers["range"];
  const partNumber = request.query.get("partNumber");
  if (partNumber !== null) {
    if (range !== undefined) throw new ServiceError("InvalidRequest", "Cannot specify both Range header and partNumber query parameter.");
    const parts = facts.parts ?? [{ size }];
    const part = parts[Number(partNumber) - 1];
    if (!part) throw new ServiceError("InvalidPartNumber", `The requested partnumber is not satisfiable: the object has ${parts.length}.`, 416);
    const start = parts.slice(0, Number(partNumber) - 1).reduce((sum, before) => sum + before.size, 0);
    return size === 0 ? undefined : { start, end: start + part.size - 1 };
  }
  if (range === undefined) return undefined;
  if (range.includes(",")) throw notImplemented("several ranges in one request");
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(range.trim()) ?? [];
  // As HTTP wants it, a Range that is none is ignored.
  if (first === undefined || last === undefined || (first === "" && last === "") || (first !== "" && last !== "" && Number(last) < Number(first)))
    return undefined;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  if (start >= size || (first === "" && Number(last) === 0))
    throw new ServiceError("InvalidRange", `The requested range is not satisfiable: the object has ${size} bytes.`, 416);
  return { start, end: first !== "" && last !== "" ? Math.min(Number(last), size - 1) : size - 1 };
}

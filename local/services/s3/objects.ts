import type { Readable as ByteStream } from "node:stream";
import { ServiceError } from "../../wire/service.ts";
import { authorizeObject, encryptionHeaders, tagContext, versionHeaders } from "./access.ts";
import { algorithmNamed, checksumElement, checksumHeaders } from "./checksums.ts";
import type { Route, S3Context, S3Request } from "./context.ts";
import { type Claims, checksummed, claimsOf, largestUpload, receive } from "./intake.ts";
import { checkRead, checkWrite } from "./preconditions.ts";
import { answerObject, findReadable, quoted } from "./read.ts";
import type { Version } from "./store.ts";
import { commit, headersToKeep, tagsInHeader, writableEncryption } from "./write.ts";
import { xmlAnswer } from "./xml.ts";

export const sseHeaders = ["x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id"];
const responseOverrides = ["cache-control", "content-disposition", "content-encoding", "content-language", "content-type", "expires"].map(
  (name) => `response-${name}`,
);

/** Stores a body as an object: PutObject, on the wire and inside the process. The body is only opened once the caller may write. */
export async function putObject(s3: S3Context, request: S3Request, body: () => ByteStream, claims: Claims): Promise<Version> {
  const tags = tagsInHeader(request.headers);
  authorizeObject(s3, request, "s3:PutObject", tagContext("RequestObjectTag", tags));
  if (tags.length > 0) authorizeObject(s3, request, "s3:PutObjectTagging", tagContext("RequestObjectTag", tags));
  const encryption = writableEncryption(s3, request);
  const headers = headersToKeep(request.headers);
  checkWrite(request.headers, s3.store.current(request.bucket.name, request.key));

  const blob = s3.blobs.create();
  const received = await receive(body(), claims, { path: s3.blobs.path(blob) }).catch((error) => {
    s3.blobs.remove([blob]);
    throw error;
  });
  const checksum = received.checksum && { ...received.checksum, type: "FULL_OBJECT" as const };
  return commit(s3, request, { blob, size: received.size, etag: received.md5, facts: { headers, tags, encryption, checksum } }, "PutObject");
}

/** Where the header `x-amz-copy-source` points: `bucket/key?versionId=...`, encoded. */
function copySource(s3: S3Context, request: S3Request): { source: S3Request; versionId: string | undefined } {
  const [path = "", version] = (request.headers["x-amz-copy-source"] as string).split("?versionId=");
  const [bucket = "", ...key] = decodeURIComponent(path.replace(/^\//, "")).split("/");
  return { source: { ...request, bucket: s3.store.bucket(bucket), key: key.join("/"), query: new URLSearchParams(), headers: {} }, versionId: version };
}

function directive(request: S3Request, name: string): "COPY" | "REPLACE" {
  const value = request.headers[name] ?? "COPY";
  if (value !== "COPY" && value !== "REPLACE") throw new ServiceError("InvalidArgument", `${name} is "${value}"; it must be COPY or REPLACE.`);
  return value;
}

async function copyObject(s3: S3Context, request: S3Request) {
  const { source, versionId } = copySource(s3, request);
  const from = findReadable(s3, source, versionId);
  checkRead(request.headers, from, "x-amz-copy-source-");
  if (from.size > largestUpload)
    throw new ServiceError("InvalidRequest", `The copy source has ${from.size} bytes; at most ${largestUpload} can be copied at once.`);

  const metadata = directive(request, "x-amz-metadata-directive");
  const tagging = directive(request, "x-amz-tagging-directive");
  const tags = tagging === "REPLACE" ? tagsInHeader(request.headers) : from.facts.tags;
  authorizeObject(s3, request, "s3:PutObject", tagContext("RequestObjectTag", tags));
  if (tagging === "COPY" && tags.length > 0) authorizeObject(s3, source, versionId === undefined ? "s3:GetObjectTagging" : "s3:GetObjectVersionTagging");
  if (tags.length > 0) authorizeObject(s3, request, "s3:PutObjectTagging", tagContext("RequestObjectTag", tags));
  const encryption = writableEncryption(s3, request);
  const same = from.bucket === request.bucket.name && from.key === request.key && versionId === undefined;
  if (same && metadata === "COPY" && tagging === "COPY" && request.headers["x-amz-server-side-encryption"] === undefined) {
    throw new ServiceError(
      "InvalidRequest",
      "This copy request is illegal because it is trying to copy an object to itself without changing its metadata or encryption.",
    );
  }

  const wanted = request.headers["x-amz-checksum-algorithm"];
  const algorithm = wanted === undefined ? from.facts.checksum?.algorithm : algorithmNamed(wanted);
  const reusable = from.facts.parts === undefined && from.facts.checksum?.algorithm === algorithm;
  const copied = reusable
    ? { blob: s3.blobs.link(from.blob), size: from.size, etag: from.etag, checksum: from.facts.checksum }
    : await copyBytes(s3, from, algorithm);
  const headers = metadata === "REPLACE" ? headersToKeep(request.headers) : from.facts.headers;
  const { blob, size, etag, checksum } = copied;
  const version = commit(s3, request, { blob, size, etag, facts: { headers, tags, encryption, checksum } }, "CopyObject");
  return xmlAnswer(
    "CopyObjectResult",
    { LastModified: new Date(version.modified).toISOString(), ETag: quoted(etag), ...checksumElement(checksum), ChecksumType: checksum?.type },
    {
      ...encryptionHeaders(encryption),
      ...versionHeaders(request.bucket, version),
      ...(source.bucket.versioning === "Never" ? {} : { "x-amz-copy-source-version-id": from.version }),
    },
  );
}

/** A copy of an object in parts has the digests of the whole, so that its bytes must pass. */
async function copyBytes(s3: S3Context, from: Version & { blob: string }, algorithm: ReturnType<typeof algorithmNamed> | undefined) {
  const blob = s3.blobs.create();
  const claims = { length: from.size, md5: undefined, checksum: undefined, chunked: false };
  const received = await receive(s3.blobs.read(from.blob), claims, { path: s3.blobs.path(blob) }, algorithm).catch((error) => {
    s3.blobs.remove([blob]);
    throw error;
  });
  return { blob, size: received.size, etag: received.md5, checksum: received.checksum && { ...received.checksum, type: "FULL_OBJECT" as const } };
}

const described = ["x-amz-meta-*", "x-amz-tagging", "x-amz-storage-class", ...sseHeaders];

export const objectRoutes: readonly Route[] = [
  {
    name: "PutObject",
    method: "PUT",
    target: "object",
    needs: [],
    takes: [...checksummed, ...described],
    async handle(s3, request) {
      const version = await putObject(s3, request, () => request.body, claimsOf(request.headers));
      const { encryption, checksum } = version.facts;
      return {
        status: 200,
        headers: { etag: quoted(version.etag), ...checksumHeaders(checksum), ...encryptionHeaders(encryption), ...versionHeaders(request.bucket, version) },
      };
    },
  },
  {
    name: "CopyObject",
    method: "PUT",
    target: "object",
    needs: ["x-amz-copy-source"],
    takes: [
      ...["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"].map((name) => `x-amz-copy-source-${name}`),
      "x-amz-metadata-directive",
      "x-amz-tagging-directive",
      "x-amz-checksum-algorithm",
      ...described,
    ],
    handle: copyObject,
  },
  {
    name: "GetObject",
    method: "GET",
    target: "object",
    needs: [],
    takes: ["versionId", "partNumber", "x-amz-checksum-mode", ...responseOverrides],
    handle: async (s3, request) => answerObject(s3, request, true),
  },
  {
    name: "HeadObject",
    method: "HEAD",
    target: "object",
    needs: [],
    takes: ["versionId", "partNumber", "x-amz-checksum-mode", ...responseOverrides],
    handle: async (s3, request) => answerObject(s3, request, false),
  },
];

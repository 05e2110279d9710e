import { ServiceError } from "../../wire/service.ts";
import { authorizeBucket, authorizeKey, authorizeObject, encryptionHeaders, tagContext, versionHeaders } from "./access.ts";
import { checksumPlan, chooseParts, liesWhole, partsInBody, putTogether, smallestPart, type WantedPart, wholeChecksum } from "./assemble.ts";
import { type Checksum, checksumElement, headerOf } from "./checksums.ts";
import type { Route, S3Context, S3Request } from "./context.ts";
import { checksummed, claimsOf, receive, receiveText } from "./intake.ts";
import { keyWriter, pageLength } from "./listing.ts";
import { sseHeaders } from "./objects.ts";
import { checkWrite } from "./preconditions.ts";
import { quoted } from "./read.ts";
import { multipartEtag, type Part, type Upload, type Uploads } from "./uploads.ts";
import { commit, headersToKeep, tagsInHeader, writableEncryption } from "./write.ts";
import { xmlAnswer } from "./xml.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const mostParts = 10_000;

/**
 * Multipart uploads. Parts are written side by side to their places in one file, so that completing an upload of equal
 * parts (but the last) moves no byte; parts that don't fit that pattern lie in files of their own, and completing copies them together.
 */
export function multipartRoutes(uploads: Uploads): readonly Route[] {
  /** Places in upload files that are being written, as `upload/number`, and uploads that are being completed. Both end with the process. */
  const writing = new Set<string>();
  const completing = new Set<string>();
  const openUpload = ({ bucket, key, query }: S3Request): Upload => uploads.find(bucket.name, key, query.get("uploadId") as string);

  async function createUpload(s3: S3Context, request: S3Request) {
    const tags = tagsInHeader(request.headers);
    authorizeObject(s3, request, "s3:PutObject", tagContext("RequestObjectTag", tags));
    if (tags.length > 0) authorizeObject(s3, request, "s3:PutObjectTagging", tagContext("RequestObjectTag", tags));
    const encryption = writableEncryption(s3, request);
    const checksum = checksumPlan(request.headers);
    const { id } = uploads.create(request.bucket.name, request.key, { headers: headersToKeep(request.headers), tags, encryption, checksum });
    return xmlAnswer(
      "InitiateMultipartUploadResult",
      { Bucket: request.bucket.name, Key: request.key, UploadId: id },
      {
        ...encryptionHeaders(encryption),
        ...(checksum ? { "x-amz-checksum-algorithm": checksum.algorithm, "x-amz-checksum-type": checksum.type } : {}),
      },
    );
  }

  async function uploadPart(s3: S3Context, request: S3Request) {
    authorizeObject(s3, request, "s3:PutObject");
    const upload = openUpload(request);
    authorizeKey(s3, request, "kms:GenerateDataKey", upload.facts.encryption);
    const number = Number(request.query.get("partNumber"));
    if (!(Number.isInteger(number) && number >= 1 && number <= mostParts)) {
      throw new ServiceError("InvalidArgument", `partNumber is "${request.query.get("partNumber")}"; it must be a whole number from 1 to ${mostParts}.`);
    }
    const claims = claimsOf(request.headers);
    const planned = upload.facts.checksum?.algorithm;
    if (planned && claims.checksum && claims.checksum.algorithm !== planned) {
      throw new ServiceError(
        "InvalidRequest",
        `Checksum Type mismatch occurred, expected checksum Type: ${planned}, actual checksum Type: ${claims.checksum.algorithm}.`,
      );
    }

    const place = placeOf(s3, upload, number, claims.length as number);
    try {
      const received = await receive(request.body, claims, place.file, planned);
      const part: Part = { number, ...place, size: received.size, etag: received.md5, modified: Date.now(), checksum: received.checksum };
      const replaced = s3.store.transaction(() => {
        openUpload(request);
        const before = uploads.part(upload.id, number);
        uploads.putPart(upload.id, part);
        return before?.blob;
      });
      if (replaced) s3.blobs.remove([replaced]);
      const headers = { etag: quoted(part.etag), ...encryptionHeaders(upload.facts.encryption) };
      return { status: 200, headers: received.checksum ? { ...headers, [headerOf(received.checksum.algorithm)]: received.checksum.value } : headers };
    } catch (error) {
      if (place.blob) s3.blobs.remove([place.blob]);
      throw error;
    } finally {
      if (!place.blob) writing.delete(`${upload.id}/${number}`);
    }
  }

  /** Where a part is written: at its place in the upload's file if that is free, else in a file of its own. */
  function placeOf(
    s3: S3Context,
    upload: Upload,
    number: number,
    size: number,
  ): { blob: string | null; offset: number; file: { path: string; start?: number } } {
    const mark = `${upload.id}/${number}`;
    if (!completing.has(upload.id) && !writing.has(mark) && !uploads.part(upload.id, number) && (upload.blob !== null || size >= smallestPart)) {
      const { blob, partSize } =
        upload.blob === null ? uploads.place(upload.id, s3.blobs.createEmpty(), size) : { blob: upload.blob, partSize: upload.partSize as number };
      if (size <= partSize) {
        writing.add(mark);
        const offset = (number - 1) * partSize;
        return { blob: null, offset, file: { path: s3.blobs.path(blob), start: offset } };
      }
    }
    const blob = s3.blobs.create();
    return { blob, offset: 0, file: { path: s3.blobs.path(blob) } };
  }

  async function completeUpload(s3: S3Context, request: S3Request) {
    authorizeObject(s3, request, "s3:PutObject");
    const { bucket, key } = request;
    const upload = uploads.find(bucket.name, key, request.query.get("uploadId") as string, "completed too");
    const { encryption, headers, tags } = upload.facts;
    authorizeKey(s3, request, "kms:Decrypt", encryption);
    const wanted = partsInBody(await receiveText(request.body, request.headers));
    if (upload.completed) return answerAgain(s3, request, upload, wanted);
    if (completing.has(upload.id))
      throw new ServiceError("OperationAborted", "A conflicting conditional operation is currently in progress against this resource. Try again.", 409);

    const parts = chooseParts(wanted, uploads.parts(upload.id), upload.facts.checksum);
    const size = parts.reduce((sum, part) => sum + part.size, 0);
    const stated = request.headers["x-amz-mp-object-size"];
    if (stated !== undefined && Number(stated) !== size) {
      throw new ServiceError("InvalidRequest", `The provided 'x-amz-mp-object-size' header value ${stated} does not match what was computed: ${size}.`);
    }
    const checksum = await wholeChecksum(upload.facts.checksum, parts, request.headers);
    checkWrite(request.headers, s3.store.current(bucket.name, key));

    completing.add(upload.id);
    try {
      const quiet = [...writing].every((mark) => !mark.startsWith(`${upload.id}/`));
      const inPlace = quiet && liesWhole(s3, upload, parts);
      const blob = inPlace ? (upload.blob as string) : await putTogether(s3, upload, parts);
      // The upload's file is the object's from the commit on; if it fails, the upload keeps its file.
      const files = uploads.parts(upload.id).flatMap((part) => (part.blob === null ? [] : [part.blob]));
      const etag = multipartEtag(parts);
      const facts = { headers, tags, encryption, checksum, parts: parts.map((part) => ({ size: part.size, checksum: part.checksum?.value })) };
      const version = commit(s3, request, { blob, size, etag, facts }, "CompleteMultipartUpload", {
        also: (inserted) => uploads.complete(upload.id, { etag, version: inserted.version }),
        keepFile: inPlace,
      });
      s3.blobs.remove(inPlace || upload.blob === null ? files : [...files, upload.blob]);
      return answer(request, upload, version.version, etag, checksum);
    } finally {
      completing.delete(upload.id);
    }
  }

  /** A client whose connection broke asks again and gets the same answer. */
  function answerAgain(s3: S3Context, request: S3Request, upload: Upload, wanted: readonly WantedPart[]) {
    const { etag, version } = upload.completed as NonNullable<Upload["completed"]>;
    const again = wanted.every((part) => /^[0-9a-f]{32}$/.test(part.etag)) && multipartEtag(wanted) === etag;
    if (!again) uploads.find(request.bucket.name, request.key, upload.id);
    return answer(request, upload, version, etag, s3.store.version(request.bucket.name, request.key, version)?.facts.checksum);
  }

  function answer(request: S3Request, upload: Upload, version: string, etag: string, checksum: Checksum | undefined) {
    return xmlAnswer(
      "CompleteMultipartUploadResult",
      {
        Location: `http://${request.headers["host"] ?? "127.0.0.1"}/${request.bucket.name}/${encodeURIComponent(request.key)}`,
        Bucket: request.bucket.name,
        Key: request.key,
        ETag: quoted(etag),
        ...checksumElement(checksum),
        ChecksumType: checksum?.type,
      },
      { ...encryptionHeaders(upload.facts.encryption), ...versionHeaders(request.bucket, { version }) },
    );
  }

  async function abortUpload(s3: S3Context, request: S3Request) {
    authorizeObject(s3, request, "s3:AbortMultipartUpload");
    const upload = openUpload(request);
    if (completing.has(upload.id)) throw new ServiceError("OperationAborted", "The upload is being completed.", 409);
    const files = uploads.parts(upload.id).flatMap((part) => (part.blob === null ? [] : [part.blob]));
    uploads.remove(upload.id);
    s3.blobs.remove(upload.blob === null ? files : [...files, upload.blob]);
    return { status: 204, headers: {} };
  }

  async function listParts(s3: S3Context, request: S3Request) {
    authorizeObject(s3, request, "s3:ListMultipartUploadParts");
    const upload = openUpload(request);
    const limit = pageLength(request, "max-parts");
    const after = Number(request.query.get("part-number-marker") ?? 0);
    const found = uploads.parts(upload.id, after);
    const shown = found.slice(0, limit);
    const plan = upload.facts.checksum;
    return xmlAnswer("ListPartsResult", {
      Bucket: request.bucket.name,
      Key: keyWriter(request)(request.key),
      UploadId: upload.id,
      PartNumberMarker: after,
      NextPartNumberMarker: shown.at(-1)?.number ?? 0,
      MaxParts: limit,
      IsTruncated: found.length > limit,
      ChecksumAlgorithm: plan?.algorithm,
      ChecksumType: plan?.type,
      Part: shown.map((part) => ({
        PartNumber: part.number,
        LastModified: new Date(part.modified).toISOString(),
        ETag: quoted(part.etag),
        Size: part.size,
        ...checksumElement(part.checksum),
      })),
      StorageClass: "STANDARD",
      Owner: { ID: s3.accountId },
      Initiator: { ID: s3.accountId },
    });
  }

  async function listUploads(s3: S3Context, request: S3Request) {
    authorizeBucket(s3, request, "s3:ListBucketMultipartUploads");
    const { query, bucket } = request;
    const write = keyWriter(request);
    const prefix = query.get("prefix") ?? "";
    const keyMarker = query.get("key-marker") ?? "";
    const limit = pageLength(request, "max-uploads");
    // Without an upload id the marker's own key is done.
    const found = uploads.list(bucket.name, prefix, keyMarker, query.get("upload-id-marker") ?? (keyMarker === "" ? "" : "\u{10ffff}"), limit + 1);
    const shown = found.slice(0, limit);
    const last = found.length > limit ? shown.at(-1) : undefined;
    return xmlAnswer("ListMultipartUploadsResult", {
      Bucket: bucket.name,
      KeyMarker: write(keyMarker),
      UploadIdMarker: query.get("upload-id-marker") ?? "",
      NextKeyMarker: last && write(last.key),
      NextUploadIdMarker: last?.id,
      Prefix: write(prefix),
      EncodingType: query.get("encoding-type") ?? undefined,
      MaxUploads: limit,
      IsTruncated: found.length > limit,
      Upload: shown.map((upload) => ({
        Key: write(upload.key),
        UploadId: upload.id,
        Initiator: { ID: s3.accountId },
        Owner: { ID: s3.accountId },
        StorageClass: "STANDARD",
        Initiated: new Date(upload.initiated).toISOString(),
        ChecksumAlgorithm: upload.facts.checksum?.algorithm,
        ChecksumType: upload.facts.checksum?.type,
      })),
    });
  }

  return [
    {
      name: "CreateMultipartUpload",
      method: "POST",
      target: "object",
      needs: ["uploads"],
      takes: ["x-amz-checksum-algorithm", "x-amz-checksum-type", "x-amz-meta-*", "x-amz-tagging", "x-amz-storage-class", ...sseHeaders],
      handle: createUpload,
    },
    { name: "UploadPart", method: "PUT", target: "object", needs: ["uploadId", "partNumber"], takes: checksummed, handle: uploadPart },
    {
      name: "CompleteMultipartUpload",
      method: "POST",
      target: "object",
      needs: ["uploadId"],
      takes: ["x-amz-checksum-*", "x-amz-mp-object-size", "x-amz-sdk-checksum-algorithm"],
      handle: completeUpload,
    },
    { name: "AbortMultipartUpload", method: "DELETE", target: "object", needs: ["uploadId"], takes: [], handle: abortUpload },
    { name: "ListParts", method: "GET", target: "object", needs: ["uploadId"], takes: ["max-parts", "part-number-marker", "encoding-type"], handle: listParts },
    {
      name: "ListMultipartUploads",
      method: "GET",
      target: "bucket",
      needs: ["uploads"],
      takes: ["prefix", "key-marker", "upload-id-marker", "max-uploads", "encoding-type"],
      handle: listUploads,
    },
  ];
}

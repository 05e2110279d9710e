import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { type Assertion, errorOf, type Subject } from "../assertion.ts";

const put = (s3: S3Client, Bucket: string, Key: string, Body: string, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body: Buffer.from(Body), ...more }));
const text = async (s3: S3Client, Bucket: string, Key: string, more: object = {}): Promise<string> =>
  (await (await s3.send(new GetObjectCommand({ Bucket, Key, ...more }))).Body?.transformToString()) ?? "";

/** A bucket with one object `key`. */
async function withObject({ s3, bucket }: Subject, body = "0123456789", settings = {}): Promise<{ s3: S3Client; Bucket: string }> {
  const Bucket = await bucket(settings);
  await put(s3, Bucket, "key", body);
  return { s3, Bucket };
}

const least = 5 * 2 ** 20;

async function started({ s3, bucket }: Subject) {
  const at = { Bucket: await bucket(), Key: "parts" };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(at));
  const part = async (PartNumber: number, Body: string) => {
    const { ETag } = await s3.send(new UploadPartCommand({ ...at, UploadId, PartNumber, Body }));
    return { PartNumber, ETag };
  };
  const complete = (Parts: { PartNumber: number; ETag: string | undefined }[]) =>
    s3.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }));
  return { s3, at, UploadId, part, complete };
}

const assertions: Omit<Assertion, "service">[] = [
  {
    id: "s3-etag-of-single-put",
    says: "The ETag of an object that was put in one piece is the MD5 of its bytes, in quotes.",
    source: "S3 API Reference, Object, ETag",
    expected: '"781e5e245d69b566979b86e28d23f2c7"',
    async observe({ s3, bucket }) {
      return (await put(s3, await bucket(), "key", "0123456789")).ETag;
    },
  },
  {
    id: "s3-missing-key",
    says: "Reading a key that is not there fails with NoSuchKey; asking for its head alone, with NotFound, since a head has no body.",
    source: "S3 API Reference, GetObject and HeadObject, errors",
    expected: ["NoSuchKey", "NotFound"],
    async observe({ s3, bucket }) {
      const at = { Bucket: await bucket(), Key: "none" };
      return [await errorOf(s3.send(new GetObjectCommand(at))), await errorOf(s3.send(new HeadObjectCommand(at)))];
    },
  },
  {
    id: "s3-range",
    says: "A range of bytes includes both ends, and one that goes past the end stops there; a suffix range counts from the end.",
    source: "RFC 9110, 14.1.2; S3 API Reference, GetObject, Range",
    expected: ["234", "89", "789", "bytes 2-4/10"],
    async observe(subject) {
      const { s3, Bucket } = await withObject(subject);
      const ranges = ["bytes=2-4", "bytes=8-99", "bytes=-3"].map((Range) => text(s3, Bucket, "key", { Range }));
      const { ContentRange } = await s3.send(new GetObjectCommand({ Bucket, Key: "key", Range: "bytes=2-4" }));
      return [...(await Promise.all(ranges)), ContentRange];
    },
  },
  {
    id: "s3-range-past-end",
    says: "A range that begins past the end fails with InvalidRange.",
    source: "S3 API Reference, Error responses, InvalidRange",
    expected: "InvalidRange",
    async observe(subject) {
      const { s3, Bucket } = await withObject(subject);
      return errorOf(text(s3, Bucket, "key", { Range: "bytes=10-" }));
    },
  },
  {
    id: "s3-if-none-match-star",
    says: "A put that asks for absence (If-None-Match: *) fails with PreconditionFailed where the key is there, and leaves the object.",
    source: "S3 User Guide, Conditional writes",
    expected: ["PreconditionFailed", "0123456789"],
    async observe(subject) {
      const { s3, Bucket } = await withObject(subject);
      return [await errorOf(put(s3, Bucket, "key", "other", { IfNoneMatch: "*" })), await text(s3, Bucket, "key")];
    },
  },
  {
    id: "s3-if-match-write",
    says: "A put with the ETag that was read replaces the object; with another one it fails with PreconditionFailed.",
    source: "S3 User Guide, Conditional writes",
    expected: ["no error", "PreconditionFailed", "second"],
    async observe({ s3, bucket }) {
      const Bucket = await bucket();
      const { ETag } = await put(s3, Bucket, "key", "first");
      return [
        await errorOf(put(s3, Bucket, "key", "second", { IfMatch: ETag })),
        await errorOf(put(s3, Bucket, "key", "third", { IfMatch: ETag })),
        await text(s3, Bucket, "key"),
      ];
    },
  },
  {
    id: "s3-if-match-read",
    says: "A read with another ETag fails with PreconditionFailed; a read if changed answers 304 where nothing has.",
    source: "S3 API Reference, GetObject, If-Match and If-None-Match",
    expected: ["PreconditionFailed", 304],
    async observe(subject) {
      const { s3, Bucket } = await withObject(subject);
      const { ETag } = await s3.send(new HeadObjectCommand({ Bucket, Key: "key" }));
      const status = await s3.send(new GetObjectCommand({ Bucket, Key: "key", IfNoneMatch: ETag })).then(
        () => 200,
        (error: { $metadata?: { httpStatusCode?: number } }) => error.$metadata?.httpStatusCode,
      );
      return [await errorOf(text(s3, Bucket, "key", { IfMatch: '"0"' })), status];
    },
  },
  {
    id: "s3-wrong-checksum",
    says: "A put whose SHA-256 is not that of its bytes fails with BadDigest and leaves nothing.",
    source: "S3 User Guide, Checking object integrity; Error responses, BadDigest",
    expected: ["BadDigest", "NoSuchKey"],
    async observe({ s3, bucket }) {
      const Bucket = await bucket();
      const wrong = Buffer.alloc(32).toString("base64");
      return [await errorOf(put(s3, Bucket, "key", "text", { ChecksumSHA256: wrong })), await errorOf(text(s3, Bucket, "key"))];
    },
  },
  {
    id: "s3-checksum-is-kept",
    says: "The SHA-256 that a put came with is told to whoever asks for checksums.",
    source: "S3 API Reference, HeadObject, x-amz-checksum-mode",
    expected: "hNiYd/DUBB77a/kaFvAkjy/Vc+avBcGflr7bn4gveII=",
    async observe({ s3, bucket }) {
      const Bucket = await bucket();
      await put(s3, Bucket, "key", "0123456789", { ChecksumAlgorithm: "SHA256" });
      return (await s3.send(new HeadObjectCommand({ Bucket, Key: "key", ChecksumMode: "ENABLED" }))).ChecksumSHA256;
    },
  },
  {
    id: "s3-versions",
    says: "In a bucket with versions a put keeps the former version, newest first, and it can be read.",
    source: "S3 User Guide, How S3 Versioning works",
    expected: [[true, false], "first", "second"],
    async observe({ s3, bucket }) {
      const Bucket = await bucket({ versioned: true });
      const { VersionId } = await put(s3, Bucket, "key", "first");
      await put(s3, Bucket, "key", "second");
      const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
      return [Versions.map(({ IsLatest }) => IsLatest), await text(s3, Bucket, "key", { VersionId }), await text(s3, Bucket, "key")];
    },
  },
  {
    id: "s3-delete-marker",
    says: "Deleting a key in a bucket with versions leaves a delete marker: reading fails with NoSuchKey, and deleting the marker brings the object back.",
    source: "S3 User Guide, Working with delete markers",
    expected: [true, "NoSuchKey", 1, "0123456789"],
    async observe(subject) {
      const { s3, Bucket } = await withObject(subject, undefined, { versioned: true });
      const { DeleteMarker, VersionId } = await s3.send(new DeleteObjectCommand({ Bucket, Key: "key" }));
      const gone = await errorOf(text(s3, Bucket, "key"));
      const { DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
      await s3.send(new DeleteObjectCommand({ Bucket, Key: "key", VersionId }));
      return [DeleteMarker, gone, DeleteMarkers.length, await text(s3, Bucket, "key")];
    },
  },
  {
    id: "s3-delete-is-idempotent",
    says: "Deleting a key that is not there succeeds.",
    source: "S3 API Reference, DeleteObject",
    expected: "no error",
    async observe({ s3, bucket }) {
      return errorOf(s3.send(new DeleteObjectCommand({ Bucket: await bucket(), Key: "none" })));
    },
  },
  {
    id: "s3-listing",
    says: "A listing is in the order of UTF-8 bytes, groups by a delimiter, and goes on from its token.",
    source: "S3 API Reference, ListObjectsV2",
    expected: [["B", "a"], ["a/"], ["é"], true],
    async observe({ s3, bucket }) {
      const Bucket = await bucket();
      for (const key of ["a/2", "é", "a", "a/1", "B"]) await put(s3, Bucket, key, "");
      const first = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: "/", MaxKeys: 3 }));
      const second = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: "/", ContinuationToken: first.NextContinuationToken }));
      const keys = ({ Contents = [] }: typeof first) => Contents.map(({ Key }) => Key);
      return [keys(first), first.CommonPrefixes?.map(({ Prefix }) => Prefix), keys(second), first.IsTruncated];
    },
  },
  {
    id: "s3-start-after",
    says: "StartAfter names a key that need not be there; what follows it is listed.",
    source: "S3 API Reference, ListObjectsV2, StartAfter",
    expected: ["c"],
    async observe({ s3, bucket }) {
      const Bucket = await bucket();
      for (const key of ["a", "c"]) await put(s3, Bucket, key, "");
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, StartAfter: "b" }));
      return Contents.map(({ Key }) => Key);
    },
  },
  {
    id: "s3-tags",
    says: "Setting tags replaces all that there were, and writes no new version.",
    source: "S3 API Reference, PutObjectTagging",
    expected: [[{ Key: "b", Value: "2" }], 1],
    async observe(subject) {
      const { s3, Bucket } = await withObject(subject, undefined, { versioned: true });
      const tags = (Key: string, Value: string) => new PutObjectTaggingCommand({ Bucket, Key: "key", Tagging: { TagSet: [{ Key, Value }] } });
      await s3.send(tags("a", "1"));
      await s3.send(tags("b", "2"));
      const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: "key" }));
      const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
      return [TagSet, Versions.length];
    },
  },
  {
    id: "s3-tags-most",
    says: "An object has at most ten tags: setting eleven fails with InvalidTag or BadRequest.",
    source: "S3 User Guide, Object tagging",
    expected: true,
    async observe(subject) {
      const { s3, Bucket } = await withObject(subject);
      const TagSet = Array.from({ length: 11 }, (_, i) => ({ Key: `k${i}`, Value: "v" }));
      const error = await errorOf(s3.send(new PutObjectTaggingCommand({ Bucket, Key: "key", Tagging: { TagSet } })));
      return error === "InvalidTag" || error === "BadRequest";
    },
  },
  {
    id: "s3-multipart",
    says: "Parts become one object in the order of their numbers; its ETag is the MD5 of their MD5s, a dash and how many there were.",
    source: "S3 User Guide, Uploading and copying objects using multipart upload; Checking object integrity",
    expected: [least + 3, '"cc8f6f16b44b75adde6349ab98aee432-2"'],
    async observe(subject) {
      const { s3, at, part, complete } = await started(subject);
      const second = await part(2, "end");
      const first = await part(1, "a".repeat(least));
      await complete([first, second]);
      const { ContentLength, ETag } = await s3.send(new HeadObjectCommand(at));
      return [ContentLength, ETag];
    },
  },
  {
    id: "s3-multipart-listing",
    says: "Parts that have arrived are listed in the order of their numbers, each as it came last; ending the upload ends the list with NoSuchUpload.",
    source: "S3 API Reference, ListParts and AbortMultipartUpload",
    expected: [
      [
        [1, 5],
        [3, 1],
      ],
      1,
      "NoSuchUpload",
    ],
    async observe(subject) {
      const { s3, at, UploadId, part } = await started(subject);
      await part(3, "c");
      await part(1, "a");
      await part(1, "again");
      const { Parts = [] } = await s3.send(new ListPartsCommand({ ...at, UploadId }));
      const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: at.Bucket }));
      await s3.send(new AbortMultipartUploadCommand({ ...at, UploadId }));
      return [Parts.map(({ PartNumber, Size }) => [PartNumber, Size]), Uploads.length, await errorOf(s3.send(new ListPartsCommand({ ...at, UploadId })))];
    },
  },
  {
    id: "s3-multipart-small-part",
    says: "A part before the last one that has less than 5 MiB makes the completion fail with EntityTooSmall.",
    source: "S3 API Reference, CompleteMultipartUpload, errors",
    expected: "EntityTooSmall",
    async observe(subject) {
      const { part, complete } = await started(subject);
      return errorOf(complete([await part(1, "small"), await part(2, "end")]));
    },
  },
  {
    id: "s3-multipart-order",
    says: "Completing with parts out of order fails with InvalidPartOrder; with an ETag that is not the part's, with InvalidPart.",
    source: "S3 API Reference, CompleteMultipartUpload, errors",
    expected: ["InvalidPartOrder", "InvalidPart"],
    async observe(subject) {
      const { part, complete } = await started(subject);
      const [first, second] = [await part(1, "a".repeat(least)), await part(2, "end")];
      return [await errorOf(complete([second, first])), await errorOf(complete([first, { ...second, ETag: '"0123456789abcdef0123456789abcdef"' }]))];
    },
  },
  {
    id: "s3-presigned",
    says: "A signed address opens its object for whoever has it; with another key in it, it answers 403.",
    source: "S3 User Guide, Download and upload objects with presigned URLs",
    expected: [[200, "0123456789"], 403],
    async observe(subject) {
      const { s3, Bucket } = await withObject(subject);
      await put(s3, Bucket, "other", "");
      const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: "key" }), { expiresIn: 60 });
      const opened = await fetch(url);
      const changed = await fetch(url.replace("/key?", "/other?"));
      return [[opened.status, await opened.text()], changed.status];
    },
  },
  {
    id: "s3-presigned-put",
    says: "A signed address for a put takes bytes without any other credentials.",
    source: "S3 User Guide, Uploading objects with presigned URLs",
    expected: [200, "sent"],
    async observe({ s3, bucket }) {
      const Bucket = await bucket();
      const url = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: "key" }), { expiresIn: 60 });
      const { status } = await fetch(url, { method: "PUT", body: "sent" });
      return [status, await text(s3, Bucket, "key")];
    },
  },
  {
    id: "s3-metadata",
    says: "Metadata and content type come back as they were put; names of metadata in lower case.",
    source: "S3 User Guide, Working with object metadata",
    expected: ["video/mp4", { "some-name": "value" }],
    async observe({ s3, bucket }) {
      const Bucket = await bucket();
      await put(s3, Bucket, "key", "", { ContentType: "video/mp4", Metadata: { "Some-Name": "value" } });
      const { ContentType, Metadata } = await s3.send(new HeadObjectCommand({ Bucket, Key: "key" }));
      return [ContentType, Metadata];
    },
  },
  {
    id: "s3-odd-keys",
    says: "A key is any text: spaces, plus signs, percent signs and letters of any script come back as they are.",
    source: "S3 User Guide, Naming objects",
    expected: ["a b+c%20d/手術 ü.mp4"],
    async observe({ s3, bucket }) {
      const Bucket = await bucket();
      await put(s3, Bucket, "a b+c%20d/手術 ü.mp4", "");
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
      return Contents.map(({ Key }) => Key);
    },
  },
];

export const s3Assertions: readonly Assertion[] = assertions.map((one) => ({ service: "S3", ...one }));

import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetBucketAclCommand,
  GetObjectAclCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  NoSuchKey,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { failure } from "../../../support/failure.ts";
import { type Fixture, startS3 } from "./fixture.ts";

const md5 = (bytes: Buffer) => `"${createHash("md5").update(bytes).digest("hex")}"`;

describe("objects of S3", () => {
  let s3: Fixture;
  let client: S3Client;
  const put = (Key: string, Body: Buffer | string = Key, more: object = {}) => client.send(new PutObjectCommand({ Bucket: "plain", Key, Body, ...more }));
  const text = async (Key: string, more: object = {}) => (await client.send(new GetObjectCommand({ Bucket: "plain", Key, ...more }))).Body?.transformToString();

  before(async () => {
    s3 = await startS3();
    client = s3.client();
  });
  after(() => s3.close());

  describe("bytes", () => {
    it("keeps those of a streamed PUT, without its framing", async () => {
      const bytes = randomBytes(2 ** 20 + 17);
      const stored = await client.send(
        new PutObjectCommand({
          Bucket: "plain",
          Key: "streamed",
          Body: Readable.from([bytes.subarray(0, 70_001), bytes.subarray(70_001)]),
          ContentLength: bytes.length,
        }),
      );
      expect(stored.ETag).to.equal(md5(bytes));
      const got = await client.send(new GetObjectCommand({ Bucket: "plain", Key: "streamed" }));
      expect(Buffer.compare(Buffer.from(await (got.Body as NonNullable<typeof got.Body>).transformToByteArray()), bytes)).to.equal(0);
      expect(got).to.include({ ContentLength: bytes.length }).and.not.to.have.property("ContentEncoding");
    });

    it("keeps an empty object, odd keys and metadata", async () => {
      const Key = "a b/ü+%&=?'\"<é>/漢字";
      await put(Key, "", { ContentType: "video/mp4", Metadata: { camera: "left" }, CacheControl: "no-store", ContentEncoding: "gzip" });
      const head = await client.send(new HeadObjectCommand({ Bucket: "plain", Key }));
      expect(head).to.deep.include({
        ContentLength: 0,
        ContentType: "video/mp4",
        Metadata: { camera: "left" },
        CacheControl: "no-store",
        ContentEncoding: "gzip",
      });
      expect(await text(Key)).to.equal("");
      const list = await client.send(new ListObjectsV2Command({ Bucket: "plain", Prefix: "a b/" }));
      expect(list.Contents?.map((entry) => entry.Key)).to.deep.equal([Key]);
    });

    it("gives ranges", async () => {
      await put("digits", "0123456789");
      expect(await text("digits", { Range: "bytes=2-4" })).to.equal("234");
      expect(await text("digits", { Range: "bytes=7-99" })).to.equal("789");
      expect(await text("digits", { Range: "bytes=-3" })).to.equal("789");
      const part = await client.send(new GetObjectCommand({ Bucket: "plain", Key: "digits", Range: "bytes=8-" }));
      expect(part).to.include({ ContentRange: "bytes 8-9/10", ContentLength: 2 });
      expect(part.$metadata.httpStatusCode).to.equal(206);
      expect(await failure(text("digits", { Range: "bytes=10-" }))).to.include({ name: "InvalidRange" });
      expect(await failure(text("digits", { Range: "bytes=1-2,4-5" }))).to.include({ name: "NotImplemented" });
    });

    it("overwrites", async () => {
      await put("twice", "one");
      await put("twice", "second");
      expect(await text("twice")).to.equal("second");
    });
  });

  describe("checksums", () => {
    it("verifies and gives back each algorithm", async () => {
      for (const algorithm of ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const) {
        const stored = await put(`sum-${algorithm}`, "123456789", { ChecksumAlgorithm: algorithm });
        const got = await client.send(new GetObjectCommand({ Bucket: "plain", Key: `sum-${algorithm}`, ChecksumMode: "ENABLED" }));
        // Check values of https://reveng.sourceforge.io/crc-catalogue/all.htm and the SHAs of "123456789".
        const known = {
          CRC32: "y/Q5Jg==",
          CRC32C: "4waSgw==",
          CRC64NVME: "rosUhgp5mIg=",
          SHA1: "98O8HYCOBHMq32eZZczDTKeuNEE=",
          SHA256: "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=",
        };
        expect([stored[`Checksum${algorithm}`], got[`Checksum${algorithm}`]]).to.deep.equal([known[algorithm], known[algorithm]]);
        expect(await got.Body?.transformToString()).to.equal("123456789");
      }
    });

    it("refuses wrong ones, and keeps what was there", async () => {
      await put("kept", "good");
      for (const wrong of [
        { ChecksumCRC32: "AAAAAA==" },
        { ChecksumSHA256: "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=" },
        { ContentMD5: "1B2M2Y8AsgTpgAmY7PhCfg==" },
      ]) {
        expect(await failure(put("kept", "bad", wrong))).to.include({ name: "BadDigest" });
      }
      expect(await failure(put("kept", "bad", { ContentMD5: "short" }))).to.include({ name: "InvalidDigest" });
      expect(await text("kept")).to.equal("good");
      expect(s3.events).to.deep.equal([]);
    });
  });

  describe("conditions", () => {
    it("writes only what is new, or what it knows", async () => {
      const first = await put("cond", "1", { IfNoneMatch: "*" });
      expect(await failure(put("cond", "2", { IfNoneMatch: "*" }))).to.include({ name: "PreconditionFailed" });
      expect(await failure(put("cond", "2", { IfMatch: '"0"' }))).to.include({ name: "PreconditionFailed" });
      expect(await failure(put("cond-none", "2", { IfMatch: first.ETag }))).to.include({ name: "NoSuchKey" });
      await put("cond", "3", { IfMatch: first.ETag });
      expect(await text("cond")).to.equal("3");
    });

    it("lets only one of many writers be the first", async () => {
      const outcomes = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => put("race", String(i), { IfNoneMatch: "*" })));
      expect(outcomes.filter(({ status }) => status === "fulfilled")).to.have.length(1);
    });

    it("reads only what changed", async () => {
      const { ETag } = await put("read", "1");
      expect((await failure(text("read", { IfNoneMatch: ETag }))) as unknown).to.have.nested.property("$metadata.httpStatusCode", 304);
      expect((await failure(text("read", { IfMatch: '"0"' }))) as unknown).to.include({ name: "PreconditionFailed" });
      expect(await text("read", { IfMatch: ETag })).to.equal("1");
      const later = new Date(Date.now() + 5000);
      expect((await failure(text("read", { IfModifiedSince: later }))) as unknown).to.have.nested.property("$metadata.httpStatusCode", 304);
      expect((await failure(text("read", { IfUnmodifiedSince: new Date(0) }))) as unknown).to.include({ name: "PreconditionFailed" });
    });
  });

  describe("tags", () => {
    it("are set without touching the bytes", async () => {
      await put("tagged", "the body", { Tagging: "a=1&b=two%20words" });
      expect((await client.send(new GetObjectTaggingCommand({ Bucket: "plain", Key: "tagged" }))).TagSet).to.deep.equal([
        { Key: "a", Value: "1" },
        { Key: "b", Value: "two words" },
      ]);
      await client.send(new PutObjectTaggingCommand({ Bucket: "plain", Key: "tagged", Tagging: { TagSet: [{ Key: "analysis", Value: "s3://b/k +=" }] } }));
      const got = await client.send(new GetObjectCommand({ Bucket: "plain", Key: "tagged" }));
      expect(await got.Body?.transformToString()).to.equal("the body");
      expect(got.TagCount).to.equal(1);
      const wrong = {
        TagSet: [
          { Key: "a", Value: "1" },
          { Key: "a", Value: "2" },
        ],
      };
      expect(await failure(client.send(new PutObjectTaggingCommand({ Bucket: "plain", Key: "tagged", Tagging: wrong })))).to.include({ name: "InvalidTag" });
    });
  });

  describe("listing", () => {
    it("pages in the order of UTF-8 bytes and groups by delimiter", async () => {
      const keys = ["list/a/1", "list/a/2", "list/b", "list/c/1", "list/d", "list/\u{1f600}", "list/\uffee"];
      for (const key of keys) await put(key);
      const pages: unknown[][] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = await client.send(new ListObjectsV2Command({ Bucket: "plain", Prefix: "list/", Delimiter: "/", MaxKeys: 2, ContinuationToken }));
        pages.push([page.KeyCount, page.CommonPrefixes?.map(({ Prefix }) => Prefix), page.Contents?.map(({ Key }) => Key)]);
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken);
      expect(pages).to.deep.equal([
        [2, ["list/a/"], ["list/b"]],
        [2, ["list/c/"], ["list/d"]],
        [2, undefined, ["list/\uffee", "list/\u{1f600}"]],
      ]);
      const all = await client.send(new ListObjectsV2Command({ Bucket: "plain", Prefix: "list/", StartAfter: "list/c/1" }));
      expect(all.Contents?.map(({ Key }) => Key)).to.deep.equal(["list/d", "list/\uffee", "list/\u{1f600}"]);
      expect(await failure(client.send(new ListObjectsV2Command({ Bucket: "plain", ContinuationToken: "§" })))).to.include({ name: "InvalidArgument" });
    });
  });

  describe("versions", () => {
    const lake = { Bucket: "lake", Key: "versioned" };

    it("are kept, marked as deleted, and removed for good", async () => {
      const first = await client.send(new PutObjectCommand({ ...lake, Body: "1" }));
      const second = await client.send(new PutObjectCommand({ ...lake, Body: "2" }));
      expect(first.VersionId).to.be.a("string").and.not.equal(second.VersionId);
      const read = async (VersionId?: string) => (await client.send(new GetObjectCommand({ ...lake, VersionId }))).Body?.transformToString();
      expect([await read(), await read(first.VersionId)]).to.deep.equal(["2", "1"]);

      const marker = await client.send(new DeleteObjectCommand(lake));
      expect(marker).to.include({ DeleteMarker: true });
      expect(await failure(read())).to.be.instanceOf(NoSuchKey);
      expect(await failure(read(marker.VersionId))).to.include({ name: "MethodNotAllowed" });
      expect(await read(second.VersionId)).to.equal("2");

      const pages: unknown[] = [];
      let markers: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
      do {
        const page = await client.send(new ListObjectVersionsCommand({ Bucket: "lake", Prefix: "versioned", MaxKeys: 2, ...markers }));
        pages.push([
          page.DeleteMarkers?.map((entry) => [entry.VersionId, entry.IsLatest]),
          page.Versions?.map((entry) => [entry.VersionId, entry.IsLatest, entry.Size]),
        ]);
        markers = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
      } while (markers.KeyMarker);
      expect(pages).to.deep.equal([
        [[[marker.VersionId, true]], [[second.VersionId, false, 1]]],
        [undefined, [[first.VersionId, false, 1]]],
      ]);

      await client.send(new DeleteObjectCommand({ ...lake, VersionId: marker.VersionId }));
      expect(await read()).to.equal("2");
      await client.send(new DeleteObjectCommand({ ...lake, VersionId: second.VersionId }));
      expect(await read()).to.equal("1");
      expect(await failure(read(second.VersionId))).to.include({ name: "NoSuchVersion" });
    });
  });

  describe("copies", () => {
    it("take bytes, metadata and tags, or replace them", async () => {
      await put("from é", "copied", { ContentType: "text/x", Metadata: { a: "1" }, Tagging: "t=1" });
      const CopySource = `plain/${encodeURIComponent("from é")}`;
      const copy = await client.send(new CopyObjectCommand({ Bucket: "lake", Key: "to", CopySource }));
      expect(copy.CopyObjectResult?.ETag).to.equal(md5(Buffer.from("copied")));
      expect(copy.VersionId).to.be.a("string");
      const head = await client.send(new HeadObjectCommand({ Bucket: "lake", Key: "to" }));
      expect(head).to.deep.include({ ContentType: "text/x", Metadata: { a: "1" }, TagCount: 1 });
      await put("from é", "changed");
      const got = await client.send(new GetObjectCommand({ Bucket: "lake", Key: "to" }));
      expect(await got.Body?.transformToString()).to.equal("copied");
      await client.send(
        new CopyObjectCommand({ Bucket: "plain", Key: "to", CopySource, MetadataDirective: "REPLACE", Metadata: { b: "2" }, TaggingDirective: "REPLACE" }),
      );
      const replaced = await client.send(new HeadObjectCommand({ Bucket: "plain", Key: "to" }));
      expect(replaced).to.deep.include({ Metadata: { b: "2" }, ContentLength: 7 });
      expect(replaced).not.to.have.property("TagCount");
      expect(await failure(client.send(new CopyObjectCommand({ Bucket: "plain", Key: "from é", CopySource })))).to.include({ name: "InvalidRequest" });
      expect(await failure(client.send(new CopyObjectCommand({ Bucket: "plain", Key: "x", CopySource: "plain/none" })))).to.include({ name: "NoSuchKey" });
    });
  });

  it("tells attributes", async () => {
    await put("attributes", "123456789");
    const answer = await client.send(
      new GetObjectAttributesCommand({ Bucket: "plain", Key: "attributes", ObjectAttributes: ["ETag", "Checksum", "ObjectSize"] }),
    );
    expect(answer).to.deep.include({
      ETag: "25f9e794323b453885f5181f1b624d0b",
      ObjectSize: 9,
      Checksum: { ChecksumCRC32: "y/Q5Jg==", ChecksumType: "FULL_OBJECT" },
    });
  });

  describe("what it refuses", () => {
    it("unknown buckets, keys and operations, each by name", async () => {
      expect(await failure(client.send(new HeadBucketCommand({ Bucket: "none" })))).to.include({ name: "NotFound" });
      expect(await failure(client.send(new PutObjectCommand({ Bucket: "none", Key: "k", Body: "x" })))).to.include({ name: "NoSuchBucket" });
      expect(await failure(text("no-such-key"))).to.be.instanceOf(NoSuchKey);
      expect(await failure(client.send(new GetObjectAclCommand({ Bucket: "plain", Key: "digits" })))).to.include({
        name: "NotImplemented",
        message: "The local cloud does not implement the query parameter acl of S3 GetObject.",
      });
      expect(await failure(put("acl", "x", { ACL: "public-read" }))).to.include({
        message: "The local cloud does not implement the header x-amz-acl of S3 PutObject.",
      });
      expect(await failure(client.send(new GetBucketAclCommand({ Bucket: "plain" })))).to.include({
        message: "The local cloud does not implement the S3 operation GET /bucket?acl.",
      });
      expect(await failure(put("x".repeat(1025), "x"))).to.include({ name: "KeyTooLongError" });
    });
  });

  it("keeps everything over a restart, and no file that nothing names", async () => {
    await put("kept-over", "still here");
    await s3.restart();
    client = s3.client();
    expect(await text("kept-over")).to.equal("still here");
  });
});

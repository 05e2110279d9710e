import { createHash, randomBytes } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { expect } from "chai";
import { failure } from "../../../support/failure.ts";
import { type Fixture, startS3 } from "./fixture.ts";

const MiB = 2 ** 20;

describe("multipart uploads of S3", () => {
  let s3: Fixture;
  let client: S3Client;
  const bytes = randomBytes(12 * MiB + 5);
  const at = { Bucket: "lake", Key: "video" };

  const create = async (more: object = {}) => {
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...at, ...more }));
    return { ...at, UploadId };
  };
  const part = async (upload: object, PartNumber: number, Body: Buffer, more: object = {}): Promise<CompletedPart> => {
    const { ETag, ChecksumCRC32, ChecksumSHA256, ChecksumCRC64NVME } = await client.send(
      new UploadPartCommand({ ...(upload as typeof at & { UploadId: string }), PartNumber, Body, ...more }),
    );
    return { PartNumber, ETag, ChecksumCRC32, ChecksumSHA256, ChecksumCRC64NVME };
  };
  const complete = (upload: object, Parts: CompletedPart[], more: object = {}) =>
    client.send(new CompleteMultipartUploadCommand({ ...(upload as typeof at & { UploadId: string }), MultipartUpload: { Parts }, ...more }));
  const read = async (VersionId?: string, more: object = {}) =>
    Buffer.from((await (await client.send(new GetObjectCommand({ ...at, VersionId, ...more }))).Body?.transformToByteArray()) as Uint8Array);
  /** Names and sizes of all files of objects and parts. */
  const files = () =>
    readdirSync(join(s3.dir, "blobs"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).size);

  before(async () => {
    s3 = await startS3();
    client = s3.client();
  });
  after(() => s3.close());

  it("puts equal parts together without another file, in whatever order they come", async () => {
    const before = files().length;
    const upload = await create({ ChecksumAlgorithm: "CRC32" });
    const parts = [
      await part(upload, 1, bytes.subarray(0, 5 * MiB)),
      await part(upload, 3, bytes.subarray(10 * MiB)),
      await part(upload, 2, bytes.subarray(5 * MiB, 10 * MiB)),
    ];
    expect(files().length).to.equal(before + 1);
    const done = await complete(upload, [parts[0], parts[2], parts[1]] as CompletedPart[]);
    const md5 = (body: Buffer) => createHash("md5").update(body).digest();
    const etag = md5(Buffer.concat([md5(bytes.subarray(0, 5 * MiB)), md5(bytes.subarray(5 * MiB, 10 * MiB)), md5(bytes.subarray(10 * MiB))])).toString("hex");
    expect(done).to.include({ ETag: `"${etag}-3"`, ChecksumType: "COMPOSITE" });
    expect(done.ChecksumCRC32).to.match(/-3$/);
    expect((await read(done.VersionId)).equals(bytes)).to.equal(true);
    expect(files().length).to.equal(before + 1);

    const attributes = await client.send(new GetObjectAttributesCommand({ ...at, ObjectAttributes: ["ObjectParts", "Checksum"] }));
    expect(attributes.ObjectParts?.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).to.deep.equal([
      [1, 5 * MiB],
      [2, 5 * MiB],
      [3, 2 * MiB + 5],
    ]);
    expect((await read(undefined, { PartNumber: 3 })).equals(bytes.subarray(10 * MiB))).to.equal(true);
    // A client that lost the answer asks again.
    expect(await complete(upload, [parts[0], parts[2], parts[1]] as CompletedPart[])).to.include({ ETag: done.ETag, VersionId: done.VersionId });
    expect(await failure(complete(upload, [parts[0]] as CompletedPart[]))).to.include({ name: "NoSuchUpload" });
  });

  it("puts parts of any sizes together, repeated and left-out ones included", async () => {
    const before = files().length;
    const upload = await create();
    await part(upload, 2, Buffer.alloc(5 * MiB, 1));
    const first = await part(upload, 1, bytes.subarray(0, 7 * MiB));
    await part(upload, 9, Buffer.alloc(5 * MiB, 2));
    const second = await part(upload, 2, bytes.subarray(7 * MiB));
    const done = await complete(upload, [first, second]);
    expect((await read(done.VersionId)).equals(bytes)).to.equal(true);
    expect(files().length).to.equal(before + 1);
  });

  it("leaves nothing of a longer upload behind the end", async () => {
    const upload = await create();
    const first = await part(upload, 1, bytes.subarray(0, 5 * MiB));
    const second = await part(upload, 2, Buffer.alloc(5 * MiB, 1));
    // What is refused takes nothing from the parts that it left out.
    expect(await failure(complete(upload, [first], { IfMatch: '"0"' }))).to.include({ name: "PreconditionFailed" });
    const both = await create();
    const done = await complete(upload, [first]);
    expect(await failure(complete(both, [first, second]))).to.include({ name: "InvalidPart" });
    expect((await read(done.VersionId)).equals(bytes.subarray(0, 5 * MiB))).to.equal(true);
    const file = await s3.s3.file(s3.iam.administrator.caller, "lake", "video");
    expect([file.bytes, statSync(file.path).size]).to.deep.equal([5 * MiB, 5 * MiB]);
  });

  it("joins checksums of parts to that of the whole", async () => {
    for (const [algorithm, type] of [
      ["CRC64NVME", "FULL_OBJECT"],
      ["CRC32", "FULL_OBJECT"],
      ["SHA256", "COMPOSITE"],
    ] as const) {
      const upload = await create({ ChecksumAlgorithm: algorithm, ChecksumType: type });
      const parts = [
        await part(upload, 1, bytes.subarray(0, 6 * MiB), { ChecksumAlgorithm: algorithm }),
        await part(upload, 2, bytes.subarray(6 * MiB), { ChecksumAlgorithm: algorithm }),
      ];
      const done = await complete(upload, parts, { ChecksumType: type });
      const whole = await client.send(new GetObjectCommand({ ...at, VersionId: done.VersionId, ChecksumMode: "ENABLED" }));
      // The SDK itself verifies a checksum of the full object while it reads.
      expect(Buffer.from((await whole.Body?.transformToByteArray()) as Uint8Array).equals(bytes)).to.equal(true);
      expect([done.ChecksumType, whole[`Checksum${algorithm}`]]).to.deep.equal([type, done[`Checksum${algorithm}`]]);
      if (type === "FULL_OBJECT") {
        const wrong = await create({ ChecksumAlgorithm: algorithm, ChecksumType: type });
        const only = await part(wrong, 1, Buffer.from("x"), { ChecksumAlgorithm: algorithm });
        expect(await failure(complete(wrong, [only], { [`Checksum${algorithm}`]: done[`Checksum${algorithm}`] }))).to.include({ name: "BadDigest" });
      }
    }
  });

  it("works for lib-storage", async () => {
    const upload = new Upload({ client, params: { ...at, Body: bytes, ContentType: "video/mp4" }, partSize: 5 * MiB, queueSize: 3 });
    await upload.done();
    expect((await read()).equals(bytes)).to.equal(true);
  });

  it("lists parts and uploads by pages, and aborts", async () => {
    const before = files().length;
    const uploads = [await create({ Key: "x/1" }), await create({ Key: "x/2" }), await create({ Key: "x/2" })];
    const [upload] = uploads.map(({ UploadId }, i) => ({ Bucket: "lake", Key: i === 0 ? "x/1" : "x/2", UploadId }));
    for (const n of [1, 2, 5]) await part(upload as object, n, Buffer.from(`part ${n}`));
    const page = await client.send(new ListPartsCommand({ ...(upload as { Bucket: string; Key: string; UploadId: string }), MaxParts: 2 }));
    expect([page.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size]), page.IsTruncated, page.NextPartNumberMarker]).to.deep.equal([
      [
        [1, 6],
        [2, 6],
      ],
      true,
      "2",
    ]);
    const rest = await client.send(new ListPartsCommand({ ...(upload as { Bucket: string; Key: string; UploadId: string }), PartNumberMarker: "2" }));
    expect(rest.Parts?.map(({ PartNumber }) => PartNumber)).to.deep.equal([5]);

    const listed: string[] = [];
    let markers: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {};
    do {
      const answer = await client.send(new ListMultipartUploadsCommand({ Bucket: "lake", Prefix: "x/", MaxUploads: 2, ...markers }));
      for (const entry of answer.Uploads ?? []) listed.push(entry.Key as string);
      markers = answer.IsTruncated ? { KeyMarker: answer.NextKeyMarker, UploadIdMarker: answer.NextUploadIdMarker } : {};
    } while (markers.KeyMarker);
    expect(listed).to.deep.equal(["x/1", "x/2", "x/2"]);

    for (const [i, { UploadId }] of uploads.entries())
      await client.send(new AbortMultipartUploadCommand({ Bucket: "lake", Key: i === 0 ? "x/1" : "x/2", UploadId }));
    expect(files().length).to.equal(before);
    expect(await failure(part(upload as object, 6, Buffer.from("late")))).to.include({ name: "NoSuchUpload" });
    expect(files().length).to.equal(before);
  });

  it("refuses small, missing, unordered and broken parts", async () => {
    const upload = await create({ ChecksumAlgorithm: "CRC32" });
    const small = await part(upload, 1, Buffer.from("small"));
    const last = await part(upload, 2, Buffer.from("last"));
    expect(await failure(complete(upload, [small, last]))).to.include({ name: "EntityTooSmall" });
    expect(await failure(complete(upload, [last, small]))).to.include({ name: "InvalidPartOrder" });
    expect(await failure(complete(upload, [{ ...small, ETag: '"00000000000000000000000000000000"' }]))).to.include({ name: "InvalidPart" });
    expect(await failure(complete(upload, [{ ...small, PartNumber: 7 }]))).to.include({ name: "InvalidPart" });
    expect(await failure(complete(upload, [{ ...small, ChecksumCRC32: "AAAAAA==" }]))).to.include({ name: "InvalidPart" });
    expect(await failure(complete(upload, [{ PartNumber: 1, ETag: small.ETag }]))).to.include({ name: "InvalidRequest" });
    expect(await failure(complete(upload, []))).to.include({ name: "MalformedXML" });
    expect(await failure(part(upload, 3, Buffer.from("x"), { ChecksumSHA256: "FeKw007NsvKBeGFwVIXfSTqVNVExLa6wdQZZp0TfFiU=" }))).to.include({
      name: "InvalidRequest",
    });
    expect(await failure(part(upload, 3, Buffer.from("x"), { ChecksumCRC32: "AAAAAA==" }))).to.include({ name: "BadDigest" });
    expect(await failure(part(upload, 0, Buffer.from("x")))).to.include({ name: "InvalidArgument" });
    expect(await failure(complete(upload, [small], { IfNoneMatch: "*" }))).to.include({ name: "PreconditionFailed" });
    // What was refused changed nothing: the upload can still be completed.
    const done = await complete(upload, [small]);
    expect((await read(done.VersionId)).toString()).to.equal("small");
  });

  it("keeps parts over a restart", async () => {
    const upload = await create();
    const first = await part(upload, 1, bytes.subarray(0, 5 * MiB));
    await s3.restart();
    client = s3.client();
    const second = await part(upload, 2, bytes.subarray(5 * MiB));
    const done = await complete(upload, [first, second]);
    expect((await read(done.VersionId)).equals(bytes)).to.equal(true);
  });
});

import { createHash } from "node:crypto";
import { expect } from "chai";
import { bytesOfPart, partsOf, type UploadRequest } from "../../../contracts/upload.ts";
import { createHandler as createAbort } from "../../../functions/ingest/abort-upload/handler.ts";
import { faultsOf } from "../../../functions/ingest/complete-upload/core.ts";
import { createHandler as createComplete } from "../../../functions/ingest/complete-upload/handler.ts";
import { createHandler as createList } from "../../../functions/ingest/list-parts/handler.ts";
import { createHandler as createSign } from "../../../functions/ingest/sign-parts/handler.ts";
import { createHandler as createStart } from "../../../functions/ingest/start-upload/handler.ts";
import { caseOfUpload, ranges, type Upload, uploadIdOf } from "../../../functions/ingest/uploads.ts";
import type { HttpResponse } from "../../../functions/runtime/http.ts";
import { memoryMultipart, memoryUploads, requestOf } from "../support/uploads.ts";

const MiB = 2 ** 20;
const token = "3f0c2c57-2f9a-4b0e-8a9e-0d9f6d1c7e55";
const asked: UploadRequest = { fileName: "膽囊 1.mp4", bytes: 40 * MiB, token };
const sha256 = createHash("sha256").update("part").digest("base64");
const told = ({ statusCode, body }: HttpResponse) => ({ status: statusCode, ...(JSON.parse(body) as object) });
const reasons = ({ statusCode, body }: HttpResponse) => [statusCode, (JSON.parse(body) as { reasons: string[] }).reasons];

describe("parts of an upload", () => {
  it("have 16 MiB, or a nine-thousandth of a large video", () => {
    expect(partsOf(1)).to.deep.equal({ partSize: 16 * MiB, partCount: 1 });
    expect(partsOf(40 * MiB)).to.deep.equal({ partSize: 16 * MiB, partCount: 3 });
    expect(partsOf(5 * 2 ** 40)).to.deep.equal({ partSize: 610_839_794, partCount: 9000 });
    expect([1, 2, 3].map((number) => bytesOfPart(number, 40 * MiB))).to.deep.equal([16 * MiB, 16 * MiB, 8 * MiB]);
  });

  it("are told apart as people write numbers", () => {
    expect(ranges([1, 2, 3, 5, 9, 10])).to.equal("1-3, 5, 9-10");
    expect(ranges([])).to.equal("");
  });
});

describe("the upload API", () => {
  let s3: ReturnType<typeof memoryMultipart>;
  let table: ReturnType<typeof memoryUploads>;
  let announced: [string, UploadRequest][];
  let start: ReturnType<typeof createStart>;
  let gone: Set<string>;
  beforeEach(() => {
    gone = new Set();
    s3 = memoryMultipart();
    table = memoryUploads();
    announced = [];
    start = createStart({
      mostBytes: 100 * MiB,
      find: table.find,
      isGoing: async (id) => gone.has(id),
      keep: table.keep,
      multipart: s3.multipart,
      announce: async ({ caseId }, request) => void announced.push([caseId, request]),
    });
  });
  const uploadId = uploadIdOf("ann", token);
  const caseId = caseOfUpload(uploadId);
  const begin = async () => start(requestOf("ann", { body: asked }));
  const arrive = (...sizes: number[]) => {
    const parts = s3.open.get((table.items.get(uploadId) as Upload).multipartId);
    for (const bytes of sizes) parts?.push({ number: parts.length + 1, bytes, sha256, etag: "e" });
  };

  describe("POST /uploads", () => {
    it("makes a case with an upload, and the same again for the same token of the same person", async () => {
      const expected = { status: 200, caseId, uploadId, partSize: 16 * MiB, partCount: 3 };
      expect(told(await begin())).to.deep.equal(expected);
      expect(told(await begin())).to.deep.equal(expected);
      expect(s3.open.size, "uploads in S3").to.equal(1);
      expect([...table.items.values()]).to.deep.equal([{ caseId, uploadId, multipartId: "multipart-1", bytes: 40 * MiB, owner: "ann", isAborted: false }]);
      expect(announced).to.deep.equal([
        [caseId, asked],
        [caseId, asked],
      ]);
      expect(told(await start(requestOf("bob", { body: asked }))))
        .to.include({ status: 200 })
        .and.not.include({ uploadId });
    });

    it("does not begin an upload anew whose case was deleted", async () => {
      gone.add(caseId);
      expect(reasons(await begin())).to.deep.equal([400, ["The case of this token's upload was deleted. Start another, with a new token."]]);
      expect([s3.open.size, table.items.size, announced.length]).to.deep.equal([0, 0, 0]);
    });

    it("keeps one of two uploads that begin at the same moment, and drops the other's parts", async () => {
      let looks = 0;
      const racing = createStart({
        mostBytes: 100 * MiB,
        // Neither sees the other's at first.
        find: async (id) => (looks++ < 2 ? undefined : table.find(id)),
        isGoing: async () => false,
        keep: table.keep,
        multipart: s3.multipart,
        announce: async () => undefined,
      });
      const answers = await Promise.all([racing(requestOf("ann", { body: asked })), racing(requestOf("ann", { body: asked }))]);
      expect(answers[1]).to.deep.equal(answers[0]);
      expect([...s3.open.keys()]).to.deep.equal([table.items.get(uploadId)?.multipartId]);
    });

    it("keeps its own upload where the answer to keeping it was lost, and was asked for again", async () => {
      let looks = 0;
      const lossy = createStart({
        mostBytes: 100 * MiB,
        find: async (id) => (looks++ < 1 ? undefined : table.find(id)),
        isGoing: async () => false,
        // Kept, and then refused as kept already: what a second attempt of the SDK is told.
        keep: async (upload) => (await table.keep(upload)) && table.keep(upload),
        multipart: s3.multipart,
        announce: async () => undefined,
      });
      expect(told(await lossy(requestOf("ann", { body: asked })))).to.include({ status: 200, uploadId });
      expect([...s3.open.keys()]).to.deep.equal([table.items.get(uploadId)?.multipartId]);
    });

    it("refuses what can't be, with every reason", async () => {
      const refused = async (change: object) => reasons(await start(requestOf("ann", { body: { ...asked, ...change } })));
      expect(await refused({ bytes: 0 })).to.deep.equal([400, ["bytes: must be more than 0: the file is empty."]]);
      expect((await refused({ bytes: 1.5, fileName: "", severity: 6, procedure: "x", token: "t", patient: "y" }))[1]).to.have.length(6);
      expect(await refused({ bytes: 101 * MiB })).to.deep.equal([
        400,
        ["The video has 105906176 bytes; this platform takes 104857600 at most. Upload it in parts of the operation."],
      ]);
      expect(reasons(await start(requestOf("ann", { body: "{" })))).to.deep.equal([400, ["The body isn't JSON."]]);
      expect(reasons(await start(requestOf("ann")))).to.deep.equal([400, ["The body is empty; it must be JSON."]]);
      await begin();
      expect(await refused({ bytes: 7 })).to.deep.equal([400, ["The upload of this token is of 41943040 bytes, not of 7. Start another, with a new token."]]);
      expect(announced).to.have.length(1);
    });

    it("answers nobody whom API Gateway did not identify", async () => {
      expect((await start({ body: JSON.stringify(asked) })).statusCode).to.equal(500);
      expect(table.items.size).to.equal(0);
    });
  });

  describe("POST /uploads/{uploadId}/parts", () => {
    const signed: number[] = [];
    const sign = () =>
      createSign({
        find: table.find,
        now: () => Date.parse("2026-11-26T12:00:00Z"),
        async sign(_upload, { number, sha256 }) {
          signed.push(number);
          return { number, url: `https://s3.example/${number}`, headers: { "x-amz-checksum-sha256": sha256 } };
        },
      });
    const parts = (...numbers: number[]) => ({ parts: numbers.map((number) => ({ number, sha256 })) });

    it("signs a page of parts, for a quarter of an hour", async () => {
      await begin();
      expect(told(await sign()(requestOf("ann", { uploadId, body: parts(1, 3) })))).to.deep.equal({
        status: 200,
        expiresAt: "2026-11-26T12:15:00.000Z",
        parts: [1, 3].map((number) => ({ number, url: `https://s3.example/${number}`, headers: { "x-amz-checksum-sha256": sha256 } })),
      });
    });

    it("signs nothing of a page with a part that there is not, or that is asked for twice", async () => {
      await begin();
      signed.length = 0;
      expect(reasons(await sign()(requestOf("ann", { uploadId, body: parts(1, 4, 5, 1) })))).to.deep.equal([
        400,
        ["The upload has 3 parts; it has no part 4-5.", "Asked for more than once: part 1."],
      ]);
      const many = parts(...Array.from({ length: 101 }, (_, i) => i + 1));
      expect((await sign()(requestOf("ann", { uploadId, body: many }))).statusCode).to.equal(400);
      expect((await sign()(requestOf("ann", { uploadId, body: { parts: [{ number: 1, sha256: "x" }] } }))).statusCode).to.equal(400);
      expect(signed).to.deep.equal([]);
    });

    it("is for whoever started the upload, and administrators", async () => {
      await begin();
      const as = async (sub: string, groups?: string) => (await sign()(requestOf(sub, { uploadId, body: parts(1), ...(groups && { groups }) }))).statusCode;
      expect(await as("bob")).to.equal(404);
      expect(await as("bob", "[surgeon admin]")).to.equal(200);
      expect(reasons(await sign()(requestOf("ann", { uploadId: uploadIdOf("ann", "other"), body: parts(1) })))).to.deep.equal([
        404,
        ["There is no such upload."],
      ]);
      expect(reasons(await sign()(requestOf("ann", { uploadId: "x", body: parts(1) })))).to.deep.equal([400, ["The upload's identifier isn't a UUID."]]);
    });
  });

  describe("GET /uploads/{uploadId}/parts", () => {
    const list = (sub = "ann") => createList({ find: table.find, multipart: s3.multipart })(requestOf(sub, { uploadId }));
    const facts = { caseId, uploadId, partSize: 16 * MiB, partCount: 3, bytes: 40 * MiB };

    it("tells what has arrived, and of a whole video that it is whole", async () => {
      await begin();
      arrive(16 * MiB);
      expect(told(await list())).to.deep.equal({ status: 200, ...facts, isComplete: false, parts: [{ number: 1, bytes: 16 * MiB, sha256 }] });
      s3.open.clear();
      s3.videos.set(uploadId, 40 * MiB);
      expect(told(await list())).to.deep.equal({ status: 200, ...facts, isComplete: true, parts: [] });
      expect((await list("bob")).statusCode).to.equal(404);
    });

    it("says that S3 gave the upload up", async () => {
      await begin();
      s3.open.clear();
      expect(reasons(await list())).to.deep.equal([400, ["This upload was given up: it wasn't completed in time. Start another, with a new token."]]);
    });
  });

  describe("POST /uploads/{uploadId}/completion", () => {
    const complete = (sub = "ann") => createComplete({ find: table.find, multipart: s3.multipart })(requestOf(sub, { uploadId }));
    const done = { status: 200 };

    it("joins the parts once, and says so again when asked again", async () => {
      await begin();
      arrive(16 * MiB, 16 * MiB, 8 * MiB);
      const answers = [await complete(), await complete()];
      for (const answer of answers) {
        expect(answer.statusCode).to.equal(done.status);
        expect(JSON.parse(answer.body)).to.deep.equal({ caseId, uploadId, status: "COMPLETE" });
      }
      expect(s3.videos.get(uploadId)).to.equal(40 * MiB);
    });

    it("joins nothing while parts are missing or of another size", async () => {
      await begin();
      arrive(16 * MiB, 5);
      expect(reasons(await complete())).to.deep.equal([
        400,
        [
          "Of 3 parts 1 is missing: 3.",
          "Part 2 has 5 bytes; it must have 16777216.",
          "The parts have 16777221 bytes together; the video was announced with 41943040.",
        ],
      ]);
      expect(s3.videos.size).to.equal(0);
      expect((await complete("bob")).statusCode).to.equal(404);
    });

    it("tells every missing part at once", () => {
      const part = (number: number) => ({ number, bytes: 16 * MiB, sha256, etag: "e" });
      expect(faultsOf([part(2), part(4)], 5 * 16 * MiB)[0]).to.equal("Of 5 parts 3 are missing: 1, 3, 5.");
      expect(faultsOf([part(1), part(2)], 16 * MiB)).to.deep.equal([
        "Part 2 is one too many.",
        "The parts have 33554432 bytes together; the video was announced with 16777216.",
      ]);
    });
  });

  describe("DELETE /uploads/{uploadId}", () => {
    const abort = (sub = "ann") =>
      createAbort({
        find: table.find,
        multipart: s3.multipart,
        forget: async (upload) => void table.items.set(upload.uploadId, { ...upload, isAborted: true }),
      })(requestOf(sub, { uploadId }));

    it("drops the parts, as often as it is asked, and lets nothing follow", async () => {
      await begin();
      arrive(16 * MiB);
      expect((await abort("bob")).statusCode).to.equal(404);
      for (let time = 0; time < 2; time++) expect(JSON.parse((await abort()).body)).to.deep.equal({ caseId, uploadId, status: "ABORTED" });
      expect(s3.open.size).to.equal(0);
      expect(reasons(await begin())).to.deep.equal([400, ["The upload of this token was aborted. Start another, with a new token."]]);
      const list = createList({ find: table.find, multipart: s3.multipart })(requestOf("ann", { uploadId }));
      expect(reasons(await list)).to.deep.equal([400, ["This upload was aborted. Start another, with a new token."]]);
    });

    it("leaves a whole video alone", async () => {
      await begin();
      s3.open.clear();
      s3.videos.set(uploadId, 40 * MiB);
      expect(reasons(await abort())).to.deep.equal([400, ["This upload is complete, and its case is analysed. Delete the case instead."]]);
      expect(table.items.get(uploadId)?.isAborted).to.equal(false);
    });
  });
});

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { TryAgain } from "../../../functions/runtime/errors.ts";
import { s3Lake } from "../../../functions/runtime/lake.ts";
import { s3Ranges } from "../../../functions/runtime/media/byte-ranges.ts";
import { isTransient, orTryAgain } from "../../../functions/runtime/transient.ts";
import { failure } from "../../support/failure.ts";

describe("isTransient", () => {
  const error = (change: object) => Object.assign(new Error("x"), change);
  const passes = [
    { $metadata: { httpStatusCode: 503 } },
    { $metadata: { httpStatusCode: 429 } },
    { name: "ThrottlingException", $metadata: { httpStatusCode: 400 } },
    { name: "ConditionalRequestConflict", $metadata: { httpStatusCode: 409 } },
    { code: "ECONNRESET" },
    { $retryable: {} },
  ];
  const stays = [
    {},
    { name: "NoSuchKey", $metadata: { httpStatusCode: 404 } },
    { name: "PreconditionFailed", $metadata: { httpStatusCode: 412 } },
    { name: "AccessDenied", $metadata: { httpStatusCode: 403 } },
    { code: "ERR_ASSERTION" },
  ];
  for (const change of passes) it(`waits for ${JSON.stringify(change)} to pass`, () => expect(isTransient(error(change))).to.equal(true));
  for (const change of stays) it(`gives up on ${JSON.stringify(change)}`, () => expect(isTransient(error(change))).to.equal(false));
});

describe("the lake in S3", () => {
  let server: Server;
  let answer: { status: number; body: string };
  const client = () =>
    orTryAgain(
      new S3Client({
        region: "us-east-1",
        credentials: { accessKeyId: "a", secretAccessKey: "b" },
        endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        forcePathStyle: true,
        maxAttempts: 1,
      }),
    );
  before(async () => {
    server = createServer((_, response) => response.writeHead(answer.status, { "content-type": "application/xml" }).end(answer.body));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  });
  after(() => server.close());
  const errorXml = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`;

  it("names an object that isn't there", async () => {
    answer = { status: 404, body: errorXml("NoSuchKey") };
    expect(await failure(s3Lake(client(), "lake").text("a/b"))).to.deep.include({ name: "NotFound", message: "s3://lake/a/b isn't there." });
  });

  it("asks to try again when S3 is busy", async () => {
    answer = { status: 503, body: errorXml("SlowDown") };
    const error = await failure(client().send(new GetObjectCommand({ Bucket: "lake", Key: "k" })));
    expect(error).to.be.instanceOf(TryAgain);
    expect(error.message).to.equal("SlowDown: no");
  });

  it("passes on what won't pass", async () => {
    answer = { status: 403, body: errorXml("AccessDenied") };
    expect((await failure(s3Lake(client(), "lake").text("k"))).name).to.equal("AccessDenied");
  });

  it("refuses a range that comes short", async () => {
    answer = { status: 206, body: "abc" };
    const error = await failure(s3Ranges(client(), { bucket: "raw", key: "k" }, 10).read(0, 4));
    expect(error).to.deep.include({ name: "BrokenContract", message: "S3 gave 3 bytes of a range of 4." });
  });
});

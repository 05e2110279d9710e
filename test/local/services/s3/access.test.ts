import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { expect } from "chai";
import { failure } from "../../../support/failure.ts";
import { accountId, type Fixture, keyArn, startS3 } from "./fixture.ts";

const role = `arn:aws:iam::${accountId}:role/worker`;
const allow = (Action: string | string[], Resource: string | string[], Condition?: object) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition ? { Condition } : {}),
});
const policy = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });
const objects = "arn:aws:s3:::secure/*";

describe("access to S3", () => {
  let s3: Fixture;
  /** A client that is the role with these statements. */
  const worker = (...statements: object[]) => {
    s3.iam.putRole({ arn: role, trustPolicy: policy({ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }) });
    s3.iam.putRolePolicy(role, "inline", policy(...statements));
    return s3.client({ credentials: s3.iam.credentialsOf(role) });
  };
  const put = (client: S3Client, more: object = {}) => client.send(new PutObjectCommand({ Bucket: "secure", Key: "k", Body: "x", ...more }));
  const get = (client: S3Client, more: object = {}) => client.send(new GetObjectCommand({ Bucket: "secure", Key: "k", ...more }));

  before(async () => {
    s3 = await startS3();
    s3.s3.configureBucket("secure", {
      versioning: true,
      encryptionKeyArn: keyArn,
      policy: policy({
        Sid: "OnlyTls",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: ["arn:aws:s3:::secure", objects],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      }),
    });
    await put(s3.client());
  });
  after(() => s3.close());

  it("needs the grant for the action, and for the key", async () => {
    expect(await failure(put(worker(allow("s3:GetObject", objects))))).to.include({
      name: "AccessDenied",
      message: `${role} is not authorized to perform s3:PutObject on arn:aws:s3:::secure/k: no policy of the role or of the resource allows it.`,
    });
    expect((await failure(put(worker(allow("s3:PutObject", objects))))).message).to.equal(
      `${role} is not authorized to perform kms:GenerateDataKey on ${keyArn}: no policy of the role or of the resource allows it.`,
    );
    const writer = worker(
      allow("s3:PutObject", objects),
      allow("kms:GenerateDataKey*", keyArn, { StringEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com" } }),
    );
    expect(await put(writer)).to.include({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: keyArn });
    expect((await failure(get(worker(allow("s3:GetObject", objects))))).message).to.include("kms:Decrypt");
    const reader = worker(allow("s3:GetObject", objects), allow("kms:Decrypt", keyArn));
    expect(await (await get(reader)).Body?.transformToString()).to.equal("x");
    const { VersionId } = await get(reader);
    expect((await failure(get(reader, { VersionId }))).message).to.include("s3:GetObjectVersion");
    expect((await failure(reader.send(new CreateMultipartUploadCommand({ Bucket: "secure", Key: "k" })))).message).to.include("s3:PutObject");
  });

  it("does not tell who may not list whether an object exists", async () => {
    const reader = worker(allow("s3:GetObject", objects), allow("kms:Decrypt", keyArn));
    expect(await failure(get(reader, { Key: "none" }))).to.include({ name: "AccessDenied" });
    const lister = worker(allow("s3:GetObject", objects), allow("s3:ListBucket", "arn:aws:s3:::secure"));
    expect(await failure(get(lister, { Key: "none" }))).to.include({ name: "NoSuchKey" });
  });

  it("lets list under a prefix only", async () => {
    const client = worker(allow("s3:ListBucket", "arn:aws:s3:::secure", { StringLike: { "s3:prefix": "mine/*" } }));
    expect(await client.send(new ListObjectsV2Command({ Bucket: "secure", Prefix: "mine/1/" }))).to.include({ KeyCount: 0 });
    expect(await failure(client.send(new ListObjectsV2Command({ Bucket: "secure" })))).to.include({ name: "AccessDenied" });
  });

  it("enforces the bucket's policy on everybody: encryption headers, signature age and kind", async () => {
    s3.s3.configureBucket("strict", {
      policy: policy(
        {
          Sid: "WrongKey",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:PutObject",
          Resource: "arn:aws:s3:::strict/*",
          Condition: { StringNotEquals: { "s3:x-amz-server-side-encryption-aws-kms-key-id": keyArn } },
        },
        {
          Sid: "OldSignature",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: "arn:aws:s3:::strict/*",
          Condition: { NumericGreaterThan: { "s3:signatureAge": "600000" } },
        },
        {
          Sid: "NoUrls",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:GetObject",
          Resource: "arn:aws:s3:::strict/*",
          Condition: { StringEquals: { "s3:authType": "REST-QUERY-STRING" } },
        },
      ),
    });
    const client = s3.client();
    const at = { Bucket: "strict", Key: "k" };
    expect((await failure(client.send(new PutObjectCommand({ ...at, Body: "x" })))).message).to.include(
      "statement WrongKey of the resource's policy denies it",
    );
    await client.send(new PutObjectCommand({ ...at, Body: "x", ServerSideEncryption: "aws:kms", SSEKMSKeyId: keyArn }));
    expect(await client.send(new HeadObjectCommand(at))).to.include({ SSEKMSKeyId: keyArn });
    const url = await getSignedUrl(client, new GetObjectCommand(at), { expiresIn: 3600 });
    expect(await (await fetch(url)).text()).to.include("statement NoUrls");
    const old = await getSignedUrl(client, new GetObjectCommand(at), { expiresIn: 3600, signingDate: new Date(Date.now() - 1200_000) });
    expect(await (await fetch(old)).text()).to.match(/statement (OldSignature|NoUrls)/);
  });

  it("lets nobody of another organisation in, whatever their role may do, signed URLs included", async () => {
    const perimeter = (organization: string) => ({
      policy: policy({
        Sid: "DenyOtherOrganizations",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: ["arn:aws:s3:::perimeter", "arn:aws:s3:::perimeter/*"],
        Condition: { StringNotEqualsIfExists: { "aws:PrincipalOrgID": organization }, BoolIfExists: { "aws:PrincipalIsAWSService": "false" } },
      }),
    });
    const at = { Bucket: "perimeter", Key: "k" };
    const client = worker(allow(["s3:PutObject", "s3:GetObject"], "arn:aws:s3:::perimeter/*"));
    s3.s3.configureBucket("perimeter", perimeter("o-local000000"));
    await client.send(new PutObjectCommand({ ...at, Body: "x" }));
    const url = await getSignedUrl(client, new GetObjectCommand(at));
    expect(await (await fetch(url)).text()).to.equal("x");

    s3.s3.configureBucket("perimeter", perimeter("o-another0000"));
    expect((await failure(client.send(new GetObjectCommand(at)))).message).to.include("statement DenyOtherOrganizations of the resource's policy denies it");
    expect((await fetch(url)).status).to.equal(403);
  });

  describe("signatures", () => {
    const presign = (command: PutObjectCommand | GetObjectCommand | UploadPartCommand, options: object = {}) =>
      getSignedUrl(s3.client({ requestChecksumCalculation: "WHEN_REQUIRED" }) as never, command as never, options);
    const at = { Bucket: "plain", Key: "presigned object" };

    it("let a page put and get with URLs", async () => {
      const put = await fetch(await presign(new PutObjectCommand(at)), { method: "PUT", body: "from a page" });
      expect([put.status, await put.text()]).to.deep.equal([200, ""]);
      const got = await fetch(await presign(new GetObjectCommand({ ...at, ResponseContentType: "text/x" })), { headers: { range: "bytes=5-" } });
      expect([got.status, got.headers.get("content-type"), await got.text()]).to.deep.equal([206, "text/x", "a page"]);
    });

    it("bind a part to the SHA-256 that was signed", async () => {
      const { UploadId } = await s3.client().send(new CreateMultipartUploadCommand({ ...at, ChecksumAlgorithm: "SHA256" }));
      const ChecksumSHA256 = "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=";
      const url = await presign(new UploadPartCommand({ ...at, UploadId, PartNumber: 1, ChecksumSHA256 }), {
        unhoistableHeaders: new Set(["x-amz-checksum-sha256"]),
      });
      const send = (body: string, headers: Record<string, string>) => fetch(url, { method: "PUT", body, headers });
      const good = await send("123456789", { "x-amz-checksum-sha256": ChecksumSHA256 });
      expect([good.status, good.headers.get("x-amz-checksum-sha256")]).to.deep.equal([200, ChecksumSHA256]);
      expect((await send("1234567890", { "x-amz-checksum-sha256": ChecksumSHA256 })).status).to.equal(400);
      expect(await (await send("123456789", {})).text()).to.include("SignatureDoesNotMatch");
    });

    it("hold an upload to the checksum that its URL carries", async () => {
      // A client that is not built with WHEN_REQUIRED signs the checksum of no bytes into the URL.
      const url = await getSignedUrl(s3.client(), new PutObjectCommand(at));
      expect(new URL(url).searchParams.get("x-amz-checksum-crc32")).to.equal("AAAAAA==");
      const answer = await fetch(url, { method: "PUT", body: "bytes" });
      expect([answer.status, await answer.text()]).to.satisfy(([status, body]: [number, string]) => status === 400 && body.includes("<Code>BadDigest</Code>"));
    });

    it("are refused when expired, tampered with, incomplete or unknown", async () => {
      const code = async (url: string, init: RequestInit = {}) =>
        /<Code>(.*?)<\/Code><Message>(.*?)<\/Message>/.exec(await (await fetch(url, init)).text())?.slice(1) ?? [];
      const expired = await presign(new GetObjectCommand(at), { expiresIn: 60, signingDate: new Date(Date.now() - 61_000) });
      expect((await code(expired))[0]).to.equal("AccessDenied");
      expect((await code(expired))[1]).to.match(/^Request has expired/);
      const url = await presign(new GetObjectCommand(at));
      expect(await code(url.replace("presigned%20object", "other"))).to.include("SignatureDoesNotMatch");
      expect(await code(url.replace("X-Amz-Expires=900", "X-Amz-Expires=9000"))).to.include("SignatureDoesNotMatch");
      expect(await code(url, { method: "DELETE" })).to.include("SignatureDoesNotMatch");
      expect(await code(`${url}&versionId=1`)).to.include("SignatureDoesNotMatch");
      expect(await code(url.replace(/X-Amz-Signature=\w+/, "X-Amz-Signature=00"))).to.include("AuthorizationHeaderMalformed");
      expect(await code(url, { headers: { "x-amz-checksum-mode": "ENABLED" } })).to.include("AccessDenied");
      expect(await code(url.replace(/ASIA\w+/, "ASIAAAAAAAAAAAAAAAAA"))).to.include("InvalidAccessKeyId");
      expect(await code(url.replace(/X-Amz-Security-Token=[^&]+/, "X-Amz-Security-Token=x"))).to.include("InvalidToken");
      const other = s3.client({ credentials: { ...s3.iam.administrator.credentials, secretAccessKey: "wrong" } });
      expect(await failure(get(other))).to.include({ name: "SignatureDoesNotMatch" });
      const late = s3.client({ systemClockOffset: -16 * 60_000 });
      expect(await failure(get(late))).to.include({ name: "RequestTimeTooSkewed" });
      expect(await code(`${s3.wire.endpoint}/plain/k`)).to.deep.equal(["AccessDenied", "The request has no signature."]);
    });

    it("bind the body of a request", async () => {
      const client = s3.client();
      client.middlewareStack.add(
        (next) => (args) => {
          (args.request as { body: unknown }).body = "other";
          return next(args);
        },
        { step: "finalizeRequest", priority: "low" },
      );
      const error = await failure(client.send(new PutObjectCommand({ Bucket: "plain", Key: "bound", Body: "bytes" })));
      expect(error).to.include({ name: "XAmzContentSHA256Mismatch" });
    });
  });

  describe("CORS", () => {
    const origin = "https://viewer.example";
    const ask = (headers: Record<string, string>) => fetch(`${s3.wire.endpoint}/page/k`, { method: "OPTIONS", headers });

    before(() =>
      s3.s3.configureBucket("page", {
        cors: [
          {
            allowedOrigins: ["https://*.example"],
            allowedMethods: ["PUT", "GET"],
            allowedHeaders: ["content-type", "x-amz-*"],
            exposeHeaders: ["ETag"],
            maxAgeSeconds: 300,
          },
        ],
      }),
    );

    it("answers a preflight by the bucket's rules", async () => {
      const good = await ask({ origin, "access-control-request-method": "PUT", "access-control-request-headers": "Content-Type,X-Amz-Checksum-Sha256" });
      expect([
        good.status,
        good.headers.get("access-control-allow-origin"),
        good.headers.get("access-control-allow-headers"),
        good.headers.get("access-control-max-age"),
      ]).to.deep.equal([200, origin, "content-type, x-amz-checksum-sha256", "300"]);
      const wrong = [
        { origin: "https://example.org", "access-control-request-method": "PUT" },
        { origin, "access-control-request-method": "DELETE" },
        { origin, "access-control-request-method": "PUT", "access-control-request-headers": "authorization" },
      ];
      for (const headers of wrong) {
        const answer = await ask(headers);
        expect([answer.status, answer.headers.get("access-control-allow-origin")]).to.deep.equal([403, null]);
      }
    });

    it("lets the page read answers, refusals included", async () => {
      const url = await getSignedUrl(s3.client({ requestChecksumCalculation: "WHEN_REQUIRED" }), new PutObjectCommand({ Bucket: "page", Key: "k" }));
      const answer = await fetch(url, { method: "PUT", body: "x", headers: { origin } });
      expect([answer.status, answer.headers.get("access-control-allow-origin"), answer.headers.get("access-control-expose-headers")]).to.deep.equal([
        200,
        origin,
        "ETag",
      ]);
      const refused = await fetch(`${url}0`, { method: "PUT", body: "x", headers: { origin } });
      expect([refused.status, refused.headers.get("access-control-allow-origin")]).to.deep.equal([403, origin]);
      const other = await fetch(url, { method: "PUT", body: "x", headers: { origin: "https://example.org" } });
      expect(other.headers.get("access-control-allow-origin")).to.equal(null);
    });
  });

  it("checks calls from inside the process alike", async () => {
    worker(allow("s3:PutObject", objects), allow("s3:ListBucket", "arn:aws:s3:::secure"));
    const caller = { arn: role };
    expect((await failure(s3.s3.put(caller, "secure", "inside", { data: "x" }))).message).to.include("kms:GenerateDataKey");
    const administrator = s3.iam.administrator.caller;
    const stored = await s3.s3.put(administrator, "secure", "inside/1", { data: "inside" }, { contentType: "text/x" });
    const file = await s3.s3.file(administrator, "secure", "inside/1");
    expect(file).to.include({ bytes: 6, etag: stored.etag, versionId: stored.versionId, contentType: "text/x" });
    expect((await failure(s3.s3.file(caller, "secure", "inside/1"))).message).to.include("s3:GetObject");
    await s3.s3.put(administrator, "secure", "inside/2", { path: file.path });
    expect(await s3.s3.list(caller, "secure", "inside/")).to.deep.equal([
      { key: "inside/1", bytes: 6 },
      { key: "inside/2", bytes: 6 },
    ]);
    expect(await failure(s3.s3.put(administrator, "secure", "gone", { path: "/no/such/file" }))).to.include({ code: "ENOENT" });
  });
});

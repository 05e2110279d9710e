import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectLegalHoldCommand,
  GetObjectRetentionCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { failure } from "../../../support/failure.ts";
import { type Fixture, startS3 } from "./fixture.ts";

describe("deleting in S3", () => {
  let fixture: Fixture;
  let s3: S3Client;
  before(async () => {
    fixture = await startS3();
    fixture.s3.configureBucket("kept", { versioning: true, objectLock: true, defaultLock: { mode: "COMPLIANCE", days: 1 } });
    fixture.s3.configureBucket("holds", { versioning: true, objectLock: true });
    s3 = fixture.client();
  });
  after(() => fixture.close());
  const put = async (Bucket: string, Key: string) => (await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }))).VersionId as string;
  const versions = async (Bucket: string, Prefix: string) => {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix }));
    return [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key: Key as string, VersionId: VersionId as string }));
  };

  it("takes many versions and markers at once, for good, and tells of those alone that it keeps", async () => {
    await put("lake", "many/a");
    await put("lake", "many/a");
    await put("lake", "many/b");
    await s3.send(new DeleteObjectCommand({ Bucket: "lake", Key: "many/b" }));
    await put("lake", "other");
    const Objects = await versions("lake", "many/");
    expect(Objects).to.have.length(4);
    const answer = await s3.send(
      new DeleteObjectsCommand({ Bucket: "lake", Delete: { Objects: [...Objects, { Key: "many/never", VersionId: "x" }], Quiet: true } }),
    );
    expect([answer.Deleted, answer.Errors]).to.deep.equal([undefined, undefined]);
    expect(await versions("lake", "many/")).to.deep.equal([]);
    expect(await versions("lake", "other")).to.have.length(1);
  });

  it("hides behind a marker what no version is named of", async () => {
    await put("lake", "hidden");
    const { Deleted } = await s3.send(new DeleteObjectsCommand({ Bucket: "lake", Delete: { Objects: [{ Key: "hidden" }] } }));
    expect(Deleted?.[0]).to.include({ Key: "hidden", DeleteMarker: true });
    expect(await versions("lake", "hidden")).to.have.length(2);
  });

  it("judges each key apart, by the caller's rights", async () => {
    const { caller: _, credentials } = fixture.iam.administrator;
    expect(credentials.accessKeyId).to.be.a("string");
    const allowed = await put("lake", "mine/a");
    const denied = await put("lake", "theirs/a");
    fixture.s3.configureBucket("lake", {
      policy: {
        Version: "2012-10-17",
        Statement: [{ Effect: "Deny", Principal: "*", Action: ["s3:DeleteObjectVersion"], Resource: ["arn:aws:s3:::lake/theirs/*"] }],
      },
    });
    const Objects = [
      { Key: "mine/a", VersionId: allowed },
      { Key: "theirs/a", VersionId: denied },
    ];
    const { Errors } = await s3.send(new DeleteObjectsCommand({ Bucket: "lake", Delete: { Objects, Quiet: true } }));
    expect(Errors?.map(({ Key, Code }) => [Key, Code])).to.deep.equal([["theirs/a", "AccessDenied"]]);
    expect(await versions("lake", "mine/")).to.deep.equal([]);
  });

  it("keeps what a bucket's lock keeps, and refuses to shorten it", async () => {
    const VersionId = await put("kept", "record");
    const { Retention } = await s3.send(new GetObjectRetentionCommand({ Bucket: "kept", Key: "record", VersionId }));
    expect(Retention?.Mode).to.equal("COMPLIANCE");
    expect((Retention?.RetainUntilDate as Date).getTime() - Date.now()).to.be.within(86_000_000, 86_400_000);
    const refused = await failure(s3.send(new DeleteObjectCommand({ Bucket: "kept", Key: "record", VersionId })));
    expect([refused.name, refused.message]).to.deep.equal(["AccessDenied", "Access Denied because object protected by object lock."]);
    const { Errors } = await s3.send(new DeleteObjectsCommand({ Bucket: "kept", Delete: { Objects: [{ Key: "record", VersionId }], Quiet: true } }));
    expect(Errors?.map(({ Code }) => Code)).to.deep.equal(["AccessDenied"]);
    const sooner = new PutObjectRetentionCommand({
      Bucket: "kept",
      Key: "record",
      VersionId,
      Retention: { Mode: "COMPLIANCE", RetainUntilDate: new Date(Date.now() + 60_000) },
    });
    expect((await failure(s3.send(sooner))).name).to.equal("AccessDenied");
    // A marker is no version of the content: it may hide it.
    await s3.send(new DeleteObjectCommand({ Bucket: "kept", Key: "record" }));
    expect(await versions("kept", "record")).to.have.length(2);
  });

  it("keeps what lies under a legal hold until it is taken off", async () => {
    const VersionId = await put("holds", "video");
    const which = { Bucket: "holds", Key: "video", VersionId };
    expect((await failure(s3.send(new GetObjectLegalHoldCommand(which)))).name).to.equal("NoSuchObjectLockConfiguration");
    expect((await failure(s3.send(new GetObjectRetentionCommand(which)))).name).to.equal("NoSuchObjectLockConfiguration");
    await s3.send(new PutObjectLegalHoldCommand({ ...which, LegalHold: { Status: "ON" } }));
    expect((await s3.send(new GetObjectLegalHoldCommand(which))).LegalHold?.Status).to.equal("ON");
    expect((await failure(s3.send(new DeleteObjectCommand(which)))).name).to.equal("AccessDenied");
    await s3.send(new PutObjectLegalHoldCommand({ ...which, LegalHold: { Status: "OFF" } }));
    await s3.send(new DeleteObjectCommand(which));
    expect(await versions("holds", "video")).to.deep.equal([]);
  });

  it("knows no lock of a bucket that was made without", async () => {
    const VersionId = await put("lake", "plain");
    expect((await failure(s3.send(new GetObjectRetentionCommand({ Bucket: "lake", Key: "plain", VersionId })))).name).to.equal("InvalidRequest");
    expect(() => fixture.s3.configureBucket("lake", { defaultLock: { mode: "COMPLIANCE", days: 1 } })).to.throw("made without Object Lock");
  });
});

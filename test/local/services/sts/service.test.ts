import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, type AssumeRoleCommandInput, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { expect } from "chai";
import { createOrganization } from "../../../../local/organization.ts";
import { createIam, type Iam } from "../../../../local/services/iam/iam.ts";
import { createSts } from "../../../../local/services/sts/service.ts";
import { startWire, type Wire } from "../../../../local/wire/server.ts";
import type { RawService } from "../../../../local/wire/service.ts";
import { failure } from "../../../support/failure.ts";

const [here, there] = ["111111111111", "222222222222"];
const roleOf = (account: string, name: string): string => `arn:aws:iam::${account}:role/${name}`;
const policy = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });
const region = "us-east-1";

/** Answers with who asks, and for which path. */
const echo: RawService = {
  kind: "raw",
  signingName: "s3",
  handle: async (request, call) => ({ status: 200, headers: { etag: '"1"', "x-amz-version-id": call.caller.arn }, body: request.path }),
};

describe("STS", () => {
  const organization = createOrganization();
  const clouds: { iam: Iam; wire: Wire }[] = [];
  const [reader, stranger] = [roleOf(here, "reader"), roleOf(here, "stranger")];
  const [source, closed] = [roleOf(there, "source"), roleOf(there, "closed")];
  before(async () => {
    for (const account of [here, there]) {
      const iam = createIam({ accountId: account, seed: account });
      const sts = createSts({ accounts: (id) => (id === account ? iam : organization.account(id)?.iam) });
      const elsewhere = (key: string) => (iam.resolve(key) ? undefined : organization.accountOf(key)?.endpoint);
      const wire = await startWire({ services: [sts.service, echo], iam, elsewhere, log: () => undefined });
      organization.join({ accountId: account, endpoint: wire.endpoint, iam });
      clouds.push({ iam, wire });
    }
    const [own, other] = clouds.map(({ iam }) => iam) as [Iam, Iam];
    const trustPolicy = policy({ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" });
    for (const arn of [reader, stranger]) own.putRole({ arn, trustPolicy });
    own.putRolePolicy(reader, "inline", policy({ Effect: "Allow", Action: "sts:AssumeRole", Resource: [source, closed, roleOf("333333333333", "source")] }));
    const condition = { StringEquals: { "aws:PrincipalOrgID": "o-local000000" }, ArnLike: { "aws:PrincipalArn": roleOf(here, "read*") } };
    const trusted = { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${here}:root` }, Action: "sts:AssumeRole", Condition: condition };
    other.putRole({ arn: source, trustPolicy: policy(trusted) });
    other.putRole({ arn: closed, trustPolicy: policy({ ...trusted, Principal: { AWS: "arn:aws:iam::444444444444:root" } }) });
  });
  after(async () => {
    for (const { wire } of clouds) await wire.close();
  });

  const clientOf = (role: string) =>
    new STSClient({ endpoint: clouds[0]?.wire.endpoint as string, region, maxAttempts: 1, credentials: (clouds[0]?.iam as Iam).credentialsOf(role) });
  const take = (role: string, RoleArn: string, more: Partial<AssumeRoleCommandInput> = {}) =>
    clientOf(role).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "promotion", DurationSeconds: 900, ...more }));
  const refusal = async (work: Promise<unknown>): Promise<[string, string]> => {
    const { name, message } = await failure(work);
    return [name, message];
  };

  it("gives credentials of another account's role, and what they sign goes to that account", async () => {
    const before = Date.now();
    const { Credentials: given, AssumedRoleUser: user } = await take(reader, source);
    expect(user?.Arn).to.equal(`arn:aws:sts::${there}:assumed-role/source/promotion`);
    expect(given?.Expiration?.getTime()).to.be.within(before + 900_000, Date.now() + 900_000);
    const { AccessKeyId: accessKeyId = "", SecretAccessKey: secretAccessKey = "", SessionToken: sessionToken = "" } = given ?? {};
    const endpoint = clouds[0]?.wire.endpoint as string;
    const s3 = new S3Client({ endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey, sessionToken } });
    const answer = await s3.send(new GetObjectCommand({ Bucket: "bucket", Key: "a/b c" }));
    expect([answer.VersionId, await answer.Body?.transformToString()]).to.deep.equal([source, "/bucket/a/b%20c"]);
    const forged = new S3Client({ endpoint, region, forcePathStyle: true, maxAttempts: 1, credentials: { accessKeyId, secretAccessKey: "x", sessionToken } });
    expect((await failure(forged.send(new GetObjectCommand({ Bucket: "bucket", Key: "a" })))).name).to.equal("SignatureDoesNotMatch");
  });

  it("refuses where either side does not agree, and does not tell which roles there are", async () => {
    const denied = (by: string, role: string, why: string) => ["AccessDenied", `${by} is not authorized to perform sts:AssumeRole on ${role}: ${why}.`];
    expect(await refusal(take(stranger, source))).to.deep.equal(denied(stranger, source, "no policy of the role or of the resource allows it"));
    expect(await refusal(take(reader, closed))).to.deep.equal(denied(reader, closed, "its trust policy does not allow it"));
    const unknown = roleOf(there, "source-2");
    (clouds[0]?.iam as Iam).putRolePolicy(reader, "more", policy({ Effect: "Allow", Action: "sts:AssumeRole", Resource: unknown }));
    expect(await refusal(take(reader, unknown))).to.deep.equal(denied(reader, unknown, "its trust policy does not allow it"));
    const nowhere = roleOf("333333333333", "source");
    expect(await refusal(take(reader, nowhere))).to.deep.equal(denied(reader, nowhere, "the account is not reached"));
  });

  it("refuses what AWS refuses, and names what is not implemented", async () => {
    expect(await refusal(take(reader, source, { RoleSessionName: "a b" }))).to.deep.equal([
      "ValidationError",
      'RoleSessionName is "a b"; it must have 2 to 64 of letters, digits and _+=,.@-.',
    ]);
    expect((await refusal(take(reader, source, { DurationSeconds: 60 })))[1]).to.equal("DurationSeconds is 60; it must be 900 to 43200.");
    expect((await refusal(take(reader, `arn:aws:iam::${there}:user/somebody`)))[0]).to.equal("ValidationError");
    expect((await refusal(take(reader, source, { Policy: "{}" })))[1]).to.equal("The local cloud does not implement AssumeRole with Policy.");
    expect((await refusal(clientOf(reader).send(new GetCallerIdentityCommand({}))))[1]).to.equal("The local cloud does not implement sts:GetCallerIdentity.");
  });
});

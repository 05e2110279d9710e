import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { type Mutant, mutantsOf } from "../../../local/mutation/mutants.ts";
import { deploymentOf } from "../../support/programs.ts";

type Program = Parameters<typeof deploymentOf>[0];

/** The mutants of a program's resources but its provider: `place kind` -> the values of the first attempts. */
async function mutants(program: Program): Promise<Record<string, unknown>> {
  const found = [...mutantsOf(await deploymentOf(program))].filter(({ type }) => type.startsWith("aws:"));
  return Object.fromEntries(found.map((mutant) => [`${mutant.place} ${mutant.kind}`.trim(), valuesOf(mutant)]));
}

const valuesOf = ({ attempts }: Mutant): unknown =>
  attempts.map((change) => (change.kind === "property" ? change.value : change.kind === "options" ? change.options : change.kind));

const policyOf =
  (...statements: object[]): Program =>
  (opts) =>
    new aws.iam.Policy("p", { policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }) }, opts);

/** Of one statement: what each mutation makes of the document's statements. */
async function statementMutants(statement: object): Promise<Record<string, unknown>> {
  const all = await mutants(policyOf(statement));
  const own = Object.entries(all).filter(([key]) => key.startsWith("policy.Statement"));
  return Object.fromEntries(
    own.map(([key, values]) => [
      key.replace("policy.Statement[Own]", "").replace(/^\./, "").trim(),
      (values as string[]).map((document) => (JSON.parse(document) as { Statement: object[] }).Statement),
    ]),
  );
}

describe("mutants of a resource", () => {
  it("leave out, negate, change and replace what it is given", async () => {
    const found = await mutants(
      (opts) => new aws.kms.Key("k", { enableKeyRotation: true, multiRegion: false, deletionWindowInDays: 30, keyUsage: "ENCRYPT_DECRYPT" }, opts),
    );
    expect(found).to.deep.equal({
      "enableKeyRotation removed": [undefined],
      "enableKeyRotation negated": [false],
      "enableKeyRotation ignored": [{ ignoreChanges: ["enableKeyRotation"] }],
      // What is left out is false.
      "multiRegion negated": [true],
      "multiRegion ignored": [{ ignoreChanges: ["multiRegion"] }],
      "deletionWindowInDays removed": [undefined],
      "deletionWindowInDays changed": [0, 15, 300],
      "deletionWindowInDays ignored": [{ ignoreChanges: ["deletionWindowInDays"] }],
      "keyUsage removed": [undefined],
      "keyUsage replaced": ["SIGN_VERIFY", "GENERATE_VERIFY_MAC", "another-value"],
      "keyUsage ignored": [{ ignoreChanges: ["keyUsage"] }],
      gone: ["gone"],
    });
  });

  it("keep what the engine would not do without, and go into objects and lists", async () => {
    const found = await mutants(
      (opts) =>
        new aws.s3.BucketVersioning(
          "v",
          { bucket: "b", versioningConfiguration: { status: "Enabled", mfaDelete: "Enabled" } },
          { ...opts, protect: true, ignoreChanges: ["mfa"] },
        ),
    );
    expect(found).to.deep.equal({
      "bucket replaced": ["another-value"],
      "bucket ignored": [{ ignoreChanges: ["mfa", "bucket"] }],
      "versioningConfiguration.status replaced": ["Suspended", "Disabled", "another-value"].map((status) => ({ status, mfaDelete: "Enabled" })),
      "versioningConfiguration.mfaDelete removed": [{ status: "Enabled" }],
      "versioningConfiguration.mfaDelete replaced": ["Disabled", "another-value"].map((mfaDelete) => ({ status: "Enabled", mfaDelete })),
      "versioningConfiguration ignored": [{ ignoreChanges: ["mfa", "versioningConfiguration"] }],
      unprotected: [{ protect: false }],
      gone: ["gone"],
    });
  });

  it("take lists apart, item by item", async () => {
    const found = await mutants(
      (opts) => new aws.ec2.SecurityGroup("g", { ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.0.0.0/8", "10.1.0.0/16"] }] }, opts),
    );
    const ingress = { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.0.0.0/8", "10.1.0.0/16"] };
    expect(found["ingress[0] removed"]).to.deep.equal([[]]);
    expect(found["ingress[0].fromPort changed"]).to.deep.equal([0, 221, 4430].map((fromPort) => [{ ...ingress, fromPort }]));
    expect(found["ingress[0].cidrBlocks[0] removed"]).to.deep.equal([[{ ...ingress, cidrBlocks: ["10.1.0.0/16"] }]]);
    expect(found["ingress[0].cidrBlocks[1] replaced"]).to.deep.equal(
      ["0.0.0.0/0", "another-value"].map((cidr) => [{ ...ingress, cidrBlocks: ["10.0.0.0/8", cidr] }]),
    );
  });

  it("keep the only item of a list that there must be", async () => {
    const found = await mutants((opts) => new aws.cloudfront.KeyGroup("g", { items: ["one"], name: "g" }, opts));
    expect(Object.keys(found).filter((key) => key.startsWith("items"))).to.deep.equal(["items[0] replaced", "items ignored"]);
  });

  it("go into JSON documents, but not into assets", async () => {
    const found = await mutants((opts) => {
      new aws.sqs.Queue("q", { redrivePolicy: JSON.stringify({ maxReceiveCount: 3, note: "true" }) }, opts);
      new aws.s3.BucketObjectv2("o", { bucket: "b", key: "k", content: "[not json" }, opts);
    });
    expect(found["redrivePolicy.maxReceiveCount changed"]).to.deep.equal([0, 1, 30].map((count) => JSON.stringify({ maxReceiveCount: count, note: "true" })));
    expect(found["redrivePolicy.note negated"]).to.deep.equal([JSON.stringify({ maxReceiveCount: 3, note: "false" })]);
    expect(found["content replaced"]).to.deep.equal(["another-value"]);
  });

  it("go without a path's indices, and by them or by names in their place", async () => {
    const deployment = await deploymentOf(
      (opts) => new aws.s3.BucketLifecycleConfiguration("l", { bucket: "b", rules: [{ id: "first", status: "Enabled" }] }, opts),
    );
    const mutant = [...mutantsOf(deployment)].find(({ path, kind }) => path.endsWith("status") && kind === "replaced")!;
    expect([mutant.path, mutant.place]).to.deep.equal(["rules[].status", "rules[first].status"]);
  });

  it("are made of providers, which none can do without", async () => {
    const found = [...mutantsOf(await deploymentOf(() => undefined))].map(({ type, place, kind }) => `${type} ${place} ${kind}`);
    expect(found).to.include("pulumi:providers:aws allowedAccountIds[0] replaced");
    expect(found.filter((line) => line.endsWith("gone"))).to.deep.equal([]);
  });
});

describe("mutants of a policy", () => {
  it("widen what is allowed", async () => {
    const statement = {
      Sid: "Own",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject"],
      Resource: "arn:aws:s3:::b/*",
      Principal: { Service: "logging.s3.amazonaws.com" },
      Condition: { StringEquals: { "aws:SourceAccount": "111111111111", "aws:PrincipalOrgID": ["o-1"] } },
    };
    const { Condition, ...open } = statement;
    const equals = (demands: object): object[] => [{ ...open, Condition: { StringEquals: demands } }];
    expect(await statementMutants(statement)).to.deep.equal({
      "Action widened": [[{ ...statement, Action: "*" }]],
      "Action widened to the service": [[{ ...statement, Action: ["s3:*"] }]],
      "Resource widened": [[{ ...statement, Resource: "*" }]],
      "Principal widened": [[{ ...statement, Principal: "*" }]],
      "Principal given away": [[{ ...statement, Principal: { AWS: "arn:aws:iam::999999999999:root" } }]],
      "Condition removed": [[open]],
      "Condition.StringEquals.aws:SourceAccount removed": [equals({ "aws:PrincipalOrgID": ["o-1"] })],
      "Condition.StringEquals.aws:SourceAccount widened": [equals({ "aws:PrincipalOrgID": ["o-1"], "aws:SourceAccount": "999999999999" })],
      // Of nobody is it known that another organisation would be laxer: it would let in nobody of ours.
      "Condition.StringEquals.aws:PrincipalOrgID removed": [equals({ "aws:SourceAccount": "111111111111" })],
    });
  });

  it("widen patterns of conditions, and take what keeps out for something else", async () => {
    const statement = {
      Sid: "Own",
      Effect: "Allow",
      Action: "s3:*",
      Resource: "*",
      Condition: { ArnLike: { "aws:SourceArn": "arn:aws:s3:::a" }, StringNotEquals: { "aws:SourceVpce": "vpce-1" } },
    };
    const found = await statementMutants(statement);
    const when = (condition: object): object[] => [{ ...statement, Condition: { ...statement.Condition, ...condition } }];
    expect(found["Condition.ArnLike.aws:SourceArn widened"]).to.deep.equal(
      ["arn:aws:s3:::another-bucket", "*"].map((arn) => when({ ArnLike: { "aws:SourceArn": arn } })),
    );
    expect(found["Condition.StringNotEquals.aws:SourceVpce replaced"]).to.deep.equal([when({ StringNotEquals: { "aws:SourceVpce": "another-value" } })]);
  });

  it("let more past what denies all but some", async () => {
    const statement = {
      Sid: "Own",
      Effect: "Deny",
      Action: "*",
      Resource: "*",
      Condition: { ArnNotLike: { "aws:PrincipalArn": ["arn:aws:iam::111111111111:role/a"] }, StringEquals: { "aws:PrincipalType": "User" } },
    };
    const when = (condition: object): object[] => [{ ...statement, Condition: { ...statement.Condition, ...condition } }];
    expect(await statementMutants(statement)).to.deep.equal({
      removed: [[]],
      "Effect allowed": [[{ ...statement, Effect: "Allow" }]],
      "Condition.ArnNotLike.aws:PrincipalArn widened": ["arn:aws:iam::999999999999:role/a", "*"].map((arn) =>
        when({ ArnNotLike: { "aws:PrincipalArn": [arn] } }),
      ),
      "Condition.StringEquals.aws:PrincipalType replaced": [when({ StringEquals: { "aws:PrincipalType": "another-value" } })],
    });
  });

  it("widen what is allowed but for some", async () => {
    const statement = { Sid: "Own", Effect: "Allow", NotAction: "iam:*", Resource: "*" };
    expect(await statementMutants(statement)).to.deep.equal({ "NotAction widened": [[{ ...statement, NotAction: "none:None" }]] });
  });

  it("take away, turn round and blunt what is denied", async () => {
    const statement = {
      Sid: "Own",
      Effect: "Deny",
      Action: ["s3:GetObject", "s3:PutObject"],
      NotResource: "arn:aws:s3:::b",
      Principal: "*",
      Condition: { NumericLessThan: { "s3:TlsVersion": "1" }, Bool: { "aws:SecureTransport": "false" } },
    };
    const when = (condition: object): object[] => [{ ...statement, Condition: { ...statement.Condition, ...condition } }];
    expect(await statementMutants(statement)).to.deep.equal({
      removed: [[]],
      "Effect allowed": [[{ ...statement, Effect: "Allow" }]],
      "Action removed": [[{ ...statement, Action: ["s3:GetObject"] }]],
      "NotResource widened": [[{ ...statement, NotResource: "*" }]],
      "Principal replaced": [[{ ...statement, Principal: { AWS: "arn:aws:iam::999999999999:root" } }]],
      "Condition.NumericLessThan.s3:TlsVersion changed": ["0", "10"].map((version) => when({ NumericLessThan: { "s3:TlsVersion": version } })),
      "Condition.Bool.aws:SecureTransport negated": [when({ Bool: { "aws:SecureTransport": "true" } })],
    });
  });
});

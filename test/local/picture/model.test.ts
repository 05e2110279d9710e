import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { inWords, pictureOf } from "../../../local/picture/model.ts";
import { deploymentOf } from "../../support/programs.ts";

class Component extends pulumi.ComponentResource {
  constructor(token: string, name: string, opts: pulumi.ComponentResourceOptions, inside: (opts: { parent: pulumi.Resource }) => void) {
    super(token, name, {}, opts);
    inside({ parent: this });
    this.registerOutputs({});
  }
}

/** Keys that everybody uses, a lake, and four users of both; the last in an account of its own. */
const drawn = async () =>
  pictureOf(
    await deploymentOf((opts) => {
      let key!: aws.kms.Key;
      let bucket!: aws.s3.Bucket;
      new Component("svp:security:DataKeys", "keys", opts, (inside) => {
        key = new aws.kms.Key("keys-raw", {}, inside);
        new aws.kms.Alias("keys-raw-alias", { targetKeyId: key.id }, inside);
      });
      new Component("svp:data:DataLake", "lake", opts, (inside) => {
        new Component("svp:data:EncryptedBucket", "lake-raw", inside, (deeper) => {
          bucket = new aws.s3.Bucket("lake-raw", {}, deeper);
          new aws.s3.BucketVersioning("lake-raw-versioning", { bucket: bucket.id, versioningConfiguration: { status: "Enabled" } }, deeper);
          new aws.s3.BucketObjectv2("lake-raw-object", { bucket: bucket.id, kmsKeyId: key.arn }, deeper);
        });
      });
      const archive = new aws.Provider("archive", { region: "eu-central-1", allowedAccountIds: ["222222222222"] });
      const users = ["ingest-start", "ingest-check", "serve-get-case", "other"];
      for (const [i, name] of users.entries()) {
        new Component("svp:analysis:ImageStep", `step-${i}`, i === 3 ? { provider: archive } : opts, (inside) => {
          const variables = { BUCKET: bucket.id, KEY: key.arn };
          new aws.lambda.Function(name, { role: "arn:aws:iam::111111111111:role/r", environment: { variables } }, inside);
        });
      }
    }),
  );

describe("pictureOf", () => {
  it("puts components into accounts and areas, from the ground up", async () => {
    const { accounts, resourceCount } = await drawn();
    expect(resourceCount).to.equal(9);
    expect(
      accounts.map(({ id, providers, regions, areas }) => ({
        id,
        providers,
        regions,
        areas: areas.map(({ name, cards }) => [name, ...cards.map((card) => card.name)]),
      })),
    ).to.deep.equal([
      {
        id: "111111111111",
        providers: ["account"],
        regions: ["us-east-1"],
        areas: [
          ["security", "keys"],
          ["data", "lake"],
          ["analysis", "step-0", "step-1", "step-2"],
        ],
      },
      { id: "222222222222", providers: ["archive"], regions: ["eu-central-1"], areas: [["analysis", "step-3"]] },
    ]);
  });

  it("says what is inside, and how much more serves it", async () => {
    const { accounts } = await drawn();
    const cards = accounts[0]!.areas.flatMap(({ cards }) => cards).slice(0, 3);
    expect(cards.map(({ kind, counts, minorCount, parts }) => ({ kind, counts, minorCount, parts }))).to.deep.equal([
      { kind: "data keys", counts: [{ what: "key", count: 1 }], minorCount: 1, parts: [] },
      { kind: "data lake", counts: [{ what: "bucket", count: 1 }], minorCount: 2, parts: ["raw"] },
      { kind: "image step", counts: [{ what: "function", count: 1 }], minorCount: 0, parts: [] },
    ]);
  });

  it("finds who uses whom, and which of the ground all stand on", async () => {
    const { accounts, uses } = await drawn();
    const cards = accounts.flatMap(({ areas }) => areas).flatMap(({ cards }) => cards);
    const nameOf = (urn: string) => cards.find((card) => card.urn === urn)!.name;
    expect(uses.map(({ user, used }) => `${nameOf(user)} > ${nameOf(used)}`).sort()).to.deep.equal([
      "lake > keys",
      ...[0, 1, 2, 3].flatMap((i) => [`step-${i} > keys`, `step-${i} > lake`]),
    ]);
    // The lake has as many users, but lies on the road of the data.
    expect(cards.filter(({ isFoundation }) => isFoundation).map(({ name }) => name)).to.deep.equal(["keys"]);
  });

  it("follows the road of a video through the functions", async () => {
    const { road } = await drawn();
    expect(road.map(({ name, functions }) => [name, [...functions].sort()])).to.deep.equal([
      ["ingest", ["check", "start"]],
      ["serve", ["get-case"]],
    ]);
  });
});

describe("inWords", () => {
  for (const [name, words] of [
    ["StateMachine", "state machine"],
    ["BucketObjectv2", "bucket object"],
    ["IPSet", "IP set"],
    ["WebAcl", "web acl"],
  ] as const) {
    it(`makes ${name} ${words}`, () => expect(inWords(name)).to.equal(words));
  }
});

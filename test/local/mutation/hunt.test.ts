import * as aws from "@pulumi/aws";
import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { expect } from "chai";
import { evaluatePolicies } from "../../../local/deploy/policy/in-process.ts";
import { type Hunt, hunt } from "../../../local/mutation/hunt.ts";
import { type Change, judgeOf } from "../../../local/mutation/judge.ts";
import { differences, huntReport, isComplete, mutationDocument } from "../../../local/mutation/report.ts";
import { rules } from "../../../policies/rules/index.ts";
import { bucketParts, deploymentOf } from "../../support/programs.ts";

const common = { description: "It must.", enforcementLevel: "mandatory" } as const;

const rotates: ResourceValidationPolicy = {
  ...common,
  name: "rotates",
  validateResource: ({ type, props, opts, notApplicable }, report) => {
    if (type !== "aws:kms/key:Key") notApplicable();
    if (props["enableKeyRotation"] !== true) report("no");
    if (opts.ignoreChanges.includes("enableKeyRotation")) report("no");
    if ((props["policy"] as string | undefined)?.length === 0) throw new TypeError("empty");
  },
};

const aliased: StackValidationPolicy = {
  ...common,
  name: "aliased",
  validateStack: ({ resources }, report) => {
    for (const key of resources.filter(({ type }) => type === "aws:kms/key:Key"))
      if (!resources.some(({ propertyDependencies }) => propertyDependencies["targetKeyId"]?.includes(key))) report("no", key.urn);
  },
};

const advice: ResourceValidationPolicy = { ...common, name: "advice", enforcementLevel: "advisory", validateResource: (_, report) => report("always") };

const program = (opts: { provider: aws.Provider }): void => {
  const key = new aws.kms.Key("case-key", { enableKeyRotation: true, description: "Ours" }, opts);
  new aws.kms.Alias("alias", { name: "alias/ours", targetKeyId: key.id }, opts);
};

const deployment = await deploymentOf(program);
const urnOf = (name: string): string => deployment.resources.find((resource) => resource.name === name)!.urn;

describe("a judge of changes", () => {
  const effectOf = async (name: string, change: Change) => (await judgeOf([rotates, aliased, advice], deployment, {})).effectOf(urnOf(name), change);
  const property = (name: string, value: unknown): Change => ({ kind: "property", property: name, value });
  const noticed = (...noticedBy: string[]) => ({ noticedBy, crashes: [] });

  it("tells which mandatory rules find something new", async () => {
    expect(await effectOf("case-key", property("enableKeyRotation", false))).to.deep.equal(noticed("rotates"));
    expect(await effectOf("case-key", property("enableKeyRotation", undefined))).to.deep.equal(noticed("rotates"));
    expect(await effectOf("case-key", property("description", "Theirs"))).to.deep.equal(noticed());
    expect(await effectOf("case-key", { kind: "options", options: { ignoreChanges: ["enableKeyRotation"] } })).to.deep.equal(noticed("rotates"));
    expect(await effectOf("case-key", { kind: "options", options: { protect: false } })).to.deep.equal(noticed());
  });

  it("lets go of the bond that a changed value stood for, and of a resource that is gone", async () => {
    expect(await effectOf("alias", property("targetKeyId", "another"))).to.deep.equal(noticed("aliased"));
    expect(await effectOf("alias", property("name", "alias/theirs"))).to.deep.equal(noticed());
    expect(await effectOf("alias", { kind: "gone" })).to.deep.equal(noticed("aliased"));
    expect(await effectOf("case-key", { kind: "gone" })).to.deep.equal(noticed());
  });

  it("takes every change back", async () => {
    const judge = await judgeOf([rotates, aliased], deployment, {});
    await judge.effectOf(urnOf("alias"), { kind: "gone" });
    await judge.effectOf(urnOf("case-key"), property("enableKeyRotation", false));
    await judge.effectOf(urnOf("case-key"), { kind: "options", options: { ignoreChanges: ["enableKeyRotation"] } });
    expect(await judge.effectOf(urnOf("case-key"), property("enableKeyRotation", true))).to.deep.equal(noticed());
    expect(await judge.effectOf(urnOf("alias"), property("targetKeyId", "another"))).to.deep.equal(noticed("aliased"));
  });

  it("counts what was found before as nothing new", async () => {
    const bare = await deploymentOf((opts) => new aws.kms.Key("key", {}, opts));
    const judge = await judgeOf([rotates], bare, {});
    const { urn } = bare.resources.find(({ name }) => name === "key")!;
    expect(judge.findings).to.deep.equal([`rotates ${urn}`]);
    expect(await judge.effectOf(urn, property("enableKeyRotation", false))).to.deep.equal(noticed());
  });

  it("tells of a rule that throws", async () => {
    expect(await effectOf("case-key", property("policy", ""))).to.deep.equal({ noticedBy: [], crashes: ["rotates: empty"] });
  });

  it("takes a rule that can't tell for one that does not notice", async () => {
    expect(await effectOf("case-key", property("enableKeyRotation", "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7"))).to.deep.equal(noticed());
  });

  it("finds the same as the policy server's own functions, with the rules of the pack", async () => {
    const laxBuckets = await deploymentOf((opts) => {
      bucketParts("good", "arn:aws:kms:us-east-1:111111111111:key/1", opts);
      bucketParts("bad", "arn:aws:kms:us-east-1:111111111111:key/1", opts, { encryption: undefined, block: undefined, status: undefined });
      new aws.kms.Key("key", {}, opts);
    });
    const { findings } = await evaluatePolicies(rules, laxBuckets);
    const mandatory = findings.filter(({ enforcementLevel }) => enforcementLevel === "mandatory").map(({ rule, urn = "" }) => `${rule} ${urn}`);
    expect((await judgeOf(rules, laxBuckets, {})).findings).to.deep.equal(mandatory.sort());
  });
});

describe("a hunt for mutants", () => {
  let found: Hunt;
  const list = [
    { types: ["*"], paths: ["description"], reason: "Tells people what it is for." },
    { types: ["aws:kms/key:Key"], paths: ["$"], kinds: ["gone"], reason: "No key, no data." },
  ] as const;
  before(async () => {
    found = await hunt([rotates, aliased, advice], deployment, {}, list);
  });

  it("groups mutants by type, property and mutation, and names survivors", () => {
    const of = (type: string): string[] =>
      found.groups
        .filter((group) => group.type === type)
        .map(({ path, kind, killed, total, rules: by, survivors }) => `${path} ${kind} ${killed}/${total} ${by.join()} ${survivors.join()}`);
    expect(of("aws:kms/key:Key")).to.deep.equal([
      "enableKeyRotation ignored 1/1 rotates ",
      "enableKeyRotation negated 1/1 rotates ",
      "enableKeyRotation removed 1/1 rotates ",
    ]);
    expect(of("aws:kms/alias:Alias")).to.deep.equal([
      " gone 1/1 aliased ",
      "name ignored 0/1  alias name",
      "name removed 0/1  alias name",
      "name replaced 0/1  alias name",
      "targetKeyId ignored 0/1  alias targetKeyId",
      "targetKeyId replaced 1/1 aliased ",
    ]);
  });

  it("asks mandatory rules only", () => {
    expect(found.rules).to.deep.equal(["rotates", "aliased"]);
  });

  it("counts what is no harm apart", () => {
    expect([...found.irrelevant]).to.deep.equal([
      [list[0], 3],
      [list[1], 1],
    ]);
  });

  it("is complete only if everything is noticed and no rule throws", async () => {
    expect(isComplete(found)).to.equal(false);
    expect(isComplete({ ...found, groups: [] })).to.equal(true);
    expect(isComplete({ ...found, groups: [], crashes: ["rotates: empty (x)"] })).to.equal(false);
    const thrown = await hunt(
      [{ ...rotates, validateResource: ({ props }) => void (props["description"] as string).length }],
      { ...deployment, resources: deployment.resources.filter(({ name }) => name === "case-key") },
      {},
      [],
    );
    expect(thrown.crashes).to.have.length(1);
    expect(thrown.crashes[0]).to.match(/^rotates: Cannot read .* \(aws:kms\/key:Key "case-key" description removed\)$/);
  });

  it("takes the first mutant of each kind where that is enough", async () => {
    const two = await deploymentOf((opts) => {
      for (const name of ["first", "second"]) new aws.kms.Key(name, { enableKeyRotation: true }, opts);
    });
    const counts = async (options: object) =>
      (await hunt([rotates], two, {}, list, options)).groups
        .filter(({ type }) => type === "aws:kms/key:Key")
        .map(({ kind, total, killed, rules: by }) => `${kind} ${killed}/${total} ${by}`);
    expect(await counts({})).to.deep.equal(["ignored 2/2 rotates", "negated 2/2 rotates", "removed 2/2 rotates"]);
    expect(await counts({ firstOnly: true })).to.deep.equal(["ignored 1/1 rotates", "negated 1/1 rotates", "removed 1/1 rotates"]);
  });

  it("is held to a document: what is noticed no more, and what is noticed now", () => {
    const document = mutationDocument([found]);
    expect(differences(document, [found])).to.deep.equal([]);
    const [, , removed] = found.groups.filter(({ type }) => type === "aws:kms/key:Key");
    const survived = { ...removed!, killed: 0, survivors: ["case-key enableKeyRotation"] };
    const noticed = { ...found.groups.find(({ path, kind }) => path === "name" && kind === "removed")!, killed: 1, survivors: [] };
    expect(differences(document, [{ ...found, groups: [survived, noticed] }])).to.deep.equal([
      "unit: aws:kms/key:Key enableKeyRotation removed: nobody notices case-key enableKeyRotation",
      "unit: aws:kms/alias:Alias name removed: is noticed",
    ]);
    // Of a kind that is noticed in part, the first may be.
    expect(
      differences(document.replace("| removed | 1 | 1 | alias name |", "| removed | 1 | 2 | alias name |"), [{ ...found, groups: [noticed] }]),
    ).to.deep.equal([]);
    // A stack that the document does not have.
    expect(differences(document, [{ ...found, stack: "other", groups: [survived] }])).to.have.length(1);
  });

  it("is told as tables", () => {
    const report = huntReport({ ...found, crashes: ["rotates: empty (x)"] });
    expect(report).to.include("## Stack unit\n");
    expect(report).to.include("| aws:kms/alias:Alias | `name` | removed | 1 | 1 | alias name |");
    expect(report).to.include("- rotates: empty (x)");
    expect(report).to.include("| aws:kms/key:Key | 3 | 3 | 100.0 % |");
    expect(mutationDocument([{ ...found, rules: ["rotates", "aliased", "sleeps"] }])).to.include("no single change undoes it: `sleeps`.");
    expect(mutationDocument([found, found])).to.include("## Rules that noticed nothing\n\nNone.\n");
    expect(mutationDocument([found, found])).to.include("| `*` | `description` | any | 6 | Tells people what it is for. |");
  });
});

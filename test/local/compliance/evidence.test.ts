import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { type Evidence, evidenceOf, isCompliant } from "../../../local/compliance/evidence.ts";
import { type PolicyConfig, reconcile } from "../../../local/deploy/policy/config.ts";
import { evaluatePolicies } from "../../../local/deploy/policy/in-process.ts";
import { logGroupKeepsAuditTrail } from "../../../policies/rules/cloudwatch/log-group-keeps-audit-trail.ts";
import { keyRotatesEveryYear } from "../../../policies/rules/kms/key-rotates-every-year.ts";
import { bucketKeepsVersions } from "../../../policies/rules/s3/bucket-keeps-versions.ts";
import type { Waiver } from "../../../policies/waivers.ts";
import { bucketParts, deploymentOf } from "../../support/programs.ts";

const rules = [logGroupKeepsAuditTrail, bucketKeepsVersions, keyRotatesEveryYear];
const waiver: Waiver = {
  rule: logGroupKeepsAuditTrail.name,
  stack: "unit",
  resource: { type: "aws:cloudwatch/logGroup:LogGroup", name: "scratch" },
  reason: "Holds the progress of a load test without patients.",
  approver: "Security officer",
  approved: "2026-11-01",
  expires: "2027-10-31",
};

async function evidence(program: (opts: { provider: aws.Provider }) => unknown, waivers: Waiver[] = [], config: PolicyConfig = {}): Promise<Evidence> {
  const deployment = await deploymentOf(program);
  const report = await evaluatePolicies(rules, deployment, config);
  return evidenceOf({
    deployment,
    rules,
    levels: reconcile(rules, config),
    report,
    waivers,
    nprm2025: false,
    date: "2026-11-25T12:00:00.000Z",
    commit: "abc123",
  });
}

const broken = (opts: { provider: aws.Provider }): void => {
  for (const [name, retentionInDays] of [
    ["audit", 2192],
    ["scratch", 30],
  ] as const)
    new aws.cloudwatch.LogGroup(name, { retentionInDays }, opts);
  new aws.s3.Bucket("bare", { bucket: "bare" }, opts);
  bucketParts("lake", "arn:aws:kms:us-east-1:111111111111:key/1", opts);
};
const ruleOf = ({ rules: all }: Evidence, name: string) => all.find((rule) => rule.name === name);
const controlOf = ({ controls }: Evidence, section: string) => controls.find((control) => control.section === section);

describe("the evidence of a stack", () => {
  it("says of every rule on how many resources it was kept, broken, or not applicable", async () => {
    const shown = await evidence(broken);
    expect(shown).to.include({ schema: "svp-compliance/1.0", project: "svp", stack: "unit", commit: "abc123" });
    expect(shown.account).to.deep.equal(["111111111111"]);
    expect(ruleOf(shown, logGroupKeepsAuditTrail.name)?.counts).to.include({ pass: 1, fail: 1, waived: 0, unjudged: 0 });
    expect(ruleOf(shown, bucketKeepsVersions.name)?.counts).to.include({ pass: 1, fail: 1, waived: 0, unjudged: 0 });
    expect(ruleOf(shown, keyRotatesEveryYear.name)?.counts).to.include({ pass: 0, fail: 0 });
    const failures = shown.results.filter(({ verdict }) => verdict === "fail").map(({ rule, name }) => [rule, name]);
    expect(failures).to.deep.equal([
      [logGroupKeepsAuditTrail.name, "scratch"],
      [bucketKeepsVersions.name, "bare"],
    ]);
    expect(isCompliant(shown)).to.equal(false);
  });

  it("says of every paragraph whether it is kept, broken, not evaluated, or no program's matter", async () => {
    const shown = await evidence(broken);
    expect(controlOf(shown, "164.316(b)(2)(i)")).to.deep.include({ status: "violated", rules: [logGroupKeepsAuditTrail.name] });
    expect(controlOf(shown, "164.312(a)(2)(iv)")?.status).to.equal("not evaluated");
    expect(controlOf(shown, "164.310(b)")).to.deep.include({ status: "organisational", reason: "Workstations of the organisation." });
    const kept = await evidence((opts) => new aws.cloudwatch.LogGroup("audit", { retentionInDays: 2192 }, opts));
    expect(controlOf(kept, "164.312(b)")?.status).to.equal("kept");
    expect(isCompliant(kept)).to.equal(true);
  });

  it("shows what is waived, why and until when", async () => {
    const shown = await evidence((opts) => new aws.cloudwatch.LogGroup("scratch", { retentionInDays: 30 }, opts), [waiver]);
    expect(shown.results.filter(({ verdict }) => verdict === "waived")).to.deep.equal([
      {
        rule: waiver.rule,
        urn: "urn:pulumi:unit::svp::aws:cloudwatch/logGroup:LogGroup::scratch",
        type: "aws:cloudwatch/logGroup:LogGroup",
        name: "scratch",
        verdict: "waived",
        messages: ['Log group "scratch" keeps events 30 days; it must keep them 2192.'],
        waiver: { reason: waiver.reason, approver: "Security officer", expires: "2027-10-31" },
      },
    ]);
    expect(isCompliant(shown)).to.equal(true);
  });

  it("objects to a waiver that covers nothing any more", async () => {
    const shown = await evidence((opts) => new aws.cloudwatch.LogGroup("scratch", { retentionInDays: 2192 }, opts), [waiver]);
    expect(shown.waiverObjections).to.deep.equal([`The waiver of ${waiver.rule} for aws:cloudwatch/logGroup:LogGroup "scratch" covers nothing any more.`]);
    expect(isCompliant(shown)).to.equal(false);
  });

  it("counts a broken rule that is only advice as no obstacle", async () => {
    const shown = await evidence(broken, [], { all: "advisory" });
    expect(ruleOf(shown, bucketKeepsVersions.name)).to.include({ level: "advisory" });
    expect(isCompliant(shown)).to.equal(true);
  });
});

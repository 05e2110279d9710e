import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { organizationAccessIsAnalyzed } from "../../../policies/rules/accessanalyzer/organization-access-is-analyzed.ts";
import { unusedAccessIsFoundInTime } from "../../../policies/rules/accessanalyzer/unused-access-is-found-in-time.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const approved = ["us-east-1", "us-east-2", "us-west-1", "us-west-2"];
const analyzer =
  (unusedAccess: aws.types.input.accessanalyzer.AnalyzerConfigurationUnusedAccess, type = "ORGANIZATION_UNUSED_ACCESS"): Program =>
  (opts) =>
    new aws.accessanalyzer.Analyzer("a", { analyzerName: "a", type, configuration: { unusedAccess } }, opts);
const analyzed =
  (regions: readonly string[], type = "ORGANIZATION", unused = true): Program =>
  (opts) => {
    for (const region of regions) new aws.accessanalyzer.Analyzer(region, { analyzerName: "external", region, type }, opts);
    if (unused) new aws.accessanalyzer.Analyzer("unused", { analyzerName: "unused", type: "ORGANIZATION_UNUSED_ACCESS" }, opts);
  };
const unseen = (...regions: string[]) => `Nothing finds access from outside in ${regions.join(", ")}; an Analyzer of type ORGANIZATION must lie there.`;
const bucket: Program = (opts) => new aws.s3.Bucket("b", {}, opts);

describe("rules for Access Analyzer", () => {
  const cases: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [organizationAccessIsAnalyzed, "accepts every Region", analyzed(approved)],
    [organizationAccessIsAnalyzed, "refuses a Region that is left open", analyzed(approved.slice(0, 3)), unseen("us-west-2")],
    [organizationAccessIsAnalyzed, "refuses analyzers of an account", analyzed(approved, "ACCOUNT"), unseen(...approved)],
    [
      organizationAccessIsAnalyzed,
      "refuses none for unused access",
      analyzed(approved, "ORGANIZATION", false),
      "Nothing finds access that nobody uses; there must be an Analyzer of type ORGANIZATION_UNUSED_ACCESS.",
    ],
    [unusedAccessIsFoundInTime, "accepts a quarter", analyzer({ unusedAccessAge: 90 })],
    [unusedAccessIsFoundInTime, "accepts what AWS does unless told otherwise", analyzer({}, "ACCOUNT_UNUSED_ACCESS")],
    [
      unusedAccessIsFoundInTime,
      "refuses longer, and exceptions",
      analyzer({ unusedAccessAge: 180, analysisRule: { exclusions: [{ accountIds: ["333333333333"] }] } }),
      'Analyzer "a" finds what was not used for 180 days; it must be 90 at most.',
      'Analyzer "a" makes exceptions; it must have no analysisRule.',
    ],
  ];
  for (const [rule, what, program, ...messages] of cases)
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));

  it("asks only for Regions that guardrails leave open", async () => {
    const closed: Program = (opts) => {
      const Statement = { Effect: "Deny", Action: "*", Resource: "*", Condition: { StringNotEquals: { "aws:RequestedRegion": "us-west-2" } } };
      const { id } = new aws.organizations.Policy("p", { content: JSON.stringify({ Version: "2012-10-17", Statement }) }, opts);
      new aws.organizations.PolicyAttachment("p", { policyId: id, targetId: "222222222222" }, opts);
      analyzed(["us-east-1"])(opts);
    };
    expect(await violations(organizationAccessIsAnalyzed, closed)).to.deep.equal([unseen("us-west-2")]);
  });

  it("take their settings from the configuration", async () => {
    expect(
      await violations(unusedAccessIsFoundInTime, analyzer({ unusedAccessAge: 180 }), { [unusedAccessIsFoundInTime.name]: { maximumDays: 180 } }),
    ).to.deep.equal([]);
    expect(await applications(organizationAccessIsAnalyzed, bucket, { [organizationAccessIsAnalyzed.name]: { required: false } })).to.equal(0);
  });

  it("judge nothing where there is nothing of their kind", async () => {
    expect(await applications(unusedAccessIsFoundInTime, bucket)).to.equal(0);
    expect(await applications(unusedAccessIsFoundInTime, analyzed(["us-east-1"], "ORGANIZATION", false))).to.equal(0);
  });
});

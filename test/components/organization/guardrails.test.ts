import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { Guardrails, type GuardrailsArgs } from "../../../components/organization/guardrails.ts";
import {
  aiOptOutText,
  allowedRegionsOnly,
  analysisStaysClinical,
  auditStays,
  eligibleServicesOnly,
  identitiesAreKnown,
  longestPolicy,
  policyText,
} from "../../../components/organization/service-control-policies.ts";
import { failure } from "../../support/failure.ts";
import { inAccount, place } from "../place.ts";

const accounts = { audit: "222222222222", prod: "333333333333" };
const make = (more: Partial<GuardrailsArgs> = {}) =>
  inAccount((opts) => {
    const args = { place, accounts, regions: ["us-east-1", "us-west-2"], deployRole: "svp-deploy", ...more };
    return { optOut: new Guardrails("guardrails", args, opts).aiOptOutPolicyId };
  });

describe("service-control policies", () => {
  const texts = {
    eligible: policyText(eligibleServicesOnly()),
    regions: policyText(allowedRegionsOnly(["us-east-1", "us-west-2", "eu-central-1", "eu-west-1"])),
    audit: policyText([...auditStays("svp-deploy"), ...identitiesAreKnown("svp-deploy")]),
    clinical: policyText(analysisStaysClinical()),
  };

  for (const [name, text] of Object.entries(texts)) {
    it(`are short enough for Organizations, only deny, and say once what each statement is for: ${name}`, () => {
      expect(text.length).to.be.at.most(longestPolicy);
      const { Statement } = JSON.parse(text) as { Statement: { Sid: string; Effect: string; Resource: string[] }[] };
      for (const { Effect, Sid } of Statement) expect([Effect, Sid]).to.deep.equal(["Deny", Sid.match(/^[A-Za-z0-9]+$/)?.[0]]);
      expect(new Set(Statement.map(({ Sid }) => Sid)).size).to.equal(Statement.length);
    });
  }

  it("deny every service that is not eligible, and none that the platform needs", () => {
    const [{ NotAction = [] } = {}] = eligibleServicesOnly();
    for (const service of ["s3", "sagemaker", "organizations", "signer", "application-autoscaling"]) expect(NotAction).to.include(`${service}:*`);
    for (const service of ["scheduler", "pipes", "rum"]) expect(NotAction).not.to.include(`${service}:*`);
  });

  it("deny other Regions, but for what has no Region, and us-east-1, where CloudFront's firewall lies", () => {
    const [{ NotAction = [], Condition } = {}] = allowedRegionsOnly(["eu-central-1"]);
    expect(Condition).to.deep.equal({ StringNotEquals: { "aws:RequestedRegion": ["eu-central-1", "us-east-1"] } });
    expect(NotAction).to.include.members(["iam:*", "cloudfront:*", "organizations:*", "budgets:*", "sts:*"]);
    expect(NotAction).not.to.include.members(["s3:*"]);
  });

  it("let nobody stop what watches but who deploys, and nobody at all leave or work as root", () => {
    const statements = new Map([...auditStays("svp-deploy"), ...identitiesAreKnown("svp-deploy")].map((statement) => [statement.Sid, statement]));
    for (const sid of ["TrailStays", "RecordingStays", "WatchersStay", "LogsStay", "KeysStay", "BackupsStay", "ArchiveStays"]) {
      expect(statements.get(sid)?.Condition, sid).to.deep.equal({ ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/svp-deploy" } });
    }
    expect(statements.get("AccountStays")).not.to.have.property("Condition");
    expect(statements.get("NoRoot")).to.deep.include({ Action: ["*"], Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:root" } } });
    expect(statements.get("NoUsers")?.Action).to.include("iam:CreateAccessKey");
  });

  it("let no face be looked for, and no job run without a network of its own", () => {
    const statements = new Map(analysisStaysClinical().map((statement) => [statement.Sid, statement]));
    expect(statements.get("NoFaces")?.Action).to.include.members(["rekognition:*Face*", "rekognition:StartMediaAnalysisJob"]);
    expect(statements.get("JobsAreIsolated")?.Condition).to.deep.equal({ BoolIfExists: { "sagemaker:NetworkIsolation": "false" } });
    expect(statements.get("JobsHaveNetworks")?.Condition).to.deep.equal({ Null: { "sagemaker:VpcSubnets": "true" } });
  });

  it("opt out of AWS's use of what its AI services see, for good", () => {
    const none = { "@@operators_allowed_for_child_policies": ["@@none"] };
    expect(JSON.parse(aiOptOutText())).to.deep.equal({ services: { ...none, default: { ...none, opt_out_policy: { ...none, "@@assign": "optOut" } } } });
  });
});

describe("Guardrails", () => {
  it("hold in every account of the platform, four of the five that one takes", async () => {
    const stack = await make();
    const policies = stack.ofType(aws.organizations.Policy);
    expect(policies.map(({ name, inputs: { type } }) => [name, type])).to.deep.equal([
      ["guardrails-eligible-services", "SERVICE_CONTROL_POLICY"],
      ["guardrails-allowed-regions", "SERVICE_CONTROL_POLICY"],
      ["guardrails-audit-and-identity", "SERVICE_CONTROL_POLICY"],
      ["guardrails-clinical-analysis", "SERVICE_CONTROL_POLICY"],
      ["guardrails-ai-opt-out", "AISERVICES_OPT_OUT_POLICY"],
    ]);
    const attached = stack.ofType(aws.organizations.PolicyAttachment).map(({ inputs }) => [inputs["policyId"], inputs["targetId"]]);
    expect(attached).to.have.deep.members(policies.flatMap(({ id }) => Object.values(accounts).map((account) => [id, account])));
    expect(stack.outputs["optOut"]).to.equal(stack.one(aws.organizations.Policy, "guardrails-ai-opt-out").id);
  });

  it("refuse to pretend that they hold in the management account, or nowhere", async () => {
    expect((await failure(make({ accounts: { management: place.accountId } }))).message).to.contain(
      'svp:organization:Guardrails "guardrails": accounts must not hold the management account',
    );
    expect((await failure(make({ regions: [] }))).message).to.contain("regions must name at least one Region.");
  });
});

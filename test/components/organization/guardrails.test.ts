import * as aws from "@pulumi/aws";
import { expect } from "chai";
import fc from "fast-check";
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
import { globMatches } from "../../../local/services/iam/patterns.ts";
import { failure } from "../../support/failure.ts";
import { inAccount, place } from "../place.ts";

const accounts = { audit: "222222222222", prod: "333333333333" };
const make = (more: Partial<GuardrailsArgs> = {}) =>
  inAccount((opts) => {
    const args = { place, accounts, regions: ["us-east-1", "us-west-2"], deployRole: "svp-deploy", ...more };
    return { optOut: new Guardrails("guardrails", args, opts).aiOptOutPolicyId };
  });

type Statements = ReturnType<typeof auditStays>;

/** Whether a statement denies an action, as far as what is asked about its Region goes. Statements with other conditions are left out. */
const denied = (statements: Statements, action: string, context: Record<string, string> = {}): boolean =>
  statements.some(({ Action, NotAction = [], Condition = {} }) => {
    const about = Action === undefined ? !NotAction.some((pattern) => globMatches(pattern, action)) : Action.some((pattern) => globMatches(pattern, action));
    const { "aws:RequestedRegion": regions, ...others } = Condition["StringNotEquals"] ?? {};
    const applies = regions === undefined || !(regions as readonly string[]).includes(context["aws:RequestedRegion"] ?? "");
    return about && applies && Object.keys(others).length === 0 && Object.keys(Condition).every((operator) => operator === "StringNotEquals");
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

  it("deny other Regions, but for what has no Region, and what CloudFront needs in us-east-1", () => {
    const [regional, edge] = allowedRegionsOnly(["eu-central-1"]);
    expect(regional?.Condition).to.deep.equal({ StringNotEquals: { "aws:RequestedRegion": ["eu-central-1"] } });
    expect(regional?.NotAction).to.include.members(["iam:*", "cloudfront:*", "organizations:*", "budgets:*", "sts:*", "kms:*"]);
    expect(regional?.NotAction).not.to.include.members(["s3:*"]);
    expect(edge).to.deep.equal({
      Sid: "EdgeRegions",
      Effect: "Deny",
      Action: ["acm:*", "kms:*", "logs:*", "wafv2:*"],
      Resource: ["*"],
      Condition: { StringNotEquals: { "aws:RequestedRegion": ["eu-central-1", "us-east-1"] } },
    });
  });

  it("let an operation run in a Region if and only if the Region is allowed, or the operation has none", () => {
    const region = fc.constantFrom("us-east-1", "us-west-2", "eu-central-1", "ap-southeast-2");
    const action = fc.constantFrom("s3:PutObject", "sagemaker:CreateModel", "dynamodb:PutItem", "iam:CreateRole", "logs:PutLogEvents", "wafv2:CreateWebACL");
    fc.assert(
      fc.property(fc.uniqueArray(region, { minLength: 1 }), region, action, (allowed, where, what) => {
        const free = what.startsWith("iam:") || (/^(logs|wafv2):/.test(what) && where === "us-east-1");
        expect(denied(allowedRegionsOnly(allowed), what, { "aws:RequestedRegion": where })).to.equal(!free && !allowed.includes(where));
      }),
    );
  });

  const statementsOf = (statements: Statements) => new Map(statements.map((statement) => [statement.Sid, statement]));
  const guarding = statementsOf([...auditStays("svp-deploy"), ...identitiesAreKnown("svp-deploy")]);

  it("let nobody stop what watches but who deploys, and nobody at all leave or work as root", () => {
    for (const sid of ["TrailStays", "RecordingStays", "WatchersStay", "LogsStay", "KeysStay", "BackupsStay", "ArchiveStaysClosed", "NothingPublic"]) {
      expect(guarding.get(sid)?.Condition, sid).to.deep.equal({ ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/svp-deploy" } });
    }
    for (const action of ["DeleteConfigurationPolicy", "DeleteFindingAggregator", "StartConfigurationPolicyDisassociation", "UpdateOrganizationConfiguration"])
      expect(guarding.get("WatchersStay")?.Action).to.include(`securityhub:${action}`);
    expect(guarding.get("AccountStays")).not.to.have.property("Condition");
    expect(guarding.get("NoRoot")).to.deep.include({ Action: ["*"], Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:root" } } });
    expect(guarding.get("NoUsers")?.Action).to.include("iam:CreateAccessKey");
    expect(guarding.get("NoOpenFunctions")?.Condition).to.deep.equal({ StringNotEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } });
  });

  it("keep the archive's objects from everybody, who deploys included, and know the archive by its buckets' names", () => {
    const { Resource: [objects = ""] = [], ...statement } = guarding.get("ArchiveStays") ?? {};
    expect(statement).to.deep.equal({
      Sid: "ArchiveStays",
      Effect: "Deny",
      Action: ["s3:BypassGovernanceRetention", "s3:DeleteObject", "s3:DeleteObjectVersion"],
    });
    for (const suffix of ["trail-archive", "configuration-archive"]) {
      expect(globMatches(objects, `arn:aws:s3:::svp-shared-222222222222-${suffix}/config/AWSLogs/1/x`), suffix).to.equal(true);
      expect(globMatches(guarding.get("ArchiveStaysClosed")?.Resource[0] ?? "", `arn:aws:s3:::svp-shared-222222222222-${suffix}`), suffix).to.equal(true);
    }
    expect(globMatches(objects, "arn:aws:s3:::svp-prod-333333333333-raw/x")).to.equal(false);
  });

  it("let no face be looked for, but shots, texts and labels", () => {
    const faces = analysisStaysClinical();
    const refused =
      "IndexFaces SearchFaces SearchFacesByImage CompareFaces DetectFaces StartFaceDetection StartFaceSearch CreateFaceLivenessSession CreateCollection";
    const alsoRefused = "RecognizeCelebrities StartCelebrityRecognition StartPersonTracking CreateStreamProcessor SearchUsersByImage StartMediaAnalysisJob";
    for (const operation of `${refused} ${alsoRefused}`.split(" ")) expect(denied(faces, `rekognition:${operation}`), operation).to.equal(true);
    for (const operation of "StartSegmentDetection GetSegmentDetection DetectText StartTextDetection DetectLabels DetectModerationLabels".split(" "))
      expect(denied(faces, `rekognition:${operation}`), operation).to.equal(false);
  });

  it("let no container run without a network of its own, and none with a way out of it", () => {
    const clinical = statementsOf(analysisStaysClinical());
    expect(clinical.get("JobsAreIsolated")?.Action).to.deep.equal(
      ["HyperParameterTuningJob", "Model", "ProcessingJob", "TrainingJob"].map((kind) => `sagemaker:Create${kind}`),
    );
    expect(clinical.get("JobsAreIsolated")?.Condition).to.deep.equal({ BoolIfExists: { "sagemaker:NetworkIsolation": "false" } });
    expect(clinical.get("JobsHaveNetworks")?.Condition).to.deep.equal({ Null: { "sagemaker:VpcSubnets": "true" } });
    expect(clinical.get("NoInternetStudios")?.Condition).to.deep.equal({ StringNotEquals: { "sagemaker:AppNetworkAccessType": "VpcOnly" } });
    expect(clinical.get("StudiosStayInside")?.Condition).to.deep.equal({ StringEquals: { "sagemaker:AppNetworkAccessType": "PublicInternetOnly" } });
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

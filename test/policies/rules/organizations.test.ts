import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import {
  aiOptOutText,
  allowedRegionsOnly,
  analysisStaysClinical,
  auditStays,
  eligibleServicesOnly,
  identitiesAreKnown,
} from "../../../components/organization/service-control-policies.ts";
import { aiServicesLearnNothing } from "../../../policies/rules/organizations/ai-services-learn-nothing.ts";
import { guardrailsKeepAnalysisClinical } from "../../../policies/rules/organizations/guardrails-keep-analysis-clinical.ts";
import { guardrailsKeepWhatWatches } from "../../../policies/rules/organizations/guardrails-keep-what-watches.ts";
import { guardrailsKnowEveryIdentity } from "../../../policies/rules/organizations/guardrails-know-every-identity.ts";
import { guardrailsLeaveApprovedRegionsOnly } from "../../../policies/rules/organizations/guardrails-leave-approved-regions-only.ts";
import { guardrailsLeaveEligibleServicesOnly } from "../../../policies/rules/organizations/guardrails-leave-eligible-services-only.ts";
import { organizationsRules } from "../../../policies/rules/organizations/index.ts";
import { watchingIsDelegated } from "../../../policies/rules/organizations/watching-is-delegated.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;
type Statement = { readonly Sid: string; readonly NotAction?: readonly string[]; readonly Condition?: object };

const targets = ["222222222222", "333333333333"];
const administered = ["access-analyzer", "config", "config-multiaccountsetup"];
const trusted = [...administered, "cloudtrail", "guardduty", "macie", "malware-protection.guardduty", "securityhub"];
const archive = "svp-shared-222222222222-trail-archive";
const statements = (): Statement[] => [
  ...eligibleServicesOnly(),
  ...allowedRegionsOnly(["us-east-1", "us-west-2"]),
  ...auditStays("svp-deploy"),
  ...identitiesAreKnown("svp-deploy"),
  ...analysisStaysClinical(),
];

/** An organisation with every guardrail, the opt-out, and an administrator of every service. */
interface Organization {
  statements?: readonly object[];
  /** Accounts that the guardrails are attached to, and those that the opt-out is. */
  guarded?: readonly string[];
  optedOut?: readonly string[];
  optOut?: string | undefined;
  administrator?: string;
  regions?: readonly string[];
  services?: readonly string[];
  trusted?: readonly string[];
  withTrail?: boolean;
}

const organization =
  (change: Organization = {}): Program =>
  (opts) => {
    const { guarded = targets, optedOut = targets, optOut = aiOptOutText(), administrator = "222222222222", withTrail = true } = change;
    const { regions = ["us-east-1", "us-west-2"], services = ["guardduty", "macie", "securityhub", ...administered] } = change;
    const policy = (name: string, type: string, content: string, attached: readonly string[]) => {
      const { id } = new aws.organizations.Policy(name, { type, content }, opts);
      for (const targetId of attached) new aws.organizations.PolicyAttachment(`${name}-${targetId}`, { policyId: id, targetId }, opts);
    };
    policy("guardrails", "SERVICE_CONTROL_POLICY", JSON.stringify({ Version: "2012-10-17", Statement: change.statements ?? statements() }), guarded);
    if (!("optOut" in change) || change.optOut !== undefined) policy("opt-out", "AISERVICES_OPT_OUT_POLICY", optOut, optedOut);
    if (withTrail) new aws.cloudtrail.Trail("t", { s3BucketName: archive }, opts);
    if (services.includes("guardduty"))
      for (const region of regions) new aws.guardduty.OrganizationAdminAccount(`guardduty-${region}`, { region, adminAccountId: administrator }, opts);
    if (services.includes("macie")) new aws.macie2.OrganizationAdminAccount("macie", { adminAccountId: administrator }, opts);
    if (services.includes("securityhub")) new aws.securityhub.OrganizationAdminAccount("securityhub", { adminAccountId: administrator }, opts);
    for (const service of services.filter((one) => administered.includes(one)))
      new aws.organizations.DelegatedAdministrator(service, { accountId: administrator, servicePrincipal: `${service}.amazonaws.com` }, opts);
    for (const service of change.trusted ?? trusted)
      new aws.organizations.AwsServiceAccess(`trust-${service}`, { servicePrincipal: `${service}.amazonaws.com` }, opts);
  };
/** The guardrails without one statement. */
const without = (...sids: string[]): Organization => {
  const left = statements().filter(({ Sid }) => !sids.some((sid) => Sid.startsWith(sid)));
  if (left.length !== statements().length - sids.length) throw new Error(`No statement is called ${sids.join(" or ")}.`);
  return { statements: left };
};
const keepsNobodyFrom = (...what: string[]) => targets.map((target) => `Guardrails do not keep ${target} from ${what.join(", ")}.`);
const bucket: Program = (opts) => new aws.s3.Bucket("b", {}, opts);
const optOutWith = (change: (services: Record<string, Record<string, unknown>>) => void): string => {
  const document = JSON.parse(aiOptOutText()) as { services: Record<string, Record<string, unknown>> };
  change(document.services);
  return JSON.stringify(document);
};
const closed = "@@operators_allowed_for_child_policies";

describe("rules for the organisation", () => {
  for (const rule of organizationsRules)
    it(`${rule.name} accepts guardrails on every account`, async () => expect(await violations(rule, organization())).to.deep.equal([]));

  const cases: [rule: Policies[number], what: string, change: Organization, ...messages: string[]][] = [
    [
      guardrailsLeaveEligibleServicesOnly,
      "refuses no list",
      without("HipaaEligibleServices"),
      ...keepsNobodyFrom("a-service-to-come:*", "deepracer:*", "gamelift:*", "lightsail:*", "sumerian:*"),
    ],
    [
      guardrailsLeaveEligibleServicesOnly,
      "refuses a list with another service",
      { statements: eligibleServicesOnly().map((statement) => ({ ...statement, NotAction: [...(statement.NotAction ?? []), "healthvideo:*"] })) },
      ...keepsNobodyFrom("healthvideo:*"),
    ],
    [
      guardrailsLeaveEligibleServicesOnly,
      "refuses an account without guardrails",
      { guarded: ["222222222222"] },
      "Guardrails do not keep 333333333333 from a-service-to-come:*, deepracer:*, gamelift:*, lightsail:*, sumerian:*.",
    ],
    [guardrailsLeaveEligibleServicesOnly, "accepts guardrails on the root", { guarded: ["r-root"] }],
    [
      guardrailsLeaveEligibleServicesOnly,
      "refuses guardrails that nobody is under",
      { guarded: [], optedOut: [] },
      "No service-control policy is attached to any account of the organisation.",
    ],
    [
      guardrailsLeaveApprovedRegionsOnly,
      "refuses other Regions for keys and logs alone",
      without("EdgeRegions"),
      ...keepsNobodyFrom(
        ...["acm:RequestCertificate", "kms:CreateKey", "logs:CreateLogGroup", "wafv2:CreateWebACL"].map((action) => `${action} in xx-elsewhere-1`),
      ),
    ],
    [
      guardrailsLeaveApprovedRegionsOnly,
      "refuses other Regions for all but keys and logs",
      without("AllowedRegions"),
      ...keepsNobodyFrom(
        ...["dynamodb:CreateTable", "ec2:RunInstances", "rekognition:StartLabelDetection", "s3:CreateBucket", "sagemaker:CreateTrainingJob"].map(
          (action) => `${action} in xx-elsewhere-1`,
        ),
      ),
    ],
    [
      guardrailsLeaveApprovedRegionsOnly,
      "refuses a Region that is not approved",
      { statements: allowedRegionsOnly(["us-east-1", "eu-west-1"]) },
      ...keepsNobodyFrom(
        ...[
          "acm:RequestCertificate",
          "dynamodb:CreateTable",
          "ec2:RunInstances",
          "kms:CreateKey",
          "logs:CreateLogGroup",
          "rekognition:StartLabelDetection",
          "s3:CreateBucket",
          "sagemaker:CreateTrainingJob",
          "wafv2:CreateWebACL",
        ].map((action) => `${action} in eu-west-1`),
      ),
    ],
    [
      guardrailsKeepWhatWatches,
      "refuses a trail that can be stopped",
      without("TrailStays"),
      ...keepsNobodyFrom("cloudtrail:DeleteTrail", "cloudtrail:PutEventSelectors", "cloudtrail:StopLogging", "cloudtrail:UpdateTrail"),
    ],
    [
      guardrailsKeepWhatWatches,
      "refuses keys that can be deleted",
      without("KeysStay"),
      ...keepsNobodyFrom("kms:DisableKey", "kms:DisableKeyRotation", "kms:ScheduleKeyDeletion"),
    ],
    [
      guardrailsKeepWhatWatches,
      "refuses an archive that can be emptied",
      { statements: statements().filter(({ Sid }) => Sid !== "ArchiveStays") },
      ...keepsNobodyFrom(...["s3:BypassGovernanceRetention", "s3:DeleteObject", "s3:DeleteObjectVersion"].map((action) => `${action} in ${archive}`)),
    ],
    [
      guardrailsKeepWhatWatches,
      "refuses everybody as an exception",
      {
        statements: statements().map((statement) =>
          statement.Sid === "KeysStay" ? { ...statement, Condition: { ArnNotLike: { "aws:PrincipalArn": "*" } } } : statement,
        ),
      },
      ...keepsNobodyFrom("kms:DisableKey", "kms:DisableKeyRotation", "kms:ScheduleKeyDeletion"),
    ],
    [
      guardrailsKnowEveryIdentity,
      "refuses root",
      without("NoRoot"),
      ...keepsNobodyFrom("s3:GetObject as root", "iam:CreateRole as root", "kms:Decrypt as root"),
    ],
    [guardrailsKnowEveryIdentity, "refuses users", without("NoUsers"), ...keepsNobodyFrom("iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreateUser")],
    [guardrailsKnowEveryIdentity, "refuses unbound roles", without("RolesStayBound"), ...keepsNobodyFrom("iam:DeleteRolePermissionsBoundary")],
    [
      guardrailsKnowEveryIdentity,
      "refuses open functions",
      without("NoOpenFunctions"),
      ...keepsNobodyFrom("a function's URL without sign-in", "taking the sign-in off a function's URL"),
    ],
    [
      guardrailsKnowEveryIdentity,
      "refuses sharing",
      without("NoSharing"),
      ...keepsNobodyFrom("ec2:ModifyImageAttribute", "ec2:ModifySnapshotAttribute", "ram:CreateResourceShare"),
    ],
    [
      guardrailsKeepAnalysisClinical,
      "refuses jobs outside a network",
      without("JobsHaveNetworks"),
      ...keepsNobodyFrom(
        ...["CreateHyperParameterTuningJob", "CreateModel", "CreateProcessingJob", "CreateTrainingJob"].map((job) => `sagemaker:${job} outside a network`),
      ),
    ],
    [
      guardrailsKeepAnalysisClinical,
      "refuses jobs that are not isolated",
      without("JobsAreIsolated"),
      ...keepsNobodyFrom(
        ...["CreateHyperParameterTuningJob", "CreateModel", "CreateProcessingJob", "CreateTrainingJob"].flatMap((job) => [
          `sagemaker:${job} without isolation`,
          `sagemaker:${job} with isolation off`,
        ]),
      ),
    ],
    [
      guardrailsKeepAnalysisClinical,
      "refuses notebooks with a way to the internet",
      without("NoInternetNotebooks"),
      ...keepsNobodyFrom("sagemaker:CreateNotebookInstance with a way to the internet"),
    ],
    [
      guardrailsKeepAnalysisClinical,
      "refuses a studio that gets a way to the internet",
      without("StudiosStayInside"),
      ...keepsNobodyFrom("sagemaker:UpdateDomain with a way to the internet"),
    ],
    [aiServicesLearnNothing, "refuses no opt-out", { optOut: undefined }, "The stack must have a policy of type AISERVICES_OPT_OUT_POLICY."],
    [aiServicesLearnNothing, "refuses an account without", { optedOut: ["222222222222"] }, "The opt-out from AI services does not reach 333333333333."],
    [
      aiServicesLearnNothing,
      "refuses an opt-out that reaches nobody",
      { guarded: [], optedOut: [] },
      "The opt-out from AI services does not reach any account.",
    ],
    [aiServicesLearnNothing, "accepts an opt-out of the root", { optedOut: ["r-root"] }],
    [
      aiServicesLearnNothing,
      "refuses opting in",
      { optOut: optOutWith(({ default: byDefault }) => Object.assign(byDefault!["opt_out_policy"] as object, { "@@assign": "optIn" })) },
      'Policy "opt-out" does not opt out of every AI service; default, and whatever else it names, must be assigned optOut.',
    ],
    [
      aiServicesLearnNothing,
      "refuses opting in to one service",
      { optOut: optOutWith((services) => Object.assign(services, { rekognition: { opt_out_policy: { "@@assign": "optIn" } } })) },
      'Policy "opt-out" does not opt out of every AI service; default, and whatever else it names, must be assigned optOut.',
    ],
    ...(["services", "default", "opt_out_policy"] as const).map((part): [Policies[number], string, Organization, string] => [
      aiServicesLearnNothing,
      `refuses letting accounts change ${part}`,
      {
        optOut: optOutWith((services) => {
          const parts = { services, default: services["default"]!, opt_out_policy: services["default"]!["opt_out_policy"] as Record<string, unknown> };
          Object.assign(parts[part], { [closed]: ["@@all"] });
        }),
      },
      `Policy "opt-out" lets accounts opt in again; ${closed} must be @@none on services, default and opt_out_policy.`,
    ]),
    [
      watchingIsDelegated,
      "refuses no administrators",
      { services: [] },
      "access-analyzer.amazonaws.com, config.amazonaws.com, config-multiaccountsetup.amazonaws.com have no administrator of the organisation; a DelegatedAdministrator must name one.",
      ...["GuardDuty", "Macie", "Security Hub"].map(
        (service) => `${service} has no administrator of the organisation; an OrganizationAdminAccount must name one.`,
      ),
    ],
    [watchingIsDelegated, "refuses one Region of two", { regions: ["us-east-1"] }, "GuardDuty has no administrator of the organisation in us-west-2."],
    [
      watchingIsDelegated,
      "refuses services that the organisation does not trust",
      { trusted: trusted.filter((service) => service !== "macie" && service !== "cloudtrail") },
      "The organisation does not trust cloudtrail.amazonaws.com, macie.amazonaws.com to act in its accounts; an AwsServiceAccess must name each.",
    ],
    [
      watchingIsDelegated,
      "refuses the management account",
      { administrator: "111111111111" },
      ...[...administered, "guardduty-us-east-1", "guardduty-us-west-2", "macie", "securityhub"]
        .map((name) => `Administrator "${name}" is the management account, 111111111111; it must be another.`)
        .sort(),
    ],
  ];
  for (const [rule, what, change, ...messages] of cases)
    it(`${rule.name} ${what}`, async () => expect((await violations(rule, organization(change))).sort()).to.deep.equal(messages.sort()));

  it("miss no statement of the guardrails", async () => {
    for (const { Sid } of statements()) {
      const left = statements().filter((statement) => statement.Sid !== Sid);
      const found = await Promise.all(organizationsRules.map((rule) => violations(rule, organization({ statements: left }))));
      expect(found.flat(), Sid).to.not.deep.equal([]);
    }
  });

  it("refuse a stack without an organisation, unless another stack has it", async () => {
    for (const rule of organizationsRules) {
      expect(await violations(rule, bucket), rule.name).to.not.deep.equal([]);
      expect(await applications(rule, bucket, { [rule.name]: { required: false } }), rule.name).to.equal(0);
    }
  });

  it("take approved Regions from the configuration", async () => {
    const elsewhere = organization({ statements: allowedRegionsOnly(["eu-west-1"]) });
    expect(
      await violations(guardrailsLeaveApprovedRegionsOnly, elsewhere, { [guardrailsLeaveApprovedRegionsOnly.name]: { regions: ["eu-west-1", "us-east-1"] } }),
    ).to.deep.equal([]);
  });
});

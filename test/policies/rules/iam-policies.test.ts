import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import type { PolicyConfig } from "../../../local/deploy/policy/config.ts";
import { boundaryDeniesWhatNoRoleMayDo } from "../../../policies/rules/iam/boundary-denies-what-no-role-may-do.ts";
import { functionRoleLeavesNetworkToLambda } from "../../../policies/rules/iam/function-role-leaves-network-to-lambda.ts";
import { policyAsksForTheKeysOfItsConditions } from "../../../policies/rules/iam/policy-asks-for-the-keys-of-its-conditions.ts";
import { policyChangesNoIdentities } from "../../../policies/rules/iam/policy-changes-no-identities.ts";
import { policyGrantsNoDataActionOnEveryResource } from "../../../policies/rules/iam/policy-grants-no-data-action-on-every-resource.ts";
import { policyGrantsNoWildcardAction } from "../../../policies/rules/iam/policy-grants-no-wildcard-action.ts";
import { policyPassesNamedRolesToNamedServices } from "../../../policies/rules/iam/policy-passes-named-roles-to-named-services.ts";
import { policyRegistersNetworksForApproval } from "../../../policies/rules/iam/policy-registers-networks-for-approval.ts";
import { policyTakesNamedRoles } from "../../../policies/rules/iam/policy-takes-named-roles.ts";
import { policyUsesKeysThroughServices } from "../../../policies/rules/iam/policy-uses-keys-through-services.ts";
import { roleHasPoliciesOfItsOwn } from "../../../policies/rules/iam/role-has-policies-of-its-own.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const allow = (more: object): object => ({ Sid: "S", Effect: "Allow", Resource: "arn:aws:s3:::lake/*", ...more });
const document = (...statements: object[]) => JSON.stringify({ Statement: statements });
/** The statements as a policy of each kind. */
const kinds: Record<string, (statements: object[]) => Program> = {
  "a managed policy": (statements) => (opts) => new aws.iam.Policy("p", { policy: document(...statements) }, opts),
  "a role's policy": (statements) => (opts) => new aws.iam.RolePolicy("p", { role: "r", policy: document(...statements) }, opts),
  "a policy inside a role": (statements) => (opts) =>
    new aws.iam.Role("p", { assumeRolePolicy: document(), inlinePolicies: [{ name: "i", policy: document(...statements) }] }, opts),
  "a user's policy": (statements) => (opts) => new aws.iam.UserPolicy("p", { user: "u", policy: document(...statements) }, opts),
  "a group's policy": (statements) => (opts) => new aws.iam.GroupPolicy("p", { group: "g", policy: document(...statements) }, opts),
};
const policy = (...statements: object[]) => kinds["a managed policy"]!(statements);
const passing = {
  Action: "iam:PassRole",
  Resource: "arn:aws:iam::111111111111:role/r",
  Condition: { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } },
};

const registering = {
  Action: "sagemaker:CreateModelPackage",
  Resource: "arn:aws:sagemaker:us-east-1:111111111111:model-package/*",
  Condition: { StringEquals: { "sagemaker:ModelApprovalStatus": "PendingManualApproval" } },
};

const leading = { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": "case-*" } };
const reading = { Action: "dynamodb:GetItem", Resource: "arn:aws:dynamodb:us-east-1:111111111111:table/cases" };

const using = {
  Action: "kms:Decrypt",
  Resource: "arn:aws:kms:us-east-1:111111111111:key/lake",
  Condition: { StringEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com" } },
};

/** A boundary with these statements, and a role that it bounds. */
const boundary =
  (statements: object[], attached = false): Program =>
  (opts) => {
    const bound = new aws.iam.Policy("bound", { policy: document(...statements) }, opts);
    new aws.iam.Role("r", { assumeRolePolicy: document(), permissionsBoundary: bound.arn }, opts);
    if (attached) new aws.iam.RolePolicyAttachment("a", { role: "r", policyArn: bound.arn }, opts);
  };
const deny = (Action: string | string[], more: object = {}): object => ({ Effect: "Deny", Action, Resource: "*", ...more });
const denials: Record<string, object> = {
  identities: deny("iam:*"),
  organisation: deny(["account:*", "organizations:*"]),
  watching: deny(["cloudtrail:*", "config:*", "guardduty:*", "logs:*", "securityhub:*"]),
  opening: deny([
    "ec2:Modify*",
    "kms:DisableKey",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "lambda:Add*",
    "s3:DeleteBucketPolicy",
    "s3:Put*P*",
    "s3:Put*Acl",
    "sns:AddPermission",
    "sqs:AddPermission",
  ]),
  outside: deny("*", { Condition: { StringNotEquals: { "aws:ResourceOrgID": "o-a1b2c3d4e5" }, Null: { "aws:ResourceOrgID": "false" } } }),
  regions: { Effect: "Deny", NotAction: "iam:*", Resource: "*", Condition: { StringNotEquals: { "aws:RequestedRegion": ["us-east-1"] } } },
};
const bounded = (left: string, ...more: object[]) =>
  boundary([...Object.entries(denials).flatMap(([name, statement]) => (name === left ? [] : [statement])), ...more]);

const network = [
  ...["ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces"],
  ...["ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses"],
];
const joining =
  (statements: object[], service = "lambda.amazonaws.com"): Program =>
  (opts) => {
    const trust = document({ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" });
    const role = new aws.iam.Role("r", { name: "r", assumeRolePolicy: trust }, opts);
    new aws.iam.RolePolicy("p", { role: role.name, policy: document(...statements) }, opts);
  };
const fromFunction = { ArnEquals: { "lambda:SourceFunctionArn": "arn:aws:lambda:us-east-1:111111111111:function:f" } };

describe("rules for policies of IAM", () => {
  const refused: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    ...Object.entries(kinds).flatMap(([kind, make]): typeof refused => [
      [policyGrantsNoWildcardAction, `all actions in ${kind}`, make([allow({ Action: "*" })]), '"p" allows * (S).'],
      [
        policyGrantsNoDataActionOnEveryResource,
        `data on everything in ${kind}`,
        make([allow({ Action: "s3:GetObject", Resource: "*" })]),
        '"p" allows s3:GetObject on every resource (S).',
      ],
      [policyChangesNoIdentities, `other identities in ${kind}`, make([allow({ Action: "iam:PutRolePolicy" })]), '"p" allows iam:PutRolePolicy (S).'],
      [policyTakesNamedRoles, `any role in ${kind}`, make([allow({ Action: "sts:Assume*", Resource: "*" })]), '"p" takes the roles *; it must name them (S).'],
    ]),
    [
      policyGrantsNoWildcardAction,
      "wildcards of another form",
      policy(allow({ Action: ["**", "s3:?*", "*:GetObject", "s?:GetObject", "s3:Get*"] })),
      '"p" allows **, s3:?*, *:GetObject, s?:GetObject (S).',
    ],
    [
      policyAsksForTheKeysOfItsConditions,
      "keys that a request may leave out",
      policy(allow({ ...reading, Condition: leading }), allow({ ...reading, Sid: "T", Condition: { ...leading, Null: { "dynamodb:LeadingKeys": "true" } } })),
      '"p" allows requests without dynamodb:leadingkeys (S).',
      '"p" allows requests without dynamodb:leadingkeys (T).',
    ],
    [policyGrantsNoWildcardAction, "all but some", policy(allow({ Action: undefined, NotAction: "iam:*" })), '"p" allows everything but iam:* (S).'],
    ...["*", "arn:aws:s3:::*", "arn:aws:s3:::*/*", "arn:*", "arn:aws:*:*:*:*"].map((Resource): (typeof refused)[number] => [
      policyGrantsNoDataActionOnEveryResource,
      `the pattern ${Resource}`,
      policy(allow({ Action: "s3:GetObject", Resource })),
      '"p" allows s3:GetObject on every resource (S).',
    ]),
    [
      policyGrantsNoDataActionOnEveryResource,
      "a pattern of all accounts",
      policy(allow({ Action: "dynamodb:GetItem", Resource: "arn:aws:dynamodb:us-east-1:*:*" })),
      '"p" allows dynamodb:GetItem on every resource (S).',
    ],
    [
      policyGrantsNoDataActionOnEveryResource,
      "work of SageMaker on data",
      policy(allow({ Action: ["sagemaker:Invoke*", "sagemaker:ListModels"], Resource: "*" })),
      '"p" allows sagemaker:Invoke* on every resource (S).',
    ],
    [
      policyGrantsNoDataActionOnEveryResource,
      "all resources but some",
      policy(allow({ Action: "S3:GetObject", Resource: undefined, NotResource: "arn:aws:s3:::a/*" })),
      '"p" allows S3:GetObject on everything but arn:aws:s3:::a/* (S).',
    ],
    [
      policyRegistersNetworksForApproval,
      "versions that nobody need approve",
      policy(allow({ ...registering, Action: "sagemaker:Create*", Condition: undefined })),
      '"p" registers networks as Approved or Rejected; it must be PendingManualApproval alone (S).',
    ],
    [
      policyRegistersNetworksForApproval,
      "versions that may be approved as they are made",
      policy(allow({ ...registering, Condition: { StringLike: { "sagemaker:ModelApprovalStatus": ["PendingManualApproval", "App*"] } } })),
      '"p" registers networks as Approved; it must be PendingManualApproval alone (S).',
    ],
    [
      policyPassesNamedRolesToNamedServices,
      "any role",
      policy(allow({ ...passing, Resource: "arn:aws:iam::111111111111:role/*" })),
      '"p" passes the roles arn:aws:iam::111111111111:role/*; it must name them (S).',
    ],
    [
      policyPassesNamedRolesToNamedServices,
      "all roles but one",
      policy(allow({ ...passing, Resource: undefined, NotResource: "arn:aws:iam::111111111111:role/admin" })),
      '"p" passes the roles all but arn:aws:iam::111111111111:role/admin; it must name them (S).',
    ],
    [
      policyPassesNamedRolesToNamedServices,
      "any service",
      policy(allow({ ...passing, Action: "iam:Pass*", Condition: undefined })),
      '"p" passes roles to any service; it must name one in iam:PassedToService (S).',
    ],
    [
      policyPassesNamedRolesToNamedServices,
      "services by pattern",
      policy(allow({ ...passing, Condition: { StringLike: { "iam:PassedToService": "*.amazonaws.com" } } })),
      '"p" passes roles to *.amazonaws.com, which is no service (S).',
      '"p" passes roles to any service; it must name one in iam:PassedToService (S).',
    ],
    [
      policyPassesNamedRolesToNamedServices,
      "a boundary that is attached, too",
      boundary([allow({ ...passing, Condition: undefined })], true),
      '"bound" passes roles to any service; it must name one in iam:PassedToService (S).',
    ],
    [
      policyPassesNamedRolesToNamedServices,
      "a boundary that a role attaches itself",
      (opts) => {
        const bound = new aws.iam.Policy("bound", { policy: document(allow({ ...passing, Condition: undefined })) }, opts);
        new aws.iam.Role("r", { assumeRolePolicy: document(), permissionsBoundary: bound.arn, managedPolicyArns: [bound.arn] }, opts);
      },
      '"bound" passes roles to any service; it must name one in iam:PassedToService (S).',
    ],
    [
      policyTakesNamedRoles,
      "all but some",
      policy(allow({ Action: "sts:AssumeRole", Resource: undefined, NotResource: "arn:a" })),
      '"p" takes the roles all but arn:a; it must name them (S).',
    ],
    [
      boundaryDeniesWhatNoRoleMayDo,
      "leaving the organisation",
      bounded("organisation"),
      'Boundary "bound" does not deny what leaves the organisation: account:CloseAccount, account:EnableRegion, organizations:LeaveOrganization.',
    ],
    [
      boundaryDeniesWhatNoRoleMayDo,
      "some changes of identities",
      bounded("identities", deny(["iam:Add*", "iam:Attach*", "iam:Create*", "iam:D*", "iam:Put*", "iam:Remove*", "iam:Set*", "iam:UpdateL*"])),
      'Boundary "bound" does not deny what changes identities: iam:UpdateAssumeRolePolicy, iam:UploadSSHPublicKey.',
    ],
    [
      boundaryDeniesWhatNoRoleMayDo,
      "stopping the trail",
      bounded("watching", deny(["cloudtrail:Delete*", "cloudtrail:Put*", "cloudtrail:Update*", "config:*", "guardduty:*", "logs:*", "securityhub:*"])),
      'Boundary "bound" does not deny what stops what watches: cloudtrail:StopLogging.',
    ],
    [
      boundaryDeniesWhatNoRoleMayDo,
      "opening buckets",
      bounded("opening", deny(["ec2:*", "kms:*", "lambda:*", "sns:*", "sqs:*"])),
      'Boundary "bound" does not deny what opens data to others: s3:DeleteBucketPolicy, s3:PutAccessPointPolicy, s3:PutAccountPublicAccessBlock, s3:PutBucketAcl, s3:PutBucketPolicy, s3:PutBucketPublicAccessBlock, s3:PutObjectAcl, s3:PutObjectVersionAcl.',
    ],
    [
      boundaryDeniesWhatNoRoleMayDo,
      "others' data in a service",
      bounded("outside", deny(["dynamodb:*", "ecr:*", "kms:*", "lambda:*", "s3:*", "sns:*", "states:*"])),
      'Boundary "bound" does not deny what reaches data of other organisations: sqs:SendMessage.',
    ],
    [
      boundaryDeniesWhatNoRoleMayDo,
      "other Regions",
      bounded("regions"),
      'Boundary "bound" does not deny what acts in eu-central-1: dynamodb:CreateTable, rekognition:StartSegmentDetection, s3:CreateBucket.',
    ],
    [
      boundaryDeniesWhatNoRoleMayDo,
      "a Region that nobody approved",
      bounded("regions", { ...denials["regions"], Condition: { StringNotEquals: { "aws:RequestedRegion": ["us-east-1", "eu-west-1"] } } }),
      'Boundary "bound" does not deny what acts in eu-west-1: dynamodb:CreateTable, rekognition:StartSegmentDetection, s3:CreateBucket.',
    ],
    [
      boundaryDeniesWhatNoRoleMayDo,
      "an organisation that is none",
      bounded("outside", { ...denials["outside"], Condition: { StringNotEquals: { "aws:ResourceOrgID": "ours" }, Null: { "aws:ResourceOrgID": "false" } } }),
      'Boundary "bound" names the organisation ours, which is none.',
    ],
    [
      policyUsesKeysThroughServices,
      "keys without names",
      policy(allow({ ...using, Resource: "arn:aws:kms:us-east-1:111111111111:key/*" })),
      '"p" uses the keys arn:aws:kms:us-east-1:111111111111:key/*; it must name them (S).',
    ],
    [
      policyUsesKeysThroughServices,
      "a key without a bound, by an alias of any name",
      policy(allow({ ...using, Condition: { "ForAnyValue:StringLike": { "kms:ResourceAliases": "alias/*" } } })),
      '"p" uses keys without a condition on kms:ViaService, kms:CallerAccount or an encryption context (S).',
    ],
    [
      policyUsesKeysThroughServices,
      "grants to anybody",
      policy(allow({ Action: "kms:CreateGrant", Resource: using.Resource })),
      '"p" grants the use of keys to anybody; kms:GrantIsForAWSResource must be true (S).',
    ],
    [
      functionRoleLeavesNetworkToLambda,
      "a denial to another function than the role's",
      (opts) => {
        joining([allow({ Action: network.slice(0, 1), Resource: "*" }), { ...deny("ec2:*"), Condition: fromFunction }])(opts);
        new aws.lambda.Function("f", { role: "arn:aws:any:us-east-1:111111111111:r", packageType: "Image", imageUri: "image" }, opts);
      },
      `Policy "p" lets the function's own code do ec2:AssignPrivateIpAddresses; it must deny that by lambda:SourceFunctionArn.`,
    ],
    [
      functionRoleLeavesNetworkToLambda,
      "a function that may do what Lambda does",
      joining([allow({ Action: network, Resource: "*" })]),
      `Policy "p" lets the function's own code do ${network.join(", ")}; it must deny that by lambda:SourceFunctionArn.`,
    ],
    [
      functionRoleLeavesNetworkToLambda,
      "a denial of too little",
      joining([allow({ Action: network.slice(0, 3), Resource: "*" }), { ...deny(network.slice(0, 2)), Condition: fromFunction }]),
      `Policy "p" lets the function's own code do ec2:DeleteNetworkInterface; it must deny that by lambda:SourceFunctionArn.`,
    ],
    [
      roleHasPoliciesOfItsOwn,
      "an attached policy of AWS's",
      (opts) => new aws.iam.RolePolicyAttachment("a", { role: "r", policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }, opts),
      '"a" attaches arn:aws:iam::aws:policy/AdministratorAccess; it must have policies of its own.',
    ],
    [
      roleHasPoliciesOfItsOwn,
      "such policies of a role",
      (opts) =>
        new aws.iam.Role(
          "r",
          { assumeRolePolicy: document(), managedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::111111111111:policy/own"] },
          opts,
        ),
      '"r" attaches arn:aws:iam::aws:policy/ReadOnlyAccess; it must have policies of its own.',
    ],
  ];
  for (const [rule, what, program, ...messages] of refused) {
    it(`${rule.name} refuses ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));
  }

  const accepted: [rule: Policies[number], what: string, program: Program, config?: PolicyConfig][] = [
    [policyGrantsNoWildcardAction, "named actions", policy(allow({ Action: ["s3:GetObject", "s3:List*"] }))],
    [policyGrantsNoWildcardAction, "a denial of everything", policy(deny("*"))],
    [
      policyGrantsNoDataActionOnEveryResource,
      "data on named resources",
      policy(allow({ Action: "s3:GetObject" }), allow({ Action: "kms:Decrypt", Resource: "arn:aws:kms:*:111111111111:key/*" })),
    ],
    [
      policyGrantsNoDataActionOnEveryResource,
      "what knows no resource",
      policy(allow({ Action: ["logs:CreateLogDelivery", "s3:ListAllMyBuckets", "sagemaker:ListModels"], Resource: "*" })),
    ],
    [policyPassesNamedRolesToNamedServices, "a role and a service", policy(allow(passing))],
    [policyRegistersNetworksForApproval, "versions that wait for approval", policy(allow(registering))],
    [policyUsesKeysThroughServices, "a key through a service", policy(allow(using))],
    [
      policyUsesKeysThroughServices,
      "keys by their alias",
      policy(
        allow({ ...using, Resource: "arn:aws:kms:*:111111111111:key/*", Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/state" } } }),
      ),
    ],
    [
      policyUsesKeysThroughServices,
      "grants to AWS services",
      policy(allow({ Action: "kms:CreateGrant", Resource: using.Resource, Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } } })),
    ],
    [
      policyAsksForTheKeysOfItsConditions,
      "a key that is asked for, and one that is always there",
      policy(
        allow({ ...reading, Condition: { ...leading, Null: { "dynamodb:LeadingKeys": "false" } } }),
        allow({ Action: "kms:CreateGrant", Condition: { "ForAllValues:StringEquals": { "kms:GrantOperations": ["Decrypt"] } } }),
        { ...deny("dynamodb:GetItem"), Condition: leading },
      ),
    ],
    [policyTakesNamedRoles, "a role", policy(allow({ Action: "sts:AssumeRole", Resource: "arn:aws:iam::111111111111:role/r" }))],
    [policyChangesNoIdentities, "a look at identities", policy(allow({ Action: ["iam:Get*", "iam:PassRole"] }))],
    [boundaryDeniesWhatNoRoleMayDo, "a boundary that denies all of it", bounded("")],
    [
      functionRoleLeavesNetworkToLambda,
      "a denial to the function",
      joining([allow({ Action: network, Resource: "*" }), { ...deny("ec2:*"), Condition: fromFunction }]),
    ],
    [
      roleHasPoliciesOfItsOwn,
      "a policy of the program, and an approved one",
      (opts) => {
        const own = new aws.iam.Policy("own", { policy: document() }, opts);
        new aws.iam.RolePolicyAttachment("a", { role: "r", policyArn: own.arn }, opts);
        new aws.iam.Role("r", { assumeRolePolicy: document(), managedPolicyArns: ["arn:aws:iam::aws:policy/SecurityAudit"] }, opts);
      },
      { "iam-role-has-policies-of-its-own": { approved: ["arn:aws:iam::aws:policy/SecurityAudit"] } },
    ],
  ];
  for (const [rule, what, program, config] of accepted) {
    it(`${rule.name} accepts ${what}`, async () => {
      expect(await violations(rule, program, config)).to.deep.equal([]);
      expect(await applications(rule, program)).to.be.above(0);
    });
  }

  it("ask nothing of a boundary that is attached to nobody, as it grants nothing", async () => {
    const program = boundary([allow({ ...passing, Condition: undefined }), allow({ Action: "sts:AssumeRole", Resource: "*" })]);
    for (const rule of [policyPassesNamedRolesToNamedServices, policyTakesNamedRoles, policyUsesKeysThroughServices]) {
      expect(await violations(rule, program)).to.deep.equal([]);
      expect(await applications(rule, program)).to.equal(0);
    }
  });

  it("apply where there is a policy that they are about", async () => {
    const role: Program = (opts) => new aws.iam.Role("r", { assumeRolePolicy: document() }, opts);
    for (const rule of [policyGrantsNoWildcardAction, policyGrantsNoDataActionOnEveryResource, policyChangesNoIdentities, boundaryDeniesWhatNoRoleMayDo])
      expect(await applications(rule, role), rule.name).to.equal(0);
    expect(await applications(policyPassesNamedRolesToNamedServices, policy(allow({ Action: "s3:GetObject" })))).to.equal(0);
    expect(await applications(policyRegistersNetworksForApproval, policy(allow({ ...registering, Action: "sagemaker:DescribeModelPackage" })))).to.equal(0);
    expect(await applications(policyAsksForTheKeysOfItsConditions, policy(allow(reading)))).to.equal(0);
    expect(await applications(boundaryDeniesWhatNoRoleMayDo, policy(allow({ Action: "s3:GetObject" })))).to.equal(0);
    expect(await applications(roleHasPoliciesOfItsOwn, policy(allow({ Action: "s3:GetObject" })))).to.equal(0);
    expect(await applications(functionRoleLeavesNetworkToLambda, joining([allow({ Action: network, Resource: "*" })], "sagemaker.amazonaws.com"))).to.equal(0);
    expect(await applications(functionRoleLeavesNetworkToLambda, joining([allow({ Action: "s3:GetObject" })]))).to.equal(0);
  });
});

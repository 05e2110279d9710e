import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import type { PolicyConfig } from "../../../local/deploy/policy/config.ts";
import { accountHasStrongPasswordPolicy } from "../../../policies/rules/iam/account-has-strong-password-policy.ts";
import { openidProviderIsApproved } from "../../../policies/rules/iam/openid-provider-is-approved.ts";
import { peopleAreNoUsers } from "../../../policies/rules/iam/people-are-no-users.ts";
import { roleAsksPeopleForSecondFactor } from "../../../policies/rules/iam/role-asks-people-for-second-factor.ts";
import { roleIsBounded } from "../../../policies/rules/iam/role-is-bounded.ts";
import { roleIsTakenInNamedWays } from "../../../policies/rules/iam/role-is-taken-in-named-ways.ts";
import { roleServesOwnAccountOnly } from "../../../policies/rules/iam/role-serves-own-account-only.ts";
import { roleSessionEndsWithinTheHour } from "../../../policies/rules/iam/role-session-ends-within-the-hour.ts";
import { roleTrustsKnownAccounts } from "../../../policies/rules/iam/role-trusts-known-accounts.ts";
import { roleTrustsPinnedWorkflows } from "../../../policies/rules/iam/role-trusts-pinned-workflows.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const trust = (Principal: unknown, Condition?: object, more: object = {}): object => ({
  Sid: "S",
  Effect: "Allow",
  Principal,
  Action: "sts:AssumeRole",
  Condition,
  ...more,
});
const role =
  (statement: object, args: Partial<aws.iam.RoleArgs> = {}): Program =>
  (opts) =>
    new aws.iam.Role("r", { assumeRolePolicy: JSON.stringify({ Statement: statement }), ...args }, opts);
const service = (name: string, Condition?: object) => role(trust({ Service: name }, Condition));
const ours = { StringEquals: { "aws:SourceAccount": "111111111111" } };

const root = { AWS: "arn:aws:iam::111111111111:root" };
const person = { AWS: "arn:aws:iam::111111111111:role/operator" };
const saml = { Federated: "arn:aws:iam::111111111111:saml-provider/hospital" };
const sso = "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Auditor_????????????????";
const mfa = { Bool: { "aws:MultiFactorAuthPresent": "true" }, NumericLessThan: { "aws:MultiFactorAuthAge": "3600" } };

const issuer = "token.actions.githubusercontent.com";
const gitHub = { Federated: `arn:aws:iam::111111111111:oidc-provider/${issuer}` };
const audience = { [`${issuer}:aud`]: "sts.amazonaws.com" };
const claims = (sub: unknown) => ({ StringEquals: { ...audience, [`${issuer}:sub`]: sub } });
const workflow = (Condition?: object) => role(trust(gitHub, Condition, { Action: "sts:AssumeRoleWithWebIdentity" }));

const passwords =
  (more: aws.iam.AccountPasswordPolicyArgs = {}): Program =>
  (opts) =>
    new aws.iam.AccountPasswordPolicy(
      "passwords",
      {
        minimumPasswordLength: 14,
        passwordReusePrevention: 24,
        maxPasswordAge: 90,
        requireLowercaseCharacters: true,
        requireNumbers: true,
        requireSymbols: true,
        requireUppercaseCharacters: true,
        allowUsersToChangePassword: true,
        ...more,
      },
      opts,
    );
const provider =
  (url: string, ...clientIdLists: string[]): Program =>
  (opts) =>
    new aws.iam.OpenIdConnectProvider("o", { url, clientIdLists }, opts);

describe("rules for roles of IAM", () => {
  const refused: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [
      roleServesOwnAccountOnly,
      "a service for any account",
      service("states.amazonaws.com"),
      'Role "r" trusts states.amazonaws.com on behalf of any account; it must name aws:SourceAccount or aws:SourceArn (S).',
    ],
    [
      roleServesOwnAccountOnly,
      "several, for resources of any account",
      role(trust({ Service: ["lambda.amazonaws.com", "s3.amazonaws.com"] }, { ArnLike: { "aws:SourceArn": "arn:aws:s3:::*" } })),
      'Role "r" trusts s3.amazonaws.com on behalf of any account; it must name aws:SourceAccount or aws:SourceArn (S).',
    ],
    [roleTrustsKnownAccounts, "everybody", role(trust("*")), 'Role "r" trusts everybody (S).'],
    [roleTrustsKnownAccounts, "all but some", role(trust(undefined, undefined, { NotPrincipal: root })), 'Role "r" trusts all but some (S).'],
    [
      roleTrustsKnownAccounts,
      "other accounts",
      role(
        trust({ AWS: ["222222222222", "arn:aws:iam::333333333333:role/x"], Federated: ["arn:aws:iam::444444444444:saml-provider/p", "accounts.google.com"] }),
      ),
      'Role "r" trusts 222222222222 (S).',
      'Role "r" trusts accounts.google.com (S).',
      'Role "r" trusts arn:aws:iam::333333333333:role/x (S).',
      'Role "r" trusts arn:aws:iam::444444444444:saml-provider/p (S).',
    ],
    [
      roleAsksPeopleForSecondFactor,
      "a role that is not named as one that only services take",
      role(trust(root, { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::111111111111:role/promoter*" } })),
      'Role "r" is taken without a second factor (S).',
    ],
    [roleAsksPeopleForSecondFactor, "a principal without one", role(trust(person)), 'Role "r" is taken without a second factor (S).'],
    [
      roleAsksPeopleForSecondFactor,
      "all but some",
      role(trust(undefined, undefined, { NotPrincipal: root })),
      'Role "r" is taken without a second factor (S).',
    ],
    [
      roleAsksPeopleForSecondFactor,
      "a principal that may leave it out",
      role(trust(person, { BoolIfExists: { "aws:MultiFactorAuthPresent": "true" }, Bool: { "aws:SecureTransport": "true" } })),
      `Role "r" is taken on a second factor of any age; aws:MultiFactorAuthAge must be 3600 or less (S).`,
    ],
    [
      roleAsksPeopleForSecondFactor,
      "SAML without a sign of it",
      role(trust(saml, { StringEquals: { "SAML:aud": "https://signin.aws.amazon.com/saml" } })),
      'Role "r" is taken without a second factor (S).',
    ],
    [
      roleAsksPeopleForSecondFactor,
      "an old one",
      role(trust(person, { ...mfa, NumericLessThan: { "aws:MultiFactorAuthAge": "86400" } })),
      'Role "r" is taken on a second factor of any age; aws:MultiFactorAuthAge must be 3600 or less (S).',
    ],
    [
      roleAsksPeopleForSecondFactor,
      "the account by names of ordinary roles",
      role(trust(root, { ArnLike: { "aws:PrincipalArn": [sso, "arn:aws:iam::111111111111:role/operator"] } })),
      'Role "r" is taken without a second factor (S).',
    ],
    [roleTrustsPinnedWorkflows, "all workflows", workflow(), `Role "r" trusts tokens of ${issuer} with any aud and sub (S).`],
    [roleTrustsPinnedWorkflows, "any subject", workflow({ StringEquals: audience }), `Role "r" trusts tokens of ${issuer} with any sub (S).`],
    [
      roleTrustsPinnedWorkflows,
      "all branches of a repository",
      workflow({ StringEquals: audience, StringLike: { [`${issuer}:sub`]: "repo:hospital/video:*" } }),
      'Role "r" trusts the subject repo:hospital/video:*; it must name one environment of one repository (S).',
    ],
    [
      roleTrustsPinnedWorkflows,
      "a branch, which nothing protects",
      workflow(claims(["repo:hospital/video:environment:prod", "repo:hospital/video:ref:refs/heads/main"])),
      'Role "r" trusts the subject repo:hospital/video:ref:refs/heads/main; it must name one environment of one repository (S).',
    ],
    [
      openidProviderIsApproved,
      "another issuer",
      provider("https://gitlab.com", "sts.amazonaws.com"),
      `Provider "o" is https://gitlab.com; it must be https://${issuer}.`,
    ],
    [
      openidProviderIsApproved,
      "another audience",
      provider(`https://${issuer}`, "sts.amazonaws.com", "all"),
      'Provider "o" takes tokens for all; it must take those for sts.amazonaws.com only.',
    ],
    [roleIsBounded, "a role without a boundary", service("lambda.amazonaws.com"), 'Role "r" has no permissions boundary.'],
    [
      roleSessionEndsWithinTheHour,
      "a longer session",
      role(trust(person), { maxSessionDuration: 7200 }),
      'Role "r" has sessions of 7200 seconds; it must be 3600 or less.',
    ],
    [peopleAreNoUsers, "a user", (opts) => new aws.iam.User("u", {}, opts), '"u" is User of IAM users; there must be none.'],
    [peopleAreNoUsers, "an access key", (opts) => new aws.iam.AccessKey("k", { user: "u" }, opts), '"k" is AccessKey of IAM users; there must be none.'],
    [
      peopleAreNoUsers,
      "a user's policy",
      (opts) => new aws.iam.UserPolicy("p", { user: "u", policy: "{}" }, opts),
      '"p" is UserPolicy of IAM users; there must be none.',
    ],
    [accountHasStrongPasswordPolicy, "no policy", service("lambda.amazonaws.com"), 'Account "account" has no password policy.'],
    [
      accountHasStrongPasswordPolicy,
      "IAM's own",
      passwords({
        minimumPasswordLength: undefined as never,
        passwordReusePrevention: undefined as never,
        maxPasswordAge: 0,
        requireNumbers: false,
        requireSymbols: undefined as never,
        allowUsersToChangePassword: false,
      }),
      'Account "account" does not set requireNumbers, requireSymbols for passwords.',
      'Account "account" lets nobody change their password; allowUsersToChangePassword must be true.',
      'Account "account" lets passwords last for ever; it must be 90 days.',
      'Account "account" remembers 0 passwords; it must be 24.',
      'Account "account" takes passwords of 6 characters; it must be 14.',
    ],
    [accountHasStrongPasswordPolicy, "old passwords", passwords({ maxPasswordAge: 91 }), 'Account "account" lets passwords last 91 days; it must be 90 days.'],
  ];
  for (const [rule, what, program, ...messages] of refused) {
    it(`${rule.name} refuses ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));
  }

  const accepted: [rule: Policies[number], what: string, program: Program, config?: PolicyConfig][] = [
    [roleServesOwnAccountOnly, "a service for the account", service("states.amazonaws.com", ours)],
    [
      roleTrustsKnownAccounts,
      "services and identities of the account",
      role([trust(root), trust(saml), trust(gitHub), trust({ Service: "s3.amazonaws.com" })]),
    ],
    [
      roleTrustsKnownAccounts,
      "an approved account",
      role(trust({ AWS: "222222222222" })),
      { "iam-role-trusts-known-accounts": { accounts: ["222222222222"] } },
    ],
    [roleAsksPeopleForSecondFactor, "a late second factor", role(trust(person, mfa))],
    [
      roleAsksPeopleForSecondFactor,
      "an older one where that is allowed",
      role(trust(person, { ...mfa, NumericLessThan: { "aws:MultiFactorAuthAge": "7200" } })),
      { "iam-role-asks-people-for-second-factor": { maximumSeconds: 7200 } },
    ],
    [
      roleAsksPeopleForSecondFactor,
      "roles that only services take, where they are named",
      role(trust(root, { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::111111111111:role/promoter" } })),
      { "iam-role-asks-people-for-second-factor": { machines: ["arn:aws:iam::111111111111:role/promoter"] } },
    ],
    [roleAsksPeopleForSecondFactor, "SAML with the sign of one", role(trust(saml, { StringEquals: { "aws:RequestTag/mfa": "true" } }))],
    [roleAsksPeopleForSecondFactor, "Identity Center", role(trust(root, { ArnLike: { "aws:PrincipalArn": sso } }))],
    [roleIsTakenInNamedWays, "a role that is taken and tagged", role(trust(person, undefined, { Action: ["sts:AssumeRole", "sts:TagSession"] }))],
    [roleTrustsPinnedWorkflows, "an environment of a repository", workflow(claims("repo:hospital/video:environment:prod"))],
    [openidProviderIsApproved, "GitHub", provider(`https://${issuer}`, "sts.amazonaws.com")],
    [
      openidProviderIsApproved,
      "an approved one",
      provider("https://gitlab.com", "sts.amazonaws.com"),
      { "iam-openid-provider-is-approved": { issuers: ["https://gitlab.com"] } },
    ],
    [
      roleIsBounded,
      "a role that a policy of the stack bounds",
      (opts) => role(trust(person), { permissionsBoundary: new aws.iam.Policy("b", { policy: "{}" }, opts).arn })(opts),
    ],
    [
      roleIsBounded,
      "an approved boundary",
      role(trust(person), { permissionsBoundary: "arn:aws:iam::111111111111:policy/b" }),
      { "iam-role-is-bounded": { approved: ["arn:aws:iam::111111111111:policy/b"] } },
    ],
    [roleSessionEndsWithinTheHour, "an hour", role(trust(person), { maxSessionDuration: 3600 })],
    [roleSessionEndsWithinTheHour, "IAM's own", role(trust(person))],
    [
      roleSessionEndsWithinTheHour,
      "more where that is allowed",
      role(trust(person), { maxSessionDuration: 7200 }),
      { "iam-role-session-ends-within-the-hour": { maximumSeconds: 7200 } },
    ],
    [accountHasStrongPasswordPolicy, "a strong one", passwords()],
    [
      accountHasStrongPasswordPolicy,
      "a weaker one where that is allowed",
      passwords({ minimumPasswordLength: 8 }),
      { "iam-account-has-strong-password-policy": { minimumLength: 8 } },
    ],
  ];
  for (const [rule, what, program, config] of accepted) {
    it(`${rule.name} accepts ${what}`, async () => {
      expect(await violations(rule, program, config)).to.deep.equal([]);
      expect(await applications(rule, program)).to.be.above(0);
    });
  }

  it("apply to roles that somebody takes whom they are about", async () => {
    expect(await applications(roleServesOwnAccountOnly, service("lambda.amazonaws.com"))).to.equal(0);
    expect(await applications(roleServesOwnAccountOnly, role(trust(person)))).to.equal(0);
    expect(await applications(roleAsksPeopleForSecondFactor, service("lambda.amazonaws.com"))).to.equal(0);
    expect(await applications(roleAsksPeopleForSecondFactor, workflow(claims("repo:hospital/video:environment:prod")))).to.equal(0);
    expect(await applications(roleTrustsPinnedWorkflows, role(trust(person)))).to.equal(0);
    expect(await applications(roleTrustsKnownAccounts, role(trust(person, undefined, { Effect: "Deny" })))).to.equal(0);
    expect(await applications(roleIsBounded, role(trust(person), { tags: { "data-classification": "audit" } }))).to.equal(0);
    for (const rule of [
      roleServesOwnAccountOnly,
      roleTrustsKnownAccounts,
      roleIsBounded,
      roleSessionEndsWithinTheHour,
      peopleAreNoUsers,
      openidProviderIsApproved,
    ])
      expect(await applications(rule, (opts) => new aws.sqs.Queue("q", {}, opts)), rule.name).to.equal(0);
  });
});

import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { identityPoolAdmitsNoGuest } from "../../../policies/rules/cognito/identity-pool-admits-no-guest.ts";
import { poolAsksForSecondFactor } from "../../../policies/rules/cognito/pool-asks-for-second-factor.ts";
import { poolAsksForStrongPasswords } from "../../../policies/rules/cognito/pool-asks-for-strong-passwords.ts";
import { poolBlocksAttacks } from "../../../policies/rules/cognito/pool-blocks-attacks.ts";
import { poolGrantsScopesByRole } from "../../../policies/rules/cognito/pool-grants-scopes-by-role.ts";
import { poolIsBehindFirewall } from "../../../policies/rules/cognito/pool-is-behind-firewall.ts";
import { poolIsKeptFromDeletion } from "../../../policies/rules/cognito/pool-is-kept-from-deletion.ts";
import { poolKeepsLogOfSignIns } from "../../../policies/rules/cognito/pool-keeps-log-of-sign-ins.ts";
import { poolLetsNobodySignUp } from "../../../policies/rules/cognito/pool-lets-nobody-sign-up.ts";
import { poolRecoversByAdministrator } from "../../../policies/rules/cognito/pool-recovers-by-administrator.ts";
import { poolTellsPeopleApart } from "../../../policies/rules/cognito/pool-tells-people-apart.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const pool =
  (args: aws.cognito.UserPoolArgs = {}) =>
  (opts: Opts) =>
    new aws.cognito.UserPool("p", args, opts);
const strong = {
  minimumLength: 14,
  passwordHistorySize: 24,
  temporaryPasswordValidityDays: 3,
  requireLowercase: true,
  requireNumbers: true,
  requireSymbols: true,
  requireUppercase: true,
};
const secondFactor = { mfaConfiguration: "ON", softwareTokenMfaConfiguration: { enabled: true } };
const recovery = (...names: string[]) => pool({ accountRecoverySetting: { recoveryMechanisms: names.map((name, i) => ({ name, priority: i + 1 })) } });
const apart = { usernameConfiguration: { caseSensitive: false } };
const verified = (...attributesRequireVerificationBeforeUpdates: string[]) => ({ userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdates } });

const enforced = { userPoolAddOns: { advancedSecurityMode: "ENFORCED" } };
const quietly = (eventAction: string) => ({ eventAction, notify: false });
const actions = { lowAction: quietly("MFA_REQUIRED"), mediumAction: quietly("MFA_REQUIRED"), highAction: quietly("BLOCK") };
const guarded =
  (change: Partial<aws.cognito.RiskConfigurationArgs> = {}, args: aws.cognito.UserPoolArgs = enforced): Program =>
  (opts) =>
    new aws.cognito.RiskConfiguration(
      "r",
      {
        userPoolId: pool(args)(opts).id,
        compromisedCredentialsRiskConfiguration: { actions: { eventAction: "BLOCK" } },
        accountTakeoverRiskConfiguration: { actions },
        ...change,
      },
      opts,
    );
const delivered =
  (configuration: Partial<aws.types.input.cognito.LogDeliveryConfigurationLogConfiguration>): Program =>
  (opts) =>
    new aws.cognito.LogDeliveryConfiguration(
      "l",
      { userPoolId: pool()(opts).id, logConfigurations: [{ eventSource: "userAuthEvents", logLevel: "INFO", ...configuration }] },
      opts,
    );
const toGroup = { cloudWatchLogsConfiguration: { logGroupArn: "arn:aws:logs:us-east-1:111111111111:log-group:g" } };
const webAclArn = "arn:aws:wafv2:us-east-1:111111111111:regional/webacl/w/1";
const signedInTo =
  (allowedOauthScopes: string[], args: aws.cognito.UserPoolArgs = {}, allowedOauthFlows = ["code"]): Program =>
  (opts) =>
    new aws.cognito.UserPoolClient("c", { userPoolId: pool(args)(opts).id, allowedOauthScopes, allowedOauthFlows }, opts);
const trigger = (lambdaVersion: string) => ({
  lambdaConfig: { preTokenGenerationConfig: { lambdaArn: "arn:aws:lambda:us-east-1:111111111111:function:f", lambdaVersion } },
});
const identities = (args: Partial<aws.cognito.IdentityPoolArgs>) => (opts: Opts) => new aws.cognito.IdentityPool("i", { identityPoolName: "i", ...args }, opts);

describe("rules for Cognito's pools", () => {
  const noLog = 'User pool "p" keeps no log of sign-ins; it must deliver userAuthEvents at INFO.';
  const allScopes = 'User pool "p" gives everybody all scopes of a client; lambdaConfig.preTokenGenerationConfig must decide, in version V2_0 or newer.';
  const cases: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [poolAsksForSecondFactor, "accepts codes of apps", pool(secondFactor)],
    [
      poolAsksForSecondFactor,
      "refuses none",
      pool(),
      'User pool "p" has mfaConfiguration OFF; it must be ON.',
      'User pool "p" takes no codes of apps; softwareTokenMfaConfiguration.enabled must be true.',
    ],
    [
      poolAsksForSecondFactor,
      "refuses to leave it to people",
      pool({ ...secondFactor, mfaConfiguration: "OPTIONAL" }),
      'User pool "p" has mfaConfiguration OPTIONAL; it must be ON.',
    ],
    [
      poolAsksForSecondFactor,
      "refuses text messages",
      pool({ ...secondFactor, smsConfiguration: { externalId: "x", snsCallerArn: "arn:aws:iam::111111111111:role/sms" } }),
      'User pool "p" sends codes as text messages; it must not set smsConfiguration.',
    ],
    ...[{ challengeRequiredOnNewDevice: true }, { deviceOnlyRememberedOnUserPrompt: true }].map(
      (deviceConfiguration): [Policies[number], string, Program, string] => [
        poolAsksForSecondFactor,
        `refuses ${Object.keys(deviceConfiguration).join()}`,
        pool({ ...secondFactor, deviceConfiguration }),
        'User pool "p" excuses devices that it remembers; it must not set deviceConfiguration.',
      ],
    ),

    [poolAsksForStrongPasswords, "accepts strong ones", pool({ passwordPolicy: strong })],
    [
      poolAsksForStrongPasswords,
      "refuses what Cognito does by itself",
      pool(),
      'User pool "p" has passwordPolicy without requireLowercase, requireNumbers, requireSymbols, requireUppercase; each must be true.',
      'User pool "p" has passwordPolicy.minimumLength 8; it must be 14 or more.',
      'User pool "p" has passwordPolicy.passwordHistorySize 0; it must be 24 or more.',
      'User pool "p" has passwordPolicy.temporaryPasswordValidityDays 7; it must be 3 at most.',
    ],
    [
      poolAsksForStrongPasswords,
      "refuses passwords without a class",
      pool({ passwordPolicy: { ...strong, requireSymbols: false } }),
      'User pool "p" has passwordPolicy without requireSymbols; each must be true.',
    ],

    [poolLetsNobodySignUp, "accepts invitations", pool({ adminCreateUserConfig: { allowAdminCreateUserOnly: true } })],
    ...[pool(), pool({ adminCreateUserConfig: { allowAdminCreateUserOnly: false } })].map((program, i): [Policies[number], string, Program, string] => [
      poolLetsNobodySignUp,
      `refuses everybody, ${i === 0 ? "unsaid" : "said"}`,
      program,
      'User pool "p" lets anybody sign up; adminCreateUserConfig.allowAdminCreateUserOnly must be true.',
    ]),

    [poolRecoversByAdministrator, "accepts administrators", recovery("admin_only")],
    [
      poolRecoversByAdministrator,
      "refuses a mailbox",
      recovery("admin_only", "verified_email"),
      'User pool "p" recovers accounts by admin_only, verified_email; accountRecoverySetting must be admin_only.',
    ],
    [
      poolRecoversByAdministrator,
      "refuses nothing said",
      pool(),
      'User pool "p" recovers accounts by what its users verified; accountRecoverySetting must be admin_only.',
    ],

    [poolTellsPeopleApart, "accepts verified addresses", pool({ ...apart, usernameAttributes: ["email"], ...verified("email") })],
    [poolTellsPeopleApart, "accepts names that are no addresses", pool({ ...apart, aliasAttributes: ["preferred_username"] })],
    [poolTellsPeopleApart, "refuses names by case", pool(), 'User pool "p" tells names apart by case; usernameConfiguration.caseSensitive must be false.'],
    [
      poolTellsPeopleApart,
      "refuses addresses that nobody verified",
      pool({ ...apart, aliasAttributes: ["email", "phone_number"], ...verified("email") }),
      'User pool "p" takes a new phone_number unseen; userAttributeUpdateSettings must ask for its verification.',
    ],

    [poolIsKeptFromDeletion, "accepts protection", pool({ deletionProtection: "ACTIVE" })],
    [poolIsKeptFromDeletion, "refuses none", pool(), 'User pool "p" has deletionProtection INACTIVE; it must be ACTIVE.'],

    [poolBlocksAttacks, "accepts a pool that blocks", guarded()],
    [
      poolBlocksAttacks,
      "refuses one that notices and does nothing",
      pool(enforced),
      'User pool "p" does nothing about what it notices; it must have a RiskConfiguration.',
    ],
    [poolBlocksAttacks, "refuses one that does not look", guarded({}, {}), 'User pool "p" has userPoolAddOns.advancedSecurityMode OFF; it must be ENFORCED.'],
    [
      poolBlocksAttacks,
      "refuses one that only looks",
      guarded({}, { userPoolAddOns: { advancedSecurityMode: "AUDIT" } }),
      'User pool "p" has userPoolAddOns.advancedSecurityMode AUDIT; it must be ENFORCED.',
    ],
    [
      poolBlocksAttacks,
      "refuses stolen passwords",
      guarded({ compromisedCredentialsRiskConfiguration: { actions: { eventAction: "NO_ACTION" }, eventFilters: ["SIGN_UP"] } }),
      'User pool "p" answers stolen passwords by NO_ACTION ("r"); it must be BLOCK.',
      'User pool "p" does not look for stolen passwords at sign-in ("r").',
    ],
    [
      poolBlocksAttacks,
      "refuses weak answers",
      guarded({ accountTakeoverRiskConfiguration: { actions: { mediumAction: quietly("MFA_IF_CONFIGURED"), highAction: quietly("MFA_REQUIRED") } } }),
      'User pool "p" answers highAction by MFA_REQUIRED ("r"); it must be BLOCK.',
      'User pool "p" answers lowAction by NO_ACTION ("r"); it must be MFA_REQUIRED or BLOCK.',
      'User pool "p" answers mediumAction by MFA_IF_CONFIGURED ("r"); it must be MFA_REQUIRED or BLOCK.',
    ],
    [
      poolBlocksAttacks,
      "refuses to look away",
      guarded({ riskExceptionConfiguration: { skippedIpRangeLists: ["192.0.2.0/24"] } }),
      'User pool "p" looks away for some addresses ("r"); it must skip none.',
    ],

    [poolKeepsLogOfSignIns, "accepts a log group", delivered(toGroup)],
    [poolKeepsLogOfSignIns, "accepts a bucket", delivered({ s3Configuration: { bucketArn: "arn:aws:s3:::b" } })],
    [
      poolKeepsLogOfSignIns,
      "accepts a stream",
      delivered({ firehoseConfiguration: { streamArn: "arn:aws:firehose:us-east-1:111111111111:deliverystream/s" } }),
    ],
    [poolKeepsLogOfSignIns, "refuses none", pool(), noLog],
    [poolKeepsLogOfSignIns, "refuses a log of messages", delivered({ ...toGroup, eventSource: "userNotification" }), noLog],
    [poolKeepsLogOfSignIns, "refuses a log of errors", delivered({ ...toGroup, logLevel: "ERROR" }), noLog],
    [poolKeepsLogOfSignIns, "refuses a log that goes nowhere", delivered({}), noLog],

    [poolIsBehindFirewall, "accepts one", (opts) => new aws.wafv2.WebAclAssociation("w", { resourceArn: pool()(opts).arn, webAclArn }, opts)],
    [poolIsBehindFirewall, "refuses none", pool(), 'User pool "p" has no firewall; it must have a WebAclAssociation.'],
    [
      poolIsBehindFirewall,
      "refuses that of another",
      (opts) => {
        pool()(opts);
        const other = new aws.cognito.UserPool("other", {}, opts);
        new aws.wafv2.WebAclAssociation("w", { resourceArn: other.arn, webAclArn }, opts);
        new aws.wafv2.WebAclAssociation("x", { resourceArn: "arn:aws:any:us-east-1:111111111111:nothing", webAclArn }, opts);
      },
      'User pool "p" has no firewall; it must have a WebAclAssociation.',
    ],

    [poolGrantsScopesByRole, "accepts a function that decides", signedInTo(["openid", "svp/cases.read"], trigger("V2_0"))],
    [poolGrantsScopesByRole, "refuses none", signedInTo(["openid", "svp/cases.read"]), allScopes],
    [poolGrantsScopesByRole, "refuses a version that can't change access tokens", signedInTo(["svp/cases.read"], trigger("V1_0")), allScopes],

    [
      identityPoolAdmitsNoGuest,
      "accepts users",
      identities({ allowUnauthenticatedIdentities: false, cognitoIdentityProviders: [{ clientId: "c", serverSideTokenCheck: true }] }),
    ],
    [
      identityPoolAdmitsNoGuest,
      "refuses guests, the classic flow, and old tokens",
      identities({ allowUnauthenticatedIdentities: true, allowClassicFlow: true, cognitoIdentityProviders: [{ clientId: "c" }] }),
      'Identity pool "i" admits guests; allowUnauthenticatedIdentities must be false.',
      'Identity pool "i" lets clients choose their roles; allowClassicFlow must be false.',
      'Identity pool "i" takes tokens of users who signed out; serverSideTokenCheck must be true.',
    ],
  ];
  for (const [rule, what, program, ...messages] of cases)
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));

  it("take other settings", async () => {
    const settings = { minimumLength: 8, history: 0, temporaryDays: 7 };
    const classes = { requireLowercase: true, requireNumbers: true, requireSymbols: true, requireUppercase: true };
    expect(await violations(poolAsksForStrongPasswords, pool({ passwordPolicy: classes }), { [poolAsksForStrongPasswords.name]: settings })).to.deep.equal([]);
    expect(await violations(poolIsKeptFromDeletion, pool(), { [poolIsKeptFromDeletion.name]: { required: false } })).to.deep.equal([]);
  });

  it("do not apply where there is nothing to judge", async () => {
    for (const rule of [poolBlocksAttacks, poolKeepsLogOfSignIns, poolIsBehindFirewall]) expect(await applications(rule, () => undefined)).to.equal(0);
    for (const program of [pool(), signedInTo(["openid"]), signedInTo(["svp/cases.read"], {}, ["client_credentials"])])
      expect(await applications(poolGrantsScopesByRole, program)).to.equal(0);
  });
});

import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { aclBlocksKnownAttacks } from "../../../policies/rules/wafv2/acl-blocks-known-attacks.ts";
import { aclIsLogged } from "../../../policies/rules/wafv2/acl-is-logged.ts";
import { aclKeepsNoSamples } from "../../../policies/rules/wafv2/acl-keeps-no-samples.ts";
import { aclStopsFloods } from "../../../policies/rules/wafv2/acl-stops-floods.ts";
import { logRedactsCredentials } from "../../../policies/rules/wafv2/log-redacts-credentials.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;
type Rule = aws.types.input.wafv2.WebAclRule;

const quiet = { metricName: "m", cloudwatchMetricsEnabled: true, sampledRequestsEnabled: false };
const acl =
  (args: Partial<aws.wafv2.WebAclArgs> = {}) =>
  (opts: Opts) =>
    new aws.wafv2.WebAcl("w", { name: "w", scope: "REGIONAL", defaultAction: { allow: {} }, visibilityConfig: quiet, ...args }, opts);
const withRules = (...rules: Rule[]) => acl({ rules });
const rule = (name: string, priority: number, rest: Pick<Rule, "statement"> & Partial<Rule>): Rule => ({ name, priority, visibilityConfig: quiet, ...rest });

const names = ["AmazonIpReputationList", "AnonymousIpList", "KnownBadInputsRuleSet", "CommonRuleSet"].map((name) => `AWSManagedRules${name}`);
const group = (name: string, priority: number, change: Partial<Rule> = {}, more: object = {}): Rule =>
  rule(name, priority, { overrideAction: { none: {} }, statement: { managedRuleGroupStatement: { vendorName: "AWS", name, ...more } }, ...change });
const groups = names.map((name, i) => group(name, i + 1));
const counting = (...counted: string[]) => [
  ...groups.slice(0, 3),
  group(names[3]!, 4, {}, { ruleActionOverrides: counted.map((name) => ({ name, actionToUse: { count: {} } })) }),
];
const label = (priority: number, action: Rule["action"] = { block: {} }, scope = "LABEL"): Rule => {
  const statements = [{ labelMatchStatement: { scope, key: "awswaf:managed:aws:core-rule-set:GenericLFI_Body" } }];
  const elsewhere = {
    byteMatchStatement: {
      fieldToMatch: { uriPath: {} },
      positionalConstraint: "EXACTLY",
      searchString: "/infer",
      textTransformations: [{ priority: 0, type: "NONE" }],
    },
  };
  return rule("Text", priority, { action, statement: { andStatement: { statements: [...statements, { notStatement: { statement: elsewhere } }] } } });
};
const rate = (limit: number, change: Partial<Rule> = {}, more: object = {}): Rule =>
  rule("Flood", 0, { action: { block: {} }, statement: { rateBasedStatement: { limit, aggregateKeyType: "IP", ...more } }, ...change });
const scope = { scopeDownStatement: { geoMatchStatement: { countryCodes: ["US"] } } };
const logged =
  (args: Partial<aws.wafv2.WebAclLoggingConfigurationArgs> = {}): Program =>
  (opts) =>
    new aws.wafv2.WebAclLoggingConfiguration(
      "l",
      { resourceArn: acl()(opts).arn, logDestinationConfigs: ["arn:aws:logs:us-east-1:111111111111:log-group:aws-waf-logs-w"], ...args },
      opts,
    );
const header = (name: string) => ({ singleHeader: { name } });
const filter = (behavior: string) => ({ behavior, requirement: "MEETS_ANY", conditions: [{ actionCondition: { action: "ALLOW" } }] });

describe("rules for WAF", () => {
  const none = `Firewall "w" does not block what ${names.join(", ")} finds.`;
  const lfi = 'Firewall "w" lets pass what GenericLFI_BODY finds; no later rule blocks its label.';
  const cases: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [aclBlocksKnownAttacks, "accepts the groups of AWS", withRules(...groups)],
    [aclBlocksKnownAttacks, "accepts rules that may count", withRules(...counting("SizeRestrictions_BODY"))],
    [aclBlocksKnownAttacks, "accepts a counting rule whose label is blocked later", withRules(...counting("GenericLFI_BODY"), label(5))],
    [
      aclBlocksKnownAttacks,
      "accepts rules of their own",
      (opts) => {
        const webAclArn = acl()(opts).arn;
        for (const { name, ...args } of groups)
          new aws.wafv2.WebAclRule(String(name), { ...(args as object), name: name!, priority: args.priority as number, webAclArn }, opts);
      },
    ],
    [aclBlocksKnownAttacks, "refuses none", acl(), none],
    [aclBlocksKnownAttacks, "refuses groups that only count", withRules(...names.map((name, i) => group(name, i, { overrideAction: { count: {} } }))), none],
    [aclBlocksKnownAttacks, "refuses groups for some requests", withRules(...names.map((name, i) => group(name, i, {}, scope))), none],
    [aclBlocksKnownAttacks, "refuses groups of others by such names", withRules(...names.map((name, i) => group(name, i, {}, { vendorName: "Other" }))), none],
    [aclBlocksKnownAttacks, "refuses a counting rule", withRules(...counting("GenericLFI_BODY")), lfi],
    [aclBlocksKnownAttacks, "refuses a counting rule whose label is looked at before", withRules(...counting("GenericLFI_BODY"), label(0)), lfi],
    [aclBlocksKnownAttacks, "refuses a counting rule whose label is counted, too", withRules(...counting("GenericLFI_BODY"), label(5, { count: {} })), lfi],
    [
      aclBlocksKnownAttacks,
      "refuses a counting rule whose label is taken for a namespace",
      withRules(...counting("GenericLFI_BODY"), label(5, { block: {} }, "NAMESPACE")),
      lfi,
    ],
    [
      aclBlocksKnownAttacks,
      "refuses a way past the groups",
      withRules(rule("Friends", 0, { action: { allow: {} }, statement: { geoMatchStatement: { countryCodes: ["US"] } } }), ...groups),
      'Firewall "w" lets requests past its other rules by "Friends".',
    ],
    [
      aclBlocksKnownAttacks,
      "refuses rules that nobody sees",
      acl({ ruleJson: "[]" }),
      none,
      'Firewall "w" keeps rules in ruleJson, where nobody sees them; they must stand in rules.',
    ],

    [aclStopsFloods, "accepts a rate", withRules(rate(3000))],
    [aclStopsFloods, "accepts a rate by the minute", withRules(rate(600, {}, { evaluationWindowSec: 60 }))],
    ...(
      [
        ["none", acl()],
        ["a rate that is only counted", withRules(rate(3000, { action: { count: {} } }))],
        ["a rate for some", withRules(rate(3000, {}, scope))],
      ] as const
    ).map(([what, program]): [Policies[number], string, Program, string] => [
      aclStopsFloods,
      `refuses ${what}`,
      program,
      'Firewall "w" blocks nobody for asking too often; it must have a rateBasedStatement with action block.',
    ]),
    [
      aclStopsFloods,
      "refuses a high rate",
      withRules(rate(3000, {}, { evaluationWindowSec: 60 })),
      'Firewall "w" lets an address send 15000 requests in five minutes; it must be 3000 at most.',
    ],

    [aclKeepsNoSamples, "accepts counting", withRules(rate(10))],
    [
      aclKeepsNoSamples,
      "refuses samples, and not to count",
      acl({
        visibilityConfig: { ...quiet, sampledRequestsEnabled: true },
        rules: [rate(10, { visibilityConfig: { ...quiet, cloudwatchMetricsEnabled: false, sampledRequestsEnabled: true } })],
      }),
      'Firewall "w" does not count requests for rule "Flood"; cloudwatchMetricsEnabled must be true.',
      'Firewall "w" keeps samples of requests for itself; sampledRequestsEnabled must be false.',
      'Firewall "w" keeps samples of requests for rule "Flood"; sampledRequestsEnabled must be false.',
    ],

    [aclIsLogged, "accepts a log", logged()],
    [aclIsLogged, "accepts a filter that keeps all", logged({ loggingFilter: { defaultBehavior: "KEEP", filters: [filter("KEEP")] } })],
    [aclIsLogged, "refuses none", acl(), 'Firewall "w" logs nothing; it must have a WebAclLoggingConfiguration.'],
    [
      aclIsLogged,
      "refuses one that goes nowhere",
      logged({ logDestinationConfigs: [] }),
      'Firewall "w" logs nothing; it must have a WebAclLoggingConfiguration.',
    ],
    ...[
      { defaultBehavior: "DROP", filters: [filter("KEEP")] },
      { defaultBehavior: "KEEP", filters: [filter("DROP")] },
    ].map((loggingFilter): [Policies[number], string, Program, string] => [
      aclIsLogged,
      `refuses a filter by ${loggingFilter.defaultBehavior}`,
      logged({ loggingFilter }),
      'Firewall "w" leaves requests out of its log; loggingFilter must keep all.',
    ]),

    [logRedactsCredentials, "accepts a log without credentials", logged({ redactedFields: [{ queryString: {} }, header("Authorization"), header("cookie")] })],
    [logRedactsCredentials, "refuses all", logged(), 'Log "l" shows authorization, cookie, queryString; redactedFields must name them.'],
    [
      logRedactsCredentials,
      "refuses cookies",
      logged({ redactedFields: [{ queryString: {} }, header("authorization")] }),
      'Log "l" shows cookie; redactedFields must name them.',
    ],
  ];
  for (const [rule, what, program, ...messages] of cases)
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));

  it("take other settings", async () => {
    expect(await violations(aclBlocksKnownAttacks, acl(), { [aclBlocksKnownAttacks.name]: { groups: [] } })).to.deep.equal([]);
    expect(
      await violations(aclBlocksKnownAttacks, withRules(...counting("GenericLFI_BODY")), { [aclBlocksKnownAttacks.name]: { mayCount: ["GenericLFI_BODY"] } }),
    ).to.deep.equal([]);
    expect(await violations(aclStopsFloods, withRules(rate(5000)), { [aclStopsFloods.name]: { requestsPerFiveMinutes: 5000 } })).to.deep.equal([]);
  });

  it("do not apply where there is nothing to judge", async () => {
    for (const rule of [aclBlocksKnownAttacks, aclStopsFloods, aclKeepsNoSamples, aclIsLogged]) expect(await applications(rule, () => undefined)).to.equal(0);
  });
});

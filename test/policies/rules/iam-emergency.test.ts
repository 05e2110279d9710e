import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { readingOfVideosByPeopleIsTold } from "../../../policies/rules/iam/reading-of-videos-by-people-is-told.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };

// As the provider of tests names what it makes.
const emergency = "arn:aws:any:us-east-1:111111111111:emergency";
const everyUse = {
  source: ["aws.sts"],
  "detail-type": ["AWS API Call via CloudTrail"],
  detail: { eventSource: ["sts.amazonaws.com"], eventName: ["AssumeRole", "AssumeRoleWithSAML"], requestParameters: { roleArn: [emergency] } },
};

interface Parts {
  readonly principal?: object;
  readonly resource?: string;
  readonly denied?: boolean;
  readonly pattern?: object | undefined;
  readonly state?: string;
  readonly target?: boolean;
}

const program =
  ({
    principal = { AWS: "arn:aws:iam::222222222222:role/doctor" },
    resource = "arn:aws:s3:::raw/raw-videos/*",
    denied,
    pattern = everyUse,
    state,
    target = true,
  }: Parts) =>
  (opts: Opts): void => {
    const trust = { Statement: [{ Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" }] };
    const role = new aws.iam.Role("emergency", { name: "emergency", assumeRolePolicy: JSON.stringify(trust) }, opts);
    const statements = [
      { Effect: "Allow", Action: ["s3:GetObject"], Resource: [resource] },
      ...(denied ? [{ Effect: "Deny", Action: ["s3:GetObject*"], Resource: ["arn:aws:s3:::raw/*"] }] : []),
    ];
    new aws.iam.RolePolicy("emergency-policy", { role: role.name, policy: JSON.stringify({ Statement: statements }) }, opts);
    const rule = new aws.cloudwatch.EventRule("used", { name: "used", eventPattern: JSON.stringify(pattern), ...(state && { state }) }, opts);
    if (target) new aws.cloudwatch.EventTarget("alert", { rule: rule.name, arn: "arn:aws:sns:us-east-1:111111111111:alerts" }, opts);
  };

const untold = (ways: string): string => `Nobody is told when people take role "emergency" by ${ways}; an EventRule must match it and have a target.`;

describe(readingOfVideosByPeopleIsTold.name, () => {
  const { detail } = everyUse;
  const cases: [what: string, parts: Parts, ...messages: string[]][] = [
    ["accepts a rule that matches every use", {}],
    ["refuses no target", { target: false }, untold("AssumeRole or AssumeRoleWithSAML")],
    ["refuses a rule that is off", { state: "DISABLED" }, untold("AssumeRole or AssumeRoleWithSAML")],
    ["refuses a rule about one way only", { pattern: { ...everyUse, detail: { ...detail, eventName: ["AssumeRole"] } } }, untold("AssumeRoleWithSAML")],
    [
      "refuses a rule about another role",
      { pattern: { ...everyUse, detail: { ...detail, requestParameters: { roleArn: ["arn:aws:iam::111111111111:role/other"] } } } },
      untold("AssumeRole or AssumeRoleWithSAML"),
    ],
    ["refuses a rule about another source", { pattern: { ...everyUse, source: ["aws.s3"] } }, untold("AssumeRole or AssumeRoleWithSAML")],
  ];
  for (const [what, parts, ...messages] of cases)
    it(what, async () => {
      expect(await violations(readingOfVideosByPeopleIsTold, program(parts))).to.deep.equal(messages);
    });

  const others: [what: string, parts: Parts][] = [
    ["roles of services", { principal: { Service: "lambda.amazonaws.com" } }],
    ["roles of workflows", { principal: { Federated: "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com" } }],
    ["roles that read something else", { resource: "arn:aws:s3:::datasets/*" }],
    ["roles that are denied it", { denied: true }],
  ];
  for (const [what, parts] of others)
    it(`is not about ${what}`, async () => {
      expect(await applications(readingOfVideosByPeopleIsTold, program({ ...parts, target: false }))).to.equal(0);
    });
});

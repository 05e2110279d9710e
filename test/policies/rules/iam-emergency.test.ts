import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { peopleAreDeniedOriginalVideos } from "../../../policies/rules/iam/people-are-denied-original-videos.ts";
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

describe(peopleAreDeniedOriginalVideos.name, () => {
  const [videos, allOfRaw] = ["arn:aws:s3:::raw/raw-videos/*", "arn:aws:s3:::raw/*"];
  /** A function that reads original videos, and a role of people with the statements given. */
  const program =
    (statements: readonly object[], principal: object = { AWS: "arn:aws:iam::222222222222:role/auditor" }, read = videos, Condition?: object) =>
    (opts: Opts): void => {
      const made = (name: string, Principal: object, Statement: readonly object[], more: object = {}): void => {
        const trust = { Statement: [{ Effect: "Allow", Principal, Action: "sts:AssumeRole", ...more }] };
        const role = new aws.iam.Role(name, { name, assumeRolePolicy: JSON.stringify(trust) }, opts);
        new aws.iam.RolePolicy(`${name}-policy`, { role: role.name, policy: JSON.stringify({ Statement }) }, opts);
      };
      made("reader", { Service: "lambda.amazonaws.com" }, [{ Effect: "Allow", Action: ["s3:GetObject"], Resource: [read] }]);
      made("auditor", principal, statements, Condition && { Condition });
    };
  const deny = (Resource: string, Action = ["s3:GetObject", "s3:GetObjectVersion"], more: object = {}) => ({ Effect: "Deny", Action, Resource, ...more });
  const grant = { Effect: "Allow", Action: ["iam:GetAccountSummary"], Resource: "*" };
  const open = (actions: string): string => `Role "auditor", which people take, is not denied ${actions} of original videos.`;
  const both = open("s3:GetObject and s3:GetObjectVersion");

  const cases: [what: string, statements: readonly object[], ...messages: string[]][] = [
    ["accepts what denies them", [grant, deny(allOfRaw)]],
    ["accepts what denies everything", [deny("*", ["s3:*"])]],
    ["refuses what only does not grant them", [grant], both],
    ["refuses what denies one way of two", [deny(allOfRaw, ["s3:GetObject"])], open("s3:GetObjectVersion")],
    ["refuses what denies another bucket", [deny("arn:aws:s3:::datasets/*")], both],
    ["refuses what denies on a condition", [deny(allOfRaw, undefined, { Condition: { Bool: { "aws:MultiFactorAuthPresent": "false" } } })], both],
  ];
  for (const [what, statements, ...messages] of cases)
    it(what, async () => {
      expect(await violations(peopleAreDeniedOriginalVideos, program(statements))).to.deep.equal(messages);
    });

  it("is not about roles that only named machines of another account take", async () => {
    const arn = "arn:aws:iam::222222222222:role/svp-*-promote-role";
    const condition = (value: string) => ({ ArnLike: { "aws:PrincipalArn": value } });
    const settings = { [peopleAreDeniedOriginalVideos.name]: { machines: [arn] } };
    const asked = program([grant], { AWS: "arn:aws:iam::222222222222:root" }, videos, condition(arn));
    expect(await applications(peopleAreDeniedOriginalVideos, asked, settings)).to.equal(0);
    expect(await violations(peopleAreDeniedOriginalVideos, asked)).to.deep.equal([both]);
    const other = program([grant], { AWS: "arn:aws:iam::222222222222:root" }, videos, condition("arn:aws:iam::222222222222:role/other"));
    expect(await violations(peopleAreDeniedOriginalVideos, other, settings)).to.deep.equal([both]);
  });

  it("is not about roles of services, about people whose role it is to read them, or where there are none", async () => {
    for (const one of [
      program([grant], { Service: "ecs-tasks.amazonaws.com" }),
      program([{ Effect: "Allow", Action: ["s3:GetObject"], Resource: [videos] }]),
      program([grant], undefined, "arn:aws:s3:::datasets/*"),
    ])
      expect(await applications(peopleAreDeniedOriginalVideos, one)).to.equal(0);
  });
});

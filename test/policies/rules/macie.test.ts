import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { accountIsOn } from "../../../policies/rules/macie/account-is-on.ts";
import { accountLooksForIdentifiers } from "../../../policies/rules/macie/account-looks-for-identifiers.ts";
import { organizationIsLookedThrough } from "../../../policies/rules/macie/organization-is-looked-through.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;

const bucket: Program = (opts) => new aws.s3.Bucket("b", {}, opts);
const account =
  (change: aws.macie2.AccountArgs = {}): Program =>
  (opts) =>
    new aws.macie2.Account("m", change, opts);
const looking =
  (change: Partial<aws.macie2.ClassificationJobArgs> = {}): Program =>
  (opts) => {
    account()(opts);
    new aws.macie2.ClassificationJob(
      "j",
      {
        jobType: "SCHEDULED",
        initialRun: true,
        scheduleFrequency: { monthlySchedule: 1 },
        s3JobDefinition: { bucketDefinitions: [{ accountId: "111111111111", buckets: ["results"] }] },
        ...change,
      },
      opts,
    );
  };
/** Buckets of which some are backed up, and a job about some; one is named in plain text. */
const kept =
  (backedUp: readonly string[], ...lookedInto: string[]): Program =>
  (opts) => {
    const made = Object.fromEntries(["results", "tables", "uploads"].map((name) => [name, new aws.s3.Bucket(name, { bucket: name }, opts)]));
    new aws.s3.BucketNotification("n", { bucket: made["uploads"]!.id, eventbridge: true }, opts);
    const resources = backedUp.map((name) => made[name]!.arn);
    new aws.backup.Selection("s", { planId: "p", iamRoleArn: "arn:aws:iam::111111111111:role/b", resources }, opts);
    const buckets = lookedInto.filter((name) => name !== "uploads").map((name) => (name === "results" ? name : made[name]!.bucket));
    looking({ s3JobDefinition: { bucketDefinitions: [{ accountId: "111111111111", buckets }] } })(opts);
  };
const organization =
  (autoEnable: boolean): Program =>
  (opts) => {
    account()(opts);
    new aws.macie2.OrganizationConfiguration("o", { autoEnable }, opts);
  };
const noJob =
  'Account "account" has no Macie job that is SCHEDULED, runs, begins with what is there, and looks into 20 % of the objects or more of any bucket.';

describe("rules for Macie", () => {
  const cases: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [accountIsOn, "accepts what Macie does unless told otherwise", account()],
    [
      accountIsOn,
      "refuses a pause, and findings after hours",
      account({ status: "PAUSED", findingPublishingFrequency: "SIX_HOURS" }),
      'Macie "m" is PAUSED; status must be ENABLED.',
      'Macie "m" publishes findings SIX_HOURS; findingPublishingFrequency must be FIFTEEN_MINUTES.',
    ],
    [accountLooksForIdentifiers, "accepts a job on a schedule", looking()],
    [
      accountLooksForIdentifiers,
      "accepts buckets by what they are like",
      looking({
        s3JobDefinition: { bucketCriteria: { includes: { ands: [{ simpleCriterion: { comparator: "EQ", key: "SHARED_ACCESS", values: ["NOT_SHARED"] } }] } } },
      }),
    ],
    [accountLooksForIdentifiers, "refuses none", bucket, noJob, 'Account "account" has no Macie.'],
    [accountLooksForIdentifiers, "refuses a job that runs once", looking({ jobType: "ONE_TIME" }), noJob],
    [accountLooksForIdentifiers, "accepts a job by the day", looking({ scheduleFrequency: { dailySchedule: true } })],
    [accountLooksForIdentifiers, "accepts a job by the week", looking({ scheduleFrequency: { weeklySchedule: "MONDAY" } })],
    [accountLooksForIdentifiers, "refuses a schedule of nothing", looking({ scheduleFrequency: { dailySchedule: false } }), noJob],
    [accountLooksForIdentifiers, "refuses a job that was stopped", looking({ jobStatus: "USER_PAUSED" }), noJob],
    [accountLooksForIdentifiers, "refuses a job that leaves out what is there", looking({ initialRun: false }), noJob],
    [accountLooksForIdentifiers, "refuses a small sample", looking({ samplingPercentage: 1 }), noJob],
    [
      accountLooksForIdentifiers,
      "refuses a job about nothing",
      looking({ s3JobDefinition: { bucketDefinitions: [{ accountId: "111111111111", buckets: [] }] } }),
      noJob,
    ],
    [accountLooksForIdentifiers, "accepts buckets that are worth a backup, all looked into", kept(["results", "tables"], "results", "tables")],
    [accountLooksForIdentifiers, "accepts a bucket that is not worth one", kept(["results"], "results", "tables")],
    [accountLooksForIdentifiers, "accepts one that takes uploads", kept(["results", "uploads"], "results", "uploads")],
    [
      accountLooksForIdentifiers,
      "refuses one that is worth a backup, and not looked into",
      kept(["results", "tables"], "results"),
      'Account "account" has no Macie job that looks into bucket "tables".',
    ],
    [organizationIsLookedThrough, "accepts accounts that join", organization(true)],
    [organizationIsLookedThrough, "refuses to leave them out", organization(false), "Macie has no OrganizationConfiguration with autoEnable true."],
    [
      organizationIsLookedThrough,
      "refuses none",
      bucket,
      "Macie has no OrganizationConfiguration with autoEnable true.",
      "Macie is not on in the account that watches the others; there must be a macie2.Account.",
    ],
  ];
  for (const [rule, what, program, ...messages] of cases)
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));

  it("take their settings from the configuration", async () => {
    expect(
      await violations(accountLooksForIdentifiers, looking({ samplingPercentage: 1 }), { [accountLooksForIdentifiers.name]: { minimumPercent: 1 } }),
    ).to.deep.equal([]);
    expect(await applications(organizationIsLookedThrough, bucket, { [organizationIsLookedThrough.name]: { required: false } })).to.equal(0);
  });

  it("judge nothing where there is nothing of their kind", async () => expect(await applications(accountIsOn, bucket)).to.equal(0));
});

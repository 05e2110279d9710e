import * as aws from "@pulumi/aws";
import type { Policies } from "@pulumi/policy";
import { expect } from "chai";
import { accountHasBudget } from "../../../policies/rules/budgets/account-has-budget.ts";
import { budgetTellsSomebody } from "../../../policies/rules/budgets/budget-tells-somebody.ts";
import { applications, violations } from "../../support/policies.ts";

type Opts = { provider: aws.Provider };
type Program = (opts: Opts) => unknown;
type Notification = aws.types.input.budgets.BudgetNotification;

const bucket: Program = (opts) => new aws.s3.Bucket("b", {}, opts);
const notification = (change: Partial<Notification> = {}): Notification => ({
  notificationType: "ACTUAL",
  comparisonOperator: "GREATER_THAN",
  threshold: 80,
  thresholdType: "PERCENTAGE",
  subscriberSnsTopicArns: ["arn:aws:sns:us-east-1:111111111111:alerts"],
  ...change,
});
const budget =
  (notifications?: Notification[], timeUnit = "MONTHLY", budgetType = "COST"): Program =>
  (opts) =>
    new aws.budgets.Budget("b", { budgetType, timeUnit, limitAmount: "1", limitUnit: "USD", ...(notifications && { notifications }) }, opts);
const watch =
  (monitorArnLists = ["arn:aws:ce::111111111111:anomalymonitor/1"], addresses = ["arn:aws:sns:us-east-1:111111111111:alerts"]): Program =>
  (opts) =>
    new aws.costexplorer.AnomalySubscription(
      "w",
      { frequency: "IMMEDIATE", monitorArnLists, subscribers: addresses.map((address) => ({ type: "SNS", address })) },
      opts,
    );
const both =
  (...programs: Program[]): Program =>
  (opts) => {
    for (const program of programs) program(opts);
  };
const late = 'Budget "b" tells nobody before it is spent; a notification GREATER_THAN 100 PERCENTAGE or less must have subscribers.';

describe("rules for budgets", () => {
  const cases: [rule: Policies[number], what: string, program: Program, ...messages: string[]][] = [
    [budgetTellsSomebody, "accepts a notification at 80 percent", budget([notification()])],
    [budgetTellsSomebody, "accepts one by mail", budget([notification({ subscriberSnsTopicArns: [], subscriberEmailAddresses: ["a@example.org"] })])],
    [budgetTellsSomebody, "refuses none", budget(), late],
    [budgetTellsSomebody, "refuses one without subscribers", budget([notification({ subscriberSnsTopicArns: [] })]), late],
    [budgetTellsSomebody, "refuses one that comes late", budget([notification({ threshold: 200 })]), late],
    [budgetTellsSomebody, "refuses one at an amount", budget([notification({ thresholdType: "ABSOLUTE_VALUE" })]), late],
    [budgetTellsSomebody, "refuses one below", budget([notification({ comparisonOperator: "LESS_THAN" })]), late],
    [budgetTellsSomebody, "accepts a watch", watch()],
    [
      budgetTellsSomebody,
      "refuses a watch of nothing, for nobody",
      watch([], []),
      'Watch "w" for unusual costs tells nobody; it must have subscribers.',
      'Watch "w" for unusual costs watches nothing; monitorArnLists must name a monitor.',
    ],
    [accountHasBudget, "accepts both", both(budget(), watch())],
    [
      accountHasBudget,
      "refuses neither",
      bucket,
      'Account "account" has no AnomalySubscription.',
      'Account "account" has no budget of type COST by day or month.',
    ],
    [accountHasBudget, "refuses a budget by year", both(budget([], "ANNUALLY"), watch()), 'Account "account" has no budget of type COST by day or month.'],
    [
      accountHasBudget,
      "refuses a budget of hours",
      both(budget([], "MONTHLY", "USAGE"), watch()),
      'Account "account" has no budget of type COST by day or month.',
    ],
  ];
  for (const [rule, what, program, ...messages] of cases)
    it(`${rule.name} ${what}`, async () => expect(await violations(rule, program)).to.deep.equal(messages));

  it("judge nothing where there is nothing of their kind", async () => expect(await applications(budgetTellsSomebody, bucket)).to.equal(0));
});

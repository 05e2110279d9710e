import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { BudgetAlerts } from "../../../components/operations/budget-alerts.ts";
import { failure } from "../../support/failure.ts";
import { alertTopicArn } from "../parts.ts";
import { inAccount, place } from "../place.ts";

const make = (monthlyDollars: number) => inAccount((opts) => void new BudgetAlerts("budget", { place, monthlyDollars, alertTopicArn }, opts));

describe("BudgetAlerts", () => {
  it("tells of four fifths, of the whole, and of a month that will cost more", async () => {
    const stack = await make(500);
    const notification = (notificationType: string, threshold: number) => ({
      notificationType,
      comparisonOperator: "GREATER_THAN",
      threshold,
      thresholdType: "PERCENTAGE",
      subscriberSnsTopicArns: [alertTopicArn],
    });
    expect(stack.one(aws.budgets.Budget, "budget").inputs).to.deep.equal({
      name: "svp-unit-budget",
      budgetType: "COST",
      timeUnit: "MONTHLY",
      limitAmount: "500",
      limitUnit: "USD",
      notifications: [notification("ACTUAL", 80), notification("ACTUAL", 100), notification("FORECASTED", 100)],
    });
  });

  it("tells at once of what costs unusually much", async () => {
    const stack = await make(500);
    expect(stack.one(aws.costexplorer.AnomalySubscription, "budget-anomalies").inputs).to.deep.equal({
      name: "svp-unit-budget-anomalies",
      frequency: "IMMEDIATE",
      monitorArnLists: [stack.one(aws.costexplorer.AnomalyMonitor, "budget-monitor").outputs["arn"]],
      subscribers: [{ type: "SNS", address: alertTopicArn }],
      thresholdExpression: { dimension: { key: "ANOMALY_TOTAL_IMPACT_ABSOLUTE", matchOptions: ["GREATER_THAN_OR_EQUAL"], values: ["50"] } },
    });
  });

  it("refuses a budget of nothing", async () => {
    expect((await failure(make(0))).message).to.contain('svp:operations:BudgetAlerts "budget": monthlyDollars must be more than 0, not 0.');
  });
});

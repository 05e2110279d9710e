import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { BudgetAlerts } from "../../../components/operations/budget-alerts.ts";
import { failure } from "../../support/failure.ts";
import { alertTopicArn } from "../parts.ts";
import { inAccount, place } from "../place.ts";

const make = (monthlyDollars: number, teams?: Record<string, number>) =>
  inAccount((opts) => void new BudgetAlerts("budget", { place, monthlyDollars, alertTopicArn, ...(teams && { teams }) }, opts));

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

  it("tells of a team by the tag of its costs, as of the whole", async () => {
    const stack = await make(500, { research: 120, "video-lab": 80 });
    const { costFilters, limitAmount, name, notifications } = stack.one(aws.budgets.Budget, "budget-research").inputs;
    expect({ costFilters, limitAmount, name }).to.deep.equal({
      ...{ costFilters: [{ name: "TagKeyValue", values: ["user:cost-center$research"] }], limitAmount: "120", name: "svp-unit-budget-research" },
    });
    expect(notifications).to.deep.equal(stack.one(aws.budgets.Budget, "budget").inputs["notifications"]);
    expect(stack.ofType(aws.budgets.Budget)).to.have.length(3);
  });

  it("refuses a team without a budget, and what can't be the value of a tag", async () => {
    expect((await failure(make(500, { research: 0 }))).message).to.contain("teams must be more than 0 for research, not 0.");
    expect((await failure(make(500, { "Team A": 5 }))).message).to.contain('lower-case letters, digits and hyphens, not "Team A".');
  });

  it("refuses a budget of nothing", async () => {
    expect((await failure(make(0))).message).to.contain('svp:operations:BudgetAlerts "budget": monthlyDollars must be more than 0, not 0.');
  });
});

import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName } from "../place.ts";

export interface BudgetAlertsArgs {
  place: Place;
  /** What a month may cost, US dollars. */
  monthlyDollars: number;
  alertTopicArn: pulumi.Input<string>;
}

/** Shares of the budget, in percent, that somebody hears of. */
const warnings = [
  { type: "ACTUAL", percent: 80 },
  { type: "ACTUAL", percent: 100 },
  { type: "FORECASTED", percent: 100 },
];
/** An anomaly is told once it has cost this much, US dollars. */
const anomalyDollars = 50;

/** Tells people when an account costs more than it should, before the bill does. Budgets are free of charge up to two. */
export class BudgetAlerts extends PlatformComponent {
  constructor(name: string, { place, monthlyDollars, alertTopicArn }: BudgetAlertsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:operations:BudgetAlerts", name, opts);
    if (!(monthlyDollars > 0)) this.reject("monthlyDollars", `must be more than 0, not ${monthlyDollars}.`);

    new aws.budgets.Budget(
      name,
      {
        name: physicalName(place, name),
        budgetType: "COST",
        timeUnit: "MONTHLY",
        limitAmount: String(monthlyDollars),
        limitUnit: "USD",
        notifications: warnings.map(({ type, percent }) => ({
          notificationType: type,
          comparisonOperator: "GREATER_THAN",
          threshold: percent,
          thresholdType: "PERCENTAGE",
          subscriberSnsTopicArns: [alertTopicArn],
        })),
      },
      this.child(),
    );
    const monitor = new aws.costexplorer.AnomalyMonitor(
      this.childName("monitor"),
      { name: physicalName(place, this.childName("services")), monitorType: "DIMENSIONAL", monitorDimension: "SERVICE" },
      this.child(),
    );
    new aws.costexplorer.AnomalySubscription(
      this.childName("anomalies"),
      {
        name: physicalName(place, this.childName("anomalies")),
        // Only immediate alerts go to a topic.
        frequency: "IMMEDIATE",
        monitorArnLists: [monitor.arn],
        subscribers: [{ type: "SNS", address: alertTopicArn }],
        thresholdExpression: {
          dimension: { key: "ANOMALY_TOTAL_IMPACT_ABSOLUTE", matchOptions: ["GREATER_THAN_OR_EQUAL"], values: [String(anomalyDollars)] },
        },
      },
      this.child(),
    );
    this.registerOutputs();
  }
}

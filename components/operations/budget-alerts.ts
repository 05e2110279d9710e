import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName } from "../place.ts";

export interface BudgetAlertsArgs {
  place: Place;
  /** What a month may cost, US dollars. */
  monthlyDollars: number;
  /** What a month of a team may cost, US dollars, by the value of the tag `cost-center`. None, if absent. */
  teams?: Readonly<Record<string, number>>;
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

/** The tag by which costs are told apart; every resource has it (stacks/accounts.ts). The organisation's own account must have made it a cost allocation tag. */
const teamTag = "cost-center";

/** Tells people when an account, or a team in it, costs more than it should, before the bill does. Budgets that only tell are free of charge. */
export class BudgetAlerts extends PlatformComponent {
  constructor(name: string, { place, monthlyDollars, teams = {}, alertTopicArn }: BudgetAlertsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:operations:BudgetAlerts", name, opts);
    if (!(monthlyDollars > 0)) this.reject("monthlyDollars", `must be more than 0, not ${monthlyDollars}.`);

    for (const [team, dollars] of Object.entries(teams)) {
      if (!/^[a-z0-9][a-z0-9-]{0,40}$/.test(team))
        this.reject("teams", `must be by values of the tag ${teamTag}: lower-case letters, digits and hyphens, not "${team}".`);
      if (!(dollars > 0)) this.reject("teams", `must be more than 0 for ${team}, not ${dollars}.`);
    }

    const budget = (childName: string, dollars: number, costFilters?: aws.types.input.budgets.BudgetCostFilter[]) =>
      new aws.budgets.Budget(
        childName,
        {
          name: physicalName(place, childName),
          budgetType: "COST",
          timeUnit: "MONTHLY",
          limitAmount: String(dollars),
          limitUnit: "USD",
          ...(costFilters && { costFilters }),
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
    budget(name, monthlyDollars);
    // "user:" stands before tags of the account's own (Budgets user guide, "Budget filters").
    for (const [team, dollars] of Object.entries(teams)) budget(this.childName(team), dollars, [{ name: "TagKeyValue", values: [`user:${teamTag}$${team}`] }]);
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

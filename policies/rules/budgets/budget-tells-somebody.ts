import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { lengthOf } from "../../given.ts";

interface Notification {
  readonly notificationType?: string;
  readonly comparisonOperator?: string;
  readonly thresholdType?: string;
  readonly threshold?: number;
}

/** A budget, or a watch for unusual costs, that nobody hears of is none. Somebody hears before the month's money is gone. */
export const budgetTellsSomebody: ResourceValidationPolicy = {
  name: "budgets-budget-tells-somebody",
  description: "Budgets and watches for unusual costs must tell somebody, budgets before all of the money is spent.",
  enforcementLevel: "mandatory",
  severity: "low",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.308(a)(6)(ii)"),
  tags: ["budgets", "incidents"],
  remediationSteps: "Use `BudgetAlerts`, or give the budget notifications with subscribers, one of them at 100 percent or less.",
  validateResource: ({ type, name, props, notApplicable }, report) => {
    if (type === "aws:budgets/budget:Budget") {
      const heard = ((props["notifications"] ?? []) as Notification[]).filter(
        (notification) => lengthOf(notification, "subscriberSnsTopicArns") + lengthOf(notification, "subscriberEmailAddresses") > 0,
      );
      const early = ({ comparisonOperator, thresholdType, threshold = Number.POSITIVE_INFINITY }: Notification): boolean =>
        comparisonOperator === "GREATER_THAN" && thresholdType === "PERCENTAGE" && threshold <= 100;
      if (!heard.some(early))
        report(`Budget "${name}" tells nobody before it is spent; a notification GREATER_THAN 100 PERCENTAGE or less must have subscribers.`);
    } else if (type === "aws:costexplorer/anomalySubscription:AnomalySubscription") {
      if (lengthOf(props, "subscribers") === 0) report(`Watch "${name}" for unusual costs tells nobody; it must have subscribers.`);
      if (lengthOf(props, "monitorArnLists") === 0) report(`Watch "${name}" for unusual costs watches nothing; monitorArnLists must name a monitor.`);
    } else notApplicable("The resource watches no costs.");
  },
};

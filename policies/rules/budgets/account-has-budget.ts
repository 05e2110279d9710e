import type { StackValidationPolicy } from "@pulumi/policy";
import { judgeAccountsWithCases, ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";

/** Somebody hears when an account suddenly costs more: whoever got into it runs things there, or carries data away. */
export const accountHasBudget: StackValidationPolicy = {
  name: "budgets-account-has-budget",
  description: "Every account that may hold patients' data must have a monthly budget of its costs, and a watch for unusual ones.",
  enforcementLevel: "mandatory",
  severity: "low",
  framework: hipaa("164.308(a)(1)(ii)(D)", "164.308(a)(6)(ii)"),
  tags: ["budgets", "incidents", "presence"],
  remediationSteps: "Add `BudgetAlerts`.",
  validateStack: (args, report) => {
    judgeAccountsWithCases(args, report, ({ resources }, say) => {
      const budgets = ofType(resources, "aws:budgets/budget:Budget");
      if (!budgets.some(({ props }) => props["budgetType"] === "COST" && ["DAILY", "MONTHLY"].includes(props["timeUnit"] as string)))
        say("has no budget of type COST by day or month.");
      if (ofType(resources, "aws:costexplorer/anomalySubscription:AnomalySubscription").length === 0) say("has no AnomalySubscription.");
    });
  },
};

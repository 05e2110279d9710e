import type { StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { refersTo } from "../../relations.ts";
import { judgeAll } from "../../subjects.ts";

/** Cases are found however many are asked for: the table pays by request, or is scaled. A table of fixed capacity turns requests away. */
export const tableGrowsWithLoad: StackValidationPolicy = {
  name: "dynamodb-table-grows-with-load",
  description: "DynamoDB tables must have capacity on demand, or be scaled automatically.",
  enforcementLevel: "mandatory",
  severity: "low",
  framework: hipaa("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
  tags: ["dynamodb", "availability"],
  remediationSteps: "Make the table a CaseTable, or set billingMode PAY_PER_REQUEST.",
  validateStack: (args, report) => {
    judgeAll(args, report, { types: ["aws:dynamodb/table:Table"], noun: "Table" }, (table, say) => {
      const mode = (table.props["billingMode"] as string | undefined) ?? "PROVISIONED";
      const scaled = ofType(args.resources, "aws:appautoscaling/target:Target").some((target) => refersTo(target, "resourceId", table, []));
      if (mode !== "PAY_PER_REQUEST" && !scaled) say(`has fixed capacity; billingMode must be PAY_PER_REQUEST, not ${mode}.`);
    });
  },
};

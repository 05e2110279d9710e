import type { StackValidationPolicy } from "@pulumi/policy";
import { isBackedUp } from "../../backups.ts";
import { holdsCases } from "../../classification.ts";
import { hipaa } from "../../controls.ts";
import { judgeAll } from "../../subjects.ts";

/** Recovery to a point in time ends with the table, or after five weeks: AWS Backup keeps copies apart, for longer. */
export const tableIsBackedUp: StackValidationPolicy = {
  name: "dynamodb-table-is-backed-up",
  description: "DynamoDB tables that may hold cases must be backed up by AWS Backup.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(7)(i)", "164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)", "164.308(a)(7)(ii)(C)", "164.310(d)(2)(iv)"),
  tags: ["dynamodb", "recovery", "presence", "nprm-2025"],
  remediationSteps: "Give the table to the BackupPlan.",
  validateStack: (args, report) => {
    judgeAll(args, report, { types: ["aws:dynamodb/table:Table"], noun: "Table", where: holdsCases }, (table, say) => {
      if (!isBackedUp(table, args.resources)) say("is not backed up.");
    });
  },
};

import type { StackValidationPolicy } from "@pulumi/policy";
import { ofType, regionOf } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { judgeEach } from "../../given.ts";
import { onlyWhereRequired, requiredSchema } from "../../required.ts";

interface Rule {
  readonly ruleName: string;
  readonly copyActions?: readonly { readonly destinationVaultArn: string }[];
}

/** What is backed up outlives the Region that it was made in. */
export const planCopiesToAnotherRegion: StackValidationPolicy = {
  name: "backup-plan-copies-to-another-region",
  description: "Every rule of a backup plan must copy its backups to another Region.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(7)(i)", "164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)", "164.308(a)(7)(ii)(C)", "164.310(d)(2)(iv)"),
  tags: ["backup", "recovery"],
  remediationSteps: "Give `BackupPlan` a copyRegion.",
  configSchema: requiredSchema,
  validateStack: (args, report) => {
    const plans = ofType(args.resources, "aws:backup/plan:Plan");
    if (plans.length === 0) args.notApplicable("The stack has no backup plan.");
    onlyWhereRequired(args);
    judgeEach(plans, (plan) => {
      const away = (arn: string): boolean => arn.split(":")[3] !== regionOf(plan);
      const rules = plan.props["rules"] as readonly Rule[];
      for (const { ruleName } of rules.filter(({ copyActions = [] }) => !copyActions.some(({ destinationVaultArn }) => away(destinationVaultArn))))
        report(`Rule "${ruleName}" of plan "${plan.name}" copies to no other Region than ${regionOf(plan)}; copyActions must name a vault there.`, plan.urn);
    });
  },
};

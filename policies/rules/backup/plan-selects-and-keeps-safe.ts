import type { StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { judgeEach } from "../../given.ts";
import { refersTo } from "../../relations.ts";
import { isTarget } from "./vaults.ts";

interface Rule {
  readonly ruleName: string;
}

/** A plan backs up something, and into a vault of the stack, whose lock, key and policy are judged: another's may have none. */
export const planSelectsAndKeepsSafe: StackValidationPolicy = {
  name: "backup-plan-selects-and-keeps-safe",
  description: "Backup plans must have a selection, and back up into vaults of the stack.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(7)(ii)(A)", "164.310(d)(2)(iv)", "164.312(c)(1)"),
  tags: ["backup", "recovery"],
  remediationSteps: "Use `BackupPlan`, or add a Selection of the plan, and a Vault for targetVaultName.",
  validateStack: ({ resources, notApplicable }, report) => {
    const plans = ofType(resources, "aws:backup/plan:Plan");
    if (plans.length === 0) notApplicable("The stack has no backup plan.");
    const selections = ofType(resources, "aws:backup/selection:Selection");
    const vaults = ofType(resources, "aws:backup/vault:Vault");
    judgeEach(plans, (plan) => {
      if (!selections.some((selection) => refersTo(selection, "planId", plan, ["id"])))
        report(`Plan "${plan.name}" backs up nothing; a Selection must name it.`, plan.urn);
      for (const rule of plan.props["rules"] as readonly Rule[])
        if (!vaults.some((vault) => isTarget(plan, rule, vault)))
          report(`Rule "${rule.ruleName}" of plan "${plan.name}" backs up into a vault that is not the stack's; targetVaultName must be.`, plan.urn);
    });
  },
};

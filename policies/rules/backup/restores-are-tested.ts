import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";
import { refersTo } from "../../relations.ts";
import { longestGapDays } from "./schedules.ts";

interface Config {
  readonly maximumDays: number;
  readonly types: readonly string[];
}

interface Chosen {
  readonly includeVaults?: readonly string[];
  readonly recoveryPointTypes?: readonly string[];
}

/** Weekly: a month would be long to find out that what was backed up can't be restored. */
const defaultDays = 7;
/** What must be restored for a test: the table says which cases there are. Objects are tried by reading them, which versions allow. */
const defaultTypes = ["DynamoDB"];

/**
 * A backup that was never restored is a hope: where there is a plan, restores are tried on a schedule. The rule that was proposed in
 * 2025 wants systems restored within 72 hours, and that tried.
 */
export const restoresAreTested: StackValidationPolicy = {
  name: "backup-restores-are-tested",
  description: "Where there are backups, restoring them must be tested every week.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(7)(ii)(B)", "164.308(a)(7)(ii)(D)"),
  tags: ["backup", "recovery", "nprm-2025"],
  remediationSteps: "Use `BackupPlan`, or add a RestoreTestingPlan and a RestoreTestingSelection for each type.",
  configSchema: {
    properties: {
      maximumDays: { type: "integer", minimum: 1, default: defaultDays },
      types: { type: "array", items: { type: "string" }, minItems: 1, default: defaultTypes },
    },
  },
  validateStack: ({ resources, getConfig, notApplicable }, report) => {
    const { maximumDays = defaultDays, types = defaultTypes } = getConfig<Partial<Config>>();
    if (ofType(resources, "aws:backup/plan:Plan").length === 0) notApplicable("The stack has no backup plan.");
    const plans = ofType(resources, "aws:backup/restoreTestingPlan:RestoreTestingPlan");
    const often = plans.filter(({ props }) => longestGapDays(props["scheduleExpression"] as string) <= maximumDays);
    const vaults = ofType(resources, "aws:backup/vault:Vault");
    for (const plan of plans) {
      const { includeVaults = [], recoveryPointTypes = [] } = plan.props["recoveryPointSelection"] as Chosen;
      const named =
        includeVaults.includes("*") ||
        vaults.some((vault) => refersTo(plan, "recoveryPointSelection", vault, []) || includeVaults.includes(vault.props["arn"]));
      if (!named) report(`Restore test "${plan.name}" tries no backup of the stack; includeVaults must name a vault of it.`, plan.urn);
      if (!recoveryPointTypes.includes("SNAPSHOT"))
        report(`Restore test "${plan.name}" tries ${recoveryPointTypes.join(", ")}; recoveryPointTypes must hold SNAPSHOT.`, plan.urn);
    }
    for (const { name, urn, props } of plans.filter((plan) => !often.includes(plan)))
      report(`Restore test "${name}" runs by ${props["scheduleExpression"]}; it must run every ${maximumDays} days or sooner.`, urn);
    const selections = ofType(resources, "aws:backup/restoreTestingSelection:RestoreTestingSelection")
      .filter((selection) => often.some((plan) => refersTo(selection, "restoreTestingPlanName", plan, ["name", "id"])))
      .filter((selection) => restores(selection, resources));
    const untested = types.filter((type) => !selections.some(({ props }) => props["protectedResourceType"] === type));
    if (untested.length > 0) report(`Restoring ${untested.join(", ")} is not tested every ${maximumDays} days; a RestoreTestingSelection must name each.`);
  },
};

/** Whether a selection restores anything: everything, or something of the stack. */
const restores = (selection: PolicyResource, resources: readonly PolicyResource[]): boolean =>
  ((selection.props["protectedResourceArns"] ?? []) as readonly string[]).includes("*") ||
  isGiven(selection.props, "protectedResourceConditions") ||
  resources.some((resource) => refersTo(selection, "protectedResourceArns", resource, []));

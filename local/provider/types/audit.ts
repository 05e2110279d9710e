import type { Cloud } from "../../cloud.ts";
import type { ResourceType } from "../resource-type.ts";

/** Config, GuardDuty, Security Hub, Macie, Access Analyzer, Backup and Budgets. */
export const auditTypes: Record<string, ResourceType<Cloud>> = {};

import type { Policies } from "@pulumi/policy";
import { failuresAreTold } from "./failures-are-told.ts";
import { planBacksUpEveryDay } from "./plan-backs-up-every-day.ts";
import { planCopiesToAnotherRegion } from "./plan-copies-to-another-region.ts";
import { planSelectsAndKeepsSafe } from "./plan-selects-and-keeps-safe.ts";
import { restoresAreTested } from "./restores-are-tested.ts";
import { vaultIsEmptiedByNoDeployment } from "./vault-is-emptied-by-no-deployment.ts";
import { vaultIsEncryptedWithCustomerKey } from "./vault-is-encrypted-with-customer-key.ts";
import { vaultIsLocked } from "./vault-is-locked.ts";
import { vaultRefusesDeletion } from "./vault-refuses-deletion.ts";

export const backupRules: Policies = [
  failuresAreTold,
  planBacksUpEveryDay,
  planCopiesToAnotherRegion,
  planSelectsAndKeepsSafe,
  restoresAreTested,
  vaultIsEmptiedByNoDeployment,
  vaultIsEncryptedWithCustomerKey,
  vaultIsLocked,
  vaultRefusesDeletion,
];

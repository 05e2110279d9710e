import type { Policies } from "@pulumi/policy";
import { replicaIsAsSafeAsItsTable } from "./replica-is-as-safe-as-its-table.ts";
import { tableGrowsWithLoad } from "./table-grows-with-load.ts";
import { tableIsBackedUp } from "./table-is-backed-up.ts";
import { tableIsClosedToStrangers } from "./table-is-closed-to-strangers.ts";
import { tableIsEncryptedWithCustomerKey } from "./table-is-encrypted-with-customer-key.ts";
import { tableKeysSayNothingOfPatients } from "./table-keys-say-nothing-of-patients.ts";
import { tableRecoversToAnyPoint } from "./table-recovers-to-any-point.ts";
import { tableRefusesItsDeletion } from "./table-refuses-its-deletion.ts";

export const dynamodbRules: Policies = [
  replicaIsAsSafeAsItsTable,
  tableGrowsWithLoad,
  tableIsBackedUp,
  tableIsClosedToStrangers,
  tableIsEncryptedWithCustomerKey,
  tableKeysSayNothingOfPatients,
  tableRecoversToAnyPoint,
  tableRefusesItsDeletion,
];

import type { Policies } from "@pulumi/policy";
import { accountIsJudgedAllTheTime } from "./account-is-judged-all-the-time.ts";
import { accountIsRecorded } from "./account-is-recorded.ts";
import { deliveryGoesToArchive } from "./delivery-goes-to-archive.ts";
import { deliveryIsEncryptedWithCustomerKey } from "./delivery-is-encrypted-with-customer-key.ts";
import { historyOutlivesAuditPeriod } from "./history-outlives-audit-period.ts";
import { organizationIsAggregated } from "./organization-is-aggregated.ts";
import { recorderRecordsEverything } from "./recorder-records-everything.ts";

export const configRules: Policies = [
  accountIsJudgedAllTheTime,
  accountIsRecorded,
  deliveryGoesToArchive,
  deliveryIsEncryptedWithCustomerKey,
  historyOutlivesAuditPeriod,
  organizationIsAggregated,
  recorderRecordsEverything,
];

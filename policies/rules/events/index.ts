import type { Policies } from "@pulumi/policy";
import { busIsClosedToStrangers } from "./bus-is-closed-to-strangers.ts";
import { busIsEncryptedWithCustomerKey } from "./bus-is-encrypted-with-customer-key.ts";
import { deadLetterQueueLetsRuleIn } from "./dead-letter-queue-lets-rule-in.ts";
import { targetKeepsUndeliveredEvents } from "./target-keeps-undelivered-events.ts";
import { targetTellsChosenFieldsOnly } from "./target-tells-chosen-fields-only.ts";

export const eventsRules: Policies = [
  busIsClosedToStrangers,
  busIsEncryptedWithCustomerKey,
  deadLetterQueueLetsRuleIn,
  targetKeepsUndeliveredEvents,
  targetTellsChosenFieldsOnly,
];

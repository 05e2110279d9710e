import type { Policies } from "@pulumi/policy";
import { busIsClosedToStrangers } from "./bus-is-closed-to-strangers.ts";
import { busIsEncryptedWithCustomerKey } from "./bus-is-encrypted-with-customer-key.ts";
import { targetKeepsUndeliveredEvents } from "./target-keeps-undelivered-events.ts";
import { targetTellsChosenFieldsOnly } from "./target-tells-chosen-fields-only.ts";

export const eventsRules: Policies = [busIsClosedToStrangers, busIsEncryptedWithCustomerKey, targetKeepsUndeliveredEvents, targetTellsChosenFieldsOnly];

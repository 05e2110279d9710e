import type { Policies } from "@pulumi/policy";
import { accountMasksIdentifiers } from "./account-masks-identifiers.ts";
import { alarmTellsSomebody } from "./alarm-tells-somebody.ts";
import { changesRaiseAlarms } from "./changes-raise-alarms.ts";
import { failuresRaiseAlarms } from "./failures-raise-alarms.ts";
import { logGroupIsEncryptedWithCustomerKey } from "./log-group-is-encrypted-with-customer-key.ts";
import { logGroupIsOfStandardClass } from "./log-group-is-of-standard-class.ts";
import { logGroupKeepsAuditTrail } from "./log-group-keeps-audit-trail.ts";
import { stopsRaiseAlarms } from "./stops-raise-alarms.ts";
import { trailLogGroupOutlivesItsStack } from "./trail-log-group-outlives-its-stack.ts";

export const cloudwatchRules: Policies = [
  accountMasksIdentifiers,
  alarmTellsSomebody,
  changesRaiseAlarms,
  failuresRaiseAlarms,
  logGroupIsEncryptedWithCustomerKey,
  logGroupIsOfStandardClass,
  logGroupKeepsAuditTrail,
  stopsRaiseAlarms,
  trailLogGroupOutlivesItsStack,
];

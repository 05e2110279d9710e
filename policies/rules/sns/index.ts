import type { Policies } from "@pulumi/policy";
import { alarmsAreHeard } from "./alarms-are-heard.ts";
import { topicIsClosedToStrangers } from "./topic-is-closed-to-strangers.ts";
import { topicIsEncryptedWithCustomerKey } from "./topic-is-encrypted-with-customer-key.ts";
import { topicRefusesPublishingWithoutTls } from "./topic-refuses-publishing-without-tls.ts";
import { topicWithCasesSendsToMachinesOnly } from "./topic-with-cases-sends-to-machines-only.ts";

export const snsRules: Policies = [
  alarmsAreHeard,
  topicIsClosedToStrangers,
  topicIsEncryptedWithCustomerKey,
  topicRefusesPublishingWithoutTls,
  topicWithCasesSendsToMachinesOnly,
];

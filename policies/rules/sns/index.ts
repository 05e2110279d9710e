import type { Policies } from "@pulumi/policy";
import { topicIsClosedToStrangers } from "./topic-is-closed-to-strangers.ts";
import { topicIsEncryptedWithCustomerKey } from "./topic-is-encrypted-with-customer-key.ts";
import { topicRefusesPublishingWithoutTls } from "./topic-refuses-publishing-without-tls.ts";
import { topicWithCasesSendsToMachinesOnly } from "./topic-with-cases-sends-to-machines-only.ts";

export const snsRules: Policies = [
  topicIsClosedToStrangers,
  topicIsEncryptedWithCustomerKey,
  topicRefusesPublishingWithoutTls,
  topicWithCasesSendsToMachinesOnly,
];

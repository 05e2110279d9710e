import type { Policies } from "@pulumi/policy";
import { deadLetterQueueNamesItsSources } from "./dead-letter-queue-names-its-sources.ts";
import { queueIsClosedToStrangers } from "./queue-is-closed-to-strangers.ts";
import { queueIsEncryptedWithCustomerKey } from "./queue-is-encrypted-with-customer-key.ts";
import { queueLosesNoMessage } from "./queue-loses-no-message.ts";
import { queueRefusesRequestsWithoutTls } from "./queue-refuses-requests-without-tls.ts";

export const sqsRules: Policies = [
  deadLetterQueueNamesItsSources,
  queueIsClosedToStrangers,
  queueIsEncryptedWithCustomerKey,
  queueLosesNoMessage,
  queueRefusesRequestsWithoutTls,
];

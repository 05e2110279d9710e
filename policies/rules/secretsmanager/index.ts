import type { Policies } from "@pulumi/policy";
import { secretCanBeRestored } from "./secret-can-be-restored.ts";
import { secretIsClosedToStrangers } from "./secret-is-closed-to-strangers.ts";
import { secretIsEncryptedWithCustomerKey } from "./secret-is-encrypted-with-customer-key.ts";
import { secretRotatesEveryQuarter } from "./secret-rotates-every-quarter.ts";
import { secretStaysInApprovedRegions } from "./secret-stays-in-approved-regions.ts";
import { secretValueStaysOutOfTheProgram } from "./secret-value-stays-out-of-the-program.ts";

export const secretsmanagerRules: Policies = [
  secretCanBeRestored,
  secretIsClosedToStrangers,
  secretIsEncryptedWithCustomerKey,
  secretRotatesEveryQuarter,
  secretStaysInApprovedRegions,
  secretValueStaysOutOfTheProgram,
];

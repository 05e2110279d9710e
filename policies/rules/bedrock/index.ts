import type { Policies } from "@pulumi/policy";
import { agentHasGuardrail } from "./agent-has-guardrail.ts";
import { contentIsEncryptedWithCustomerKey } from "./content-is-encrypted-with-customer-key.ts";
import { guardrailTakesIdentifiersOut } from "./guardrail-takes-identifiers-out.ts";
import { modelsAreApproved } from "./models-are-approved.ts";
import { policyGrantsApprovedModelsOnly } from "./policy-grants-approved-models-only.ts";
import { useOfModelsIsLogged } from "./use-of-models-is-logged.ts";

export const bedrockRules: Policies = [
  agentHasGuardrail,
  contentIsEncryptedWithCustomerKey,
  guardrailTakesIdentifiersOut,
  modelsAreApproved,
  policyGrantsApprovedModelsOnly,
  useOfModelsIsLogged,
];

import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { letsInStrangers, whom } from "../../strangers.ts";
import { judgeKeyGrants } from "./key-policies.ts";

/**
 * Whoever may do something with a key may do so only as a caller of its account, through a service, or for named data: by kms:CallerAccount,
 * kms:ViaService, an encryption context, or the source that a service acts for (KMS Developer Guide, "Condition keys for AWS KMS").
 */
export const keyUseIsBound: ResourceValidationPolicy = {
  name: "kms-key-use-is-bound",
  description: "Policies of KMS keys must bind every permission to a caller, a service or an encryption context.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(4)(ii)(B)", "164.312(a)(1)", "164.312(a)(2)(iv)"),
  tags: ["kms", "least-privilege"],
  remediationSteps: "Make the key an EncryptionKey, or give the statement a condition on kms:CallerAccount, kms:ViaService or kms:EncryptionContext.",
  validateResource: (args, report) => {
    judgeKeyGrants(args, report, (statement, say) => {
      if (letsInStrangers(statement))
        say(`lets ${whom(statement)} do ${statement.actions.join(", ")} without a condition on who calls, through what or for what`);
    });
  },
};

import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { coversAction, mayMeet } from "../../requests.ts";
import { letsInStrangers } from "../../strangers.ts";
import { uses } from "../kms/key-policies.ts";
import { judgeGrants, unnamedResources } from "./grants.ts";

/** Keys by their alias: what a policy can say of a key that is made elsewhere. */
const byAlias = "kms:resourcealiases";

/**
 * Who may use a key does so through the service whose data they may reach, or for named data: with the key alone they would open whatever
 * ciphertext they come by (KMS Developer Guide, "Condition keys for AWS KMS").
 */
export const policyUsesKeysThroughServices: StackValidationPolicy = {
  name: "iam-policy-uses-keys-through-services",
  description: "IAM policies must name the KMS keys that they allow the use of, and through what, for what or by whom.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(4)(ii)(B)", "164.308(a)(4)(ii)(C)", "164.312(a)(1)", "164.312(a)(2)(iv)"),
  tags: ["iam", "kms", "least-privilege"],
  remediationSteps: "Take the statement from allowVia or allowWith of the EncryptionKey.",
  validateStack: (args, report) => {
    judgeGrants(args, report, [...uses, "kms:CreateGrant"], (statement, say) => {
      const named = Object.values(statement.conditions).some((keys) => keys[byAlias]?.every((alias) => !/[*?]/.test(alias)));
      const open = unnamedResources(statement);
      if (open.length > 0 && !named) say(`uses the keys ${open.join(", ")}; it must name them`);
      const grants = coversAction(statement, "kms:CreateGrant");
      if (grants && mayMeet(statement, { "kms:grantisforawsresource": "false" }))
        say("grants the use of keys to anybody; kms:GrantIsForAWSResource must be true");
      if (!named && uses.some((use) => coversAction(statement, use)) && letsInStrangers(statement))
        say("uses keys without a condition on kms:ViaService, kms:CallerAccount or an encryption context");
    });
  },
};

import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import type { Statement } from "../../documents.ts";
import { mayMeet } from "../../requests.ts";
import { isService, whom } from "../../strangers.ts";
import { among, judgeKeyGrants } from "./key-policies.ts";

/**
 * A service that grants as itself sets no kms:GrantIsForAWSResource: Fargate, for the disks of tasks (Amazon ECS Developer Guide, "Customer
 * managed keys for AWS Fargate ephemeral storage"). It must be told for which resource, by an encryption context, and which operations.
 */
const isServiceItself = ({ principals, conditions }: Statement): boolean => {
  const known = Object.entries(conditions).flatMap(([operator, keys]) => Object.keys(keys).map((key) => `${operator.toLowerCase()} ${key}`));
  const bound = known.some((one) => one.startsWith("stringequals kms:encryptioncontext:")) && known.includes("forallvalues:stringequals kms:grantoperations");
  return bound && principals.length > 0 && principals.every(isService);
};

/**
 * A grant lets its holder use a key past all policies. AWS services need them for disks and tables; who could make others would give
 * themselves what the key's policy withholds (KMS Developer Guide, "Grants in AWS KMS").
 */
export const keyIsGrantedToServicesOnly: ResourceValidationPolicy = {
  name: "kms-key-is-granted-to-services-only",
  description: "Policies of KMS keys must allow grants only to AWS services.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(3)(i)", "164.308(a)(4)(ii)(B)", "164.308(a)(4)(ii)(C)", "164.312(a)(1)"),
  tags: ["kms", "least-privilege", "separation-of-duties"],
  remediationSteps: "Make the key an EncryptionKey, or allow kms:CreateGrant only where kms:GrantIsForAWSResource is true; kms:Create* allows it, too.",
  validateResource: (args, report) => {
    judgeKeyGrants(args, report, (statement, say) => {
      const grants = among(statement, ["kms:CreateGrant"]).length > 0 && mayMeet(statement, { "kms:grantisforawsresource": "false" });
      if (grants && !isServiceItself(statement)) say(`lets ${whom(statement)} grant its use to anybody; kms:GrantIsForAWSResource must be true`);
    });
  },
};

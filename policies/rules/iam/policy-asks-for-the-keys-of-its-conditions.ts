import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import type { Statement } from "../../documents.ts";
import { grantsOf } from "./grants.ts";

/** Keys that every request of the action carries: CreateGrant requires its operations. (KMS API reference, CreateGrant, Operations) */
const always = ["kms:grantoperations"];

/**
 * `ForAllValues` holds where a request does not carry the key at all, so that a grant that it bounds is open to whoever leaves the key out.
 * (IAM User Guide, "Condition operators for multivalued context keys") `Null` asks for the key.
 */
export const policyAsksForTheKeysOfItsConditions: ResourceValidationPolicy = {
  name: "iam-policy-asks-for-the-keys-of-its-conditions",
  description: "IAM policies that allow something where all values of a condition key fit must ask that the key is there.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(4)(ii)(B)", "164.308(a)(4)(ii)(C)", "164.312(a)(1)"),
  tags: ["iam", "least-privilege"],
  remediationSteps: 'Add the condition Null with the key and the value "false" beside ForAllValues.',
  validateResource: (args, report) => {
    const bounded = grantsOf(args).map((statement) => ({ statement, keys: keysForAll(statement) }));
    if (bounded.every(({ keys }) => keys.length === 0)) args.notApplicable("The policy bounds nothing by all values of a key.");
    for (const { statement, keys } of bounded) {
      const open = keys.filter((key) => !asksFor(statement, key));
      if (open.length > 0) report(`"${args.name}" allows requests without ${open.join(", ")} (${statement.sid}).`);
    }
  },
};

const keysForAll = ({ conditions }: Statement): string[] =>
  Object.entries(conditions)
    .filter(([operator]) => operator.startsWith("ForAllValues:"))
    .flatMap(([, keys]) => Object.keys(keys))
    .filter((key) => !always.includes(key.toLowerCase()));

const asksFor = ({ conditions }: Statement, key: string): boolean => (conditions["Null"]?.[key] ?? []).join() === "false";

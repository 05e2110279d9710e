import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { administrations, among, keyGrants, uses } from "./key-policies.ts";

const root = /:root$|^\d{12}$/;

/**
 * Who decides about a key does not read with it. A statement for the whole account leaves both to IAM policies, but never in one: what
 * says `kms:*` gives every administrator of IAM the data. AWS's own key policy does (KMS Developer Guide, "Default key policy").
 */
export const keyAdministratorsCannotUseIt: ResourceValidationPolicy = {
  name: "kms-key-administrators-cannot-use-it",
  description: "Policies of KMS keys must separate administration of the key from its use.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(3)(i)", "164.308(a)(3)(ii)(A)", "164.308(a)(4)(ii)(B)", "164.308(a)(4)(ii)(C)", "164.312(a)(1)"),
  tags: ["kms", "separation-of-duties"],
  remediationSteps: "Make the key an EncryptionKey, or give administrators and users a statement each, with named actions.",
  validateResource: (args, report) => {
    const subject = `Key "${args.name}"`;
    const grants = keyGrants(args, () => report(`${subject} has no policy; AWS's own lets administrators use it.`));
    for (const statement of grants) {
      const [administration] = among(statement, administrations);
      const [use] = among(statement, uses);
      if (administration && use) report(`${subject} allows ${administration} and ${use} in one statement (${statement.sid}).`);
    }
    const holders = (actions: readonly string[]): string[] =>
      grants.filter((statement) => among(statement, actions).length > 0).flatMap(({ principals }) => principals);
    const users = holders(uses);
    const both = new Set(holders(administrations).filter((principal) => !root.test(principal) && users.includes(principal)));
    for (const principal of both) report(`${subject} lets ${principal} both administer and use it.`);
  },
};

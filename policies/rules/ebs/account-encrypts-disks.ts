import type { StackValidationPolicy } from "@pulumi/policy";
import { judgeAccountsWithCases, ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";

/** A disk that somebody makes by hand, or that a service makes for itself, is encrypted although nobody said so (EBS User Guide, "Enable EBS encryption by default"). */
export const accountEncryptsDisks: StackValidationPolicy = {
  name: "ebs-account-encrypts-disks",
  description: "Accounts that may hold data of cases must encrypt every new EBS volume, with a customer-managed KMS key.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(2)(iv)", "164.308(a)(1)(ii)(B)", "164.310(d)(1)"),
  tags: ["ebs", "encryption", "presence"],
  remediationSteps: "Make an AccountBaseline in the account, or EncryptionByDefault with enabled true and a DefaultKmsKey.",
  validateStack: (args, report) =>
    judgeAccountsWithCases(args, report, ({ resources }, say) => {
      const [byDefault] = ofType(resources, "aws:ebs/encryptionByDefault:EncryptionByDefault");
      // AWS's own default of the resource is true.
      if (byDefault === undefined || byDefault.props["enabled"] === false) {
        say("does not encrypt new EBS volumes by default; it must have EncryptionByDefault, enabled.");
      }
      if (ofType(resources, "aws:ebs/defaultKmsKey:DefaultKmsKey").length === 0) {
        say("encrypts EBS volumes with AWS's key by default; it must have a DefaultKmsKey.");
      }
    }),
};

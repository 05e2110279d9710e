import type { StackValidationPolicy } from "@pulumi/policy";
import { judgeAccountsWithCases, ofType } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";

/** An account with a network says for every machine that anybody starts in it that its metadata ask for a token; what it says is judged by a rule of its own. */
export const accountAsksForMetadataTokens: StackValidationPolicy = {
  name: "vpc-account-asks-for-metadata-tokens",
  description: "Accounts that may hold data of cases must say what the metadata of EC2 instances ask for.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(a)(1)", "164.312(d)", "164.308(a)(1)(ii)(B)"),
  tags: ["vpc", "secrets", "presence"],
  remediationSteps: "Use AccountBaseline, or add InstanceMetadataDefaults with httpTokens required.",
  validateStack: (args, report) =>
    judgeAccountsWithCases(args, report, ({ resources }, say) => {
      if (ofType(resources, "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults").length === 0) {
        say("leaves the metadata of machines as AWS does; it must have InstanceMetadataDefaults.");
      }
    }),
};

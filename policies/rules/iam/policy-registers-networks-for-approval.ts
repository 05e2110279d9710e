import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { mayMeet } from "../../requests.ts";
import { judgeGrants } from "./grants.ts";

/** Any status but this one lets a version be used, or says that somebody looked at it. (SageMaker API reference, CreateModelPackage, ModelApprovalStatus) */
const others = ["Approved", "Rejected"];

/** What is trained is used on patients once a person said so: whoever registers a version says that it waits, and nothing else. */
export const policyRegistersNetworksForApproval: StackValidationPolicy = {
  name: "iam-policy-registers-networks-for-approval",
  description: "IAM policies must allow sagemaker:CreateModelPackage only for versions that wait for a person's approval.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(1)(ii)(B)", "164.308(a)(4)(ii)(B)", "164.312(a)(1)", "164.312(c)(1)"),
  tags: ["iam", "least-privilege", "sagemaker"],
  remediationSteps: "Add the condition StringEquals sagemaker:ModelApprovalStatus PendingManualApproval.",
  validateStack: (args, report) => {
    judgeGrants(args, report, ["sagemaker:CreateModelPackage"], (statement, say) => {
      const open = others.filter((status) => mayMeet(statement, { "sagemaker:modelapprovalstatus": status }));
      if (open.length > 0) say(`registers networks as ${open.join(" or ")}; it must be PendingManualApproval alone`);
    });
  },
};

import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven, lengthOf } from "../../given.ts";

/** Without a subnet, or with direct access, a notebook reaches the internet past every network rule of ours. */
export const notebookInstanceHasNoInternetAccess: ResourceValidationPolicy = {
  name: "sagemaker-notebook-instance-has-no-internet-access",
  description: "SageMaker notebook instances must have no direct access to the internet and lie in a subnet.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(1)", "164.312(e)(1)", "164.308(b)(1)"),
  tags: ["sagemaker", "network"],
  remediationSteps: "Use our Studio instead, or set directInternetAccess Disabled, subnetId and securityGroups.",
  validateResource: validateResourceOfType(aws.sagemaker.NotebookInstance, (notebook, args, report) => {
    const access = notebook.directInternetAccess ?? "Enabled";
    if (access !== "Disabled") report(`Notebook instance "${args.name}" has directInternetAccess ${access}; it must be Disabled.`);
    if (!isGiven(notebook, "subnetId")) report(`Notebook instance "${args.name}" lies in no subnet; subnetId must be set.`);
    if (lengthOf(notebook, "securityGroups") === 0) report(`Notebook instance "${args.name}" has no security group; securityGroups must be set.`);
  }),
};

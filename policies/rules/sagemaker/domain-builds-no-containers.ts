import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** A container of a notebook runs whatever image somebody names, unscanned, beside patients' data. */
export const domainBuildsNoContainers: ResourceValidationPolicy = {
  name: "sagemaker-domain-builds-no-containers",
  description: "SageMaker domains must not let notebooks build and run containers.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(a)(1)", "164.308(a)(5)(ii)(B)", "164.308(b)(1)"),
  tags: ["sagemaker", "supply-chain"],
  remediationSteps: "Set domainSettings.dockerSettings.enableDockerAccess DISABLED, as our Studio does.",
  validateResource: validateResourceOfType(aws.sagemaker.Domain, ({ domainSettings }, args, report) => {
    const found = domainSettings?.dockerSettings?.enableDockerAccess ?? "DISABLED";
    if (found !== "DISABLED") report(`Domain "${args.name}" has dockerSettings.enableDockerAccess ${found}; it must be DISABLED.`);
  }),
};

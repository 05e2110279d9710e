import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** No image is run that nobody looked at for known weaknesses. */
export const repositoryIsScannedOnPush: ResourceValidationPolicy = {
  name: "ecr-repository-is-scanned-on-push",
  description: "ECR repositories must scan images when they are pushed.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.308(a)(5)(ii)(B)", "164.308(a)(1)(ii)(A)"),
  tags: ["ecr", "vulnerabilities", "nprm-2025"],
  remediationSteps: "Use our ImageRegistry, or set imageScanningConfiguration.scanOnPush to true.",
  validateResource: validateResourceOfType(aws.ecr.Repository, ({ imageScanningConfiguration: scanning }, args, report) => {
    if (scanning?.scanOnPush !== true) report(`Repository "${args.name}" scans nothing; imageScanningConfiguration.scanOnPush must be true.`);
  }),
};

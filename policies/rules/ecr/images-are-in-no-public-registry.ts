import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

/** An image shows how patients' data are worked on, and what was left in it by mistake. */
export const imagesAreInNoPublicRegistry: ResourceValidationPolicy = {
  name: "ecr-images-are-in-no-public-registry",
  description: "Images must not be published in ECR's public registry.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(1)", "164.308(a)(4)(ii)(B)"),
  tags: ["ecr", "access"],
  remediationSteps: "Use our ImageRegistry.",
  validateResource: validateResourceOfType(aws.ecrpublic.Repository, (_repository, args, report) =>
    report(`Repository "${args.name}" lies in the public registry; it must be an aws.ecr.Repository.`),
  ),
};

import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaaEligible, isAllowedService } from "../../../contracts/hipaa-eligible-services.ts";
import { hipaa } from "../../controls.ts";
import { servicePrefixOf } from "./services.ts";

/** Nothing is made of a service that AWS's Business Associate Addendum does not cover. A service that is not known counts as one. */
export const resourceIsOfEligibleService: ResourceValidationPolicy = {
  name: "aws-resource-is-of-eligible-service",
  description: "Resources must belong to services that are HIPAA-eligible.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(a)(1)(ii)(B)", "164.308(b)(1)", "164.314(a)(1)"),
  tags: ["aws", "business-associates"],
  remediationSteps: "Use another service, or renew contracts/hipaa-eligible-services.ts from AWS's page if the service is on it.",
  validateResource: ({ type, name, notApplicable }, report) => {
    if (!type.startsWith("aws:")) notApplicable("Only resources of the AWS provider belong to a service of AWS.");
    const service = servicePrefixOf(type);
    if (!isAllowedService(service)) report(`"${name}" belongs to ${service}, which is not among the HIPAA-eligible services of ${hipaaEligible.asOf}.`);
  },
};

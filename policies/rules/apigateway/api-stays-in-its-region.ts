import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

const types = ["aws:apigateway/restApi:RestApi", "aws:apigateway/domainName:DomainName"];
const allowed = ["REGIONAL", "PRIVATE"];

/** EDGE, what API Gateway does if it is told nothing, leads requests through a distribution of AWS's own that nobody here can guard or log. HTTP APIs are always regional. */
export const apiStaysInItsRegion: ResourceValidationPolicy = {
  name: "apigateway-api-stays-in-its-region",
  description: "REST APIs and their domain names must be regional or private.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(b)(1)", "164.312(e)(1)", "164.312(b)"),
  tags: ["apigateway", "residency"],
  remediationSteps: "Set endpointConfiguration.types to REGIONAL or PRIVATE.",
  validateResource: ({ type, name, props, notApplicable }, report) => {
    if (!types.includes(type)) notApplicable("The resource is no REST API, and no name of one.");
    const { types: found = "EDGE" } = (props["endpointConfiguration"] ?? {}) as { types?: string };
    if (!allowed.includes(found)) report(`"${name}" has endpointConfiguration.types ${found}; it must be ${allowed.join(" or ")}.`);
  },
};

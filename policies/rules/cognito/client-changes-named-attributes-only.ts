import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { clientTypes } from "./clients.ts";

/**
 * A client that names no attributes lets its users change all of them, those included that say what somebody may do (Cognito Developer
 * Guide, "Attribute permissions and scopes").
 */
export const clientChangesNamedAttributesOnly: ResourceValidationPolicy = {
  name: "cognito-client-changes-named-attributes-only",
  description: "Clients of Cognito user pools must name the attributes that their users read and change, none of them of the pool's own.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(4)(ii)(C)", "164.312(a)(1)", "164.502(b)"),
  tags: ["cognito", "least-privilege"],
  remediationSteps: "Use SignIn, or set readAttributes and writeAttributes.",
  validateResource: ({ type, name, props, notApplicable }, report) => {
    if (!clientTypes.includes(type)) notApplicable("The resource is no client of a user pool.");
    const { readAttributes = [], writeAttributes = [] } = props as { readAttributes?: string[]; writeAttributes?: string[] };
    if (readAttributes.length === 0) report(`Client "${name}" reads every attribute; it must set readAttributes.`);
    if (writeAttributes.length === 0) report(`Client "${name}" lets users change every attribute; it must set writeAttributes.`);
    const own = writeAttributes.filter((attribute) => attribute.startsWith("custom:"));
    if (own.length > 0) report(`Client "${name}" lets users change ${own.join(", ")}; writeAttributes must hold no attribute of the pool's own.`);
  },
};

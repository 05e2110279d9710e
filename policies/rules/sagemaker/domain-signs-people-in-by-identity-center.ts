import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";

interface Config {
  readonly authModes?: readonly string[];
}

const authModes: readonly string[] = ["SSO"];

/** Whoever opens a notebook is known to the directory of the organisation, with a second factor, and is out when the directory says so. */
export const domainSignsPeopleInByIdentityCenter: ResourceValidationPolicy = {
  name: "sagemaker-domain-signs-people-in-by-identity-center",
  description: "SageMaker domains must sign people in by IAM Identity Center.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(d)", "164.312(a)(2)(i)"),
  tags: ["sagemaker", "identity", "nprm-2025"],
  remediationSteps: "Set authMode SSO, as our Studio does.",
  configSchema: { properties: { authModes: { type: "array", items: { type: "string" }, default: [...authModes] } } },
  validateResource: validateResourceOfType(aws.sagemaker.Domain, ({ authMode }, args, report) => {
    const { authModes: allowed = authModes } = args.getConfig<Config>();
    if (!allowed.includes(authMode)) report(`Domain "${args.name}" has authMode ${authMode}; it must be ${allowed.join(" or ")}.`);
  }),
};

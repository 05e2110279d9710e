import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";

const withBody = ["ANY", "PATCH", "POST", "PUT"];

/** A REST API refuses what is not of the right form before anything behind it sees it. HTTP APIs know no such check: there, functions make it. */
export const methodChecksRequests: ResourceValidationPolicy = {
  name: "apigateway-method-checks-requests",
  description: "Methods of REST APIs that take a body must check it.",
  enforcementLevel: "mandatory",
  severity: "low",
  framework: hipaa("164.312(c)(1)", "164.312(e)(2)(i)"),
  tags: ["apigateway", "integrity"],
  remediationSteps: "Set requestValidatorId to a RequestValidator with validateRequestBody, and requestModels.",
  validateResource: validateResourceOfType(aws.apigateway.Method, (method, args, report) => {
    if (!withBody.includes(method.httpMethod)) args.notApplicable("The method takes no body.");
    if (!isGiven(method, "requestValidatorId")) report(`Method "${args.name}" takes any body; it must set requestValidatorId.`);
  }),
};

import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { lengthOf } from "../../given.ts";

/** Code signing that only warns lets everything in: Warn is what Lambda does if it is told nothing (Lambda API reference, `CodeSigningPolicies`). */
export const codeSigningRefusesOtherCode: ResourceValidationPolicy = {
  name: "lambda-code-signing-refuses-other-code",
  description: "Code signing of Lambda must refuse code that no named profile has signed.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(c)(1)", "164.312(c)(2)"),
  tags: ["lambda", "integrity"],
  remediationSteps: "Use CodeSigning, or set policies.untrustedArtifactOnDeployment to Enforce and name the profiles in allowedPublishers.",
  validateResource: validateResourceOfType(aws.lambda.CodeSigningConfig, (config, args, report) => {
    const action = config.policies?.untrustedArtifactOnDeployment ?? "Warn";
    if (action !== "Enforce") report(`Code signing "${args.name}" does ${action}; policies.untrustedArtifactOnDeployment must be Enforce.`);
    if (lengthOf(config.allowedPublishers, "signingProfileVersionArns") === 0) report(`Code signing "${args.name}" names no profile that signs.`);
  }),
};

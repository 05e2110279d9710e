import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";
import { onlyWhereRequired, requiredSchema } from "../../required.ts";

/** Lambda takes only code that was signed after it was reviewed and built. Images can't be signed this way; their digests say what they are. */
export const functionRunsSignedCode: ResourceValidationPolicy = {
  name: "lambda-function-runs-signed-code",
  description: "Lambda functions must take signed code only.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(c)(1)", "164.312(c)(2)", "164.308(a)(5)(ii)(B)"),
  tags: ["lambda", "integrity"],
  remediationSteps: "Use PlatformFunction with settings.codeSigning, or set codeSigningConfigArn.",
  configSchema: requiredSchema,
  validateResource: validateResourceOfType(aws.lambda.Function, (fn, args, report) => {
    onlyWhereRequired(args, "People deploy this stack from their own machines.");
    if (fn.packageType === "Image") args.notApplicable("Lambda verifies no signatures of images.");
    if (!isGiven(fn, "codeSigningConfigArn")) report(`Function "${args.name}" takes any code; it must set codeSigningConfigArn.`);
  }),
};

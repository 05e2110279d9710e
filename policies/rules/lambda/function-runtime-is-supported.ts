import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { lambdaRuntimes } from "../../data/lambda-runtimes.ts";

interface Config {
  readonly runtimes: readonly string[];
}

const defaults: Config = { runtimes: lambdaRuntimes.names };

/** Known weaknesses of a runtime are mended only while AWS supports it. Whoever builds an image chooses, and mends, what is in it. */
export const functionRuntimeIsSupported: ResourceValidationPolicy = {
  name: "lambda-function-runtime-is-supported",
  description: "Lambda functions must run on a runtime that AWS keeps up to date.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(1)(ii)(B)", "164.308(a)(5)(ii)(B)"),
  tags: ["lambda", "patching"],
  remediationSteps: "Set runtime to one of those in policies/data/lambda-runtimes.ts.",
  configSchema: { properties: { runtimes: { type: "array", items: { type: "string" }, minItems: 1, default: [...defaults.runtimes] } } },
  validateResource: validateResourceOfType(aws.lambda.Function, (fn, args, report) => {
    if (fn.packageType === "Image") args.notApplicable("The function brings its own runtime.");
    const { runtimes } = { ...defaults, ...args.getConfig<Partial<Config>>() };
    if (!runtimes.includes(fn.runtime ?? ""))
      report(`Function "${args.name}" runs on ${fn.runtime ?? "no runtime"}; it must be one of ${runtimes.join(", ")}.`);
  }),
};

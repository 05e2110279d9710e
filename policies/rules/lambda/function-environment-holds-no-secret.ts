import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { looksPersonal } from "../../data/phi-patterns.ts";
import { revealingWord } from "../../data/revealing-words.ts";
import { looksSecret, soundsSecret } from "../../data/secret-marks.ts";
import { judgeEach } from "../../given.ts";

/** Whoever may look at a function sees its environment: it names places, and holds neither secrets nor anything about a patient. Messages repeat no value. */
export const functionEnvironmentHoldsNoSecret: ResourceValidationPolicy = {
  name: "lambda-function-environment-holds-no-secret",
  description: "Environment variables of Lambda functions must hold neither secrets nor anything about a patient.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(1)", "164.312(d)", "164.308(a)(5)(ii)(D)", "164.502(b)"),
  tags: ["lambda", "secrets", "phi"],
  remediationSteps: "Put the secret into Secrets Manager and its ARN into the environment, under a name that ends in _ARN.",
  validateResource: validateResourceOfType(aws.lambda.Function, (fn, args, report) => {
    const variables = fn.environment?.variables;
    if (variables === undefined) return args.notApplicable("The function has no environment variables.");
    judgeEach(Object.keys(variables), (name) => {
      const subject = `Function "${args.name}" has an environment variable ${name} that`;
      if (soundsSecret(name)) report(`${subject} sounds like a secret; it must name where the secret is.`);
      const word = revealingWord(name);
      if (word !== undefined) report(`${subject} tells of a patient by "${word}".`);
      const value = String(variables[name]);
      if (looksSecret(value)) report(`${subject} holds what looks like a secret; it must be in Secrets Manager.`);
      if (looksPersonal(value)) report(`${subject} holds what looks like a person's number or address.`);
    });
  }),
};

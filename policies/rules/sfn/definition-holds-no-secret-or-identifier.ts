import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { secretsIn } from "../../secrets.ts";
import { definitionOf } from "./tasks.ts";

/** Whoever may look at a state machine reads its definition: it holds no password and nothing of a patient. */
export const definitionHoldsNoSecretOrIdentifier: ResourceValidationPolicy = {
  name: "sfn-definition-holds-no-secret-or-identifier",
  description: "Definitions of state machines must hold no secret and nothing that identifies a person.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(1)", "164.308(a)(5)(ii)(D)", "164.514(b)(2)(i)"),
  tags: ["sfn", "secrets", "phi"],
  remediationSteps: "Take the value out; what a case is about travels in the execution's input, and secrets lie in Secrets Manager.",
  validateResource: validateResourceOfType(aws.sfn.StateMachine, (machine, args, report) => {
    for (const { path, what } of secretsIn(definitionOf(machine))) report(`State machine "${args.name}" holds ${what} at ${path}.`);
  }),
};

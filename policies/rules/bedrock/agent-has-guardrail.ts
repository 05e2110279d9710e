import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { lengthOf } from "../../given.ts";

/** What an agent reads and says goes through a filter that takes identifiers out. */
export const agentHasGuardrail: ResourceValidationPolicy = {
  name: "bedrock-agent-has-guardrail",
  description: "Bedrock agents must have a guardrail.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.502(b)", "164.312(a)(1)"),
  tags: ["bedrock", "phi"],
  remediationSteps: "Set guardrailConfigurations to a guardrail that takes identifiers out.",
  validateResource: validateResourceOfType(aws.bedrock.AgentAgent, (agent, args, report) => {
    if (lengthOf(agent, "guardrailConfigurations") === 0) report(`Agent "${args.name}" has no guardrail; guardrailConfigurations must name one.`);
  }),
};

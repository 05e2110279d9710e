import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { at, isObject } from "../../expressions.ts";
import { isCustomerKey } from "../../given.ts";

/** Where each kind of resource names its key. */
const keys: Readonly<Record<string, string>> = {
  "aws:bedrock/agentAgent:AgentAgent": "customerEncryptionKeyArn",
  "aws:bedrock/agentDataSource:AgentDataSource": "serverSideEncryptionConfiguration.kmsKeyArn",
  "aws:bedrock/agentFlow:AgentFlow": "customerEncryptionKeyArn",
  "aws:bedrock/agentPrompt:AgentPrompt": "customerEncryptionKeyArn",
  "aws:bedrock/customModel:CustomModel": "customModelKmsKeyId",
  "aws:bedrock/evaluationJob:EvaluationJob": "customerEncryptionKeyId",
  "aws:bedrock/guardrail:Guardrail": "kmsKeyArn",
  "aws:bedrockmodel/invocationJob:InvocationJob": "outputDataConfig.s3OutputDataConfig.s3EncryptionKeyId",
};

/** Instructions, conversations, documents, and models that learned from them are as much about patients as what they were made from. */
export const contentIsEncryptedWithCustomerKey: ResourceValidationPolicy = {
  name: "bedrock-content-is-encrypted-with-customer-key",
  description: "What Bedrock keeps must be encrypted with a customer-managed KMS key.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(2)(iv)"),
  tags: ["bedrock", "encryption"],
  remediationSteps: "Set the key argument that the message names.",
  validateResource: ({ type, name, props, notApplicable }, report) => {
    const path = keys[type] ?? notApplicable("The resource keeps nothing of Bedrock's.");
    const cut = path.lastIndexOf(".");
    const holder = at(props, path.slice(0, Math.max(0, cut)));
    if (!isObject(holder) || !isCustomerKey(holder, path.slice(cut + 1))) report(`"${name}" has no customer-managed key; ${path} must name one.`);
  },
};

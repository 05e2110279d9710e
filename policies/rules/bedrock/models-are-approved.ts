import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { at } from "../../expressions.ts";
import { type ModelsConfig, modelsSchema, problemOfModel } from "./models.ts";

/** Bedrock is HIPAA-eligible, but some of its models keep or share what they are shown, and global profiles answer outside the Regions that the contracts cover. */
export const modelsAreApproved: ResourceValidationPolicy = {
  name: "bedrock-models-are-approved",
  description: "Bedrock profiles, agents and jobs must use approved models, within approved geographies.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(b)(1)", "164.314(a)(1)", "164.502(b)"),
  tags: ["bedrock", "residency"],
  remediationSteps: "Choose a model of policies/data/bedrock-models.ts.",
  configSchema: modelsSchema,
  validateResource: (args, report) => {
    const models = modelsOf(args) ?? args.notApplicable("The resource uses no model of Bedrock.");
    for (const model of models) {
      const problem = problemOfModel(model, args.getConfig<ModelsConfig>());
      if (problem !== undefined) report(`"${args.name}" ${problem}.`);
    }
  },
};

/** Where each kind of resource names its model. */
const paths: Readonly<Record<string, string>> = {
  "aws:bedrock/agentAgent:AgentAgent": "foundationModel",
  "aws:bedrock/agentDataSource:AgentDataSource": "vectorIngestionConfiguration.parsingConfiguration.bedrockFoundationModelConfiguration.modelArn",
  "aws:bedrock/agentKnowledgeBase:AgentKnowledgeBase": "knowledgeBaseConfiguration.vectorKnowledgeBaseConfiguration.embeddingModelArn",
  "aws:bedrock/customModel:CustomModel": "baseModelIdentifier",
  "aws:bedrock/inferenceProfile:InferenceProfile": "modelSource.copyFrom",
  "aws:bedrock/provisionedModelThroughput:ProvisionedModelThroughput": "modelArn",
  "aws:bedrockmodel/invocationJob:InvocationJob": "modelId",
};

/** The model that a resource uses; one that may go without has none. */
function modelsOf({ type, props }: ResourceValidationArgs): unknown[] | undefined {
  const path = paths[type];
  if (path === undefined) return undefined;
  const model = at(props, path);
  return model === undefined && path.includes(".") && !path.startsWith("modelSource") ? [] : [model];
}

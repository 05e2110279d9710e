import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { at, isComputed } from "../../expressions.ts";
import { type ModelsConfig, modelsSchema, problemOfModel } from "../bedrock/models.ts";
import { judgeTasks, type Task } from "./tasks.ts";

const callsModel = ({ service, operation }: Task): boolean =>
  (service === "bedrock" || service === "bedrockruntime") && /^(invokeModel|converse)/.test(operation);

/** A state machine shows a model only what the guardrail lets through. A model that is computed could be one that keeps or shares what it is shown. */
export const bedrockCallsNameModelAndGuardrail: ResourceValidationPolicy = {
  name: "sfn-bedrock-calls-name-model-and-guardrail",
  description: "Calls of Bedrock by state machines must name an approved model and a published guardrail.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.308(b)(1)", "164.314(a)(1)", "164.502(b)"),
  tags: ["sfn", "bedrock", "phi"],
  remediationSteps: "Set ModelId to a model of policies/data/bedrock-models.ts, and the identifier and version of a guardrail.",
  configSchema: modelsSchema,
  validateResource: judgeTasks({ wanted: callsModel, without: "no task that calls a model of Bedrock" }, ({ arguments: given, operation }, say, args) => {
    const problem = problemOfModel(isComputed(given["ModelId"]) ? undefined : given["ModelId"], args.getConfig<ModelsConfig>());
    if (problem !== undefined) say(problem);
    const [name, version] = (
      operation.startsWith("converse")
        ? ["GuardrailConfig.GuardrailIdentifier", "GuardrailConfig.GuardrailVersion"]
        : ["GuardrailIdentifier", "GuardrailVersion"]
    ) as [string, string];
    const guardrail = at(given, name);
    if (typeof guardrail !== "string" || guardrail === "" || isComputed(guardrail)) say(`names no guardrail; ${name} must be written out`);
    const found = at(given, version);
    if (typeof found !== "string" || !/^\d+$/.test(found))
      say(`names ${typeof found === "string" ? `version ${found}` : "no version"} of a guardrail; ${version} must be a published one`);
  }),
};

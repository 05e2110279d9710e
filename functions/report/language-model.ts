import { ConverseCommand, type ConverseCommandInput, type ConverseCommandOutput } from "@aws-sdk/client-bedrock-runtime";
import { modelClient } from "../runtime/clients.ts";
import { readEnvironment } from "../runtime/environment.ts";

/** The platform's language model, and the guardrail that stands before it. */
export interface LanguageModel {
  modelId: string;
  guardrail: { readonly id: string; readonly version: string };
  converse(input: ConverseCommandInput): Promise<Pick<ConverseCommandOutput, "stopReason" | "output" | "usage">>;
}

/** The model that the environment names; an answer may take so many milliseconds. */
export function languageModel(requestTimeout: number): LanguageModel {
  const { MODEL_ID, GUARDRAIL_ID, GUARDRAIL_VERSION } = readEnvironment(["MODEL_ID", "GUARDRAIL_ID", "GUARDRAIL_VERSION"]);
  const model = modelClient(requestTimeout);
  return {
    modelId: MODEL_ID,
    guardrail: { id: GUARDRAIL_ID, version: GUARDRAIL_VERSION },
    converse: (input) => model.send(new ConverseCommand(input)),
  };
}

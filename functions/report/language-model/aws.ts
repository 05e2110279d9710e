import { lambdaClient, languageEndpointClient, modelClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { Misconfigured } from "../../runtime/errors.ts";
import { bedrockModel } from "./bedrock.ts";
import { endpointModel } from "./endpoint.ts";
import { guarded } from "./guarded.ts";
import type { LanguageModel } from "./language-model.ts";
import { thirdPartyModel } from "./third-party.ts";

/** The model that the environment names (`components/analysis/report-language-model.ts`); an answer may take so many milliseconds. */
export function languageModel(requestTimeout: number): LanguageModel {
  const { MODEL_ROUTE, MODEL_ID, GUARDRAIL_ID, GUARDRAIL_VERSION } = readEnvironment(["MODEL_ROUTE", "MODEL_ID", "GUARDRAIL_ID", "GUARDRAIL_VERSION"]);
  const named = { modelId: MODEL_ID, guardrail: { id: GUARDRAIL_ID, version: GUARDRAIL_VERSION } };
  switch (MODEL_ROUTE) {
    case "bedrock": {
      const { MODEL_STRUCTURED } = readEnvironment(["MODEL_STRUCTURED"]);
      return bedrockModel(modelClient(requestTimeout), { ...named, structured: MODEL_STRUCTURED === "true" });
    }
    case "third-party": {
      const { MODEL_VENDOR, MODEL_FUNCTION } = readEnvironment(["MODEL_VENDOR", "MODEL_FUNCTION"]);
      const model = thirdPartyModel(lambdaClient(requestTimeout), { ...named, vendor: MODEL_VENDOR, functionName: MODEL_FUNCTION });
      return guarded(modelClient(requestTimeout), model);
    }
    case "sagemaker": {
      const { MODEL_ENDPOINT, MODEL_VERSION } = readEnvironment(["MODEL_ENDPOINT", "MODEL_VERSION"]);
      const model = endpointModel(languageEndpointClient(requestTimeout), { ...named, modelVersion: MODEL_VERSION, endpointName: MODEL_ENDPOINT });
      return guarded(modelClient(requestTimeout), model);
    }
    default:
      throw new Misconfigured(`MODEL_ROUTE must be bedrock, third-party or sagemaker, not "${MODEL_ROUTE}".`);
  }
}

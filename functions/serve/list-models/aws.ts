import { registryClient, s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import { parseStoredJson } from "../../runtime/parse.ts";
import { modelGroups, sageMakerRegistry } from "../model-registry.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { MODEL_GROUPS, MODEL_VERSIONS_ARN, MODELS_BUCKET } = readEnvironment(["MODEL_GROUPS", "MODEL_VERSIONS_ARN", "MODELS_BUCKET"]);
  return {
    groups: parseStoredJson(modelGroups, MODEL_GROUPS, "MODEL_GROUPS"),
    registry: sageMakerRegistry(registryClient(), MODEL_VERSIONS_ARN),
    models: s3Lake(s3Client(), MODELS_BUCKET),
  };
}

import { registryClient } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { parseStoredJson } from "../../runtime/parse.ts";
import { modelGroups, sageMakerRegistry } from "../model-registry.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { MODEL_GROUPS, MODEL_VERSIONS_ARN } = readEnvironment(["MODEL_GROUPS", "MODEL_VERSIONS_ARN"]);
  return {
    groups: parseStoredJson(modelGroups, MODEL_GROUPS, "MODEL_GROUPS"),
    registry: sageMakerRegistry(registryClient(), MODEL_VERSIONS_ARN),
    now: () => new Date(),
  };
}

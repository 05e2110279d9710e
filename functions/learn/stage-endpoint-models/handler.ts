import { z } from "zod";
import { type ModelSwitch, modelSwitch } from "../../../contracts/deployed-model.ts";
import { endpointModelsPrefix, modelDescriptionKey, modelsPrefix } from "../../../contracts/keys.ts";
import { model as modelSchema } from "../../../contracts/model.ts";
import { BrokenContract } from "../../runtime/errors.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import type { ModelStore } from "../model-store.ts";
import { keepFiles, readFiles, type VersionFiles } from "../version-files.ts";

export interface Deps {
  models: ModelStore;
  /** Ids of every network that an endpoint loads. */
  networks: readonly string[];
}

const input = z.strictObject({ switch: modelSwitch, deployment: z.string().regex(/^[A-Za-z0-9_-]{1,80}$/) });

/**
 * State StageEndpointModels: lays what the endpoints are to load into a folder of this deployment, the new version among the networks in
 * use. Each is read once and its digest compared, so that the folder holds exactly what was judged. Gives the folder's URI.
 */
export const createHandler =
  ({ models, networks }: Deps) =>
  async (event: unknown): Promise<{ uri: string }> => {
    const { switch: wanted, deployment } = parseInput(input, event);
    if (!networks.includes(wanted.model)) throw new BrokenContract(`No endpoint loads "${wanted.model}"; they load ${networks.join(", ")}.`);
    const prefix = `${endpointModelsPrefix}${deployment}/`;
    for (const id of networks) await keepFiles(models, `${prefix}${id}/`, await filesOf(models, id, wanted));
    log("endpoint models staged", { modelId: wanted.model, modelCount: networks.length });
    return { uri: models.uri(prefix) };
  };

async function filesOf(models: ModelStore, id: string, { model, from, to }: ModelSwitch): Promise<VersionFiles> {
  if (id === model) return readFiles(models, from, to);
  return readFiles(models, `${modelsPrefix}${id}/`, await models.json(modelDescriptionKey(id), modelSchema));
}

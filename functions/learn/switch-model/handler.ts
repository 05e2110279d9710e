import { z } from "zod";
import { type DeployedVersion, modelSwitch } from "../../../contracts/deployed-model.ts";
import { deployedVersionPrefix, modelDescriptionKey, modelsPrefix, modelWeightsKey } from "../../../contracts/keys.ts";
import { model as modelSchema } from "../../../contracts/model.ts";
import { Outdated } from "../../runtime/errors.ts";
import { log } from "../../runtime/log.ts";
import { parseInput } from "../../runtime/parse.ts";
import type { ModelStore } from "../model-store.ts";
import { keepFiles, readFiles } from "../version-files.ts";
import { isRecorded, isSame, versionsAfter } from "./core.ts";

export interface Deps {
  models: ModelStore;
}

const input = z.strictObject({ switch: modelSwitch, deployment: z.string().min(1) });

/**
 * State SwitchModel: puts a version into the place that the next analysis reads, and keeps both it and what it replaces. The record is
 * written first, on condition that nobody else wrote one: of two switches one ends before it touches a file. A second try goes on where
 * the first one stopped.
 */
export const createHandler =
  ({ models }: Deps) =>
  async (event: unknown): Promise<DeployedVersion> => {
    const { switch: wanted, deployment } = parseInput(input, event);
    const { model: id, to, from, replaces } = wanted;
    const files = await readFiles(models, from, to);
    const stored = await models.record(id);
    if (!isRecorded(stored?.record, wanted, deployment)) {
      const inUse = await models.json(modelDescriptionKey(id), modelSchema);
      // EventBridge may tell twice of one approval.
      if (inUse.sha256 === to.sha256 && isSame(stored?.record.versions.at(-1), to)) return to;
      if (inUse.sha256 !== replaces.sha256) throw new Outdated(`"${id}" was changed meanwhile: ${inUse.version} is in use, no more ${replaces.version}.`);
      await keepFiles(models, deployedVersionPrefix(id, replaces.sha256), await readFiles(models, `${modelsPrefix}${id}/`, replaces));
      await keepFiles(models, deployedVersionPrefix(id, to.sha256), files);
      const versions = versionsAfter(stored?.record.versions ?? [], wanted);
      await models.putRecord({ schema: "deployment-record/1.0", model: id, versions, deployment }, stored);
    }
    // The weights first: a job that starts in between finds a digest that differs, and refuses.
    await models.put(modelWeightsKey(id), files.weights, "application/octet-stream");
    await models.put(modelDescriptionKey(id), files.description, "application/json");
    log("model switched", { modelId: id });
    return to;
  };

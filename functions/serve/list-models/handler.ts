import { modelDescriptionKey, trainingPrefix } from "../../../contracts/keys.ts";
import { model as modelSchema } from "../../../contracts/model.ts";
import { type ModelQuality, modelQuality } from "../../../contracts/model-quality.ts";
import type { ModelList } from "../../../contracts/model-registry.ts";
import { BrokenContract, NotFound } from "../../runtime/errors.ts";
import { route } from "../../runtime/http.ts";
import type { Lake } from "../../runtime/lake.ts";
import type { ModelGroups, Registry } from "../model-registry.ts";

export interface Deps {
  groups: ModelGroups;
  registry: Pick<Registry, "newest">;
  /** The models bucket. */
  models: Pick<Lake, "json" | "uri">;
}

/** Versions of each network that are told: what people decide about is among the newest. */
const mostVersions = 10;

/** `GET /models`: every network of the catalogue with its newest versions, whether each is approved, what was measured of it, and which is in use. */
export const createHandler = ({ groups, registry, models }: Deps) =>
  route(async (): Promise<ModelList> => {
    const all = Object.entries(groups).map(async ([model, group]) => {
      const [{ version, sha256 }, found] = await Promise.all([models.json(modelDescriptionKey(model), modelSchema), registry.newest(group, mostVersions)]);
      const versions = await Promise.all(
        found.map(async ({ told, quality }) => ({
          ...told,
          isInUse: told.facts["sha256"] === sha256,
          quality: quality === null ? null : await measured(models, quality),
        })),
      );
      return { model, inUse: { version, sha256 }, versions };
    });
    return { models: await Promise.all(all) };
  });

/** What was measured of a version; null where it lies elsewhere than measures do, is missing or is none. One bad file must not hide the other versions. */
async function measured(models: Deps["models"], uri: string): Promise<ModelQuality | null> {
  const root = models.uri("");
  const key = uri.slice(root.length);
  if (!uri.startsWith(root) || !key.startsWith(trainingPrefix) || !key.endsWith(".json") || key.includes("/../")) return null;
  try {
    return await models.json(key, modelQuality);
  } catch (error) {
    if (error instanceof NotFound || error instanceof BrokenContract) return null;
    throw error;
  }
}

import type { ModelList } from "../../../contracts/model-registry.ts";
import { route } from "../../runtime/http.ts";
import type { ModelGroups, Registry } from "../model-registry.ts";

export interface Deps {
  groups: ModelGroups;
  registry: Pick<Registry, "newest">;
}

/** Versions of each network that are told: what people decide about is among the newest. */
const mostVersions = 10;

/** `GET /models`: every network of the catalogue with its newest versions, and whether each is approved. */
export const createHandler = ({ groups, registry }: Deps) =>
  route(async (): Promise<ModelList> => {
    const all = Object.entries(groups).map(async ([model, group]) => ({ model, versions: await registry.newest(group, mostVersions) }));
    return { models: await Promise.all(all) };
  });

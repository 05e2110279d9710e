import { compareVersions } from "../../../contracts/dataset-names.ts";
import { parseDatasetKey } from "../../../contracts/keys.ts";
import type { DatasetStore } from "../../../functions/learn/dataset-store.ts";
import { type MemoryLake, memoryLake } from "./memory-lake.ts";

/** A datasets bucket in memory, whose objects are written once, as those of the real one. */
export function memoryDatasets(): DatasetStore & Pick<MemoryLake, "objects" | "putLines" | "putJson"> {
  const lake = memoryLake("datasets");
  return {
    ...lake,
    async putNew(key, body, type) {
      const there = lake.objects.get(key);
      if (there !== undefined) return Buffer.from(there).toString() === body;
      await lake.put(key, body, type);
      return true;
    },
    async versions(name) {
      const keys = [...lake.objects.keys()].map((key) => ({ key, ...parseDatasetKey(key) })).filter((one) => one.name === name);
      const of = (isWanted: (key: string) => boolean): string[] =>
        [...new Set(keys.filter(({ key }) => isWanted(key)).map(({ version }) => version as string))].sort(compareVersions);
      return { taken: of((key) => key.startsWith("dataset-plans/")), whole: of((key) => key.endsWith("/manifest.json")) };
    },
  };
}

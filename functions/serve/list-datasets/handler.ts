import type { DatasetList } from "../../../contracts/dataset-list.ts";
import { compareVersions } from "../../../contracts/dataset-names.ts";
import { datasetManifestKey, datasetsPrefix, parseDatasetKey } from "../../../contracts/keys.ts";
import { route } from "../../runtime/http.ts";

export interface Deps {
  /** Prefixes right under a prefix, each ending with a slash. */
  folders(prefix: string): Promise<string[]>;
  exists(key: string): Promise<boolean>;
}

/** `GET /datasets`: every dataset with its versions. One without a manifest is not whole, and is not told. */
export const createHandler = ({ folders, exists }: Deps) =>
  route(async (): Promise<DatasetList> => {
    const datasets: DatasetList["datasets"] = [];
    for (const folder of await folders(datasetsPrefix)) {
      const found = (await folders(folder)).flatMap((prefix) => parseDatasetKey(prefix) ?? []);
      const whole = await Promise.all(found.map(({ name, version }) => exists(datasetManifestKey(name, version))));
      const versions = found.filter((_, i) => whole[i]).sort((a, b) => compareVersions(b.version, a.version));
      const name = versions[0]?.name;
      if (name !== undefined) datasets.push({ name, versions: versions.map(({ version }) => version) });
    }
    return { datasets };
  });

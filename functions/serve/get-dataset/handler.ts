import { type DatasetManifest, datasetManifest, datasetName, datasetVersionNumber } from "../../../contracts/dataset-version.ts";
import { datasetManifestKey } from "../../../contracts/keys.ts";
import { InvalidInput, NotFound } from "../../runtime/errors.ts";
import { route } from "../../runtime/http.ts";
import type { Lake } from "../../runtime/lake.ts";

export interface Deps {
  datasets: Pick<Lake, "json">;
}

/** `GET /datasets/{name}/versions/{version}`: what a version holds, how it is split and who says so. It names no case and no person. */
export const createHandler = ({ datasets }: Deps) =>
  route(async ({ pathParameters }): Promise<DatasetManifest> => {
    const name = datasetName.safeParse(pathParameters["name"]);
    const version = datasetVersionNumber.safeParse(pathParameters["version"]);
    if (!name.success || !version.success)
      throw new InvalidInput(
        ...(name.success ? [] : ["The dataset's name must be lower-case letters, digits and hyphens, at most 40."]),
        ...(version.success ? [] : ["The version must be such as 1.2.0."]),
      );
    try {
      return await datasets.json(datasetManifestKey(name.data, version.data), datasetManifest);
    } catch (error) {
      if (error instanceof NotFound) throw new NotFound(`There is no version ${version.data} of a dataset ${name.data}, or it is not whole yet.`);
      throw error;
    }
  });

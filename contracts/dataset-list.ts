import { z } from "zod";
import { datasetName, datasetVersionNumber } from "./dataset-version.ts";

/** `GET /datasets`: every dataset, and its versions that are whole, newest first. What one is tells `GET /datasets/{name}/versions/{version}`, with its manifest. */
export const datasetList = z.strictObject({ datasets: z.array(z.strictObject({ name: datasetName, versions: z.array(datasetVersionNumber) })) });
export type DatasetList = z.infer<typeof datasetList>;

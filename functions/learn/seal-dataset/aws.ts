import { s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { datasetStore } from "../dataset-store.ts";
import type { Deps } from "./handler.ts";

export const awsDeps = (): Deps => ({ datasets: datasetStore(s3Client(), readEnvironment(["DATASETS_BUCKET"]).DATASETS_BUCKET) });

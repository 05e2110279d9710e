import { s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { modelStore } from "../model-store.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { MODELS_BUCKET, NETWORKS } = readEnvironment(["MODELS_BUCKET", "NETWORKS"]);
  return { models: modelStore(s3Client(), MODELS_BUCKET), networks: NETWORKS.split(",") };
}

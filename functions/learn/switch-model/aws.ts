import { s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { modelStore } from "../model-store.ts";
import type { Deps } from "./handler.ts";

export const awsDeps = (): Deps => ({ models: modelStore(s3Client(), readEnvironment(["MODELS_BUCKET"]).MODELS_BUCKET) });

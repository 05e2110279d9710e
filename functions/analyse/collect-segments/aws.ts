import { modelDescriptionKey } from "../../../contracts/keys.ts";
import { model } from "../../../contracts/model.ts";
import { s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { s3Lake } from "../../runtime/lake.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { PROCESSED_BUCKET, MODELS_BUCKET } = readEnvironment(["PROCESSED_BUCKET", "MODELS_BUCKET"]);
  const s3 = s3Client();
  const models = s3Lake(s3, MODELS_BUCKET);
  return { lake: s3Lake(s3, PROCESSED_BUCKET), model: (id) => models.json(modelDescriptionKey(id), model), now: Date.now };
}

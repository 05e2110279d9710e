import { DescribeModelPackageCommand } from "@aws-sdk/client-sagemaker";
import { registryClient, s3Client } from "../../runtime/clients.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { modelStore } from "../model-store.ts";
import type { Deps } from "./handler.ts";

export function awsDeps(): Deps {
  const { MODELS_BUCKET, GROUP_PREFIX } = readEnvironment(["MODELS_BUCKET", "GROUP_PREFIX"]);
  const registry = registryClient();
  return {
    models: modelStore(s3Client(), MODELS_BUCKET),
    groupPrefix: GROUP_PREFIX,
    describe: (ModelPackageName) => registry.send(new DescribeModelPackageCommand({ ModelPackageName })),
  };
}

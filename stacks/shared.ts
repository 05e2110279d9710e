import * as pulumi from "@pulumi/pulumi";
import { ImageRegistry } from "../components/compute/image-registry.ts";
import { accountProvider } from "./accounts.ts";
import type { SharedConfig } from "./config.ts";

/** What the stack `shared` tells the environments. Renaming an output breaks all of them. */
export interface SharedOutputs {
  inferenceImageUri: pulumi.Output<string>;
  inferenceRepositoryArn: pulumi.Output<string>;
}

/** What all environments share: the image of the inference container. */
export function shared(config: SharedConfig): SharedOutputs {
  const place = { stack: pulumi.getStack(), accountId: config.account.id, region: config.region, organizationId: config.organization };
  const provider = accountProvider("shared", place, config.account);
  const inference = new ImageRegistry(
    "inference",
    {
      place,
      removal: config.removal,
      repository: "svp/inference",
      dockerfile: "models/serving/Dockerfile",
      readers: Object.values(config.environments),
    },
    { provider },
  );
  return { inferenceImageUri: inference.imageUri, inferenceRepositoryArn: inference.repositoryArn };
}

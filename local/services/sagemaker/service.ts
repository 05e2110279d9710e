import { join } from "node:path";
import * as sdk from "@aws-sdk/client-sagemaker";
import * as runtimeSdk from "@aws-sdk/client-sagemaker-runtime";
import type { OperationService } from "../../wire/service.ts";
import type { JobServiceOptions } from "../jobs/options.ts";
import type { Image } from "./container.ts";
import { createEndpoints, type Endpoints } from "./endpoints.ts";
import { createProcessingJobs, type ProcessingJobs } from "./processing-jobs.ts";
import { openRegistry } from "./registry.ts";
import { createTags } from "./tags.ts";

export interface SageMaker extends Pick<Endpoints, "putModel" | "putEndpointConfig" | "putEndpoint"> {
  /** SageMaker, and SageMaker Runtime, which shares its signing name. */
  readonly services: readonly [OperationService, OperationService];
  /** For tests and `Faults`: the processing jobs themselves. A fault matches a job by its name. */
  readonly jobs: ProcessingJobs["jobs"];
  /** Makes an image known, by the folder it would be built from. */
  putImage(image: Image): void;
  start(): void;
  close(): Promise<void>;
}

/** SageMaker on child processes: processing jobs, and endpoints for single requests. */
export function createSageMaker(options: JobServiceOptions): SageMaker {
  const registry = openRegistry(join(options.folder, "registry"));
  const tags = createTags(registry);
  const processing = createProcessingJobs(options, registry, tags);
  const { operations, runtimeOperations, close, ...admin } = createEndpoints(options, registry);
  return {
    ...admin,
    services: [
      { kind: "operations", signingName: "sagemaker", sdk, operations: { ...processing.operations, ...tags.operations, ...operations } },
      { kind: "operations", signingName: "sagemaker", sdk: runtimeSdk, operations: runtimeOperations },
    ],
    jobs: processing.jobs,
    putImage: (image) => registry.put("image", image.imageUri, image),
    start: processing.jobs.start,
    async close() {
      await Promise.all([processing.jobs.close(), close()]);
      registry.close();
    },
  };
}

import { join } from "node:path";
import * as sdk from "@aws-sdk/client-sagemaker";
import * as runtimeSdk from "@aws-sdk/client-sagemaker-runtime";
import type { OperationService } from "../../wire/service.ts";
import type { JobServiceOptions } from "../jobs/options.ts";
import type { EventBus } from "../seams.ts";
import type { Image } from "./container.ts";
import { createEndpoints, type EndpointSeams, type Endpoints } from "./endpoints.ts";
import { createModelPackages, type ModelPackageGroup } from "./model-packages.ts";
import { createModels } from "./models.ts";
import { createPipelines, type Pipelines } from "./pipelines.ts";
import { createProcessingJobs, type ProcessingJobs } from "./processing-jobs.ts";
import { openRegistry } from "./registry.ts";
import { createServingLists } from "./serving-lists.ts";
import { createTags } from "./tags.ts";
import { createTrainingJobs, type TrainingJobs } from "./training-jobs.ts";
import { createTransformJobs, type TransformJobs } from "./transform-jobs.ts";

export interface SageMaker extends Pick<Endpoints, "putModel" | "putEndpointConfig" | "putEndpoint" | "settled">, Pick<Pipelines, "putPipeline"> {
  /** SageMaker, and SageMaker Runtime, which shares its signing name. */
  readonly services: readonly [OperationService, OperationService];
  /** For tests and `Faults`: the processing jobs themselves. A fault matches a job by its name. */
  readonly jobs: ProcessingJobs["jobs"];
  readonly transformJobs: TransformJobs["jobs"];
  readonly trainingJobs: TrainingJobs["jobs"];
  /** Makes an image known, by the folder it would be built from. */
  putImage(image: Image): void;
  /** Makes a group of versions of models known. */
  putModelPackageGroup(group: ModelPackageGroup): void;
  /** An image that was made known: what other services run, too. */
  image(uri: string): Image | undefined;
  start(): void;
  close(): Promise<void>;
}

/** SageMaker on child processes: processing, transform and training jobs, pipelines of them, endpoints that answer at once or from a queue, and the registry of models. */
export function createSageMaker(options: JobServiceOptions & EndpointSeams & { publish: EventBus["publish"] }): SageMaker {
  const registry = openRegistry(join(options.folder, "registry"));
  const tags = createTags(registry);
  const processing = createProcessingJobs(options, registry, tags);
  const transform = createTransformJobs(options, registry, tags);
  const training = createTrainingJobs(options, registry, tags);
  const packages = createModelPackages(options);
  const pipelines = createPipelines(options, registry, { processing, training, packages });
  const { operations, runtimeOperations, start, close, ...admin } = createEndpoints(options, registry);
  return {
    ...admin,
    services: [
      {
        kind: "operations",
        signingName: "sagemaker",
        sdk,
        operations: {
          ...{ ...processing.operations, ...transform.operations, ...training.operations, ...pipelines.operations },
          ...{ ...tags.operations, ...packages.operations, ...operations, ...createModels(options, registry) },
          ...createServingLists(options, registry),
        },
      },
      { kind: "operations", signingName: "sagemaker", sdk: runtimeSdk, operations: runtimeOperations },
    ],
    jobs: processing.jobs,
    transformJobs: transform.jobs,
    trainingJobs: training.jobs,
    putPipeline: pipelines.putPipeline,
    putImage: (image) => registry.put("image", image.imageUri, image),
    putModelPackageGroup: packages.putGroup,
    image: (uri) => registry.get<Image>("image", uri),
    start() {
      processing.jobs.start();
      transform.jobs.start();
      training.jobs.start();
      pipelines.start();
      packages.start();
      start();
    },
    async close() {
      await Promise.all([pipelines.close(), processing.jobs.close(), transform.jobs.close(), training.jobs.close(), packages.close(), close()]);
      registry.close();
    },
  };
}

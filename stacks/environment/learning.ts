import type * as pulumi from "@pulumi/pulumi";
import { dataScientistStatements } from "../../components/identity/data-scientist.ts";
import { WorkforceRoles } from "../../components/identity/workforce-roles.ts";
import { Experiments } from "../../components/learning/experiments.ts";
import { ModelRegistry } from "../../components/learning/model-registry.ts";
import { PromotionSource } from "../../components/learning/promotion-source.ts";
import { Studio } from "../../components/learning/studio.ts";
import { isTrainable } from "../../components/learning/training-pipeline/quality-bars.ts";
import { TrainingPipeline } from "../../components/learning/training-pipeline/training-pipeline.ts";
import { TrainingRoles } from "../../components/learning/training-roles.ts";
import type { Catalogue } from "../../models/catalogue.ts";
import type { EnvironmentConfig } from "../config/environment.ts";
import type { SharedOutputs } from "../shared-outputs.ts";
import type { Data } from "./data.ts";
import { type Foundation, workforceName } from "./foundation.ts";
import type { Pipeline } from "./pipeline.ts";

/** What networks are trained with. */
export interface Learning {
  readonly training: TrainingRoles;
  readonly experiments: Experiments;
}

/** What networks are trained, kept and promoted with, and the people who work in the account. */
export function learning(
  base: Foundation,
  { lake, table }: Data,
  { settings, uploads }: Pick<Pipeline, "settings" | "uploads">,
  config: EnvironmentConfig,
  shared: SharedOutputs,
  catalogue: Catalogue,
): Learning {
  const { place, removal, opts, keys, network, alerts, deadLetters, logging } = base;

  const registry = new ModelRegistry("models", { place, removal, catalogue, readers: [place.accountId, ...config.modelReaders] }, opts);
  if (config.modelReaders.length > 0) new PromotionSource({ place, models: lake.models, readers: config.modelReaders }, opts);
  const image = { uri: shared.trainingImageUri, repositoryArn: shared.trainingRepositoryArn };
  const servingImage = { uri: shared.inferenceImageUri, repositoryArn: shared.inferenceRepositoryArn };
  const training = new TrainingRoles(
    "training",
    { place, datasets: lake.datasets, models: lake.models, network: network.jobs, image, logKey: keys.logs, ...logging },
    opts,
  );
  for (const { model } of catalogue.models.filter((entry) => isTrainable(entry.model))) {
    const group = registry.groupNames.get(model.id) as pulumi.Output<string>;
    const run = { datasets: lake.datasets, models: lake.models, network: network.jobs, image, servingImage, roles: training };
    new TrainingPipeline(`train-${model.id}`, { place, model, group, ...run }, opts);
  }
  const experiments = new Experiments(
    "experiments",
    {
      ...{ settings, keys, lake, trainingImage: image, servingImage, roles: training, network: network.jobs },
      models: catalogue.models.map(({ model }) => model),
      instanceTypes: { training: "ml.c5.2xlarge", asking: "ml.c5.xlarge" },
      hasTransformLog: catalogue.analysers.some(({ mode }) => mode === "transform"),
    },
    opts,
  );
  if (config.people !== undefined) {
    const told = { alertTopicArn: alerts.arn, deadLetterArn: deadLetters.arn };
    new WorkforceRoles(workforceName, { place, people: config.people, uploads, buckets: lake, table, ...told }, opts);
  }
  if (config.studio !== undefined) {
    const notebooks = { vpcId: network.vpcId, network: network.jobs, key: keys.datasets, logKey: keys.logs, ...logging };
    new Studio("studio", { place, removal, ...notebooks, ...config.studio, statements: dataScientistStatements(place, lake) }, opts);
  }
  return { training, experiments };
}

import { paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import {
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  DescribeModelPackageCommand,
  paginateListEndpointConfigs,
  paginateListEndpoints,
  paginateListModelPackages,
  paginateListModels,
  type SageMakerClient,
  UpdateModelPackageCommand,
} from "@aws-sdk/client-sagemaker";
import { ListExecutionsCommand } from "@aws-sdk/client-sfn";
import { z } from "zod";
import { toUri, trainingPrefix } from "../../../contracts/keys.ts";
import { registryClient, s3Client, statesClient } from "../../runtime/clients.ts";
import { deleteObjects } from "../../runtime/delete-objects.ts";
import { readEnvironment } from "../../runtime/environment.ts";
import { BrokenContract } from "../../runtime/errors.ts";
import { parseStoredJson } from "../../runtime/parse.ts";
import { placesOf } from "../rule-on-model/core.ts";
import type { FoundConfiguration, FoundModel, FoundVersion } from "./core.ts";
import type { Deps } from "./handler.ts";

const settings = z.strictObject({
  networks: z.array(z.string().min(1)),
  groupPrefix: z.string().min(1),
  /** What names begin with that the platform gives to models and configurations of endpoints, and to models of experiments. */
  modelPrefixes: z.array(z.string().min(1)).min(1),
  configurationPrefix: z.string().min(1),
  days: z.strictObject({ stale: z.int().nonnegative(), undecided: z.int().nonnegative() }),
  most: z.int().positive(),
});

export function awsDeps(): Deps {
  const { MODELS_BUCKET, DEPLOYMENT_MACHINE_ARN, SWEEP } = readEnvironment(["MODELS_BUCKET", "DEPLOYMENT_MACHINE_ARN", "SWEEP"]);
  const [sagemaker, states] = [registryClient(), statesClient()];
  const { groupPrefix, modelPrefixes, ...rest } = parseStoredJson(settings, SWEEP, "SWEEP");
  return {
    ...rest,
    serving: servingOf(sagemaker, modelPrefixes),
    registry: registryOf(sagemaker, groupPrefix, MODELS_BUCKET),
    files: filesOf(s3Client(), MODELS_BUCKET),
    async isDeploying() {
      const { executions = [] } = await states.send(
        new ListExecutionsCommand({ stateMachineArn: DEPLOYMENT_MACHINE_ARN, statusFilter: "RUNNING", maxResults: 1 }),
      );
      return executions.length > 0;
    },
    now: () => new Date(),
  };
}

/** One thing after the other: SageMaker takes few questions a second. */
function servingOf(client: SageMakerClient, modelPrefixes: readonly string[]): Deps["serving"] {
  return {
    async inUse() {
      const used = new Set<string>();
      for await (const { Endpoints = [] } of paginateListEndpoints({ client }, {}))
        for (const { EndpointName } of Endpoints) {
          const { EndpointConfigName, PendingDeploymentSummary } = await client.send(new DescribeEndpointCommand({ EndpointName }));
          for (const name of [EndpointConfigName, PendingDeploymentSummary?.EndpointConfigName]) if (name !== undefined) used.add(name);
        }
      return used;
    },
    async configurations() {
      const found: FoundConfiguration[] = [];
      for await (const { EndpointConfigs = [] } of paginateListEndpointConfigs({ client }, {}))
        for (const { EndpointConfigName: name, CreationTime: createdAt } of EndpointConfigs) {
          const { ProductionVariants = [], ShadowProductionVariants = [] } = await client.send(new DescribeEndpointConfigCommand({ EndpointConfigName: name }));
          const models = [...ProductionVariants, ...ShadowProductionVariants].flatMap(({ ModelName }) => ModelName ?? []);
          found.push({ name: name as string, createdAt: createdAt as Date, models });
        }
      return found;
    },
    async models() {
      const found: FoundModel[] = [];
      for (const prefix of modelPrefixes)
        for await (const { Models = [] } of paginateListModels({ client }, { NameContains: prefix }))
          for (const { ModelName: name, CreationTime: createdAt } of Models) {
            if (!name?.startsWith(prefix)) continue;
            const { PrimaryContainer } = await client.send(new DescribeModelCommand({ ModelName: name }));
            found.push({ name, createdAt: createdAt as Date, folder: PrimaryContainer?.ModelDataSource?.S3DataSource?.S3Uri });
          }
      return found;
    },
    removeConfiguration: async (EndpointConfigName) => void (await client.send(new DeleteEndpointConfigCommand({ EndpointConfigName }))),
    removeModel: async (ModelName) => void (await client.send(new DeleteModelCommand({ ModelName }))),
  };
}

function registryOf(client: SageMakerClient, groupPrefix: string, bucket: string): Deps["registry"] {
  return {
    async versions(model) {
      const found: FoundVersion[] = [];
      for await (const { ModelPackageSummaryList = [] } of paginateListModelPackages({ client }, { ModelPackageGroupName: `${groupPrefix}${model}` }))
        for (const { ModelPackageArn: arn } of ModelPackageSummaryList) {
          const version = await client.send(new DescribeModelPackageCommand({ ModelPackageName: arn }));
          const { folder, quality, faults } = placesOf(version, bucket, trainingPrefix);
          // What can't be read may refer to anything: nothing of the network is stale then.
          if (folder === undefined || quality === undefined) throw new BrokenContract(`${arn}: ${faults.join(" ")}`);
          const { ModelApprovalStatus: approval, CreationTime: createdAt, LastModifiedTime: changedAt = createdAt } = version;
          found.push({ arn: arn as string, approval: approval as string, createdAt: createdAt as Date, changedAt: changedAt as Date, folder, quality });
        }
      return found;
    },
    reject: async (ModelPackageArn, ApprovalDescription) =>
      void (await client.send(new UpdateModelPackageCommand({ ModelPackageArn, ModelApprovalStatus: "Rejected", ApprovalDescription }))),
  };
}

function filesOf(client: S3Client, Bucket: string): Deps["files"] {
  return {
    uri: (prefix) => toUri(Bucket, prefix),
    async *folders(Prefix) {
      for await (const { CommonPrefixes = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix, Delimiter: "/" }))
        for (const { Prefix: found } of CommonPrefixes) yield found as string;
    },
    async folder(prefix) {
      const files: { key: string; changedAt: Date }[] = [];
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix: prefix }))
        files.push(...Contents.map(({ Key, LastModified }) => ({ key: Key as string, changedAt: LastModified as Date })));
      return { prefix, files };
    },
    remove: (keys) =>
      deleteObjects(
        client,
        Bucket,
        keys.map((key) => ({ key })),
        "files",
      ),
  };
}

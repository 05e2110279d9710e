import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { AsyncEndpoint } from "../components/analysis/async-endpoint.ts";
import { CaseAnalysis } from "../components/analysis/case-analysis.ts";
import { RealTimeEndpoint } from "../components/analysis/real-time-endpoint.ts";
import { UploadEvents, uploadRuleName } from "../components/analysis/upload-events.ts";
import { CodeSigning } from "../components/compute/code-signing.ts";
import { DeadLetterQueue } from "../components/compute/dead-letter-queue.ts";
import { EncryptedTopic } from "../components/compute/encrypted-topic.ts";
import { bundleFunctions } from "../components/compute/function-bundles.ts";
import { BucketReplication } from "../components/data/bucket-replication.ts";
import { CaseTable } from "../components/data/case-table.ts";
import { DataLake } from "../components/data/data-lake.ts";
import { CaseApi } from "../components/experience/case-api.ts";
import { dataScientistStatements } from "../components/identity/data-scientist.ts";
import { PermissionsBoundary } from "../components/identity/permissions-boundary.ts";
import { emergencyRuleArn, WorkforceRoles } from "../components/identity/workforce-roles.ts";
import { ModelRegistry } from "../components/learning/model-registry.ts";
import { Studio } from "../components/learning/studio.ts";
import { TrainingRoles } from "../components/learning/training-roles.ts";
import { Network } from "../components/network/network.ts";
import { DataKeys } from "../components/security/data-keys.ts";
import { ruleSends } from "../components/security/policy.ts";
import { readCatalogue } from "../models/catalogue.ts";
import { accountProvider, placeIn } from "./accounts.ts";
import type { EnvironmentConfig } from "./config/environment.ts";
import { sharedOutputs } from "./shared-outputs.ts";

/** AWS services that tell people of what happens. */
const alertPublishers = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com", "events.amazonaws.com"] as const;

/** One environment: everything a video passes through, in one account. */
export function environment(config: EnvironmentConfig) {
  const { account, removal, retention } = config;
  const unbounded = placeIn(account, config);
  const opts = { provider: accountProvider("workload", unbounded, account, config) };
  const pipelineVersion = version();
  const catalogue = readCatalogue();
  const bundles = bundleFunctions({ forUpdate: !pulumi.runtime.isDryRun() });
  const shared = sharedOutputs(config.shared);
  const image = { uri: shared.inferenceImageUri, repositoryArn: shared.inferenceRepositoryArn };

  const copyRegions = config.copyRegion === undefined ? [] : [config.copyRegion];
  const boundary = new PermissionsBoundary("boundary", { place: unbounded, copyRegions }, opts);
  const place = { ...unbounded, permissionsBoundary: boundary.arn };
  const keys = new DataKeys("keys", { place, removal, uploadRule: uploadRuleName(place), alertPublishers }, opts);
  const logging = { logRetentionDays: retention.logs };
  const network = new Network("network", { place, ...config.network, interfaceServices: config.network.endpoints, logKey: keys.logs, ...logging }, opts);
  const lake = new DataLake(
    "lake",
    {
      place,
      removal,
      keys,
      retention: { noncurrentDays: retention.noncurrentVersions, accessLogDays: retention.accessLogs, sources: retention.sources },
      acceleratedUploads: config.acceleratedUploads,
      browserOrigins: config.browserOrigins,
    },
    opts,
  );
  if (config.copyRegion !== undefined) {
    const kept = { noncurrentDays: retention.noncurrentVersions, accessLogDays: retention.accessLogs };
    const sources = { raw: lake.raw, processed: lake.processed, datasets: lake.datasets };
    new BucketReplication("copies", { place, removal, sources, region: config.copyRegion, retention: kept }, opts);
  }
  const table = new CaseTable("cases", { place, removal, key: keys.derived }, opts);

  const alerts = new EncryptedTopic("alerts", { place, key: keys.logs, publishers: alertPublishers, emails: config.alerts.emails }, opts);
  const workforceName = "workforce";
  const deadLetters = new DeadLetterQueue(
    "dead-letters",
    { place, key: keys.logs, alertTopicArn: alerts.arn, senders: (arn) => [ruleSends(arn, [emergencyRuleArn(place, workforceName)])] },
    opts,
  ).queue;
  const settings = {
    place,
    bundles,
    key: keys.logs,
    ...logging,
    network: network.functions,
    deadLetters,
    alertTopicArn: alerts.arn,
    ...(config.functions.reservedConcurrency !== undefined && { reservedConcurrency: config.functions.reservedConcurrency }),
    ...(config.functions.codeSigning && { codeSigning: new CodeSigning("code", { place, bucket: lake.models }, opts) }),
  };
  const analysis = new CaseAnalysis(
    "case-analysis",
    {
      settings,
      keys,
      lake,
      table,
      catalogue,
      image,
      network: network.jobs,
      rekognition: { ...config.rekognition, optOutPolicyId: shared.aiOptOutPolicyId },
      pipelineVersion,
    },
    opts,
  );
  const uploads = new UploadEvents("upload-events", { settings, raw: lake.raw, analysis, pipelineVersion }, opts);
  const { instanceType, minimumInstances: minimum, maximumInstances: maximum, capturePercent } = config.inference;
  const serving = { settings, lake, image, network: network.jobs };
  const endpoint = new RealTimeEndpoint("inference", { ...serving, instanceType, instances: { minimum, maximum }, capturePercent }, opts);
  if (config.asyncInference !== undefined) new AsyncEndpoint("segments", { ...serving, ...config.asyncInference }, opts);
  const api = new CaseApi("case-api", { settings, lake, table, endpoint, imageModel: catalogue.imageModel }, opts);

  new ModelRegistry("models", { place, removal, catalogue, readers: config.modelReaders }, opts);
  const training = new TrainingRoles(
    "training",
    { place, datasets: lake.datasets, models: lake.models, network: network.jobs, image, logKey: keys.logs, ...logging },
    opts,
  );
  if (config.people !== undefined) {
    new WorkforceRoles(workforceName, { place, people: config.people, buckets: lake, table, alertTopicArn: alerts.arn, deadLetterArn: deadLetters.arn }, opts);
  }
  if (config.studio !== undefined) {
    const notebooks = { vpcId: network.vpcId, network: network.jobs, key: keys.datasets, logKey: keys.logs, ...logging };
    new Studio("studio", { place, removal, ...notebooks, ...config.studio, statements: dataScientistStatements(place, lake) }, opts);
  }

  return {
    rawBucket: lake.raw.bucket,
    processedBucket: lake.processed.bucket,
    datasetsBucket: lake.datasets.bucket,
    modelsBucket: lake.models.bucket,
    caseTable: table.tableName,
    uploadQueueUrl: uploads.queueUrl,
    deadLetterQueueUrl: uploads.deadLetterQueueUrl,
    stateMachineArn: analysis.stateMachineArn,
    inferenceEndpoint: endpoint.endpointName,
    apiEndpoint: api.endpoint,
    alertTopicArn: alerts.arn,
    trainingPipelineRoleArn: training.pipelineRoleArn,
  };
}

/** Version of the platform; part of every run's identity, so a new version analyses anew what is sent again. */
function version(): string {
  return (JSON.parse(readFileSync("package.json", "utf8")) as { version: string }).version;
}

import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { CaseAnalysis } from "../components/analysis/case-analysis.ts";
import { RealTimeEndpoint } from "../components/analysis/real-time-endpoint.ts";
import { UploadEvents, uploadRuleName } from "../components/analysis/upload-events.ts";
import { bundleFunctions } from "../components/compute/function-bundles.ts";
import { CaseTable } from "../components/data/case-table.ts";
import { DataLake } from "../components/data/data-lake.ts";
import { CaseApi } from "../components/experience/case-api.ts";
import { DataKeys } from "../components/security/data-keys.ts";
import { readCatalogue } from "../models/catalogue.ts";
import { accountProvider } from "./accounts.ts";
import type { EnvironmentConfig } from "./config.ts";
import type { SharedOutputs } from "./shared.ts";

/** One environment: everything a video passes through, in one account. */
export function environment(config: EnvironmentConfig) {
  const place = { stack: pulumi.getStack(), accountId: config.account.id, region: config.region, organizationId: config.organization };
  const { removal, retention } = config;
  const opts = { provider: accountProvider("workload", place, config.account) };
  const pipelineVersion = version();
  const catalogue = readCatalogue();
  const bundles = bundleFunctions({ forUpdate: !pulumi.runtime.isDryRun() });
  const image = inferenceImage(config.shared);

  const keys = new DataKeys("keys", { place, removal, uploadRule: uploadRuleName(place) }, opts);
  const settings = { place, bundles, key: keys.logs, logRetentionDays: retention.logs };
  const lake = new DataLake(
    "lake",
    {
      place,
      removal,
      keys,
      retention: { noncurrentDays: retention.noncurrentVersions, accessLogDays: retention.accessLogs },
      browserOrigins: config.browserOrigins,
    },
    opts,
  );
  const table = new CaseTable("cases", { place, removal, key: keys.derived }, opts);
  const analysis = new CaseAnalysis("case-analysis", { settings, keys, lake, table, catalogue, image, rekognition: config.rekognition, pipelineVersion }, opts);
  const uploads = new UploadEvents("upload-events", { settings, raw: lake.raw, analysis, pipelineVersion }, opts);
  const endpoint = new RealTimeEndpoint("inference", { settings, lake, image, ...config.inference }, opts);
  const api = new CaseApi("case-api", { settings, lake, table, endpoint, imageModel: catalogue.imageModel }, opts);

  return {
    rawBucket: lake.raw.bucket,
    processedBucket: lake.processed.bucket,
    modelsBucket: lake.models.bucket,
    caseTable: table.tableName,
    uploadQueueUrl: uploads.queueUrl,
    deadLetterQueueUrl: uploads.deadLetterQueueUrl,
    stateMachineArn: analysis.stateMachineArn,
    inferenceEndpoint: endpoint.endpointName,
    apiEndpoint: api.endpoint,
  };
}

function inferenceImage(reference: string): { uri: pulumi.Output<string>; repositoryArn: pulumi.Output<string> } {
  const shared = new pulumi.StackReference(reference);
  const output = (name: keyof SharedOutputs) => shared.requireOutput(name) as pulumi.Output<string>;
  return { uri: output("inferenceImageUri"), repositoryArn: output("inferenceRepositoryArn") };
}

/** Version of the platform; part of every run's identity, so a new version analyses anew what is sent again. */
function version(): string {
  return (JSON.parse(readFileSync("package.json", "utf8")) as { version: string }).version;
}

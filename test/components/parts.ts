import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Admission } from "../../components/analysis/admission.ts";
import { CaseAnalysis } from "../../components/analysis/case-analysis.ts";
import { CaseDeletion, type CaseDeletionArgs } from "../../components/analysis/case-deletion.ts";
import { CaseExport } from "../../components/analysis/case-export.ts";
import { CaseReport } from "../../components/analysis/case-report.ts";
import { DeadLetterQueue } from "../../components/compute/dead-letter-queue.ts";
import { EncryptedQueue } from "../../components/compute/encrypted-queue.ts";
import { functionNames } from "../../components/compute/function-bundles.ts";
import type { FunctionSettings } from "../../components/compute/platform-function.ts";
import { CaseTable } from "../../components/data/case-table.ts";
import { DataLake } from "../../components/data/data-lake.ts";
import type { ComputeNetwork } from "../../components/network/compute-network.ts";
import { DataKeys } from "../../components/security/data-keys.ts";
import type { Model } from "../../contracts/model.ts";
import type { Catalogue } from "../../models/catalogue.ts";
import { place } from "./place.ts";

/** What components are built on, made once for a program. Function code is named, never read. */
export interface Parts {
  opts: { provider: aws.Provider };
  keys: DataKeys;
  settings: FunctionSettings;
  lake: DataLake;
  table: CaseTable;
}

/** The keys of an environment. */
export const dataKeys = (opts: { provider: aws.Provider }): DataKeys =>
  new DataKeys(
    "keys",
    {
      place,
      removal: "retain",
      uploadRule: "svp-unit-upload-events",
      imageRule: "svp-unit-image-drop",
      conversionTask: "conversion",
      alertPublishers: ["cloudwatch.amazonaws.com"],
    },
    opts,
  );

export function parts(opts: { provider: aws.Provider }): Parts {
  const keys = dataKeys(opts);
  const bundles = new Map(functionNames.map((name) => [name, new pulumi.asset.FileArchive(`bundles/${name}`)] as const));
  const deadLetters = new DeadLetterQueue("dead-letters", { place, key: keys.logs, alertTopicArn }, opts).queue;
  const settings = { place, bundles, key: keys.logs, logRetentionDays: 2192, network: functionNetwork, deadLetters, alertTopicArn };
  const lake = new DataLake(
    "lake",
    { place, removal: "retain", keys, retention: { noncurrentDays: 30, accessLogDays: 2192, sources: [] }, acceleratedUploads: false, browserOrigins: [] },
    opts,
  );
  const table = new CaseTable("cases", { place, removal: "retain", key: keys.derived }, opts);
  return { opts, keys, settings, lake, table };
}

/** Admission to an analysis. */
export const admission = (settings: FunctionSettings, keys: DataKeys, analysis: CaseAnalysis, opts: Parts["opts"]): Admission =>
  new Admission("admission", { settings, removal: "retain", key: keys.derived, analysis, leases: { interactive: 6, backfill: 3 } }, opts);

/** What takes videos that are to be analysed again. */
export const uploadEvents = ({ keys, opts }: Parts) => ({
  deadLetters: new EncryptedQueue("upload-events-queue-dead-letters", { place, key: keys.raw, retentionDays: 14 }, opts),
  queue: new EncryptedQueue("upload-events-queue", { place, key: keys.raw, retentionDays: 4 }, opts),
  pipelineVersion: "1",
});

/** Networks, as another component would make them. */
const networkOf = (use: string): ComputeNetwork => ({
  subnetIds: ["a", "b"].map((zone) => pulumi.output(`subnet-${zone}`)),
  securityGroupId: pulumi.output(`sg-${use}`),
});
export const functionNetwork = networkOf("functions");
export const jobNetwork = networkOf("jobs");
export const alertTopicArn = "arn:aws:sns:us-east-1:111111111111:svp-unit-alerts";

export const image = {
  uri: "444444444444.dkr.ecr.us-east-1.amazonaws.com/svp/inference@sha256:0",
  repositoryArn: "arn:aws:ecr:us-east-1:444444444444:repository/svp/inference",
};

export const detector: Model = {
  id: "instrument-detector",
  version: "1.0.0",
  name: "Instruments",
  sha256: "0".repeat(64),
  dataset: "drawn operations",
  syntheticOnly: true,
  input: { name: "pixels", width: 256, height: 256, fit: "stretch" },
  subject: "instrument",
  calibration: null,
  labels: ["grasper"],
  threshold: 0.5,
  task: "object-detection",
  outputs: { boxes: "boxes", scores: "scores", classes: "classes" },
};

/** A catalogue of one network, whose files are this test's own sources: nothing reads them as a network here. */
export const catalogue: Catalogue = {
  gate: {
    id: "gate",
    mode: "processing",
    models: [detector.id],
    required: true,
    sampleRate: 2,
    signals: false,
    instanceType: "ml.c5.xlarge",
    timeoutSeconds: 3600,
  },
  analysers: [
    {
      id: "frame-analysis",
      mode: "processing",
      models: [detector.id],
      required: true,
      sampleRate: 5,
      signals: true,
      instanceType: "ml.c5.xlarge",
      timeoutSeconds: 3600,
    },
  ],
  models: [{ model: detector, description: import.meta.filename, weights: import.meta.filename }],
  imageModel: detector,
};

/** The machines that work on cases, and the one that deletes them. */
export function machines({ settings, keys, lake, table, opts }: Parts, more: Partial<CaseDeletionArgs> = {}) {
  const { workflow: analysis } = new CaseAnalysis(
    "case-analysis",
    {
      ...{ settings, keys, lake, table, catalogue, image, network: jobNetwork },
      rekognition: { enabled: true, labels: false, pollSeconds: 45, optOutPolicyId: "p-optout0000" },
      analysesAtOnce: 4,
      scanned: false,
      pipelineVersion: "1",
    },
    opts,
  );
  const caseExport = new CaseExport("case-export", { settings, keys, lake, table, image, network: jobNetwork, instanceType: "ml.c5.xlarge" }, opts);
  const { workflow: report } = new CaseReport("case-report", { settings, keys, lake, table }, opts);
  const deletion = new CaseDeletion(
    "case-deletion",
    {
      ...{ settings, keys, lake, table, analysis, report, caseExport: caseExport.workflow },
      retentionDays: { clinical: 2557, research: 1096 },
      settleSeconds: 900,
      copies: { dailyDays: 35, monthlyDays: 2192, hasCopyRegion: true, hasAsyncEndpoints: true, modelCallDays: null },
      ...more,
    },
    opts,
  );
  return { analysis, caseExport, deletion };
}

import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { Admission } from "../../components/analysis/admission.ts";
import { AsyncEndpoint } from "../../components/analysis/async-endpoint.ts";
import { Backfill } from "../../components/analysis/backfill.ts";
import { CaseAnalysis } from "../../components/analysis/case-analysis.ts";
import { CaseExport } from "../../components/analysis/case-export.ts";
import { CaseReport } from "../../components/analysis/case-report.ts";
import { ImageDrop } from "../../components/analysis/image-drop.ts";
import { RealTimeEndpoint } from "../../components/analysis/real-time-endpoint.ts";
import { UploadEvents } from "../../components/analysis/upload-events.ts";
import { CodeSigning } from "../../components/compute/code-signing.ts";
import { bundleFunctions } from "../../components/compute/function-bundles.ts";
import type { FunctionSettings } from "../../components/compute/platform-function.ts";
import { PipelineDashboard } from "../../components/operations/pipeline-dashboard.ts";
import type { Catalogue } from "../../models/catalogue.ts";
import type { EnvironmentConfig } from "../config/environment.ts";
import type { SharedOutputs } from "../shared-outputs.ts";
import type { AccountSecurity } from "./account-security.ts";
import type { Data } from "./data.ts";
import type { Foundation } from "./foundation.ts";

/** What analyses videos. */
export interface Pipeline {
  readonly settings: FunctionSettings;
  readonly analysis: CaseAnalysis;
  readonly caseExport: CaseExport;
  readonly backfill: Backfill;
  readonly uploads: UploadEvents;
  readonly endpoint: RealTimeEndpoint;
  readonly dashboardUrl: pulumi.Output<string>;
}

/** From an upload to its analysis: the state machine with all it uses, what starts it, and the endpoints. */
export function pipeline(
  base: Foundation,
  { lake, table }: Data,
  { malwareProtection }: AccountSecurity,
  config: EnvironmentConfig,
  shared: SharedOutputs,
  catalogue: Catalogue,
): Pipeline {
  const { place, removal, opts, keys, network, alerts, deadLetters, logging } = base;
  const pipelineVersion = version();
  const settings: FunctionSettings = {
    place,
    bundles: bundleFunctions({ forUpdate: !pulumi.runtime.isDryRun() }),
    key: keys.logs,
    ...logging,
    network: network.functions,
    deadLetters,
    alertTopicArn: alerts.arn,
    ...(config.functions.reservedConcurrency !== undefined && { reservedConcurrency: config.functions.reservedConcurrency }),
    ...(config.functions.codeSigning && { codeSigning: new CodeSigning("code", { place, bucket: lake.models }, opts) }),
  };
  const image = { uri: shared.inferenceImageUri, repositoryArn: shared.inferenceRepositoryArn };
  const serving = { settings, lake, image, network: network.jobs };

  const rekognition = { ...config.rekognition, optOutPolicyId: shared.aiOptOutPolicyId };
  const analysis = new CaseAnalysis("case-analysis", { ...serving, keys, table, catalogue, rekognition, pipelineVersion }, opts);
  const caseExport = new CaseExport("case-export", { ...serving, keys, instanceType: catalogue.gate.instanceType }, opts);
  new CaseReport("case-report", { settings, keys, lake, table }, opts);
  const { startAfter, retrySeconds, toleratedFailures, ...leases } = config.admission;
  const admission = new Admission("admission", { settings, removal, key: keys.derived, analysis, leases }, opts);
  const uploads = new UploadEvents(
    "upload-events",
    {
      ...{ settings, raw: lake.raw, analysis, table, admission, retrySeconds, pipelineVersion },
      ...(startAfter === "scan" && { scannedBy: malwareProtection }),
    },
    opts,
  );
  const backfill = new Backfill(
    "backfill",
    { ...{ settings, keys, lake, table, analysis, admission, startAfter, pipelineVersion }, toleratedFailurePercentage: toleratedFailures },
    opts,
  );
  const { instanceType, minimumInstances: minimum, maximumInstances: maximum, capturePercent } = config.inference;
  const endpoint = new RealTimeEndpoint("inference", { ...serving, instanceType, instances: { minimum, maximum }, capturePercent }, opts);
  new ImageDrop("image-drop", { settings, lake, endpoint, imageModel: catalogue.imageModel }, opts);
  const asyncEndpoint = config.asyncInference && new AsyncEndpoint("segments", { ...serving, ...config.asyncInference }, opts);
  const { url: dashboardUrl } = new PipelineDashboard("dashboard", { settings, analysis, uploads, endpoint, ...(asyncEndpoint && { asyncEndpoint }) }, opts);
  return { settings, analysis, caseExport, backfill, uploads, endpoint, dashboardUrl };
}

/** Version of the platform; part of every run's identity, so a new version analyses anew what is sent again. */
function version(): string {
  return (JSON.parse(readFileSync("package.json", "utf8")) as { version: string }).version;
}

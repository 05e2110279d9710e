import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { Admission } from "../../components/analysis/admission.ts";
import { Backfill } from "../../components/analysis/backfill.ts";
import { CaseAnalysis } from "../../components/analysis/case-analysis.ts";
import { CaseDeletion } from "../../components/analysis/case-deletion.ts";
import { CaseExport } from "../../components/analysis/case-export.ts";
import { CaseReport } from "../../components/analysis/case-report.ts";
import { ImageDrop } from "../../components/analysis/image-drop.ts";
import { RealTimeEndpoint } from "../../components/analysis/real-time-endpoint.ts";
import type { ModelRoute, ReportLanguageModel } from "../../components/analysis/report-language-model.ts";
import { RetentionSweep } from "../../components/analysis/retention-sweep.ts";
import { UploadEvents } from "../../components/analysis/upload-events.ts";
import { CodeSigning } from "../../components/compute/code-signing.ts";
import { eventRate } from "../../components/compute/event-rate.ts";
import { bundleFunctions, functionsFor } from "../../components/compute/function-bundles.ts";
import type { FunctionSettings } from "../../components/compute/platform-function.ts";
import { DatasetBuilder } from "../../components/learning/dataset-builder.ts";
import { DriftWatch } from "../../components/learning/drift-watch.ts";
import { ModelDeployment, type ModelDeploymentArgs } from "../../components/learning/model-deployment.ts";
import { ModelPromotion } from "../../components/learning/model-promotion.ts";
import { Retraining } from "../../components/learning/retraining.ts";
import { StaleSweep } from "../../components/learning/stale-sweep.ts";
import type { ComputeNetwork } from "../../components/network/compute-network.ts";
import { PipelineDashboard } from "../../components/operations/pipeline-dashboard.ts";
import { ownModelRunner } from "../../contracts/report-cost.ts";
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
  readonly deletion: CaseDeletion;
  readonly backfill: Backfill;
  readonly datasets: DatasetBuilder;
  readonly deployment: ModelDeployment;
  readonly watch: DriftWatch;
  readonly retraining: Retraining;
  readonly sweep: StaleSweep;
  readonly uploads: UploadEvents;
  readonly endpoint: RealTimeEndpoint;
  /** Undefined where reports are written without one. */
  readonly languageModel: ReportLanguageModel | undefined;
  readonly dashboardUrl: pulumi.Output<string>;
}

/** From an upload to its analysis: the state machine with all it uses, what starts it, and the endpoints. */
export function pipeline(
  base: Foundation,
  { lake, table }: Data,
  { malwareProtection, imageProtection }: AccountSecurity,
  config: EnvironmentConfig,
  shared: SharedOutputs,
  catalogue: Catalogue,
): Pipeline {
  const { place, removal, opts, keys, network, alerts, deadLetters, logging } = base;
  const pipelineVersion = version();
  const settings: FunctionSettings = {
    place,
    bundles: bundleFunctions({
      names: functionsFor(catalogue.analysers, {
        model: config.report?.modelId !== undefined,
        thirdParty: config.report?.writer === "third-party",
        sweep: config.retention.sweep !== undefined,
        promotion: config.promotion !== undefined,
      }),
      forUpdate: !pulumi.runtime.isDryRun(),
    }),
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
  const route = modelRoute(config, network, shared);
  const drafts = { maxRedrafts: config.report?.maxRedrafts ?? 0, pictures: config.report?.pictures ?? 0 };
  const drafter = route && { route, ...drafts };
  const analysesAtOnce = config.admission.interactive + config.admission.backfill;
  const analysis = new CaseAnalysis(
    "case-analysis",
    {
      ...{ ...serving, keys, table, catalogue, rekognition, analysesAtOnce, pipelineVersion },
      scanned: config.admission.startAfter === "scan",
      ...(route && { report: { modelId: route.modelId, ...runBy(route), ...drafts } }),
    },
    opts,
  );
  const caseExport = new CaseExport("case-export", { ...serving, keys, table, instanceType: catalogue.gate.instanceType, codes: config.codes }, opts);
  const datasets = new DatasetBuilder("dataset-build", { ...serving, keys, table, instanceType: catalogue.gate.instanceType }, opts);
  const { watch: looks, quality, retraining: teaching, cleanUp } = config.learning;
  const models = catalogue.models.map(({ model }) => model);
  const { everyDays, ...drift } = looks;
  const retraining = new Retraining("retraining", { settings, keys, lake, table, datasets, models, ...teaching }, opts);
  const watch = new DriftWatch(
    "drift-watch",
    {
      ...{ settings, keys, lake, table, retraining, models: models.map(({ id }) => id), drift, quality },
      schedule: eventRate(everyDays, "day"),
    },
    opts,
  );
  const { workflow: report, languageModel } = new CaseReport("case-report", { settings, keys, lake, table, ...(drafter && { drafter }) }, opts);
  const { dailyDays, monthlyDays } = config.backup;
  const deletion = new CaseDeletion(
    "case-deletion",
    {
      ...{ settings, keys, lake, table, report, analysis: analysis.workflow, caseExport: caseExport.workflow },
      retentionDays: config.retention.cases,
      settleSeconds: config.retention.settleSeconds,
      copies: {
        ...{ dailyDays, monthlyDays, hasCopyRegion: config.copyRegion !== undefined },
        hasAsyncEndpoints: catalogue.analysers.some(({ endpoint }) => endpoint === "asynchronous"),
        modelCallDays: config.report?.modelId === undefined ? null : config.retention.accessLogs + config.retention.noncurrentVersions,
      },
    },
    opts,
  );
  if (config.retention.sweep !== undefined)
    new RetentionSweep("retention-sweep", { settings, table, deletion, retentionDays: config.retention.cases, ...config.retention.sweep }, opts);
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
    {
      ...{ settings, keys, lake, table, analysis, admission, startAfter, pipelineVersion },
      toleratedFailurePercentage: toleratedFailures,
      pollSeconds: rekognition.pollSeconds,
    },
    opts,
  );
  const { instanceType, minimumInstances: minimum, maximumInstances: maximum, capturePercent } = config.inference;
  const endpoint = new RealTimeEndpoint("inference", { ...serving, instanceType, instances: { minimum, maximum }, capturePercent }, opts);
  new ImageDrop(
    "image-drop",
    { ...{ settings, lake, endpoint, imageModel: catalogue.imageModel }, ...(startAfter === "scan" && { scannedBy: imageProtection }) },
    opts,
  );
  const endpoints: ModelDeploymentArgs["endpoints"] = [
    { endpoint: endpoint.renewable, models: [catalogue.imageModel.id] },
    ...analysis.segmentEndpoints.map(({ endpoint: { renewable }, models }) => ({ endpoint: renewable, models })),
  ];
  const { instanceType: trialInstance } = catalogue.gate;
  const deployment = new ModelDeployment("model-deployment", { ...serving, keys, catalogue, instanceType: trialInstance, endpoints }, opts);
  const sweep = new StaleSweep("stale-sweep", { settings, lake, deployment, models: models.map(({ id }) => id), ...cleanUp }, opts);
  if (config.promotion !== undefined) new ModelPromotion("model-promotion", { settings, keys, lake, catalogue, image, ...config.promotion }, opts);
  const { url: dashboardUrl } = new PipelineDashboard("dashboard", { settings, analysis, uploads, endpoint }, opts);
  return { settings, analysis, caseExport, deletion, backfill, datasets, deployment, sweep, watch, retraining, uploads, endpoint, languageModel, dashboardUrl };
}

/** Who runs a model, where that is not Bedrock and has no price for tokens: an own model's endpoint is paid for by the hour. */
const runBy = (route: ModelRoute): { vendor?: string } =>
  route.kind === "third-party" ? { vendor: route.thirdParty.vendor } : route.kind === "sagemaker" ? { vendor: ownModelRunner } : {};

/** Who runs the model that drafts; undefined where the template writes alone. */
function modelRoute(
  { report }: EnvironmentConfig,
  { jobs, outside }: { readonly jobs: ComputeNetwork; readonly outside?: ComputeNetwork | undefined },
  { languageModelImageUri: uri, languageModelRepositoryArn: repositoryArn }: SharedOutputs,
): ModelRoute | undefined {
  if (report?.modelId === undefined) return undefined;
  const { modelId, thirdParty, endpoint } = report;
  if (report.writer === "bedrock") return { kind: "bedrock", modelId };
  if (report.writer === "sagemaker") {
    if (endpoint === undefined || uri === undefined || repositoryArn === undefined)
      throw new pulumi.RunError("A model of one's own needs an endpoint, and an image.");
    return { kind: "sagemaker", modelId, model: endpoint, image: { uri, repositoryArn }, network: jobs };
  }
  if (thirdParty === undefined || outside === undefined) throw new pulumi.RunError("A third party needs its agreement, and a way to it.");
  return { kind: "third-party", modelId, thirdParty, network: outside };
}

/** Version of the platform; part of every run's identity, so a new version analyses anew what is sent again. */
function version(): string {
  return (JSON.parse(readFileSync("package.json", "utf8")) as { version: string }).version;
}

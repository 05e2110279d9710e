import { type Catalogue, readCatalogue } from "../../models/catalogue.ts";
import type { EnvironmentConfig } from "../config/environment.ts";
import { sharedOutputs } from "../shared-outputs.ts";
import { accountSecurity } from "./account-security.ts";
import { data } from "./data.ts";
import { foundation } from "./foundation.ts";
import { learning } from "./learning.ts";
import { pipeline } from "./pipeline.ts";
import { site } from "./site.ts";

/** One environment: everything a video passes through, in one account. */
export function environment(config: EnvironmentConfig, catalogue: Catalogue = readCatalogue()) {
  const shared = sharedOutputs(config.shared, { languageModel: config.report?.writer === "sagemaker" });

  const base = foundation(config);
  const stored = data(base, config);
  const security = accountSecurity(base, stored, config, shared);
  const analysed = pipeline(base, stored, security, config, shared, catalogue);
  const reached = site(base, stored, analysed, config, catalogue);
  const { training, experiments } = learning(base, stored, analysed, config, shared, catalogue);

  const { lake, table } = stored;
  return {
    // For people.
    siteUrl: reached.site.url,
    siteDistribution: reached.site.distributionDomainName,
    dashboardUrl: analysed.dashboardUrl,
    alertTopicArn: base.alerts.arn,
    userPoolId: reached.signIn.userPoolId,
    playbackPrivateKeySecretArn: reached.playbackKeys.privateKeySecretArn,
    // For uploads and results.
    rawBucket: lake.raw.bucket,
    processedBucket: lake.processed.bucket,
    datasetsBucket: lake.datasets.bucket,
    modelsBucket: lake.models.bucket,
    webBucket: reached.site.web.bucket,
    caseTable: table.tableName,
    uploadQueueUrl: analysed.uploads.queue.url,
    deadLetterQueueUrl: analysed.uploads.deadLetters.url,
    stateMachineArn: analysed.analysis.stateMachineArn,
    deletionMachineArn: analysed.deletion.workflow.stateMachineArn,
    recordsBucket: lake.records.bucket,
    caseRetentionDays: JSON.stringify(config.retention.cases),
    datasetMachineArn: analysed.datasets.workflow.stateMachineArn,
    deploymentMachineArn: analysed.deployment.workflow.stateMachineArn,
    driftMachineArn: analysed.watch.workflow.stateMachineArn,
    retrainingMachineArn: analysed.retraining.workflow.stateMachineArn,
    staleSweepFunction: analysed.sweep.functionName,
    experimentsMachineArn: experiments.workflow.stateMachineArn,
    backfillMachineArn: analysed.backfill.workflow.stateMachineArn,
    inferenceEndpoint: analysed.endpoint.endpointName,
    apiEndpoint: reached.api.endpoint,
    trainingPipelineRoleArn: training.pipelineRoleArn,
  };
}

import { BudgetAlerts } from "../../components/operations/budget-alerts.ts";
import { archivePrefixes } from "../../components/organization/log-archive.ts";
import { AccountBaseline } from "../../components/security/account-baseline.ts";
import { ConfigurationRecorder } from "../../components/security/configuration-recorder.ts";
import { ConformancePacks } from "../../components/security/conformance-packs.ts";
import { MalwareProtection } from "../../components/security/malware-protection.ts";
import { SensitiveDataDiscovery } from "../../components/security/sensitive-data-discovery.ts";
import { droppedImagesPrefix, rawVideosPrefix } from "../../contracts/keys.ts";
import type { EnvironmentConfig } from "../config/environment.ts";
import type { SharedOutputs } from "../shared-outputs.ts";
import type { Data } from "./data.ts";
import type { Foundation } from "./foundation.ts";

export interface AccountSecurity {
  /** Scan videos that are uploaded, and images that are put into the lake. */
  readonly malwareProtection: MalwareProtection;
  readonly imageProtection: MalwareProtection;
}

/** What watches the account, whatever is made in it. The organisation's own watchers are in stack `shared`. */
export function accountSecurity(
  { place, upkeep, opts, keys, alerts }: Foundation,
  { lake, calls }: Data,
  config: EnvironmentConfig,
  shared: SharedOutputs,
): AccountSecurity {
  new AccountBaseline("baseline", { place, diskKey: keys.derived }, opts);
  const otherRegions = config.copyRegion === undefined ? [] : [config.copyRegion];
  const archive = { archiveBucket: shared.logArchiveBucket, archiveKeyArn: shared.logArchiveKeyArn, archivePrefix: archivePrefixes.configuration };
  const recorder = new ConfigurationRecorder("recorder", { place, otherRegions, ...archive }, opts);
  new ConformancePacks("conformance", { place, recorder }, opts);
  const malwareProtection = new MalwareProtection("malware-protection", { place: upkeep, bucket: lake.raw, prefix: rawVideosPrefix }, opts);
  const imageProtection = new MalwareProtection("image-protection", { place: upkeep, bucket: lake.processed, prefix: droppedImagesPrefix }, opts);
  new SensitiveDataDiscovery("discovery", { place, buckets: [lake.processed, lake.datasets, lake.models, ...(calls ? [calls] : [])] }, opts);
  const { monthlyDollars, teams } = config.alerts;
  new BudgetAlerts("budget", { place, monthlyDollars, ...(teams && { teams }), alertTopicArn: alerts.arn }, opts);
  return { malwareProtection, imageProtection };
}

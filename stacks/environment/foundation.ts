import type * as pulumi from "@pulumi/pulumi";
import { admissionRuleArn } from "../../components/analysis/admission.ts";
import { followRuleName } from "../../components/analysis/case-analysis.ts";
import { conversionTaskName } from "../../components/analysis/conversion.ts";
import { imageRuleName } from "../../components/analysis/image-drop.ts";
import { modelArn } from "../../components/analysis/report-models.ts";
import { sweepRuleArn } from "../../components/analysis/retention-sweep.ts";
import { uploadRuleName } from "../../components/analysis/upload-events.ts";
import { DeadLetterQueue } from "../../components/compute/dead-letter-queue.ts";
import type { EncryptedQueue } from "../../components/compute/encrypted-queue.ts";
import { EncryptedTopic } from "../../components/compute/encrypted-topic.ts";
import { type Bounded, PermissionsBoundary } from "../../components/identity/permissions-boundary.ts";
import { emergencyRuleArn } from "../../components/identity/workforce-roles.ts";
import { driftScheduleName } from "../../components/learning/drift-watch.ts";
import { promotionSourceRoleArn } from "../../components/learning/promotion-source.ts";
import { retrainingRuleArns } from "../../components/learning/retraining.ts";
import { staleSweepRuleArn } from "../../components/learning/stale-sweep.ts";
import { Network } from "../../components/network/network.ts";
import { eventRuleArn, type Place, type Removal } from "../../components/place.ts";
import { DataKeys } from "../../components/security/data-keys.ts";
import { ruleSends } from "../../components/security/policy.ts";
import { accountProvider, placeIn } from "../accounts.ts";
import type { EnvironmentConfig } from "../config/environment.ts";

/** What everything else of an environment stands on. */
export interface Foundation {
  readonly place: Place;
  /** The same place for what AWS's services do to keep it: their roles have a boundary of their own. */
  readonly upkeep: Place;
  readonly removal: Removal;
  /** Every component's: the provider of the environment's account. */
  readonly opts: pulumi.ComponentResourceOptions;
  readonly keys: DataKeys;
  readonly network: Network;
  /** Tells people. */
  readonly alerts: EncryptedTopic;
  /** Takes what functions and rules could not deliver. */
  readonly deadLetters: EncryptedQueue;
  readonly logging: { readonly logRetentionDays: number };
}

/** Name of the roles of people, which their alarm is known by. */
export const workforceName = "workforce";

/** AWS services that tell people of what happens. */
const alertPublishers = [
  "backup.amazonaws.com",
  "budgets.amazonaws.com",
  "cloudwatch.amazonaws.com",
  "costalerts.amazonaws.com",
  "events.amazonaws.com",
] as const;

/** The account, the bound of its roles, keys, network, and who is told what. */
export function foundation(config: EnvironmentConfig): Foundation {
  const { account, removal, retention } = config;
  const unbounded = placeIn(account, config);
  const opts = { provider: accountProvider("workload", unbounded, account, config) };
  const bound = (name: string, bounds: Bounded): Place => {
    const copyRegions = config.copyRegion === undefined ? [] : [config.copyRegion];
    const { labels } = config.rekognition;
    const { writer, modelId } = config.report ?? {};
    const models = writer === "bedrock" && modelId !== undefined ? [modelArn(config.region, modelId)] : [];
    const guardrail = modelId !== undefined;
    const roles = config.promotion === undefined ? [] : [promotionSourceRoleArn(config.promotion.from)];
    return {
      ...unbounded,
      permissionsBoundary: new PermissionsBoundary(name, { bounds, place: unbounded, copyRegions, labels, models, guardrail, roles }, opts).arn,
    };
  };
  const place = bound("boundary", "workload");
  const upkeep = bound("upkeep-boundary", "upkeep");
  const logging = { logRetentionDays: retention.logs };

  const keys = new DataKeys(
    "keys",
    { place, removal, uploadRule: uploadRuleName(place), imageRule: imageRuleName(place), conversionTask: conversionTaskName, alertPublishers },
    opts,
  );
  const { cidr, zones, nat, endpoints: interfaceServices } = config.network;
  const network = new Network(
    "network",
    { place, cidr, zones, nat, interfaceServices, outsideCaller: config.report?.writer === "third-party", logKey: keys.logs, ...logging },
    opts,
  );
  const alerts = new EncryptedTopic("alerts", { place, key: keys.logs, publishers: alertPublishers, emails: config.alerts.emails }, opts);
  const sweepRules = retention.sweep === undefined ? [] : [sweepRuleArn(place)];
  const promotionRules = config.promotion === undefined ? [] : [eventRuleArn(place, "model-promotion-schedule")];
  const learningRules = [eventRuleArn(place, driftScheduleName), ...retrainingRuleArns(place), staleSweepRuleArn(place), ...promotionRules];
  const rules = [admissionRuleArn(place), emergencyRuleArn(place, workforceName), ...sweepRules, ...learningRules];
  for (const name of [followRuleName, "case-report", "model-deployment"]) rules.push(eventRuleArn(place, name));
  const senders = (arn: string) => [ruleSends(arn, rules)];
  const { queue: deadLetters } = new DeadLetterQueue("dead-letters", { place, key: keys.logs, alertTopicArn: alerts.arn, senders }, opts);
  return { place, upkeep, removal, opts, keys, network, alerts, deadLetters, logging };
}

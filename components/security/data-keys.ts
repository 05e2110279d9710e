import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { fargateUsesKey } from "../compute/fargate-task.ts";
import type { Place, Removal } from "../place.ts";
import { cloudFrontUsesKey, EncryptionKey, logDeliveryUsesKey, logsUseKey, ruleUsesKey, servicesUseKey } from "./encryption-key.ts";
import type { ResourceStatement } from "./policy.ts";
import { macieReadsWithKey } from "./sensitive-data-discovery.ts";

export interface DataKeysArgs {
  place: Place;
  removal: Removal;
  /** Names of the EventBridge rules whose events wait in encrypted queues: of uploaded videos, and of single images. */
  uploadRule: string;
  imageRule: string;
  /** The task whose disk holds uploaded videos. */
  conversionTask: string;
  /** AWS services that publish to the topic of alerts, which the logs' key encrypts. */
  alertPublishers: readonly `${string}.amazonaws.com`[];
}

/** One customer-managed key per class of data, so that access to one class never opens another. */
export class DataKeys extends PlatformComponent {
  /** Uploaded videos, and the events that announce them. */
  readonly raw: EncryptionKey;
  /** Everything made from videos: renditions, results, case items, executions. */
  readonly derived: EncryptionKey;
  /** Frames and corrections that networks are trained on. */
  readonly datasets: EncryptionKey;
  /** Networks. */
  readonly models: EncryptionKey;
  /** Logs, alerts and the functions' configuration. */
  readonly logs: EncryptionKey;

  constructor(name: string, args: DataKeysArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:security:DataKeys", name, opts);
    const { place, removal } = args;
    const key = (dataClass: string, description: string, services: readonly ResourceStatement[] = []) =>
      new EncryptionKey(this.childName(dataClass), { place, removal, description, services }, { parent: this });

    this.raw = key("raw", "Uploaded videos", [ruleUsesKey(place, args.uploadRule), ...fargateUsesKey(place, args.conversionTask)]);
    this.derived = key("derived", "Renditions, results and cases", [
      ruleUsesKey(place, args.imageRule),
      logDeliveryUsesKey(place),
      cloudFrontUsesKey(place),
      macieReadsWithKey(place),
    ]);
    this.datasets = key("datasets", "Training data", [macieReadsWithKey(place)]);
    this.models = key("models", "Networks", [macieReadsWithKey(place)]);
    this.logs = key("logs", "Logs and configuration of functions", [logsUseKey(place), servicesUseKey(place, args.alertPublishers)]);
    this.registerOutputs({ raw: this.raw.arn, derived: this.derived.arn, datasets: this.datasets.arn, models: this.models.arn, logs: this.logs.arn });
  }
}

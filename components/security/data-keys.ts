import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import type { Place, Removal } from "../place.ts";
import { EncryptionKey, logDeliveryUsesKey, logsUseKey, ruleUsesKey } from "./encryption-key.ts";

export interface DataKeysArgs {
  place: Place;
  removal: Removal;
  /** Name of the EventBridge rule whose events wait in an encrypted queue. */
  uploadRule: string;
}

/** One customer-managed key per class of data, so that access to one class never opens another. */
export class DataKeys extends PlatformComponent {
  /** Uploaded videos, and the events that announce them. */
  readonly raw: EncryptionKey;
  /** Everything made from videos: renditions, results, case items, executions. */
  readonly derived: EncryptionKey;
  /** Networks. */
  readonly models: EncryptionKey;
  /** Logs and the functions' configuration. */
  readonly logs: EncryptionKey;

  constructor(name: string, args: DataKeysArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:security:DataKeys", name, opts);
    const { place, removal } = args;
    const key = (dataClass: string, description: string, services: ReturnType<typeof logsUseKey>[] = []) =>
      new EncryptionKey(this.childName(dataClass), { place, removal, description, services }, { parent: this });

    this.raw = key("raw", "Uploaded videos", [ruleUsesKey(place, args.uploadRule)]);
    this.derived = key("derived", "Renditions, results and cases", [logDeliveryUsesKey(place)]);
    this.models = key("models", "Networks");
    this.logs = key("logs", "Logs and configuration of functions", [logsUseKey(place)]);
    this.registerOutputs({ raw: this.raw.arn, derived: this.derived.arn, models: this.models.arn, logs: this.logs.arn });
  }
}

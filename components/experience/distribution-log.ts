import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName } from "../place.ts";
import type { EncryptionKey } from "../security/encryption-key.ts";

export interface DistributionLogArgs {
  place: Place;
  /** Name of the distribution within the stack. */
  distribution: string;
  distributionArn: pulumi.Input<string>;
  /** Encrypts the log. Must lie in us-east-1. */
  key: EncryptionKey;
  retentionDays: number;
}

/** What the access log holds of a request: no query, no cookie, no page that led here. */
const loggedFields = [
  "date",
  "time",
  "x-edge-location",
  "x-edge-request-id",
  "x-edge-result-type",
  "c-ip",
  "cs-method",
  "cs-uri-stem",
  "sc-status",
  "sc-bytes",
  "time-taken",
  "ssl-protocol",
  "ssl-cipher",
];

/**
 * The access log of a distribution. CloudFront delivers it from us-east-1, wherever the stack is (CloudFront Developer Guide,
 * "Configure standard logging (v2)"). HIPAA 164.312(b), 164.502(b).
 */
export class DistributionLog extends PlatformComponent {
  constructor(name: string, { place, distribution, distributionArn, key, retentionDays }: DistributionLogArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:experience:DistributionLog", name, opts);
    const edge = { region: "us-east-1" };
    const fullName = physicalName(place, distribution);

    const log = new aws.cloudwatch.LogGroup(
      name,
      { ...edge, name: `/aws/vendedlogs/cloudfront/${fullName}`, kmsKeyId: key.arn, retentionInDays: retentionDays },
      this.child(),
    );
    const source = new aws.cloudwatch.LogDeliverySource(
      this.childName("source"),
      { ...edge, name: fullName, logType: "ACCESS_LOGS", resourceArn: distributionArn },
      this.child(),
    );
    const destination = new aws.cloudwatch.LogDeliveryDestination(
      this.childName("destination"),
      { ...edge, name: fullName, outputFormat: "json", deliveryDestinationConfiguration: { destinationResourceArn: log.arn } },
      this.child(),
    );
    new aws.cloudwatch.LogDelivery(
      this.childName("delivery"),
      { ...edge, deliverySourceName: source.name, deliveryDestinationArn: destination.arn, recordFields: loggedFields },
      this.child(),
    );
    this.registerOutputs();
  }
}

import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import { type Place, physicalName, regionalArn } from "../place.ts";
import type { EncryptionKey } from "../security/encryption-key.ts";
import { allow } from "../security/policy.ts";
import { ServiceRole } from "../security/service-role.ts";

export interface FlowLogArgs {
  place: Place;
  vpcId: pulumi.Input<string>;
  /** Encrypts the log. */
  key: EncryptionKey;
  logRetentionDays: number;
}

/** Who talked to whom in the network, let through or not. HIPAA 164.312(b). */
export class FlowLog extends PlatformComponent {
  constructor(name: string, { place, vpcId, key, logRetentionDays }: FlowLogArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:network:FlowLog", name, opts);
    const groupName = `/aws/vpc/${physicalName(place, name)}`;

    const group = new aws.cloudwatch.LogGroup(this.childName("log"), { name: groupName, kmsKeyId: key.arn, retentionInDays: logRetentionDays }, this.child());
    const role = new ServiceRole(
      this.childName("role"),
      {
        place,
        service: "vpc-flow-logs.amazonaws.com",
        sourceArn: regionalArn(place, "ec2", "vpc-flow-log/*"),
        // As the VPC User Guide asks ("IAM role for publishing flow logs to CloudWatch Logs"), but for making a group: it would have no key.
        statements: [
          allow("FindLog", ["logs:DescribeLogGroups"], [regionalArn(place, "logs", "log-group:*")]),
          allow("WriteLog", ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"], [regionalArn(place, "logs", `log-group:${groupName}:*`)]),
        ],
      },
      { parent: this },
    );
    new aws.ec2.FlowLog(
      name,
      { vpcId, trafficType: "ALL", logDestinationType: "cloud-watch-logs", logDestination: group.arn, iamRoleArn: role.arn, maxAggregationInterval: 60 },
      this.child(),
    );
    this.registerOutputs();
  }
}

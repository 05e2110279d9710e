import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import type { ServiceEndpoints } from "./service-endpoints.ts";

export interface ComputeGroupArgs {
  vpcId: pulumi.Input<string>;
  /** What runs in it, in words. */
  description: string;
  endpoints: ServiceEndpoints;
  /** Whether it may call the internet, over TLS too. @default false */
  internet?: boolean;
}

/**
 * Security group of compute that works on patients' data: nobody may call it, and it reaches AWS services over TLS and
 * nothing else, but for what must call somebody outside and reads no such data. Not even two containers of one job talk to each other: a training job on several instances would need a rule
 * of the group with itself. HIPAA 164.312(e)(1).
 */
export class ComputeGroup extends PlatformComponent {
  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, { vpcId, description, endpoints, internet = false }: ComputeGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:network:ComputeGroup", name, opts);

    const group = new aws.ec2.SecurityGroup(name, { vpcId, description, revokeRulesOnDelete: true, tags: { Name: name } }, this.child());
    const https = { ipProtocol: "tcp", fromPort: 443, toPort: 443 };
    for (const [target, where] of Object.entries({
      endpoints: { referencedSecurityGroupId: endpoints.securityGroupId },
      s3: { prefixListId: endpoints.prefixListIds.s3 },
      dynamodb: { prefixListId: endpoints.prefixListIds.dynamodb },
      ...(internet && { internet: { cidrIpv4: "0.0.0.0/0" } }),
    })) {
      new aws.vpc.SecurityGroupEgressRule(
        this.childName(`to-${target}`),
        { securityGroupId: group.id, description: `To ${target}`, ...https, ...where },
        this.child(),
      );
    }
    new aws.vpc.SecurityGroupIngressRule(
      this.childName("into-endpoints"),
      { securityGroupId: endpoints.securityGroupId, description: `From ${name}`, ...https, referencedSecurityGroupId: group.id },
      this.child(),
    );

    this.securityGroupId = group.id;
    this.registerOutputs({ securityGroupId: this.securityGroupId });
  }
}

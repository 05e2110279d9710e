import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { PlatformComponent } from "../component.ts";
import type { Place } from "../place.ts";
import { policyDocument } from "../security/policy.ts";
import { dynamoDbPolicy, type InterfaceService, interfacePolicy, s3Policy } from "./endpoint-policies.ts";

export interface ServiceEndpointsArgs {
  place: Place;
  vpcId: pulumi.Input<string>;
  /** Where interface endpoints get their addresses. */
  subnetIds: readonly pulumi.Input<string>[];
  /** Tables that lead to S3 and DynamoDB. */
  routeTableIds: readonly pulumi.Input<string>[];
  interfaceServices: readonly InterfaceService[];
}

/** The ways from the network to AWS services that do not leave AWS's own network. HIPAA 164.312(e)(1). */
export class ServiceEndpoints extends PlatformComponent {
  readonly s3EndpointId: pulumi.Output<string>;
  /** Address ranges of S3 and DynamoDB. */
  readonly prefixListIds: { readonly s3: pulumi.Output<string>; readonly dynamodb: pulumi.Output<string> };
  /** Guards the interface endpoints; who may reach them must be let in. */
  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: ServiceEndpointsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("svp:network:ServiceEndpoints", name, opts);
    const { place, vpcId } = args;
    const serviceName = (service: string): string => `com.amazonaws.${place.region}.${service}`;

    const [s3, dynamodb] = (["s3", "dynamodb"] as const).map(
      (service) =>
        new aws.ec2.VpcEndpoint(
          this.childName(service),
          {
            vpcId,
            serviceName: serviceName(service),
            vpcEndpointType: "Gateway",
            routeTableIds: [...args.routeTableIds],
            policy: policyDocument(service === "s3" ? s3Policy(place) : dynamoDbPolicy(place)),
            tags: { Name: this.childName(service) },
          },
          this.child(),
        ),
    ) as [aws.ec2.VpcEndpoint, aws.ec2.VpcEndpoint];
    const group = new aws.ec2.SecurityGroup(
      this.childName("group"),
      { vpcId, description: "Interface endpoints of AWS services", revokeRulesOnDelete: true, tags: { Name: name } },
      this.child(),
    );
    for (const service of args.interfaceServices) {
      new aws.ec2.VpcEndpoint(
        this.childName(service.replace(".", "-")),
        {
          vpcId,
          serviceName: serviceName(service),
          vpcEndpointType: "Interface",
          privateDnsEnabled: true,
          subnetIds: [...args.subnetIds],
          securityGroupIds: [group.id],
          policy: policyDocument(interfacePolicy(place, service)),
          tags: { Name: this.childName(service.replace(".", "-")) },
        },
        this.child(),
      );
    }

    this.s3EndpointId = s3.id;
    this.prefixListIds = { s3: s3.prefixListId, dynamodb: dynamodb.prefixListId };
    this.securityGroupId = group.id;
    this.registerOutputs({ s3EndpointId: this.s3EndpointId, securityGroupId: this.securityGroupId });
  }
}

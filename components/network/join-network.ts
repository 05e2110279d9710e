import * as pulumi from "@pulumi/pulumi";
import { type Place, regionalArn } from "../place.ts";
import { allow, type Statement } from "../security/policy.ts";
import type { ComputeNetwork } from "./compute-network.ts";

/**
 * Statements that let SageMaker join a job or an endpoint to its network with the role it runs as. What only describes
 * names no resource (Amazon SageMaker Developer Guide, "CreateTrainingJob API: execution role permissions", with a VPC).
 */
export function joinNetwork(place: Place, network: ComputeNetwork): Statement[] {
  const interfaces = regionalArn(place, "ec2", "network-interface/*");
  const subnets = network.subnetIds.map((id) => pulumi.interpolate`${regionalArn(place, "ec2", "subnet/")}${id}`);
  const securityGroup = pulumi.interpolate`${regionalArn(place, "ec2", "security-group/")}${network.securityGroupId}`;
  return [
    allow("CreateInterfaces", ["ec2:CreateNetworkInterface"], [interfaces, securityGroup, ...subnets]),
    allow("HandInterfacesOver", ["ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface", "ec2:DeleteNetworkInterfacePermission"], [interfaces], {
      ArnEquals: { "ec2:Subnet": subnets },
    }),
    allow(
      "LookAtNetwork",
      ["ec2:DescribeDhcpOptions", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"],
      ["*"],
    ),
  ];
}

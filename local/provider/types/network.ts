import type { Cloud } from "../../cloud.ts";
import { arn, hexOf, type Place, type ResourceType } from "../resource-type.ts";

/** `vpc-0a1b...`: a prefix and 17 digits, as EC2 gives them. */
const idOf = (prefix: string, place: Place): string => `${prefix}-0${hexOf(place.urn, 16)}`;

/** A resource of EC2 with an id of its own and, if `resource` names one, an ARN. Nothing here routes packets. */
const ec2 = (prefix: string, resource?: string, more: (id: string, place: Place) => object = () => ({})): ResourceType<Cloud> => ({
  computed: (_inputs, place) => {
    const id = idOf(prefix, place);
    return { id, ...(resource && { arn: arn("ec2", place, `${resource}/${id}`), ownerId: place.accountId }), ...more(id, place) };
  },
});

const rule: ResourceType<Cloud> = {
  computed: (_inputs, place) => {
    const id = idOf("sgr", place);
    return { id, arn: arn("ec2", place, `security-group-rule/${id}`), securityGroupRuleId: id };
  },
};

/** EC2: networks. */
export const networkTypes: Record<string, ResourceType<Cloud>> = {
  "aws:ec2/vpc:Vpc": ec2("vpc", "vpc", (_id, place) => ({
    defaultNetworkAclId: `acl-0${hexOf(`${place.urn} acl`, 16)}`,
    defaultRouteTableId: `rtb-0${hexOf(`${place.urn} rtb`, 16)}`,
    defaultSecurityGroupId: `sg-0${hexOf(`${place.urn} sg`, 16)}`,
    mainRouteTableId: `rtb-0${hexOf(`${place.urn} rtb`, 16)}`,
    dhcpOptionsId: `dopt-0${hexOf(place.accountId, 16)}`,
  })),
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": ec2("sg", "security-group", () => ({ name: "default", description: "default VPC security group" })),
  "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": {
    computed: (inputs, place) => {
      const id = String(inputs["defaultNetworkAclId"]);
      return { id, arn: arn("ec2", place, `network-acl/${id}`), ownerId: place.accountId };
    },
  },
  "aws:ec2/subnet:Subnet": ec2("subnet", "subnet"),
  "aws:ec2/routeTable:RouteTable": ec2("rtb", "route-table"),
  "aws:ec2/routeTableAssociation:RouteTableAssociation": ec2("rtbassoc"),
  "aws:ec2/route:Route": {
    computed: (inputs, place) => ({
      id: `r-${inputs["routeTableId"]}${hexOf(place.urn, 10)}`,
      origin: "CreateRoute",
      state: "active",
    }),
  },
  "aws:ec2/networkAcl:NetworkAcl": ec2("acl", "network-acl"),
  "aws:ec2/internetGateway:InternetGateway": ec2("igw", "internet-gateway"),
  "aws:ec2/eip:Eip": ec2("eipalloc", "elastic-ip", (id) => ({ allocationId: id })),
  "aws:ec2/natGateway:NatGateway": ec2("nat"),
  "aws:ec2/securityGroup:SecurityGroup": {
    computed: (inputs, place) => {
      const id = idOf("sg", place);
      return {
        id,
        arn: arn("ec2", place, `security-group/${id}`),
        ownerId: place.accountId,
        name: String(inputs["name"] ?? `${place.name}-${hexOf(place.urn, 7)}`),
      };
    },
  },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": rule,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": rule,
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    computed: (inputs, place) => {
      const id = idOf("vpce", place);
      const prefixList = inputs["vpcEndpointType"] === "Gateway" && { prefixListId: `pl-${hexOf(place.urn, 8)}` };
      return { id, arn: arn("ec2", place, `vpc-endpoint/${id}`), ownerId: place.accountId, state: "available", ...prefixList };
    },
  },
  "aws:ec2/flowLog:FlowLog": ec2("fl", "vpc-flow-log"),
};

import { all, free, type IdleRules, priced } from "../charge.ts";
import { monthHours, prices } from "../prices.ts";

const ec2 = (...kinds: string[]): string[] => kinds.map((kind) => `aws:ec2/${kind[0]!.toLowerCase()}${kind.slice(1)}:${kind}`);

/** Networks. Traffic is billed where it passes a NAT gateway, an interface endpoint or the edge of a zone. */
export const networkRules: IdleRules = {
  ...all(
    free,
    ...ec2("Vpc", "Subnet", "RouteTable", "Route", "RouteTableAssociation", "MainRouteTableAssociation", "DefaultRouteTable"),
    ...ec2("InternetGateway", "InternetGatewayAttachment", "EgressOnlyInternetGateway", "VpcDhcpOptions", "VpcDhcpOptionsAssociation"),
    ...ec2("NetworkAcl", "NetworkAclRule", "NetworkAclAssociation", "DefaultNetworkAcl"),
    ...ec2("SecurityGroup", "SecurityGroupRule", "DefaultSecurityGroup", "ManagedPrefixList", "ManagedPrefixListEntry"),
    ...ec2("VpcEndpointPolicy", "VpcEndpointRouteTableAssociation", "VpcBlockPublicAccessOptions", "EipAssociation"),
    ...ec2("FlowLog", "ImageBlockPublicAccess", "InstanceMetadataDefaults", "SerialConsoleAccess"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "aws:ebs/encryptionByDefault:EncryptionByDefault",
    "aws:ebs/defaultKmsKey:DefaultKmsKey",
    "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess",
    "aws:route53/record:Record",
  ),
  "aws:ec2/natGateway:NatGateway": priced(() => [{ what: "NAT gateway", price: prices.natGateway, quantity: monthHours }], "GB that pass"),
  "aws:ec2/eip:Eip": priced(() => [{ what: "public IPv4 address", price: prices.publicAddress, quantity: monthHours }]),
  "aws:ec2/vpcEndpoint:VpcEndpoint": priced(({ inputs }) => {
    const kind = inputs["vpcEndpointType"] ?? "Gateway";
    if (kind === "Gateway") return [];
    const zones = (inputs["subnetIds"] as unknown[] | undefined)?.length ?? 0;
    if (kind !== "Interface" || zones === 0)
      throw new Error(`is an endpoint of type ${kind} in ${zones} subnets; only interface endpoints that name their subnets have a price here.`);
    return [{ what: "interface endpoint, each zone", price: prices.interfaceEndpoint, quantity: zones * monthHours }];
  }, "GB that pass"),
  "aws:route53/zone:Zone": priced(() => [{ what: "hosted zone", price: prices.hostedZone, quantity: 1 }], "queries"),
};

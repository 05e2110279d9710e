import type { PolicyResource, ResourceValidationArgs } from "@pulumi/policy";
import { refersTo } from "../../relations.ts";

type Properties = Readonly<Record<string, unknown>>;

/** What a security group lets in or out. */
export interface Traffic {
  readonly direction: "ingress" | "egress";
  /** `tcp`, `udp`, `-1` for all, or a number. */
  readonly protocol: string;
  readonly fromPort: number | undefined;
  readonly toPort: number | undefined;
  /** Ranges of addresses. */
  readonly ranges: readonly string[];
}

const groups = ["aws:ec2/securityGroup:SecurityGroup", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"];

/** What a resource says of the traffic of security groups, whichever of the three ways it says it; not applicable to any other resource. */
export function trafficOf(args: ResourceValidationArgs, direction: Traffic["direction"]): Traffic[] {
  return trafficIn(args, direction) ?? args.notApplicable(`The resource says nothing of a security group's ${direction}.`);
}

/** The same; undefined for any other resource. */
export function trafficIn({ type, props }: Pick<ResourceValidationArgs, "type" | "props">, direction: Traffic["direction"]): Traffic[] | undefined {
  if (groups.includes(type)) return ((props[direction] ?? []) as Properties[]).map((rule) => traffic(direction, rule));
  if (type === "aws:ec2/securityGroupRule:SecurityGroupRule") return props["type"] === direction ? [traffic(direction, props)] : undefined;
  const own = direction === "ingress" ? "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule" : "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
  return type === own ? [traffic(direction, props)] : undefined;
}

/** The group that a resource which says something of traffic is about. */
export const groupOf = (resource: PolicyResource, resources: readonly PolicyResource[]): PolicyResource | undefined =>
  groups.includes(resource.type) ? resource : resources.find((group) => groups.includes(group.type) && refersTo(resource, "securityGroupId", group, ["id"]));

function traffic(direction: Traffic["direction"], rule: Properties): Traffic {
  const {
    cidrBlocks = [],
    ipv6CidrBlocks = [],
    cidrIpv4,
    cidrIpv6,
  } = rule as { cidrBlocks?: string[]; ipv6CidrBlocks?: string[]; cidrIpv4?: string; cidrIpv6?: string };
  return {
    direction,
    protocol: String(rule["ipProtocol"] ?? rule["protocol"]),
    fromPort: rule["fromPort"] as number | undefined,
    toPort: rule["toPort"] as number | undefined,
    ranges: [...cidrBlocks, ...ipv6CidrBlocks, cidrIpv4, cidrIpv6].filter((range) => range !== undefined),
  };
}

/** Whether traffic is TCP at one port of a list. */
export const isOnePort = ({ protocol, fromPort, toPort }: Traffic, ports: readonly number[]): boolean =>
  (protocol === "tcp" || protocol === "6") && fromPort !== undefined && fromPort === toPort && ports.includes(fromPort);

import type { PolicyResource } from "@pulumi/policy";
import { knownText } from "../../given.ts";
import { refersTo } from "../../relations.ts";
import type { Subjects } from "../../subjects.ts";

/** `DefaultVpc` is the one that AWS makes in every account. */
export const networks: Subjects = { types: ["aws:ec2/vpc:Vpc", "aws:ec2/defaultVpc:DefaultVpc"], noun: "Network" };

export const subnets: Subjects = { types: ["aws:ec2/subnet:Subnet", "aws:ec2/defaultSubnet:DefaultSubnet"], noun: "Subnet" };

export const isOf =
  (network: PolicyResource, types: readonly string[]) =>
  (resource: PolicyResource): boolean =>
    types.includes(resource.type) && refersTo(resource, "vpcId", network, ["id"]);

/**
 * The resources of some types that a property names, at whatever depth: the engine tells which resources went into a property, and a name in plain
 * text is found among the values.
 */
export function namedIn(resource: PolicyResource, property: string, types: readonly string[], resources: readonly PolicyResource[]): PolicyResource[] {
  const recorded = (resource.propertyDependencies[property] ?? []).filter(({ type }) => types.includes(type));
  const texts = new Set(textsIn(Object.getOwnPropertyDescriptor(resource.props, property)?.value));
  const named = resources.filter(({ type, props }) => types.includes(type) && texts.has(knownText(props, "id") ?? ""));
  return [...new Map([...recorded, ...named].map((found) => [found.urn, found])).values()];
}

/** Every text within a value, read without asking whether it is known. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(Object.getOwnPropertyDescriptors(value)).flatMap(({ value: inner }) => textsIn(inner));
}

const routeTable = "aws:ec2/routeTable:RouteTable";

/** The table that a subnet names; undefined where it has the main one of its network. */
export function routesOf(subnet: PolicyResource, resources: readonly PolicyResource[]): PolicyResource | undefined {
  const association = resources.find(
    (resource) => resource.type === "aws:ec2/routeTableAssociation:RouteTableAssociation" && refersTo(resource, "subnetId", subnet, ["id"]),
  );
  return association && resources.find((resource) => resource.type === routeTable && refersTo(association, "routeTableId", resource, ["id"]));
}

/** Properties of a route that say what it leads to, and what of that is the internet. */
const waysOut: Readonly<Record<string, string>> = {
  natGatewayId: "a NAT gateway",
  egressOnlyGatewayId: "an egress-only gateway",
  carrierGatewayId: "a carrier gateway",
  transitGatewayId: "a transit gateway",
  vpcPeeringConnectionId: "a peering connection",
  networkInterfaceId: "a network interface",
  coreNetworkArn: "a core network",
  localGatewayId: "a local gateway",
};

export interface WayOut {
  readonly to: string;
  /** Whether the internet can call in by it, too. */
  readonly bothWays: boolean;
}

/** Where the routes of a table lead beside its own network and endpoints of AWS services. */
export function waysOutOf(table: PolicyResource, resources: readonly PolicyResource[]): WayOut[] {
  const routes = resources.filter((resource) => resource.type === "aws:ec2/route:Route" && refersTo(resource, "routeTableId", table, ["id"]));
  // What a table's own list holds is computed where the program does not set it.
  const inline = Object.getOwnPropertyDescriptor(table.props, "routes")?.value as unknown;
  const all = [...routes.map(({ props }) => props as object), ...(Array.isArray(inline) ? (inline as object[]) : [])];
  return all.flatMap((route): WayOut[] => {
    const isSet = (key: string): boolean => ![undefined, null, ""].includes(Object.getOwnPropertyDescriptor(route, key)?.value as undefined);
    // Virtual private gateways begin with `vgw-`; they lead out, too.
    if (isSet("gatewayId")) return [{ to: "an internet gateway", bothWays: true }];
    return Object.entries(waysOut).flatMap(([key, to]) => (isSet(key) ? [{ to, bothWays: false }] : []));
  });
}

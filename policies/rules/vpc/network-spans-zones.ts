import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { knownText } from "../../given.ts";
import { refersTo } from "../../relations.ts";
import { judgeAll } from "../../subjects.ts";
import { isOf, namedIn, networks, routesOf, subnets } from "./networks.ts";

interface Config {
  readonly minimumZones: number;
  readonly natInEachZone: boolean;
}

const defaults: Config = { minimumZones: 2, natInEachZone: true };

/** The loss of one Availability Zone stops nothing in the others: a network spans several, and none goes out through another's NAT gateway. */
export const networkSpansZones: StackValidationPolicy = {
  name: "vpc-network-spans-zones",
  description: "VPCs must span several Availability Zones, each with a NAT gateway of its own where it has any.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.308(a)(7)(i)", "164.308(a)(7)(ii)(B)", "164.308(a)(7)(ii)(C)"),
  tags: ["vpc", "availability"],
  remediationSteps: 'Give Network two zones or three, and nat "per-zone".',
  configSchema: {
    properties: {
      minimumZones: { type: "integer", minimum: 1, default: defaults.minimumZones },
      natInEachZone: { type: "boolean", default: defaults.natInEachZone },
    },
  },
  validateStack: (args, report) => {
    const { minimumZones, natInEachZone } = { ...defaults, ...args.getConfig<Partial<Config>>() };
    judgeAll(args, report, networks, (network, say) => {
      const own = args.resources.filter(isOf(network, subnets.types));
      const zones = new Set(own.map(zoneOf));
      if (zones.size < minimumZones) say(`lies in ${zones.size} zones; it must lie in ${minimumZones} or more.`);
      if (!natInEachZone) return;
      for (const subnet of own) {
        const gateway = natOf(subnet, args.resources);
        const [place] = gateway === undefined ? [] : namedIn(gateway, "subnetId", subnets.types, args.resources);
        if (place !== undefined && zoneOf(place) !== zoneOf(subnet))
          say(`sends "${subnet.name}" out through "${gateway?.name}" in another zone; each zone must have a NAT gateway.`);
      }
    });
  },
};

const zoneOf = ({ props }: PolicyResource): string | undefined => knownText(props, "availabilityZone") ?? knownText(props, "availabilityZoneId");

/** The NAT gateway that a subnet's routes lead to. */
function natOf(subnet: PolicyResource, resources: readonly PolicyResource[]): PolicyResource | undefined {
  const table = routesOf(subnet, resources);
  const routes = resources.filter(
    (resource) => resource.type === "aws:ec2/route:Route" && table !== undefined && refersTo(resource, "routeTableId", table, ["id"]),
  );
  return routes.flatMap((route) => namedIn(route, "natGatewayId", ["aws:ec2/natGateway:NatGateway"], resources))[0];
}

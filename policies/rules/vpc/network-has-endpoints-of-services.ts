import type { StackValidationPolicy } from "@pulumi/policy";
import { holdsCases } from "../../classification.ts";
import { hipaa } from "../../controls.ts";
import { refersTo } from "../../relations.ts";
import { judgeAll } from "../../subjects.ts";
import { endpoint, isGateway, serviceOf } from "./endpoints.ts";
import { isOf, namedIn, networks, waysOutOf } from "./networks.ts";

interface Config {
  readonly services: readonly string[];
}

/** Services that code in the network may call; where one has no endpoint, somebody opens a way to the internet to reach it. */
const defaults: Config = {
  services: [
    "bedrock-runtime",
    "dynamodb",
    "ecr.api",
    "ecr.dkr",
    "events",
    "kms",
    "logs",
    "rekognition",
    "s3",
    "sagemaker.api",
    "sagemaker.runtime",
    "secretsmanager",
    "sns",
    "sqs",
    "states",
    "sts",
  ],
};

/** AWS services are reached without leaving AWS's own network, from every subnet that does not lie on the internet. */
export const networkHasEndpointsOfServices: StackValidationPolicy = {
  name: "vpc-network-has-endpoints-of-services",
  description: "VPCs that may hold data of cases must have endpoints of the AWS services that are called in them.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(a)(1)"),
  tags: ["vpc", "network", "presence"],
  remediationSteps: "Name the services in Network's interfaceServices; say in policies/config where a stack calls fewer.",
  configSchema: { properties: { services: { type: "array", items: { type: "string" }, default: [...defaults.services] } } },
  validateStack: (args, report) => {
    const { services } = { ...defaults, ...args.getConfig<Partial<Config>>() };
    judgeAll(args, report, { ...networks, where: holdsCases }, (network, say) => {
      const endpoints = args.resources.filter(isOf(network, [endpoint]));
      const found = endpoints.map(serviceOf);
      const missing = services.filter((service) => !found.includes(service));
      if (missing.length > 0) say(`has no endpoint of ${missing.join(", ")}.`);
      const tables = args.resources.filter(isOf(network, ["aws:ec2/routeTable:RouteTable"]));
      for (const gateway of endpoints.filter(isGateway)) {
        const joined = args.resources.filter(({ type }) => type === "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation");
        const own = joined.filter((resource) => refersTo(resource, "vpcEndpointId", gateway, ["id"]));
        const reached = [gateway, ...own].flatMap((resource) =>
          namedIn(resource, resource === gateway ? "routeTableIds" : "routeTableId", ["aws:ec2/routeTable:RouteTable"], args.resources).map(({ urn }) => urn),
        );
        const left = tables.filter((table) => !reached.includes(table.urn) && !waysOutOf(table, args.resources).some(({ bothWays }) => bothWays));
        if (left.length > 0) say(`does not lead ${left.map(({ name }) => `"${name}"`).join(", ")} to "${gateway.name}"; its routeTableIds must hold them.`);
      }
    });
  },
};

import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";
import { judgeAll } from "../../subjects.ts";
import { namedIn, routesOf, subnets, waysOutOf } from "./networks.ts";
import { outsideCallers } from "./outside-callers.ts";

/** What runs in subnets, and which property names them. */
const places: Readonly<Record<string, string>> = {
  "aws:lambda/function:Function": "vpcConfig",
  "aws:sagemaker/model:Model": "vpcConfig",
  "aws:sagemaker/domain:Domain": "subnetIds",
  "aws:sagemaker/notebookInstance:NotebookInstance": "subnetId",
  "aws:ecs/service:Service": "networkConfiguration",
  "aws:ecs/taskSet:TaskSet": "networkConfiguration",
  "aws:batch/computeEnvironment:ComputeEnvironment": "computeResources",
  "aws:ec2/instance:Instance": "subnetId",
  "aws:ec2/vpcEndpoint:VpcEndpoint": "subnetIds",
  "aws:efs/mountTarget:MountTarget": "subnetId",
  "aws:rds/subnetGroup:SubnetGroup": "subnetIds",
};

/**
 * What works on patients' data has no way to the internet, not even by a NAT gateway: what it may be made to send can go nowhere. A function that
 * reads nothing, and calls whom there is an agreement with, may have one by a NAT gateway.
 */
export const computeHasNoWayToInternet: StackValidationPolicy = {
  name: "vpc-compute-has-no-way-to-internet",
  description:
    "Functions, jobs, services and endpoints must lie in subnets whose routes lead out of their network to AWS services only; a function that reads no data and has an agreement with whom it calls may have a NAT gateway.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(1)", "164.312(e)(1)", "164.308(a)(4)(ii)(A)"),
  tags: ["vpc", "network", "nprm-2025"],
  remediationSteps: "Put it into Network.functions or Network.jobs, whose subnets are isolated.",
  validateStack: (args, report) => {
    const callers = outsideCallers(args.resources);
    // Before a gateway's endpoint exists, AWS's provider says of its subnets that they are not known yet: it never has any.
    const isGateway = ({ type, props }: PolicyResource): boolean =>
      type === "aws:ec2/vpcEndpoint:VpcEndpoint" && !["Interface", "GatewayLoadBalancer", "Resource", "ServiceNetwork"].includes(props["vpcEndpointType"]);
    const where = (resource: PolicyResource): boolean => !isGateway(resource) && isGiven(resource.props, places[resource.type] ?? "");
    judgeAll(args, report, { types: Object.keys(places), noun: "Resource", where }, (resource, say) => {
      const property = places[resource.type]!;
      const found = namedIn(resource, property, subnets.types, args.resources);
      if (found.length === 0) return say(`names subnets in ${property} that the program does not make; their routes can't be judged.`);
      for (const subnet of found) {
        const table = routesOf(subnet, args.resources);
        if (table === undefined) say(`lies in "${subnet.name}", which has no route table of its own.`);
        else {
          const ways = waysOutOf(table, args.resources);
          if (ways.every(({ bothWays }) => !bothWays) && ways.length > 0 && callers().includes(resource)) continue;
          for (const to of new Set(ways.map((way) => way.to))) say(`lies in "${subnet.name}", from which a route leads to ${to}.`);
        }
      }
    });
  },
};

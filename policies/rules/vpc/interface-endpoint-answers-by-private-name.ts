import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { lengthOf } from "../../given.ts";
import { judgeAll } from "../../subjects.ts";
import { endpoint, isInterface } from "./endpoints.ts";
import { isOf, networks } from "./networks.ts";

interface Config {
  readonly minimumSubnets: number;
}

/** One subnet lies in one zone: two outlast the loss of one. */
const defaults: Config = { minimumSubnets: 2 };

/** Code that asks a service by its usual name gets the endpoint and not the internet; a group of its own says who may ask, and it outlasts a zone. */
export const interfaceEndpointAnswersByPrivateName: StackValidationPolicy = {
  name: "vpc-interface-endpoint-answers-by-private-name",
  description: "Interface endpoints must answer by the services' own names, behind a security group, in more than one zone.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(e)(1)", "164.312(a)(1)", "164.308(a)(7)(ii)(C)"),
  tags: ["vpc", "network"],
  remediationSteps: "Use Network, or set privateDnsEnabled, securityGroupIds and subnetIds, and enableDnsSupport and enableDnsHostnames of the VPC.",
  configSchema: { properties: { minimumSubnets: { type: "integer", minimum: 1, default: defaults.minimumSubnets } } },
  validateStack: (args, report) => {
    const { minimumSubnets } = { ...defaults, ...args.getConfig<Partial<Config>>() };
    const where = (subject: PolicyResource): boolean => isInterface(subject);
    judgeAll(args, report, { types: [endpoint], noun: "Endpoint", where }, (subject, say) => {
      if (subject.props["privateDnsEnabled"] !== true) say("does not answer by its service's own name; privateDnsEnabled must be true.");
      if (lengthOf(subject.props, "securityGroupIds") === 0) say("has the network's default security group; it must set securityGroupIds.");
      const count = lengthOf(subject.props, "subnetIds") + lengthOf(subject.props, "subnetConfigurations");
      if (count < minimumSubnets) say(`lies in ${count} subnets; subnetIds must name ${minimumSubnets} or more.`);
      for (const { name, props } of args.resources.filter((network) => networks.types.includes(network.type) && isOf(network, [endpoint])(subject))) {
        // Left out, a VPC has a name server, and gives no names.
        if (props["enableDnsSupport"] === false) say(`lies in "${name}", which has no name server; enableDnsSupport must be true.`);
        if (props["enableDnsHostnames"] !== true) say(`lies in "${name}", which gives no names; enableDnsHostnames must be true.`);
      }
    });
  },
};

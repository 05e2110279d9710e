import type { StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { isGiven } from "../../given.ts";
import { judgeAll } from "../../subjects.ts";
import { isOf, networks } from "./networks.ts";

interface Config {
  readonly longestInterval: number;
}

/** Seconds that connections are summed up: the finer of the two that AWS knows (VPC User Guide, "Aggregation interval"). */
const defaults: Config = { longestInterval: 60 };

/** Who talked to whom in a network is kept, let through or not. */
export const networkKeepsFlowLog: StackValidationPolicy = {
  name: "vpc-network-keeps-flow-log",
  description: "VPCs must keep a flow log of all traffic.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(b)", "164.308(a)(1)(ii)(D)", "164.308(a)(6)(ii)"),
  tags: ["vpc", "audit"],
  remediationSteps: "Use Network, or add a FlowLog of the VPC with trafficType ALL, a logDestination and maxAggregationInterval 60.",
  configSchema: { properties: { longestInterval: { type: "integer", default: defaults.longestInterval } } },
  validateStack: (args, report) => {
    const { longestInterval } = { ...defaults, ...args.getConfig<Partial<Config>>() };
    judgeAll(args, report, networks, (network, say) => {
      const logs = args.resources.filter(isOf(network, ["aws:ec2/flowLog:FlowLog"]));
      const whole = logs.find(({ props }) => props["trafficType"] === "ALL" && isGiven(props, "logDestination"));
      if (whole === undefined) return say("keeps no flow log of all traffic; it must have a FlowLog with trafficType ALL and a logDestination.");
      const interval = Number(whole.props["maxAggregationInterval"] ?? 600);
      if (interval > longestInterval) say(`sums up its flow log over ${interval} seconds; maxAggregationInterval must be ${longestInterval}.`);
      const type = (whole.props["logDestinationType"] ?? "cloud-watch-logs") as string;
      if (type === "cloud-watch-logs" && !isGiven(whole.props, "iamRoleArn")) say("can't write its flow log; it must set iamRoleArn.");
    });
  },
};

import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeAll } from "../../subjects.ts";
import { routesOf, subnets, waysOutOf } from "./networks.ts";

interface Config {
  readonly tag: string;
  readonly value: string;
}

/** As Network tags its subnets. */
const defaults: Config = { tag: "tier", value: "public" };

/** A subnet that the internet can reach says so by its tag: nobody puts anything there by mistake. */
export const internetReachesPublicSubnetsOnly: StackValidationPolicy = {
  name: "vpc-internet-reaches-public-subnets-only",
  description: "Routes to an internet gateway must be those of subnets that are tagged public.",
  enforcementLevel: "mandatory",
  severity: "high",
  framework: hipaa("164.312(a)(1)", "164.312(e)(1)"),
  tags: ["vpc", "network", "nprm-2025"],
  remediationSteps: "Use Network, or give the subnet the tag tier public if it is meant to be reached.",
  configSchema: { properties: { tag: { type: "string", default: defaults.tag }, value: { type: "string", default: defaults.value } } },
  validateStack: (args, report) => {
    const { tag, value } = { ...defaults, ...args.getConfig<Partial<Config>>() };
    judgeAll(args, report, subnets, (subnet, say) => {
      const table = routesOf(subnet, args.resources);
      const reached = table !== undefined && waysOutOf(table, args.resources).some(({ bothWays }) => bothWays);
      const found = tagOf(subnet, tag);
      if (reached && found !== value) say(`has a route to an internet gateway and tag ${tag} ${found ?? "unset"}; it must be ${value}.`);
    });
  },
};

const tagOf = ({ props }: PolicyResource, tag: string): string | undefined => (props["tags"] as Record<string, string> | undefined)?.[tag];

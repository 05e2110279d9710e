import type { ResourceValidationPolicy } from "@pulumi/policy";
import { hipaa } from "../../controls.ts";
import { judgeEach } from "../../given.ts";
import { isPrivate } from "./ranges.ts";

interface Config {
  readonly ports: readonly number[];
}

/** Ports that may be called on the internet. */
const defaults: Config = { ports: [443] };
/** From here on ports belong to whoever calls, and answers come to them (RFC 6335, section 6). */
const firstOfCallers = 1024;
/** Remote desktop, among the ports of callers: it is cut out (Security Hub EC2.21, CIS AWS Foundations 3.0 5.1). */
const neverOpen = [3389];

interface Entry {
  readonly direction: "in" | "out";
  readonly action: string;
  readonly protocol: string;
  readonly range: string;
  readonly fromPort: number;
  readonly toPort: number;
}

/**
 * ACLs keep no state: answers from the internet need a rule that lets them in. Nothing else comes in from there, and nothing goes out but TLS
 * (VPC User Guide, "Network ACL basics").
 */
export const networkAclLetsAnswersInOnly: ResourceValidationPolicy = {
  name: "vpc-network-acl-lets-answers-in-only",
  description: "Network ACLs must let nothing in from the internet but answers, and nothing out but TLS.",
  enforcementLevel: "mandatory",
  severity: "medium",
  framework: hipaa("164.312(a)(1)", "164.312(e)(1)"),
  tags: ["vpc", "network", "nprm-2025"],
  remediationSteps: "Use Network, or bound rules for addresses of the internet: tcp 1024 to 65535 without 3389 inwards, tcp 443 outwards.",
  configSchema: { properties: { ports: { type: "array", items: { type: "integer" }, default: [...defaults.ports] } } },
  validateResource: (args, report) => {
    const { ports } = { ...defaults, ...args.getConfig<Partial<Config>>() };
    const entries = entriesOf(args.type, args.props) ?? args.notApplicable("The resource is no network ACL, and no rule of one.");
    judgeEach(entries, ({ direction, action, protocol, range, fromPort, toPort }) => {
      if (action.toLowerCase() !== "allow" || isPrivate(range)) return;
      const what = `${protocol} ${fromPort} to ${toPort}`;
      const isTcp = protocol === "tcp" || protocol === "6";
      if (direction === "out") {
        if (!isTcp || fromPort !== toPort || !ports.includes(fromPort))
          report(`"${args.name}" lets ${what} out to ${range}; it must be tcp ${ports.join(" or ")}.`);
        return;
      }
      if (!isTcp || fromPort < firstOfCallers) report(`"${args.name}" lets ${what} in from ${range}; it must be tcp ${firstOfCallers} or above.`);
      const open = neverOpen.filter((port) => fromPort <= port && port <= toPort);
      if (open.length > 0) report(`"${args.name}" lets ${what} in from ${range}; ${open.join(", ")} must not be among them.`);
    });
  },
};

type Properties = Readonly<Record<string, unknown>>;

function entriesOf(type: string, props: Properties): Entry[] | undefined {
  if (type === "aws:ec2/networkAclRule:NetworkAclRule") return [entry(props["egress"] === true ? "out" : "in", props)];
  if (type !== "aws:ec2/networkAcl:NetworkAcl" && type !== "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl") return undefined;
  const { ingress = [], egress = [] } = props as { ingress?: Properties[]; egress?: Properties[] };
  return [...ingress.map((rule) => entry("in", rule)), ...egress.map((rule) => entry("out", rule))];
}

const entry = (direction: Entry["direction"], rule: Properties): Entry => ({
  direction,
  action: String(rule["action"] ?? rule["ruleAction"]),
  protocol: String(rule["protocol"]),
  range: String(rule["cidrBlock"] ?? rule["ipv6CidrBlock"]),
  fromPort: Number(rule["fromPort"] ?? 0),
  toPort: Number(rule["toPort"] ?? 65_535),
});

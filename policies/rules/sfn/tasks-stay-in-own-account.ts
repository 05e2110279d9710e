import type { ResourceValidationPolicy } from "@pulumi/policy";
import { accountIdOf } from "../../accounts.ts";
import { hipaa } from "../../controls.ts";
import { judgeTasks } from "./tasks.ts";

interface Config {
  /** Accounts that may be used, too. */
  readonly accounts?: readonly string[];
}

/** What a task names by its ARN gets a case to work on. In another account nobody here sees what becomes of it. */
export const tasksStayInOwnAccount: ResourceValidationPolicy = {
  name: "sfn-tasks-stay-in-own-account",
  description: "Tasks of state machines must use functions, roles, keys and queues of the machine's own account only.",
  enforcementLevel: "mandatory",
  severity: "critical",
  framework: hipaa("164.312(a)(1)", "164.308(b)(1)", "164.308(a)(4)(ii)(B)"),
  tags: ["sfn", "access"],
  remediationSteps: "Name resources of the same stack; what other accounts of the organisation need, they fetch by their own roles.",
  configSchema: { properties: { accounts: { type: "array", items: { type: "string" }, default: [] } } },
  validateResource: judgeTasks({ without: "no task" }, ({ raw, resource }, say, args) => {
    const { accounts = [] } = args.getConfig<Config>();
    const own = [accountIdOf(args.provider), ...accounts];
    // Branches and maps hold states that are judged by themselves.
    const { Branches: _branches, ItemProcessor: _processor, Iterator: _iterator, ...rest } = raw;
    const arns = [resource, ...textsIn(rest)].flatMap((text) => text.match(/arn:[\w-]+:[\w-]+:[\w-]*:\d{12}:[\w/:.-]+/g) ?? []);
    for (const arn of new Set(arns.filter((found) => !own.includes(found.split(":")[4])))) say(`uses ${arn}, which lies in another account`);
  }),
};

/** Every text within a value. */
const textsIn = (value: unknown): string[] =>
  typeof value === "string" ? [value] : typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];

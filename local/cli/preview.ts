import { writeFile } from "node:fs/promises";
import { styleText } from "node:util";
import { rules } from "../../policies/rules/index.ts";
import { deploy } from "../deploy/deploy.ts";
import type { Deployment } from "../deploy/deployment.ts";
import type { PolicyFinding, PolicyReport } from "../deploy/policy/analyzer.ts";
import { readPolicyConfig } from "../deploy/policy/config.ts";
import { evaluatePolicies } from "../deploy/policy/in-process.ts";
import { DeployError, describe } from "../deploy/problem.ts";
import { ProjectError, readProject } from "../deploy/project.ts";
import { offlineProvider } from "../provider/offline.ts";
import { root } from "../root.ts";
import { CommandError, main, UsageError } from "./command.ts";
import { countsByType, resourceTree } from "./resource-tree.ts";

type Style = Parameters<typeof styleText>[0];
/** Colours where the terminal shows them. */
const paint = (style: Style, text: string): string => styleText(style, text, { stream: process.stdout });
const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

await main({
  help: `
npm run preview -- STACK [--json FILE]

Runs the program of a stack on this machine, without AWS and without the Pulumi CLI, checks every input of every
resource, and judges the result by the policy pack. Prints the resources as a tree, how many there are of each
type, and the findings.

  --json FILE   write every resource to FILE: urn, type, name, parent, custom, inputs, outputs, dependencies,
                propertyDependencies, protect, ignoreChanges, provider, id
  -h, --help    this text

This is not "pulumi preview": it knows nothing of what exists in an account, so it shows what the program declares
and not what would change. Ids and ARNs are computed, and what only AWS itself refuses is not found.
Exit code: 0 nothing to object to; 1 the program or a mandatory policy is violated; 2 wrong usage.`,
  options: { json: { type: "string" } },
  positionals: ["STACK"],
  async run({ json }, [stack = ""]) {
    const { deployment, report } = await preview(stack);
    if (json !== undefined) await writeFile(json, `${JSON.stringify(deployment.resources, null, 2)}\n`);
    process.stdout.write(`${[...describeDeployment(deployment), "", ...describeReport(deployment, report)].join("\n")}\n`);
    return report.findings.some(({ enforcementLevel }) => enforcementLevel === "mandatory") ? 1 : 0;
  },
});

async function preview(stack: string): Promise<{ deployment: Deployment; report: PolicyReport }> {
  try {
    const { stacks } = readProject(root);
    if (!stacks.includes(stack)) throw new UsageError(`There is no stack "${stack}"; the stacks are ${stacks.join(", ")}.`);
    const config = readPolicyConfig(root, stack);
    const deployment = await deploy({ root, stack, provider: offlineProvider() });
    return { deployment, report: await evaluatePolicies(rules, deployment, config) };
  } catch (error) {
    if (error instanceof DeployError || error instanceof ProjectError) throw new CommandError(error.message);
    throw error;
  }
}

function describeDeployment({ project, stack, resources, findings }: Deployment): string[] {
  const counts = countsByType(resources);
  const width = String(counts[0]?.[1] ?? 0).length;
  return [
    paint("bold", `Stack ${stack} of ${project}, run offline. This is not "pulumi preview": what exists in an account is unknown here.`),
    "",
    ...resourceTree(resources, ({ type, protect }) => `${paint("dim", type)}${protect ? paint("cyan", "  protected") : ""}`),
    "",
    paint(
      "bold",
      `${plural(
        counts.reduce((sum, [, count]) => sum + count, 0),
        "resource",
      )} of ${plural(counts.length, "type")}`,
    ),
    ...counts.map(([type, count]) => `${String(count).padStart(width + 2)}  ${type}`),
    ...(findings.length === 0 ? [] : ["", paint("bold", plural(findings.length, "warning")), ...findings.map((finding) => `  ${describe(finding)}`)]),
  ];
}

function describeReport({ resources }: Deployment, { findings, applied }: PolicyReport): string[] {
  const names = new Map(resources.map(({ urn, type, name }) => [urn, `${type} "${name}"`]));
  const silent = Object.entries(applied).filter(([, count]) => count === 0);
  const line = ({ enforcementLevel, severity, rule, urn, message }: PolicyFinding): string =>
    `  ${paint(enforcementLevel === "mandatory" ? "red" : "yellow", `${enforcementLevel} ${severity ?? ""}`.trim())}  ${rule}: ${message}${
      urn === undefined ? "" : paint("dim", ` (${names.get(urn) ?? urn})`)
    }`;
  return [
    paint("bold", `${plural(Object.keys(applied).length, "policy").replace("policys", "policies")}, ${plural(findings.length, "finding")}`),
    ...findings.map(line),
    ...(silent.length === 0 ? [] : [`  Nothing in this stack to judge: ${silent.map(([rule]) => rule).join(", ")}.`]),
  ];
}

import type { Deployment } from "../deploy/deployment.ts";
import type { PolicyFinding, PolicyReport } from "../deploy/policy/analyzer.ts";
import { describe } from "../deploy/problem.ts";
import { countsByType, resourceTree } from "./resource-tree.ts";

/** Gives a text a style, or leaves it as it is where colours are not wanted. */
export type Paint = (style: "bold" | "dim" | "cyan" | "red" | "yellow", text: string) => string;

const count = (number: number, noun: string, plural = `${noun}s`): string => `${number} ${number === 1 ? noun : plural}`;

/** A deployment and what the policies say of it, for a person to read. */
export function previewReport(deployment: Deployment, report: PolicyReport, paint: Paint): string {
  return [...describeDeployment(deployment, paint), "", ...describeReport(deployment, report, paint), ""].join("\n");
}

/** A mandatory rule is violated. */
export const isRefused = ({ findings }: PolicyReport): boolean => findings.some(({ enforcementLevel }) => enforcementLevel === "mandatory");

function describeDeployment({ project, stack, resources, findings }: Deployment, paint: Paint): string[] {
  const counts = countsByType(resources);
  const width = String(counts[0]?.[1] ?? 0).length;
  const total = counts.reduce((sum, [, number]) => sum + number, 0);
  return [
    paint("bold", `Stack ${stack} of ${project}, run offline.`),
    'This is not "pulumi preview": it shows what the program declares, not what would change in an account.',
    "",
    ...resourceTree(resources, ({ type, protect }) => `${paint("dim", type)}${protect ? paint("cyan", "  protected") : ""}`),
    "",
    paint("bold", `${count(total, "resource")} of ${count(counts.length, "type")}`),
    ...counts.map(([type, number]) => `${String(number).padStart(width + 2)}  ${type}`),
    ...(findings.length === 0 ? [] : ["", paint("bold", count(findings.length, "warning")), ...findings.map((finding) => `  ${describe(finding)}`)]),
  ];
}

function describeReport({ resources }: Deployment, { findings, applied }: PolicyReport, paint: Paint): string[] {
  const names = new Map(resources.map(({ urn, type, name }) => [urn, `${type} "${name}"`]));
  const silent = Object.entries(applied).filter(([, urns]) => urns.length === 0);
  const line = ({ enforcementLevel, severity, rule, urn, message }: PolicyFinding): string => {
    const level = paint(enforcementLevel === "mandatory" ? "red" : "yellow", severity === undefined ? enforcementLevel : `${enforcementLevel}, ${severity}`);
    return `  ${level}  ${rule}: ${message}${urn === undefined ? "" : paint("dim", ` (${names.get(urn) ?? urn})`)}`;
  };
  return [
    paint("bold", `${count(Object.keys(applied).length, "policy", "policies")}, ${count(findings.length, "finding")}`),
    ...findings.map(line),
    ...(silent.length === 0 ? [] : [`  Nothing here to judge for ${silent.map(([rule]) => rule).join(", ")}.`]),
  ];
}

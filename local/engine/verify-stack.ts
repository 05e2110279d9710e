import { readFileSync, writeFileSync } from "node:fs";
import { isMap, parseDocument } from "yaml";
import type { Deployment } from "../deploy/deployment.ts";
import type { PolicyReport } from "../deploy/policy/analyzer.ts";
import { compare, type StateResource } from "./compare.ts";
import type { Outcome, PulumiWorkspace } from "./pulumi-cli.ts";
import { statefulTypes } from "./replacements.ts";

/** What the real engine made of a stack. */
export interface StackVerdict {
  readonly stack: string;
  /** Resources that it keeps, providers of its own apart. */
  readonly resources: number;
  /** Rules that it could not judge before anything existed, each once: advisory then, judged by the update itself. */
  readonly advisoryAtFirstPreview: readonly string[];
  /** Everything that was not as it should be; empty is good. */
  readonly failures: readonly string[];
}

type Step = (what: string) => void;

/** Flags by which the CLI uses the policy pack with a stack's own configuration. */
const pack = (stack: string): string[] => ["--policy-pack", "policies", "--policy-pack-config", `policies/config/${stack}.json`];

/**
 * Takes a stack through its life with the real engine: first preview, update, preview of no change, comparison with the offline run,
 * preview of changed configuration. What it makes stays, for stacks that refer to it; {@link destroyStack} removes it.
 */
export async function verifyStack(
  workspace: PulumiWorkspace,
  stack: string,
  offline: { readonly deployment: Deployment; readonly report: PolicyReport },
  step: Step,
): Promise<StackVerdict> {
  const failures: string[] = [];
  const expectDone = (what: string, outcome: Outcome): boolean => {
    if (outcome.code !== 0) failures.push(`${what} ended with exit code ${outcome.code}.\n${complaint(outcome)}`);
    return outcome.code === 0;
  };
  const verdict = (resources = 0, advisoryAtFirstPreview: string[] = []): StackVerdict => ({ stack, resources, advisoryAtFirstPreview, failures });

  step("init");
  if (!expectDone("pulumi stack init", await workspace.pulumi("stack", "init", `organization/svp/${stack}`))) return verdict();
  step("first preview");
  const first = await workspace.pulumi("preview", "--stack", stack, ...pack(stack));
  if (!expectDone("The first pulumi preview", first)) return verdict();
  const advisory = [...new Set([...first.out.matchAll(/can't run policy '([^']+)'/g)].map(([, rule]) => rule as string))].sort();

  step("up");
  const up = await workspace.pulumi("up", "--stack", stack, "--yes", "--skip-preview", ...pack(stack));
  if (!expectDone("pulumi up", up)) return verdict(0, advisory);
  const told = findingsIn(up.out);
  const wanted = offline.report.findings.map(({ rule }) => rule).sort();
  if (told.join() !== wanted.join()) failures.push(`The pack told pulumi up of ${list(told)}, and the offline run of ${list(wanted)}.`);

  step("preview of no change");
  expectDone("A preview of no change", await workspace.pulumi("preview", "--stack", stack, "--expect-no-changes", ...pack(stack)));

  step("comparison");
  const exported = await workspace.pulumi("stack", "export", "--stack", stack, "--show-secrets");
  if (!expectDone("pulumi stack export", exported)) return verdict(0, advisory);
  const { resources } = (JSON.parse(exported.out) as { deployment: { resources: StateResource[] } }).deployment;
  for (const { urn, what, engine, offline: other } of compare(resources, offline.deployment))
    failures.push(`${urn}: ${what} is ${JSON.stringify(engine)} in the engine, and ${JSON.stringify(other)} offline.`);

  step("preview of changed configuration");
  failures.push(...(await changedConfiguration(workspace, stack)));
  return verdict(resources.length, advisory);
}

/** Removes what a stack made, protected or not. Answers with what went wrong. */
export async function destroyStack(workspace: PulumiWorkspace, stack: string): Promise<string[]> {
  for (const args of [
    ["state", "unprotect", "--all", "--yes", "--stack", stack],
    ["destroy", "--yes", "--skip-preview", "--stack", stack],
  ]) {
    const outcome = await workspace.pulumi(...args);
    if (outcome.code !== 0) return [`pulumi ${args[0]} ended with exit code ${outcome.code}.\n${complaint(outcome)}`];
  }
  const left = JSON.parse((await workspace.pulumi("stack", "export", "--stack", stack)).out) as { deployment: { resources?: StateResource[] } };
  return (left.deployment.resources ?? []).map(({ urn }) => `${urn} is left after pulumi destroy.`);
}

/** Values of the configuration that people change while data are there: owner, longer retention, another budget. */
const changes: readonly (readonly [path: readonly string[], value: unknown])[] = [
  [["config", "svp:owner"], "another-team"],
  [["config", "svp:retention", "logs"], 3653],
  [["config", "svp:alerts", "monthlyDollars"], 9999],
];

/** Previews a changed configuration: it must change something, and take away nothing that holds data. */
async function changedConfiguration(workspace: PulumiWorkspace, stack: string): Promise<string[]> {
  const file = workspace.file(`Pulumi.${stack}.yaml`);
  const before = readFileSync(file, "utf8");
  try {
    const document = parseDocument(before);
    for (const [path, value] of changes) {
      const parent = document.getIn(path.slice(0, -1));
      if (isMap(parent) && parent.has(path.at(-1))) document.setIn(path, value);
    }
    writeFileSync(file, document.toString());
    const outcome = await workspace.pulumi("preview", "--stack", stack, "--json");
    if (outcome.code !== 0) return [`A preview of changed configuration ended with exit code ${outcome.code}.\n${complaint(outcome)}`];
    const { steps } = JSON.parse(outcome.out) as { steps: { op: string; urn: string; newState?: { type: string }; oldState?: { type: string } }[] };
    const changed = steps.filter(({ op }) => op !== "same");
    if (changed.length === 0) return ["A preview of changed configuration shows no change."];
    return changed
      .filter(({ op, newState, oldState }) => op !== "update" && op !== "create" && statefulTypes.includes((oldState ?? newState)?.type ?? ""))
      .map(({ op, urn }) => `Changed configuration would ${op} ${urn}, which holds data.`);
  } finally {
    writeFileSync(file, before);
  }
}

/** Rules that the CLI's report of policies names, sorted. */
function findingsIn(report: string): string[] {
  return [...report.matchAll(/^\s*- \[(?:advisory|mandatory)\] (?:\[severity: \w+\])?\s*(\S+)/gm)].map(([, rule]) => rule as string).sort();
}

/** What the CLI says is wrong, without the lines about resources that went well. */
function complaint({ out, err }: Outcome): string {
  const all = `${out}\n${err}`;
  const at = all.indexOf("Diagnostics:");
  return (at < 0 ? all : all.slice(at)).trim().slice(0, 6000);
}

const list = (rules: readonly string[]): string => (rules.length === 0 ? "nothing" : rules.join(", "));

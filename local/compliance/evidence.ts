import type { EnforcementLevel, Policies, Severity } from "@pulumi/policy";
import { type Obligation, type SectionId, sections } from "../../policies/data/security-rule.ts";
import { dataVersions } from "../../policies/data/versions.ts";
import { objections, type Waiver, waiverFor } from "../../policies/waivers.ts";
import type { DeployedResource, Deployment } from "../deploy/deployment.ts";
import type { RuleConfig } from "../deploy/policy/config.ts";
import type { InProcessReport } from "../deploy/policy/in-process.ts";

/** What became of a rule on one resource. `unjudged`: a value that is known only on AWS kept it from being judged. */
export type Verdict = "pass" | "fail" | "waived" | "unjudged";

export interface Result {
  readonly rule: string;
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly verdict: Verdict;
  /** What is wrong, for a verdict other than pass. */
  readonly messages: readonly string[];
  readonly waiver?: Pick<Waiver, "reason" | "approver" | "expires">;
}

export interface RuleEvidence {
  readonly name: string;
  readonly description: string;
  readonly severity: Severity;
  readonly level: EnforcementLevel;
  readonly controls: readonly string[];
  readonly remediation: string;
  /** Thresholds and the like that the rule was given. */
  readonly settings: RuleConfig["properties"];
  /** Resources by verdict, and those that the rule is not about. */
  readonly counts: Readonly<Record<Verdict | "notApplicable", number>>;
}

/**
 * Whether the rules that cite a paragraph are kept. `not evaluated`: nothing in this stack is of a kind that they judge.
 * `organisational`: no program can meet it.
 */
export type ControlStatus = "kept" | "violated" | "not evaluated" | "organisational";

export interface ControlEvidence {
  readonly section: SectionId;
  readonly title: string;
  readonly obligation: Obligation;
  readonly status: ControlStatus;
  readonly rules: readonly string[];
  /** Why no program can meet it. */
  readonly reason?: string;
}

/** What an auditor gets about one stack: 45 CFR 164.316(b)(1). */
export interface Evidence {
  readonly schema: "svp-compliance/1.0";
  readonly project: string;
  readonly stack: string;
  readonly account: readonly string[];
  /** Time of the evaluation, ISO 8601. */
  readonly date: string;
  /** Commit of the program and of the rules; `+` after it means that files were changed since. */
  readonly commit: string;
  /** Whether the stack was held to the rule proposed in 2025, too. */
  readonly nprm2025: boolean;
  readonly resources: number;
  readonly rules: readonly RuleEvidence[];
  readonly controls: readonly ControlEvidence[];
  readonly results: readonly Result[];
  /** What is wrong with the waivers of the stack, those that cover nothing any more included. */
  readonly waiverObjections: readonly string[];
  /** Day on which each body of data that the rules judge by was last compared with its source. */
  readonly data: Readonly<Record<string, string>>;
}

export interface EvidenceInput {
  readonly deployment: Deployment;
  /** The rules, not waived. */
  readonly rules: Policies;
  readonly levels: ReadonlyMap<string, RuleConfig>;
  readonly report: InProcessReport;
  /** Waivers of every stack; none counts where the proposed rule is applied, which knows no addressable specifications. */
  readonly waivers: readonly Waiver[];
  readonly nprm2025: boolean;
  /** ISO 8601. */
  readonly date: string;
  readonly commit: string;
}

/** Puts together what one evaluation of the pack has shown. */
export function evidenceOf(input: EvidenceInput): Evidence {
  const { deployment, rules, levels, waivers, nprm2025, date, commit } = input;
  const day = date.slice(0, 10);
  const own = nprm2025 ? [] : waivers.filter(({ stack }) => stack === deployment.stack);
  const results = resultsOf(input, own, day);
  const byRule = Map.groupBy(results, ({ rule }) => rule);
  const ruleEvidence = rules.map((rule): RuleEvidence => {
    const { enforcementLevel: level, properties: settings } = levels.get(rule.name) as RuleConfig;
    const own = byRule.get(rule.name) ?? [];
    return {
      name: rule.name,
      description: rule.description,
      severity: rule.severity ?? "medium",
      level,
      controls: rule.framework?.reference?.split(", ") ?? [],
      remediation: rule.remediationSteps ?? "",
      settings,
      counts: countsOf(own, deployment.resources.length - own.length),
    };
  });
  const used = new Set(results.flatMap(({ rule, type, name, waiver }) => (waiver ? [`${rule} ${type} ${name}`] : [])));
  const unused = own.filter(({ rule, resource }) => !used.has(`${rule} ${resource.type} ${resource.name}`));
  return {
    schema: "svp-compliance/1.0",
    project: deployment.project,
    stack: deployment.stack,
    account: [
      ...new Set(deployment.resources.flatMap(({ type, inputs }) => (type === "pulumi:providers:aws" ? (inputs["allowedAccountIds"] as string[]) : []))),
    ],
    date,
    commit,
    nprm2025,
    resources: deployment.resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:")).length,
    rules: ruleEvidence,
    controls: controlsOf(ruleEvidence),
    results,
    waiverObjections: [
      ...objections(
        own,
        deployment.resources.map(({ urn }) => urn),
        day,
      ),
      ...unused.map(({ rule, resource }) => `The waiver of ${rule} for ${resource.type} "${resource.name}" covers nothing any more.`),
    ],
    data: dataVersions,
  };
}

/** Rules that must be kept and are not, and waivers that may not stand. */
export const isCompliant = ({ rules, waiverObjections }: Evidence): boolean =>
  waiverObjections.length === 0 && rules.every(({ level, counts }) => level !== "mandatory" || counts.fail === 0);

function resultsOf({ deployment: { resources }, rules, report: { findings, applied, judged } }: EvidenceInput, own: readonly Waiver[], day: string): Result[] {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const stack = resources[0] as DeployedResource;
  const found = Map.groupBy(findings, ({ rule, urn }) => `${rule} ${urn ?? stack.urn}`);
  return rules.flatMap((policy) => {
    const rule = policy.name;
    const broken = findings.filter((finding) => finding.rule === rule).map(({ urn }) => urn ?? stack.urn);
    // A rule about the stack as a whole is about the resources that it judged and those that break it; about the stack itself if there are none.
    const named = [...(judged[rule] ?? []), ...broken];
    const about = new Set("validateStack" in policy && named.length > 0 && applied[rule]?.length !== 0 ? named : [...(applied[rule] ?? []), ...broken]);
    return [...about].map((urn): Result => {
      const { type, name } = byUrn.get(urn) ?? stack;
      const here = found.get(`${rule} ${urn}`) ?? [];
      const messages = here.map(({ message }) => message);
      if (messages.length === 0) return { rule, urn, type, name, verdict: "pass", messages };
      if (messages.every((message) => message.startsWith("can't run policy"))) return { rule, urn, type, name, verdict: "unjudged", messages };
      const waiver = waiverFor(own, rule, urn, day);
      if (waiver === undefined) return { rule, urn, type, name, verdict: "fail", messages };
      const { reason, approver, expires } = waiver;
      return { rule, urn, type, name, verdict: "waived", messages, waiver: { reason, approver, expires } };
    });
  });
}

function countsOf(results: readonly Result[], notApplicable: number): RuleEvidence["counts"] {
  const of = (verdict: Verdict): number => results.filter((result) => result.verdict === verdict).length;
  return { pass: of("pass"), fail: of("fail"), waived: of("waived"), unjudged: of("unjudged"), notApplicable };
}

function controlsOf(rules: readonly RuleEvidence[]): ControlEvidence[] {
  return (Object.entries(sections) as [SectionId, (typeof sections)[SectionId]][]).map(([section, { title, obligation, ...rest }]) => {
    const citing = rules.filter(({ controls, level }) => level !== "disabled" && controls.includes(section));
    const common = { section, title, obligation, rules: citing.map(({ name }) => name) };
    if ("organisational" in rest) return { ...common, status: "organisational", reason: rest.organisational };
    if (citing.some(({ counts }) => counts.fail > 0)) return { ...common, status: "violated" };
    return { ...common, status: citing.some(({ counts }) => counts.pass + counts.waived > 0) ? "kept" : "not evaluated" };
  });
}

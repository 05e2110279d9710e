import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { EnforcementLevel, Policies } from "@pulumi/policy";
import { z } from "zod";
import { enumerate } from "../problem.ts";
import { ProjectError } from "../project.ts";

/** How one rule is to be applied. */
export interface RuleConfig {
  readonly enforcementLevel: EnforcementLevel;
  /** The rule's own settings: its defaults, then what the file says. */
  readonly properties: Readonly<Record<string, unknown>>;
}

const level = z.enum(["advisory", "mandatory", "disabled"]);
/** The form of a `--policy-pack-config` file: rule -> level, or level and settings; `all` gives every rule a level. */
const file = z.record(z.string(), z.union([level, z.looseObject({ enforcementLevel: level.optional() })]));
export type PolicyConfig = z.infer<typeof file>;

/** Reads `policies/config/<stack>.json`, which `pulumi preview --policy-pack-config` takes too. No file means the rules' defaults. */
export function readPolicyConfig(root: string, stack: string): PolicyConfig {
  const path = join("policies", "config", `${stack}.json`);
  if (!existsSync(join(root, path))) return {};
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(join(root, path), "utf8"));
  } catch (error) {
    throw new ProjectError(`${path} is no JSON: ${(error as Error).message}`);
  }
  const parsed = file.safeParse(content);
  if (!parsed.success) throw new ProjectError(`${path}:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** What every rule is to be told: the engine fills in the defaults of a rule's schema, the policy server does not. */
export function reconcile(rules: Policies, config: PolicyConfig): Map<string, RuleConfig> {
  const mistakes = Object.keys(config)
    .filter((name) => name !== "all" && !rules.some((rule) => rule.name === name))
    .map((name) => `There is no rule "${name}"; the rules are ${enumerate(rules.map((rule) => rule.name))}.`);
  const levelFor = (name: string): EnforcementLevel | undefined => {
    const given = config[name];
    return typeof given === "string" ? given : given?.enforcementLevel;
  };
  const reconciled = new Map<string, RuleConfig>();
  for (const { name, configSchema, enforcementLevel } of rules) {
    const given = config[name];
    const { enforcementLevel: _, ...settings } = typeof given === "object" ? given : {};
    const defaults = Object.entries(configSchema?.properties ?? {}).flatMap(([key, schema]) => (schema.default === undefined ? [] : [[key, schema.default]]));
    const properties = { ...Object.fromEntries(defaults), ...settings };
    const schema = z.fromJSONSchema({ type: "object", additionalProperties: false, properties: {}, ...configSchema } as z.core.JSONSchema.JSONSchema);
    const checked = schema.safeParse(properties);
    for (const { path, message } of checked.error?.issues ?? []) mistakes.push(`Rule "${[name, ...path].join(".")}": ${message}.`);
    reconciled.set(name, { enforcementLevel: levelFor(name) ?? levelFor("all") ?? enforcementLevel ?? "mandatory", properties });
  }
  if (mistakes.length > 0) throw new ProjectError(mistakes.join("\n"));
  return reconciled;
}

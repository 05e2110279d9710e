import type { Policies, PolicyConfigSchema } from "@pulumi/policy";
import { sections, securityRule } from "../../policies/data/security-rule.ts";
import { dataVersions } from "../../policies/data/versions.ts";

/** Rules as a document for people: by service, with what each asks, how grave it is, the paragraphs that it serves and its settings. */
export function ruleDocument(rules: Policies): string {
  const services = Map.groupBy(rules, ({ name }) => name.split("-")[0] as string);
  const cited = new Set(rules.flatMap(({ framework }) => framework?.reference?.split(", ") ?? []));
  const organisational = Object.values(sections).filter((section) => "organisational" in section).length;
  return `# The rules of the policy pack

Written by \`npm run rules -- --write\`. ${rules.length} rules, all mandatory unless a stack's profile says otherwise
([profiles](policy-profiles.md)). Numbers are paragraphs of 45 CFR Part 164, as of ${securityRule.asOf}: of ${Object.keys(sections).length}
standards and specifications, ${cited.size} are served by rules, and ${organisational} are matters of the organisation that no program can meet.
Each rule's file is \`policies/rules/SERVICE/NAME.ts\`. How they compare with published lists: [parity](parity.md).

${[...services].map(([service, own]) => `## ${service}\n\n${table(own)}`).join("\n\n")}

## Data that rules judge by

| what | as of |
| --- | --- |
${Object.entries(dataVersions)
  .map(([what, asOf]) => `| ${what} | ${asOf} |`)
  .join("\n")}

\`npm run data-age\` says which of these are old, and what to do.
`;
}

const table = (rules: Policies): string =>
  `| rule | what it asks | severity | paragraphs |
| --- | --- | --- | --- |
${rules
  .map(
    ({ name, description, severity, framework, configSchema, tags }) =>
      `| \`${name}\` | ${cell(description)}${settings(configSchema)}${tags?.includes("nprm-2025") ? " (proposed rule of 2025)" : ""} | ${severity} | ${framework?.reference} |`,
  )
  .join("\n")}`;

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** Settings with their defaults. */
function settings(schema: PolicyConfigSchema | undefined): string {
  const entries = Object.entries(schema?.properties ?? {});
  if (entries.length === 0) return "";
  return ` ${entries.map(([name, { default: value }]) => cell(`\`${name}: ${JSON.stringify(value)}\``)).join(", ")}`;
}

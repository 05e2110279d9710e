import { pathToFileURL } from "node:url";
import type { Evidence, RuleEvidence } from "./evidence.ts";

/** SARIF 2.1.0 levels of our severities (OASIS, "Static Analysis Results Interchange Format", 3.27.10). */
const levels: Readonly<Record<RuleEvidence["severity"], "error" | "warning" | "note">> = { critical: "error", high: "error", medium: "warning", low: "note" };

/** The violations as SARIF, which code-scanning tools read. A waived one is there too, suppressed, with its reason. */
export function sarifOf({ stack, commit, date, rules, results }: Evidence, root: string): object {
  const index = new Map(rules.map(({ name }, i) => [name, i]));
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "svp-hipaa",
            rules: rules.map(({ name, description, severity, controls, remediation }) => ({
              id: name,
              shortDescription: { text: description },
              help: { text: remediation },
              defaultConfiguration: { level: levels[severity] },
              properties: { controls },
            })),
          },
        },
        automationDetails: { id: `svp-hipaa/${stack}` },
        originalUriBaseIds: { PROJECT: { uri: `${pathToFileURL(root).href}/` } },
        properties: { commit, date },
        results: results
          .filter(({ verdict }) => verdict !== "pass")
          .map(({ rule, urn, messages, verdict, waiver }) => ({
            ruleId: rule,
            ruleIndex: index.get(rule),
            kind: verdict === "unjudged" ? "open" : "fail",
            level: verdict === "unjudged" ? "none" : levels[rules[index.get(rule) as number]?.severity ?? "medium"],
            message: { text: messages.join(" ") },
            // A resource has no place in a file: the stack's configuration stands for it, its URN says which it is.
            locations: [
              {
                physicalLocation: { artifactLocation: { uri: `Pulumi.${stack}.yaml`, uriBaseId: "PROJECT" } },
                logicalLocations: [{ fullyQualifiedName: urn, kind: "resource" }],
              },
            ],
            partialFingerprints: { ruleAndResource: `${rule} ${urn}` },
            ...(waiver && { suppressions: [{ kind: "external", justification: `${waiver.reason} (${waiver.approver}, until ${waiver.expires})` }] }),
          })),
      },
    ],
  };
}

import type { StackVerdict } from "../engine/verify-stack.ts";

/** `docs/pulumi-engine.md`: what the real engine said of the stacks. */
export function verdictDocument(verdicts: readonly StackVerdict[], version: string): string {
  const advisory = [...new Set(verdicts.flatMap(({ advisoryAtFirstPreview }) => advisoryAtFirstPreview))].sort();
  const stacks = verdicts.map(({ stack }) => stack);
  return [
    "# Held against the real Pulumi engine",
    "",
    "Written by `npm run verify:pulumi -- --write`, without which it fails where this page says anything else.",
    "",
    `The CLI ${version}, built from its Go module, has taken every stack through a first preview, an update with the policy pack, a preview of`,
    "no change, a preview of changed configuration (owner, retention, budget) and a destroy, with a file backend and the local provider attached",
    "through `PULUMI_DEBUG_PROVIDERS`; and the sample was analysed on a local cloud that `pulumi up` had deployed.",
    "",
    "- What the engine recorded is what the offline run registers: resources, types, parents, ids, inputs, what each input depends on, providers, protection.",
    "- The pack told `pulumi up` what it tells `npm run preview`.",
    "- A preview of no change changes nothing; changed configuration replaces and deletes nothing that holds data.",
    "- Explained differences: the engine chooses the ids of providers, keeps their inputs as JSON texts with the package's version, makes a provider for `awsx`, and keeps the stack that others refer to.",
    "- The CLI writes its state at the end of an update, not after each resource (`PULUMI_SKIP_CHECKPOINTS`): half of the time went there.",
    "- The language host is `local/engine/language-host.ts`, which starts the runners of `@pulumi/pulumi`: the CLI's own has no tagged Go module.",
    "- Not the AWS provider: its rules for inputs, its defaults and AWS itself had no part in this. What AWS replaces is known for types that hold data only (`local/engine/replacements.ts`).",
    "",
    "| stack | resources | rules advisory at the first preview |",
    "| --- | ---: | ---: |",
    ...verdicts.map(({ stack, resources, advisoryAtFirstPreview }) => `| \`${stack}\` | ${resources} | ${advisoryAtFirstPreview.length} |`),
    "",
    "## Rules that the first preview can't judge",
    "",
    "Before anything exists, values such as ARNs are unknown, and the engine reports a rule that needs one as advisory. The update judges all of them: rules",
    "about one resource before it is made, rules about the whole when all is made. `npm run preview` judges all before anything is made.",
    "",
    `| rule | ${stacks.join(" | ")} |`,
    `| --- | ${stacks.map(() => ":---:").join(" | ")} |`,
    ...advisory.map(
      (rule) => `| \`${rule}\` | ${verdicts.map(({ advisoryAtFirstPreview }) => (advisoryAtFirstPreview.includes(rule) ? "x" : "")).join(" | ")} |`,
    ),
    "",
  ].join("\n");
}

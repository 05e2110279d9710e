import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { main } from "../local/cli/command.ts";

const root = join(import.meta.dirname, "..");
const file = join(root, "policies/data/reviewed-types.ts");

/** Made by awsx in a process of its own, which an offline run does not have. */
const madeElsewhere = ["docker-build:index:Image"];

/** Registered where a configuration asks a language model for drafts (`svp:report`), or deploys from inside AWS (`svp:pipeline`), as none of the stacks here does. */
const onRequest = [
  "bedrock/guardrail:Guardrail",
  "bedrock/guardrailVersion:GuardrailVersion",
  "bedrockmodel/invocationLoggingConfiguration:InvocationLoggingConfiguration",
  "codebuild/project:Project",
  "codepipeline/pipeline:Pipeline",
].map((type) => `aws:${type}`);

/** Every type of resource that the programs of all stacks register, by what of them was reviewed: test/stacks/golden. */
export function registeredTypes(): string[] {
  const golden = (name: string): Record<string, object> => JSON.parse(readFileSync(join(root, "test/stacks/golden", `${name}.json`), "utf8"));
  const differing = ["staging", "dev", "local"].flatMap((stack) => Object.keys(golden(`${stack}-differs-from-prod`)["has"] ?? {}));
  const names = [...Object.keys(golden("prod")), ...Object.keys(golden("shared")), ...differing];
  const types = names.map((name) => name.split(" ")[0]!).filter((type) => !type.startsWith("pulumi:"));
  return [...new Set([...types, ...madeElsewhere, ...onRequest])].sort();
}

/** The text of `policies/data/reviewed-types.ts`. */
export const catalogueOf = (types: readonly string[], asOf: string): string => `/**
 * Every type of resource that somebody has reviewed: that the rules of this pack know what of it matters. Made from what the programs
 * register by \`npm run reviewed-types\`. Before a type comes in here, see that a rule judges it, or that nothing of it matters.
 */
export const reviewedTypes = {
  asOf: ${JSON.stringify(asOf)},
  source: "test/stacks/golden: what the programs of all stacks register",
  types: [
${types.map((type) => `    ${JSON.stringify(type)},`).join("\n")}
  ],
} as const;
`;

if (import.meta.main)
  await main({
    help: `
npm run reviewed-types

Writes policies/data/reviewed-types.ts, the catalogue of types of resources that the policy pack lets through, from what the programs of
all stacks register (test/stacks/golden). Run it once a type that is new has been reviewed, and its rule written.

  -h, --help   this text

Exit code: 0 done; 2 wrong usage.`,
    options: {},
    positionals: [],
    async run() {
      writeFileSync(file, catalogueOf(registeredTypes(), new Date().toISOString().slice(0, 10)));
      return 0;
    },
  });

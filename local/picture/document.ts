import type { Deployment } from "../deploy/deployment.ts";
import { type Flow, flowChart } from "./flow-chart.ts";
import { plural } from "./layout.ts";
import { type Picture, pictureOf } from "./model.ts";
import { svgOf } from "./svg.ts";

/** Stacks that the document shows. */
export const drawnStacks = ["shared", "prod"] as const;

/** Files of the document, by their path in the repository. Depends on nothing but the programs of the stacks. */
export function deploymentFiles(deployments: readonly Deployment[]): Map<string, string> {
  const drawn = deployments.map((deployment) => ({ deployment, picture: pictureOf(deployment) }));
  return new Map([
    ...drawn.map(({ deployment, picture }): [string, string] => [imagePath(deployment.stack), svgOf(picture)]),
    ["docs/deployment.md", document(drawn)],
  ]);
}

const imagePath = (stack: string): string => `docs/images/architecture-${stack}.svg`;

function document(drawn: readonly { readonly deployment: Deployment; readonly picture: Picture }[]): string {
  const stacks = drawn.map(({ deployment, picture }) => {
    const { stack } = deployment;
    return [
      `## Stack ${stack}`,
      `![Components of stack ${stack} and what they use](${imagePath(stack).slice("docs/".length)})`,
      ...picture.accounts.map((account) => {
        const title = account.id === "" ? "In no account" : `Account ${account.id}: ${account.providers.join(", ")} (${account.regions.join(", ")})`;
        const rows = account.areas.flatMap(({ name, cards }) => cards.map((card) => [name, card.name, countsOf(card), usedBy(picture, card.urn)]));
        return `### ${title}\n\n${table(["area", "component", "inside", "uses"], rows)}`;
      }),
      ...machines(deployment),
    ].join("\n\n");
  });
  return `# What is deployed

Drawn by \`npm run picture -- --write\` from the programs of the stacks. \`npm run picture -- STACK --out FILE.svg\` draws any stack.

${stacks.join("\n\n")}
`;
}

const countsOf = ({ counts, minorCount }: Picture["accounts"][number]["areas"][number]["cards"][number]): string =>
  [...counts.map(({ what, count }) => `${count} ${count === 1 ? what : plural(what)}`), ...(minorCount === 0 ? [] : [`${minorCount} more`])].join(", ");

function usedBy({ uses, accounts }: Picture, user: string): string {
  const names = new Map(accounts.flatMap(({ areas }) => areas).flatMap(({ cards }) => cards.map(({ urn, name }) => [urn, name])));
  return uses
    .filter((use) => use.user === user)
    .map(({ used }) => names.get(used)!)
    .sort()
    .join(", ");
}

function machines({ resources }: Deployment): string[] {
  return resources
    .filter(({ type }) => type === "aws:sfn/stateMachine:StateMachine")
    .flatMap(({ name, inputs }) => {
      const { chart, failures } = flowChart(JSON.parse(String(inputs["definition"])) as Flow);
      const note = [
        "Solid lines are the ways through it, dashed ones those of failures.",
        ...failures.map((failure) => `${failure.replace(/\.$/, "")}; not drawn.`),
      ].join(" ");
      return [`### State machine ${name}`, note, `\`\`\`mermaid\n${chart}\n\`\`\``];
    });
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

import { type Definition, definitions } from "../../contracts/measure-definitions.ts";

/** `docs/measures.md`: every clinical measure with its formula and where that comes from. */
export function measuresDocument(): string {
  const rows = Object.entries<Definition>(definitions).map(
    ([name, { unit, title, formula, source }]) => `| \`${name}\` | ${title.en}<br>${title["zh-TW"]} | ${unit} | ${formula} | ${source} |`,
  );
  return `# Clinical measures

Written by \`npm run measures -- --write\` from \`contracts/measure-definitions.ts\`. Each analysis is measured by
\`functions/aggregate/measure-operation\`; \`measures.json\` (contract \`surgical-measures/1.0\`) has for every value what it is made
from, who produced that, how sure they were and whether that is calibrated. Times are those of the source's own frames.
What no network tells has no value, and says so: it is never zero.

A value is compared with other operations of the same procedure and, where somebody graded it, of the same difficulty: its
mid-rank percentile and its standard score (of logarithms for times). With fewer than ten of them it is not compared.

| measure | title | unit | how | source |
| --- | --- | --- | --- | --- |
${rows.join("\n")}
`;
}

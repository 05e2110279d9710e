import { type Definition, definitions } from "../../contracts/measure-definitions.ts";

/** `docs/measures.md`: every clinical measure with its formula and where that comes from. */
export function measuresDocument(): string {
  const rows = Object.entries<Definition>(definitions).map(
    ([name, { unit, title, formula, source }]) => `| \`${name}\` | ${title.en}<br>${title["zh-TW"]} | ${unit} | ${formula} | ${source} |`,
  );
  return `# Clinical measures

Written by \`npm run measures -- --write\` from \`contracts/measure-definitions.ts\`. Each analysis is measured by
\`functions/aggregate/measure-operation\`; \`measures.json\` (contract \`surgical-measures/1.1\`) has for every value what it is made
from, who told that, how sure they were and whether that is calibrated. It has two tables that values refer to: \`producers\`, with version,
digest and calibration of each, and \`definitions\`, the rows below as they were when it was measured. Documents of version 1.0 lack the
tables and are still read. Times are those of the source's own frames.

What no network tells has no value, and says so: it is never zero. What was looked for and not found is zero: an instrument that was not
seen, a phase that was not entered. A share is one of the time that those looked at who tell it. Of what several tell, such as an
instrument in a phase, the confidence is that of the less sure one.

A value is compared with other operations of the same procedure and, where somebody graded it, of the same difficulty: its
mid-rank percentile and its standard score (of logarithms for times). With fewer than ten of them it is not compared.

| measure | title | unit | how | source |
| --- | --- | --- | --- | --- |
${rows.join("\n")}
`;
}

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { metricDefinitions } from "../../../models/metrics/definitions.ts";

const file = join(import.meta.dirname, "../../../docs/metrics.md");

describe("docs/metrics.md", () => {
  it("has the definitions as they are (renew it with UPDATE_GOLDEN=1)", () => {
    const rows = Object.entries(metricDefinitions).map(([id, { unit, better, definition }]) => `| \`${id}\` | ${unit} | ${better} | ${definition} |`);
    const table = ["| metric | unit | better | definition |", "| --- | --- | --- | --- |", ...rows].join("\n");
    const page = readFileSync(file, "utf8");
    const current = page.replace(/<!-- metrics -->[\s\S]*<!-- \/metrics -->/, `<!-- metrics -->\n${table.replaceAll("$", "$$$$")}\n<!-- /metrics -->`);
    if (process.env["UPDATE_GOLDEN"]) writeFileSync(file, current);
    expect(readFileSync(file, "utf8")).to.equal(current);
  });
});

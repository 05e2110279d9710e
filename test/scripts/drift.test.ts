import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { DriftFeature } from "../../contracts/drift.ts";
import { drawTables, withTables } from "../../scripts/drift/page.ts";

const ks = (feature: "meanScore" | "blur", level: DriftFeature["level"]): DriftFeature => ({
  ...{ test: "ks", feature, value: 0.5, p: 0.01, level, baseline: 0, window: 1 },
});
const embedding = (level: DriftFeature["level"]): DriftFeature => ({
  ...{ test: "ks-embedding", feature: "embedding", value: 1, p: 0.0001, level, dimension: 2, baseline: 0, window: 1 },
});

describe("npm run drift:measure", () => {
  it("explains itself, and ends with 2 for what it can't do", () => {
    const run = (...args: string[]) => spawnSync(process.execPath, ["scripts/measure-drift.ts", ...args], { encoding: "utf8" });
    const help = run("--help");
    expect([help.status, help.stdout.split("\n")[0]]).to.deep.equal([0, "npm run drift:measure -- [--write]"]);
    expect(run("--no-such-option").status).to.equal(2);
  });

  it("tells what is large in each window, the embedding apart, and false alarms", () => {
    const windows = [
      [ks("meanScore", "moderate"), embedding("none")],
      [ks("blur", "large"), ks("meanScore", "large"), embedding("large")],
      [embedding("large")],
    ];
    const tables = drawTables(["like", "other", "dim"], [{ network: "net", windows, deals: 200, otherAlarms: 3, embeddingAlarms: 0 }]);
    expect(tables.split("\n")).to.deep.equal([
      "| large in a window of | like | other | dim |",
      "| --- | --- | --- | --- |",
      "| `net` | - | **embedding**, blur, meanScore | **embedding** |",
      "",
      "| false alarms | deals of like cases | by the embedding | by all else |",
      "| --- | --- | --- | --- |",
      "| `net` | 200 | 0 | 3 |",
    ]);
  });

  it("renews its part of the page and nothing else, and refuses a page without one", () => {
    const page = readFileSync("docs/drift.md", "utf8");
    const renewed = withTables(page, "| a |");
    expect(renewed).to.include("<!-- measured by npm run drift:measure -->\n\n| a |\n\n<!-- end of what was measured -->");
    expect(renewed.split("<!--")[0]).to.equal(page.split("<!--")[0]);
    expect(withTables(renewed, "| b |")).to.equal(renewed.replace("| a |", "| b |"));
    expect(() => withTables("# Drift\n", "| a |")).to.throw('The page has no part between "<!-- measured by npm run drift:measure -->"');
  });

  it("has a row for each network whose statistics are kept", () => {
    const page = readFileSync("docs/drift.md", "utf8");
    for (const id of ["instrument-detector", "instrument-segmenter", "organ-segmenter", "phase-classifier", "view-quality"])
      expect(page.split(`| \`${id}\` | `).length, id).to.equal(3);
  });
});

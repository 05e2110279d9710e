import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { deploy } from "../../local/deploy/deploy.ts";
import { offlineProvider } from "../../local/provider/offline.ts";
import { root } from "../../local/root.ts";
import { projectOfModes } from "../e2e/support/modes-project.ts";

const folder = join(root, "docs/runbooks");
const index = readFileSync(join(folder, "README.md"), "utf8");

/** What alarms say, each with the page that the index names. `…` stands for anything, N for a number. */
const rows = [...index.matchAll(/^\| (.+?) \| \[.+?\]\((.+?)\) \|$/gm)].map(([, says = "", page = ""]) => ({ says, page }));
const patternOf = (says: string): RegExp =>
  new RegExp(
    `^${says
      .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
      .replace("…", ".+")
      .replace(/\bN\b/, "\\d+")}$`,
  );

const alarmsOf = (stack: string): string[] =>
  [...readFileSync(join(root, `test/stacks/golden/${stack}.json`), "utf8").matchAll(/"alarmDescription": "(.+?)"/g)].map(([, says = ""]) => says);

describe("the runbooks", () => {
  /** Descriptions of every alarm that the program declares in these stacks, and in one with an analyser in each mode. */
  const alarms = ["prod", "shared"].flatMap(alarmsOf);
  before(async () => {
    const folder = mkdtempSync(join(tmpdir(), "svp-runbooks-"));
    try {
      const { resources } = await deploy({ root: projectOfModes(folder), stack: "prod", provider: offlineProvider() });
      alarms.push(...resources.flatMap(({ inputs }) => (typeof inputs["alarmDescription"] === "string" ? [inputs["alarmDescription"]] : [])));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("have a page for every alarm that the program declares", () => {
    expect(alarms).to.have.length.above(30);
    const unanswered = [...new Set(alarms)].filter((says) => !rows.some((row) => patternOf(row.says).test(says)));
    expect(unanswered).to.deep.equal([]);
  });

  it("name no alarm that there is not", () => {
    expect(rows.filter(({ says }) => !alarms.some((alarm) => patternOf(says).test(alarm))).map(({ says }) => says)).to.deep.equal([]);
  });

  it("exist, are all in the index, and tell how it shows, what to do, and how to know that it is over", () => {
    expect(rows.map(({ page }) => page).filter((page) => !existsSync(join(folder, page)))).to.deep.equal([]);
    for (const page of readdirSync(folder).filter((name) => name !== "README.md")) {
      expect(index, page).to.include(`(${page})`);
      const text = readFileSync(join(folder, page), "utf8");
      for (const part of ["**Shows.**", "**Do.**", "**Check.**"]) expect(text, page).to.include(part);
    }
  });
});

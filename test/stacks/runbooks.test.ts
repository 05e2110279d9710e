import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { root } from "../../local/root.ts";

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

/** Descriptions of every alarm that the program declares in these stacks. */
const alarms = ["prod", "shared"].flatMap((stack) =>
  [...readFileSync(join(root, `test/stacks/golden/${stack}.json`), "utf8").matchAll(/"alarmDescription": "(.+?)"/g)].map(([, says = ""]) => says),
);

describe("the runbooks", () => {
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

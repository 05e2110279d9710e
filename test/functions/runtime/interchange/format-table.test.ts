import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { formatTable } from "../../../../functions/runtime/interchange/format-table.ts";

const file = join(import.meta.dirname, "../../../../docs/interchange.md");

describe("docs/interchange.md", () => {
  it("has the table of the formats as they are (renew it with UPDATE_GOLDEN=1)", () => {
    const page = readFileSync(file, "utf8");
    const current = page.replace(/<!-- formats -->[\s\S]*<!-- \/formats -->/, `<!-- formats -->\n${formatTable().replaceAll("$", "$$$$")}\n<!-- /formats -->`);
    if (process.env["UPDATE_GOLDEN"]) writeFileSync(file, current);
    expect(readFileSync(file, "utf8")).to.equal(current);
  });
});

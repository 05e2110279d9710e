import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { keepPage } from "../../../local/cli/verified-page.ts";

describe("keepPage", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "svp-page-"));
    writeFileSync(join(root, "page.md"), "# A page\n\n| dev | 1 |\n| prod | 2 |\n");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("has nothing against a page that says the same", async () => {
    expect(await keepPage(root, "page.md", "# A page\n\n| dev | 1 |\n| prod | 2 |\n", { write: false, script: "look" })).to.deep.equal([]);
  });

  it("tells each line that differs, and leaves the page alone", async () => {
    expect(await keepPage(root, "page.md", "# A page\n\n| dev | 1 |\n| prod | 3 |\n", { write: false, script: "look" })).to.deep.equal([
      "page.md says otherwise: npm run look -- --write",
      "  - | prod | 2 |",
      "  + | prod | 3 |",
    ]);
    expect(readFileSync(join(root, "page.md"), "utf8")).to.contain("| prod | 2 |");
  });

  it("takes lines in another order for another page", async () => {
    expect(await keepPage(root, "page.md", "# A page\n\n| prod | 2 |\n| dev | 1 |\n", { write: false, script: "look" })).to.deep.equal([
      "page.md says otherwise: npm run look -- --write",
    ]);
  });

  it("writes it where it is asked to", async () => {
    expect(await keepPage(root, "page.md", "# Another\n", { write: true, script: "look" })).to.deep.equal([]);
    expect(readFileSync(join(root, "page.md"), "utf8")).to.equal("# Another\n");
  });

  it("fails for a page that is not there", async () => {
    const failure = await keepPage(root, "none.md", "# A page\n", { write: false, script: "look" }).catch((error: NodeJS.ErrnoException) => error.code);
    expect(failure).to.equal("ENOENT");
  });
});

import { existsSync, readFileSync } from "node:fs";
import { expect } from "chai";

/** Rows of the tables: their cells, headings and rulers apart. */
const rowsOf = (text: string): string[][] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("| ") && !/^\| (what|---) /.test(line))
    .map((line) =>
      line
        .slice(2, -2)
        .split(" | ")
        .map((cell) => cell.trim()),
    );

/** Paths of this project that a text names: in backticks, with a slash. */
const pathsIn = (text: string): string[] => [...text.matchAll(/`([\w.-]+(?:\/[\w.*-]+)+)`/g)].map(([, path]) => path as string);

describe("docs/systems.md", () => {
  const text = readFileSync("docs/systems.md", "utf8");
  const rows = rowsOf(text);

  it("names files that exist", () => {
    expect(pathsIn(text)).to.have.length.above(80);
    expect(pathsIn(text).filter((path) => !existsSync(path))).to.deep.equal([]);
    const links = [...text.matchAll(/\]\(([^)#]+)\)/g)].map(([, to]) => `docs/${to}`);
    expect(links.filter((path) => !existsSync(path))).to.deep.equal([]);
  });

  it("tells of everything who does it, what answers for it here, and the test that shows it", () => {
    expect(rows).to.have.length.above(30);
    for (const [what, files, here, test, ...others] of rows) {
      expect(others, what).to.deep.equal([]);
      expect(
        pathsIn(files as string).filter((path) => !path.startsWith("test/")),
        what,
      ).not.to.deep.equal([]);
      expect(here, what).not.to.equal("");
      expect(pathsIn(test as string), what).not.to.deep.equal([]);
      expect(
        pathsIn(test as string).filter((path) => !path.startsWith("test/")),
        what,
      ).to.deep.equal([]);
    }
  });
});

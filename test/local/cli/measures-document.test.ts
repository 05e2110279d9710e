import { readFileSync } from "node:fs";
import { expect } from "chai";
import { definitions } from "../../../contracts/measure-definitions.ts";
import { measuresDocument } from "../../../local/cli/measures-document.ts";

describe("the document of measures", () => {
  it("is the one that npm run measures -- --write writes", () => expect(readFileSync("docs/measures.md", "utf8")).to.equal(measuresDocument()));

  it("has a row for each", () => {
    for (const name of Object.keys(definitions)) expect(measuresDocument()).to.contain(`\n| \`${name}\` |`);
  });
});

import { expect } from "chai";
import { glyphOf, glyphSize } from "../../../models/serving/annotation/glyphs.ts";

describe("glyphs that are drawn into pictures", () => {
  const known = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:-/%()_+&? "];

  it("are of the letters, digits and signs that labels have, each unlike all others", () => {
    const drawn = known.map((character) => glyphOf(character).join(" "));
    expect(new Set(drawn).size).to.equal(known.length);
    for (const character of known) {
      expect(glyphOf(character), character).to.have.length(glyphSize.height);
      for (const row of glyphOf(character))
        expect(row)
          .to.be.at.least(0)
          .and.lessThan(1 << glyphSize.width);
    }
  });

  it("are the same for small letters, and a question mark for what has none", () => {
    expect(glyphOf("k")).to.equal(glyphOf("K"));
    for (const character of ["é", "膽", "~"]) expect(glyphOf(character)).to.equal(glyphOf("?"));
  });
});

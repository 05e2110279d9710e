import { expect } from "chai";
import { terminology } from "../../contracts/terminology.ts";

const code = { system: "http://snomed.info/sct", code: "1", display: "Made up" };

describe("svp:codes", () => {
  it("takes codes of levels, events, labels, procedures and measures", () => {
    const given = Object.fromEntries(["level:phase", "event:bleeding", "label:Clip & cut", "procedure:a", "measure:b"].map((key) => [key, [code]]));
    expect(terminology.parse(given)).to.deep.equal(given);
    expect(terminology.parse({})).to.deep.equal({});
  });

  it("refuses others, with every reason", () => {
    const refused = terminology.safeParse({
      "organ:liver": [code],
      "level:phase": [],
      "event:cut": [{ ...code, system: "SNOMED" }],
      "event:tear": [{ ...code, code: "a b" }],
    });
    expect(refused.error?.issues.map(({ path }) => path.join(".")).sort()).to.deep.equal([
      "event:cut.0.system",
      "event:tear.0.code",
      "level:phase",
      "organ:liver",
    ]);
  });

  it("refuses more than a function's environment holds", () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`label:name ${i}`, [code]]));
    expect(terminology.safeParse(many).error?.issues.map(({ message }) => message)).to.deep.equal(["must have 3000 characters of JSON at most"]);
  });
});

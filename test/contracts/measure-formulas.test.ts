import { expect } from "chai";
import { definitions } from "../../contracts/measure-definitions.ts";
import { formulaInChinese, formulasInChinese } from "../../contracts/measure-formulas.ts";

describe("formulas of measures in Chinese", () => {
  it("are there for every measure, in Chinese and with the marks of Chinese", () => {
    expect(Object.keys(formulasInChinese)).to.deep.equal(Object.keys(definitions));
    for (const [name, formula] of Object.entries(formulasInChinese)) {
      expect(formula, name).to.match(/\p{Script=Han}.*。$/u);
      expect(formula, name).not.to.match(/\p{Script=Han}[,:;?!(]|[,:;?!)]\p{Script=Han}/u);
    }
  });

  it("count with the same limits as the English", () => {
    const numbers = (text: string) => [...text.matchAll(/(?<![\w.])\d+(\.\d+)?(?! to C)/g)].map(([number]) => number).sort();
    for (const [name, { formula }] of Object.entries(definitions)) {
      const said = new Set(numbers(formulasInChinese[name as keyof typeof definitions]));
      for (const number of numbers(formula)) expect(said.has(number), `${name}: ${number}`).to.equal(true);
    }
  });

  it("stand for the formula of this version only: another's is told as it was stored", () => {
    const { formula } = definitions["idle-count"];
    expect(formulaInChinese("idle-count", formula)).to.equal("上述時段的數目。");
    expect(formulaInChinese("idle-count", "Number of idle spans, differently.")).to.equal(undefined);
    for (const name of ["unheard-of", "toString"]) expect(formulaInChinese(name, formula)).to.equal(undefined);
  });
});

import { expect } from "chai";
import { boxAgreement, cohensKappa } from "../../../models/metrics/agreement.ts";

describe("agreement of two people", () => {
  it("is Cohen's kappa of what they say", () => {
    // 20 both yes, 15 both no, 5 and 10 of one mind each: 0.7 against 0.5 by chance.
    const pairs = [...Array(20).fill("yy"), ...Array(5).fill("yn"), ...Array(10).fill("ny"), ...Array(15).fill("nn")] as string[];
    const [first, second] = [pairs.map((pair) => pair[0] as string), pairs.map((pair) => pair[1] as string)];
    const { kappa, observed, expected, units } = cohensKappa(first, second);
    expect([observed, expected, units]).to.deep.equal([0.7, 0.5, 50]);
    expect(kappa).to.be.closeTo(0.4, 1e-12);
    expect(cohensKappa(second, first).kappa).to.equal(kappa);
  });

  it("is 1 of those who agree, below 0 of those who contradict, and none where there was nothing to choose", () => {
    expect(cohensKappa(["a", "b", "c"], ["a", "b", "c"]).kappa).to.equal(1);
    expect(cohensKappa(["a", "b"], ["b", "a"]).kappa).to.equal(-1);
    expect(cohensKappa(["a", "a"], ["a", "a"])).to.deep.equal({ kappa: null, observed: 1, expected: 1, units: 2 });
    expect(cohensKappa(["a", "a"], ["b", "b"]).kappa).to.equal(0);
    expect(cohensKappa([], []).kappa).to.equal(null);
    expect(() => cohensKappa(["a"], [])).to.throw("1 and 0 units");
  });

  it("matches boxes of a label, each once, the best first", () => {
    const box = (label: string, x: number, width = 10) => ({ label, x, y: 0, width, height: 10 });
    const found = boxAgreement([
      { first: [box("hook", 0), box("hook", 2), box("clip", 50)], second: [box("hook", 2), box("bag", 50)] },
      { first: [], second: [box("hook", 0)] },
      { first: [box("hook", 0)], second: [box("hook", 2)] },
    ]);
    expect(found).to.deep.include({ matched: 2, first: 4, second: 4, f1: 0.5 });
    // Overlaps of 1 and of 8 / 12.
    expect(found.overlap).to.be.closeTo((1 + 8 / 12) / 2, 1e-12);
    expect(boxAgreement([{ first: [box("hook", 0)], second: [box("hook", 6)] }])).to.deep.include({ matched: 0, f1: 0, overlap: null });
    expect(boxAgreement([])).to.deep.equal({ f1: null, overlap: null, matched: 0, first: 0, second: 0 });
  });
});

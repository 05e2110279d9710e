import { expect } from "chai";
import { instanceHour } from "../../../contracts/prices.ts";
import { analysisSeconds } from "../../../local/cost/assumptions.ts";
import { analysers, gate } from "../../../models/catalogue.ts";

describe("analysisSeconds", () => {
  it("is what the benchmark measured, scaled to a quarter of the pixels and twice the processors", () => {
    // 60 s of full HD at 5 fps take 14.42 processor seconds, 9.49 of them to decode; two processors do it in 8.40 s.
    const processorSeconds = 60 * (14.42 - 0.75 * 9.49);
    expect(analysisSeconds("ml.c5.xlarge", 5)).to.be.closeTo((processorSeconds * (8.4 / 14.42)) / 2, 1e-9);
  });
  it("grows with the rate, and shrinks with processors", () => {
    expect(analysisSeconds("ml.m5.xlarge", 5)).to.be.greaterThan(analysisSeconds("ml.m5.xlarge", 1));
    expect(analysisSeconds("ml.m5.2xlarge", 5)).to.be.closeTo(analysisSeconds("ml.m5.xlarge", 5) / 2, 1e-9);
  });
  it("is known for every instance type of the catalogue, and for every one with a price but the smallest", () => {
    for (const { instanceType } of [gate, ...analysers]) expect(analysisSeconds(instanceType, 1)).to.be.greaterThan(0);
    for (const type of Object.keys(instanceHour).filter((type) => type !== "ml.t3.medium")) expect(analysisSeconds(type, 1)).to.be.greaterThan(0);
  });
  it("is refused for another", () => expect(() => analysisSeconds("ml.x9.huge", 1)).to.throw("No speed is known for instance type ml.x9.huge"));
});

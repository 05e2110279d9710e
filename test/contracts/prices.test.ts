import { expect } from "chai";
import { instanceHour } from "../../contracts/prices.ts";
import { analysers, gate } from "../../models/catalogue.ts";

describe("prices", () => {
  it("are known for every instance type of the catalogue", () => {
    for (const { instanceType } of [gate, ...analysers]) expect(instanceHour, instanceType).to.have.property(instanceType).that.is.greaterThan(0);
  });
});

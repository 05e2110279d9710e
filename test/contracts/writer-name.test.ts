import { expect } from "chai";
import { writerName } from "../../contracts/writer-name.ts";

describe("writerName", () => {
  it("tells the version of a model of the organisation's own, and of others the name alone", () => {
    expect(writerName({ id: "surgical-vlm", modelVersion: "2" })).to.equal("surgical-vlm/2");
    expect(writerName({ id: "amazon.nova-lite-v1:0" })).to.equal("amazon.nova-lite-v1:0");
  });
});

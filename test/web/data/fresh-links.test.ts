import { expect } from "chai";
import { FreshLinks } from "../../../web/data/fresh-links.ts";

describe("links that are signed anew with every answer", () => {
  it("are kept for ten minutes, each name's own", () => {
    let now = 0;
    const links = new FreshLinks(() => now);
    expect([links.keep("a", "a-1"), links.keep("a", "a-2"), links.keep("b", "b-1")]).to.deep.equal(["a-1", "a-1", "b-1"]);
    now = 10 * 60 * 1000 - 1;
    expect(links.keep("a", "a-3")).to.equal("a-1");
    now++;
    expect([links.keep("a", "a-4"), links.keep("a", "a-5")]).to.deep.equal(["a-4", "a-4"]);
  });
});

import { randomUUID } from "node:crypto";
import { expect } from "chai";
import { splitOf } from "../../../contracts/dataset-names.ts";
import { clipFrames, correctionsOf, sharesFor, truePhases } from "../../../local/learning/demo-cases.ts";

describe("the cases of the learning demonstration", () => {
  it("show the phases at the beginning of the sample, one after the other", () => {
    const phases = truePhases();
    expect(phases.map(({ label }) => label)).to.deep.equal(["Preparation", "CalotTriangleDissection", "ClippingCutting"]);
    expect(phases.map(({ startFrame }) => startFrame)).to.deep.equal([0, ...phases.slice(0, -1).map(({ endFrame }) => endFrame)]);
    expect(phases.at(-1)?.endFrame).to.equal(clipFrames);
  });

  it("are corrected by rejecting what the network said, and by saying what is true", () => {
    const span = { startFrame: 0, endFrame: 9, startTicks: 0, endTicks: 9, confidence: 0.5, producer: "n", review: "unreviewed" };
    const segments = [
      { ...span, id: "a", level: "phase", label: "Preparation" },
      { ...span, id: "b", level: "shot", label: "1" },
    ];
    const [rejected, added, ...others] = correctionsOf({ analysis: { segments } } as never, [{ label: "ClippingCutting", startFrame: 0, endFrame: 9 }]);
    expect(rejected).to.deep.equal({ kind: "judge", target: { kind: "segment", id: "a" }, after: "rejected", reason: "wrong-label" });
    expect(added?.after).to.deep.equal({ type: "phase", label: "ClippingCutting", startFrame: 0, endFrame: 9 });
    expect(others).to.deep.equal([]);
  });

  it("get into a split each, wherever their hashes can be told apart by whole percents", () => {
    const three = Array.from({ length: 20 }, () => [randomUUID(), randomUUID(), randomUUID()].map((id) => `case-${id}`));
    for (const ids of three) {
      const shares = sharesFor(ids);
      if (shares === undefined) continue;
      expect(shares.train + shares.validation + shares.test).to.equal(100);
      expect(new Set(ids.map((id) => splitOf(id, shares))).size).to.equal(3);
    }
    expect(sharesFor(["case-a", "case-a", "case-b"])).to.equal(undefined);
  });
});

import { expect } from "chai";
import { figureOf, gates, judged, lighthouseGates, limitOf, percentile } from "../../bench/page/gates.ts";
import { detectionChunk, frameCount, maskChunk, storedChunks } from "../../bench/page/long-case.ts";
import { cellsOf } from "../../contracts/run-lengths.ts";

describe("the gates of the page", () => {
  const gate = (id: string) => [...gates, ...lighthouseGates].find((one) => one.id === id) ?? expect.fail(`There is no gate ${id}.`);

  it("hold at their limit and not beyond, whichever way they look", () => {
    expect([8, 8.1].map((figure) => judged(gate("overlay"), figure).holds)).to.deep.equal([true, false]);
    expect([1.5, 1.49].map((figure) => judged(gate("upload"), figure).holds)).to.deep.equal([true, false]);
    expect(judged(gate("seek"), Number.NaN).holds, "what was not measured").to.equal(false);
  });

  it("are written with their units", () => {
    expect([limitOf(gate("overlay")), figureOf({ gate: gate("overlay"), figure: 7.04 })]).to.deep.equal(["at most 8 ms", "7.0 ms"]);
    expect([limitOf(gate("upload")), figureOf({ gate: gate("upload"), figure: 1.6 })]).to.deep.equal(["at least 1.5 x", "1.60 x"]);
    expect(limitOf(gate("performance"))).to.equal("at least 0.95");
  });

  it("look at percentiles by nearest rank", () => {
    const values = Array.from({ length: 20 }, (_, i) => 20 - i);
    expect([0.5, 0.95, 1].map((share) => percentile(values, share))).to.deep.equal([10, 19, 20]);
    expect(() => percentile([], 0.5)).to.throw("An empty list has no percentile.");
  });
});

describe("the made-up case of three hours", () => {
  it("has twenty boxes and two masks on every frame, in chunks as the storage keeps them", () => {
    const chunk = JSON.parse(storedChunks(detectionChunk())(3)) as ReturnType<typeof detectionChunk>;
    expect([chunk.frames[0], chunk.frames.at(-1), chunk.offsets.at(-1), chunk.box.length]).to.deep.equal([2250, 2999, 15_000, 60_000]);
    const masks = maskChunk();
    expect(masks.runs).to.have.length(1500);
    for (const runs of masks.runs.slice(0, 4)) expect(cellsOf(runs, { width: masks.gridWidth, height: masks.gridHeight }).includes(1)).to.equal(true);
    expect(frameCount).to.equal(270_000);
  });
});

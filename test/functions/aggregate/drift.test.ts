import { expect } from "chai";
import { emitDrift } from "../../../functions/aggregate/merge-timeline/drift.ts";
import { emitMetrics } from "../../../functions/runtime/metrics.ts";

/** Lines that something writes to standard output, less their time. */
function written(work: () => void): unknown[] {
  const lines: string[] = [];
  const { write } = process.stdout;
  process.stdout.write = (text: string | Uint8Array) => lines.push(String(text)) > 0;
  try {
    work();
  } finally {
    process.stdout.write = write;
  }
  return lines.map((line) => {
    const { _aws, ...rest } = JSON.parse(line);
    expect(Date.now() - _aws.Timestamp).to.be.within(0, 60_000);
    expect(_aws.CloudWatchMetrics).to.have.length(1);
    const [{ Namespace, Dimensions, Metrics }] = _aws.CloudWatchMetrics;
    expect(Namespace).to.equal("SurgicalVideoPlatform");
    // Every metric and dimension that the directive names is there, and nothing else.
    expect([...Dimensions.flat(), ...Metrics.map(({ Name }: { Name: string }) => Name)].sort()).to.deep.equal(Object.keys(rest).sort());
    return { dimensions: Dimensions, ...rest };
  });
}

const row = (analyser: string, share: number, required = true) => ({ analyser, status: "SUCCEEDED" as const, required, share, error: null });
const of = { version: "1.0.0", digest: null };
const histogram = (counts: Record<number, number>) => Array.from({ length: 10 }, (_, bin) => counts[bin] ?? 0);

describe("emitDrift", () => {
  it("tells the shares of the run, and of each producer how much it sees and how surely; of no case", () => {
    const producers = [
      {
        ...{ producer: "instrument-detector", ...of, frameCount: 200, embedding: [1, 2] },
        labels: [
          { label: "hook", frameCount: 100, scores: histogram({ 9: 100, 2: 20 }) },
          { label: "grasper", frameCount: 50, scores: histogram({ 7: 80 }) },
        ],
      },
      { producer: "idle", ...of, frameCount: 10, labels: [{ label: "x", frameCount: 0, scores: histogram({}) }], embedding: null },
      { producer: "never-ran", ...of, frameCount: 0, labels: [], embedding: null },
    ];
    const shares = { outOfBody: 0.1, black: 0.01, blur: 0.02, overexposed: 0, underexposed: 0.5 };
    expect(written(() => emitDrift({ producers, shares }, [row("a", 0.9), row("b", 1), row("c", 0.2, false)]))).to.deep.equal([
      { dimensions: [[]], CoveredShare: 0.9, OutOfBodyShare: 0.1, BlackShare: 0.01, BlurShare: 0.02, OverexposedShare: 0, UnderexposedShare: 0.5 },
      // 0.95 x 100 + 0.25 x 20 + 0.75 x 80, of 200.
      { dimensions: [["Producer"]], Producer: "instrument-detector", LabelsPerFrame: 0.75, MeanScore: 0.8 },
      { dimensions: [["Producer"]], Producer: "idle", LabelsPerFrame: 0 },
    ]);
  });
});

describe("emitMetrics", () => {
  it("takes no name that could be a person's or a file's for a dimension", () => {
    for (const name of ["Jane Doe", "video.mp4", "0b0c5ad6-55a5-4b5e-9c1c-5b9f6f0d1a11", "x", "é-a"]) {
      expect(() => written(() => emitMetrics({ MeanScore: 1 }, name))).to.throw("A producer's name must be");
    }
    expect(written(() => emitMetrics({}))).to.deep.equal([]);
  });
});

import { expect } from "chai";
import { modelQuality } from "../../contracts/model-quality.ts";

const digest = "a".repeat(64);
const accuracy = { value: 0.8, low: 0.7, high: 0.9, better: "higher", operations: 12 };
const document = {
  schema: "model-quality/1.0",
  createdAt: "2026-11-26T10:00:00Z",
  model: { id: "phase-classifier", version: "1.0.0", task: "frame-classification", subject: "phase", sha256: digest, threshold: 0 },
  dataset: { name: "drawn", version: "1.1.0", sha256: digest, split: "test", operations: 12, frames: 1080, syntheticOnly: true },
  runtime: { name: "onnxruntime", version: "1.23.2", provider: "CPUExecutionProvider" },
  headline: "accuracy",
  metrics: { accuracy },
  perClass: { Preparation: { f1: accuracy } },
  golden: { frames: 12, agreeing: 12 },
};
const faults = (change: object): string[] =>
  modelQuality.safeParse({ ...document, ...change }).error?.issues.map(({ path, message }) => `${path.join(".")} ${message}`) ?? [];

describe("model-quality/1.0", () => {
  it("takes a whole document, and one whose model has no golden frames", () => {
    expect(faults({})).to.deep.equal([]);
    expect(faults({ golden: null })).to.deep.equal([]);
    expect(faults({ metrics: { accuracy: { ...accuracy, low: null, high: null, operations: 1 } } })).to.deep.equal([]);
  });

  it("refuses what contradicts itself", () => {
    expect(faults({ headline: "recall" })).to.deep.equal(["headline must be one of the metrics: accuracy"]);
    expect(faults({ golden: { frames: 3, agreeing: 4 } })).to.deep.equal(["golden.agreeing must not be above golden.frames"]);
    expect(faults({ metrics: { accuracy: { ...accuracy, low: null } } })).to.deep.equal([
      "metrics.accuracy.low must be null where high is, and only there",
      "metrics.accuracy.low must be null of fewer than two operations, and only then",
    ]);
    expect(faults({ metrics: { accuracy: { ...accuracy, low: 0.95 } } })).to.deep.equal(["metrics.accuracy.low must not be above high"]);
  });

  it("refuses other sets than the test's, and names that are none", () => {
    expect(faults({ dataset: { ...document.dataset, split: "training" } })).to.have.length(1);
    expect(faults({ perClass: { Preparation: { "F1 of it": accuracy } } })).to.have.length(1);
    expect(faults({ runtime: { ...document.runtime, name: "torch" } })).to.have.length(1);
  });
});

import { expect } from "chai";
import { staleText } from "../../../local/cli/stale-table.ts";

describe("staleText", () => {
  it("tells each, why, and how many files go with it", () => {
    const found = [
      { kind: "model" as const, name: "svp-local-inference-a", reason: "No endpoint configuration names it.", files: 0 },
      { kind: "training-files" as const, name: "training/phase-classifier/a/", reason: "Nothing in the registry came of it.", files: 1 },
      { kind: "endpoint-files" as const, name: "endpoint-models/a/", reason: "No model loads it.", files: 12 },
      { kind: "experiment-files" as const, name: "training/experiments/a/b/", reason: "Nothing in the registry came of it.", files: 3 },
    ];
    expect(staleText({ found, removed: 0, isCut: true })).to.deep.equal([
      "model               svp-local-inference-a: No endpoint configuration names it.",
      "training's files    training/phase-classifier/a/ (1 file): Nothing in the registry came of it.",
      "endpoint's files    endpoint-models/a/ (12 files): No model loads it.",
      "experiment's files  training/experiments/a/b/ (3 files): Nothing in the registry came of it.",
      "",
      "4 found, 0 removed. There may be more: one sweep takes no more than this.",
    ]);
  });

  it("says so where nothing is stale", () => {
    expect(staleText({ found: [], removed: 0, isCut: false })).to.deep.equal(["Nothing is stale."]);
  });
});

import { expect } from "chai";
import type { MetricEstimate, ModelQuality } from "../../../contracts/model-quality.ts";
import type { ListedVersion } from "../../../contracts/model-registry.ts";
import { compareQuality, decisionsOn, isSettling } from "../../../web/models/compared.ts";

const of = (value: number, better: MetricEstimate["better"] = "higher"): MetricEstimate => ({ value, low: null, high: null, better, operations: 1 });
const quality = (metrics: ModelQuality["metrics"], perClass: ModelQuality["perClass"] = {}, test = "a"): ModelQuality => ({
  schema: "model-quality/1.0",
  createdAt: "2026-11-26T10:00:00.000Z",
  model: { id: "phases", version: "1.1.0", task: "frame-classification", subject: "phase", sha256: "b".repeat(64), threshold: 0.5 },
  dataset: { name: "phases", version: "1.0.0", sha256: test.repeat(64), split: "test", operations: 1, frames: 90, syntheticOnly: true },
  runtime: { name: "onnxruntime", version: "1.20.0", provider: "CPUExecutionProvider" },
  ...{ headline: "accuracy", metrics, perClass, golden: null },
});

describe("a version of a network beside the one in use", () => {
  it("is told metric by metric, the headline first, better and worse in each metric's own sense", () => {
    const own = quality({ missed: of(3, "lower"), accuracy: of(0.75), constructor: of(1) }, { closing: { recall: of(0.5) }, opening: { recall: of(1) } });
    const used = quality({ missed: of(5, "lower"), accuracy: of(1) }, { closing: { recall: of(0.5), precision: of(1) } });
    const { metrics, uncompared } = compareQuality(own, used);
    expect(uncompared).to.equal(null);
    expect(metrics.map(({ label, metric, isHeadline, inUse, better }) => [label, metric, isHeadline, inUse?.value ?? null, better])).to.deep.equal([
      [null, "accuracy", true, 1, -0.25],
      [null, "missed", false, 5, 2],
      [null, "constructor", false, null, null],
      ["closing", "recall", false, 0.5, 0],
      ["opening", "recall", false, null, null],
    ]);
  });

  it("is not compared where the one in use was never measured, or on another test", () => {
    const own = quality({ accuracy: of(0.75) });
    for (const [used, why] of [
      [null, "unmeasured"],
      [quality({ accuracy: of(0.5) }, {}, "c"), "other-test"],
    ] as const) {
      const { metrics, uncompared } = compareQuality(own, used);
      expect([uncompared, metrics]).to.deep.equal([why, [{ label: null, metric: "accuracy", isHeadline: true, own: of(0.75), inUse: null, better: null }]]);
    }
  });

  it("can be decided about in every way but the one that holds", () => {
    const ways = (["PendingManualApproval", "Approved", "Rejected"] as const).map((approval) => decisionsOn({ approval }));
    expect(ways).to.deep.equal([["Approved", "Rejected"], ["Rejected"], ["Approved"]]);
  });

  it("is awaited for a quarter of an hour after a decision that does not show yet", () => {
    const now = Date.parse("2026-11-27T10:00:00.000Z");
    const settles = (version: Partial<ListedVersion>, decidedAt?: string) => {
      const facts: Record<string, string> = decidedAt === undefined ? {} : { decidedAt };
      const listed: ListedVersion = {
        ...{ version: 1, approval: "PendingManualApproval", createdAt: "2026-11-27T09:00:00.000Z", description: null, reason: null, isInUse: false },
        ...{ quality: null, ...version, facts },
      };
      return isSettling({ models: [{ model: "phases", inUse: { version: "1.0.0", sha256: "0".repeat(64) }, versions: [listed] }] }, now);
    };
    const lately = "2026-11-27T09:46:00.000Z";
    expect([
      settles({}),
      settles({ approval: "Approved" }, lately),
      settles({ approval: "Approved", isInUse: true }, lately),
      settles({ approval: "Rejected", isInUse: true }, lately),
      settles({ approval: "Rejected" }, lately),
      settles({ approval: "Approved" }, "2026-11-27T09:45:00.000Z"),
    ]).to.deep.equal([false, true, false, true, false, false]);
  });
});

import { expect } from "chai";
import type { AnnotationSet } from "../../../contracts/annotation-set.ts";
import { annotatorAgreement } from "../../../models/metrics/annotators.ts";

const set = (change: Partial<AnnotationSet>): AnnotationSet => ({
  ...{ schema: "annotation-set/1.0", id: "5d9b1f0e-3c0f-4a57-8d4c-0a4de3c1b2a3", caseId: "0b0c5ad6-55a5-4b5e-9c1c-5b9f6f0d1a11", runId: "0".repeat(40) },
  ...{ contentSha256: "a".repeat(64), createdAt: "2026-11-26T10:00:00.000Z", createdBy: "somebody", labels: ["hook", "clip"], lookedAt: [0, 5, 10] },
  producer: { kind: "human", format: "coco", files: [{ name: "file-1", sha256: "b".repeat(64) }] },
  ...{ media: { frameCount: 20, width: 100, height: 100 }, boxes: [], masks: [], segments: [], events: [], notes: [] },
  ...change,
});
const box = (frame: number, label: number, x: number) => ({ frame, label, x, y: 0, width: 10, height: 10, score: null, track: -1, interpolated: false });
const phase = (label: string, startFrame: number, endFrame: number) => ({ id: label, level: "phase" as const, label, startFrame, endFrame });

describe("agreement of two annotators", () => {
  it("compares frames that both looked at, label by label, and phases frame by frame", () => {
    const first = set({ boxes: [box(0, 0, 0), box(5, 0, 0), box(5, 1, 50)], segments: [phase("Preparation", 0, 10), phase("Dissection", 10, 20)] });
    // The other counts labels otherwise, and looked at a frame more.
    const second = set({
      ...{ labels: ["clip", "hook"], lookedAt: [0, 5, 10, 15], boxes: [box(0, 1, 0), box(5, 0, 50), box(15, 1, 0)] },
      segments: [phase("Preparation", 0, 15), phase("Dissection", 15, 20)],
    });
    const found = annotatorAgreement(first, second);
    expect(found.frames).to.equal(3);
    expect(found.boxes).to.deep.include({ matched: 2, first: 3, second: 2, f1: 0.8, overlap: 1 });
    expect(found.labels.map(({ label, presence, boxes }) => [label, presence.observed, presence.kappa, boxes.f1])).to.deep.equal([
      ["clip", 1, 1, 1],
      ["hook", 2 / 3, (2 / 3 - 4 / 9) / (1 - 4 / 9), 2 / 3],
    ]);
    expect(found.phases).to.deep.equal({ kappa: 0.5, observed: 0.75, expected: 0.5, units: 20 });
    expect(annotatorAgreement(second, first).phases).to.deep.equal(found.phases);
  });

  it("tells nothing of phases that one did not give, and compares no two analyses", () => {
    const found = annotatorAgreement(set({ lookedAt: null, boxes: [box(0, 0, 0)] }), set({ boxes: [box(10, 0, 0)], segments: [phase("Preparation", 0, 10)] }));
    expect(found).to.deep.include({ frames: 1, phases: null });
    expect(found.boxes).to.deep.include({ first: 1, second: 0, f1: 0 });
    expect(() => annotatorAgreement(set({}), set({ contentSha256: "c".repeat(64) }))).to.throw("not about the same analysis");
  });
});

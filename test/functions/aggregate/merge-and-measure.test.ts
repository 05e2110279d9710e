import { expect } from "chai";
import fc from "fast-check";
import { measuresKey } from "../../../contracts/keys.ts";
import { type Measures, measures as measuresContract } from "../../../contracts/measures.ts";
import { createHandler } from "../../../functions/aggregate/measure-operation/handler.ts";
import { union } from "../../../functions/aggregate/measure-operation/intervals.ts";
import { measureOf } from "../../../functions/aggregate/measure-operation/measure.ts";
import { readOperation } from "../../../functions/aggregate/measure-operation/read-operation.ts";
import { count } from "../support/frames.ts";
import { caseId, runId } from "../support/ids.ts";
import { type Given, merged } from "./support/run.ts";

const every = (step: number, frameCount: number): number[] => count(Math.ceil(frameCount / step)).map((i) => i * step);

const classifier = (producer: string, subject: Given["subject"], labels: string[], frames: readonly number[], scores: (frame: number) => number[]): Given => ({
  ...{ producer, kind: "classifications", subject, labels },
  lines: frames.map((frame) => ({ frame, pts: frame, scores: scores(frame) })),
});

/** An instrument that is seen in some frames, in one place. */
const detector = (producer: string, label: string, frames: readonly number[], isSeen: (frame: number) => boolean): Given => ({
  ...{ producer, kind: "detections", subject: "instrument", labels: [label, "Hook"] },
  lines: frames.map((frame) => ({ frame, pts: frame, boxes: isSeen(frame) ? [[0, 0.9, 100, 100, 40, 40]] : [] })),
});

/** What an operation measures, from the lines of its networks: merged, and measured, by the handlers that do so on AWS. */
async function measured(given: readonly Given[], options: Parameters<typeof merged>[1] = {}): Promise<Measures> {
  const { lake } = await merged(given, options);
  const handler = createHandler({
    lake,
    facts: async () => ({ runId, procedure: "laparoscopic-cholecystectomy", severity: null }),
    cohort: async () => [],
    remember: async () => {},
  });
  await handler({ caseId, runId });
  return lake.json(measuresKey(caseId, runId), measuresContract);
}

describe("the critical view of safety, from the lines of networks to its measures", () => {
  const frameCount = 2500;
  const criteria = (from: number, to: number, c3 = 0.7) =>
    classifier("cvs", "critical-view", ["C1", "C2", "C3", "raterSd"], every(25, frameCount), (frame) =>
      frame >= from && frame < to ? [0.9, 0.8, c3, 0.1] : [0.2, 0.3, 0.1, 0.4],
    );
  const clipper = detector("instruments", "Clipper", every(5, frameCount), (frame) => frame >= 1500 && frame < 1700);
  const of = ({ measures }: Measures) =>
    Object.fromEntries(measures.filter(({ name }) => name.startsWith("critical-view")).map(({ id, value, note }) => [id, [value, note]]));

  it("is achieved before the first clip, as sure as its criteria", async () => {
    const found = await measured([criteria(500, 750), clipper], { frameCount });
    expect(of(found)).to.deep.equal({
      "critical-view-held": [10, "Achieved: held for at least 5 s."],
      // 60 s - 20 s - 5 s.
      "critical-view-lead": [35, null],
      "critical-view-probability/C1": [0.9, null],
      "critical-view-probability/C2": [0.8, null],
      "critical-view-probability/C3": [0.7, null],
      "critical-view-rater-spread": [0.1, null],
    });
    const held = found.measures.find(({ id }) => id === "critical-view-held");
    expect(held).to.deep.include({ producers: ["cvs", "instruments"], confidence: 0.7, calibrated: false });
    expect(found.findings.filter(({ type }) => type === "critical-view")).to.have.length(1);
    expect(found.producers?.map(({ id }) => id)).to.include.members(["cvs", "instruments"]);
  });

  it("is not where a criterion is missed, or the view comes after the clip", async () => {
    expect(of(await measured([criteria(500, 750, 0.4), clipper], { frameCount }))["critical-view-held"]).to.deep.equal([0, "Not achieved: 5 s are asked for."]);
    expect(of(await measured([criteria(1600, 2000), clipper], { frameCount }))["critical-view-held"]).to.deep.equal([0, "Not achieved: 5 s are asked for."]);
  });

  it("is not told where the network looked every third second", async () => {
    const seldom = classifier("cvs", "critical-view", ["C1", "C2", "C3"], every(75, frameCount), () => [0.9, 0.9, 0.9]);
    const { "critical-view-held": held } = of(await measured([seldom, clipper], { frameCount }));
    expect(held?.[0]).to.equal(null);
  });
});

describe("measures of what was merged", () => {
  const frameCount = 1000;
  const wave = (frame: number, phase: number) => 0.5 + 0.4 * Math.sin(frame / 60 + phase);
  const valuesOf = ({ measures }: Pick<Measures, "measures">) => Object.fromEntries(measures.map(({ id, value }) => [id, value]));

  it("have phases that add up to the time inside the patient, whatever the network says and the gate leaves out", async () => {
    const labels = ["First", "Then", "Last"];
    const gap = fc.tuple(fc.integer({ min: 0, max: 950 }), fc.integer({ min: 1, max: 200 }));
    await fc.assert(
      fc.asyncProperty(fc.array(gap, { maxLength: 3 }), fc.infiniteStream(fc.integer({ min: 0, max: 2 })), async (gaps, stream) => {
        const outside = new Set(gaps.flatMap(([start, length]) => count(length).map((i) => start + i)));
        const gate = union(gaps.map(([startFrame, length]) => ({ startFrame, endFrame: Math.min(frameCount, startFrame + length) })));
        // Each stretch of 10 s is said to be one phase or another; every frame is looked at, so that all that is inside was.
        const said = every(250, frameCount).map(() => stream.next().value as number);
        const looked = classifier("phases", "phase", labels, count(frameCount), (frame) =>
          labels.map((_, label) => (label === said[Math.floor(frame / 250)] ? 0.98 : 0.01)),
        );
        const found = await measured([{ ...looked, change: { threshold: 0 } }], { frameCount, gate });
        const values = valuesOf(found);
        const inside = count(frameCount).filter((frame) => !outside.has(frame)).length / 25;
        expect(values["in-body-time"]).to.be.closeTo(inside, 1e-9);
        if (inside === 0) return;
        const phases = labels.map((label) => values[`phase-duration/${label}`] as number);
        expect(phases.reduce((sum, seconds) => sum + seconds, 0)).to.be.closeTo(inside, 0.002);
        for (const [i, label] of labels.entries()) expect(values[`phase-longest-run/${label}`]).to.be.at.most((phases[i] as number) + 0.001);
      }),
      { seed: 20261128, numRuns: 30 },
    );
  });

  it("are the same whatever the order in which branches ended", async () => {
    const blood: Given = {
      ...{ producer: "organs", kind: "masks", subject: "structure", labels: ["Liver", "Blood"] },
      lines: every(25, frameCount).map((frame) => ({ frame, pts: frame, gridWidth: 4, gridHeight: 2, masks: [[1, 0.9, [2, 3, 3]]] })),
    };
    const given: Given[] = [
      detector("left", "Grasper", every(5, frameCount), (frame) => wave(frame, 0) > 0.5),
      detector("right", "Bipolar", every(10, frameCount), (frame) => wave(frame, 1) > 0.5),
      classifier("phases-a", "phase", ["First", "Then"], every(25, frameCount), (frame) => [wave(frame, 2), 1 - wave(frame, 2)]),
      classifier("phases-b", "phase", ["First", "Then"], every(25, frameCount), (frame) => [wave(frame, 1), 1 - wave(frame, 1)]),
      classifier("view", "view", ["smoke", "bleeding"], every(25, frameCount), (frame) => [wave(frame, 3), wave(frame, 4)]),
      classifier("cvs", "critical-view", ["C1", "C2", "C3"], every(25, frameCount), (frame) => [0.9, 0.9, wave(frame, 5)]),
      blood,
    ];
    const gate = [{ startFrame: 333, endFrame: 444 }];
    const measuresOf = async (order: readonly Given[]) => {
      const { lake, found } = await merged(order, { frameCount, gate });
      return measureOf(await readOperation(lake, found));
    };
    const first = await measuresOf(given);
    expect(valuesOf({ measures: first.measures.map((one) => ({ ...one, cohort: null })) })).to.include({ "bleeding-area-share": 0.375 });
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(given, { minLength: given.length }), async (shuffled) => {
        expect(await measuresOf(shuffled)).to.deep.equal(first);
      }),
      { seed: 20261128, numRuns: 10 },
    );
  });
});

import { expect } from "chai";
import { definitionOf } from "../../../models/metrics/definitions.ts";
import { type Compared, type Observed, type ObservedBox, operationMetrics } from "../../../models/metrics/operation.ts";

const silent: Observed = { outOfBody: null, phases: null, events: null, boxes: null, masks: null };
const compare = (truth: Partial<Observed>, found: Partial<Observed>, phaseScores: Compared["phaseScores"] = null) =>
  operationMetrics({ frameCount: 100, secondsPerFrame: 0.1, truth: { ...silent, ...truth }, found: { ...silent, ...found }, phaseScores });
const box = (label: string, x: number, score = 1, track = -1): ObservedBox => ({ label, score, x, y: 0, width: 10, height: 10, track });

describe("metrics of an operation", () => {
  it("say nothing where one side is silent", () => {
    expect(compare({}, {})).to.deep.equal({});
    expect(compare({ outOfBody: [], phases: [], events: [] }, {})).to.deep.equal({});
  });

  it("judge the gate by what it leaves uncovered, in seconds of an hour", () => {
    expect(compare({ outOfBody: [{ startFrame: 10, endFrame: 30 }] }, { outOfBody: [{ startFrame: 12, endFrame: 40 }] })).to.deep.equal({
      "gate/recall": 0.9,
      "gate/missed": 72,
      "gate/needless": 360,
    });
    expect(compare({ outOfBody: [] }, { outOfBody: [] })["gate/recall"]).to.equal(null);
  });

  it("leave frames outside the patient out of phases, boxes and masks", () => {
    const outOfBody = [{ startFrame: 50, endFrame: 100 }];
    const phases = [{ label: "a", startFrame: 0, endFrame: 100 }];
    expect(compare({ outOfBody, phases }, { phases: [{ label: "a", startFrame: 0, endFrame: 50 }] })["phase/accuracy"]).to.equal(1);

    const wrong = { labels: ["Hook"], frames: new Map([[60, [box("Hook", 0)]]]) };
    expect(compare({ outOfBody, boxes: { labels: ["Hook"], frames: new Map([[60, []]]) } }, { boxes: wrong })).to.not.have.property("detection/map");
  });

  it("compare boxes in frames that both looked at, and labels that both know", () => {
    const values = compare(
      {
        boxes: {
          labels: ["Hook", "Trocar"],
          frames: new Map([
            [0, [box("Hook", 0), box("Trocar", 50)]],
            [1, []],
            [2, [box("Hook", 0)]],
          ]),
        },
      },
      {
        boxes: {
          labels: ["Hook", "Clipper"],
          frames: new Map([
            [0, [box("Hook", 0, 0.9), box("Clipper", 50, 0.8)]],
            [1, [box("Hook", 0, 0.2)]],
            [3, [box("Hook", 0, 0.9)]],
          ]),
        },
      },
    );
    expect(values).to.deep.equal({ "detection/map": 1, "detection/map50": 1, "detection/map75": 1, "detection/ap50/Hook": 1, "presence/ap/Hook": 1 });
  });

  it("follow tracks where the truth has some", () => {
    const frames = (track: number) => new Map(Array.from({ length: 4 }, (_, frame) => [frame, [box("Hook", frame, 1, track)]] as const));
    const values = compare({ boxes: { labels: ["Hook"], frames: frames(1) } }, { boxes: { labels: ["Hook"], frames: frames(7) } });
    expect(values).to.include({ "tracking/hota": 1, "tracking/mota": 1, "tracking/idf1": 1, "tracking/identity-switches": 0 });
  });

  it("compare masks of one label over all frames together, an absent one as empty", () => {
    const mask = (cells: number[]) => ({ width: 2, height: 2, cells: Uint8Array.from(cells) });
    const values = compare(
      {
        masks: {
          labels: ["Liver"],
          frames: new Map([
            [0, new Map([["Liver", mask([1, 1, 0, 0])]])],
            [1, new Map()],
          ]),
        },
      },
      {
        masks: {
          labels: ["Liver"],
          frames: new Map([
            [0, new Map([["Liver", mask([1, 1, 0, 0])]])],
            [1, new Map([["Liver", mask([1, 0, 0, 0])]])],
          ]),
        },
      },
    );
    expect(values["mask/dice/Liver"]).to.be.closeTo(4 / 5, 1e-12);
    expect(values["mask/iou/Liver"]).to.be.closeTo(2 / 3, 1e-12);
    expect(values["mask/nsd/Liver"]).to.equal(0.5);
  });

  it("judge probabilities before decoding, of frames whose phase is known", () => {
    const values = compare(
      { phases: [{ label: "a", startFrame: 0, endFrame: 50 }] },
      {},
      {
        labels: ["a", "b"],
        frames: [0, 10, 60],
        scores: [
          [0.8, 0.4, 0.9],
          [0.2, 0.6, 0.1],
        ],
      },
    );
    expect(values["phase/brier"]).to.be.closeTo((0.04 + 0.36) / 2, 1e-12);
    expect(values["phase/calibration-error"]).to.be.closeTo((0.2 + 0.6) / 2, 1e-12);
    expect(values["phase/area-under-risk"]).to.equal(0.25);
  });

  it("have ids that are all defined", () => {
    const everything = { outOfBody: [], phases: [{ label: "a", startFrame: 0, endFrame: 100 }], events: [{ label: "smoke", startFrame: 3, endFrame: 9 }] };
    const all = { ...everything, boxes: { labels: ["Hook"], frames: new Map([[0, [box("Hook", 0, 1, 1)]]]) }, masks: { labels: ["Liver"], frames: new Map() } };
    const ids = Object.keys(compare(all, all, { labels: ["a"], frames: [0], scores: [[1]] }));
    expect(ids).to.have.length.above(25);
    for (const id of ids) expect(definitionOf(id).definition).to.be.a("string");
    expect(() => definitionOf("phase/luck")).to.throw('"phase/luck" is not a metric.');
    expect(() => definitionOf("event/recall/")).to.not.throw();
  });
});

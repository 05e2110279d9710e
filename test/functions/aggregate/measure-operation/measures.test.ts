import { expect } from "chai";
import fc from "fast-check";
import type { Analysis } from "../../../../contracts/analysis.ts";
import { eventType } from "../../../../contracts/event-type.ts";
import { definitions } from "../../../../contracts/measure-definitions.ts";
import { measureOf } from "../../../../functions/aggregate/measure-operation/measure.ts";
import { operationOf } from "../../../../functions/aggregate/measure-operation/operation.ts";
import { analysisOf } from "../../support/analysis.ts";
import { analysisOfDrawn, type Drawn, drawnOperation, type Labelled } from "../../support/drawn-operation.ts";
import { count } from "../../support/frames.ts";
import { digest } from "../../support/ids.ts";

const measured = (drawn: Drawn) => measureOf(drawnOperation(drawn));
const valuesOf = (drawn: Drawn): Record<string, number | null> => Object.fromEntries(measured(drawn).measures.map(({ id, value }) => [id, value]));
const rounded = (value: number): number => Math.round(value * 1000) / 1000;

/**
 * 100 s at 25 frames a second. Outside: the first 2 s, 5 s from 40 s on, the last 2 s; so 91 s inside.
 * Two phases, each entered twice; a hook and a clipper in turn.
 */
const operation: Drawn = {
  frameCount: 2500,
  outOfBody: [
    [0, 50],
    [1000, 1125],
    [2450, 2500],
  ],
  phases: [
    ["A", 50, 1000],
    ["B", 1125, 1625],
    ["A", 1625, 1750],
    ["B", 1750, 2450],
  ],
  instruments: [
    ["Hook", 50, 300],
    ["Clipper", 500, 1000],
    ["Hook", 1225, 1725],
    ["Clipper", 1800, 2050],
  ],
  view: ["smoke", "blur", "bleeding", "reflection", "Lens fog"],
  events: [
    ["smoke", 100, 350],
    ["reflection", 500, 650],
    ["reflection", 600, 700],
    ["lens-fog", 2400, 2475],
    ["blur", 1500, 1550],
    ["black", 1540, 1590],
  ],
  tracks: [
    { label: "Hook", span: [50, 300], path: 2, jerk: { squared: 10, seconds: 8 }, stable: true },
    // A fragment of the same hook: no second instrument.
    { label: "Hook", span: [100, 130], path: 9, jerk: { squared: 900, seconds: 1 }, stable: false },
    { label: "Hook", span: [1225, 1725], path: 4, jerk: { squared: 90, seconds: 17 }, stable: true },
    { label: "Clipper", span: [1700, 1800], path: 1, stable: true },
  ],
};

describe("clinical measures of a hand-made operation", () => {
  const values = valuesOf(operation);

  const golden: Record<string, number> = {
    // 2 s to 98 s; 38 s + 53 s; 2 s + 5 s + 2 s.
    "procedure-time": 96,
    "in-body-time": 91,
    "out-of-body-time": 9,
    // Beginning and end of the video are no excursions.
    "excursion-count": 1,
    "excursion-time": 5,
    "excursion-count/A": 1,
    "excursion-time/A": 5,
    "excursion-count/B": 0,
    "excursion-time/B": 0,
    // 38 s + 5 s; 20 s + 28 s.
    "phase-duration/A": 43,
    "phase-entry-count/A": 2,
    "phase-longest-run/A": 38,
    "phase-duration/B": 48,
    "phase-entry-count/B": 2,
    "phase-longest-run/B": 28,
    "transition-count": 3,
    "transition-count/A > B": 2,
    "transition-count/B > A": 1,
    // 10 s + 20 s; 20 s + 10 s.
    "instrument-time/Hook": 30,
    "instrument-share/Hook": rounded(30 / 91),
    "instrument-time/Clipper": 30,
    "instrument-share/Clipper": rounded(30 / 91),
    // 10 s and 4 s of 43 s; 16 s of 48 s; 20 s of 43 s; 10 s of 48 s.
    "instrument-phase-share/Hook/A": rounded(14 / 43),
    "instrument-phase-share/Hook/B": rounded(16 / 48),
    "instrument-phase-share/Clipper/A": rounded(20 / 43),
    "instrument-phase-share/Clipper/B": rounded(10 / 48),
    // Looked for all the time, and never seen.
    ...Object.fromEntries(
      ["Bipolar", "Grasper", "Irrigator", "Scissors"].flatMap((label) =>
        [`instrument-time/${label}`, `instrument-share/${label}`, `instrument-phase-share/${label}/A`, `instrument-phase-share/${label}/B`].map((id) => [
          id,
          0,
        ]),
      ),
    ),
    // 8 s from 300, 4 s from 1125, 3 s from 1725, 16 s from 2050.
    "idle-time": 31,
    "idle-count": 4,
    "idle-longest": 16,
    "idle-time/A": 9,
    "idle-time/B": 22,
    // Hook for clipper, clipper for hook, hook for clipper; nothing comes for the last clipper.
    "exchange-count": 3,
    "exchanges-per-hour": rounded((3 * 3600) / 91),
    // Frames 1700 to 1725.
    "two-instruments-time": 1,
    "two-instruments-share": rounded(1 / 91),
    // Stable tracks only: 2 + 4 diagonals in 10 s + 20 s.
    "path-length/Hook": 6,
    "mean-speed/Hook": 0.2,
    // The root of (10 + 90) / (8 + 17): of the whole time of both, and no more for a longer one.
    "mean-jerk/Hook": 2,
    "path-length/Clipper": 1,
    "mean-speed/Clipper": 0.25,
    "smoke-share": rounded(10 / 91),
    "blur-share": rounded(2 / 91),
    // Two spans that overlap are 8 s.
    "reflection-share": rounded(8 / 91),
    // From frame 2450 on the camera is outside.
    "fog-share": rounded(2 / 91),
    // Smoke 10 s, blur and black together 3.6 s, fog 2 s. Reflections spoil spots only.
    "unusable-view-share": rounded(15.6 / 91),
    "bleeding-count": 0,
    "bleeding-time": 0,
  };
  for (const [id, value] of Object.entries(golden)) it(`${id} is ${value}`, () => expect(values[id]).to.equal(value));

  it("tells nothing else, and why not", () => {
    const others = measured(operation).measures.filter(({ id }) => !(id in golden));
    expect(others.map(({ id, value, note }) => [id, value, note])).to.deep.equal([
      ["lens-cleaning-count", null, "No network tells when the lens is cleaned: an excursion may be for that, or for something else."],
      ["lens-cleaning-time", null, "No network tells when the lens is cleaned: an excursion may be for that, or for something else."],
      ["bimanual-time", null, "No network tells whose hand holds which instrument."],
      ["bimanual-share", null, "No network tells whose hand holds which instrument."],
      ["bleeding-control-time", null, "No bleeding was seen."],
      ["bleeding-area-share", null, "No network outlines blood."],
      ["bleeding-area-largest", null, "No network outlines blood."],
      ["critical-view-held", null, "No network tells the criteria of the critical view."],
      ["critical-view-lead", null, "No network tells the criteria of the critical view."],
      ["critical-view-probability", null, "No network tells the criteria of the critical view."],
      ["critical-view-rater-spread", null, "No network tells the criteria of the critical view."],
    ]);
  });

  it("names what each value is made from, and how sure that is", () => {
    const { measures } = measured({ ...operation, calibrated: true });
    const of = (id: string) => measures.find((measure) => measure.id === id);
    expect(of("instrument-time/Hook")).to.deep.include({
      evidence: ["event-3", "event-1"],
      producers: ["instrument-detector"],
      confidence: 0.9,
      calibrated: true,
      unit: "seconds",
    });
    expect(of("phase-duration/A")).to.deep.include({ evidence: ["segment-1", "segment-3"], producers: ["phase"], confidence: 0.8 });
    expect(of("excursion-count")).to.deep.include({ evidence: ["out-of-body-2"], producers: ["out-of-body"] });
    // Of two kinds of things: the less sure one is how sure it is.
    expect(of("excursion-count/A")).to.deep.include({ evidence: ["out-of-body-2", "segment-1"], producers: ["out-of-body", "phase"], confidence: 0.8 });
    expect(of("instrument-phase-share/Hook/A")).to.deep.include({
      evidence: ["event-3", "event-1", "segment-1", "segment-3"],
      producers: ["instrument-detector", "phase"],
      confidence: 0.8,
    });
    // The hook ends before the gap and the clipper begins after it.
    expect(of("idle-time/A")).to.deep.include({
      evidence: ["event-2", "event-3", "event-1", "event-4", "segment-1", "segment-3"],
      producers: ["instrument-detector", "phase"],
    });
    expect(measured(operation).measures.some(({ calibrated }) => calibrated)).to.equal(false);
  });

  it("finds what follows from the timeline, in the order of time", () => {
    const { findings } = measured(operation);
    expect(findings.map(({ id, type, label, startFrame, endFrame, evidence }) => [id, type, label, startFrame, endFrame, evidence.join()])).to.deep.equal([
      ["finding-1", "smoke", "smoke", 100, 350, "event-5"],
      ["finding-2", "exchange", "Hook for Clipper", 300, 500, "event-1,event-2"],
      ["finding-3", "idle", "No instrument in sight", 300, 500, "event-1,event-2"],
      ["finding-4", "reflection", "reflection", 500, 650, "event-6"],
      ["finding-5", "reflection", "reflection", 600, 700, "event-7"],
      ["finding-6", "excursion", "The camera leaves the patient", 1000, 1125, "out-of-body-2"],
      ["finding-7", "exchange", "Clipper for Hook", 1000, 1225, "event-2,event-3"],
      ["finding-8", "idle", "No instrument in sight", 1125, 1225, "event-3"],
      ["finding-9", "blur", "blur", 1500, 1550, "event-9"],
      ["finding-10", "bimanual", "Two instruments in sight", 1700, 1725, "event-3"],
      ["finding-11", "exchange", "Hook for Clipper", 1725, 1800, "event-3,event-4"],
      ["finding-12", "idle", "No instrument in sight", 1725, 1800, "event-3,event-4"],
      ["finding-13", "idle", "No instrument in sight", 2050, 2450, "event-4"],
      ["finding-14", "fog", "lens-fog", 2400, 2475, "event-8"],
    ]);
  });

  it("has a definition for every measure, in two languages", () => {
    for (const { name, unit } of measured(operation).measures) expect(definitions).to.have.property(name).that.deep.includes({ unit });
    for (const { title, formula, source } of Object.values(definitions))
      for (const text of [title.en, title["zh-TW"], formula, source]) expect(text).not.to.equal("");
  });
});

describe("exchanges", () => {
  const exchanges = (instruments: readonly Labelled[], outOfBody: Drawn["outOfBody"] = []) =>
    valuesOf({ frameCount: 2500, instruments, outOfBody })["exchange-count"];

  it("leave out an instrument that is back within 5 s", () => {
    // The hook was never away, so it neither left nor came back.
    expect(
      exchanges([
        ["Hook", 0, 500],
        ["Clipper", 510, 600],
        ["Hook", 624, 2500],
      ]),
    ).to.equal(0);
    // At 5 s the hook has left as well.
    expect(
      exchanges([
        ["Hook", 0, 500],
        ["Clipper", 510, 600],
        ["Hook", 625, 2500],
      ]),
    ).to.equal(2);
  });

  it("stop their clock outside the patient", () => {
    expect(
      exchanges(
        [
          ["Hook", 0, 500],
          ["Clipper", 610, 700],
          ["Hook", 724, 2500],
        ],
        [[500, 600]],
      ),
    ).to.equal(0);
    expect(
      exchanges(
        [
          ["Hook", 0, 500],
          ["Clipper", 610, 700],
          ["Hook", 725, 2500],
        ],
        [[500, 600]],
      ),
    ).to.equal(2);
    expect(
      exchanges(
        [
          ["Hook", 0, 500],
          ["Hook", 620, 2500],
        ],
        [[500, 600]],
      ),
    ).to.equal(0);
  });

  it("allow for the next instrument to be in sight before the last one has gone", () => {
    const overlapping = (frames: number) =>
      exchanges([
        ["Hook", 0, 1000],
        ["Clipper", 1000 - frames, 2500],
      ]);
    expect([0, 1, 25, 26].map(overlapping)).to.deep.equal([1, 1, 1, 0]);
    // What came and went while the hook was there takes no place of it.
    expect(
      exchanges([
        ["Hook", 0, 1000],
        ["Clipper", 980, 1000],
      ]),
    ).to.equal(0);
  });

  it("end with the moment from which the operation went on without", () => {
    const after = (frames: number) =>
      exchanges([
        ["Hook", 0, 500],
        ["Clipper", 500 + frames, 2500],
      ]);
    expect([750, 751].map(after)).to.deep.equal([1, 0]);
  });

  it("are none where the other instrument was only lost from sight for a moment, or came back with the camera", () => {
    // The hook goes for good; the grasper, there all the time, is missed for 2 s.
    const graspers: Labelled[] = [
      ["Grasper", 0, 700],
      ["Grasper", 750, 2500],
    ];
    expect(exchanges([["Hook", 0, 600], ...graspers])).to.equal(0);
    expect(exchanges([["Hook", 0, 700], ...graspers], [[700, 750]])).to.equal(0);
  });
});

describe("phases and excursions", () => {
  it("are not counted anew when the camera comes back into the same phase", () => {
    const values = valuesOf({
      frameCount: 1000,
      outOfBody: [[400, 500]],
      phases: [
        ["A", 0, 400],
        ["A", 500, 700],
        ["B", 700, 1000],
      ],
    });
    // 16 s + 8 s inside; the 4 s outside are no part of the visit.
    expect(values).to.include({ "phase-entry-count/A": 1, "phase-longest-run/A": 24, "phase-duration/A": 24, "transition-count/A > B": 1 });
  });

  it("count one excursion where the gate tells it in two pieces, and judge its length as one", () => {
    const outside = (...outOfBody: [number, number][]) => valuesOf({ frameCount: 6000, outOfBody });
    expect(outside([500, 600], [600, 700])).to.include({ "excursion-count": 1, "excursion-time": 8 });
    expect(outside([500, 3500])).to.include({ "excursion-count": 1, "excursion-time": 120 });
    expect(outside([500, 2000], [2000, 3501])).to.include({ "excursion-count": 0, "excursion-time": 0 });
  });
});

describe("an operation analysed in part", () => {
  const half: Drawn = { frameCount: 2500, instruments: [["Hook", 250, 1000]], lookedAt: [[0, 1250]] };

  it("is not idle where nobody looked", () => {
    // 10 s before the hook, 10 s after it; the second half was not looked at.
    expect(valuesOf(half)).to.include({ "idle-time": 20, "idle-count": 2, "idle-longest": 10, "instrument-time/Hook": 30, "instrument-share/Hook": 0.6 });
    expect(valuesOf({ ...half, lookedAt: [] })["idle-time"]).to.equal(null);
  });

  it("says so of every value", () => {
    const { measures } = measured(half);
    for (const { value, note } of measures) if (value !== null) expect(note).to.contain("The analysis is partial: frame-analysis did not see all.");
  });
});

describe("what each network looked at", () => {
  const measureIn = (drawn: Drawn, id: string) => valuesOf(drawn)[id];
  const hook: Drawn = { frameCount: 2500, instruments: [["Hook", 250, 1000]] };

  it("is the whole of what an instrument's share is of", () => {
    const half = { ...hook, looks: { "instrument-detector detections": [[0, 1250]] as const } };
    expect(valuesOf(half)).to.include({ "instrument-share/Hook": 0.6, "instrument-share/Bipolar": 0, "idle-time": 20 });
    expect(measureIn(hook, "instrument-share/Hook")).to.equal(0.3);
  });

  it("is less where a network that classifies saw half", () => {
    const analysis = analysisOfDrawn({ frameCount: 2500, instruments: [["Hook", 250, 1000]] });
    const scores = [{ ...{ producer: "instrument-detector", subject: "instrument" as const, labels: ["Hook"], frameCount: 1 }, ...place }];
    const of = (lookedAt: Analysis["lookedAt"]) => {
      const { measures } = measureOf(operationOf({ ...analysis, detections: [], scores, ...(lookedAt && { lookedAt }) }, count(2500)));
      return ["instrument-share/Hook", "idle-time"].map((id) => measures.find((measure) => measure.id === id)?.value);
    };
    expect(of([{ producer: "instrument-detector", kind: "classifications", spans: [{ startFrame: 0, endFrame: 1250 }] }])).to.deep.equal([0.6, 20]);
    // An analysis that does not say: all that is inside.
    expect(of(undefined)).to.deep.equal([0.3, 70]);
  });

  it("is that of instruments alone, whatever looks for organs", () => {
    const analysis = analysisOfDrawn({ frameCount: 2500, instruments: [["Hook", 250, 1000]] });
    const [own] = analysis.detections as [Analysis["detections"][number]];
    const organs = { ...own, producer: "organ-segmenter", labels: ["Liver"] };
    const liver = { ...(analysis.events[0] as Analysis["events"][number]), id: "event-9", type: "structure", label: "Liver", producer: "organ-segmenter" };
    const lookedAt: Analysis["lookedAt"] = [
      { producer: "instrument-detector", kind: "detections", spans: [{ startFrame: 0, endFrame: 1250 }] },
      { producer: "organ-segmenter", kind: "detections", spans: [{ startFrame: 0, endFrame: 2500 }] },
    ];
    const expectOwn = (changed: Analysis) => {
      const { measures } = measureOf(operationOf(changed, count(2500)));
      const of = (id: string) => measures.find((measure) => measure.id === id);
      expect([of("instrument-share/Hook")?.value, of("idle-time")?.value]).to.deep.equal([0.6, 20]);
      expect(of("idle-time")?.producers).to.deep.equal(["instrument-detector"]);
      expect(of("instrument-time/Liver")).to.equal(undefined);
    };
    const both = { ...analysis, detections: [own, organs], lookedAt };
    expectOwn({ ...both, events: [...analysis.events, liver] });
    // One that found nothing is known by what it says that it looks for.
    const tracks = { uri: "s3://processed/tracks.json.gz", trackCount: 0, sha256: digest };
    const subjects = ["instrument", "structure"] as const;
    expectOwn({ ...both, tracks, lookedAt: lookedAt.map((one, i) => ({ ...one, subject: subjects[i] as "instrument" })) });
  });

  it("is the whole of what smoke's share is of, and untold where nobody looked", () => {
    const smoke: Drawn = { frameCount: 2500, view: ["smoke"], events: [["smoke", 0, 250]] };
    expect(measureIn(smoke, "smoke-share")).to.equal(0.1);
    expect(measureIn({ ...smoke, looks: { "view classifications": [[0, 1250]] } }, "smoke-share")).to.equal(0.2);
    const { measures } = measured({ ...smoke, events: [], looks: { "view classifications": [] } });
    expect(measures.find(({ id }) => id === "smoke-share")).to.deep.include({ value: null, note: "Nobody looked for smoke inside the patient." });
  });

  it("is what all who tell what spoils the view saw", () => {
    const drawn: Drawn = {
      frameCount: 2500,
      view: ["smoke"],
      events: [
        ["smoke", 0, 250],
        ["black", 1000, 1500],
      ],
    };
    // The network saw the first half only: 10 s of smoke and 10 s of black in 50 s.
    expect(measureIn({ ...drawn, looks: { "view classifications": [[0, 1250]], "technical-cues cues": [[0, 2500]] } }, "unusable-view-share")).to.equal(0.4);
    expect(measureIn({ ...drawn, looks: { "view classifications": [[0, 50]], "technical-cues cues": [[50, 2500]] } }, "unusable-view-share")).to.equal(null);
  });

  it("is said of the critical view, where a network saw half", () => {
    const frames = count(20).map((i) => i * 25);
    const column = frames.map(() => 0.9);
    const { measures } = measured({ frameCount: 1000, instruments: [], tracks: [], criticalView: { frames, scores: [column, column, column] } });
    expect(measures.find(({ id }) => id === "critical-view-held")).to.deep.include({
      value: 21,
      note: "Achieved: held for at least 5 s. No clip or cut was seen. Looked at for 21.0 of 40.0 s.",
    });
  });
});

const place = { uri: "s3://processed/scores.json.gz", sha256: digest };

describe("the jerk of an instrument", () => {
  const jerk = (jerk?: { squared: number; seconds: number }) => {
    const tracks = [{ label: "Hook", span: [0, 250] as const, path: 1, stable: true, ...(jerk && { jerk }) }];
    const found = measured({ frameCount: 2500, instruments: [["Hook", 0, 250]], tracks }).measures.find(({ name }) => name === "mean-jerk");
    return [found?.id, found?.value, found?.note];
  };

  it("is not told where nobody looked often enough, or the analysis is of a version before", () => {
    expect(jerk({ squared: 36, seconds: 4 })).to.deep.equal(["mean-jerk/Hook", 3, null]);
    expect(jerk({ squared: 0, seconds: 0 })).to.deep.equal([
      ...["mean-jerk", null, "No instrument was looked at often enough, four times half a second apart."],
    ]);
    expect(jerk()).to.deep.equal(["mean-jerk", null, "The analysis is of a version that did not tell it."]);
  });
});

describe("two instruments at once", () => {
  const track = (label: string, span: readonly [number, number], stable = true) => ({ label, span, path: 1, stable });
  const both = (tracks: NonNullable<Drawn["tracks"]>, more: Partial<Drawn> = {}) => {
    const { measures, findings } = measured({ frameCount: 2500, instruments: [], tracks, ...more });
    const value = (id: string) => measures.find((measure) => measure.id === id)?.value;
    return { values: ["two-instruments-time", "two-instruments-share", "bimanual-time", "bimanual-share"].map(value), findings };
  };

  it("are two stable tracks: fragments of one are none", () => {
    expect(both([track("Hook", [0, 250]), track("Hook", [100, 125], false)]).values).to.deep.equal([0, 0, null, null]);
    expect(both([track("Hook", [0, 250]), track("Grasper", [125, 375])]).values).to.deep.equal([5, 0.05, null, null]);
  });

  it("have their share of what was looked at", () => {
    const tracks = [track("Hook", [0, 250]), track("Grasper", [125, 375])];
    expect(both(tracks, { looks: { "instrument-detector detections": [[0, 1250]] } }).values).to.deep.equal([5, 0.1, null, null]);
  });

  it("are both hands where labels name them", () => {
    const instrumentLabels = ["MSLH Grasper", "MSRH Hook", "ASRH Grasper"];
    const tracks = [track("MSLH Grasper", [0, 250]), track("ASRH Grasper", [0, 250]), track("MSRH Hook", [200, 300])];
    const found = both(tracks, { instrumentLabels });
    // The assistant's hand is in sight, and is none of the surgeon's.
    expect(found.values).to.deep.equal([10, 0.1, 2, 0.02]);
    expect(found.findings.map(({ type, label, startFrame, endFrame }) => [type, label, startFrame, endFrame])).to.deep.include.members([
      ["bimanual", "Both hands hold an instrument", 200, 250],
    ]);
  });
});

describe("every value", () => {
  it("has a producer with a digest, and a definition with a source", () => {
    const frames = count(100).map((i) => i * 25);
    const column = frames.map((frame) => (frame > 200 && frame < 700 ? 0.9 : 0.1));
    const whole: Drawn = {
      ...operation,
      instruments: [...(operation.instruments ?? []), ["Bipolar", 1900, 2000]],
      criticalView: { frames, scores: [column, column, column], raterSd: column },
      blood: { frames: [1900], shares: [0.25] },
      events: [...(operation.events ?? []), ["bleeding", 1850, 1950], ["lens-cleaning", 10, 90]],
      view: [...(operation.view ?? []), "Lens cleaning"],
    };
    const nothing: Drawn = { ...whole, instruments: [], tracks: [], events: [], phases: [] };
    for (const drawn of [whole, nothing, { frameCount: 100 }, { frameCount: 100, outOfBody: [[0, 100]] } as Drawn]) {
      const { measures, producers, definitions: meanings, findings } = measured(drawn);
      const by = new Map(producers.map((producer) => [producer.id, producer]));
      for (const { id, name, value, producers: ids } of measures) {
        const meaning = meanings.find((one) => one.name === name) ?? expect.fail(`${id} has no definition.`);
        expect([meaning.formula, meaning.source], id).not.to.include("");
        if (value === null) continue;
        expect(ids, id).not.to.deep.equal([]);
        for (const producer of ids) expect(by.get(producer)?.digest, `${id} of ${producer}`).to.equal(digest);
      }
      for (const { type, producers: ids } of findings) {
        expect(ids, type).not.to.deep.equal([]);
        for (const id of ids) expect(by.has(id), `${type} of ${id}`).to.equal(true);
      }
    }
    const told = measured(whole).measures.filter(({ value }) => value !== null);
    const untold = Object.keys(definitions).filter((name) => !told.some((measure) => measure.name === name));
    expect(untold).to.deep.equal(["bimanual-time", "bimanual-share"]);
    expect(measured({ ...whole, calibrated: true }).producers.find(({ id }) => id === "phase")).to.deep.equal({
      ...{ id: "phase", kind: "model", name: "phase", version: "1.0.0", digest, calibration: { method: "temperature", expectedError: 0.02 } },
    });
  });

  it("is refused where the analysis does not say who told it", () => {
    const drawn = drawnOperation({ frameCount: 100, instruments: [["Hook", 0, 50]] });
    expect(() => measureOf({ ...drawn, producers: new Map() })).to.throw(/^The analysis has findings of .* and does not say who that is\.$/);
  });

  it("of lens cleaning is told by a network alone", () => {
    const values = valuesOf({
      frameCount: 2500,
      outOfBody: [[500, 600]],
      view: ["Lens cleaning"],
      events: [
        ["lens-cleaning", 100, 200],
        ["lens-cleaning", 150, 225],
      ],
    });
    expect(values).to.include({ "lens-cleaning-count": 1, "lens-cleaning-time": 5, "excursion-count": 1 });
  });
});

describe("a value of zero", () => {
  it("names who looked and found nothing", () => {
    const { measures } = measured({ frameCount: 2500, instruments: [["Hook", 0, 2500]] });
    const producersOf = (id: string) => measures.find((measure) => measure.id === id)?.producers;
    expect(producersOf("out-of-body-time")).to.deep.equal(["out-of-body"]);
    expect(producersOf("idle-time")).to.deep.equal(["instrument-detector"]);
    expect(producersOf("exchange-count")).to.deep.equal(["instrument-detector"]);
  });
});

describe("bleeding", () => {
  const bleeding = (
    instruments: readonly Labelled[],
    events: readonly Labelled[] = [
      ["bleeding", 700, 825],
      ["bleeding", 1300, 1425],
    ],
  ) => measured({ frameCount: 2500, instruments, view: ["bleeding"], events });
  const of = (id: string, found: ReturnType<typeof bleeding>) => found.measures.find((measure) => measure.id === id);

  it("is counted, timed, and always for a surgeon to review", () => {
    const found = bleeding([["Hook", 0, 2500]]);
    expect(of("bleeding-count", found)?.value).to.equal(2);
    expect(of("bleeding-time", found)?.value).to.equal(10);
    expect(of("bleeding-control-time", found)).to.deep.include({ value: null, note: "No irrigator or bipolar answers to a bleeding." });
    expect(
      found.findings.filter(({ type }) => type === "adverse-event-candidate").map(({ label, review, severity }) => [label, review, severity]),
    ).to.deep.equal([
      ["Possible bleeding of 5.0 s", "needs-review", null],
      ["Possible bleeding of 5.0 s", "needs-review", null],
    ]);
  });

  it("is controlled when the last irrigator or bipolar stops", () => {
    // The bipolar begins 4 s after the first bleeding's end and works to frame 1050: 14 s from its onset. Nothing answers to the second.
    expect(of("bleeding-control-time", bleeding([["Bipolar", 925, 1050]]))).to.deep.include({ value: 14, note: "Of 1 of 2." });
    // At more than 5 s it is none of this bleeding's.
    expect(of("bleeding-control-time", bleeding([["Bipolar", 951, 1050]]))?.value).to.equal(null);
    // 14 s and 10 s.
    expect(
      of(
        "bleeding-control-time",
        bleeding([
          ["Bipolar", 925, 1050],
          ["Irrigator", 1400, 1550],
        ]),
      ),
    ).to.deep.include({ value: 12, note: "Of 2 of 2." });
  });
});

describe("the control of bleeding", () => {
  const control = (instruments: readonly Labelled[], bleedings: readonly (readonly [number, number])[] = [[700, 825]]) => {
    const events = bleedings.map(([start, end]) => ["bleeding", start, end] as const);
    const { measures } = measured({ frameCount: 250_000, instruments, view: ["bleeding"], events });
    const { value, note } = measures.find(({ id }) => id === "bleeding-control-time") ?? {};
    return [value, note];
  };

  it("counts a tool that comes 5.0 s after the end, and none a frame later", () => {
    expect(control([["Irrigator", 950, 1050]])).to.deep.equal([14, "Of 1 of 1."]);
    expect(control([["Irrigator", 951, 1050]])).to.deep.equal([null, "No irrigator or bipolar answers to a bleeding."]);
  });

  it("counts a tool that was at work at the onset, if it stops", () => {
    expect(control([["Bipolar", 0, 750]])).to.deep.equal([2, "Of 1 of 1."]);
    expect(control([["Bipolar", 0, 900]])).to.deep.equal([8, "Of 1 of 1."]);
    // What ended before the onset answers to nothing.
    expect(control([["Bipolar", 0, 700]])[0]).to.equal(null);
  });

  it("is not attributable to a tool that is in sight anyway", () => {
    const why = "Of 1 it is not attributable: what answers stays in sight for more than 60 s after it.";
    expect(control([["Bipolar", 0, 90_000]])).to.deep.equal([null, why]);
    // 60 s after the end are the last that count.
    expect(control([["Bipolar", 800, 825 + 1500]])).to.deep.equal([65, "Of 1 of 1."]);
    expect(control([["Bipolar", 800, 825 + 1501]])).to.deep.equal([null, why]);
    // The irrigator comes and goes; the bipolar stays.
    expect(
      control([
        ["Bipolar", 0, 90_000],
        ["Irrigator", 800, 900],
      ]),
    ).to.deep.equal([8, "Of 1 of 1."]);
    expect(
      control(
        [["Bipolar", 0, 10_000]],
        [
          [700, 825],
          [9900, 9950],
        ],
      ),
    ).to.deep.equal([4, `Of 1 of 2. ${why}`]);
  });

  it("is not told where the network knows neither tool", () => {
    const { measures } = measured({
      frameCount: 2500,
      instruments: [],
      tracks: [],
      instrumentLabels: ["Hook"],
      view: ["bleeding"],
      events: [["bleeding", 0, 99]],
    });
    expect(measures.find(({ id }) => id === "bleeding-control-time")?.note).to.equal("No network tells irrigator or bipolar.");
  });
});

describe("the area of bleeding", () => {
  const area = (blood: Drawn["blood"], events: readonly Labelled[] = [["bleeding", 100, 200]]) => {
    const { measures } = measured({ frameCount: 1000, view: ["bleeding"], events, ...(blood && { blood }) });
    return ["share", "largest"].map((name) => {
      const { value, note, producers } = measures.find(({ id }) => id === `bleeding-area-${name}`) ?? expect.fail("There is no such measure.");
      return value === null ? note : [value, producers.join()];
    });
  };

  it("is a mean over time, and the largest, while it bleeds", () => {
    // 1 s of a tenth, 2 s of nothing, 1 s of a half; before and after it does not bleed.
    expect(area({ frames: [50, 100, 125, 150, 175, 200], shares: [0.9, 0.1, 0, 0, 0.5, 0.9] })).to.deep.equal([
      [0.15, "organ-segmenter,view"],
      [0.5, "organ-segmenter,view"],
    ]);
    // A look speaks for 2 s at most: 0.2 for 2 s of the 3 s until the next, 0.4 for the last second.
    expect(area({ frames: [100, 175], shares: [0.2, 0.4] })[0]).to.deep.equal([rounded((2 * 0.2 + 0.4) / 3), "organ-segmenter,view"]);
  });

  it("is not told where nobody outlines blood, looked, or nothing bled", () => {
    expect(area(undefined)).to.deep.equal(["No network outlines blood.", "No network outlines blood."]);
    expect(area({ frames: [50], shares: [0.5] })[0]).to.equal("Nobody outlined blood while it bled.");
    expect(area({ frames: [], shares: [] }, [])[0]).to.equal("No bleeding was seen.");
  });
});

describe("candidates of adverse events", () => {
  const candidates = (type: string) => {
    const { findings } = measured({ frameCount: 1000, view: [type], events: [[eventType(type), 100, 150]] });
    return findings.map(({ type, label, severity, review }) => [type, label, severity, review]);
  };

  for (const [label, kind] of [
    ["Haemorrhage", "bleeding"],
    ["Mechanical injury", "mechanical injury"],
    ["Thermal injury", "thermal injury"],
    ["Ischemic injury", "ischaemic injury"],
    ["Ischaemia", "ischaemic injury"],
    ["Insufficient closure of anastomosis", "insufficient anastomotic closure"],
    ["Insufficient anastomotic closure", "insufficient anastomotic closure"],
  ] as const)
    it(`are what a network calls ${label}`, () => {
      expect(candidates(label).filter(([type]) => type !== "bleeding")).to.deep.equal([
        ["adverse-event-candidate", `Possible ${kind} of 2.0 s`, null, "needs-review"],
      ]);
    });

  it("have the severity that a network tells, and no other", () => {
    expect(candidates("Thermal injury, severity 2")).to.deep.equal([["adverse-event-candidate", "Possible thermal injury of 2.0 s", 2, "needs-review"]]);
    expect(candidates("Bleeding grade 0").map(([type, , severity]) => [type, severity])).to.deep.equal([
      ["adverse-event-candidate", 0],
      ["bleeding", null],
    ]);
    expect(candidates("Thermal injury, severity 7")).to.deep.equal([]);
  });

  it("are not what else a network may tell", () => {
    for (const type of ["Thermal camera", "smoke", "Closure"]) expect(candidates(type).filter(([found]) => found !== "smoke")).to.deep.equal([]);
  });
});

describe("the critical view of safety", () => {
  const frames = Array.from({ length: 100 }, (_, i) => i * 25);
  const scoresIn = (from: number, to: number): [number[], number[], number[]] => {
    const column = (high: number) => frames.map((frame) => (frame >= from && frame < to ? high : 0.2));
    return [column(0.9), column(0.8), column(0.7)];
  };
  const view = (scores: [number[], number[], number[]], instruments: readonly Labelled[] = [["Clipper", 1000, 1200]]) =>
    measured({ frameCount: 2500, instruments, criticalView: { frames, scores } });
  const values = (found: ReturnType<typeof view>) =>
    Object.fromEntries(found.measures.filter(({ name }) => name.startsWith("critical-view")).map(({ id, value, note }) => [id, [value, note]]));

  it("is achieved where all criteria hold for 5 s before the first clip", () => {
    const found = view(scoresIn(250, 425));
    expect(values(found)).to.deep.equal({
      "critical-view-held": [7, "Achieved: held for at least 5 s."],
      // 40 s - 10 s - 5 s.
      "critical-view-lead": [25, null],
      "critical-view-probability/C1": [0.9, null],
      "critical-view-probability/C2": [0.8, null],
      "critical-view-probability/C3": [0.7, null],
      "critical-view-rater-spread": [null, "Not told: the network does not say how far raters differ."],
    });
    expect(
      found.findings.filter(({ type }) => type === "critical-view").map(({ startFrame, endFrame, review }) => [startFrame, endFrame, review]),
    ).to.deep.equal([[250, 425, "needs-review"]]);
  });

  it("is not where it is held for less, or after the clip only, or by two criteria", () => {
    const notAchieved = "Not achieved: 5 s are asked for.";
    expect(values(view(scoresIn(250, 350)))["critical-view-held"]).to.deep.equal([4, notAchieved]);
    expect(values(view(scoresIn(1200, 1500)))["critical-view-held"]).to.deep.equal([0, notAchieved]);
    const [c1, c2] = scoresIn(250, 425);
    expect(values(view([c1, c2, frames.map(() => 0.5)]))["critical-view-held"]).to.deep.equal([0, notAchieved]);
    expect(values(view(scoresIn(250, 350)))["critical-view-lead"]).to.deep.equal([null, "The critical view was not achieved before the first clip or cut."]);
  });

  it("is not held while the camera is outside, and looks at nothing after the clip", () => {
    const found = (outOfBody: Drawn["outOfBody"]) => {
      const scores = scoresIn(250, 425);
      return measured({ frameCount: 2500, ...(outOfBody ? { outOfBody } : {}), instruments: [["Clipper", 1000, 1200]], criticalView: { frames, scores } });
    };
    expect(values(found([]))["critical-view-held"]?.[0]).to.equal(7);
    // 0.6 s outside, between two frames that were looked at: 4.2 s before it, 2 s after.
    expect(values(found([[355, 370]]))["critical-view-held"]?.[0]).to.equal(4.2);
    expect(values(view(scoresIn(1200, 1500)))["critical-view-probability/C1"]).to.deep.equal([0.2, null]);
  });

  it("can be looked for in hundreds of thousands of frames", () => {
    const many = Array.from({ length: 300_000 }, (_, i) => i);
    const low = many.map(() => 0.2);
    const high = many.map(() => 0.9);
    const of = (column: number[]) => measured({ frameCount: 300_000, criticalView: { frames: many, scores: [column, column, column] } });
    expect(values(of(low))["critical-view-probability/C1"]).to.deep.equal([0.2, null]);
    expect(values(of(high))["critical-view-held"]?.[0]).to.equal(12_000);
  });

  it("stays within what a stack of calls holds where the view comes and goes hundreds of thousands of times", () => {
    const many = Array.from({ length: 300_000 }, (_, i) => i);
    const column = many.map((i) => (i % 2 === 0 ? 0.9 : 0.1));
    const found = measured({ frameCount: 300_000, criticalView: { frames: many, scores: [column, column, column] } });
    expect(values(found)["critical-view-held"]?.[0]).to.equal(0.04);
  });

  it("is held from 5 s on exactly", () => {
    expect(values(view(scoresIn(250, 375)))["critical-view-held"]).to.deep.equal([5, "Achieved: held for at least 5 s."]);
    expect(values(view(scoresIn(875, 1000)))["critical-view-lead"]).to.deep.equal([0, null]);
  });

  describe("looked at seldom", () => {
    /** A look each so many frames, all criteria met. */
    const each = (step: number, more: Partial<Drawn> = {}) => {
      const frames = Array.from({ length: Math.ceil(2500 / step) }, (_, i) => i * step);
      const column = frames.map(() => 0.95);
      return measured({ frameCount: 2500, instruments: [["Clipper", 1000, 1200]], criticalView: { frames, scores: [column, column, column] }, ...more });
    };

    it("is told where looks lie 2 s apart, and not where nothing is dense enough", () => {
      expect(values(each(50))["critical-view-held"]).to.deep.equal([40, "Achieved: held for at least 5 s."]);
      const why = "Nowhere before the first clip or cut was it looked at for 5 s without a gap of more than 2 s: whether it was held can't be told.";
      const sparse = values(each(51));
      expect(sparse["critical-view-held"]).to.deep.equal([null, why]);
      expect(sparse["critical-view-lead"]).to.deep.equal([null, why]);
      expect(sparse["critical-view-probability/C1"]).to.deep.equal([0.95, null]);
      expect(each(51).findings.filter(({ type }) => type === "critical-view")).to.deep.equal([]);
    });

    it("lets a look speak for 2 s at most, and says how much was looked at", () => {
      // Looks each second for 10 s, then nothing.
      const some = Array.from({ length: 11 }, (_, i) => i * 25);
      const column = some.map(() => 0.95);
      const found = measured({ frameCount: 2500, instruments: [["Clipper", 1000, 1200]], criticalView: { frames: some, scores: [column, column, column] } });
      expect(values(found)["critical-view-held"]).to.deep.equal([12, "Achieved: held for at least 5 s. Looked at for 12.0 of 40.0 s."]);
    });

    it("is not told where nobody looked before the clip", () => {
      const why = "Nobody looked for it before the first clip or cut.";
      expect(values(each(50, { instruments: [["Clipper", 0, 100]] }))).to.deep.equal(
        Object.fromEntries(["held", "lead", "probability", "rater-spread"].map((name) => [`critical-view-${name}`, [null, why]])),
      );
    });
  });

  it("tells how far raters differ, where the network does", () => {
    const spread = frames.map((frame) => (frame >= 250 && frame < 425 ? 0.2 : 0.4));
    const [c1, c2, c3] = scoresIn(250, 425);
    const of = (scores: [number[], number[], number[]]) =>
      values(measured({ frameCount: 2500, instruments: [["Clipper", 1000, 1200]], criticalView: { frames, scores, raterSd: spread } }))[
        "critical-view-rater-spread"
      ];
    expect(of([c1, c2, c3])).to.deep.equal([0.2, null]);
    // Never held: of all 40 looks before the clip 7 have the smaller spread.
    expect(of([c1, c2, frames.map(() => 0.1)])).to.deep.equal([rounded((7 * 0.2 + 33 * 0.4) / 40), null]);
  });

  it("ends with a clip or cut that is sure, and with no stray sighting", () => {
    const held = (instruments: readonly Labelled[], more: Partial<Drawn> = {}) => {
      const found = measured({ frameCount: 2500, instruments, criticalView: { frames, scores: scoresIn(250, 425) }, ...more });
      return values(found)["critical-view-held"];
    };
    const stray = "1 shorter sighting of a clipper or scissors outside the clipping phase did not count as a clip or cut.";
    const clip: Labelled = ["Clipper", 1000, 1200];
    // 0.5 s and 1.96 s are nothing; 2 s are a cut.
    for (const end of [287, 324]) expect(held([["Scissors", 275, end], clip])).to.deep.equal([7, `Achieved: held for at least 5 s. ${stray}`]);
    expect(held([["Scissors", 275, 325], clip])).to.deep.equal([1, "Not achieved: 5 s are asked for."]);
    // In the clipping phase half a second is a cut; so is the phase itself, where nothing else tells.
    const phaseLabels = ["CalotTriangleDissection", "ClippingCutting"];
    const phases: Labelled[] = [
      ["CalotTriangleDissection", 0, 300],
      ["ClippingCutting", 300, 2500],
    ];
    expect(held([["Scissors", 300, 312]], { phases, phaseLabels })).to.deep.equal([2, "Not achieved: 5 s are asked for."]);
    expect(held([["Scissors", 100, 112]], { phases, phaseLabels })).to.deep.equal([2, `Not achieved: 5 s are asked for. ${stray}`]);
  });

  it("says where nobody would have told of a clip", () => {
    const nobody = "Nobody looked for clips, cuts or phases: whether it was before the first clip or cut is not told.";
    const found = measured({ frameCount: 2500, criticalView: { frames, scores: scoresIn(250, 425) } });
    expect(values(found)["critical-view-held"]).to.deep.equal([7, `Achieved: held for at least 5 s. ${nobody}`]);
    expect(values(found)["critical-view-lead"]).to.deep.equal([null, nobody]);
    const others = measured({
      frameCount: 2500,
      instruments: [["Hook", 0, 100]],
      instrumentLabels: ["Hook"],
      criticalView: { frames, scores: scoresIn(0, 0) },
    });
    expect(values(others)["critical-view-held"]?.[1]).to.equal(`Not achieved: 5 s are asked for. ${nobody}`);
    const told = view(scoresIn(250, 425)).measures.find(({ id }) => id === "critical-view-lead");
    expect(told?.producers).to.deep.equal(["critical-view", "instrument-detector"]);
  });

  it("takes scissors for a cut, and says where nothing was clipped", () => {
    expect(values(view(scoresIn(250, 425), [["Scissors", 300, 400]]))["critical-view-held"]).to.deep.equal([2, "Not achieved: 5 s are asked for."]);
    expect(values(view(scoresIn(250, 425), [["Hook", 300, 400]]))["critical-view-held"]).to.deep.equal([
      7,
      "Achieved: held for at least 5 s. No clip or cut was seen.",
    ]);
  });
});

describe("clinical measures where there is little to measure", () => {
  it("say why, and never zero, where no network tells", () => {
    const { measures } = measured({ frameCount: 100 });
    const untold = measures.filter(({ value }) => value === null);
    expect(untold.map(({ name, note }) => [name, note])).to.deep.include.members([
      ["phase-duration", "No network tells phases."],
      ["instrument-time", "No network tells instruments."],
      ["path-length", "No instruments were followed."],
      ["smoke-share", "No network tells smoke."],
      ["bleeding-count", "No network tells bleeding."],
    ]);
    expect(untold.every(({ evidence, producers, confidence }) => evidence.length === 0 && producers.length === 0 && confidence === null)).to.equal(true);
  });

  it("hold every measure there is, told or not, of whatever operation", () => {
    const little: Drawn[] = [
      { frameCount: 100 },
      { frameCount: 100, outOfBody: [[0, 100]], phases: [], instruments: [], tracks: [], view: ["bleeding"] },
      { frameCount: 100, phases: [["A", 0, 100]], instruments: [["Hook", 0, 100]], tracks: [] },
      { frameCount: 100, phases: [], instruments: [["Hook", 0, 100]], view: ["bleeding", "fog"] },
      { frameCount: 100, phases: [["A", 0, 50]], instruments: [["Hook", 50, 100]] },
      operation,
    ];
    for (const drawn of little) {
      const names = measured(drawn).measures.map(({ name }) => name);
      expect(Object.keys(definitions).filter((name) => !names.includes(name))).to.deep.equal([]);
      for (const { value, note } of measured(drawn).measures) if (value === null) expect(note).to.match(/^[A-Z].*\.$/);
    }
  });

  it("take boxes of structures for no instruments", () => {
    const boxes = { ...{ producer: "structures", labels: ["Gallbladder"], frameCount: 100, boxCount: 0 }, chunks: [] };
    const { instruments } = operationOf(analysisOf({ detections: [boxes], events: [], tracks: null }), count(100));
    expect(instruments).to.equal(null);
    expect(drawnOperation({ frameCount: 100, instruments: [], tracks: [] }).instruments?.byLabel.get("Hook")?.items).to.deep.equal([]);
  });

  it("survive a camera that is never inside", () => {
    const { measures, findings } = measured({ frameCount: 100, outOfBody: [[0, 100]], instruments: [], tracks: [], view: [] });
    expect(measures.filter(({ value }) => value !== null).map(({ id, value }) => [id, value])).to.deep.equal([
      ["in-body-time", 0],
      ["out-of-body-time", 4],
    ]);
    expect(findings).to.deep.equal([]);
  });

  it("take times from the frames' own ticks where the rate varies", () => {
    // Ten frames of 0.4 s, then ten of 4 s.
    const pts = Array.from({ length: 20 }, (_, i) => (i < 10 ? i * 10 : 100 + (i - 10) * 100));
    const values = valuesOf({ frameCount: 20, pts, durationTicks: 1100, outOfBody: [[0, 5]], instruments: [["Hook", 5, 15]] });
    expect(values).to.deep.include({ "procedure-time": 42, "out-of-body-time": 2, "instrument-time/Hook": 22, "idle-longest": 20 });
  });
});

describe("clinical measures of any operation", () => {
  const spans = (most: number) => fc.array(fc.tuple(fc.integer({ min: 0, max: 980 }), fc.integer({ min: 1, max: 300 })), { maxLength: most });
  const drawn = fc
    .record({
      outside: spans(4),
      hook: spans(4),
      clipper: spans(4),
      smoke: spans(3),
      edges: fc.uniqueArray(fc.integer({ min: 1, max: 999 }), { maxLength: 5 }),
    })
    .map(({ outside, hook, clipper, smoke, edges }): Drawn => {
      const clipped = (list: [number, number][]) => list.map(([start, length]) => [start, Math.min(1000, start + length)] as const);
      const cuts = [0, ...edges.sort((a, b) => a - b), 1000];
      return {
        frameCount: 1000,
        outOfBody: disjoint(clipped(outside)),
        phases: cuts.slice(1).map((end, i) => [i % 2 === 0 ? "A" : "B", cuts[i] as number, end] as const),
        instruments: [...disjoint(clipped(hook)).map((s) => ["Hook", ...s] as const), ...disjoint(clipped(clipper)).map((s) => ["Clipper", ...s] as const)],
        view: ["smoke"],
        events: disjoint(clipped(smoke)).map((s) => ["smoke", ...s] as const),
      };
    });
  const disjoint = (list: (readonly [number, number])[]): (readonly [number, number])[] => {
    const kept: (readonly [number, number])[] = [];
    for (const span of [...list].sort((a, b) => a[0] - b[0])) if (span[0] > (kept.at(-1)?.[1] ?? -1)) kept.push(span);
    return kept;
  };

  it("keep within bounds: phases add up to the video, shares to at most one, inside and outside to all of it", () => {
    fc.assert(
      fc.property(drawn, (given) => {
        const { measures, findings } = measured(given);
        const value = (id: string) => measures.find((measure) => measure.id === id)?.value ?? 0;
        expect((value("phase-duration/A") as number) + (value("phase-duration/B") as number)).to.be.closeTo(40, 0.01);
        expect((value("in-body-time") as number) + (value("out-of-body-time") as number)).to.be.closeTo(40, 0.01);
        for (const { unit, value: share } of measures) if (unit === "share" && share !== null) expect(share).to.be.within(0, 1);
        for (const { startFrame, endFrame } of findings) expect(startFrame).to.be.below(endFrame);
        expect(value("idle-time")).to.be.at.most((value("in-body-time") as number) + 0.001);
      }),
      { seed: 20261126, numRuns: 300 },
    );
  });

  it("do not change when the video's clock begins elsewhere", () => {
    fc.assert(
      fc.property(drawn, fc.integer({ min: -1_000_000, max: 1_000_000 }), (given, shift) => {
        const pts = Array.from({ length: given.frameCount }, (_, frame) => frame + shift);
        expect(valuesOf({ ...given, pts })).to.deep.equal(valuesOf(given));
      }),
      { seed: 20261126, numRuns: 100 },
    );
  });

  it("do not change when a span is told in two pieces", () => {
    fc.assert(
      fc.property(drawn, (given) => {
        const halved = (list: readonly Labelled[] = []): Labelled[] =>
          list.flatMap(([label, start, end]): Labelled[] => {
            const middle = Math.floor((start + end) / 2);
            return middle > start
              ? [
                  [label, start, middle],
                  [label, middle, end],
                ]
              : [[label, start, end]];
          });
        const pieces = valuesOf({ ...given, phases: halved(given.phases), instruments: halved(given.instruments), events: halved(given.events) });
        expect(pieces).to.deep.equal(valuesOf(given));
      }),
      { seed: 20261126, numRuns: 200 },
    );
  });
});

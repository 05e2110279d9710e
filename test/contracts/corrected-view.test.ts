import { expect } from "chai";
import {
  boxOf,
  type CorrectedView,
  corrected,
  drawnBoxes,
  drawnMasks,
  keyframesOf,
  maskFramesOf,
  recorded,
  ringsOf,
  standing,
  stands,
  uncorrected,
  vocabularyOf,
} from "../../contracts/corrected-view.ts";
import { correctable, objections } from "../../contracts/correction-rules.ts";
import { type Change, change as changeSchema, type DrawnMask } from "../../contracts/corrections.ts";
import { objectionsInEnglish } from "../../contracts/objections.ts";
import { maskRuns, type Rings } from "../../contracts/outlines.ts";
import { cellsOf } from "../../contracts/run-lengths.ts";
import { analysisOf } from "../functions/support/analysis.ts";

const found = { confidence: 0.9, producer: "phases", review: "needs-review" as const };
const phase = (id: string, label: string, startFrame: number, endFrame: number) => ({ id, level: "phase" as const, label, startFrame, endFrame, ...found });
const analysis = analysisOf({
  segments: [phase("segment-1", "Preparation", 0, 30), phase("segment-2", "Dissection", 30, 60), phase("segment-3", "Closure", 70, 90)],
  tracks: { uri: "s3://processed/tracks.json.gz", trackCount: 2, sha256: "a".repeat(64) },
  scores: [
    {
      producer: "phases",
      subject: "phase",
      labels: ["Preparation", "Dissection", "Clipping", "Closure"],
      frameCount: 9,
      uri: "s3://p/s",
      sha256: "a".repeat(64),
    },
  ],
});
const [boxId, otherId, addedId] = ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222", "33333333-3333-4333-8333-333333333333"];
const viewAfter = (...changes: Change[]): CorrectedView => corrected(uncorrected(analysis), changes);
const spansOf = ({ segments }: CorrectedView) => segments.map(({ id, startFrame, endFrame }) => [id, startFrame, endFrame]);
const draw = (id: string, drawn: Partial<Extract<Change, { kind: "draw-box" }>["after"] & object>): Change => ({
  kind: "draw-box",
  target: { kind: "object", id },
  after: { label: "grasper", keyframes: [{ frame: 10, box: [0, 0, 10, 10] }], replaces: null, ...drawn },
});
const retime = (id: string, startFrame: number, endFrame: number): Change => ({
  kind: "retime",
  target: { kind: "segment", id },
  after: { startFrame, endFrame },
});
const judge = (kind: "segment" | "event" | "track", id: string, verdict: "confirmed" | "rejected" | "unreviewed"): Change => ({
  kind: "judge",
  target: { kind, id },
  after: verdict,
});

describe("an analysis with its corrections", () => {
  it("moves an edge that two phases share for both, and no edge across a gap", () => {
    expect(spansOf(viewAfter(retime("segment-2", 25, 65)))).to.deep.equal([
      ["segment-1", 0, 25],
      ["segment-2", 25, 65],
      ["segment-3", 70, 90],
    ]);
    expect(spansOf(viewAfter(judge("segment", "segment-1", "rejected"), retime("segment-2", 25, 60)))[0]).to.deep.equal(["segment-1", 0, 30]);
  });

  it("keeps what was rejected, apart from what stands", () => {
    const view = viewAfter(judge("event", "event-1", "rejected"), judge("segment", "segment-1", "confirmed"));
    expect(view.events.map(({ review }) => review)).to.deep.equal(["rejected"]);
    expect(standing(view.events)).to.deep.equal([]);
    expect(view.segments.map(({ review }) => review)).to.deep.equal(["confirmed", "needs-review", "needs-review"]);
    expect(analysis.events[0]?.review, "of the analysis itself").to.equal("unreviewed");
  });

  it("takes in what was missed, in the order of time, by a person", () => {
    const add: Change = { kind: "add", target: { kind: "event", id: addedId }, after: { type: "bleeding", label: "Bleeding", startFrame: 5, endFrame: 8 } };
    expect(viewAfter(add).events.map(({ id, producer, confidence, review }) => [id, producer, confidence, review])).to.deep.equal([
      [addedId, "person", null, "confirmed"],
      ["event-1", "instrument-detector", 0.8, "unreviewed"],
    ]);
    const phase: Change = { kind: "add", target: { kind: "segment", id: addedId }, after: { type: "phase", label: "Clipping", startFrame: 60, endFrame: 70 } };
    expect(viewAfter(phase).segments.map(({ label, level }) => `${level} ${label}`)).to.deep.equal([
      ...["phase Preparation", "phase Dissection", "phase Clipping", "phase Closure"],
    ]);
  });

  it("tells of each change what held before it", () => {
    const view = viewAfter(draw(boxId, {}), { kind: "relabel", target: { kind: "track", id: "1" }, after: "hook" });
    const labels = ["grasper", "scissors"];
    const held = (change: Change) => recorded(view, change, labels).before;
    expect(held(judge("segment", "segment-1", "confirmed"))).to.equal("needs-review");
    expect(held(judge("track", "0", "rejected"))).to.equal("unreviewed");
    expect(held({ kind: "relabel", target: { kind: "track", id: "0" }, after: "x" })).to.equal("grasper");
    expect(held({ kind: "relabel", target: { kind: "track", id: "1" }, after: "x" })).to.equal("hook");
    expect(held({ kind: "relabel", target: { kind: "event", id: "event-1" }, after: "x" })).to.equal("grasper");
    expect(held(retime("segment-2", 1, 2))).to.deep.equal({ startFrame: 30, endFrame: 60 });
    expect(held(draw(boxId, {}))).to.deep.equal({ label: "grasper", keyframes: [{ frame: 10, box: [0, 0, 10, 10] }], replaces: null });
    expect(held(draw(otherId, {}))).to.equal(null);
    expect(() => held(judge("event", "event-9", "rejected"))).to.throw("There is no event event-9.");
  });

  it("draws a straight way between keyframes, in whole pixels, and nothing outside them or out of sight", () => {
    const keyframes = [
      { frame: 10, box: [0, 0, 10, 10] as [number, number, number, number] },
      { frame: 14, box: [8, 2, 11, 10] as [number, number, number, number] },
      { frame: 20, box: null },
      { frame: 22, box: [5, 5, 5, 5] as [number, number, number, number] },
    ];
    expect([9, 10, 11, 14, 17, 20, 21, 22, 23].map((frame) => boxOf({ keyframes }, frame))).to.deep.equal([
      ...[undefined, [0, 0, 10, 10], [2, 1, 10, 10], [8, 2, 11, 10], [8, 2, 11, 10], null, null, [5, 5, 5, 5], undefined],
    ]);
    const view = viewAfter(draw(boxId, { keyframes }), draw(otherId, { keyframes: [{ frame: 11, box: [1, 1, 1, 1] }] }));
    expect(drawnBoxes(view, 11).map(({ id, isKeyframe }) => [id, isKeyframe])).to.deep.equal([
      [boxId, false],
      [otherId, true],
    ]);
    expect(keyframesOf(view)).to.deep.equal([10, 11, 14, 20, 22]);
  });

  it("lets a box of the analysis stand where nobody drew in its place", () => {
    const box = [1, 2, 3, 4] as [number, number, number, number];
    const view = viewAfter(
      draw(boxId, {
        replaces: { track: 1 },
        keyframes: [
          { frame: 10, box: null },
          { frame: 12, box: null },
        ],
      }),
      draw(otherId, { replaces: { producer: "d", frame: 11, box }, keyframes: [{ frame: 11, box: [1, 2, 9, 9] }] }),
      judge("track", "0", "rejected"),
    );
    const stand = (frame: number, track: number, producer = "d") => stands(view, frame, { producer, track, box });
    expect([stand(9, 1), stand(10, 1), stand(11, 1), stand(13, 1), stand(11, 0)]).to.deep.equal([true, false, false, true, false]);
    expect([stand(11, -1), stand(11, -1, "e"), stand(10, -1)]).to.deep.equal([false, true, true]);
  });

  it("fills an outline, whose middles of cells count", () => {
    const grid = { width: 4, height: 3 };
    const outer = [
      [10, 0],
      [30, 0],
      [30, 20],
      [10, 20],
    ] as const;
    const hole = [
      [20, 0],
      [30, 0],
      [30, 10],
      [20, 10],
    ] as const;
    const cells = (...rings: Rings) => [...cellsOf(maskRuns(rings, { width: 40, height: 30 }, grid), grid)];
    expect(cells(outer)).to.deep.equal([0, 0, 0, 1, 1, 0, 1, 1, 0, 0, 0, 0]);
    expect(cells(outer, hole)).to.deep.equal([0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0]);
    expect(cells()).to.deep.equal(Array.from({ length: 12 }, () => 0));
  });

  it("follows an outline from keyframe to keyframe, corner by corner where each has another", () => {
    const ring = (by: number): [number, number][] => [
      [by, 0],
      [by + 10, 0],
      [by, 10],
    ];
    const mask: DrawnMask = {
      ...{ label: "liver", replaces: "organs", frame: 10, polygon: ring(0) },
      later: [
        { frame: 14, polygon: ring(20) },
        { frame: 20, polygon: ring(0), holes: [ring(1)] },
        { frame: 30, polygon: null },
        { frame: 40, polygon: ring(5) },
      ],
    };
    const at = (frame: number) => ringsOf(mask, frame);
    expect([at(9), at(10), at(11), at(14)]).to.deep.equal([undefined, [ring(0)], [ring(5)], [ring(20)]]);
    // With a hole on one side only it stays; where nothing is, there are no rings; after the last it is no more.
    expect([at(19), at(20), at(29), at(30), at(39), at(40), at(41)]).to.deep.equal([
      [ring(20)],
      [ring(0), ring(1)],
      [ring(0), ring(1)],
      [],
      [],
      [ring(5)],
      undefined,
    ]);
    const view = { masks: new Map([["a", mask]]) };
    expect(maskFramesOf(view)).to.deep.equal([10, 14, 20, 30, 40]);
    expect(drawnMasks(view, 30)).to.deep.equal([{ id: "a", mask, rings: [] }]);
    expect(drawnMasks(view, 41)).to.deep.equal([]);
  });
});

describe("what may be corrected", () => {
  const words = vocabularyOf(analysis);
  const against = (change: Change, ...before: Change[]) => {
    const view = viewAfter(...before);
    return objections(correctable(analysis, words), view, change, corrected(view, [change])).map((objection) => objection(objectionsInEnglish));
  };

  it("has words that analysers know, whether they found them or not, and some of the clinic", () => {
    expect(words.segments.get("phase")).to.deep.equal(["Preparation", "Dissection", "Clipping", "Closure"]);
    expect([words.boxes, words.masks]).to.deep.equal([["grasper"], []]);
    expect(words.events.map(({ label }) => label)).to.deep.equal(["grasper", "Bleeding", "Bile spillage", "Injury", "Clip applied"]);
  });

  it("is what is there", () => {
    expect(against(judge("event", "event-2", "rejected"))).to.deep.equal(["There is no event event-2 in the analysis or its corrections."]);
    expect(against(judge("track", "2", "rejected"))).to.deep.equal(["There is no track 2 in the analysis or its corrections."]);
    expect(against({ kind: "draw-box", target: { kind: "object", id: boxId }, after: null })).to.have.length(1);
    for (const change of [
      judge("event", "event-1", "rejected"),
      judge("track", "1", "confirmed"),
      retime("segment-2", 20, 60),
      draw(boxId, { replaces: { track: 1 } }),
    ])
      expect(against(change)).to.deep.equal([]);
  });

  it("leaves phases apart from each other, none empty, all within the operation", () => {
    expect(against(retime("segment-2", 0, 75))).to.deep.equal([
      "Preparation (segment-1) would be left without a frame.",
      "It would overlap Closure (segment-3).",
    ]);
    expect(against(retime("segment-3", 70, 101))).to.deep.equal(["The operation has 100 frames; frames 70 to 101 aren't all among them."]);
    expect(against(judge("segment", "segment-1", "unreviewed"), judge("segment", "segment-1", "rejected"), retime("segment-2", 10, 60))).to.deep.equal([
      "It would overlap Dissection (segment-2).",
    ]);
  });

  it("is said in known words: names of people find no place", () => {
    const relabel = (kind: "segment" | "event" | "track", id: string): Change => ({ kind: "relabel", target: { kind, id }, after: "Jane Doe" });
    expect(against(relabel("segment", "segment-1"))).to.deep.equal([
      '"Jane Doe" is none of the words that the analysis knows here: Preparation, Dissection, Clipping, Closure.',
    ]);
    expect(against(relabel("event", "event-1"))).to.deep.equal(['"Jane Doe" is none of the words that the analysis knows here: grasper.']);
    expect(against(relabel("track", "0"))).to.deep.equal(['"Jane Doe" is none of the words that the analysis knows here: grasper.']);
    const add: Change = { kind: "add", target: { kind: "event", id: addedId }, after: { type: "note", label: "Jane Doe", startFrame: 5, endFrame: 5 } };
    expect(against(add)).to.deep.equal(['"Jane Doe" is none of the words that the analysis knows here: it knows none.', "It must end after it starts."]);
  });

  it("lies within the picture and the operation, in the order of time", () => {
    const keyframes = [
      { frame: 100, box: [300, 0, 21, 10] as [number, number, number, number] },
      { frame: 10, box: null },
    ];
    expect(against(draw(boxId, { label: "x", keyframes, replaces: { track: 5 } }))).to.deep.equal([
      '"x" is none of the words that the analysis knows here: grasper.',
      "Its keyframes must be in the order of time, one a frame.",
      "There is no frame 100; the operation has 100.",
      "In frame 100 the box leaves the picture of 320 by 180 pixels.",
      "There is no track 5 in the analysis.",
    ]);
    expect(against(draw(boxId, { keyframes: [{ frame: 1, box: null }] }))).to.deep.equal(["It is never in sight, and stands for nothing."]);
    const mask: Change = {
      kind: "draw-mask",
      target: { kind: "mask", id: boxId },
      after: {
        label: "liver",
        frame: 100,
        polygon: [
          [0, 0],
          [321, 0],
          [0, 9],
        ],
        replaces: "segmenter",
      },
    };
    expect(against(mask)).to.deep.equal([
      '"liver" is none of the words that the analysis knows here: it knows none.',
      "There is no frame 100; the operation has 100.",
      "In frame 100 the outline leaves the picture of 320 by 180 pixels.",
      "No segmenter found masks in this operation.",
    ]);
    const square: [number, number][] = [
      [0, 0],
      [9, 0],
      [0, 9],
    ];
    const later = [
      { frame: 4, polygon: null, holes: [square] },
      { frame: 3, polygon: square, holes: [[...square, [0, 999]] as [number, number][]] },
    ];
    expect(against({ ...mask, after: { label: "x", frame: 4, polygon: null, replaces: null, later } })).to.deep.equal([
      '"x" is none of the words that the analysis knows here: it knows none.',
      "Its keyframes must be in the order of time, one a frame.",
      "In frame 4 there are holes of nothing.",
      "In frame 3 the outline leaves the picture of 320 by 180 pixels.",
    ]);
    expect(against({ ...mask, after: { label: "x", frame: 4, polygon: null, replaces: null } }).at(-1)).to.equal(
      "It is never in sight, and stands for nothing.",
    );
  });

  it("stands for a track once in each frame", () => {
    const first = draw(boxId, { replaces: { track: 1 } });
    expect(against(draw(otherId, { replaces: { track: 1 } }), first)).to.deep.equal(["Frames 10 to 10 of track 1 were drawn anew already."]);
    expect(against(draw(boxId, { replaces: { track: 1 } }), first)).to.deep.equal([]);
    expect(against(draw(otherId, { replaces: { track: 1 }, keyframes: [{ frame: 11, box: [0, 0, 1, 1] }] }), first)).to.deep.equal([]);
  });

  it("has no room for free text, nor for unknown reasons", () => {
    expect(changeSchema.safeParse({ ...judge("event", "event-1", "rejected"), reason: "not-there" }).success).to.equal(true);
    expect(changeSchema.safeParse({ ...judge("event", "event-1", "rejected"), reason: "Jane Doe moved" }).success).to.equal(false);
    expect(changeSchema.safeParse({ ...judge("event", "event-1", "rejected"), note: "x" }).success).to.equal(false);
    expect(changeSchema.safeParse(judge("event", "Jane Doe", "rejected")).success).to.equal(false);
  });
});

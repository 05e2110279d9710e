import { expect } from "chai";
import type { MaskChunk } from "../../../contracts/analysis.ts";
import { corrected, uncorrected } from "../../../contracts/corrected-view.ts";
import type { Change, DrawnMask, DrawnObject } from "../../../contracts/corrections.ts";
import {
  type Chosen,
  chosenBox,
  chosenMask,
  continued,
  drawnNew,
  edgeMoved,
  inOrder,
  isSameThing,
  judged,
  nameOf,
  outlineContinued,
  outlined,
  outlinedAnew,
  outlinedNew,
  outlineTakenBack,
  placed,
  renamed,
  reshaped,
  takenBack,
} from "../../../web/corrections/actions.ts";
import { correctionCommandOf, nudgeOf } from "../../../web/corrections/keys.ts";
import { moved, resized, within } from "../../../web/corrections/shapes.ts";
import type { SeenBox, SeenMask } from "../../../web/player/overlay.ts";
import { analysisOf } from "../../functions/support/analysis.ts";

const id = "11111111-1111-4111-8111-111111111111";
const newId = () => id;
const seen: SeenBox = { classId: "d/grasper", label: "grasper", score: 0.9, box: [10, 20, 30, 40], producer: "d", track: 4, lookedAt: 25, drawn: null };
const loose: SeenBox = { ...seen, track: -1 };
const object: DrawnObject = { label: "grasper", keyframes: [{ frame: 25, box: [1, 2, 3, 4] }], replaces: { track: 4 } };
const own: SeenBox = { ...seen, score: null, box: [1, 2, 3, 4], producer: "person", drawn: { id, object, isKeyframe: true } };
const told = (changes: readonly Change[]) => changes.map((change) => [change.kind, change.target.id, change.after]);
const viewWith = (drawn: DrawnObject) => corrected(uncorrected(analysisOf()), [{ kind: "draw-box", target: { kind: "object", id }, after: drawn }]);

describe("what a person does with boxes and findings", () => {
  it("draws a found box anew in the frame that was looked at, in the place of its track or of itself", () => {
    const { changes, chosen } = placed(seen, [0, 0, 9, 9], newId, "wrong-place");
    expect(changes).to.deep.equal([
      {
        ...{ kind: "draw-box", target: { kind: "object", id }, reason: "wrong-place" },
        after: { label: "grasper", keyframes: [{ frame: 25, box: [0, 0, 9, 9] }], replaces: { track: 4 } },
      },
    ]);
    expect(chosen).to.deep.equal({ kind: "object", id });
    const [change] = placed(loose, null, newId).changes;
    expect(change?.after).to.deep.equal({
      label: "grasper",
      keyframes: [{ frame: 25, box: null }],
      replaces: { producer: "d", frame: 25, box: [10, 20, 30, 40] },
    });
  });

  it("moves a keyframe, goes on in another frame from where it is, and takes keyframes back", () => {
    expect(told(placed(own, [5, 5, 5, 5], newId).changes)).to.deep.equal([["draw-box", id, { ...object, keyframes: [{ frame: 25, box: [5, 5, 5, 5] }] }]]);
    const view = viewWith(object);
    const longer = { ...object, keyframes: [...object.keyframes, { frame: 40, box: [1, 2, 3, 4] as [number, number, number, number] }] };
    expect(told(continued(view, id, 40))).to.deep.equal([["draw-box", id, longer]]);
    expect(told(continued(view, id, 10))[0]?.[2]).to.deep.include({ keyframes: [{ frame: 10, box: [1, 2, 3, 4] }, ...object.keyframes] });
    expect(continued(view, id, 25)).to.deep.equal([]);
    expect(told(takenBack(viewWith(longer), id, 40))).to.deep.equal([["draw-box", id, object]]);
    expect(told(takenBack(view, id, 25))).to.deep.equal([["draw-box", id, null]]);
    expect(takenBack(view, id, 26)).to.deep.equal([]);
    expect(told(drawnNew("hook", 3, [1, 1, 1, 1], newId).changes)).to.deep.equal([
      ["draw-box", id, { label: "hook", keyframes: [{ frame: 3, box: [1, 1, 1, 1] }], replaces: null }],
    ]);
  });

  it("renames a track, a drawing, or one box", () => {
    expect(told(renamed(seen, "hook", newId).changes)).to.deep.equal([["relabel", "4", "hook"]]);
    expect(told(renamed(own, "hook", newId).changes)).to.deep.equal([["draw-box", id, { ...object, label: "hook" }]]);
    expect(renamed(loose, "hook", newId).changes[0]?.after).to.deep.include({ label: "hook", keyframes: [{ frame: 25, box: [10, 20, 30, 40] }] });
  });

  it("accepts and rejects what is chosen", () => {
    const found = chosenBox(seen);
    expect(told(judged(found, "rejected", seen, newId))).to.deep.equal([["judge", "4", "rejected"]]);
    expect(told(judged({ kind: "event", id: "event-1" }, "confirmed", undefined, newId))).to.deep.equal([["judge", "event-1", "confirmed"]]);
    expect(judged({ kind: "event", id: "event-1" }, "rejected", undefined, newId, "duplicate")[0]?.reason).to.equal("duplicate");
    expect(told(judged(chosenBox(own), "rejected", own, newId))).to.deep.equal([["draw-box", id, null]]);
    expect(judged(chosenBox(own), "confirmed", own, newId)).to.deep.equal([]);
    expect(judged(chosenBox(loose), "confirmed", loose, newId)).to.deep.equal([]);
    expect(judged(chosenBox(loose), "rejected", loose, newId)[0]?.after).to.deep.include({ keyframes: [{ frame: 25, box: null }] });
  });

  it("moves one edge of a finding", () => {
    const view = uncorrected(analysisOf());
    const chosen: Chosen = { kind: "event", id: "event-1" };
    expect(told(edgeMoved(view, chosen, "start", 12))).to.deep.equal([["retime", "event-1", { startFrame: 12, endFrame: 35 }]]);
    expect(told(edgeMoved(view, chosen, "end", 30))).to.deep.equal([["retime", "event-1", { startFrame: 10, endFrame: 30 }]]);
    expect(edgeMoved(view, chosen, "end", 35)).to.deep.equal([]);
    expect(edgeMoved(view, chosenBox(seen), "end", 30)).to.deep.equal([]);
  });

  it("keeps a box's name and place when it is drawn anew", () => {
    const other: SeenBox = { ...seen, track: 5 };
    const anew: SeenBox = { ...loose, drawn: { id, object: { ...object, replaces: { producer: "d", frame: 25, box: [10, 20, 30, 40] } }, isKeyframe: true } };
    expect([nameOf(seen), nameOf(own), nameOf(loose), nameOf({ ...anew, box: [0, 0, 1, 1] })]).to.deep.equal([
      ...["track 4", "track 4", "box d 25 10,20,30,40", "box d 25 10,20,30,40"],
    ]);
    expect(nameOf({ ...own, drawn: { id, object: { ...object, replaces: null }, isKeyframe: true } })).to.equal(`drawn ${id}`);
    expect(inOrder([other, seen, loose])).to.deep.equal([loose, seen, other]);
    expect(inOrder([other, loose, own])).to.deep.equal([loose, own, other]);
  });

  it("follows what is chosen along its track", () => {
    expect(isSameThing(chosenBox(seen), chosenBox({ ...seen, lookedAt: 30, box: [0, 0, 1, 1] }))).to.equal(true);
    expect(isSameThing(chosenBox(seen), chosenBox({ ...seen, track: 5 }))).to.equal(false);
    expect(isSameThing(chosenBox(loose), chosenBox({ ...loose, lookedAt: 30 }))).to.equal(false);
    expect(isSameThing(null, chosenBox(seen))).to.equal(false);
  });
});

describe("boxes within a picture", () => {
  const raster = { width: 100, height: 50 };
  it("are moved as far as it goes", () => {
    expect(moved([10, 10, 20, 20], 5.4, -3.6, raster)).to.deep.equal([15, 6, 20, 20]);
    expect(moved([10, 10, 20, 20], -50, 500, raster)).to.deep.equal([0, 30, 20, 20]);
  });
  it("are resized by a corner, whose opposite stays", () => {
    expect(resized([10, 10, 20, 20], "se", 5, 6, raster)).to.deep.equal([10, 10, 25, 26]);
    expect(resized([10, 10, 20, 20], "nw", 5, 6, raster)).to.deep.equal([15, 16, 15, 14]);
    expect(resized([10, 10, 20, 20], "ne", 500, -500, raster)).to.deep.equal([10, 0, 90, 30]);
    expect(resized([10, 10, 20, 20], "sw", 500, -500, raster)).to.deep.equal([29, 10, 1, 1]);
  });
  it("are whole pixels, at least one", () => {
    expect(within([-3.2, 49.9, 0, 900], raster)).to.deep.equal([0, 49, 1, 1]);
  });
});

describe("keys while one corrects", () => {
  const stroke = (key: string, more: object = {}) => ({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...more });
  it("are single ones, unless they are switched off, and those of the system", () => {
    expect(["a", "X", "Delete", "Backspace", "t", "q", "w"].map((key) => correctionCommandOf(stroke(key), true))).to.deep.equal([
      ...["accept", "reject", "remove", "remove", "keyframe", "skip", undefined],
    ]);
    expect(correctionCommandOf(stroke("a"), false)).to.equal(undefined);
    expect(correctionCommandOf(stroke("A", { shiftKey: true }), true)).to.equal(undefined);
    expect(correctionCommandOf(stroke("a", { ctrlKey: true }), true)).to.equal(undefined);
    expect(correctionCommandOf(stroke("z", { ctrlKey: true }), false)).to.equal("undo");
    expect(correctionCommandOf(stroke("Z", { metaKey: true, shiftKey: true }), false)).to.equal("redo");
    expect(correctionCommandOf(stroke("y", { ctrlKey: true }), false)).to.equal("redo");
    expect(correctionCommandOf(stroke("s", { ctrlKey: true }), false)).to.equal("save");
    expect(correctionCommandOf(stroke("z", { ctrlKey: true, altKey: true }), true)).to.equal(undefined);
  });
  it("nudge by arrows", () => {
    expect(nudgeOf(stroke("ArrowLeft"))).to.deep.equal({ dx: -1, dy: 0, resizes: false });
    expect(nudgeOf(stroke("ArrowDown", { shiftKey: true, altKey: true }))).to.deep.equal({ dx: 0, dy: 10, resizes: true });
    expect(nudgeOf(stroke("ArrowDown", { ctrlKey: true }))).to.equal(undefined);
    expect(nudgeOf(stroke("a"))).to.equal(undefined);
  });
});

describe("what a person does with outlines", () => {
  const chunk: MaskChunk = {
    ...{ schema: "mask-chunk/1.0", producer: "organs", gridWidth: 4, gridHeight: 4, frames: [20], offsets: [0, 3], label: [0, 0, 0], score: [0.8, 0.7, 0.6] },
    // Two columns at the left, one at the right, and nothing.
    runs: [[0, 8, 8], [12, 4], [16]],
  };
  const found = (index: number): SeenMask => ({
    ...{ classId: "organs/liver", label: "liver", producer: "organs", lookedAt: 20, drawn: null },
    found: { chunk, index, score: 0.8 },
  });
  const raster = { width: 40, height: 40 };
  const corners = (change: Change | undefined) =>
    change?.kind === "draw-mask" ? [...(change.after?.polygon ?? [])].sort((a, b) => a[0] - b[0] || a[1] - b[1]) : null;

  it("draws what was missed", () => {
    const { changes, chosen } = outlinedNew(
      "liver",
      7,
      [
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
      ],
      newId,
    );
    expect(told(changes)).to.deep.equal([
      [
        "draw-mask",
        id,
        {
          label: "liver",
          frame: 7,
          polygon: [
            [1, 2],
            [3, 4],
            [5, 6],
          ],
          replaces: null,
        },
      ],
    ]);
    expect(changes[0]?.reason).to.equal("missed");
    expect(chosen).to.deep.equal({ kind: "mask", id });
    expect(told(outlined(id, null))).to.deep.equal([["draw-mask", id, null]]);
  });

  it("draws all that a producer found of a label in a frame anew, since an outline takes the place of all of it", () => {
    let count = 0;
    const made = outlinedAnew([found(0), found(1), found(2)], raster, () => `${count++}`) ?? expect.fail("Nothing was drawn.");
    expect(made.changes.map(({ target }) => target.id)).to.deep.equal(["0", "1"]);
    expect(made.changes.map(corners)).to.deep.equal([
      [
        [0, 0],
        [0, 40],
        [20, 0],
        [20, 40],
      ],
      [
        [30, 0],
        [30, 40],
        [40, 0],
        [40, 40],
      ],
    ]);
    expect(made.changes[0]?.after).to.deep.include({ label: "liver", frame: 20, replaces: "organs" });
    expect(made.chosen).to.deep.equal({ kind: "mask", id: "0" });
    expect(outlinedAnew([found(2)], raster, newId)).to.equal(null);
  });

  const triangle: [number, number][] = [
    [1, 2],
    [3, 4],
    [5, 6],
  ];
  const mask: DrawnMask = { label: "liver", frame: 7, polygon: triangle, replaces: null };
  const drawn: SeenMask = { ...found(0), found: null, drawn: { id, mask, rings: [triangle], isKeyframe: true } };

  it("takes an outline back by rejecting it, and says of a mask that it is not there", () => {
    expect(told(judged(chosenMask(drawn), "rejected", undefined, newId))).to.deep.equal([["draw-mask", id, null]]);
    expect(judged(chosenMask(drawn), "confirmed", undefined, newId)).to.deep.equal([]);
    const chosen = chosenMask(found(1));
    expect(chosen).to.deep.equal({ kind: "found-mask", producer: "organs", label: "liver", frame: 20 });
    expect(judged(chosen, "confirmed", undefined, newId)).to.deep.equal([]);
    const [gone] = judged(chosen, "rejected", undefined, newId);
    expect(gone).to.deep.equal({
      kind: "draw-mask",
      target: { kind: "mask", id },
      after: { label: "liver", frame: 20, polygon: null, replaces: "organs" },
      reason: "not-there",
    });
    expect(judged(chosen, "rejected", undefined, newId, "duplicate")[0]?.reason).to.equal("duplicate");
  });

  it("goes on with an outline in other frames, reshapes it there, and takes single frames back", () => {
    const viewOf = (after: DrawnMask) => corrected(uncorrected({ segments: [], events: [] }), outlined(id, after));
    const at = (change: Change[]): DrawnMask => (change[0]?.kind === "draw-mask" && change[0].after) || expect.fail("Nothing was drawn.");
    const two = at(outlineContinued(viewOf(mask), id, 17));
    expect(two).to.deep.equal({ ...mask, later: [{ frame: 17, polygon: triangle }] });
    expect(outlineContinued(viewOf(two), id, 17)).to.deep.equal([]);
    expect(outlineContinued(viewOf(two), "other", 18)).to.deep.equal([]);
    // Before the first: it begins there as it first was.
    expect(at(outlineContinued(viewOf(two), id, 3))).to.deep.equal({
      ...{ label: "liver", replaces: null, frame: 3, polygon: triangle },
      later: [
        { frame: 7, polygon: triangle },
        { frame: 17, polygon: triangle },
      ],
    });
    const moved = at(reshaped({ id, mask: two }, 17, [triangle.map(([x, y]) => [x + 10, y]), triangle]));
    expect(moved.later).to.deep.equal([{ frame: 17, polygon: triangle.map(([x, y]) => [x + 10, y]), holes: [triangle] }]);
    expect(at(outlineTakenBack(viewOf(two), id, 7))).to.deep.equal({ ...mask, frame: 17 });
    expect(outlineTakenBack(viewOf(two), id, 8)).to.deep.equal([]);
    expect(told(outlineTakenBack(viewOf(mask), id, 7))).to.deep.equal([["draw-mask", id, null]]);
  });
});

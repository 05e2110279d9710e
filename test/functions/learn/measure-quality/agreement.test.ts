import { expect } from "chai";
import type { Analysis, TrackList } from "../../../../contracts/analysis.ts";
import { corrected, uncorrected } from "../../../../contracts/corrected-view.ts";
import type { Change } from "../../../../contracts/corrections.ts";
import { agreement, agreementOf } from "../../../../functions/learn/measure-quality/agreement.ts";
import { analysisOf } from "../../support/analysis.ts";

const model = "instrument-detector";
const id = "11111111-1111-4111-8111-111111111111";
const event = (number: number, more: Partial<Analysis["events"][number]> = {}): Analysis["events"][number] => ({
  ...{ id: `event-${number}`, type: "instrument", label: "grasper", startFrame: 0, endFrame: 20, confidence: 0.8, producer: model, review: "unreviewed" },
  ...more,
});
const phase: Analysis["segments"][number] = {
  ...{ id: "segment-1", level: "phase", label: "Dissection", startFrame: 0, endFrame: 90, confidence: 0.9, producer: "phase-classifier", review: "unreviewed" },
};
const analysis = analysisOf({
  segments: [phase],
  events: [event(1), event(2), event(3)],
  scores: [{ producer: "phase-classifier", subject: "phase", labels: ["Dissection", "Clipping"], frameCount: 10, uri: "s3://p/s", sha256: "a".repeat(64) }],
});
const tracks = { detections: [0, 0], label: [0, 0] } as unknown as TrackList;
const of = (changes: Change[], network = model, list: TrackList | undefined = tracks) =>
  Object.values(agreementOf(analysis, corrected(uncorrected(analysis), changes), list, network));
const on = (kind: "event" | "track" | "segment", name: string) => ({ target: { kind, id: name } });
const judge = (after: "confirmed" | "rejected", kind: "event" | "track" | "segment", name: string): Change =>
  ({ kind: "judge", ...on(kind, name), after }) as Change;

describe("agreementOf", () => {
  // Right, wrong, missed.
  const cases: [string, Change[], [number, number, number]][] = [
    ["says nothing of what nobody looked at", [], [0, 0, 0]],
    [
      "takes what people confirmed for right, and what they rejected for wrong",
      [judge("confirmed", "event", "event-1"), judge("rejected", "event", "event-2")],
      [1, 1, 0],
    ],
    ["takes another word for wrong, and for missed", [{ kind: "relabel", ...on("event", "event-1"), after: "hook" } as Change], [0, 1, 1]],
    [
      "takes an edge that moved a little for right",
      [{ kind: "retime", ...on("event", "event-1"), after: { startFrame: 5, endFrame: 20 } } as Change],
      [1, 0, 0],
    ],
    [
      "takes another time for wrong, and for missed",
      [{ kind: "retime", ...on("event", "event-1"), after: { startFrame: 15, endFrame: 40 } } as Change],
      [0, 1, 1],
    ],
    [
      "takes what people added for missed, if it is a word of the network",
      [
        { kind: "add", target: { kind: "event", id }, after: { type: "instrument", label: "grasper", startFrame: 40, endFrame: 50 } },
        { kind: "add", target: { kind: "event", id: id.replace(/1/g, "2") }, after: { type: "bleeding", label: "Bleeding", startFrame: 40, endFrame: 50 } },
      ],
      [0, 0, 1],
    ],
    ["counts tracks as events", [judge("confirmed", "track", "0"), judge("rejected", "track", "1")], [1, 1, 0]],
    ["takes another word of a track for wrong, and for missed", [{ kind: "relabel", ...on("track", "1"), after: "hook" } as Change], [0, 1, 1]],
    [
      "takes a box for missed that stands for nothing, and leaves one out that stands for a track",
      [null, { track: 0 }].map(
        (replaces, i): Change => ({
          kind: "draw-box",
          target: { kind: "object", id: id.replace(/1/g, String(i + 1)) },
          after: { label: "grasper", keyframes: [{ frame: 3, box: [1, 1, 5, 5] }], replaces },
        }),
      ),
      [0, 0, 1],
    ],
    ["says nothing of what another network found", [judge("rejected", "segment", "segment-1")], [0, 0, 0]],
  ];
  for (const [what, changes, counts] of cases) it(what, () => expect(of(changes)).to.deep.equal(counts));

  it("counts segments of phases", () => {
    expect(of([judge("confirmed", "segment", "segment-1")], "phase-classifier")).to.deep.equal([1, 0, 0]);
    expect(of([{ kind: "relabel", ...on("segment", "segment-1"), after: "Clipping" } as Change], "phase-classifier")).to.deep.equal([0, 1, 1]);
  });
});

describe("agreement", () => {
  it("is F1, and nothing where nothing was judged", () => {
    expect(agreement({ right: 8, wrong: 2, missed: 2 })).to.equal(0.8);
    expect(agreement({ right: 0, wrong: 3, missed: 0 })).to.equal(0);
    expect(agreement({ right: 0, wrong: 0, missed: 0 })).to.equal(null);
  });
});

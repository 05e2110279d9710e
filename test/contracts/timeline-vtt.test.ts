import { expect } from "chai";
import { FrameIndex } from "../../contracts/frame-table.ts";
import { timelineVtt } from "../../contracts/timeline-vtt.ts";
import { analysisOf } from "../functions/support/analysis.ts";
import { count, tableOf } from "../functions/support/frames.ts";

const frames = new FrameIndex(tableOf(count(100), count(100)));

describe("timelineVtt", () => {
  it("writes spans outside the patient, segments and events in the order of time", () => {
    expect(timelineVtt(analysisOf(), frames)).to.equal(
      [
        "WEBVTT",
        "segment-1\n00:00:00.000 --> 00:00:03.600\nShot 1",
        "event-1\n00:00:00.400 --> 00:00:01.400\ngrasper",
        "out-of-body-1\n00:00:03.600 --> 00:00:04.000\nOutside the patient\n",
      ].join("\n\n"),
    );
  });

  it("writes a file without cues for an analysis without findings", () => {
    expect(
      timelineVtt(analysisOf({ gate: { producer: "p", outOfBody: [], text: [], pictures: null, missedEstimate: null }, segments: [], events: [] }), frames),
    ).to.equal("WEBVTT\n");
  });

  it("keeps labels on one line and free of markup, and no cue without length", () => {
    const analysis = analysisOf({ gate: { producer: "p", outOfBody: [], text: [], pictures: null, missedEstimate: null }, segments: [] });
    const pts = count(100).map((n) => n * 90_000);
    pts[1] = 1;
    const squeezed = new FrameIndex({ ...tableOf(pts, count(100)), source: { ...tableOf(pts, count(100)).source, timebase: { num: 1, den: 90_000 } } });
    analysis.events = [{ id: "e", type: "t", label: "<b>a\n--> &b", startFrame: 0, endFrame: 1, confidence: null, producer: "p", review: "unreviewed" }];
    expect(timelineVtt(analysis, squeezed)).to.equal("WEBVTT\n\ne\n00:00:00.000 --> 00:00:00.001\n&lt;b&gt;a --&gt; &amp;b\n");
  });

  it("counts hours", () => {
    const pts = count(100).map((n) => n * 25 * 100);
    const long = new FrameIndex(tableOf(pts, count(100)));
    const analysis = analysisOf({ gate: { producer: "p", outOfBody: [], text: [], pictures: null, missedEstimate: null }, segments: [] });
    analysis.events = [{ id: "e", type: "t", label: "l", startFrame: 40, endFrame: 73, confidence: null, producer: "p", review: "unreviewed" }];
    expect(timelineVtt(analysis, long)).to.include("01:06:40.000 --> 02:01:40.000");
  });
});

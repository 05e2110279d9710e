import { expect } from "chai";
import { trackList } from "../../../contracts/analysis.ts";
import { samplingStep } from "../../../contracts/media.ts";
import { count } from "../support/frames.ts";
import { type Given, merged, unzipped } from "./support/run.ts";

const rates = [
  { num: 25, den: 1 },
  { num: 24000, den: 1001 },
  { num: 30000, den: 1001 },
  { num: 60000, den: 1001 },
];
const seconds = 40;

/** The same operation at every frame rate: what is seen in which sample, of `sampleRate` a second. */
async function operation(frameRate: (typeof rates)[number], sampleRate: number, { tellsStep = true } = {}) {
  const step = samplingStep(frameRate, sampleRate);
  const samples = count(Math.round(seconds * sampleRate));
  const given = (producer: string, kind: Given["kind"], subject: Given["subject"], labels: string[], values: (second: number) => object): Given => ({
    ...{ producer, kind, subject, labels, ...(tellsStep && { frameStep: step }) },
    lines: samples.map((i) => ({ frame: i * step, pts: i * step, ...values(i / sampleRate) })),
  });
  const inSpan = (second: number, from: number, to: number) => second >= from && second < to;
  const { found, lake } = await merged(
    [
      // A hook in sight for ten seconds, missed once for a second; one second of a grasper.
      given("detector", "detections", "instrument", ["grasper", "hook"], (second) => ({
        boxes: [
          ...(inSpan(second, 4, 14) && !inSpan(second, 9, 10) ? [[1, 0.9, 100 + Math.round(4 * second), 100, 100, 60]] : []),
          ...(inSpan(second, 20, 21) ? [[0, 0.9, 500, 100, 100, 60]] : []),
        ],
      })),
      // Smoke once for a second, and twice with a second between.
      given("view", "classifications", "view", ["smoke"], (second) => ({
        scores: [inSpan(second, 6, 7) || inSpan(second, 15, 18) || inSpan(second, 19, 22) ? 0.9 : 0.1],
      })),
      given("organs", "masks", "structure", ["liver"], (second) => ({
        ...{ gridWidth: 2, gridHeight: 1, masks: inSpan(second, 10, 11) || inSpan(second, 30, 33) ? [[0, 0.9, [1, 1]]] : [] },
      })),
    ],
    { frameRate, frameCount: step * samples.length },
  );
  /** Times in seconds of the samples, so that they are the same at every rate. */
  const at = (frame: number) => frame / step / sampleRate;
  const tracks = unzipped(lake, found.tracks!.uri, trackList);
  return {
    events: found.events.map(({ label, startFrame, endFrame }) => [label, at(startFrame), at(endFrame)]),
    // A track ends one frame after its last box.
    tracks: tracks.startFrame.map((startFrame, i) => [at(startFrame), at((tracks.endFrame[i] as number) - 1), tracks.stable[i]]),
    looked: found.lookedAt!.map(({ producer, kind, spans }) => [producer, kind, ...spans.map(({ startFrame, endFrame }) => [at(startFrame), at(endFrame)])]),
    sampleSeconds: (step * frameRate.den) / frameRate.num,
  };
}

const events = [
  ["hook", 4, 14],
  ["smoke", 6, 7],
  ["liver", 10, 11],
  ["smoke", 15, 22],
  ["grasper", 20, 21],
  ["liver", 30, 33],
];
const looked = [
  ["detector", "detections", [0, seconds]],
  ["organs", "masks", [0, seconds]],
  ["view", "classifications", [0, seconds]],
];

describe("the merge at other frame rates than 25", () => {
  for (const rate of rates) {
    const name = `${rate.num}/${rate.den}`;
    it(`finds at ${name} what it finds at 25, of networks that look once a second`, async () => {
      for (const tellsStep of [true, false]) {
        const found = await operation(rate, 1, { tellsStep });
        expect(found.events).to.deep.equal(events);
        // Missed once in a row of samples a second apart, a track is over.
        expect(found.tracks).to.deep.equal([
          [4, 8, true],
          [10, 13, true],
        ]);
        expect(found.looked).to.deep.equal(looked);
        // A sample is no more than a frame away from its second.
        expect(Math.abs(found.sampleSeconds - 1) * rate.num).to.be.lessThan(rate.den);
      }
    });

    it(`finds at ${name} what it finds at 25, of networks that look five times a second`, async () => {
      const found = await operation(rate, 5);
      expect(found.events).to.deep.equal(events);
      expect(found.tracks).to.deep.equal([
        [4, 8.8, true],
        [10, 13.8, true],
        [20, 20.8, false],
      ]);
      expect(found.looked).to.deep.equal(looked);
    });

    it(`follows and joins at ${name} what a network sees that looks every other second`, async () => {
      const found = await operation(rate, 0.5);
      expect(found.events).to.deep.equal([
        ["hook", 4, 14],
        ["smoke", 6, 8],
        ["liver", 10, 12],
        ["smoke", 16, 22],
        ["grasper", 20, 22],
        ["liver", 30, 34],
      ]);
      expect(found.tracks).to.deep.equal([[4, 12, true]]);
      expect(found.looked).to.deep.equal(looked);
    });
  }
});

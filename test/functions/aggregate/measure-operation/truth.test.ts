import { expect } from "chai";
import type { GroundTruth } from "../../../../contracts/ground-truth.ts";
import { measureOf } from "../../../../functions/aggregate/measure-operation/measure.ts";
import { cholecystectomy } from "../../../../models/synthetic/procedures/cholecystectomy.ts";
import { drawnOperation } from "../../support/drawn-operation.ts";
import { drawnOf, plannedTruth } from "../../support/operation-of-truth.ts";

const framesPerSecond = 25;

/** What the measures must be, counted frame by frame from the ground truth: no spans, no sets, nothing of what is tested. */
function countedFrom(truth: GroundTruth): Record<string, number> {
  const { frameCount } = truth.media;
  const covered = (spans: readonly { startFrame: number; endFrame: number }[]): boolean[] => {
    const frames = new Array<boolean>(frameCount).fill(false);
    for (const { startFrame, endFrame } of spans) frames.fill(true, startFrame, Math.min(endFrame, frameCount));
    return frames;
  };
  const outside = covered(truth.outOfBody);
  const inside = outside.map((is) => !is);
  const events = (...types: string[]) => covered(truth.events.filter(({ type }) => types.includes(type)));
  const shown = truth.instrumentLabels.map(() => new Array<boolean>(frameCount).fill(false));
  for (const [frame, boxes] of truth.instruments) for (const [label] of boxes) (shown[label] as boolean[])[frame] = true;
  const count = (is: (frame: number) => boolean | undefined): number => {
    let frames = 0;
    for (let frame = 0; frame < frameCount; frame++) if (inside[frame] && is(frame)) frames++;
    return frames;
  };
  const all = count(() => true);
  const values: Record<string, number> = {
    "in-body-time": all / framesPerSecond,
    "out-of-body-time": (frameCount - all) / framesPerSecond,
    "procedure-time": (inside.lastIndexOf(true) + 1 - inside.indexOf(true)) / framesPerSecond,
  };
  let excursions = 0;
  for (let frame = inside.indexOf(true) + 1; frame < inside.lastIndexOf(true); frame++) if (outside[frame] && inside[frame - 1]) excursions++;
  values["excursion-count"] = excursions;

  for (const { label } of cholecystectomy.phases) {
    const phase = covered(truth.segments.filter((segment) => segment.label === label));
    const frames = count((frame) => phase[frame]);
    values[`phase-duration/${label}`] = frames / framesPerSecond;
    values[`phase-longest-run/${label}`] = frames / framesPerSecond;
    values[`phase-entry-count/${label}`] = 1;
    for (const [i, instrument] of truth.instrumentLabels.entries()) {
      const both = count((frame) => phase[frame] && shown[i]?.[frame]);
      values[`instrument-phase-share/${instrument}/${label}`] = both / frames;
    }
  }
  const { phases } = cholecystectomy;
  values["transition-count"] = phases.length - 1;
  for (const [i, { label }] of phases.slice(1).entries()) values[`transition-count/${phases[i]?.label} > ${label}`] = 1;
  for (const [i, instrument] of truth.instrumentLabels.entries()) {
    const frames = count((frame) => shown[i]?.[frame]);
    values[`instrument-time/${instrument}`] = frames / framesPerSecond;
    values[`instrument-share/${instrument}`] = frames / all;
  }
  let idle = 0;
  let gaps = 0;
  let longest = 0;
  for (let frame = 0, run = 0; frame <= frameCount; frame++) {
    if (frame < frameCount && inside[frame] && shown.every((label) => !label[frame])) run++;
    else {
      if (run >= 3 * framesPerSecond) {
        idle += run;
        gaps++;
        longest = Math.max(longest, run);
      }
      run = 0;
    }
  }
  Object.assign(values, { "idle-time": idle / framesPerSecond, "idle-count": gaps, "idle-longest": longest / framesPerSecond });
  for (const type of ["smoke", "fog", "blur"]) {
    const frames = events(type);
    values[`${type}-share`] = count((frame) => frames[frame]) / all;
  }
  const spoiled = events("black", "freeze", "blur", "overexposed", "underexposed", "smoke", "fog");
  values["unusable-view-share"] = count((frame) => spoiled[frame]) / all;
  const bleeding = events("bleeding");
  values["bleeding-time"] = count((frame) => bleeding[frame]) / framesPerSecond;
  return values;
}

describe("clinical measures of drawn operations", () => {
  for (const [seed, seconds] of [
    [1, 1800],
    [2, 900],
    [3, 300],
  ] as const) {
    it(`are those of the ground truth, counted frame by frame: ${seconds} s`, () => {
      const { truth } = plannedTruth(seed, seconds);
      const { measures } = measureOf(drawnOperation(drawnOf(truth)));
      const values = Object.fromEntries(measures.map(({ id, value }) => [id, value]));
      const wanted = countedFrom(truth);
      // A timeline that has less than this would prove little.
      expect(wanted["excursion-count"]).to.be.at.least(2);
      expect(wanted["bleeding-time"]).to.be.above(0);
      expect(Object.keys(wanted).filter((id) => id.startsWith("instrument-phase-share/"))).to.have.length.above(10);
      for (const [id, value] of Object.entries(wanted)) {
        expect(values, id).to.have.property(id);
        expect(values[id], id).to.be.a("number");
        expect(values[id] as number, id).to.be.closeTo(value, 0.0005001);
      }
      const told = measures.filter(({ value }) => value !== null).map(({ id }) => id);
      const counted = /^(exchange|bleeding-(count|control)|excursion-(time|count\/)|idle-time\/)/;
      expect(told.filter((id) => !(id in wanted) && !counted.test(id))).to.deep.equal([]);
    });
  }
});

import { expect } from "chai";
import { JerkMeter } from "../../../../functions/aggregate/merge-timeline/detections/jerk.ts";

/** The jerk of something that is at `place(t)` at the given times. */
function jerkOf(times: readonly number[], place: (seconds: number) => { x: number; y?: number; producer?: number }): JerkMeter {
  const meter = new JerkMeter();
  for (const seconds of times) {
    const { x, y = 0, producer = 0 } = place(seconds);
    meter.add({ seconds, x, y }, producer);
  }
  return meter;
}
const root = ({ squared, seconds }: JerkMeter) => Math.sqrt(squared / seconds);
const at = (rate: number, seconds: number) => Array.from({ length: Math.round(rate * seconds) + 1 }, (_, i) => i / rate);
const uneven = [0, 0.2, 0.45, 0.65, 1.1, 1.3, 1.75, 1.95];

describe("JerkMeter", () => {
  it("is 6 of a cube, at even and at uneven times, however long it goes on", () => {
    for (const times of [at(5, 2), at(5, 60), uneven]) expect(root(jerkOf(times, (t) => ({ x: t ** 3 })))).to.be.closeTo(6, 1e-6);
    expect(root(jerkOf(at(5, 4), (t) => ({ x: 3 * t ** 3, y: 4 * t ** 3 })))).to.be.closeTo(30, 1e-6);
  });

  it("is nothing of steady motion, and of steady acceleration", () => {
    for (const times of [at(5, 10), uneven]) {
      expect(root(jerkOf(times, (t) => ({ x: 0.2 * t, y: -0.1 * t })))).to.be.closeTo(0, 1e-9);
      expect(root(jerkOf(times, (t) => ({ x: 0.2 * t ** 2 })))).to.be.closeTo(0, 1e-9);
    }
  });

  it("is about the same at 5, 10 and 25 looks a second, and near the true one of a slow swing", () => {
    const swing = (t: number) => ({ x: 0.1 * Math.sin(Math.PI * t) });
    const found = [5, 10, 25].map((rate) => root(jerkOf(at(rate, 20), swing)));
    // Half a swing a second: pi^3 / 10, by the root of two.
    const truth = (0.1 * Math.PI ** 3) / Math.SQRT2;
    for (const one of found) expect(one / truth).to.be.within(0.93, 1.01);
    expect(Math.max(...found) / Math.min(...found)).to.be.lessThan(1.02);
  });

  it("doesn't make more of boxes that tremble where they come more often", () => {
    const tremble = (rate: number) => {
      // Park and Miller's generator.
      let state = 7;
      const random = () => {
        state = (state * 48271) % 2147483647;
        return state / 2147483647;
      };
      return root(jerkOf(at(rate, 200), () => ({ x: 0.001 * random() })));
    };
    expect(tremble(10) / tremble(5)).to.be.within(0.9, 1.1);
  });

  it("adds up the time it stands for: that of the track but for its first and last step", () => {
    expect(jerkOf(at(5, 4), (t) => ({ x: t })).seconds).to.be.closeTo(3.6, 1e-9);
    expect(jerkOf(at(5, 0.6), (t) => ({ x: t })).seconds).to.be.closeTo(0.2, 1e-9);
  });

  it("can't be told of fewer than four boxes, nor of boxes more than half a second apart", () => {
    expect(jerkOf(at(5, 0.4), (t) => ({ x: t ** 3 })).seconds).to.equal(0);
    expect(jerkOf(at(1, 60), (t) => ({ x: t ** 3 })).seconds).to.equal(0);
  });

  it("begins anew after a gap, and with another producer's boxes", () => {
    const jump = (t: number) => ({ x: t < 2 ? 0.1 : 0.5 });
    expect(root(jerkOf([...at(5, 1.8), ...at(5, 2).map((t) => t + 2.8)], jump))).to.be.closeTo(0, 1e-9);
    expect(root(jerkOf(at(5, 4), (t) => ({ ...jump(t), producer: t < 2 ? 0 : 1 })))).to.be.closeTo(0, 1e-9);
    expect(root(jerkOf(at(5, 4), jump))).to.be.greaterThan(1);
  });
});

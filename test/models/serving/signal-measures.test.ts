import { expect } from "chai";
import { blurEffect, meanDifference, measure, signalHeight, signalWidth } from "../../../models/serving/signal-measures.ts";

const picture = (luma: (x: number, y: number) => number): Uint8Array =>
  Uint8Array.from({ length: signalWidth * signalHeight }, (_, i) => luma(i % signalWidth, Math.floor(i / signalWidth)));

describe("signal measures", () => {
  it("counts black and dark pixels, and clipped ones among those that are not black, limits included", () => {
    const eighths = [25, 26, 51, 52, 249, 250, 255, 0];
    const { black, dark, clipped } = measure(picture((x) => eighths[Math.floor(x / 24)] as number));
    expect({ black, dark, clipped }).to.deep.equal({ black: 0.25, dark: 0.5, clipped: 1 / 3 });
  });

  it("measures the mean difference as a share of 256", () => {
    const grey = picture(() => 100);
    expect(meanDifference(grey, grey)).to.equal(0);
    expect(
      meanDifference(
        grey,
        picture(() => 164),
      ),
    ).to.equal(0.25);
    expect(
      meanDifference(
        picture((x) => (x < 96 ? 164 : 36)),
        grey,
      ),
    ).to.equal(0.25);
  });

  it("finds a ramp wholly blurred, a fine grating as little as its filter allows, and a flat picture not at all", () => {
    expect(blurEffect(picture((_, y) => y))).to.equal(1);
    expect(blurEffect(picture((x) => 100 + (x % 2) * 100))).to.be.closeTo(1 / 9, 1e-12);
    expect(blurEffect(picture(() => 128))).to.equal(0);
  });

  it("leaves out the rim of the round stop", () => {
    const stop = picture((x) => (x < 100 ? 0 : 100 + Math.floor((x - 100) / 2)));
    const inside = picture((x) => 100 + Math.floor(x / 2));
    expect(blurEffect(stop)).to.be.closeTo(blurEffect(inside), 0.01);
  });

  it("does not depend on contrast", () => {
    const edge = (strength: number): Uint8Array => picture((x) => 100 + strength * Math.min(8, Math.max(0, (x % 40) - 16)));
    expect(blurEffect(edge(10))).to.be.closeTo(blurEffect(edge(2)), 1e-12);
  });
});

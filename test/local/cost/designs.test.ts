import { expect } from "chai";
import { sketchHour, sketchIdle } from "../../../local/cost/designs.ts";
import { monthHours } from "../../../local/cost/prices.ts";

describe("the sketched design", () => {
  it("costs nineteen dollars an hour of video, most of it Rekognition's", () => {
    expect(sketchHour(5).map(({ what, usd }) => [what, Math.round(usd * 100) / 100])).to.deep.equal([
      ["MediaConvert: full HD", 0.9],
      ["Rekognition labels", 6],
      ["Rekognition text", 6],
      ["Rekognition segments", 6],
      ["Batch Transform: detection", 0.05],
      ["Batch Transform: segmentation", 0.1],
      ["Batch Transform: phases", 0.05],
    ]);
  });

  it("has its endpoint stand in place of ours", () => {
    const price = { usd: 1, unit: "hour", source: "page" } as const;
    const idle = {
      lines: [
        { what: "SageMaker endpoint on ml.m5.large", price, quantity: 80, usd: 80, resources: [] },
        { what: "customer key", price, quantity: 4, usd: 4, resources: [] },
      ],
      usd: 84,
      byUse: [],
      freeCount: 0,
    };
    expect(sketchIdle(idle)).to.be.closeTo(4 + 0.736 * monthHours, 1e-9);
  });
});

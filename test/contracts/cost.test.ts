import { expect } from "chai";
import { costOf, forecastOf, jobSeconds } from "../../contracts/cost.ts";
import { instanceHour } from "../../contracts/prices.ts";
import { analysers, gate } from "../../models/catalogue.ts";

/** An hour of 1080p at 25 frames a second. */
const hour = { durationTicks: 3600, timebase: { num: 1, den: 1 }, nominalFrameRate: { num: 25, den: 1 }, width: 1920, height: 1080 };
const planned = [gate, ...analysers];
const jobs = (seconds: (analyser: (typeof planned)[number]) => number) =>
  planned.map((analyser) => ({ analyser: analyser.id, instanceType: analyser.instanceType, wallSeconds: seconds(analyser) }));

describe("the cost of a run", () => {
  const forecast = forecastOf(hour, { normalised: true, rekognition: true, analysers: planned });

  it("is forecast from the video and the plan, item by item", () => {
    const usd = Object.fromEntries(forecast.breakdown.map(({ item, usd }) => [item, usd]));
    expect(usd).to.include({
      "MediaConvert: analysis rendition": 0.45,
      "MediaConvert: review rendition": 0.9,
      "Rekognition: shots and technical cues": 6,
      "Step Functions": 0.0025,
    });
    expect(Object.keys(usd).filter((item) => item.startsWith("SageMaker"))).to.have.length(planned.length);
    expect(forecast.estimateUsd).to.be.closeTo(
      forecast.breakdown.reduce((sum, { usd }) => sum + usd, 0),
      1e-9,
    );
  });

  it("comes out as forecast where the jobs take as long as thought", () => {
    const used = {
      normalised: true,
      reviewed: true,
      rekognition: true,
      jobs: jobs(({ instanceType, sampleRate }) => jobSeconds(instanceType, sampleRate, 3600)),
    };
    expect(costOf(hour, used)).to.deep.equal(forecast);
  });

  it("departs from the forecast by the price of the jobs' other seconds, and by nothing else", () => {
    const late = 90;
    const actual = costOf(hour, {
      normalised: true,
      reviewed: true,
      rekognition: true,
      jobs: jobs((a) => jobSeconds(a.instanceType, a.sampleRate, 3600) + late),
    });
    const price = planned.reduce((sum, { instanceType }) => sum + (late / 3600) * (instanceHour[instanceType] as number), 0);
    // Each line is rounded to a ten-thousandth, and so is the sum.
    expect(actual.estimateUsd - forecast.estimateUsd).to.be.closeTo(price, (planned.length + 1) * 1e-4);
  });

  it("leaves out what did not run, and doubles transcoding above 30 frames a second", () => {
    const none = costOf(hour, { normalised: false, reviewed: false, rekognition: false, jobs: [] });
    expect(none.breakdown.map(({ item }) => item)).to.deep.equal(["Step Functions"]);
    const fast = costOf({ ...hour, nominalFrameRate: { num: 50, den: 1 } }, { normalised: true, reviewed: false, rekognition: false, jobs: [] });
    expect(fast.breakdown[0]?.usd).to.equal(0.9);
  });

  it("can't be forecast for an instance whose speed nobody has stated", () => {
    expect(() => jobSeconds("ml.p9.huge", 1, 1)).to.throw("No speed is known for instance type ml.p9.huge; add it to contracts/cost.ts.");
  });
});

import { expect } from "chai";
import {
  type CostedState,
  conversionUsd,
  costOf,
  forecastOf,
  jobSeconds,
  type PlannedAnalyser,
  planned as plan,
  soFarUsd,
  stepsUsd,
} from "../../contracts/cost.ts";
import type { Analyser } from "../../contracts/model.ts";
import { instanceHour } from "../../contracts/prices.ts";
import { analysers, gate } from "../../models/catalogue.ts";

/** An hour of 1080p at 25 frames a second. */
const hour = { durationTicks: 3600, timebase: { num: 1, den: 1 }, nominalFrameRate: { num: 25, den: 1 }, width: 1920, height: 1080 };
const planned = [gate, ...analysers];
const jobs = (seconds: (analyser: (typeof planned)[number]) => number) =>
  planned.map((analyser) => ({ analyser: analyser.id, instanceType: analyser.instanceType, wallSeconds: seconds(analyser) }));

describe("the cost of a run", () => {
  const forecast = forecastOf(hour, { normalised: true, rekognition: true, labels: true, analysers: planned });

  it("is forecast from the video and the plan, item by item", () => {
    const usd = Object.fromEntries(forecast.breakdown.map(({ item, usd }) => [item, usd]));
    expect(usd).to.include({
      "MediaConvert: analysis rendition": 0.45,
      "MediaConvert: review rendition": 0.9,
      "Rekognition: shots and technical cues": 6,
      "Rekognition: labels": 6,
      "Rekognition: burnt-in text": 0.36,
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
      labels: true,
      picturesSearched: 360,
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
      labels: true,
      picturesSearched: 360,
      jobs: jobs((a) => jobSeconds(a.instanceType, a.sampleRate, 3600) + late),
    });
    const price = planned.reduce((sum, { instanceType }) => sum + (late / 3600) * (instanceHour[instanceType] as number), 0);
    // Each line is rounded to a ten-thousandth, and so is the sum.
    expect(actual.estimateUsd - forecast.estimateUsd).to.be.closeTo(price, (planned.length + 1) * 1e-4);
  });

  it("counts a pass and a start for each network where networks see segments, and takes an analyser's own word for what it cost", () => {
    const [{ fallbackInstanceTypes: _, ...analyser }] = analysers as [Analyser];
    const { wallSeconds, price } = {
      wallSeconds: jobSeconds(analyser.instanceType, analyser.sampleRate, 3600),
      price: (instanceHour[analyser.instanceType] as number) / 3600,
    };
    const of = (mode: Analyser["mode"], more: Partial<Analyser> = {}) => {
      const { breakdown } = forecastOf(hour, {
        ...{ normalised: true, rekognition: false, labels: false },
        analysers: [plan({ ...analyser, mode, models: ["a", "b"], ...(mode !== "processing" && { instances: 3 }), ...more })],
      });
      return breakdown.find(({ item }) => item.startsWith("SageMaker"))?.usd;
    };
    expect(of("processing")).to.be.closeTo((wallSeconds + 120) * price, 1e-4);
    expect(of("endpoint", { endpoint: "asynchronous" })).to.be.closeTo((2 * wallSeconds + 120) * price, 1e-4);
    // Its instances always run, so none starts.
    expect(of("endpoint", { endpoint: "real-time", minimumInstances: 2 })).to.be.closeTo(2 * wallSeconds * price, 1e-4);
    expect(of("transform")).to.be.closeTo((2 * wallSeconds + 6 * 120) * price, 1e-4);
    const nothing = { normalised: false, reviewed: false, rekognition: false, labels: false, picturesSearched: 0 };
    const told = costOf(hour, { ...nothing, jobs: [{ analyser: "a", instanceType: "ml.g5.xlarge", wallSeconds: 1e6, usd: 0.5 }] });
    expect(told.breakdown).to.deep.include({ item: "SageMaker: a on ml.g5.xlarge", usd: 0.5 });
  });

  it("leaves out what did not run, and doubles transcoding above 30 frames a second", () => {
    const nothing = { normalised: false, reviewed: false, rekognition: false, labels: false, picturesSearched: 0, jobs: [] };
    const none = costOf(hour, nothing);
    expect(none.breakdown.map(({ item }) => item)).to.deep.equal(["Step Functions"]);
    const fast = costOf({ ...hour, nominalFrameRate: { num: 50, den: 1 } }, { ...nothing, normalised: true });
    expect(fast.breakdown[0]?.usd).to.equal(0.9);
  });

  it("searches no picture for text where the environment has Rekognition off, and asks for labels only where wanted", () => {
    const items = (plan: { rekognition: boolean; labels: boolean }) =>
      forecastOf(hour, { normalised: true, ...plan, analysers: [] }).breakdown.flatMap(({ item }) => (item.startsWith("Rekognition") ? [item] : []));
    expect(items({ rekognition: false, labels: false })).to.deep.equal([]);
    expect(items({ rekognition: true, labels: false })).to.deep.equal(["Rekognition: shots and technical cues", "Rekognition: burnt-in text"]);
  });

  it("counts a conversion by the size of its task, the disk that Fargate gives free left out", () => {
    const nothing = { normalised: false, reviewed: false, rekognition: false, labels: false, picturesSearched: 0, jobs: [] };
    const usd = (conversionSeconds: number | undefined) =>
      costOf(hour, { ...nothing, conversionSeconds }).breakdown.filter(({ item }) => item.startsWith("Fargate"));
    // 8 processors, 16 GB and 180 GB of disk for 14 minutes and the start.
    expect(usd(840)).to.deep.equal([{ item: "Fargate: conversion", usd: Math.round(0.25 * (8 * 0.04048 + 16 * 0.004445 + 180 * 0.000111) * 1e4) / 1e4 }]);
    expect(usd(undefined)).to.deep.equal([]);
    expect(conversionUsd(0)).to.be.closeTo(conversionUsd(60) / 2, 1e-12);
  });

  it("counts the scan of a source by its size, where there was one", () => {
    const nothing = { normalised: false, reviewed: false, rekognition: false, labels: false, picturesSearched: 0, jobs: [] };
    expect(costOf(hour, { ...nothing, scannedBytes: 4e9 }).breakdown[0]).to.deep.equal({ item: "GuardDuty: malware scan", usd: 0.36 });
    expect(costOf(hour, nothing).breakdown.map(({ item }) => item)).to.deep.equal(["Step Functions"]);
  });

  describe("so far", () => {
    const at = (second: number) => new Date(Date.UTC(2026, 10, 28, 8, 0, second));
    const state = (name: string, status: CostedState["status"], from: number, to: number | null): CostedState => ({
      ...{ name, status, enteredAt: at(from).toISOString() },
      exitedAt: to === null ? null : at(to).toISOString(),
    });
    const fast = { id: "b", instanceType: "ml.m5.large", sampleRate: 1 } as const;
    const known = { stepsUsd: { "analysis-rendition": 0.45, "review-rendition": 0.9, rekognition: 6, pictures: 0.36, c: 0.2 }, analysers: [fast] };

    it("counts what is done at its forecast, and nothing of what its service has not delivered", () => {
      const done = ["Normalise", "RenderReview", "ScreenPictures", "CollectShots"].map((name) => state(name, "SUCCEEDED", 0, 9));
      expect(soFarUsd(done, known, at(10))).to.equal(7.7125);
      const open = ["Normalise", "RenderReview", "ScreenPictures"].map((name) => state(name, "RUNNING", 0, null));
      expect(soFarUsd([...open, state("CollectShots", "FAILED", 0, 9)], known, at(10))).to.equal(0.0025);
    });

    it("counts jobs by the seconds of their states, until now while they run, and each time that they ran", () => {
      const hourly = instanceHour["ml.m5.large"] as number;
      const states = [state("ScreenFrames", "FAILED", 0, 600), state("ScreenFrames", "RUNNING", 600, null)];
      expect(soFarUsd(states, known, at(3600))).to.be.closeTo(0.0025 + hourly, 1e-4);
      expect(soFarUsd([state("Convert", "RUNNING", 0, null)], known, at(900))).to.be.closeTo(0.0025 + conversionUsd(840), 1e-4);
    });

    it("counts jobs of one mode at what its analysers cost on average, and endpoints once their answers are collected", () => {
      const analysers: PlannedAnalyser[] = [
        fast,
        { ...fast, id: "a" },
        { ...fast, id: "d", instanceType: "ml.m5.xlarge" },
        { ...fast, id: "c", mode: "endpoint" },
        { ...fast, id: "e", mode: "transform", instanceType: "ml.g5.xlarge" },
      ];
      const usd = (name: string, status: CostedState["status"] = "RUNNING") => soFarUsd([state(name, status, 0, null)], { ...known, analysers }, at(3600));
      expect(usd("RunAnalyser")).to.be.closeTo(0.0025 + (0.115 + 0.23) / 2, 1e-4);
      expect(usd("RunTransform")).to.be.closeTo(0.0025 + 1.408, 1e-4);
      expect([usd("CollectSegments", "SUCCEEDED"), usd("CollectSegments"), usd("InferSegments", "SUCCEEDED")]).to.deep.equal([0.2025, 0.0025, 0.0025]);
    });

    it("begins with the scan and the start, where nothing else is known", () => {
      expect(soFarUsd([], { stepsUsd: {}, analysers: [], scannedBytes: 1e9 }, at(0))).to.equal(0.0925);
      expect(soFarUsd([state("Normalise", "SUCCEEDED", 0, 1)], { stepsUsd: {}, analysers: [] }, at(2))).to.equal(0.0025);
    });
  });

  it("of its steps adds up to the forecast, but for what starts it", () => {
    const steps = stepsUsd(hour, { normalised: true, rekognition: true, labels: true, conversionSeconds: 840, analysers: planned });
    const whole = forecastOf(hour, { normalised: true, rekognition: true, labels: true, conversionSeconds: 840, analysers: planned });
    const sum = Object.values(steps).reduce((total, usd) => total + usd, 0);
    expect(sum + 0.0025).to.be.closeTo(whole.estimateUsd, 1e-9);
    expect(Object.keys(steps).slice(6)).to.deep.equal(planned.map(({ id }) => id));
  });

  it("can't be forecast for an instance whose speed nobody has stated", () => {
    expect(() => jobSeconds("ml.p9.huge", 1, 1)).to.throw("No speed is known for instance type ml.p9.huge; add it to contracts/cost.ts.");
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Analyser, analyser, type Model } from "../../contracts/model.ts";
import { instanceHour } from "../../contracts/prices.ts";
import { analysers, type CatalogueChoice, gate, imageModel, readCatalogue } from "../../models/catalogue.ts";

const model = (id: string): Model => ({
  id,
  version: "1.0.0",
  name: id,
  sha256: "0".repeat(64),
  dataset: "drawn operations",
  syntheticOnly: true,
  subject: "instrument",
  calibration: null,
  input: { name: "pixels", width: 64, height: 64, fit: "stretch" },
  labels: ["inside", "outside"],
  threshold: 0.5,
  task: "frame-classification",
  outputs: { scores: "scores" },
});
const job = (id: string, models: string[]): Analyser => ({
  id,
  mode: "processing",
  models,
  required: true,
  sampleRate: 1,
  signals: false,
  instanceType: "ml.c5.xlarge",
  timeoutSeconds: 60,
});
const choice: CatalogueChoice = { gate: job("gate", ["one"]), analysers: [job("frames", ["two", "one"])], imageModel: "two" };

describe("the catalogue of models", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "svp-models-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const write = (id: string, description: object | string, weights = true) => {
    mkdirSync(join(root, id), { recursive: true });
    writeFileSync(join(root, id, "model.json"), typeof description === "string" ? description : JSON.stringify(description));
    if (weights) writeFileSync(join(root, id, "model.onnx"), "weights");
  };

  it("reads each network that an analyser runs once, and where its files lie", () => {
    write("one", model("one"));
    write("two", model("two"));
    write("three", "never read");
    expect(readCatalogue(root, choice)).to.deep.equal({
      gate: choice.gate,
      analysers: choice.analysers,
      models: ["one", "two"].map((id) => ({ model: model(id), description: join(root, id, "model.json"), weights: join(root, id, "model.onnx") })),
      imageModel: model("two"),
    });
  });

  it("lists everything that is missing or wrong at once", () => {
    write("one", { ...model("one"), threshold: 2, labels: [] }, false);
    write("two", model("other"));
    expect(() => readCatalogue(root, { ...choice, analysers: [...choice.analysers, job("gate", ["four", "two"])] })).to.throw(
      [
        "The catalogue of models is not complete:",
        '- Two analysers have the id "gate".',
        `- ${root}/four/model.json is missing.`,
        `- ${root}/four/model.onnx is missing.`,
        `- ${root}/one/model.onnx is missing.`,
        `- ${root}/one/model.json: labels: Too small: expected array to have >=1 items.`,
        `- ${root}/one/model.json: threshold: Too big: expected number to be <=1.`,
        `- ${root}/two/model.json: id is "other"; it must be the folder's name, "two".`,
      ].join("\n"),
    );
  });

  it("refuses what a mode lacks and what it can't have, and any mode but processing for the privacy gate", () => {
    write("one", model("one"));
    write("two", model("two"));
    const {
      gate: screening,
      analysers: [frames],
    } = choice;
    const wrong: CatalogueChoice = {
      ...choice,
      gate: { ...screening, mode: "endpoint", endpoint: "asynchronous", instances: 1 },
      analysers: [
        { ...(frames as Analyser), id: "aa", instances: 2 },
        { ...(frames as Analyser), id: "bb", mode: "endpoint", models: [], signals: true, fallbackInstanceTypes: ["ml.g5.xlarge"] },
        { ...(frames as Analyser), id: "cc", mode: "transform", endpoint: "real-time", instances: 2, minimumInstances: 3 },
        { ...(frames as Analyser), id: "dd", mode: "endpoint", endpoint: "real-time", instances: 2 },
        { ...(frames as Analyser), id: "ee", mode: "endpoint", endpoint: "asynchronous", instances: 2, minimumInstances: 1 },
      ],
    };
    expect(() => readCatalogue(root, { ...wrong, imageModel: "one" })).to.throw(
      [
        "The catalogue of models is not complete:",
        '- Analyser "aa": instances: must be left out in mode processing: the job runs on one instance.',
        '- Analyser "bb": endpoint: must say which kind, asynchronous or real-time, in mode endpoint.',
        '- Analyser "bb": models: must name at least one network in mode endpoint, which measures nothing by itself.',
        '- Analyser "bb": signals: must be false in mode endpoint: cues and thumbnails need the whole video, which only a processing job sees.',
        '- Analyser "bb": instances: must say how many instances share the segments in mode endpoint.',
        '- Analyser "bb": fallbackInstanceTypes: must be left out in mode endpoint: SageMaker takes one instance type there.',
        '- Analyser "cc": endpoint: must be left out in mode transform, which asks none.',
        '- Analyser "cc": minimumInstances: must be at most the 2 instances that run at once.',
        '- Analyser "dd": minimumInstances: must say how many instances of a real-time endpoint always run.',
        '- Analyser "ee": minimumInstances: must be left out but for a real-time endpoint: all else runs nothing while there is nothing to do.',
        '- Analyser "gate": the privacy gate must have the mode processing, not endpoint.',
      ].join("\n"),
    );
    const asked = { ...(frames as Analyser), mode: "endpoint" as const, instances: 4 };
    const right: CatalogueChoice = {
      ...choice,
      analysers: [
        { ...asked, endpoint: "asynchronous" },
        { ...asked, id: "prompt", endpoint: "real-time", minimumInstances: 4 },
      ],
    };
    expect(readCatalogue(root, right).analysers).to.deep.equal(right.analysers);
  });

  it("refuses text that is no JSON, and a model for images that nobody runs", () => {
    write("one", "{");
    write("two", model("two"));
    expect(() => readCatalogue(root, { ...choice, imageModel: "five" })).to.throw(
      /"five", must be one that an analyser runs: one, two\.\n- .*one\/model\.json is not JSON: /,
    );
  });

  it("holds analysers that keep their contract and run on instances with a known price", () => {
    for (const entry of [gate, ...analysers]) {
      expect(analyser.parse(entry)).to.deep.equal(entry);
      expect(instanceHour).to.have.property(entry.instanceType);
    }
    expect(analysers.flatMap(({ models }) => models)).to.include(imageModel);
  });
});

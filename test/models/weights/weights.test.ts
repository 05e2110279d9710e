import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import * as ort from "onnxruntime-node";
import { type Model, model as modelContract } from "../../../contracts/model.ts";
import { CLASSES } from "../../../models/synthetic/classes.ts";
import { cholecystectomy } from "../../../models/synthetic/procedures/cholecystectomy.ts";
import { drawFor, MODELS, run, type Shown, scenarioOf } from "./held-out.ts";

const read = (id: string): Model => modelContract.parse(JSON.parse(readFileSync(join(MODELS, id, "model.json"), "utf8")));

/** Seeds 7000 and up are in no training, validation or test set. */
const HELD_OUT = 7001;

const ids = readdirSync(MODELS).filter((folder) => existsSync(join(MODELS, folder, "model.json")));

for (const id of ids) {
  describe(`models/${id}`, () => {
    const model = read(id);

    it("is the file that its description names, in its own folder", () => {
      expect(model.id).to.equal(id);
      const weights = readFileSync(join(MODELS, id, "model.onnx"));
      expect(createHash("sha256").update(weights).digest("hex")).to.equal(model.sha256);
    });

    it("says that it is for trying only, and what it was trained on", () => {
      expect(model.syntheticOnly).to.equal(true);
      expect(model.dataset).to.match(/^Synthetic operations, generator \d+\.\d+\.\d+, seeds \d+-\d+/);
      const card = readFileSync(join(MODELS, id, "card.md"), "utf8");
      expect(card).to.contain("**Never for care**").and.contain(model.dataset).and.contain(`**Threshold** ${model.threshold}`);
    });

    it("takes uint8 frames, any number of them, and gives the named outputs", async () => {
      const session = await ort.InferenceSession.create(join(MODELS, id, "model.onnx"));
      expect(session.inputNames).to.deep.equal([model.input.name]);
      expect([...session.outputNames].sort()).to.deep.equal(Object.values(model.outputs).sort());
      for (const count of [1, 3]) {
        const shape = [count, model.input.height, model.input.width, 3];
        const results = await session.run({ [model.input.name]: new ort.Tensor("uint8", new Uint8Array(shape.reduce((a, b) => a * b)), shape) });
        const found = Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, [tensor.type, ...tensor.dims]]));
        expect(found).to.deep.equal({
          ...{
            "frame-classification": { scores: ["float32", count, model.labels.length] },
            "object-detection": { boxes: ["float32", count, 16, 4], scores: ["float32", count, 16], classes: ["int64", count, 16] },
            segmentation: { classes: ["uint8", count, 72, 128], confidence: ["float32", count, 72, 128] },
          }[model.task],
          // The privacy gate's keeps no statistics that drift could be measured on.
          ...(model.subject !== "out-of-body" && { embedding: ["float32", count, 8] }),
        });
      }
      await session.release();
    });

    it("computes what PyTorch computed on the same drawn frames, whatever the batch", async () => {
      const reference = JSON.parse(readFileSync(join(MODELS, id, "reference.json"), "utf8")) as {
        seed: number;
        seconds: number;
        framesPerSecond: number;
        outputs: Record<string, number[]>;
      };
      const scenario = scenarioOf(reference.seed, reference.seconds, reference.framesPerSecond);
      const shown = await drawFor(model, scenario, model.input.width, model.input.height);
      for (const batch of [1, 5]) {
        const outputs = await run(
          model,
          shown.map((s) => s.pixels),
          batch,
        );
        expect(Object.keys(outputs).sort()).to.deep.equal(Object.keys(reference.outputs).sort());
        const scores = reference.outputs["scores"] ?? [];
        for (const [name, wanted] of Object.entries(reference.outputs)) {
          expect(outputs[name]).to.have.length(wanted.length);
          if (name === "classes" && model.task === "segmentation") {
            // Where two classes are equally likely, the last digit decides.
            const other = wanted.filter((value, i) => value !== outputs[name]![i]).length;
            expect(other / wanted.length, "cells of another class").to.be.below(0.001);
            continue;
          }
          const size = wanted.length / scores.length;
          // Ranks of scores below 0.05 may swap for a last digit; such boxes count for nothing.
          const isUnsure = (i: number): boolean => model.task === "object-detection" && name !== "embedding" && scores[Math.floor(i / size)]! < 0.05;
          const worst = wanted.reduce((most, value, i) => (isUnsure(i) ? most : Math.max(most, Math.abs(value - outputs[name]![i]!))), 0);
          expect(worst, name).to.be.below(1e-3);
        }
      }
    });
  });
}

describe("out-of-body on an operation it has never seen", () => {
  const model = read("out-of-body");
  let scenarioFrames: Shown[];
  let scores: number[];
  const scenario = scenarioOf(HELD_OUT, 48, 2);
  const outside = (frame: number): boolean => scenario.excursions.some((e) => frame >= e.startFrame && frame < e.endFrame);
  before(async () => {
    scenarioFrames = await drawFor(model, scenario, 256, 144);
    const all = await run(
      model,
      scenarioFrames.map((s) => s.pixels),
      8,
    );
    scores = all["scores"]!;
  });

  it("gives probabilities", () => {
    for (let i = 0; i < scores.length; i += 2) expect(scores[i]! + scores[i + 1]!).to.be.closeTo(1, 1e-5);
  });

  it("catches every sampled frame outside the patient", () => {
    const missed = scenarioFrames.filter(({ frame }) => outside(frame) && scores[2 * frame + 1]! < model.threshold).map(({ frame }) => frame);
    expect(scenarioFrames.filter(({ frame }) => outside(frame))).to.have.length.greaterThan(8);
    expect(missed).to.deep.equal([]);
  });

  it("leaves at least 95 % of the frames inside", () => {
    const inside = scenarioFrames.filter(({ frame }) => !outside(frame));
    const covered = inside.filter(({ frame }) => scores[2 * frame + 1]! >= model.threshold);
    expect(covered.length / inside.length).to.be.at.most(0.05);
  });
});

describe("instrument-detector on an operation it has never seen", () => {
  const model = read("instrument-detector");

  it("finds the instruments in sight, and few that are not there", async () => {
    expect(model.labels).to.deep.equal([...cholecystectomy.instruments]);
    const [width, height] = [448, 252];
    const shown = await drawFor(model, scenarioOf(HELD_OUT, 48, 1), width, height);
    const outputs = await run(
      model,
      shown.map((s) => s.pixels),
      8,
    );
    let [wanted, claimed, right] = [0, 0, 0];
    for (const { frame, boxes } of shown) {
      const found = Array.from({ length: 16 }, (_, k) => frame * 16 + k)
        .filter((i) => outputs["scores"]![i]! >= model.threshold)
        .map((i) => ({ label: outputs["classes"]![i]!, box: outputs["boxes"]!.slice(4 * i, 4 * i + 4) }));
      wanted += boxes.length;
      claimed += found.length;
      for (const [label, x, y, w, h] of boxes) {
        const truth = [x / width, y / height, w / width, h / height];
        const hit = found.findIndex((f) => f.label === label && iou(f.box, truth) >= 0.5);
        if (hit >= 0) {
          found.splice(hit, 1);
          right++;
        }
      }
    }
    expect(wanted).to.be.greaterThan(40);
    expect(right / wanted, "recall").to.be.at.least(0.8);
    expect(right / claimed, "precision").to.be.at.least(0.8);
  });
});

describe("phase-classifier on an operation it has never seen", () => {
  const model = read("phase-classifier");

  it("tells the phase of a frame three times as often as chance, without any smoothing", async () => {
    expect(model.labels).to.deep.equal(cholecystectomy.phases.map(({ label }) => label));
    const scenario = scenarioOf(HELD_OUT, 84, 1);
    const inside = ({ frame }: Shown) => !scenario.excursions.some((e) => frame >= e.startFrame && frame < e.endFrame);
    const shown = (await drawFor(model, scenario, 480, 270)).filter(inside);
    const { scores = [] } = await run(
      model,
      shown.map((s) => s.pixels),
      8,
    );
    const right = shown.filter(({ frame }, i) => {
      const ofFrame = scores.slice(7 * i, 7 * i + 7);
      const told = model.labels[ofFrame.indexOf(Math.max(...ofFrame))];
      return scenario.phases.some(({ label, startFrame, endFrame }) => label === told && startFrame <= frame && frame < endFrame);
    });
    expect(right.length / shown.length).to.be.at.least(3 / 7);
  });
});

describe("view-quality on an operation it has never seen", () => {
  const model = read("view-quality");

  for (const label of model.labels) {
    it(`scores frames with ${label} above the others`, async () => {
      const scenario = scenarioOf(HELD_OUT, 84, 1);
      const inside = ({ frame }: Shown) => !scenario.excursions.some((e) => frame >= e.startFrame && frame < e.endFrame);
      const shown = (await drawFor(model, scenario, 480, 270)).filter(inside);
      const { scores = [] } = await run(
        model,
        shown.map((s) => s.pixels),
        8,
      );
      const at = model.labels.indexOf(label);
      const marked = shown.map(({ frame }, i) => ({
        score: scores[model.labels.length * i + at] as number,
        holds: scenario.events.some(({ type, startFrame, endFrame }) => type === label && startFrame <= frame && frame < endFrame),
      }));
      const [held, free] = [marked.filter(({ holds }) => holds), marked.filter(({ holds }) => !holds)];
      expect(held.length).to.be.at.least(1);
      // Area under the ROC curve: how often a frame that shows it scores above one that doesn't.
      const above = held.flatMap((a) => free.map((b) => (a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0)));
      expect(above.reduce<number>((sum, one) => sum + one, 0) / above.length).to.be.at.least(0.85);
    });
  }
});

/** Intersection over union of two boxes as x, y, width, height. */
function iou(a: readonly number[], b: readonly number[]): number {
  const shared = [0, 1].map((k) => Math.max(0, Math.min(a[k]! + a[k + 2]!, b[k]! + b[k + 2]!) - Math.max(a[k]!, b[k]!)));
  const both = shared[0]! * shared[1]!;
  return both / (a[2]! * a[3]! + b[2]! * b[3]! - both);
}

for (const [id, wanted] of [
  ["organ-segmenter", { Liver: 0.8, Gallbladder: 0.8, ConnectiveTissue: 0.75 }],
  ["instrument-segmenter", { Grasper: 0.6 }],
] as const) {
  describe(`${id} on an operation it has never seen`, () => {
    it("outlines what is there", async () => {
      const model = read(id);
      const scenario = scenarioOf(HELD_OUT, 24, 2);
      const [width, height, gridWidth, gridHeight] = [512, 288, 128, 72];
      const shown = (await drawFor(model, scenario, width, height)).filter(
        ({ frame }) => !scenario.excursions.some(({ startFrame, endFrame }) => frame >= startFrame && frame < endFrame),
      );
      const { classes = [] } = await run(
        model,
        shown.map(({ pixels }) => pixels),
        8,
      );
      const dice = (label: string): number => {
        const found = model.labels.indexOf(label) + 1;
        const truth = (CLASSES as readonly string[]).indexOf(label) + 1;
        let [both, either] = [0, 0];
        classes.forEach((kind, i) => {
          const cell = i % (gridWidth * gridHeight);
          const [column, row] = [cell % gridWidth, Math.floor(cell / gridWidth)];
          const isTrue = shown[Math.floor(i / (gridWidth * gridHeight))]!.kinds[(4 * row + 2) * width + 4 * column + 2] === truth;
          both += kind === found && isTrue ? 2 : 0;
          either += Number(kind === found) + Number(isTrue);
        });
        return both / either;
      };
      for (const [label, least] of Object.entries(wanted)) expect(dice(label), label).to.be.above(least);
    });
  });
}

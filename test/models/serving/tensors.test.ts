import { expect } from "chai";
import { model } from "../../../contracts/model.ts";
import { readBoxes, readFrames, readMasks, readScores } from "../../../models/serving/tensors.ts";

const common = {
  id: "network",
  version: "1.0.0",
  name: "Network",
  sha256: "0".repeat(64),
  dataset: "none",
  syntheticOnly: true,
  subject: "instrument",
  calibration: null,
  input: { name: "x", width: 8, height: 8, fit: "stretch" },
  labels: ["a", "b"],
  threshold: 0.5,
};
const classifier = model.parse({ ...common, task: "frame-classification", outputs: { scores: "s" } }) as Parameters<typeof readScores>[0];
const embedding = model.parse({ ...common, task: "frame-classification", outputs: { scores: "s", embedding: "e" } });
const detector = model.parse({ ...common, task: "object-detection", outputs: { boxes: "b", scores: "s", classes: "c" } }) as Parameters<typeof readBoxes>[0];
const segmenter = model.parse({
  ...common,
  ...{ task: "segmentation", outputs: { classes: "k", confidence: "p" }, regions: "connected", leastCells: 2 },
}) as Parameters<typeof readMasks>[0];
const raster = { width: 960, height: 540 };
const floats = (dims: number[], ...data: number[]) => ({ dims, data: Float32Array.from(data) });
const detection = (score: number, place: number[], label = 1) => ({
  s: floats([1, 1], score),
  b: floats([1, 1, 4], ...place),
  c: { dims: [1, 1], data: BigInt64Array.of(BigInt(label)) },
});

describe("readScores", () => {
  it("gives scores by frame, to six decimals and within 0..1", () => {
    expect(readScores(classifier, { s: floats([2, 2], 0.1, 0.9, 1.00001, -0.00001) }, 2)).to.deep.equal([
      [0.1, 0.9],
      [1, 0],
    ]);
  });

  it("refuses what breaks the contract", () => {
    expect(() => readScores(classifier, {}, 1)).to.throw('Model "network" gave no output "s".');
    expect(() => readScores(classifier, { s: floats([1, 3], 0, 0, 0) }, 1)).to.throw('Model "network" gave the output "s" as [1, 3]; wanted [1, 2].');
    expect(() => readScores(classifier, { s: floats([1, 2], 0, Number.NaN) }, 1)).to.throw('Model "network" gave NaN in "s"; wanted a probability in 0..1.');
    expect(() => readScores(classifier, { s: floats([1, 2], 0, 1.5) }, 1)).to.throw('gave 1.5 in "s"');
  });
});

describe("readFrames", () => {
  it("gives what a network finds in each frame, and where the frame lies if it tells", () => {
    const scores = { s: floats([2, 2], 0.1, 0.9, 1, 0) };
    expect(readFrames(classifier, scores, 2, raster)).to.deep.equal([{ scores: [0.1, 0.9] }, { scores: [1, 0] }]);
    expect(readFrames(embedding, { ...scores, e: floats([2, 3], 1.00004, -2.5, 0, 3, 1e3, -0.00001) }, 2, raster)).to.deep.equal([
      { scores: [0.1, 0.9], embedding: [1, -2.5, 0] },
      { scores: [1, 0], embedding: [3, 1000, -0] },
    ]);
    expect(readFrames(detector, detection(0.75, [0.1, 0.2, 0.3, 0.4]), 1, raster)).to.deep.equal([{ boxes: [[1, 0.75, 96, 108, 288, 216]] }]);
  });

  it("refuses embeddings that break the contract", () => {
    const scores = { s: floats([1, 2], 0, 1) };
    expect(() => readFrames(embedding, scores, 1, raster)).to.throw('Model "network" gave no output "e".');
    expect(() => readFrames(embedding, { ...scores, e: floats([2, 3], 0, 0, 0, 0, 0, 0) }, 1, raster)).to.throw(
      'gave the output "e" as [2, 3]; wanted [1, 3].',
    );
    expect(() => readFrames(embedding, { ...scores, e: floats([1, 2], 0, Number.NaN) }, 1, raster)).to.throw(
      'Model "network" gave NaN in "e"; wanted a number.',
    );
    expect(() => readFrames(embedding, { ...scores, e: floats([1, 65], ...Array(65).fill(0)) }, 1, raster)).to.throw(
      'gave 65 numbers a frame in "e"; wanted 1 to 64.',
    );
    expect(() => readFrames(embedding, { ...scores, e: floats([1, 0]) }, 1, raster)).to.throw('gave 0 numbers a frame in "e"; wanted 1 to 64.');
  });
});

describe("readBoxes", () => {
  it("scales shares to whole pixels", () => {
    expect(readBoxes(detector, detection(0.75, [0.1, 0.2, 0.3, 0.4]), 1, raster)).to.deep.equal([[[1, 0.75, 96, 108, 288, 216]]]);
  });

  it("clips boxes to the picture and drops those outside it", () => {
    expect(readBoxes(detector, detection(1, [-0.5, 0.9, 2, 0.5]), 1, raster)).to.deep.equal([[[1, 1, 0, 486, 960, 54]]]);
    expect(readBoxes(detector, detection(1, [1.1, 0, 0.5, 0.5]), 1, raster)).to.deep.equal([[]]);
    expect(readBoxes(detector, detection(1, [0.5, 0.5, 0, 0.1]), 1, raster)).to.deep.equal([[]]);
    expect(readBoxes(detector, detection(1, [0.5, 0.5, Number.NaN, 0.1]), 1, raster)).to.deep.equal([[]]);
  });

  it("keeps boxes from the threshold on", () => {
    expect(readBoxes(detector, detection(0.5, [0, 0, 1, 1]), 1, raster)[0]).to.have.length(1);
    expect(readBoxes(detector, detection(0.4999, [0, 0, 1, 1]), 1, raster)).to.deep.equal([[]]);
  });

  it("refuses a class that the model has not", () => {
    expect(() => readBoxes(detector, detection(0.9, [0, 0, 1, 1], 2), 1, raster)).to.throw('Model "network" found class 2; it has the classes 0 to 1.');
  });
});

describe("readMasks", () => {
  // Two patches of "a" (class 1), of which one holds on by a corner, and a single cell of "b" (class 2).
  const classes = [1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 2, 0];
  const answer = (confidence: number[], kinds = classes) => ({
    k: { dims: [1, 3, 4], data: Uint8Array.from(kinds) },
    p: floats([1, 3, 4], ...confidence),
  });
  const sure = Array(12).fill(0.75);

  it("gives each patch of touching cells, corners included, by label and from the left, and leaves out what is too small", () => {
    expect(readMasks(segmenter, answer(sure), 1)).to.deep.equal([
      {
        gridWidth: 4,
        gridHeight: 3,
        masks: [
          [0, 0.75, [0, 1, 3, 1, 7]],
          [0, 0.75, [9, 2, 1]],
        ],
      },
    ]);
  });

  it("gives all cells of a label as one mask where the model says whole", () => {
    const whole = { ...segmenter, regions: "whole", leastCells: 1 } as typeof segmenter;
    expect(readMasks(whole, answer(sure), 1)[0]?.masks).to.deep.equal([
      [0, 0.75, [0, 1, 3, 1, 4, 2, 1]],
      [1, 0.75, [8, 1, 3]],
    ]);
  });

  it("keeps masks whose mean confidence reaches the threshold", () => {
    const half = [0.6, 0, 0, 0.9, 0, 0.4, 0, 0, 0, 0, 0, 0];
    expect(readMasks(segmenter, answer(half), 1)[0]?.masks).to.deep.equal([[0, 0.5, [0, 1, 3, 1, 7]]]);
  });

  it("lets a run go on from one column to the next, and end at another region or with the grid", () => {
    const half = [1, 1, 2, 0, 1, 1, 2, 2, 1, 1, 2, 2];
    expect(readMasks(segmenter, answer(sure, half), 1)[0]?.masks).to.deep.equal([
      [0, 0.75, [0, 6, 6]],
      [1, 0.75, [6, 3, 1, 2]],
    ]);
  });

  it("gives no mask where there is nothing", () => {
    expect(readMasks(segmenter, answer(sure, Array(12).fill(0)), 1)).to.deep.equal([{ gridWidth: 4, gridHeight: 3, masks: [] }]);
  });

  it("reads every frame of a batch", () => {
    const twice = { k: { dims: [2, 1, 2], data: Uint8Array.of(0, 0, 1, 1) }, p: floats([2, 1, 2], 1, 1, 0.5, 0.7) };
    expect(readMasks(segmenter, twice, 2).map(({ masks }) => masks)).to.deep.equal([[], [[0, 0.6, [0, 2]]]]);
  });

  it("refuses what breaks the contract", () => {
    expect(() => readMasks(segmenter, {}, 1)).to.throw('Model "network" gave no output "k".');
    expect(() => readMasks(segmenter, { k: answer(sure).k }, 1)).to.throw('Model "network" gave no output "p".');
    const narrow = { ...answer(sure), p: floats([1, 3, 3], ...Array(9).fill(1)) };
    expect(() => readMasks(segmenter, narrow, 1)).to.throw('Model "network" gave the output "p" as [1, 3, 3]; wanted [1, 3, 4].');
    expect(() => readMasks(segmenter, answer([...sure.slice(1), Number.NaN]), 1)).to.throw('gave NaN in "p"; wanted a probability in 0..1.');
    expect(() => readMasks(segmenter, answer(sure, [...classes.slice(1), 3]), 1)).to.throw('Model "network" found class 3; it has the classes 0 to 2.');
    const { k, p } = answer(sure);
    const others = { k: { ...k, data: Float32Array.from(k.data) }, p: { ...p, data: Uint8Array.from(p.data) } };
    expect(() => readMasks(segmenter, { k: others.k, p }, 1)).to.throw('Model "network" gave the output "k" in another type than uint8.');
    expect(() => readMasks(segmenter, { k, p: others.p }, 1)).to.throw('Model "network" gave the output "p" in another type than float32.');
  });
});

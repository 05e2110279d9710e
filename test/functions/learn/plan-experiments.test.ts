import { expect } from "chai";
import type { DatasetFrame, DatasetManifest } from "../../../contracts/dataset-version.ts";
import { datasetManifestKey, datasetVersionPrefix } from "../../../contracts/keys.ts";
import { createHandler } from "../../../functions/learn/plan-experiments/handler.ts";
import { failure } from "../../support/failure.ts";
import { digest } from "../support/ids.ts";
import { memoryLake } from "../support/memory-lake.ts";

const counts = { cases: 1, frames: 1, emptyFrames: 0, bytes: 1, classes: [] };
const [test, train] = ["0123456789abcdef", "fedcba9876543210"];
const item = { id: "small", model: "instrument-detector", dataset: "instruments", datasetVersion: "1.2.0" };

/** Version 1.2.0 of a dataset with so many pictures in its test split. */
async function setUp(pictures = 3) {
  const [datasets, models] = [memoryLake("datasets"), memoryLake("models")];
  const caseOf = (pseudonym: string, split: "test" | "train") => ({
    ...{ case: pseudonym, split, contentSha256: digest, corrections: 1, isSignedOff: false, counts },
    annotations: { file: `annotations/${pseudonym}.jsonl`, sha256: digest, md5: "a".repeat(32), bytes: 1 },
  });
  const manifest: DatasetManifest = {
    ...{ schema: "dataset-version/1.0", name: "instruments", version: "1.2.0", parent: null, createdAt: "2026-11-26T10:00:00.000Z" },
    ...{ task: "object-detection", classes: ["Hook"], extraction: { rendition: "review", framesPerSecond: 5 } },
    ...{ shares: { train: 70, validation: 15, test: 15 }, cases: [caseOf(test, "test"), caseOf(train, "train")], models: [] },
    ...{ statistics: { train: counts, validation: counts, test: counts }, notes: [], recipeSha256: digest, contentSha256: digest },
  };
  await datasets.putJson(datasetManifestKey("instruments", "1.2.0"), manifest);
  const frame = (pseudonym: string, number: number): DatasetFrame => ({
    ...{ file: `frames/${pseudonym}/${String(number).padStart(8, "0")}.jpg`, sha256: digest, md5: "a".repeat(32), bytes: 1, case: pseudonym },
    ...{ frame: number, pts: number, width: 320, height: 180, boxes: [], masks: null, phase: null },
  });
  for (const [pseudonym, count] of [
    [test, pictures],
    [train, 5],
  ] as const)
    await datasets.putLines(
      `${datasetVersionPrefix("instruments", "1.2.0")}annotations/${pseudonym}.jsonl`,
      Array.from({ length: count }, (_, i) => frame(pseudonym, i)),
    );
  const handler = createHandler({ datasets, models, tasks: { "instrument-detector": "object-detection", "phase-classifier": "frame-classification" } });
  return { models, plan: (request: unknown) => handler({ batch: "batch-1", request }) };
}

describe("PlanExperiments", () => {
  it("names script, dataset and folder of each experiment, and the pictures of the test split", async () => {
    const { models, plan } = await setUp();
    const planned = await plan({
      itemList: [
        { ...item, hyperParameters: { epochs: "3" } },
        { ...item, id: "other" },
      ],
      toleratedFailures: 50,
    });
    expect(planned.toleratedFailures).to.equal(50);
    expect(planned.experiments.map(({ id }) => id)).to.deep.equal(["small", "other"]);
    expect(planned.experiments[0]).to.deep.equal({
      ...{ id: "small", model: "instrument-detector", dataset: "s3://datasets/datasets/instruments/v1.2.0/" },
      hyperParameters: { epochs: "3", sagemaker_program: "train_instrument_detector.py", layout: "version" },
      ...{ manifest: "s3://models/training/experiments/batch-1/small/pictures.manifest", folder: "training/experiments/batch-1/small/" },
    });
    expect(JSON.parse(await models.text("training/experiments/batch-1/small/pictures.manifest"))).to.deep.equal([
      { prefix: "s3://datasets/datasets/instruments/v1.2.0/" },
      ...[0, 1, 2].map((i) => `frames/${test}/0000000${i}.jpg`),
    ]);
  });

  it("takes 500 pictures at most, from all over the split", async () => {
    const { models, plan } = await setUp(1250);
    await plan({ itemList: [item] });
    const [, ...files] = JSON.parse(await models.text("training/experiments/batch-1/small/pictures.manifest")) as [object, ...string[]];
    expect([files.length, files[1], files.at(-1)]).to.deep.equal([500, `frames/${test}/00000002.jpg`, `frames/${test}/00001247.jpg`]);
  });

  const refused: [string, unknown, string[]][] = [
    ["no list", {}, ["itemList: "]],
    ["an empty list", { itemList: [] }, ["itemList: "]],
    ["two experiments of one name", { itemList: [item, item] }, ["itemList: must give each experiment an id of its own."]],
    [
      "placeholders, with every reason",
      { itemList: ["item1", { ...item, id: "<ITEM>", hyperParameters: { sagemaker_program: "x", lr: "a b" } }], toleratedFailures: 101 },
      ["itemList.0: ", "itemList.1.id: must begin with a letter", "itemList.1.hyperParameters.lr: must be a number or a word", "toleratedFailures: "],
    ],
    [
      "networks, versions and tasks that there are not, with every reason",
      {
        itemList: [
          { ...item, id: "a", model: "view-classifier" },
          { ...item, id: "b", datasetVersion: "9.0.0" },
          { ...item, id: "c", model: "phase-classifier" },
        ],
      },
      [
        'Experiment a: No script trains "view-classifier" on dataset versions; they train instrument-detector, phase-classifier.',
        'Experiment b: There is no version 9.0.0 of "instruments".',
        'Experiment c: "instruments" is for object-detection, and "phase-classifier" does frame-classification.',
      ],
    ],
  ];
  for (const [what, request, reasons] of refused)
    it(`refuses ${what}`, async () => {
      const { models, plan } = await setUp();
      const error = await failure(plan(request));
      expect(error.name).to.equal("InvalidInput");
      for (const reason of reasons) expect(error.message).to.include(reason);
      expect(models.objects.size).to.equal(0);
    });

  it("refuses a version without a picture to try", async () => {
    expect((await failure((await setUp(0)).plan({ itemList: [item] }))).message).to.equal(
      'Experiment small: Version 1.2.0 of "instruments" has no picture in its test split.',
    );
  });
});

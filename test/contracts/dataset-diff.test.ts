import { expect } from "chai";
import { type DatasetContent, datasetDiff } from "../../contracts/dataset-diff.ts";
import { countsOf, noCounts } from "../../contracts/dataset-statistics.ts";
import type { DatasetFrame, DatasetManifest } from "../../contracts/dataset-version.ts";
import { datasetAnnotationsFile, datasetFrameFile } from "../../contracts/keys.ts";

const [a, b] = ["a".repeat(16), "b".repeat(16)];
const classes = ["hook", "clip"];
const model = { by: "model" as const, model: "detector", digest: null, score: 0.8, isConfirmed: false };
const person = { by: "person" as const, person: "c".repeat(16), corrections: 2 };
const box = (label: string, x: number, origin: NonNullable<DatasetFrame["boxes"]>[number]["origin"] = model) => ({
  label,
  box: [x, 0, 5, 5] as [number, number, number, number],
  origin,
});
const frame = (of: string, number: number, ...boxes: NonNullable<DatasetFrame["boxes"]>): DatasetFrame => ({
  ...{ file: datasetFrameFile(of, number), sha256: String(number % 10).repeat(64), md5: "0".repeat(32), bytes: 10, case: of, frame: number },
  ...{ pts: number, width: 10, height: 10, boxes, masks: null, phase: null },
});
const version = (number: string, frames: DatasetFrame[], change: Partial<DatasetManifest> = {}): DatasetContent => {
  const cases = [...new Set(frames.map((one) => one.case))].map((of) => ({
    ...{ case: of, split: "train" as const, contentSha256: "0".repeat(64), corrections: 0, isSignedOff: false },
    annotations: { file: datasetAnnotationsFile(of), sha256: "0".repeat(64), md5: "0".repeat(32), bytes: 1 },
    counts: countsOf(
      frames.filter((one) => one.case === of),
      classes,
    ),
  }));
  const manifest: DatasetManifest = {
    ...{ schema: "dataset-version/1.0", name: "tools", version: number, parent: null, createdAt: "2026-11-26T10:00:00.000Z", task: "object-detection" },
    ...{ classes, extraction: { rendition: "review", framesPerSecond: 5 }, shares: { train: 100, validation: 0, test: 0 }, cases, models: [], notes: [] },
    statistics: { train: { ...countsOf(frames, classes), cases: cases.length }, validation: noCounts(classes), test: noCounts(classes) },
    ...{ recipeSha256: number.replaceAll(".", "").padEnd(64, "0"), contentSha256: number.replaceAll(".", "").padEnd(64, "0") },
    ...change,
  };
  return { manifest, frames };
};

describe("the difference of two dataset versions", () => {
  it("tells frames, labels and classes apart: what is said, who says it, how much there is", () => {
    const before = version("1.0.0", [frame(a, 0, box("hook", 0)), frame(a, 5, box("hook", 1), box("clip", 2)), frame(a, 10, box("hook", 0)), frame(b, 0)]);
    const after = version("1.1.0", [
      frame(a, 0, box("hook", 0, { ...model, isConfirmed: true })),
      frame(a, 5, box("clip", 2), box("hook", 1)),
      frame(a, 10, box("clip", 0, person)),
      frame(a, 15),
    ]);
    expect(datasetDiff(before, after)).to.deep.equal({
      ...{ name: "tools", from: "1.0.0", to: "1.1.0", isSame: false },
      cases: { added: [], removed: [b], movedToOtherSplit: [] },
      frames: { added: 1, removed: 1, kept: 3, otherPicture: 0 },
      labels: { changed: [{ case: a, frame: 10, before: ["hook"], after: ["clip"], byPeople: true }], otherOrigin: 1 },
      classes: [
        { label: "hook", before: { items: 3, share: 0.75 }, after: { items: 2, share: 0.5 } },
        { label: "clip", before: { items: 1, share: 0.25 }, after: { items: 2, share: 0.5 } },
      ],
    });
  });

  it("finds nothing between a version and itself, another split, another picture, and no meeting of two datasets", () => {
    const one = version("1.0.0", [frame(a, 0, box("hook", 0))]);
    const same = datasetDiff(one, one);
    expect([same.isSame, same.labels, same.frames]).to.deep.equal([true, { changed: [], otherOrigin: 0 }, { added: 0, removed: 0, kept: 1, otherPicture: 0 }]);
    const moved = version("1.1.0", [{ ...frame(a, 0, box("hook", 0)), sha256: "f".repeat(64) }]);
    moved.manifest.cases[0] = { ...(moved.manifest.cases[0] as DatasetManifest["cases"][number]), split: "test" };
    expect(datasetDiff(one, moved)).to.deep.include({ cases: { added: [], removed: [], movedToOtherSplit: [a] } });
    expect(datasetDiff(one, moved).frames.otherPicture).to.equal(1);
    expect(() => datasetDiff(one, version("1.0.0", [frame(a, 0)], { name: "organs" }))).to.throw('"tools" and "organs" are different datasets');
  });
});

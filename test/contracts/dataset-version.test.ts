import { expect } from "chai";
import { compareVersions, datasetPseudonym, nextVersion, splitOf } from "../../contracts/dataset-names.ts";
import { countsOf, sumOfCounts } from "../../contracts/dataset-statistics.ts";
import { type DatasetFrame, datasetFrame, datasetRequest } from "../../contracts/dataset-version.ts";
import { datasetFrameFile, datasetManifestKey, datasetPlanKey, parseDatasetKey } from "../../contracts/keys.ts";

const caseId = "11111111-1111-4111-8111-111111111111";
const name = "instruments";
const pseudonym = datasetPseudonym(name, "case", caseId);

const frame = (number: number, boxes: DatasetFrame["boxes"]): DatasetFrame => ({
  ...{ file: datasetFrameFile(pseudonym, number), sha256: "a".repeat(64), md5: "b".repeat(32), bytes: 100, case: pseudonym },
  ...{ frame: number, pts: number * 512, width: 960, height: 540, boxes, masks: null, phase: null },
});

describe("contracts/dataset-version", () => {
  it("names cases and people by pseudonyms that differ from dataset to dataset", () => {
    expect(pseudonym).to.match(/^[0-9a-f]{16}$/);
    expect(datasetPseudonym("phases", "case", caseId)).not.to.equal(pseudonym);
    expect(datasetPseudonym(name, "person", caseId)).not.to.equal(pseudonym);
  });

  it("splits by the case alone, near the shares that were asked for", () => {
    const shares = { train: 70, validation: 15, test: 15 };
    const splits = Array.from({ length: 2000 }, (_, i) => splitOf(`case-${i}`, shares));
    const share = (split: string): number => splits.filter((one) => one === split).length / splits.length;
    expect(share("train")).to.be.closeTo(0.7, 0.03);
    expect(share("validation")).to.be.closeTo(0.15, 0.03);
    expect(share("test")).to.be.closeTo(0.15, 0.03);
    expect(splitOf(caseId, shares)).to.equal(splitOf(caseId, shares));
    expect(splitOf(caseId, { train: 0, validation: 0, test: 100 })).to.equal("test");
  });

  it("counts versions up, by their numbers", () => {
    expect(nextVersion(null, "patch")).to.equal("1.0.0");
    expect(nextVersion("1.9.3", "minor")).to.equal("1.10.0");
    expect(nextVersion("1.9.3", "major")).to.equal("2.0.0");
    expect(nextVersion("1.9.3", "patch")).to.equal("1.9.4");
    expect(["1.10.0", "1.9.0", "1.9.12", "0.9.9"].sort(compareVersions)).to.deep.equal(["0.9.9", "1.9.0", "1.9.12", "1.10.0"]);
  });

  it("keeps what training reads apart from what says whom it is about", () => {
    expect(datasetManifestKey(name, "1.2.0")).to.equal("datasets/instruments/v1.2.0/manifest.json");
    expect(datasetPlanKey(name, "1.2.0")).to.equal("dataset-plans/instruments/v1.2.0/plan.json");
    expect(parseDatasetKey("dataset-plans/instruments/v1.2.0/plan.json")).to.deep.equal({ name, version: "1.2.0" });
    expect(parseDatasetKey("training/instruments/v1.2.0/plan.json")).to.equal(undefined);
  });

  it("counts frames and labels by who said them", () => {
    const person = { by: "person" as const, person: pseudonym, corrections: 1 };
    const model = (isConfirmed: boolean) => ({ by: "model" as const, model: "m", digest: null, score: 0.9, isConfirmed });
    const box: [number, number, number, number] = [0, 0, 10, 10];
    const frames = [
      frame(0, [
        { label: "hook", box, origin: person },
        { label: "hook", box, origin: model(true) },
      ]),
      frame(5, []),
      frame(10, [{ label: "grasper", box, origin: model(false) }]),
    ];
    for (const one of frames) expect(datasetFrame.safeParse(one).success).to.equal(true);
    const counts = countsOf(frames, ["grasper", "hook"]);
    expect(counts).to.deep.equal({
      ...{ cases: 1, frames: 3, emptyFrames: 1, bytes: 300 },
      classes: [
        { label: "grasper", frames: 1, items: 1, byPeople: 0, confirmed: 0, suggested: 1 },
        { label: "hook", frames: 1, items: 2, byPeople: 1, confirmed: 1, suggested: 0 },
      ],
    });
    const both = sumOfCounts([counts, counts], ["grasper", "hook"]);
    expect(both).to.deep.include({ cases: 2, frames: 6, emptyFrames: 2, bytes: 600 });
    expect(both.classes[1]).to.deep.equal({ label: "hook", frames: 2, items: 4, byPeople: 2, confirmed: 2, suggested: 0 });
    expect(() => countsOf(frames, ["hook"])).to.throw('"grasper" is none of the classes.');
    expect(() => sumOfCounts([counts], ["hook", "grasper"])).to.throw("different classes");
  });

  it("refuses a request with every mistake at once", () => {
    const wrong = datasetRequest.safeParse({
      ...{ name: "Ward 3", task: "boxes", classes: ["a", "a"], cases: [], framesPerSecond: 0 },
      ...{ shares: { train: 70, validation: 20, test: 20 }, bump: "huge" },
    });
    expect(wrong.error?.issues.map(({ path }) => path.join("."))).to.have.members(["name", "task", "classes", "cases", "framesPerSecond", "shares", "bump"]);
    const right = datasetRequest.parse({ name, task: "object-detection", classes: ["hook"], cases: { that: "corrected" } });
    expect(right).to.deep.include({ framesPerSecond: 5, bump: "minor", shares: { train: 70, validation: 15, test: 15 } });
  });
});

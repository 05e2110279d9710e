import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { EnvironmentError } from "../../../models/serving/environment.ts";
import { tryModel } from "../../../models/serving/try.ts";
import { ClipFolder } from "../../functions/support/clips.ts";
import { failure } from "../../support/failure.ts";

describe("try", () => {
  const folders = new ClipFolder();
  after(() => folders.remove());
  const output = folders.path("output");
  before(() => mkdirSync(output));
  const variables = (id: string, folder = join("models", id)) => ({ MODEL: id, CANDIDATE_DIR: folder, OUTPUT_DIR: output });

  for (const id of ["phase-classifier", "instrument-detector", "organ-segmenter"])
    it(`asks ${id} about pictures, which it answers as its contract says`, async () => {
      const lines: string[] = [];
      await tryModel(variables(id), (line) => lines.push(line));
      const { sha256, version } = JSON.parse(readFileSync(join("models", id, "model.json"), "utf8"));
      const { milliseconds, ...trial } = JSON.parse(readFileSync(join(output, "trial.json"), "utf8"));
      expect(trial).to.deep.equal({ model: id, version, sha256, pictures: ["black", "white", "ramp", "noise"] });
      expect(milliseconds).to.be.above(0);
      expect(lines.map((line) => JSON.parse(line).message)).to.deep.equal(["tried"]);
    });

  it("fails of weights that are not those described, and of answers that break the contract", async () => {
    const other = folders.path("other");
    cpSync("models/phase-classifier", other, { recursive: true });
    const described = JSON.parse(readFileSync(join(other, "model.json"), "utf8"));
    const write = (more: object) => writeFileSync(join(other, "model.json"), JSON.stringify({ ...described, ...more }));
    write({ sha256: "0".repeat(64) });
    expect((await failure(tryModel(variables("phase-classifier", other), () => {}))).message).to.contain("model.json says 000");
    write({ labels: described.labels.slice(1) });
    expect((await failure(tryModel(variables("phase-classifier", other), () => {}))).message).to.equal(
      'Model "phase-classifier" gave the output "scores" as [1, 7]; wanted [1, 6].',
    );
    write({ outputs: { scores: "logits" } });
    expect((await failure(tryModel(variables("phase-classifier", other), () => {}))).message).to.contain("outputs scores, embedding, wanted logits");
  });

  it("names every variable that is wrong", async () => {
    const refused = await failure(tryModel({ MODEL: "phase-classifier", CANDIDATE_DIR: "nowhere" }, () => {}));
    expect(refused).to.be.instanceOf(EnvironmentError);
    expect((refused as EnvironmentError).reasons).to.deep.equal(["OUTPUT_DIR is not set: existing folder for trial.json.", "nowhere does not exist."]);
  });
});

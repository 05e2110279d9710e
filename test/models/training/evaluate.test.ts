import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { model } from "../../../contracts/model.ts";
import { type ModelQuality, modelQuality } from "../../../contracts/model-quality.ts";
import { root } from "../../../local/root.ts";
import { python, why } from "./python.ts";

/** npm names its own Node in NODE, which may be too old for the generator. */
const env = { ...process.env, NODE: join(root, "node_modules/.bin/node") };

const missing = why("onnx", "torch", "onnxruntime");

describe(`models/training/evaluate.py${missing}`, function () {
  // Draws two operations of each kind.
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "svp-evaluate-"));
  after(() => rmSync(folder, { recursive: true }));

  const measure = (id: string): ModelQuality => {
    const options = ["--data", join(folder, "data"), "--operations", "2", "--output", join(folder, id), "--threads", "1"];
    execFileSync(python, [join(root, "models/training/evaluate.py"), "--model", join(root, "models", id), ...options], { stdio: "pipe", env });
    return modelQuality.parse(JSON.parse(readFileSync(join(folder, id, "quality.json"), "utf8")));
  };

  // One of each kind of answer: how good the networks are is told by npm run evaluate and their cards.
  for (const [id, headline] of [
    ["view-quality", "mean-f1"],
    ["organ-segmenter", "mean-dice"],
  ] as const)
    it(`measures ${id} as its contract says`, function () {
      if (missing !== "") this.skip();
      const found = measure(id);
      const described = model.parse(JSON.parse(readFileSync(join(root, "models", id, "model.json"), "utf8")));
      expect(found.model).to.include({ id, sha256: described.sha256, threshold: described.threshold, task: described.task });
      expect(found.dataset).to.include({ name: "drawn operations", operations: 2, syntheticOnly: true });
      expect([found.headline, found.runtime.name]).to.deep.equal([headline, "onnxruntime"]);
      // Two operations are few, but what it learned it must show.
      expect(found.metrics[headline]?.value).to.be.greaterThan(0.8);
      expect(Object.keys(found.perClass).filter((label) => !described.labels.includes(label))).to.deep.equal([]);
      expect(found.golden?.agreeing).to.equal(found.golden?.frames).and.be.greaterThan(0);
    });

  it("says why it can't measure, and writes nothing", function () {
    if (missing !== "") this.skip();
    const output = join(folder, "none");
    expect(() => execFileSync(python, [join(root, "models/training/evaluate.py"), "--model", folder, "--output", output], { stdio: "pipe" }))
      .to.throw()
      .with.property("stderr")
      .satisfies((said: Buffer) => said.toString().includes("must hold one model.json, and holds 0."));
    expect(existsSync(output)).to.equal(false);
  });
});

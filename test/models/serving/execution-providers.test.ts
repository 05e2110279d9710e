import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { executionProviders } from "../../../models/serving/execution-providers.ts";
import { openInferencePool } from "../../../models/serving/inference-pool.ts";
import { readModelFolder } from "../../../models/serving/model-folder.ts";
import { temporaryFolder } from "./support/clips.ts";
import { meanColours, writeClassifier } from "./support/graphs.ts";

describe("what networks run on", () => {
  let root: Awaited<ReturnType<typeof temporaryFolder>>;
  before(async () => {
    root = await temporaryFolder();
  });
  after(() => root.remove());

  it("is the processor where npm's package is all there is", () => {
    expect(executionProviders()).to.deep.equal(["cpu"]);
  });

  it("is TensorRT, then CUDA, then the processor where their libraries are", async () => {
    await writeFile(join(root.path, "libonnxruntime_providers_cuda.so"), "");
    expect(executionProviders(root.path)).to.deep.equal(["cuda", "cpu"]);
    await writeFile(join(root.path, "libonnxruntime_providers_tensorrt.so"), "");
    expect(executionProviders(root.path)).to.deep.equal(["tensorrt", "cuda", "cpu"]);
  });

  it("is the processor, which is told, where a GPU can't be had", async () => {
    await writeClassifier(root.path, "colours", meanColours(2, 2), { width: 2, height: 2 });
    const folders = [await readModelFolder(root.path, "colours")];
    const pool = await openInferencePool(folders, 1, ["cuda", "cpu"]);
    try {
      expect(pool.failures).to.deep.equal({});
      expect(pool.slow["colours"]).to.match(/^Model "colours" runs on the processor: cuda can't be had: ./);
      const { answers } = await pool.run({ models: ["colours"], pixels: new Uint8Array(12).fill(255).buffer, frames: 1 });
      expect(answers["colours"]).to.deep.equal({ tensors: { scores: { dims: [1, 3], data: Float32Array.of(1, 1, 1) } } });
    } finally {
      await pool.close();
    }
    const plain = await openInferencePool(folders, 1);
    await plain.close();
    expect(plain.slow).to.deep.equal({});
  });
});

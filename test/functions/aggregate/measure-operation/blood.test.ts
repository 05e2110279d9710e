import { gzipSync } from "node:zlib";
import { expect } from "chai";
import type { MaskChunk } from "../../../../contracts/analysis.ts";
import { readBlood } from "../../../../functions/aggregate/measure-operation/blood.ts";
import { failure } from "../../../support/failure.ts";
import { analysisOf } from "../../support/analysis.ts";
import { digest } from "../../support/ids.ts";
import { memoryLake } from "../../support/memory-lake.ts";
import { producerOf } from "../support/run.ts";

/** A grid of 4 by 3 cells, column by column: blood in the two lower cells of the second column and in the first of the third. */
const pool = [4, 3, 5];
/** The last column. */
const liver = [9, 3];
const nothing = { label: [], score: [], runs: [] };

describe("the share of the picture that blood covers", () => {
  const chunk = (change: Partial<MaskChunk>): MaskChunk => ({
    ...{ schema: "mask-chunk/1.0", producer: "organ-segmenter", gridWidth: 4, gridHeight: 3, frames: [], offsets: [0], ...nothing },
    ...change,
  });
  const masks = {
    ...{ producer: "organ-segmenter", labels: ["Liver", "Blood"], frameCount: 4, maskCount: 4 },
    chunks: [0, 1].map((i) => ({ uri: `s3://processed/masks-${i}.json.gz`, startFrame: i * 50, endFrame: i * 50 + 50, sha256: digest })),
  };
  const analysis = analysisOf({ masks: [masks], producers: [producerOf("organ-segmenter")] });
  const lakeOf = async () => {
    const lake = memoryLake();
    const first = chunk({ frames: [10, 20], offsets: [0, 2, 4], label: [1, 0, 0, 1], score: [0.9, 0.9, 0.9, 0.4], runs: [pool, liver, liver, pool] });
    const second = chunk({ frames: [60, 70], offsets: [0, 2, 2], label: [1, 1], score: [0.9, 0.8], runs: [pool, [0, 1, 11]] });
    for (const [i, content] of [first, second].entries()) await lake.put(`masks-${i}.json.gz`, gzipSync(JSON.stringify(content)), "application/json", "gzip");
    return lake;
  };

  it("is that of its cells, of all patches together, where its network is sure enough", async () => {
    expect(await readBlood(await lakeOf(), analysis, [{ startFrame: 0, endFrame: 100 }])).to.deep.equal({
      producer: "organ-segmenter",
      frames: [10, 20, 60, 70],
      // Three of twelve; below the threshold; three and one of twelve; none.
      shares: [3 / 12, 0, 4 / 12, 0],
    });
  });

  it("is read where something bleeds, and nowhere else", async () => {
    const lake = await lakeOf();
    lake.objects.delete("masks-0.json.gz");
    expect((await readBlood(lake, analysis, [{ startFrame: 65, endFrame: 80 }]))?.frames).to.deep.equal([70]);
    expect((await readBlood(lake, analysis, []))?.frames).to.deep.equal([]);
    expect((await failure(readBlood(lake, analysis, [{ startFrame: 0, endFrame: 80 }]))).name).to.equal("NotFound");
  });

  it("is not told where nobody outlines blood", async () => {
    const others = analysisOf({ masks: [{ ...masks, labels: ["Liver", "Gallbladder"] }] });
    expect(await readBlood(memoryLake(), others, [{ startFrame: 0, endFrame: 100 }])).to.equal(undefined);
  });
});

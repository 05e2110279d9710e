import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { Sample } from "../../bench/measurement.ts";
import { readShipped, type Shipped, shippedIds } from "../../bench/shipped/folders.ts";
import { inferenceRow, manners } from "../../bench/shipped/inference.ts";
import { jobRows } from "../../bench/shipped/job.ts";
import { accuracy, figure, page, precisions } from "../../bench/shipped/page.ts";
import { planes, preprocessed, preprocessingRow } from "../../bench/shipped/preprocessing.ts";
import { published } from "../../bench/shipped/published.ts";

describe("the page of the networks' benchmarks", () => {
  let shipped: Shipped[];
  before(async () => {
    shipped = await Promise.all(shippedIds.map(readShipped));
  });

  it("is about every network that the platform runs, with figures of the weights that ship", () => {
    expect(shipped.map(({ model }) => model.id).sort()).to.deep.equal([
      ...["instrument-detector", "instrument-segmenter", "organ-segmenter", "out-of-body", "phase-classifier", "view-quality"],
    ]);
    expect(published.map(({ id }) => id)).to.include.members(shippedIds.filter((id) => id !== "view-quality"));
  });

  it("tells in the repository what the model folders tell: run npm run bench:models -- --write", async () => {
    const written = await readFile(join(import.meta.dirname, "../../docs/model-benchmarks.md"), "utf8");
    expect(written).to.include(accuracy(shipped));
    expect(written).to.include(precisions(shipped));
  });

  it("says that drawings were measured, and that the field's figures compare with nothing", () => {
    const text = accuracy(shipped);
    expect(text).to.include("## How good they are, on drawings").and.include("**Not comparable**");
    const { quality } = shipped.find(({ model }) => model.id === "phase-classifier") as Shipped;
    expect(text).to.include(`| phase-classifier | **accuracy** | ${figure(quality.metrics["accuracy"] as never)} | higher | 24 operations, 2,160 frames |`);
  });

  it("shows no interval where resampling tells nothing", () => {
    const common = { better: "lower", operations: 12 } as const;
    expect(figure({ ...common, value: 0, low: 0, high: 0 })).to.equal("0.000 (no interval)");
    expect(figure({ ...common, value: 1, low: null, high: null })).to.equal("1.000 (no interval)");
    expect(figure({ ...common, value: 0.5, low: 0.25, high: 0.75 })).to.equal("0.500 (0.250 to 0.750)");
  });

  it("gives ratios within the run, and says which aims were missed", () => {
    const medians = new Map<string, Sample>();
    const add = (row: string, cpuSeconds: number, wallSeconds: number) => void medians.set(row, { row, cpuSeconds, wallSeconds, peakMemoryBytes: null });
    for (const id of shippedIds)
      for (const [i, manner] of manners.entries()) add(inferenceRow(id, manner), [2, 1, 0.8, 1.2][i] as number, [1, 1, 0.8, 0.5][i] as number);
    for (const id of Object.keys(preprocessed)) {
      add(preprocessingRow(id, "in the graph"), 1, 1);
      add(preprocessingRow(id, "before it"), 1.25, 1);
    }
    for (const [name, cpu] of Object.entries({
      ...{ decode: 10, scaled: 10.5, sparse: 10.2, keyFrames: 0.8, infer: 4 },
      ...{ besideDecode: 10.3, besideInfer: 4.1, start: 0.1, whole: 15.2 },
    })) {
      add(jobRows[name as keyof typeof jobRows], cpu, cpu / 2);
    }
    const findings = {
      machine: [["processor", "two cores"]] as const,
      clip: "a clip",
      frameCount: 600,
      seconds: 24,
      repeats: 2,
      rounds: 3,
      pictures: 100,
      medians,
      shipped,
    };
    const lines = page(findings).split("\n");
    const size = `${((shipped[0] as Shipped).bytes / 1024).toFixed(0)} KiB`;
    // A picture costs 1/100 s, a decoded frame 10/600 s.
    expect(lines).to.include(`| ${shippedIds[0]} | ${size} | 0.60 | 0.50 | 0.40 | 0.60 | 1.00 | 1.25 | 2.00 | 1.00 | 6.40 |`);
    expect(lines).to.include("| MobileNetV3-Small | 1.25 |");
    expect(lines).to.include("| scaled, 1 fps, key frames alone | 0.08 | 0.08 |");
    expect(lines.slice(lines.indexOf("| stage | x decoding every frame | share |") + 2).slice(0, 7)).to.deep.equal([
      "| decoding every frame | 1.00 | 66 % |",
      "| scaling the pictures and handing them over | 0.05 | 3 % |",
      "| the networks | 0.40 | 26 % |",
      "| start | 0.01 | 1 % |",
      "| decoder and networks slow each other down | 0.04 | 3 % |",
      "| what is left: reading pictures and answers, writing results | 0.02 | 1 % |",
      "| **the whole job** | **1.52** | 100 % |",
    ]);
    expect(page(findings)).to.include("over the clip 2 times in a row").and.include("as much as decoding 0.24 s of this one");
    expect(lines).to.include("| all but the networks, x decoding | 1.2 | 1.12, held | 1.11 | 1.08 |");
    expect(lines).to.include("| the whole, x lower bound | 1.1 | 1.09, held | 1.08 | 1.06 |");
    medians.set(jobRows.whole, { ...(medians.get(jobRows.whole) as Sample), cpuSeconds: 20 });
    expect(page(findings)).to.include("| 1.60, missed |").and.include("| 1.43, missed |");
    medians.delete(jobRows.whole);
    expect(() => page(findings)).to.throw('Nothing was measured as "job, 5 fps".');
  });

  it("scales before the graph as the graph does", () => {
    expect([...planes(Uint8Array.of(0, 51, 255, 255, 0, 102))]).to.deep.equal([0, 1, 51 / 255, 0, 1, 102 / 255].map(Math.fround));
  });
});

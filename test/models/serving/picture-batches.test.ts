import { expect } from "chai";
import type { Model } from "../../../contracts/model.ts";
import { Busy } from "../../../models/serving/admission.ts";
import type { Batch, BatchAnswer } from "../../../models/serving/inference-messages.ts";
import { pictureBatches } from "../../../models/serving/picture-batches.ts";
import { failure } from "../../support/failure.ts";

const model = (id: string) => ({ id, input: { width: 1, height: 1 } }) as Model;
const picture = (value: number) => Uint8Array.of(value, 0, 0);

/** A pool that answers when it is told: with each picture's first byte. */
function stage(threads: number) {
  const runs: { batch: Batch; answer(): Promise<void>; fail(message: string): Promise<void> }[] = [];
  const run = (batch: Batch): Promise<BatchAnswer> => {
    const { promise, resolve } = Promise.withResolvers<BatchAnswer>();
    const settle = async (answer: BatchAnswer["answers"][string]): Promise<void> => {
      resolve({ pixels: batch.pixels, answers: { [batch.models[0] as string]: answer } });
      await promise;
      await new Promise(setImmediate);
    };
    const bytes = new Uint8Array(batch.pixels);
    const data = Float32Array.from({ length: batch.frames }, (_, i) => bytes[3 * i] as number);
    runs.push({ batch, answer: () => settle({ tensors: { scores: { dims: [batch.frames, 1], data } } }), fail: (error) => settle({ error }) });
    return promise;
  };
  return { pool: { threads, run }, runs };
}
const asked = ({ batch }: { batch: Batch }) => [batch.models[0], batch.frames];

describe("pictures of requests that come together", () => {
  it("go at once where a thread is free, and together where none was", async () => {
    const { pool, runs } = stage(1);
    const batches = pictureBatches(pool, 3, 10);
    const a = model("a");
    const found = [1, 2, 3, 4, 5].map((value) => batches.run(a, picture(value)));
    expect(runs.map(asked)).to.deep.equal([["a", 1]]);
    await runs[0]?.answer();
    expect(runs.map(asked)).to.deep.equal([
      ["a", 1],
      ["a", 3],
    ]);
    await runs[1]?.answer();
    await runs[2]?.answer();
    expect(runs.map(asked)).to.deep.equal([
      ["a", 1],
      ["a", 3],
      ["a", 1],
    ]);
    const each = await Promise.all(found);
    expect(each.map(({ scores }) => [scores?.dims, [...(scores?.data ?? [])]])).to.deep.equal([1, 2, 3, 4, 5].map((value) => [[1, 1], [value]]));
  });

  it("take turns between networks and threads", async () => {
    const { pool, runs } = stage(2);
    const batches = pictureBatches(pool, 2, 10);
    const [a, b] = [model("a"), model("b")];
    for (const value of [1, 2, 3, 4, 5]) void batches.run(a, picture(value));
    void batches.run(b, picture(6));
    expect(runs.map(asked)).to.deep.equal([
      ["a", 1],
      ["a", 1],
    ]);
    await runs[0]?.answer();
    await runs[1]?.answer();
    expect(runs.slice(2).map(asked)).to.deep.equal([
      ["a", 2],
      ["b", 1],
    ]);
    await runs[3]?.answer();
    expect(runs.slice(4).map(asked)).to.deep.equal([["a", 1]]);
  });

  it("are turned away where too many wait, and taken again afterwards", async () => {
    const { pool, runs } = stage(1);
    const batches = pictureBatches(pool, 8, 2);
    const a = model("a");
    const first = batches.run(a, picture(1));
    const [second, third] = [batches.run(a, picture(2)), batches.run(a, picture(3))];
    const refused = await failure(batches.run(a, picture(4)));
    expect(refused).to.be.instanceOf(Busy);
    expect(refused.message).to.equal("2 pictures wait.");
    await runs[0]?.answer();
    await runs[1]?.answer();
    await Promise.all([first, second, third]);
    const again = batches.run(a, picture(5));
    await runs[2]?.answer();
    expect((await again)["scores"]?.data[0]).to.equal(5);
  });

  it("fail together with their batch, and no other", async () => {
    const { pool, runs } = stage(1);
    const batches = pictureBatches(pool, 8, 8);
    const a = model("a");
    const fine = batches.run(a, picture(1));
    const others = [2, 3].map((value) => failure(batches.run(a, picture(value))));
    await runs[0]?.answer();
    await runs[1]?.fail("The graph broke.");
    expect((await fine)["scores"]?.data[0]).to.equal(1);
    expect((await Promise.all(others)).map(({ message }) => message)).to.deep.equal(["The graph broke.", "The graph broke."]);
  });
});

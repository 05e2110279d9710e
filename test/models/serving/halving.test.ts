import { expect } from "chai";
import { runHalving, type Tensors } from "../../../models/serving/halving.ts";
import { failure } from "../../support/failure.ts";

/** Frames are numbers, and the network gives each twice, as floats and as whole numbers. */
const answer = (from: number, count: number): Tensors => ({
  scores: { dims: [count, 2], data: Float32Array.from({ length: 2 * count }, (_, i) => from + Math.floor(i / 2)) },
  classes: { dims: [count], data: BigInt64Array.from({ length: count }, (_, i) => BigInt(from + i)) },
});

describe("a batch that memory does not suffice for", () => {
  const tried: string[] = [];
  beforeEach(() => {
    tried.length = 0;
  });
  const upTo = (most: number, message: string) => async (from: number, count: number) => {
    tried.push(`${from}+${count}`);
    if (count > most) throw new Error(message);
    return answer(from, count);
  };

  for (const message of [
    "Non-zero status code returned while running Conv node. BFCArena::AllocateRawInternal Failed to allocate memory for requested buffer of size 2147483648",
    "CUDA failure 2: out of memory",
    "std::bad_alloc",
  ])
    it(`is halved until it does: ${message.slice(-25)}`, async () => {
      expect(await runHalving(upTo(2, message), 0, 5)).to.deep.equal(answer(0, 5));
      expect(tried).to.deep.equal(["0+5", "0+3", "0+2", "2+1", "3+2"]);
    });

  it("fails where one frame is too much, in the runtime's own words", async () => {
    expect((await failure(runHalving(upTo(0, "std::bad_alloc"), 0, 4))).message).to.equal("std::bad_alloc");
    expect(tried).to.deep.equal(["0+4", "0+2", "0+1"]);
  });

  it("is asked for once where something else is wrong", async () => {
    expect((await failure(runHalving(upTo(1, "Got invalid dimensions"), 0, 4))).message).to.equal("Got invalid dimensions");
    expect(tried).to.deep.equal(["0+4"]);
  });

  it("runs whole where it fits", async () => {
    expect(await runHalving(upTo(8, "never"), 0, 8)).to.deep.equal(answer(0, 8));
    expect(tried).to.deep.equal(["0+8"]);
  });
});

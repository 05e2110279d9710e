import { expect } from "chai";
import fc from "fast-check";
import { assign } from "../../contracts/assignment.ts";

const rows = (costs: number[][]) => costs.map((row) => Float64Array.from(row));

/** What an assignment costs: its pairs, and the limit for each row that stays alone. */
const priceOf = (costs: number[][], columns: ArrayLike<number>, limit: number) =>
  costs.reduce((sum, row, i) => sum + ((columns[i] as number) < 0 ? limit : (row[columns[i] as number] as number)), 0);

/** The least that any assignment costs, by trying all. */
function cheapest(costs: number[][], limit: number, row = 0, taken = new Set<number>()): number {
  if (row === costs.length) return 0;
  let best = limit + cheapest(costs, limit, row + 1, taken);
  for (const [column, cost] of (costs[row] as number[]).entries()) {
    if (taken.has(column) || cost > limit) continue;
    best = Math.min(best, cost + cheapest(costs, limit, row + 1, new Set([...taken, column])));
  }
  return best;
}

describe("assign", () => {
  it("finds pairs that cost least together, where taking the cheapest first would not", () => {
    const costs = [
      [0.1, 0.2],
      [0.15, 0.9],
    ];
    expect([...assign(rows(costs), 2, 1)]).to.deep.equal([1, 0]);
  });

  it("leaves a row alone rather than pair it beyond the limit", () => {
    expect([...assign(rows([[0.6]]), 1, 0.5)]).to.deep.equal([-1]);
    expect([...assign(rows([[0.6], [0.4]]), 1, 0.5)]).to.deep.equal([-1, 0]);
    expect([...assign(rows([]), 3, 0.5)]).to.deep.equal([]);
    expect([...assign(rows([[]]), 0, 0.5)]).to.deep.equal([-1]);
  });

  it("costs no more than any other assignment", () => {
    const matrix = fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))
      .chain(([height, width]) =>
        fc.array(fc.array(fc.integer({ min: 0, max: 20 }), { minLength: width, maxLength: width }), { minLength: height, maxLength: height }),
      );
    fc.assert(
      fc.property(matrix, fc.integer({ min: 0, max: 20 }), (costs, limit) => {
        const columns = assign(rows(costs), (costs[0] as number[]).length, limit);
        const used = [...columns].filter((column) => column >= 0);
        expect(new Set(used).size).to.equal(used.length);
        for (const [i, column] of columns.entries()) if (column >= 0) expect((costs[i] as number[])[column]).to.be.at.most(limit);
        expect(priceOf(costs, columns, limit)).to.equal(cheapest(costs, limit));
      }),
    );
  });
});

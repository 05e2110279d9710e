import { expect } from "chai";
import { maskRuns } from "../../../contracts/corrected-view.ts";
import { runsOf } from "../../../contracts/run-lengths.ts";
import {
  boundsOf,
  cornerMoved,
  cornerWithin,
  type Outline,
  outlineInMiddle,
  outlineMoved,
  traced,
  withCorner,
  withoutCorner,
} from "../../../web/corrections/outlines.ts";

const raster = { width: 100, height: 60 };
const square: Outline = [
  [10, 10],
  [30, 10],
  [30, 30],
  [10, 30],
];

/** Run lengths of a picture of text, `#` for the mask. */
function drawn(...rows: string[]) {
  const grid = { width: (rows[0] as string).length, height: rows.length };
  const cells = new Uint8Array(grid.width * grid.height);
  for (const [y, row] of rows.entries()) for (const [x, mark] of [...row].entries()) cells[x * grid.height + y] = mark === "#" ? 1 : 0;
  return { runs: runsOf(cells), grid };
}

describe("an outline", () => {
  it("begins in the middle of the picture", () => {
    expect(outlineInMiddle(raster)).to.deep.equal([
      [50, 20],
      [60, 30],
      [50, 40],
      [40, 30],
    ]);
  });

  it("is moved whole, or by one corner, in whole pixels and within the picture", () => {
    expect(outlineMoved(square, 5.4, -3, raster)).to.deep.equal([
      [15, 7],
      [35, 7],
      [35, 27],
      [15, 27],
    ]);
    expect(outlineMoved(square, -50, 500, raster)).to.deep.equal([
      [0, 40],
      [20, 40],
      [20, 60],
      [0, 60],
    ]);
    expect(cornerMoved(square, 1, 999, -999, raster)).to.deep.equal([
      [10, 10],
      [100, 0],
      [30, 30],
      [10, 30],
    ]);
    expect(cornerWithin([3.6, -1], raster)).to.deep.equal([4, 0]);
    expect(boundsOf(square)).to.deep.equal([10, 10, 20, 20]);
  });

  it("gets corners between two others, also between last and first, as many as the platform takes", () => {
    expect(withCorner(square, 0)).to.deep.equal([
      [10, 10],
      [20, 10],
      [30, 10],
      [30, 30],
      [10, 30],
    ]);
    expect(withCorner(square, 3).at(-1)).to.deep.equal([10, 20]);
    const full: Outline = Array.from({ length: 500 }, (_, i) => [i % 100, 5]);
    expect(withCorner(full, 0)).to.deep.equal(full);
  });

  it("loses corners as long as it still surrounds something", () => {
    const triangle = withoutCorner(square, 0);
    expect(triangle).to.deep.equal([
      [30, 10],
      [30, 30],
      [10, 30],
    ]);
    expect(withoutCorner(triangle as Outline, 0)).to.equal(null);
  });
});

describe("the outline of a mask", () => {
  it("goes along the edges of its cells, on the scale of the raster", () => {
    const { runs, grid } = drawn("......", ".####.", ".####.", ".####.", "......");
    expect(traced(runs, grid, { width: 60, height: 50 })).to.have.deep.members([
      [10, 10],
      [50, 10],
      [50, 40],
      [10, 40],
    ]);
  });

  it("is that of the largest part, without its holes", () => {
    const { runs, grid } = drawn("#.........", "...######.", "...#....#.", "...#....#.", "...######.", ".........#");
    expect(traced(runs, grid, grid)).to.have.deep.members([
      [3, 1],
      [9, 1],
      [9, 5],
      [3, 5],
    ]);
  });

  it("keeps a single cell, and is none of nothing", () => {
    const { runs, grid } = drawn("...", ".#.", "...");
    expect(traced(runs, grid, grid)).to.have.deep.members([
      [1, 1],
      [2, 1],
      [2, 2],
      [1, 2],
    ]);
    const nothing = drawn("..", "..");
    expect(traced(nothing.runs, nothing.grid, raster)).to.equal(null);
  });

  it("leads back to nearly the same mask with far fewer corners", () => {
    const grid = { width: 320, height: 180 };
    const cells = new Uint8Array(grid.width * grid.height);
    for (let x = 0; x < grid.width; x++)
      for (let y = 0; y < grid.height; y++) cells[x * grid.height + y] = ((x - 150) / 90) ** 2 + ((y - 90) / 60) ** 2 < 1 + 0.2 * Math.sin(x / 9) ? 1 : 0;
    const big = { width: 960, height: 540 };
    const outline = traced(runsOf(cells), grid, big) ?? expect.fail("It has no outline.");
    expect(outline.length).to.be.within(12, 120);
    const back = maskRuns(outline as [number, number][], big, grid);
    let [value, at, off] = [0, 0, 0];
    for (const run of back) {
      for (const end = at + run; at < end; at++) if (cells[at] !== value) off++;
      value = 1 - value;
    }
    const size = cells.reduce((sum, cell) => sum + cell, 0);
    expect(off / size, "share of cells that differ").to.be.lessThan(0.02);
  });

  it("stays within the corners that the platform takes, however ragged the mask", () => {
    const grid = { width: 320, height: 180 };
    const comb = new Uint8Array(grid.width * grid.height);
    for (let x = 0; x < grid.width; x++) for (let y = 0; y < grid.height; y++) comb[x * grid.height + y] = y > 170 || x % 3 === 0 ? 1 : 0;
    const outline = traced(runsOf(comb), grid, raster) ?? expect.fail("It has no outline.");
    expect(outline.length).to.be.within(3, 500);
  });
});

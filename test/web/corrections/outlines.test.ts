import { expect } from "chai";
import { maskRuns, type Rings } from "../../../contracts/corrected-view.ts";
import { runsOf } from "../../../contracts/run-lengths.ts";
import {
  boundsOf,
  cornerMoved,
  cornersOf,
  cornerWithin,
  nextCorner,
  outlineInMiddle,
  outlineMoved,
  type Ring,
  traced,
  withCorner,
  withHole,
  withoutCorner,
} from "../../../web/corrections/outlines.ts";

const raster = { width: 100, height: 60 };
const ring: Ring = [
  [10, 10],
  [30, 10],
  [30, 30],
  [10, 30],
];
const square: Rings = [ring];
const small: Ring = [
  [15, 15],
  [20, 15],
  [15, 20],
];

/** Run lengths of a picture of text, `#` for the mask. */
function drawn(...rows: string[]) {
  const grid = { width: (rows[0] as string).length, height: rows.length };
  const cells = new Uint8Array(grid.width * grid.height);
  for (const [y, row] of rows.entries()) for (const [x, mark] of [...row].entries()) cells[x * grid.height + y] = mark === "#" ? 1 : 0;
  return { runs: runsOf(cells), grid };
}

/** The one ring of an outline without holes. */
const onlyRing = (rings: Rings | null): Ring => {
  expect(rings).to.have.length(1);
  return (rings as Rings)[0] as Ring;
};

describe("an outline", () => {
  it("begins in the middle of the picture", () => {
    expect(outlineInMiddle(raster)).to.deep.equal([
      [
        [50, 20],
        [60, 30],
        [50, 40],
        [40, 30],
      ],
    ]);
  });

  it("is moved whole, or by one corner, in whole pixels and within the picture", () => {
    expect(outlineMoved(square, 5.4, -3, raster)[0]).to.deep.equal([
      [15, 7],
      [35, 7],
      [35, 27],
      [15, 27],
    ]);
    expect(outlineMoved(square, -50, 500, raster)[0]).to.deep.equal([
      [0, 40],
      [20, 40],
      [20, 60],
      [0, 60],
    ]);
    expect(cornerMoved(square, 1, 999, -999, raster)[0]).to.deep.equal([
      [10, 10],
      [100, 0],
      [30, 30],
      [10, 30],
    ]);
    expect(cornerWithin([3.6, -1], raster)).to.deep.equal([4, 0]);
    expect(boundsOf(square)).to.deep.equal([10, 10, 20, 20]);
  });

  it("gets corners between two others, also between last and first, as many as the platform takes", () => {
    expect(withCorner(square, 0)[0]).to.deep.equal([
      [10, 10],
      [20, 10],
      [30, 10],
      [30, 30],
      [10, 30],
    ]);
    expect(withCorner(square, 3)[0]?.at(-1)).to.deep.equal([10, 20]);
    const full: Rings = [Array.from({ length: 500 }, (_, i) => [i % 100, 5])];
    expect(withCorner(full, 0)).to.deep.equal(full);
  });

  it("loses corners as long as it still surrounds something", () => {
    const triangle = withoutCorner(square, 0);
    expect(triangle?.[0]).to.deep.equal([
      [30, 10],
      [30, 30],
      [10, 30],
    ]);
    expect(withoutCorner(triangle as Rings, 0)).to.equal(null);
  });
});

describe("an outline with holes", () => {
  const holed: Rings = [ring, small];

  it("has corners that are counted through all of its rings, each with the next of its own", () => {
    expect(cornersOf(holed)).to.deep.equal([...ring, ...small]);
    expect(Array.from({ length: 8 }, (_, i) => nextCorner(holed, i))).to.deep.equal([1, 2, 3, 0, 5, 6, 4, 0]);
    expect(cornerMoved(holed, 5, 1, 1, raster)).to.deep.equal([
      ring,
      [
        [15, 15],
        [21, 16],
        [15, 20],
      ],
    ]);
    expect(withCorner(holed, 6)).to.deep.equal([ring, [...small, [15, 18]]]);
  });

  it("is moved with them, and loses one with too few corners", () => {
    expect(outlineMoved(holed, 1, 2, raster)).to.deep.equal(holed.map((one) => one.map(([x, y]) => [x + 1, y + 2])));
    expect(withoutCorner(holed, 4)).to.deep.equal([ring]);
    expect(withoutCorner([small, small], 0)).to.equal(null);
    expect(boundsOf(holed)).to.deep.equal([10, 10, 20, 20]);
  });

  it("gets one in its middle, as many as the platform takes", () => {
    expect(withHole(square)).to.deep.equal([
      ring,
      [
        [20, 17],
        [23, 20],
        [20, 23],
        [17, 20],
      ],
    ]);
    const full = [ring, ...Array.from({ length: 20 }, () => small)];
    expect(withHole(full)).to.equal(full);
  });
});

describe("the outline of a mask", () => {
  it("goes along the edges of its cells, on the scale of the raster", () => {
    const { runs, grid } = drawn("......", ".####.", ".####.", ".####.", "......");
    expect(onlyRing(traced(runs, grid, { width: 60, height: 50 }))).to.have.deep.members([
      [10, 10],
      [50, 10],
      [50, 40],
      [10, 40],
    ]);
  });

  it("is that of the largest part, and of its holes, but for specks and for what lies in them", () => {
    const { runs, grid } = drawn(
      "#............",
      "...#########.",
      "...#.....#.#.",
      "...#.###.###.",
      "...#.#.#.#.#.",
      "...#.###.#.#.",
      "...#.....###.",
      "...#########.",
      "............#",
    );
    const [outer, ...holes] = traced(runs, grid, grid) ?? expect.fail("It has no outline.");
    expect(outer).to.have.deep.members([
      [3, 1],
      [12, 1],
      [12, 8],
      [3, 8],
    ]);
    // One of thirty cells; that of the island in it is none of the outline's, nor are single cells.
    expect(holes.map((hole) => [...hole].sort((a, b) => a[0] - b[0] || a[1] - b[1]))).to.deep.equal([
      [
        [4, 2],
        [4, 7],
        [9, 2],
        [9, 7],
      ],
      [
        [10, 4],
        [10, 6],
        [11, 4],
        [11, 6],
      ],
    ]);
  });

  it("keeps a single cell, and is none of nothing", () => {
    const { runs, grid } = drawn("...", ".#.", "...");
    expect(onlyRing(traced(runs, grid, grid))).to.have.deep.members([
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
    expect(onlyRing(outline).length).to.be.within(12, 120);
    const back = maskRuns(outline, big, grid);
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
    for (const one of outline) expect(one.length).to.be.within(3, 500);
  });
});

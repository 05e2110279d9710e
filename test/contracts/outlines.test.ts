import { expect } from "chai";
import { leastAgreement, markOutline, maskRuns, mostCorners, mostHoles, mostParts, outlined, type Ring, type Rings, traced } from "../../contracts/outlines.ts";
import { type Grid, runsOf } from "../../contracts/run-lengths.ts";

const raster = { width: 100, height: 60 };

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

describe("the outline of the largest part of a mask", () => {
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

/** What several outlines cover of a grid. */
function covered(outlines: readonly Rings[], on: Grid, grid: Grid): Uint8Array {
  const cells = new Uint8Array(grid.width * grid.height);
  for (const rings of outlines) markOutline(cells, rings, on, grid);
  return cells;
}

function agreement(one: Uint8Array, other: Uint8Array): number {
  const either = one.filter((cell, i) => cell || other[i]).length;
  return either === 0 ? 1 : one.filter((cell, i) => cell && other[i]).length / either;
}

/** Corners of an outline in an order of their own. */
const corners = (rings: Rings): string[] => rings.map((ring) => ring.map(String).sort().join(" "));

describe("a mask as outlines", () => {
  it("has one for each part, those that touch at a corner apart, the largest first, each with its holes", () => {
    const { runs, grid } = drawn("####....", "#..#....", "####..##", "....##..", "....##.#", "........");
    const { outlines, ...told } = outlined(runs, grid, grid);
    expect(told).to.deep.equal({ agreement: 1, lostParts: 0, lostHoles: 0 });
    expect(outlines.map(corners)).to.deep.equal([["0,0 0,3 4,0 4,3", "1,1 1,2 3,1 3,2"], ["4,3 4,5 6,3 6,5"], ["6,2 6,3 8,2 8,3"], ["7,4 7,5 8,4 8,5"]]);
  });

  it("keeps single cells, what lies in a hole, and holes that touch at a corner or the outside", () => {
    const { runs, grid } = drawn("#########", "#.......#", "#.##.##.#", "#.#.#.#.#", "#.##.##.#", "#.......#", "########.", "#........");
    for (const size of [grid, { width: 90, height: 80 }, { width: 13, height: 11 }]) {
      const { outlines, agreement: told } = outlined(runs, grid, size);
      expect(told).to.equal(1);
      expect(runsOf(covered(outlines, size, grid)), `on ${size.width} by ${size.height}`).to.deep.equal(runs);
    }
    const { runs: one, grid: small } = drawn("....", ".#..", "....");
    expect(outlined(one, small, small).outlines.map(corners)).to.deep.equal([["1,1 1,2 2,1 2,2"]]);
  });

  it("is none of nothing, and one of all there is", () => {
    const nothing = drawn("..", "..");
    expect(outlined(nothing.runs, nothing.grid, raster)).to.deep.equal({ outlines: [], agreement: 1, lostParts: 0, lostHoles: 0 });
    const all = drawn("##", "##");
    expect(outlined(all.runs, all.grid, raster).outlines.map(corners)).to.deep.equal([["0,0 0,60 100,0 100,60"]]);
  });

  it("is what it was drawn as, if that is as near to it; else the edges of its cells", () => {
    const grid = { width: 200, height: 100 };
    const triangle: Rings = [
      [
        [10, 10],
        [180, 20],
        [60, 90],
      ],
    ];
    const runs = maskRuns(triangle, grid, grid);
    expect(outlined(runs, grid, grid, triangle)).to.deep.equal({ outlines: [triangle], agreement: 1, lostParts: 0, lostHoles: 0 });
    const elsewhere: Rings = [(triangle[0] as Ring).map(([x, y]) => [x + 9, y] as const)];
    const other = outlined(runs, grid, grid, elsewhere);
    expect(other.outlines).to.not.deep.equal([elsewhere]);
    expect(other.agreement).to.be.at.least(leastAgreement);
    const fine: Rings = [Array.from({ length: 501 }, (_, i) => [10 + (i % 170), i < 170 ? 10 : 90] as const)];
    expect(outlined(runs, grid, grid, fine).outlines).to.not.deep.equal([fine]);
  });

  it("tells what it had to leave out: small parts beyond the twentieth, and small holes", () => {
    const grid = { width: 300, height: 100 };
    const cells = new Uint8Array(grid.width * grid.height);
    // Twenty-five parts, each higher than the last; the highest has twenty-three holes.
    const put = (x: number, y: number, value: number): void => {
      cells[x * grid.height + y] = value;
    };
    for (let part = 0; part < 25; part++) for (let x = 10 * part; x < 10 * part + 6; x++) for (let y = 0; y < 10 + 3 * part; y++) put(x, y, 1);
    for (let hole = 0; hole < 23; hole++) put(242 + (hole % 2), 2 + 3 * hole, 0);
    const { outlines, agreement: told, lostParts, lostHoles } = outlined(runsOf(cells), grid, grid);
    expect([outlines.length, lostParts, lostHoles, Math.max(...outlines.map(({ length }) => length))]).to.deep.equal([mostParts, 5, 3, 1 + mostHoles]);
    expect(told).to.equal(agreement(cells, covered(outlines, grid, grid)));
    expect(told).to.be.lessThan(1);
  });

  it("covers the cells of a finer grid that lie under the middles of pixels", () => {
    const { runs, grid } = drawn("##......", "##......", "........", ".......#");
    const { outlines } = outlined(runs, grid, { width: 4, height: 2 });
    expect(outlines.map(corners)).to.deep.equal([["0,0 0,1 1,0 1,1"], ["3,1 3,2 4,1 4,2"]]);
  });

  it("shares 99 % with any mask whose borders are not too ragged, and never has more corners than an outline may have", () => {
    let seed = 11;
    const random = (): number => {
      seed = (seed * 48271) % 2147483647;
      return seed / 2147483647;
    };
    for (let round = 0; round < 150; round++) {
      const grid = { width: 20 + Math.floor(random() * 140), height: 20 + Math.floor(random() * 70) };
      const on = { width: grid.width * (1 + Math.floor(random() * 7)) + Math.floor(random() * 9), height: grid.height * (1 + Math.floor(random() * 7)) };
      const cells = new Uint8Array(grid.width * grid.height);
      // Blobs, some of them holes, and specks.
      for (let blob = 0; blob < 1 + 6 * random(); blob++) {
        const [cx, cy, rx, ry] = [random() * grid.width, random() * grid.height, 1 + (random() * grid.width) / 3, 1 + (random() * grid.height) / 3];
        const value = random() < 0.3 ? 0 : 1;
        for (let x = 0; x < grid.width; x++)
          for (let y = 0; y < grid.height; y++)
            if (((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1 + 0.3 * Math.sin(x / 3 + y / 5)) cells[x * grid.height + y] = value;
      }
      for (let speck = 0; speck < 4; speck++) cells[Math.floor(random() * cells.length)] = speck % 2;
      const { outlines, agreement: told, lostParts, lostHoles } = outlined(runsOf(cells), grid, on);
      expect(told, `round ${round}`).to.equal(agreement(cells, covered(outlines, on, grid)));
      if (lostParts + lostHoles === 0) expect(told, `round ${round}`).to.be.at.least(leastAgreement);
      for (const ring of outlines.flat()) expect(ring.length).to.be.within(3, mostCorners);
      for (const [x, y] of outlines.flat(2))
        expect(x >= 0 && x <= on.width && y >= 0 && y <= on.height && Number.isInteger(x) && Number.isInteger(y)).to.equal(true);
    }
  });

  it("takes the time it may take, however ragged a mask of the whole picture is", function () {
    this.timeout(60_000);
    const grid = { width: 640, height: 360 };
    const ragged: Record<string, (x: number, y: number) => boolean> = {
      comb: (x, y) => y > 350 || x % 2 === 0,
      chessboard: (x, y) => (x + y) % 2 === 0,
      noise: (x, y) => ((x * 7919 + y * 104729) ^ (x * y)) % 5 > 1,
    };
    for (const [name, isIn] of Object.entries(ragged)) {
      const cells = new Uint8Array(grid.width * grid.height);
      for (let x = 0; x < grid.width; x++) for (let y = 0; y < grid.height; y++) cells[x * grid.height + y] = isIn(x, y) ? 1 : 0;
      const { outlines, agreement: told } = outlined(runsOf(cells), grid, grid);
      for (const ring of outlines.flat()) expect(ring.length, name).to.be.within(3, mostCorners);
      expect(told, name).to.equal(agreement(cells, covered(outlines, grid, grid)));
    }
  });
});

import { expect } from "chai";
import { cornerWithin, type Ring, type Rings } from "../../../contracts/outlines.ts";
import {
  boundsOf,
  cornerMoved,
  cornersOf,
  nextCorner,
  outlineInMiddle,
  outlineMoved,
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

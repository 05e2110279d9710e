import { expect } from "chai";
import { maskMetrics, normalisedSurfaceDice } from "../../../models/metrics/masks.ts";

const mask = (...rows: string[]) => ({
  width: (rows[0] as string).length,
  height: rows.length,
  cells: Uint8Array.from(rows.join(""), (cell) => Number(cell === "#")),
});
const square = mask("......", ".##...", ".##...", "......");
const shifted = mask("......", "..##..", "..##..", "......");

describe("metrics of masks", () => {
  it("are Dice, IoU and the share of the outlines that lie near each other", () => {
    expect(maskMetrics(square, shifted, 0)).to.deep.equal({ dice: 0.5, iou: 1 / 3, nsd: 0.5 });
    expect(normalisedSurfaceDice(square, shifted, 1)).to.equal(1);
  });

  it("look at distances in a circle, not in a square", () => {
    const [one, diagonal] = [mask("...", ".#.", "..."), mask("#..", "...", "...")];
    expect(normalisedSurfaceDice(one, diagonal, 1)).to.equal(0);
    expect(normalisedSurfaceDice(one, diagonal, 1.5)).to.equal(1);
  });

  it("know no outline inside a mask and none at the picture's edge", () => {
    const full = mask("###", "###", "###");
    expect(maskMetrics(full, full, 0)).to.deep.equal({ dice: 1, iou: 1, nsd: 1 });
    expect(normalisedSurfaceDice(full, mask("...", "...", "..."), 0)).to.equal(1);
  });

  it("are 1 where both are empty and 0 where one is", () => {
    const empty = mask("......", "......", "......", "......");
    expect(maskMetrics(empty, empty, 1)).to.deep.equal({ dice: 1, iou: 1, nsd: 1 });
    expect(maskMetrics(square, empty, 1)).to.deep.equal({ dice: 0, iou: 0, nsd: 0 });
  });

  it("refuse masks of different size", () => {
    expect(() => maskMetrics(square, mask("#"), 1)).to.throw("Masks of 6 x 4 and 1 x 1 cells can't be compared.");
  });
});

import { cellsOf, type Grid, regrid } from "../../contracts/run-lengths.ts";
import type { Mask } from "../../models/metrics/masks.ts";

/** The grid on which masks of different makers are compared: COCO-style full rasters say no more of an organ, and take a hundred times the memory. */
const common: Grid = { width: 320, height: 180 };

/** A mask on the grid for comparisons. Run lengths go down the columns, so what the metrics call rows are the picture's columns: no metric minds. */
export function maskOf(runs: readonly number[], grid: Grid): Mask {
  return { width: common.height, height: common.width, cells: cellsOf(regrid(runs, grid, common), common) };
}

/** Cells of either; several masks of one label in a frame are one. */
export const united = (one: Mask | undefined, other: Mask): Mask =>
  one ? { ...one, cells: one.cells.map((cell, i) => cell | (other.cells[i] as number)) } : other;

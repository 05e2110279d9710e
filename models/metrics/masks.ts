/** A picture of cells, row by row: not 0 where the structure is. */
export interface Mask {
  readonly width: number;
  readonly height: number;
  readonly cells: Uint8Array;
}

export interface MaskMetrics {
  /** 2 x shared / (one + other). */
  readonly dice: number;
  /** Shared / together. */
  readonly iou: number;
  /** See {@link normalisedSurfaceDice}. */
  readonly nsd: number;
}

/** How well two masks agree; 1 where both are empty. */
export function maskMetrics(truth: Mask, found: Mask, toleranceCells: number): MaskMetrics {
  if (truth.width !== found.width || truth.height !== found.height)
    throw new Error(`Masks of ${truth.width} x ${truth.height} and ${found.width} x ${found.height} cells can't be compared.`);
  let [shared, one, other] = [0, 0, 0];
  truth.cells.forEach((cell, i) => {
    const said = found.cells[i];
    if (cell) one++;
    if (said) other++;
    if (cell && said) shared++;
  });
  return {
    dice: one + other === 0 ? 1 : (2 * shared) / (one + other),
    iou: one + other === 0 ? 1 : shared / (one + other - shared),
    nsd: normalisedSurfaceDice(truth, found, toleranceCells),
  };
}

/**
 * Share of both outlines that lies within a tolerance of the other one (Nikolov et al., arXiv 1809.04430), here over cells:
 * an outline is the cells of the mask beside a cell that is not of it, the picture's edge apart; distances are between cells' middles.
 */
export function normalisedSurfaceDice(truth: Mask, found: Mask, toleranceCells: number): number {
  const [one, other] = [outline(truth), outline(found)];
  const cells = one.length + other.length;
  if (cells === 0) return 1;
  return (near(one, other, truth.width, truth.height, toleranceCells) + near(other, one, truth.width, truth.height, toleranceCells)) / cells;
}

function outline({ width, height, cells }: Mask): number[] {
  const edge: number[] = [];
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i++) {
      if (!cells[i]) continue;
      if ((x > 0 && !cells[i - 1]) || (x + 1 < width && !cells[i + 1]) || (y > 0 && !cells[i - width]) || (y + 1 < height && !cells[i + width])) edge.push(i);
    }
  return edge;
}

/** How many of `cells` have one of `others` within the tolerance. */
function near(cells: readonly number[], others: readonly number[], width: number, height: number, tolerance: number): number {
  const isOther = new Uint8Array(width * height);
  for (const i of others) isOther[i] = 1;
  const reach = Math.floor(tolerance);
  return cells.filter((i) => {
    const [cx, cy] = [i % width, Math.floor(i / width)];
    for (let dy = -reach; dy <= reach; dy++)
      for (let dx = -reach; dx <= reach; dx++) {
        const [x, y] = [cx + dx, cy + dy];
        if (dx * dx + dy * dy <= tolerance * tolerance && x >= 0 && x < width && y >= 0 && y < height && isOther[y * width + x]) return true;
      }
    return false;
  }).length;
}

/**
 * Pairs rows with columns so that the costs of the pairs add up to the least; a row stays alone rather than cost more than
 * `limit`, and pairs that cost more are never made. Gives each row's column, -1 if it stays alone.
 *
 * Kuhn-Munkres by shortest augmenting paths (Jonker and Volgenant, Computing 38, 1987): time rows^2 x (rows + columns).
 * Written here because it is thirty lines, and the packages that solve it take square matrices without a limit.
 */
export function assign(costs: readonly Float64Array[], columnCount: number, limit: number): Int32Array {
  const rowCount = costs.length;
  const assigned = new Int32Array(rowCount).fill(-1);
  if (rowCount === 0 || columnCount === 0) return assigned;
  if (rowCount === 1) {
    const [row] = costs as [Float64Array];
    let best = 0;
    for (let column = 1; column < columnCount; column++) if ((row[column] as number) < (row[best] as number)) best = column;
    if ((row[best] as number) <= limit) assigned[0] = best;
    return assigned;
  }
  // Beside the real columns each row has one of its own that costs the limit: staying alone.
  const width = columnCount + rowCount;
  const never = 1e9;
  const costOf = (row: number, column: number): number => {
    if (column >= columnCount) return column - columnCount === row ? limit : never;
    const cost = (costs[row] as Float64Array)[column] as number;
    return cost <= limit ? cost : never;
  };
  const rowPotential = new Float64Array(rowCount + 1);
  const columnPotential = new Float64Array(width + 1);
  // Counted from 1; 0 is the root of the search.
  const rowOf = new Int32Array(width + 1);
  const via = new Int32Array(width + 1);
  const least = new Float64Array(width + 1);
  const visited = new Uint8Array(width + 1);
  for (let row = 1; row <= rowCount; row++) {
    rowOf[0] = row;
    least.fill(Number.POSITIVE_INFINITY);
    visited.fill(0);
    let column = 0;
    do {
      visited[column] = 1;
      const current = rowOf[column] as number;
      let delta = Number.POSITIVE_INFINITY;
      let next = 0;
      for (let j = 1; j <= width; j++) {
        if (visited[j]) continue;
        const reduced = costOf(current - 1, j - 1) - (rowPotential[current] as number) - (columnPotential[j] as number);
        if (reduced < (least[j] as number)) {
          least[j] = reduced;
          via[j] = column;
        }
        if ((least[j] as number) < delta) {
          delta = least[j] as number;
          next = j;
        }
      }
      for (let j = 0; j <= width; j++) {
        if (visited[j]) {
          rowPotential[rowOf[j] as number] = (rowPotential[rowOf[j] as number] as number) + delta;
          columnPotential[j] = (columnPotential[j] as number) - delta;
        } else least[j] = (least[j] as number) - delta;
      }
      column = next;
    } while (rowOf[column] !== 0);
    while (column !== 0) {
      const before = via[column] as number;
      rowOf[column] = rowOf[before] as number;
      column = before;
    }
  }
  for (let j = 1; j <= columnCount; j++) if (rowOf[j] !== 0) assigned[(rowOf[j] as number) - 1] = j - 1;
  return assigned;
}

/** One-to-one assignment with the largest total weight (Hungarian method with potentials, O(n^2 m)). */

/**
 * @param weights rows x columns, finite, >= 0
 * @returns for each row the column, or -1; as many pairs as the shorter side has
 */
export function maximumAssignment(weights: readonly (readonly number[])[]): number[] {
  const rows = weights.length;
  const columns = weights[0]?.length ?? 0;
  if (rows > columns) {
    const turned = Array.from({ length: columns }, (_, column) => weights.map((row) => row[column] as number));
    const rowOf = maximumAssignment(turned);
    const result = new Array<number>(rows).fill(-1);
    rowOf.forEach((row, column) => (result[row] = column));
    return result;
  }
  // Rows join one by one, each by a shortest augmenting path; place 0 of a column array is the row that is being joined.
  const rowPotential = new Float64Array(rows + 1);
  const columnPotential = new Float64Array(columns + 1);
  const rowOf = new Int32Array(columns + 1);
  const before = new Int32Array(columns + 1);
  for (let joining = 1; joining <= rows; joining++) {
    const distance = new Float64Array(columns + 1).fill(Infinity);
    const done = new Uint8Array(columns + 1);
    rowOf[0] = joining;
    let column = 0;
    do {
      done[column] = 1;
      const row = rowOf[column] as number;
      let least = Infinity;
      let next = 0;
      for (let other = 1; other <= columns; other++) {
        if (done[other] === 1) continue;
        const cost = -(weights[row - 1]?.[other - 1] as number);
        const reduced = cost - (rowPotential[row] as number) - (columnPotential[other] as number);
        if (reduced < (distance[other] as number)) {
          distance[other] = reduced;
          before[other] = column;
        }
        if ((distance[other] as number) < least) {
          least = distance[other] as number;
          next = other;
        }
      }
      for (let other = 0; other <= columns; other++) {
        if (done[other] === 1) {
          rowPotential[rowOf[other] as number]! += least;
          columnPotential[other]! -= least;
        } else distance[other]! -= least;
      }
      column = next;
    } while (rowOf[column] !== 0);
    while (column !== 0) {
      const previous = before[column] as number;
      rowOf[column] = rowOf[previous] as number;
      column = previous;
    }
  }
  const result = new Array<number>(rows).fill(-1);
  for (let column = 1; column <= columns; column++) {
    const row = rowOf[column] as number;
    if (row > 0) result[row - 1] = column - 1;
  }
  return result;
}

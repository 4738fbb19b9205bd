/** Connected components of a mask: union-find over the runs of its rows, in two passes. */
import { fail } from "../contract/errors.js";
import { voxelCount } from "./mask.js";

/** Neighbours of a voxel: faces (4, 6), faces and edges (18), faces, edges and corners (8, 26). */
export type Connectivity = 4 | 8 | 6 | 18 | 26;

export interface Components {
  /** 0 background; 1..count in the order of each component's first voxel. */
  readonly labels: Int32Array;
  readonly count: number;
}

/** An earlier row whose runs may touch: its offset in slices and rows, and how far runs reach sideways. */
type NeighbourRow = readonly [slice: number, row: number, reach: 0 | 1];

const neighbourRows: Readonly<Record<Connectivity, { axes: number; rows: readonly NeighbourRow[] }>> = {
  4: { axes: 2, rows: [[0, -1, 0]] },
  8: { axes: 2, rows: [[0, -1, 1]] },
  6: {
    axes: 3,
    rows: [
      [0, -1, 0],
      [-1, 0, 0],
    ],
  },
  18: {
    axes: 3,
    rows: [
      [0, -1, 1],
      [-1, -1, 0],
      [-1, 0, 1],
      [-1, 1, 0],
    ],
  },
  26: {
    axes: 3,
    rows: [
      [0, -1, 1],
      [-1, -1, 1],
      [-1, 0, 1],
      [-1, 1, 1],
    ],
  },
};

/**
 * Labels the connected components of a mask (nonzero = foreground).
 * @param shape [z, y, x] with connectivity 6, 18 or 26; [y, x] with 4 or 8; the last axis fastest
 * @throws MASK_INVALID where mask, shape and connectivity do not fit together; LIMIT_EXCEEDED
 */
export function connectedComponents(
  mask: ArrayLike<number>,
  shape: readonly number[],
  connectivity: Connectivity,
): Components {
  const neighbours = neighbourRows[connectivity] as (typeof neighbourRows)[Connectivity] | undefined;
  if (neighbours?.axes !== shape.length || voxelCount(shape) !== mask.length) {
    fail("MASK_INVALID", `${mask.length} voxels of ${shape.join(" x ")} with connectivity ${connectivity}`);
  }
  const [slices, rows, columns] = (shape.length === 2 ? [1, ...shape] : shape) as [number, number, number];
  const { starts, ends, firstRun } = runsOfRows(mask, slices * rows, columns);
  const parent = Int32Array.from(starts.keys());
  for (let slice = 0, line = 0; slice < slices; slice++) {
    for (let row = 0; row < rows; row++, line++) {
      for (const [bySlice, byRow, reach] of neighbours.rows) {
        if (slice + bySlice < 0 || row + byRow < 0 || row + byRow >= rows) continue;
        joinTouching(line, line + bySlice * rows + byRow, reach, columns, starts, ends, firstRun, parent);
      }
    }
  }
  const labels = new Int32Array(mask.length);
  const labelOfRun = new Int32Array(starts.length);
  let count = 0;
  for (let run = 0; run < starts.length; run++) {
    // Roots are the first runs of their components, so they come before the runs that point to them.
    const root = rootOf(parent, run);
    if (root === run) labelOfRun[run] = ++count;
    labels.fill((labelOfRun[run] = labelOfRun[root] as number), starts[run], ends[run]);
  }
  return { labels, count };
}

/** Runs of foreground, row by row: first voxel, voxel after the last, and the first run of each row. */
function runsOfRows(mask: ArrayLike<number>, lines: number, columns: number) {
  const firstRun = new Int32Array(lines + 1);
  let count = 0;
  for (let line = 0, at = 0; line < lines; line++) {
    for (let before = 0, end = at + columns; at < end; at++) {
      const inside = mask[at] === 0 ? 0 : 1;
      count += inside & (before ^ 1);
      before = inside;
    }
    firstRun[line + 1] = count;
  }
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  for (let line = 0, run = 0; line < lines; line++) {
    const end = (line + 1) * columns;
    for (let at = line * columns; run < (firstRun[line + 1] as number); run++) {
      while (mask[at] === 0) at++;
      starts[run] = at;
      while (at < end && mask[at] !== 0) at++;
      ends[run] = at;
    }
  }
  return { starts, ends, firstRun };
}

function rootOf(parent: Int32Array, run: number): number {
  while (parent[run] !== run) {
    const above = parent[parent[run] as number] as number;
    parent[run] = above;
    run = above;
  }
  return run;
}

/** Joins the runs of two rows that share a column, or lie `reach` columns beside each other. */
function joinTouching(
  line: number,
  other: number,
  reach: number,
  columns: number,
  starts: Int32Array,
  ends: Int32Array,
  firstRun: Int32Array,
  parent: Int32Array,
): void {
  const shift = (line - other) * columns;
  let a = firstRun[line] as number;
  let b = firstRun[other] as number;
  const lastA = firstRun[line + 1] as number;
  const lastB = firstRun[other + 1] as number;
  while (a < lastA && b < lastB) {
    const endA = ends[a] as number;
    const endB = (ends[b] as number) + shift;
    if ((starts[a] as number) < endB + reach && (starts[b] as number) + shift < endA + reach) {
      const rootA = rootOf(parent, a);
      const rootB = rootOf(parent, b);
      parent[Math.max(rootA, rootB)] = Math.min(rootA, rootB);
    }
    if (endA < endB) a++;
    else b++;
  }
}

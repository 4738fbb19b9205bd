/** Geometry that the volume operations share: spacing of a grid, places of voxels, boxes of voxels. */
import type { Grid, Vec3 } from "./operation.js";

/** Length of one voxel step along columns, rows, slices, mm. */
export function spacingOf(grid: Pick<Grid, "axes">): [number, number, number] {
  return grid.axes.map((a) => Math.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2])) as [number, number, number];
}

/** Patient position (LPS mm) of a place given in voxel indices, which need not be whole. */
export function positionAt(
  grid: Pick<Grid, "origin" | "axes">,
  i: number,
  j: number,
  k: number,
): [number, number, number] {
  const [a, b, c] = grid.axes;
  const at = (n: 0 | 1 | 2): number => grid.origin[n] + i * a[n] + j * b[n] + k * c[n];
  return [at(0), at(1), at(2)];
}

/** The voxels as 32-bit floats, which hold every int16. */
export function floatsOf({ data }: Grid): Float32Array {
  return data instanceof Float32Array ? data : new Float32Array(data);
}

/** The voxels from `low` up to but not including `high`. */
export function subGrid(grid: Grid, low: Vec3, high: Vec3): Grid {
  const shape = [high[0] - low[0], high[1] - low[1], high[2] - low[2]] as const;
  const count = shape[0] * shape[1] * shape[2];
  const data = grid.data instanceof Int16Array ? new Int16Array(count) : new Float32Array(count);
  const [width, height] = grid.shape;
  let to = 0;
  for (let k = low[2]; k < high[2]; k++) {
    for (let j = low[1]; j < high[1]; j++) {
      const from = width * (j + height * k) + low[0];
      data.set(grid.data.subarray(from, from + shape[0]), to);
      to += shape[0];
    }
  }
  return { kind: "grid", data, shape, origin: positionAt(grid, low[0], low[1], low[2]), axes: grid.axes };
}

/** Preprocessing: a volume on voxels of a wanted size. */
import { z } from "zod";
import { fail } from "../../contract/errors.js";
import { positionAt, spacingOf } from "./grid-geometry.js";
import type { Grid, PreprocessOperation, Sample, Vec3 } from "./operation.js";

const millimetres = z.number().min(0.1).max(50);
const parameters = z.strictObject({
  op: z.literal("resample-grid").optional(),
  /** Wanted spacing along column index, row index, slice index. */
  spacingMm: z.tuple([millimetres, millimetres, millimetres]),
});
type Parameters = z.infer<typeof parameters>;

/** No result may hold more voxels than this. */
const maxVoxels = 400_000_000;

export const resampleGrid: PreprocessOperation<Parameters> = {
  id: "resample-grid",
  title: { "zh-CN": "重采样", en: "Resample to a spacing" },
  description:
    "Axis by axis, slices first, then rows, then columns. With n voxels of spacing s and the wanted spacing t, the result has m = max(1, floor(n s / t + 0.5)) voxels of exactly t; " +
    "the outer edge of its first voxel is that of the input's first voxel, so voxel o lies at (o + 0.5) t from that edge. Where s < t, a result voxel is the box average: the mean of the input over its extent, " +
    "input voxels weighted by their overlap (an extent beyond the last voxel is cut off). Otherwise it is the linear interpolation between the two nearest input centres, ends repeated. An axis with s = t to within 1e-6 of t is left as it is.",
  parameters: parameters,
  accepts: "grid",
  apply: (sample: Sample, { spacingMm }: Parameters): Sample => {
    let grid = sample as Grid;
    for (const axis of [2, 1, 0] as const) grid = alongAxis(grid, axis, spacingMm[axis]);
    return grid;
  },
};

interface Weights {
  /** For each result voxel the first input voxel, so that `width` voxels from there on exist. */
  readonly first: Int32Array;
  /** `width` weights for each result voxel. */
  readonly weights: Float64Array;
  readonly width: number;
}

function weightsOf(n: number, m: number, s: number, t: number): Weights {
  const width = Math.min(n, s < t ? Math.ceil(t / s) + 1 : 2);
  const first = new Int32Array(m);
  const weights = new Float64Array(m * width);
  for (let o = 0; o < m; o++) {
    if (s < t) {
      const low = (o * t) / s;
      const high = Math.min(n, ((o + 1) * t) / s);
      const from = Math.max(0, Math.min(n - width, Math.floor(low)));
      first[o] = from;
      let sum = 0;
      for (let p = 0; p < width; p++) {
        const overlap = Math.max(0, Math.min(high, from + p + 1) - Math.max(low, from + p));
        weights[o * width + p] = overlap;
        sum += overlap;
      }
      for (let p = 0; p < width; p++) weights[o * width + p] = weights[o * width + p]! / sum;
    } else {
      const place = Math.min(n - 1, Math.max(0, ((o + 0.5) * t) / s - 0.5));
      const from = Math.max(0, Math.min(n - width, Math.floor(place)));
      first[o] = from;
      weights[o * width] = width === 1 ? 1 : 1 - (place - from);
      if (width > 1) weights[o * width + 1] = place - from;
    }
  }
  return { first, weights, width };
}

function alongAxis(grid: Grid, axis: 0 | 1 | 2, wanted: number): Grid {
  const s = spacingOf(grid)[axis];
  if (Math.abs(s - wanted) <= 1e-6 * wanted) return grid;
  const n = grid.shape[axis];
  const m = Math.max(1, Math.floor((n * s) / wanted + 0.5));
  const shape = grid.shape.map((length, a) => (a === axis ? m : length)) as [number, number, number];
  if (shape[0] * shape[1] * shape[2] > maxVoxels) {
    fail("LIMIT_EXCEEDED", `resample-grid would make ${shape.join(" x ")} voxels; at most ${maxVoxels} are allowed.`);
  }
  const { first, weights, width } = weightsOf(n, m, s, wanted);
  const data = new Float32Array(shape[0] * shape[1] * shape[2]);
  // `inner` numbers follow each other for one index of the axis; `outer` such blocks of n lie behind one another.
  const inner = axis === 0 ? 1 : axis === 1 ? shape[0] : shape[0] * shape[1];
  const outer = axis === 2 ? 1 : axis === 1 ? shape[2] : shape[1] * shape[2];
  const source = grid.data;
  for (let block = 0; block < outer; block++) {
    for (let o = 0; o < m; o++) {
      const from = (block * n + first[o]!) * inner;
      const to = (block * m + o) * inner;
      if (inner === 1) {
        let sum = 0;
        for (let p = 0; p < width; p++) sum += weights[o * width + p]! * source[from + p]!;
        data[to] = sum;
        continue;
      }
      for (let p = 0; p < width; p++) {
        const weight = weights[o * width + p]!;
        if (weight === 0) continue;
        const at = from + p * inner;
        for (let i = 0; i < inner; i++) data[to + i] = data[to + i]! + weight * source[at + i]!;
      }
    }
  }
  const ratio = wanted / s;
  const axes = grid.axes.map((v, a) => (a === axis ? [v[0] * ratio, v[1] * ratio, v[2] * ratio] : v)) as [
    Vec3,
    Vec3,
    Vec3,
  ];
  const shift = [0, 0, 0];
  shift[axis] = 0.5 * ratio - 0.5;
  return { kind: "grid", data, shape, origin: positionAt(grid, shift[0]!, shift[1]!, shift[2]!), axes };
}

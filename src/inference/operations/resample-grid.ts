/** Preprocessing: a volume on voxels of a wanted size. */
import { z } from "zod";
import { fail } from "../../contract/errors.js";
import { floatsOf, positionAt, spacingOf } from "./grid-geometry.js";
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
    const grid = sample as Grid;
    const stages: (Weights | undefined)[] = [];
    let frame: Frame = grid;
    for (const axis of [2, 1, 0] as const) {
      const s = spacingOf(frame)[axis];
      const t = spacingMm[axis];
      if (Math.abs(s - t) <= 1e-6 * t) continue;
      const n = frame.shape[axis];
      const m = Math.max(1, Math.floor((n * s) / t + 0.5));
      frame = onNewVoxels(frame, axis, m, t / s);
      stages[axis] = weightsOf(n, m, s, t);
    }
    if (frame === grid) return grid;
    return { kind: "grid", ...frame, data: resampled(grid, frame.shape, stages) };
  },
};

/** A grid without its values. */
type Frame = Pick<Grid, "shape" | "origin" | "axes">;

/** `m` voxels along an axis, `ratio` times as long as before. */
function onNewVoxels({ shape: before, origin, axes }: Frame, axis: 0 | 1 | 2, m: number, ratio: number): Frame {
  const shape = before.map((length, a) => (a === axis ? m : length)) as [number, number, number];
  if (shape[0] * shape[1] * shape[2] > maxVoxels) {
    fail("LIMIT_EXCEEDED", `resample-grid would make ${shape.join(" x ")} voxels; at most ${maxVoxels} are allowed.`);
  }
  const shift = [0, 0, 0];
  shift[axis] = 0.5 * ratio - 0.5;
  return {
    shape,
    origin: positionAt({ origin, axes }, shift[0]!, shift[1]!, shift[2]!),
    axes: axes.map((v, a) => (a === axis ? [v[0] * ratio, v[1] * ratio, v[2] * ratio] : v)) as [Vec3, Vec3, Vec3],
  };
}

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

/** One slice of the result after the other, so that what lies between the axes stays small. Sums of slices and of rows are rounded to 32 bits after each term. */
function resampled(grid: Grid, shape: Grid["shape"], stages: readonly (Weights | undefined)[]): Float32Array {
  const [nx, ny] = grid.shape;
  const [mx, my, mz] = shape;
  const [along, down, through] = stages;
  const source = floatsOf(grid);
  const slice = through && new Float32Array(nx * ny);
  const band = down && new Float32Array(nx * my);
  const out = new Float32Array(mx * my * mz);
  for (let k = 0; k < mz; k++) {
    let rows = slice ?? source.subarray(nx * ny * k, nx * ny * (k + 1));
    if (through) blend(through, k, source, nx * ny, rows, 0);
    if (down && band) {
      for (let j = 0; j < my; j++) blend(down, j, rows, nx, band, nx * j);
      rows = band;
    }
    if (along) shrinkRows(along, rows, nx, out, mx * my * k, mx, my);
    else out.set(rows, mx * my * k);
  }
  return out;
}

/** Result `o` of an axis whose voxels are blocks of `length` numbers, to `out` from `to` on. */
function blend(
  { first, weights, width }: Weights,
  o: number,
  source: Float32Array,
  length: number,
  out: Float32Array,
  to: number,
): void {
  // Leading and trailing weights of 0: their voxels are not part of the result.
  let p = 0;
  let end = width;
  while (p < end && weights[o * width + p] === 0) p++;
  while (end > p && weights[o * width + end - 1] === 0) end--;
  out.fill(0, to, to + length);
  let from = (first[o]! + p) * length;
  for (; p + 1 < end; p += 2, from += 2 * length) {
    const a = weights[o * width + p]!;
    const b = weights[o * width + p + 1]!;
    const next = from + length;
    for (let i = 0; i < length; i++)
      out[to + i] = Math.fround(out[to + i]! + a * source[from + i]!) + b * source[next + i]!;
  }
  if (p < end) {
    const a = weights[o * width + p]!;
    for (let i = 0; i < length; i++) out[to + i] = out[to + i]! + a * source[from + i]!;
  }
}

/** Each of `count` rows of `n` numbers to `m`. */
function shrinkRows(
  { first, weights, width }: Weights,
  source: Float32Array,
  n: number,
  out: Float32Array,
  to: number,
  m: number,
  count: number,
): void {
  for (let row = 0; row < count; row++) {
    for (let o = 0, at = 0; o < m; o++) {
      const from = row * n + first[o]!;
      let sum = 0;
      for (let p = 0; p < width; p++, at++) sum += weights[at]! * source[from + p]!;
      out[to + row * m + o] = sum;
    }
  }
}

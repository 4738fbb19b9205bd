/** Preprocessing: the box about the lungs of a chest CT. */
import { z } from "zod";
import type { Grid, PreprocessOperation, Sample } from "./operation.js";
import { spacingOf, subGrid } from "./grid-geometry.js";

const parameters = z.strictObject({
  op: z.literal("lung-box").optional(),
  /** Distance of the samples that the lungs are searched on. */
  samplingMm: z.number().min(0.5).max(20).default(4),
  /** A sample is air when it is below this, HU. */
  airBelow: z.number().default(-400),
  /** A body of air counts as lung when it is larger than this ... */
  minimumMl: z.number().min(0).default(150),
  /** ... and than this share of the largest one. */
  minimumShare: z.number().min(0).max(1).default(0.12),
  /** Added on all sides. */
  marginMm: z.number().min(0).max(100).default(6),
});
type Parameters = z.infer<typeof parameters>;

export const lungBox: PreprocessOperation<Parameters> = {
  id: "lung-box",
  title: { "zh-CN": "裁取双肺外接框", en: "Crop to the lungs" },
  description:
    "Along each axis every n-th voxel is sampled, n = max(1, round(samplingMm / spacing)), from voxel floor(n / 2). Samples below airBelow (HU) are air. In each slice, air that joins the slice's border through " +
    "side neighbours is dropped. The rest is joined to components through face neighbours in three dimensions; a component counts when its samples times the sampled volume exceed minimumMl and minimumShare of the largest component. " +
    "The box holds all voxels that the counted samples stand for (each stands for n voxels about it), grown by ceil(marginMm / spacing) voxels on each side, cut at the volume's ends. " +
    "Without any component the volume is returned whole. Values are not changed.",
  parameters: parameters,
  accepts: "grid",
  apply: (sample: Sample, settings: Parameters): Sample => {
    const grid = sample as Grid;
    const spacing = spacingOf(grid);
    const steps = spacing.map((s) => Math.max(1, Math.round(settings.samplingMm / s))) as [number, number, number];
    const first = steps.map((n) => Math.floor(n / 2)) as [number, number, number];
    const counts = grid.shape.map((n, axis) => Math.max(0, Math.floor((n - 1 - first[axis]!) / steps[axis]!) + 1)) as [
      number,
      number,
      number,
    ];
    const air = innerAir(grid, steps, first, counts, settings.airBelow);
    const voxelMl = (spacing[0] * steps[0] * spacing[1] * steps[1] * spacing[2] * steps[2]) / 1000;
    const box = largeComponentsBox(air, counts, settings.minimumMl / voxelMl, settings.minimumShare);
    if (box === undefined) return grid;
    const low: [number, number, number] = [0, 0, 0];
    const high: [number, number, number] = [0, 0, 0];
    for (let axis = 0; axis < 3; axis++) {
      const n = steps[axis]!;
      const margin = Math.ceil(settings.marginMm / spacing[axis]!);
      low[axis] = Math.max(0, box.low[axis]! * n - margin);
      high[axis] = Math.min(grid.shape[axis]!, (box.high[axis]! + 1) * n + margin);
    }
    return subGrid(grid, low, high);
  },
};

/** 1 where a sample is air that does not join its slice's border. */
function innerAir(
  grid: Grid,
  steps: readonly number[],
  first: readonly number[],
  counts: readonly [number, number, number],
  airBelow: number,
): Uint8Array {
  const [nx, ny, nz] = counts;
  const [width, height] = grid.shape;
  const air = new Uint8Array(nx * ny * nz);
  const queue = new Int32Array(nx * ny);
  for (let k = 0; k < nz; k++) {
    const base = k * nx * ny;
    for (let j = 0; j < ny; j++) {
      const row = width * (first[1]! + j * steps[1]! + height * (first[2]! + k * steps[2]!));
      for (let i = 0; i < nx; i++) {
        if (grid.data[row + first[0]! + i * steps[0]!]! < airBelow) air[base + j * nx + i] = 1;
      }
    }
    let tail = 0;
    const visit = (at: number): void => {
      if (air[base + at] === 1) {
        air[base + at] = 0;
        queue[tail++] = at;
      }
    };
    for (let i = 0; i < nx; i++) {
      visit(i);
      visit((ny - 1) * nx + i);
    }
    for (let j = 0; j < ny; j++) {
      visit(j * nx);
      visit(j * nx + nx - 1);
    }
    for (let head = 0; head < tail; head++) {
      const at = queue[head]!;
      const i = at % nx;
      if (i > 0) visit(at - 1);
      if (i < nx - 1) visit(at + 1);
      if (at >= nx) visit(at - nx);
      if (at < (ny - 1) * nx) visit(at + nx);
    }
  }
  return air;
}

interface SampleBox {
  readonly low: readonly [number, number, number];
  readonly high: readonly [number, number, number];
}

/** Box of the samples of all large components; `air` is emptied. */
function largeComponentsBox(
  air: Uint8Array,
  counts: readonly [number, number, number],
  minimum: number,
  share: number,
): SampleBox | undefined {
  const [nx, ny, nz] = counts;
  const slice = nx * ny;
  const queue = new Int32Array(air.length);
  const found: { size: number; low: [number, number, number]; high: [number, number, number] }[] = [];
  for (let seed = 0; seed < air.length; seed++) {
    if (air[seed] !== 1) continue;
    let tail = 0;
    const low: [number, number, number] = [nx, ny, nz];
    const high: [number, number, number] = [-1, -1, -1];
    const visit = (at: number): void => {
      if (air[at] === 1) {
        air[at] = 0;
        queue[tail++] = at;
      }
    };
    visit(seed);
    for (let head = 0; head < tail; head++) {
      const at = queue[head]!;
      const i = at % nx;
      const row = (at / nx) | 0;
      const j = row % ny;
      const k = (row / ny) | 0;
      if (i < low[0]) low[0] = i;
      if (i > high[0]) high[0] = i;
      if (j < low[1]) low[1] = j;
      if (j > high[1]) high[1] = j;
      if (k < low[2]) low[2] = k;
      if (k > high[2]) high[2] = k;
      if (i > 0) visit(at - 1);
      if (i < nx - 1) visit(at + 1);
      if (j > 0) visit(at - nx);
      if (j < ny - 1) visit(at + nx);
      if (k > 0) visit(at - slice);
      if (k < nz - 1) visit(at + slice);
    }
    if (tail > minimum) found.push({ size: tail, low, high });
  }
  const largest = found.reduce((most, c) => Math.max(most, c.size), 0);
  const kept = found.filter((c) => c.size > share * largest);
  if (kept.length === 0) return undefined;
  const low: [number, number, number] = [nx, ny, nz];
  const high: [number, number, number] = [-1, -1, -1];
  for (const c of kept) {
    for (let axis = 0; axis < 3; axis++) {
      low[axis] = Math.min(low[axis]!, c.low[axis]!);
      high[axis] = Math.max(high[axis]!, c.high[axis]!);
    }
  }
  return { low, high };
}

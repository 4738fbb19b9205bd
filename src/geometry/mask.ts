/** Masks on a voxel grid, and the run lengths in which they travel. */
import { fail } from "../contract/errors.js";

/** A binary mask: nonzero is foreground. Axes are [z, y, x] or [y, x], the last one fastest; spacing in mm (or any unit) in the same order. */
export interface Mask {
  readonly voxels: Uint8Array;
  readonly shape: readonly number[];
  readonly spacing: readonly number[];
}

/** Largest number of voxels of a mask, that of a volume, and longest axis: indices of cells between them fit 32 bits. */
export const mostVoxels = 3072 * 512 * 512;
const longestAxis = 65_536;

/**
 * Number of voxels of a grid of 2 or 3 axes.
 * @throws MASK_INVALID where an axis is no positive whole number, LIMIT_EXCEEDED where an axis or the grid is too large
 */
export function voxelCount(shape: readonly number[]): number {
  if (shape.length !== 2 && shape.length !== 3) fail("MASK_INVALID", `a mask has 2 or 3 axes, not ${shape.length}`);
  let count = 1;
  for (const length of shape) {
    if (!Number.isSafeInteger(length) || length < 1) fail("MASK_INVALID", `${length} is not the length of an axis`);
    count *= length;
    if (length > longestAxis || count > mostVoxels) {
      fail(
        "LIMIT_EXCEEDED",
        `a mask of ${shape.join(" x ")} voxels; ${longestAxis} an axis, ${mostVoxels} in all at most`,
      );
    }
  }
  return count;
}

/**
 * A mask of voxels that are there already; without spacing, lengths are in voxels.
 * @throws MASK_INVALID, LIMIT_EXCEEDED
 */
export function maskOf(
  voxels: Uint8Array,
  shape: readonly number[],
  spacing: readonly number[] = shape.map(() => 1),
): Mask {
  const count = voxelCount(shape);
  if (voxels.length !== count) {
    fail("MASK_INVALID", `${voxels.length} voxels do not fill a grid of ${shape.join(" x ")}`);
  }
  // Squares of lengths must neither overflow nor vanish.
  if (spacing.length !== shape.length || !spacing.every((step) => step >= 1e-9 && step <= 1e9)) {
    fail("MASK_INVALID", `spacing ${spacing.join(" x ")} does not fit a grid of ${shape.join(" x ")}`);
  }
  return { voxels, shape, spacing };
}

/**
 * A mask from run lengths in C order (last axis fastest): background first (0 if the first voxel is foreground), then by
 * turns. The runs fill the grid exactly; memory is taken only after they were added up.
 * @throws MASK_INVALID, LIMIT_EXCEEDED
 */
export function maskOfRuns(runs: readonly number[], shape: readonly number[], spacing?: readonly number[]): Mask {
  const count = voxelCount(shape);
  let filled = 0;
  runs.forEach((length, at) => {
    if (!Number.isSafeInteger(length) || length < (at === 0 ? 0 : 1)) {
      fail("MASK_INVALID", `run ${at} has length ${length}`);
    }
    filled += length;
  });
  if (filled !== count) fail("MASK_INVALID", `the runs cover ${filled} voxels, the grid has ${count}`);
  const voxels = new Uint8Array(count);
  let start = 0;
  runs.forEach((length, at) => {
    if (at % 2 === 1) voxels.fill(1, start, start + length);
    start += length;
  });
  return maskOf(voxels, shape, spacing);
}

/** Run lengths of a mask, as `maskOfRuns` reads them. */
export function runsOf(mask: Mask): number[] {
  const runs: number[] = [];
  let inside = false;
  let start = 0;
  mask.voxels.forEach((voxel, at) => {
    if ((voxel !== 0) === inside) return;
    runs.push(at - start);
    start = at;
    inside = !inside;
  });
  runs.push(mask.voxels.length - start);
  return runs;
}

/** A mask as it stands in a finding: its runs, not yet voxels. */
interface MaskRuns {
  readonly shape: readonly number[];
  readonly spacing?: readonly number[] | undefined;
  readonly runs: readonly number[];
}

/** Volume (in two dimensions area) of the foreground, in the spacing's unit. */
export function maskContent({ shape, spacing = shape.map(() => 1), runs }: MaskRuns): number {
  const voxels = runs.reduce((sum, length, at) => (at % 2 === 1 ? sum + length : sum), 0);
  return spacing.reduce((content, step) => content * step, voxels);
}

/** A mask's grid as three axes; a plane is one slice. */
export function threeAxes(lengths: readonly number[]): readonly [number, number, number] {
  return (lengths.length === 2 ? [1, ...lengths] : lengths) as [number, number, number];
}

/** The smallest box that holds the foreground, as first and last index along [z, y, x]; null: the mask is empty. */
export interface Bounds {
  readonly first: readonly [number, number, number];
  readonly last: readonly [number, number, number];
}

export function boundsOf({ voxels, shape }: Mask): Bounds | null {
  const [slices, rows, columns] = threeAxes(shape);
  let [firstSlice, firstRow, firstColumn] = [slices, rows, columns];
  let [lastSlice, lastRow, lastColumn] = [-1, -1, -1];
  for (let slice = 0, start = 0; slice < slices; slice++) {
    for (let row = 0; row < rows; row++, start += columns) {
      const end = start + columns;
      let at = start;
      while (at < end && voxels[at] === 0) at++;
      if (at === end) continue;
      if (firstSlice > slice) firstSlice = slice;
      lastSlice = slice;
      if (firstRow > row) firstRow = row;
      if (lastRow < row) lastRow = row;
      if (firstColumn > at - start) firstColumn = at - start;
      for (at = end - 1; at > start + lastColumn && voxels[at] === 0;) at--;
      if (lastColumn < at - start) lastColumn = at - start;
    }
  }
  if (lastSlice === -1) return null;
  return { first: [firstSlice, firstRow, firstColumn], last: [lastSlice, lastRow, lastColumn] };
}

/**
 * The masks of one grid, cut to the box of the foreground of all of them and one voxel of background around it where the
 * image has one: what touched the edge of the image touches it still, and nothing else does.
 */
export function cutToForeground(masks: readonly Mask[]): Mask[] {
  const boxes = masks.map(boundsOf).filter((box) => box !== null);
  if (boxes.length === 0) return [...masks];
  const lengths = threeAxes((masks[0] as Mask).shape);
  const first = lengths.map((_, axis) => Math.max(0, Math.min(...boxes.map((box) => box.first[axis] as number)) - 1));
  const end = lengths.map((length, axis) =>
    Math.min(length, Math.max(...boxes.map((box) => box.last[axis] as number)) + 2),
  );
  const [slices, rows, columns] = end.map((index, axis) => index - (first[axis] as number)) as [number, number, number];
  return masks.map(({ voxels, shape, spacing }) => {
    const cut = new Uint8Array(slices * rows * columns);
    for (let line = 0; line < slices * rows; line++) {
      const slice = Math.floor(line / rows) + (first[0] as number);
      const row = (line % rows) + (first[1] as number);
      const start = (slice * lengths[1] + row) * lengths[2] + (first[2] as number);
      cut.set(voxels.subarray(start, start + columns), line * columns);
    }
    return { voxels: cut, shape: shape.length === 2 ? [rows, columns] : [slices, rows, columns], spacing };
  });
}

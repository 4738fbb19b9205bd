/** Border voxels: the surface of a mask as most packages define it. */
import { boundsOf, threeAxes, type Mask } from "./mask.js";

/**
 * What lies outside the image: `background` gives a mask that the edge cuts a surface there; `open` gives none, for fields
 * of view that were cropped.
 */
export type ImageEdge = "background" | "open";

/**
 * Indices (rising) of foreground voxels with a background voxel, or under `background` the outside of the image, across a
 * face (4 neighbours in two dimensions, 6 in three).
 */
export function borderVoxels(mask: Mask, edge: ImageEdge = "background"): Int32Array {
  const bounds = boundsOf(mask);
  if (bounds === null) return new Int32Array(0);
  const { voxels, shape } = mask;
  const [slices, rows, columns] = threeAxes(shape);
  const [firstSlice, firstRow, firstColumn] = bounds.first;
  const [lastSlice, lastRow, lastColumn] = bounds.last;
  const plane = rows * columns;
  const outside = edge === "background";
  // A plane has no faces above and below.
  const sliceOutside = outside && shape.length === 3;
  const border: number[] = [];
  for (let slice = firstSlice; slice <= lastSlice; slice++) {
    const above = slice === 0 ? sliceOutside : null;
    const below = slice === slices - 1 ? sliceOutside : null;
    for (let row = firstRow; row <= lastRow; row++) {
      const before = row === 0 ? outside : null;
      const after = row === rows - 1 ? outside : null;
      const start = (slice * rows + row) * columns;
      for (let at = start + firstColumn, end = start + lastColumn; at <= end; at++) {
        if (voxels[at] === 0) continue;
        if (
          (above ?? voxels[at - plane] === 0) ||
          (below ?? voxels[at + plane] === 0) ||
          (before ?? voxels[at - columns] === 0) ||
          (after ?? voxels[at + columns] === 0) ||
          (at === start ? outside : voxels[at - 1] === 0) ||
          (at === start + columns - 1 ? outside : voxels[at + 1] === 0)
        ) {
          border.push(at);
        }
      }
    }
  }
  return Int32Array.from(border);
}

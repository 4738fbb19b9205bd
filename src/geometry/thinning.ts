/** Thinning: a mask to its centre line, by a published algorithm that keeps the topology. */
import { threeAxes, type Mask } from "./mask.js";
import { isEndOfLine, isSimplePoint } from "./simple-points.js";

/**
 * The centre line of a mask after Lee, Kashyap & Chu 1994 (doi:10.1006/cgip.1994.1042), in two dimensions with the four
 * sides there are: from each side in turn, voxels that can go without a change of topology and are no ends of lines are
 * found, then erased one by one where they still can go. Components, holes and cavities of the mask (26-connected, in two
 * dimensions 8-connected) are those of the line. Outside the image is background; spacing plays no part.
 */
export function thinned(mask: Mask): Mask {
  const [slices, rows, columns] = threeAxes(mask.shape);
  // A margin of background spares every look at the image's edges.
  const rowStep = columns + 2;
  const planeStep = rowStep * (rows + 2);
  const voxels = new Uint8Array(planeStep * (slices + 2));
  let count = 0;
  for (const voxel of mask.voxels) if (voxel !== 0) count++;
  // Places with the margin, 32 bits each: a mask may hold more voxels than a list or map of the language takes.
  const left = new Uint32Array(count);
  count = 0;
  mask.voxels.forEach((voxel, at) => {
    if (voxel === 0) return;
    const row = Math.floor(at / columns);
    const place = (Math.floor(row / rows) + 1) * planeStep + ((row % rows) + 1) * rowStep + (at % columns) + 1;
    voxels[place] = 1;
    left[count++] = place;
  });
  const candidates = new Uint32Array(count);
  const sides = [-rowStep, rowStep, 1, -1, planeStep, -planeStep].slice(0, mask.shape.length === 2 ? 4 : 6);
  for (let before = Infinity; count < before;) {
    before = count;
    for (const side of sides) {
      let found = 0;
      for (let i = 0; i < count; i++) {
        const at = left[i] as number;
        if (voxels[at + side] !== 0 || isEndOfLine(voxels, at, rowStep, planeStep)) continue;
        if (isSimplePoint(voxels, at, rowStep, planeStep)) candidates[found++] = at;
      }
      for (const at of candidates.subarray(0, found)) {
        if (isSimplePoint(voxels, at, rowStep, planeStep)) voxels[at] = 0;
      }
      let kept = 0;
      for (const at of left.subarray(0, count)) if (voxels[at] === 1) left[kept++] = at;
      count = kept;
    }
  }
  const line = new Uint8Array(mask.voxels.length);
  for (const at of left.subarray(0, count)) {
    const [slice, rest] = [Math.floor(at / planeStep) - 1, at % planeStep];
    line[(slice * rows + Math.floor(rest / rowStep) - 1) * columns + (rest % rowStep) - 1] = 1;
  }
  return { ...mask, voxels: line };
}

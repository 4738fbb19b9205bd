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
  const places = new Map<number, number>();
  mask.voxels.forEach((voxel, at) => {
    if (voxel === 0) return;
    const row = Math.floor(at / columns);
    const place = (Math.floor(row / rows) + 1) * planeStep + ((row % rows) + 1) * rowStep + (at % columns) + 1;
    voxels[place] = 1;
    places.set(place, at);
  });
  const sides = [-rowStep, rowStep, 1, -1, planeStep, -planeStep].slice(0, mask.shape.length === 2 ? 4 : 6);
  let left = [...places.keys()];
  for (let before = Infinity; left.length < before;) {
    before = left.length;
    for (const side of sides) {
      const candidates = left.filter(
        (at) =>
          voxels[at + side] === 0 &&
          !isEndOfLine(voxels, at, rowStep, planeStep) &&
          isSimplePoint(voxels, at, rowStep, planeStep),
      );
      for (const at of candidates) if (isSimplePoint(voxels, at, rowStep, planeStep)) voxels[at] = 0;
      left = left.filter((at) => voxels[at] === 1);
    }
  }
  const line = new Uint8Array(mask.voxels.length);
  for (const at of left) line[places.get(at) as number] = 1;
  return { ...mask, voxels: line };
}

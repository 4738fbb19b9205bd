/** Erosion of a mask by a cube (in two dimensions a square) of voxels. */
import type { ImageEdge } from "./border-voxels.js";
import type { Mask } from "./mask.js";

/**
 * What is left of a mask after `steps` erosions by the full 3 x 3 (x 3) neighbourhood: voxels without background within
 * `steps` voxels along every axis together. One pass along each axis, whatever the number of steps.
 */
export function eroded(mask: Mask, steps: number, edge: ImageEdge = "background"): Mask {
  const voxels = mask.voxels.map((voxel) => (voxel === 0 ? 0 : 1));
  let stride = 1;
  for (let axis = mask.shape.length - 1; axis >= 0; axis--) {
    const length = mask.shape[axis] as number;
    erodeLines(voxels, length, stride, steps, edge === "open" ? steps : 0);
    stride *= length;
  }
  return { ...mask, voxels };
}

/** Keeps voxels with more than `steps` of foreground in a row on both sides, themselves included; `before` stand outside the image. */
function erodeLines(voxels: Uint8Array, length: number, stride: number, steps: number, before: number): void {
  const upTo = new Int32Array(length);
  const block = length * stride;
  for (let blockStart = 0; blockStart < voxels.length; blockStart += block) {
    for (let start = blockStart; start < blockStart + stride; start++) {
      let run = before;
      for (let place = 0; place < length; place++) {
        run = voxels[start + place * stride] === 0 ? 0 : run + 1;
        upTo[place] = run;
      }
      run = before;
      for (let place = length - 1; place >= 0; place--) {
        const at = start + place * stride;
        run = voxels[at] === 0 ? 0 : run + 1;
        voxels[at] = run > steps && (upTo[place] as number) > steps ? 1 : 0;
      }
    }
  }
}

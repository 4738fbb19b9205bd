/** Voxel indices to patient coordinates and back, for any affine geometry, sheared (tilted) ones too. */
import type { VolumeGeometry } from "../contract/case-index.js";
import { cross, dot, scaled, subtract, type Vector3 } from "./vector.js";

export interface Affine {
  /** Index [column, row, slice] (voxel centres at integers) to LPS millimetres. */
  toPatient: (index: Vector3) => Vector3;
  /** LPS millimetres to the (fractional) index [column, row, slice]. */
  toVoxel: (point: Vector3) => Vector3;
}

/** The affine of a volume: point = origin + column * a + row * b + slice * c, with a, b, c the axes in steps of one voxel (PS3.3 C.7.6.2.1.1). */
export function affineOf({
  spacing,
  direction,
  origin,
}: Pick<VolumeGeometry, "spacing" | "direction" | "origin">): Affine {
  const axis = (column: 0 | 1 | 2): Vector3 =>
    scaled([direction[column]!, direction[column + 3]!, direction[column + 6]!], spacing[column]);
  const [a, b, c] = [axis(0), axis(1), axis(2)];
  // Rows of the inverse by Cramer's rule: exact for shear, where a transpose is not.
  const determinant = dot(a, cross(b, c));
  const inverse = [cross(b, c), cross(c, a), cross(a, b)].map((row) => scaled(row, 1 / determinant));
  return {
    toPatient: ([i, j, k]) => [
      origin[0] + i * a[0] + j * b[0] + k * c[0],
      origin[1] + i * a[1] + j * b[1] + k * c[1],
      origin[2] + i * a[2] + j * b[2] + k * c[2],
    ],
    toVoxel: (point) => {
      const offset = subtract(point, origin);
      return [dot(inverse[0]!, offset), dot(inverse[1]!, offset), dot(inverse[2]!, offset)];
    },
  };
}

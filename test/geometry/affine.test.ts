import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { affineOf } from "../../src/geometry/affine.js";
import type { Vector3 } from "../../src/geometry/vector.js";

const finite = (limit: number): fc.Arbitrary<number> => fc.double({ min: -limit, max: limit, noNaN: true });
const closeTo = (vector: Vector3): unknown[] => vector.map((value) => expect.closeTo(value, 6));

describe("voxel to patient", () => {
  const oblique = {
    // Columns run to the left (+x), rows to the feet (-z), slices to the front (-y): a coronal stack.
    direction: [1, 0, 0, 0, 0, -1, 0, -1, 0],
    spacing: [0.5, 2, 3] as [number, number, number],
    origin: [-10, 20, 30] as [number, number, number],
  };

  it("puts the centre of the first voxel at the origin", () => {
    expect(affineOf(oblique).toPatient([0, 0, 0])).toEqual([-10, 20, 30]);
  });

  it("steps along the axes by the spacing", () => {
    const { toPatient } = affineOf(oblique);
    expect(toPatient([4, 0, 0])).toEqual([-8, 20, 30]);
    expect(toPatient([0, 4, 0])).toEqual([-10, 20, 22]);
    expect(toPatient([0, 0, 4])).toEqual([-10, 8, 30]);
  });

  it("is undone by patient to voxel, for any axes, sheared ones too", () => {
    const tilt = fc.tuple(finite(0.3), finite(0.3), finite(0.3), finite(0.3), finite(0.3), finite(0.3));
    fc.assert(
      fc.property(tilt, fc.tuple(finite(300), finite(300), finite(300)), ([a, b, c, d, e, f], index) => {
        const direction = [1, a, b, c, 1, d, e, f, 1];
        const { toPatient, toVoxel } = affineOf({ direction, spacing: [0.7, 0.8, 2.5], origin: [-100, 50, 7] });
        expect(toVoxel(toPatient(index))).toEqual(closeTo(index));
      }),
    );
  });
});

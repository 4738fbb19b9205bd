/** Small random masks for laws. */
import fc from "../seeded.js";
import { maskOf, type Mask } from "../../src/geometry/mask.js";

const lengths = (axes: 2 | 3) => fc.array(fc.integer({ min: 1, max: 6 }), { minLength: axes, maxLength: axes });
const step = fc.constantFrom(0.5, 0.7, 0.75, 1, 2.5, 5);

/** Grids to be filled: shape, spacing, and how dense the foreground is. */
function grid(axes: 2 | 3) {
  return fc.tuple(lengths(axes), fc.array(step, { minLength: axes, maxLength: axes }), fc.constantFrom(1, 2, 4));
}

function filled(shape: readonly number[], density: number): fc.Arbitrary<Uint8Array> {
  const size = shape.reduce((product, length) => product * length, 1);
  return fc
    .array(fc.nat({ max: 4 }), { minLength: size, maxLength: size })
    .map((values) => Uint8Array.from(values, (value) => (value < density ? 1 : 0)));
}

/** A mask of at most 6 voxels along each of 2 or 3 axes, with anisotropic spacing. */
export function smallMask(): fc.Arbitrary<Mask> {
  return fc
    .constantFrom(2 as const, 3 as const)
    .chain(grid)
    .chain(([shape, spacing, density]) => filled(shape, density).map((voxels) => maskOf(voxels, shape, spacing)));
}

/** Two masks on one grid. */
export function smallPair(): fc.Arbitrary<[Mask, Mask]> {
  return fc
    .constantFrom(2 as const, 3 as const)
    .chain(grid)
    .chain(([shape, spacing, density]) =>
      fc
        .tuple(filled(shape, density), filled(shape, density))
        .map(([a, b]): [Mask, Mask] => [maskOf(a, shape, spacing), maskOf(b, shape, spacing)]),
    );
}

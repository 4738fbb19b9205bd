/** Centre lines: inside the mask, thin, and of the mask's topology. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { connectedComponents } from "../../src/geometry/connected-components.js";
import { maskOf, type Mask } from "../../src/geometry/mask.js";
import { isEndOfLine, isSimplePoint } from "../../src/geometry/simple-points.js";
import { thinned } from "../../src/geometry/thinning.js";
import { smallMask } from "./masks.js";

const count = ({ voxels }: Mask) => voxels.reduce((sum, voxel) => sum + (voxel === 0 ? 0 : 1), 0);

/** The mask with one voxel of background around it, for holes are counted in the background. */
function framed({ voxels, shape }: Mask): Mask {
  const [slices, rows, columns] = (shape.length === 2 ? [1, ...shape] : shape) as [number, number, number];
  const depth = shape.length === 2 ? 1 : slices + 2;
  const out = new Uint8Array(depth * (rows + 2) * (columns + 2));
  for (let z = 0, at = 0; z < slices; z++)
    for (let y = 0; y < rows; y++)
      for (let x = 0; x < columns; x++, at++)
        out[((shape.length === 2 ? z : z + 1) * (rows + 2) + y + 1) * (columns + 2) + x + 1] = voxels[at] as number;
  return maskOf(out, shape.length === 2 ? [rows + 2, columns + 2] : [depth, rows + 2, columns + 2]);
}

/** Components, and cavities (in a plane holes): background components less the outside. */
function topology(mask: Mask) {
  const flat = mask.shape.length === 2;
  const background = framed(mask);
  const inverse = background.voxels.map((voxel) => (voxel === 0 ? 1 : 0));
  return {
    components: connectedComponents(mask.voxels, mask.shape, flat ? 8 : 26).count,
    cavities: connectedComponents(inverse, background.shape, flat ? 4 : 6).count - 1,
  };
}

/** Euler number of a 26-connected volume: vertices - edges + faces - cubes of the closed voxels. */
function eulerNumber(mask: Mask): number {
  const { voxels, shape } = framed(mask);
  const [slices, rows, columns] = shape as [number, number, number];
  const at = (z: number, y: number, x: number) => voxels[(z * rows + y) * columns + x] !== 0;
  let number = 0;
  // Cells by their place in half voxels: even between voxels, odd inside one.
  for (let z = 2; z <= 2 * (slices - 1); z++)
    for (let y = 2; y <= 2 * (rows - 1); y++)
      for (let x = 2; x <= 2 * (columns - 1); x++) {
        const around = (place: number) => (place % 2 === 1 ? [(place - 1) / 2] : [place / 2 - 1, place / 2]);
        const filled = around(z).some((i) => around(y).some((j) => around(x).some((k) => at(i, j, k))));
        if (filled) number += ((z % 2) + (y % 2) + (x % 2)) % 2 === 0 ? 1 : -1;
      }
  return number;
}

describe("thinning", () => {
  it("keeps components, holes and tunnels, and stays inside the mask", () => {
    fc.assert(
      fc.property(smallMask(), (mask) => {
        const line = thinned(mask);
        expect(topology(line)).toEqual(topology(mask));
        if (mask.shape.length === 3) expect(eulerNumber(line)).toBe(eulerNumber(mask));
        expect(line.voxels.every((voxel, at) => voxel === 0 || mask.voxels[at] !== 0)).toBe(true);
        expect(line).toMatchObject({ shape: mask.shape, spacing: mask.spacing });
      }),
      { numRuns: 300 },
    );
  });

  it("leaves a line as it is", () => {
    fc.assert(
      fc.property(smallMask(), (mask) => {
        const line = thinned(mask);
        expect(thinned(line)).toEqual(line);
      }),
    );
  });

  it("makes a line of a bar and of a rod, a ring of a ring, next to nothing of a ball", () => {
    const bar = maskOf(
      new Uint8Array(5 * 21).map((_, at) => (at % 21 > 0 && at % 21 < 20 && at >= 21 && at < 84 ? 1 : 0)),
      [5, 21],
    );
    const line = thinned(bar);
    expect(count(line)).toBeGreaterThanOrEqual(15);
    expect([...line.voxels.keys()].filter((at) => line.voxels[at] === 1).every((at) => Math.floor(at / 21) === 2)).toBe(
      true,
    );
    const ring = maskOf(
      new Uint8Array(49).map((_, at) =>
        Math.max(Math.abs((at % 7) - 3), Math.abs(Math.floor(at / 7) - 3)) >= 2 ? 1 : 0,
      ),
      [7, 7],
    );
    expect(topology(thinned(ring))).toEqual({ components: 1, cavities: 1 });
    expect(count(thinned(ring))).toBeLessThan(20);
    const inBall = (at: number) =>
      [at % 7, Math.floor(at / 7) % 7, Math.floor(at / 49)].reduce((sum, p) => sum + (p - 3) * (p - 3), 0) <= 9;
    const ball = maskOf(
      new Uint8Array(343).map((_, at) => (inBall(at) ? 1 : 0)),
      [7, 7, 7],
    );
    // Two voxels are a line with two ends.
    expect(count(thinned(ball))).toBeLessThanOrEqual(2);
  });

  it("works from six sides in a volume: a slab one voxel thick is thinned within itself", () => {
    const slab = (axis: 0 | 1 | 2) => {
      const shape = [5, 5, 5];
      shape[axis] = 1;
      return thinned(maskOf(new Uint8Array(25).fill(1), shape));
    };
    for (const axis of [0, 1, 2] as const) expect(count(slab(axis)), `axis ${axis}`).toBeLessThan(9);
  });

  it("keeps what is thin already: ends, single voxels, the empty mask", () => {
    for (const voxels of [
      [0, 0, 0],
      [0, 1, 0],
      [1, 1, 0],
      [1, 1, 1],
      [1, 0, 1],
    ]) {
      const mask = maskOf(Uint8Array.from(voxels), [1, 3]);
      expect(thinned(mask)).toEqual(mask);
    }
  });
});

describe("a simple point", () => {
  /** The middle of a neighbourhood, whose foreground is said by places (x, y, z from -1 to 1). */
  const middle = (...places: [number, number, number][]) => {
    const voxels = new Uint8Array(27);
    voxels[13] = 1;
    for (const [x, y, z] of places) voxels[13 + x + 3 * y + 9 * z] = 1;
    return [voxels, 13, 3, 9] as const;
  };
  const all = (inside: (x: number, y: number, z: number) => boolean) =>
    [-1, 0, 1].flatMap((z) =>
      [-1, 0, 1].flatMap((y) =>
        [-1, 0, 1].flatMap((x): [number, number, number][] => (inside(x, y, z) ? [[x, y, z]] : [])),
      ),
    );

  it("has its neighbours in one piece and its background in one piece", () => {
    expect(isSimplePoint(...middle([1, 0, 0]))).toBe(true);
    expect(isSimplePoint(...middle([1, 1, 1]))).toBe(true);
    expect(isSimplePoint(...middle([1, 0, 0], [1, 1, 0]))).toBe(true);
    expect(isSimplePoint(...middle())).toBe(false);
    expect(isSimplePoint(...middle([1, 0, 0], [-1, 0, 0]))).toBe(false);
    expect(isSimplePoint(...middle([1, 1, 1], [-1, -1, -1]))).toBe(false);
    // Inside: taking it would make a cavity. Under a surface: it would not.
    expect(isSimplePoint(...middle(...all(() => true)))).toBe(false);
    expect(isSimplePoint(...middle(...all((_x, _y, z) => z <= 0)))).toBe(true);
    // In a sheet: taking it would make a hole. At the rim of the sheet: it would not.
    expect(isSimplePoint(...middle(...all((_x, _y, z) => z === 0)))).toBe(false);
    expect(isSimplePoint(...middle(...all((x, _y, z) => z === 0 && x <= 0)))).toBe(true);
    // Background that meets at a corner only is in two pieces.
    expect(
      isSimplePoint(
        ...middle(...all((x, y, z) => !(x === 1 && y === 0 && z === 0) && !(x === -1 && y === 0 && z === 0))),
      ),
    ).toBe(false);
    expect(
      isSimplePoint(
        ...middle(...all((x, y, z) => !(x === 1 && z === 0 && y <= 0) && !(y === -1 && z === 0 && x === 0))),
      ),
    ).toBe(true);
    expect(
      isSimplePoint(
        ...middle(...all((x, y, z) => !(x === 1 && y === 0 && z === 0) && !(x === 0 && y === -1 && z === 0))),
      ),
    ).toBe(false);
  });

  it("ends a line where it has one neighbour at most", () => {
    expect(isEndOfLine(...middle())).toBe(true);
    expect(isEndOfLine(...middle([1, -1, 0]))).toBe(true);
    expect(isEndOfLine(...middle([1, -1, 0], [-1, 1, 0]))).toBe(false);
  });
});

/** Distances between grid points and areas of surface elements, against their definitions and against geometry. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { maskOf, type Mask } from "../../src/geometry/mask.js";
import { nearestDistances } from "../../src/geometry/nearest-distance.js";
import { surfaceElements } from "../../src/geometry/surface-elements.js";
import { smallMask, smallPair } from "./masks.js";

const indices = ({ voxels }: Mask) => Int32Array.from([...voxels.keys()].filter((at) => voxels[at] !== 0));

describe("nearest distances", () => {
  it("are those of all pairs, to the last digit but rounding, with any spacing", () => {
    let compared = 0;
    fc.assert(
      fc.property(smallPair(), ([a, b]) => {
        const [from, to] = [indices(a), indices(b)];
        if (from.length === 0 || to.length === 0) return;
        const { shape, spacing } = a;
        const placeOf = (at: number) => {
          const place: number[] = [];
          for (let axis = shape.length - 1, rest = at; axis >= 0; axis--) {
            place[axis] = (rest % (shape[axis] as number)) * (spacing[axis] as number);
            rest = Math.floor(rest / (shape[axis] as number));
          }
          return place;
        };
        const expected = [...from].map((at) => {
          const here = placeOf(at);
          return Math.min(...[...to].map((other) => Math.hypot(...placeOf(other).map((x, axis) => x - here[axis]!))));
        });
        const found = nearestDistances(from, to, shape, spacing);
        found.forEach((distance, at) => expect(distance).toBeCloseTo(expected[at] as number, 12));
        compared++;
      }),
      { numRuns: 500 },
    );
    expect(compared).toBeGreaterThan(300);
  });

  it("are exact where squares are whole", () => {
    const at = (z: number, y: number, x: number) => (z * 9 + y) * 9 + x;
    const one = (place: number) => Int32Array.of(place);
    expect([...nearestDistances(one(at(0, 0, 0)), one(at(2, 3, 6)), [9, 9, 9], [1, 1, 1])]).toEqual([7]);
    expect([...nearestDistances(one(at(2, 3, 6)), one(at(0, 0, 0)), [9, 9, 9], [1, 1, 1])]).toEqual([7]);
    expect([...nearestDistances(one(at(8, 8, 8)), one(at(8, 8, 8)), [9, 9, 9], [1, 1, 1])]).toEqual([0]);
    expect([...nearestDistances(one(at(0, 4, 0)), one(at(1, 0, 8)), [9, 9, 9], [2, 1, 0.5])]).toEqual([6]);
  });

  it("find the nearest of many along a row, whatever lies between", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat({ max: 199 }), { minLength: 1, maxLength: 60 }),
        fc.constantFrom(0.1, 0.7, 1, 3),
        (columns, step) => {
          const features = Int32Array.from(columns).sort();
          const all = Int32Array.from({ length: 200 }, (_, at) => at);
          const found = nearestDistances(all, features, [1, 200], [5, step]);
          all.forEach((at) => {
            const nearest = Math.min(...columns.map((column) => Math.abs(column - at)));
            expect(found[at]).toBeCloseTo(nearest * step, 12);
          });
        },
      ),
    );
  });
});

const total = (sizes: Float64Array) => sizes.reduce((sum, size) => sum + size, 0);

function solid(side: number, inside: (z: number, y: number, x: number) => boolean, spacing = [1, 1, 1]): Mask {
  const voxels = new Uint8Array(side * side * side);
  for (let z = 0, at = 0; z < side; z++)
    for (let y = 0; y < side; y++) for (let x = 0; x < side; x++, at++) voxels[at] = inside(z, y, x) ? 1 : 0;
  return maskOf(voxels, [side, side, side], spacing);
}

describe("surface elements", () => {
  it("of a ball of radius 8 between voxels have 1.116 of its area, of a cube of 16 voxels 0.963", () => {
    const square = (a: number) => a * a;
    const ball = solid(20, (z, y, x) => square(z - 9.5) + square(y - 9.5) + square(x - 9.5) <= 64);
    expect(total(surfaceElements(ball).sizes) / (4 * Math.PI * 64)).toBeCloseTo(1.116, 3);
    const cube = solid(18, (...place) => place.every((index) => index >= 1 && index <= 16));
    expect(total(surfaceElements(cube).sizes) / (6 * 256)).toBeCloseTo(0.963, 3);
  });

  it("of a box are flat faces between bevelled edges and cut corners", () => {
    // 2 x 3 x 4 voxels of 2 x 1 x 0.5 mm: faces run between voxel centres, edges are half a voxel's diagonal wide.
    const spacing = [2, 1, 0.5] as const;
    const [a, b, c] = [1 * spacing[0], 2 * spacing[1], 3 * spacing[2]];
    const box = solid(8, (z, y, x) => z >= 1 && z < 3 && y >= 1 && y < 4 && x >= 1 && x < 5, [...spacing]);
    const half = (i: 0 | 1 | 2, j: 0 | 1 | 2) => Math.hypot(spacing[i], spacing[j]) / 2;
    const faces = 2 * (a * b + a * c + b * c);
    const edges = 4 * (a * half(1, 2) + b * half(0, 2) + c * half(0, 1));
    const [p, q, r] = spacing;
    const corner = Math.sqrt(p * p * q * q + p * p * r * r + q * q * r * r) / 8;
    expect(total(surfaceElements(box).sizes)).toBeCloseTo(faces + edges + 8 * corner, 12);
  });

  it("of eight corners of a cell are those of the shapes that they make", () => {
    /** Area in the middle cell, where corner (z, y, x) of it is foreground. */
    const areaOf = (...corners: string[]) => {
      const mask = solid(4, (z, y, x) => corners.includes(`${z - 1}${y - 1}${x - 1}`));
      const { cells, sizes, shape } = surfaceElements(mask);
      const middle = (2 * (shape[1] as number) + 2) * (shape[2] as number) + 2;
      return sizes[cells.indexOf(middle)];
    };
    const triangle = Math.sqrt(3) / 8;
    expect(areaOf("000")).toBeCloseTo(triangle, 12);
    expect(areaOf("000", "001")).toBeCloseTo(Math.SQRT1_2, 12);
    // Diagonal corners stay apart, across a face and across the cell.
    expect(areaOf("000", "011")).toBeCloseTo(2 * triangle, 12);
    expect(areaOf("000", "111")).toBeCloseTo(2 * triangle, 12);
    // Three in an L: a flat triangle over it, and a flat trapezoid beside it.
    expect(areaOf("000", "001", "010")).toBeCloseTo(0.5 + (3 * Math.sqrt(3)) / 8, 12);
    expect(areaOf("000", "001", "010", "011")).toBeCloseTo(1, 12);
    // A corner with its three neighbours: a regular hexagon of side √½.
    expect(areaOf("000", "001", "010", "100")).toBeCloseTo((3 * Math.sqrt(3)) / 4, 12);
    expect(areaOf("000", "011", "101", "110")).toBeCloseTo(4 * triangle, 12);
    expect(areaOf("000", "001", "110", "111")).toBeCloseTo(2 * Math.SQRT1_2, 12);
    // A chain round three edges of the cell, and its mirror image.
    expect(areaOf("010", "000", "001", "101")).toBeCloseTo(1.573132, 6);
    expect(areaOf("001", "000", "010", "110")).toBeCloseTo(1.573132, 6);
  });

  it("are the same for a mask and for its complement, away from the edge", () => {
    fc.assert(
      fc.property(smallMask(), (mask) => {
        const padded = withFrame(mask, 0);
        const complement = withFrame({ ...mask, voxels: mask.voxels.map((voxel) => (voxel === 0 ? 1 : 0)) }, 1);
        const [a, b] = [padded, complement].map((one) => surfaceElements(one, "open"));
        expect(b?.cells).toEqual(a?.cells);
        a?.sizes.forEach((size, at) => expect(b?.sizes[at]).toBeCloseTo(size, 12));
      }),
    );
  });

  it("keep their area when axes are exchanged or turned round", () => {
    fc.assert(
      fc.property(smallMask(), (mask) => {
        const size = total(surfaceElements(mask).sizes);
        const turned = { ...mask, voxels: mask.voxels.slice().reverse() };
        expect(total(surfaceElements(turned).sizes)).toBeCloseTo(size, 9);
        expect(total(surfaceElements(transposed(mask)).sizes)).toBeCloseTo(size, 9);
      }),
    );
  });

  it("in a plane are lengths: sides between pixel centres, corners cut", () => {
    const bar = maskOf(Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0), [3, 5], [2, 0.5]);
    const corner = Math.hypot(2, 0.5) / 2;
    expect(total(surfaceElements(bar).sizes)).toBeCloseTo(2 * 2 * 0.5 + 4 * corner, 12);
    const diagonal = maskOf(Uint8Array.of(1, 0, 0, 1), [2, 2], [2, 0.5]);
    expect(total(surfaceElements(diagonal).sizes)).toBeCloseTo(8 * corner, 12);
    const mirrored = maskOf(Uint8Array.of(0, 1, 1, 0), [2, 2], [2, 0.5]);
    expect(total(surfaceElements(mirrored).sizes)).toBeCloseTo(8 * corner, 12);
    const column = maskOf(Uint8Array.of(1, 1), [2, 1], [2, 0.5]);
    expect(total(surfaceElements(column).sizes)).toBeCloseTo(2 * 2 + 4 * corner, 12);
  });

  it("name their cells on a grid of one more than voxels", () => {
    const { cells, shape } = surfaceElements(maskOf(Uint8Array.of(0, 1), [1, 2]));
    expect(shape).toEqual([2, 3]);
    expect([...cells]).toEqual([1, 2, 4, 5]);
    const one = surfaceElements(maskOf(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1), [2, 2, 2]));
    expect(one.shape).toEqual([3, 3, 3]);
    expect([...one.cells]).toEqual([13, 14, 16, 17, 22, 23, 25, 26]);
  });

  it("of an open image have no part beyond its edge", () => {
    const full = maskOf(new Uint8Array(27).fill(1), [3, 3, 3]);
    expect(surfaceElements(full, "open").cells).toHaveLength(0);
    // A half space: only the plane between the slices, 2 x 2 cells of 1 mm².
    const half = solid(3, (z) => z === 0);
    expect([...surfaceElements(half, "open").sizes]).toEqual([1, 1, 1, 1]);
    const top = solid(3, (z) => z === 2);
    expect([...surfaceElements(top, "open").sizes]).toEqual([1, 1, 1, 1]);
    const flat = maskOf(Uint8Array.of(1, 1, 0, 1, 1, 0), [2, 3]);
    expect([...surfaceElements(flat, "open").sizes]).toEqual([1]);
    expect(surfaceElements(maskOf(new Uint8Array(4), [2, 2])).cells).toHaveLength(0);
  });
});

/** The mask in a frame two voxels wide on every side. */
function withFrame({ voxels, shape, spacing }: Mask, frame: 0 | 1): Mask {
  const wide = shape.map((length) => length + 4);
  const size = wide.reduce((product, length) => product * length, 1);
  const framed = new Uint8Array(size).fill(frame);
  voxels.forEach((voxel, at) => {
    let rest = at;
    let to = 0;
    let step = 1;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      to += ((rest % (shape[axis] as number)) + 2) * step;
      rest = Math.floor(rest / (shape[axis] as number));
      step *= wide[axis] as number;
    }
    framed[to] = voxel;
  });
  return maskOf(framed, wide, spacing);
}

/** First and last axis exchanged. */
function transposed({ voxels, shape, spacing }: Mask): Mask {
  const to = [...shape].reverse();
  const out = new Uint8Array(voxels.length);
  voxels.forEach((voxel, at) => {
    let rest = at;
    let place = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const index = rest % (shape[axis] as number);
      rest = Math.floor(rest / (shape[axis] as number));
      place = place * (shape[axis] as number) + index;
    }
    out[place] = voxel;
  });
  return maskOf(out, to, [...spacing].reverse());
}

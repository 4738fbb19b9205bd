/** Masks and the run lengths in which they travel. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { borderVoxels } from "../../src/geometry/border-voxels.js";
import { eroded } from "../../src/geometry/erosion.js";
import {
  boundsOf,
  cutToForeground,
  maskContent,
  maskOf,
  maskOfRuns,
  mostVoxels,
  runsOf,
  threeAxes,
  voxelCount,
  type Mask,
} from "../../src/geometry/mask.js";
import { smallMask, smallPair } from "./masks.js";

const invalid = expect.objectContaining({ code: "MASK_INVALID" });

describe("run lengths", () => {
  it("come back as the mask that they were made of", () => {
    fc.assert(
      fc.property(smallMask(), (mask) => {
        expect(maskOfRuns(runsOf(mask), mask.shape, mask.spacing)).toEqual(mask);
      }),
    );
  });

  it("start with background, which may be of no length", () => {
    expect([...maskOfRuns([1, 2, 3], [2, 3]).voxels]).toEqual([0, 1, 1, 0, 0, 0]);
    expect([...maskOfRuns([0, 2, 4], [2, 3]).voxels]).toEqual([1, 1, 0, 0, 0, 0]);
    expect(runsOf(maskOf(Uint8Array.of(3, 3, 0, 0, 0, 9), [2, 3]))).toEqual([0, 2, 3, 1]);
    expect(runsOf(maskOf(new Uint8Array(4), [2, 2]))).toEqual([4]);
  });

  it.each([
    ["too few voxels", [1, 2]],
    ["too many voxels", [1, 2, 4]],
    ["a run of no length", [1, 0, 5]],
    ["a negative run", [-1, 7]],
    ["half a voxel", [1.5, 4.5]],
    ["a run beyond all numbers", [1, 2 ** 60]],
    ["no runs", []],
  ])("are refused: %s", (_, runs) => {
    expect(() => maskOfRuns(runs, [2, 3])).toThrow(invalid);
  });

  it("hold the volume without being unpacked", () => {
    expect(maskContent({ shape: [1, 2, 3], spacing: [2, 0.5, 3], runs: [1, 2, 2, 1] })).toBe(9);
    expect(maskContent({ shape: [2, 3], runs: [6] })).toBe(0);
    expect(maskContent({ shape: [2, 3], runs: [0, 6] })).toBe(6);
  });
});

describe("a grid", () => {
  it("has two or three axes of whole lengths, and an end", () => {
    expect(voxelCount([2, 3, 4])).toBe(24);
    expect(voxelCount([1, 1])).toBe(1);
    for (const shape of [[5], [1, 1, 1, 1], [2, 0], [2, -1], [2, 1.5], [2, Number.NaN]]) {
      expect(() => voxelCount(shape)).toThrow(invalid);
    }
    expect(voxelCount([3072, 512, 512])).toBe(mostVoxels);
    expect(voxelCount([1, 65_536])).toBe(65_536);
    for (const shape of [
      [3073, 512, 512],
      [1, 65_537],
      [65_537, 1],
    ]) {
      expect(() => voxelCount(shape)).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }));
    }
  });

  it("is filled by its voxels and has a spacing for every axis", () => {
    const voxels = new Uint8Array(6);
    expect(maskOf(voxels, [2, 3]).spacing).toEqual([1, 1]);
    expect(() => maskOf(voxels, [2, 2])).toThrow(invalid);
    for (const spacing of [[1], [1, 1, 1], [1, 0], [1, -1], [1, Infinity], [1e-10, 1], [1, 1e10], [1, Number.NaN]]) {
      expect(() => maskOf(voxels, [2, 3], spacing)).toThrow(invalid);
    }
    expect(maskOf(voxels, [2, 3], [1e-9, 1e9]).spacing).toEqual([1e-9, 1e9]);
  });
});

/** Place of each voxel as [z, y, x]. */
function places(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, length) => all.flatMap((some) => Array.from({ length }, (_, at) => [...some, at])),
    [[]],
  );
}

describe("the box of the foreground", () => {
  it("is the smallest that holds it", () => {
    fc.assert(
      fc.property(smallMask(), (mask) => {
        const inside = places(mask.shape)
          .filter((_, at) => mask.voxels[at] !== 0)
          .map((place) => (place.length === 2 ? [0, ...place] : place));
        const ends = (of: (...values: number[]) => number) =>
          [0, 1, 2].map((axis) => of(...inside.map((place) => place[axis] as number)));
        const expected = inside.length === 0 ? null : { first: ends(Math.min), last: ends(Math.max) };
        expect(boundsOf(mask)).toEqual(expected);
      }),
    );
  });
});

describe("masks cut to their foreground", () => {
  it("hold the same foreground in the same places, one voxel from the cut at least but at the edge of the image", () => {
    fc.assert(
      fc.property(smallPair(), (pair) => {
        const cut = cutToForeground(pair);
        const [box, cutBox] = [pair, cut].map((masks) => jointBox(masks));
        if (box === null || !cutBox) {
          expect(cut).toEqual(pair);
          return;
        }
        const offset = box?.first.map((index, axis) => index - (cutBox.first[axis] as number)) as number[];
        pair.forEach((mask, which) => {
          const small = cut[which] as Mask;
          expect(small.spacing).toBe(mask.spacing);
          const inside = places(small.shape).map((place) =>
            place.map((index, axis) => index + (offset.slice(-place.length)[axis] as number)),
          );
          expect([...small.voxels]).toEqual(inside.map((place) => (voxelAt(mask, false)(place) ? 1 : 0)));
          expect(small.voxels.reduce((sum, voxel) => sum + voxel, 0)).toBe(
            mask.voxels.reduce((sum, voxel) => sum + voxel, 0),
          );
        });
        const [full, small] = [pair, cut].map(([mask]) => threeAxes((mask as Mask).shape));
        [0, 1, 2].forEach((axis) => {
          expect(cutBox.first[axis]).toBe(box?.first[axis] === 0 ? 0 : 1);
          const after = (lengths: readonly number[] | undefined, last: readonly number[] | undefined) =>
            (lengths?.[axis] as number) - 1 - (last?.[axis] as number);
          expect(after(small, cutBox.last)).toBe(Math.min(1, after(full, box?.last)));
        });
      }),
      { numRuns: 300 },
    );
  });
});

/** The box of the foreground of several masks. */
function jointBox(masks: readonly Mask[]) {
  const [first] = masks as [Mask];
  const voxels = first.voxels.map((_, at) => (masks.some((mask) => mask.voxels[at] !== 0) ? 1 : 0));
  return boundsOf({ ...first, voxels });
}

/** A voxel by its place; outside: background, or foreground where the image is open. */
function voxelAt(mask: { voxels: Uint8Array; shape: readonly number[] }, open: boolean) {
  return (place: readonly number[]): boolean => {
    const outside = place.some((index, axis) => index < 0 || index >= (mask.shape[axis] as number));
    if (outside) return open;
    return mask.voxels[place.reduce((at, index, axis) => at * (mask.shape[axis] as number) + index, 0)] !== 0;
  };
}

describe("border voxels", () => {
  it.each([false, true])("are foreground voxels with a background face neighbour (open image: %s)", (open) => {
    fc.assert(
      fc.property(smallMask(), (mask) => {
        const at = voxelAt(mask, open);
        const expected = places(mask.shape).flatMap((place, index) => {
          const faces = place.flatMap((_, axis) =>
            [-1, 1].map((step) => place.map((value, other) => (other === axis ? value + step : value))),
          );
          return at(place) && faces.some((face) => !at(face)) ? [index] : [];
        });
        expect([...borderVoxels(mask, open ? "open" : "background")]).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it("take the image's edge for background unless told otherwise", () => {
    const full = maskOf(new Uint8Array(27).fill(1), [3, 3, 3]);
    expect(borderVoxels(full)).toHaveLength(26);
    expect(borderVoxels(full, "open")).toHaveLength(0);
    expect(borderVoxels(maskOf(new Uint8Array(9).fill(1), [3, 3]))).toHaveLength(8);
  });
});

describe("erosion", () => {
  it.each([false, true])("keeps voxels without background in the cube around them (open image: %s)", (open) => {
    fc.assert(
      fc.property(smallMask(), fc.integer({ min: 0, max: 3 }), (mask, steps) => {
        const at = voxelAt(mask, open);
        const cube = places(mask.shape.map(() => 2 * steps + 1)).map((place) => place.map((value) => value - steps));
        const expected = places(mask.shape).map((place) =>
          cube.every((offset) => at(place.map((value, axis) => value + (offset[axis] as number)))) ? 1 : 0,
        );
        expect([...eroded(mask, steps, open ? "open" : "background").voxels]).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it("leaves the mask it was given as it is, and takes the image's edge for background unless told otherwise", () => {
    const full = maskOf(new Uint8Array(25).fill(7), [5, 5]);
    expect(eroded(full, 1).voxels.reduce((sum, voxel) => sum + voxel, 0)).toBe(9);
    expect(full.voxels[0]).toBe(7);
  });
});

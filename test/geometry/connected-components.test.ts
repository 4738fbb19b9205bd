/** Connected components against a flood fill, and the relations that their definition demands. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { connectedComponents, type Connectivity } from "../../src/geometry/connected-components.js";
import { smallMask } from "./masks.js";

/** How many axes neighbours may differ on. */
const reach: Readonly<Record<Connectivity, number>> = { 4: 1, 8: 2, 6: 1, 18: 2, 26: 3 };

/** Labels by flood fill from each unlabelled voxel in turn. */
function flooded(mask: ArrayLike<number>, shape: readonly number[], connectivity: Connectivity) {
  const labels = new Int32Array(mask.length);
  const steps = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, length) => product * length, 1));
  const placeOf = (at: number) => shape.map((length, axis) => Math.floor(at / (steps[axis] as number)) % length);
  const offsets = shape.reduce<number[][]>(
    (all, _) => all.flatMap((some) => [-1, 0, 1].map((d) => [...some, d])),
    [[]],
  );
  const near = offsets.filter((offset) => {
    const moved = offset.filter((d) => d !== 0).length;
    return moved > 0 && moved <= reach[connectivity];
  });
  let count = 0;
  for (let first = 0; first < mask.length; first++) {
    if (mask[first] === 0 || labels[first] !== 0) continue;
    labels[first] = ++count;
    const open = [first];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const place = placeOf(at);
      for (const offset of near) {
        const next = place.map((p, axis) => p + (offset[axis] as number));
        if (next.some((p, axis) => p < 0 || p >= (shape[axis] as number))) continue;
        const to = next.reduce((sum, p, axis) => sum + p * (steps[axis] as number), 0);
        if (mask[to] === 0 || labels[to] !== 0) continue;
        labels[to] = count;
        open.push(to);
      }
    }
  }
  return { labels, count };
}

const allowed = (shape: readonly number[]): Connectivity[] => (shape.length === 2 ? [4, 8] : [6, 18, 26]);

describe("connected components", () => {
  it("are those of a flood fill, numbered by their first voxel", () => {
    fc.assert(
      fc.property(smallMask(), ({ voxels, shape }) => {
        for (const connectivity of allowed(shape)) {
          expect(connectedComponents(voxels, shape, connectivity)).toEqual(flooded(voxels, shape, connectivity));
        }
      }),
      { numRuns: 400 },
    );
  });

  it("grow no more numerous as more neighbours count: 6 >= 18 >= 26, 4 >= 8", () => {
    fc.assert(
      fc.property(smallMask(), ({ voxels, shape }) => {
        const counts = allowed(shape).map((connectivity) => connectedComponents(voxels, shape, connectivity).count);
        expect(counts).toEqual([...counts].sort((a, b) => b - a));
      }),
    );
  });

  it("tell faces, edges and corners apart", () => {
    const pair = (other: number) => Uint8Array.from({ length: 8 }, (_, at) => (at === 0 || at === other ? 1 : 0));
    const counts = (other: number) =>
      ([6, 18, 26] as const).map((connectivity) => connectedComponents(pair(other), [2, 2, 2], connectivity).count);
    expect(counts(1)).toEqual([1, 1, 1]);
    expect(counts(3)).toEqual([2, 1, 1]);
    expect(counts(5)).toEqual([2, 1, 1]);
    expect(counts(6)).toEqual([2, 1, 1]);
    expect(counts(7)).toEqual([2, 2, 1]);
  });

  it("join arms that meet late under the label of the first", () => {
    const comb = [1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1];
    expect([...connectedComponents(comb, [3, 5], 4).labels]).toEqual(comb);
  });

  it("take any number other than 0 as foreground, and an empty mask as none", () => {
    expect(connectedComponents([0, 7, 0, -2], [2, 2], 4)).toEqual({ labels: Int32Array.of(0, 1, 0, 1), count: 1 });
    expect(connectedComponents(new Uint8Array(6), [1, 2, 3], 26).count).toBe(0);
  });

  it("refuse a connectivity of another dimension, and masks that don't fill their shape", () => {
    const error = expect.objectContaining({ code: "MASK_INVALID" });
    expect(() => connectedComponents([1], [1, 1, 1], 4)).toThrow(error);
    expect(() => connectedComponents([1], [1, 1], 26)).toThrow(error);
    expect(() => connectedComponents([1], [1, 1], 5 as Connectivity)).toThrow(error);
    expect(() => connectedComponents([1, 1], [1, 1], 8)).toThrow(error);
  });
});

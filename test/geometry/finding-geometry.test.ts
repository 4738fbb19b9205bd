import { describe, expect, it } from "vitest";
import type { Geometry } from "../../src/contract/finding.js";
import { boxOverlap, centreOf, diameterOf, distanceMm } from "../../src/geometry/finding-geometry.js";

const box = (min: number[], max: number[]): Geometry => ({ type: "box", min, max });
const sphere = (center: number[], diameterMm: number): Geometry => ({ type: "sphere", center, diameterMm });

describe("centre and size of a finding", () => {
  it("of a box are its middle and the sphere (in two dimensions the disc) of equal content", () => {
    expect(centreOf(box([0, 10, -4], [2, 20, 4]))).toEqual([1, 15, 0]);
    // A cube of 10 mm: (6 / pi)^(1/3) * 10.
    expect(diameterOf(box([0, 0, 0], [10, 10, 10]))).toBeCloseTo(12.407, 3);
    expect(diameterOf(box([0, 0], [10, 10]))).toBeCloseTo(11.2838, 4);
  });

  it("of a sphere and a point are their own", () => {
    expect(diameterOf(sphere([1, 2, 3], 7))).toBe(7);
    expect(centreOf({ type: "point", at: [4, 5, 6] })).toEqual([4, 5, 6]);
    expect(diameterOf({ type: "point", at: [4, 5, 6] })).toBe(0);
  });

  it("of a mask: the ball (in two dimensions the disc) of its volume, but no place in patient space", () => {
    const cube: Geometry = { type: "mask", shape: [2, 2, 2], spacing: [5, 5, 5], runs: [0, 8] };
    expect(diameterOf(cube)).toBe(diameterOf(box([0, 0, 0], [10, 10, 10])));
    expect(diameterOf({ type: "mask", shape: [3, 3], runs: [3, 2, 4] })).toBeCloseTo(2 * Math.sqrt(2 / Math.PI), 12);
    expect(diameterOf({ type: "case" })).toBe(0);
    expect(centreOf(cube)).toEqual([0, 0, 0]);
    expect(centreOf({ type: "case" })).toEqual([0, 0, 0]);
  });

  it("distance is Euclidean, in two and three dimensions", () => {
    expect(distanceMm([1, 2, 3], [3, 5, 9])).toBe(7);
    expect(distanceMm([0, 0], [3, 4])).toBe(5);
  });
});

describe("intersection over union of bounds", () => {
  it.each([
    ["itself", box([0, 0, 0], [2, 2, 2]), box([0, 0, 0], [2, 2, 2]), 1],
    ["half beside", box([0, 0, 0], [2, 2, 2]), box([1, 0, 0], [3, 2, 2]), 1 / 3],
    ["touching faces", box([0, 0, 0], [2, 2, 2]), box([2, 0, 0], [4, 2, 2]), 0],
    ["apart along two axes", box([0, 0, 0], [1, 1, 1]), box([5, 5, 0], [6, 6, 1]), 0],
    ["inside", box([0, 0], [4, 4]), box([1, 1], [3, 3]), 0.25],
    ["a sphere by its bounding cube", sphere([1, 1, 1], 2), box([0, 0, 0], [2, 2, 2]), 1],
  ])("with %s", (_, a, b, expected) => {
    expect(boxOverlap(a, b, "iou")).toBeCloseTo(expected, 12);
    expect(boxOverlap(b, a, "iou")).toBe(boxOverlap(a, b, "iou"));
  });

  it("is 0 for two points, which have no content", () => {
    const point: Geometry = { type: "point", at: [1, 1, 1] };
    expect([boxOverlap(point, point, "iou"), boxOverlap(point, point, "dice")]).toEqual([0, 0]);
  });
});

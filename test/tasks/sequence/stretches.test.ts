/** Stretches of time: union, membership, parts, length. */
import { describe, expect, it } from "vitest";
import { isWithin, lengthOf, partsWithin, unionOf } from "../../../src/tasks/forms/sequence/stretches.js";

const of = (...pairs: [number, number][]) => pairs.map(([from, to]) => ({ from, to }));

describe("a union of stretches", () => {
  it("joins those that overlap or touch, in order", () => {
    expect(unionOf(of([5, 6], [1, 3], [3, 4], [8, 9], [8.5, 8.7]))).toEqual(of([1, 4], [5, 6], [8, 9]));
    expect(unionOf([])).toEqual([]);
  });

  const union = of([10, 20], [30, 30], [40, Infinity]);

  it("holds its ends", () => {
    const held = [9, 10, 15, 20, 21, 29, 30, 31, 39, 40, 1e9].filter((time) => isWithin(time, union));
    expect(held).toEqual([10, 15, 20, 30, 40, 1e9]);
    expect(isWithin(5, [])).toBe(false);
  });

  it("has parts in a stretch, those of no length included", () => {
    expect(partsWithin({ from: 15, to: 50 }, union)).toEqual(of([15, 20], [30, 30], [40, 50]));
    expect(partsWithin({ from: 20, to: 30 }, union)).toEqual(of([20, 20], [30, 30]));
    expect(partsWithin({ from: 21, to: 29 }, union)).toEqual([]);
  });

  it("is as long as its stretches together", () => {
    expect(lengthOf(of([1, 4], [6, 6.5]))).toBe(3.5);
    expect(lengthOf([])).toBe(0);
  });
});

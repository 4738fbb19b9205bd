/** Quantiles of values that occur several times, against the quantile of the list written out. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { MedassayError } from "../../src/contract/errors.js";
import { quantileOfRepeated, quantileOfSorted } from "../../src/stats/index.js";

describe("the quantile of a sorted list", () => {
  it("is read from its first value to its last, of a list that has one, at shares alone", () => {
    expect([0, 1 / 4, 1].map((p) => quantileOfSorted([1, 3, 4], p))).toEqual([1, 2, 4]);
    for (const p of [-0.1, 1.1, NaN]) expect(() => quantileOfSorted([1, 3, 4], p)).toThrow(MedassayError);
    expect(() => quantileOfSorted([], 0.5)).toThrow(MedassayError);
  });
});

describe("the quantile of repeated values", () => {
  it("is that of the list in which each stands as often", () => {
    const repeated = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.nat({ max: 3 })), {
      minLength: 1,
      maxLength: 9,
    });
    fc.assert(
      fc.property(repeated, fc.constantFrom(0, 0.05, 0.25, 0.5, 0.8, 0.95, 1), (pairs, p) => {
        const sorted = [...pairs].sort(([a], [b]) => a - b);
        const list = sorted.flatMap(([value, times]) => new Array<number>(times).fill(value / 4));
        const found = quantileOfRepeated(
          sorted.map(([value]) => value / 4),
          sorted.map(([, times]) => times),
          p,
        );
        if (list.length === 0) expect(found).toBeNaN();
        else expect(found).toBe(quantileOfSorted(list, p));
      }),
      { numRuns: 500 },
    );
  });

  it("is infinite beside an infinite value and finite below", () => {
    const values = [1, 2, Infinity];
    expect(quantileOfRepeated(values, [1, 1, 1], 0.5)).toBe(2);
    expect(quantileOfRepeated(values, [1, 1, 1], 0.75)).toBe(Infinity);
    expect(quantileOfRepeated(values, [1, 1, 1], 1)).toBe(Infinity);
    expect(quantileOfRepeated(values, [0, 0, 2], 0.5)).toBe(Infinity);
    expect(quantileOfRepeated(values, [1, 0, 0], 0.9)).toBe(1);
  });
});

/** Adjusted p-values by hand. */
import { describe, expect, it } from "vitest";
import { benjaminiHochberg, hochberg, holm } from "../../src/stats/index.js";

const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 14) as number);

describe("p-values adjusted for multiplicity", () => {
  // In order 0.005, 0.01, 0.03, 0.04
  const p = [0.01, 0.04, 0.03, 0.005];

  it("Holm: from the least up, times how many are left, never below one before", () => {
    expect(holm(p)).toEqual(near([0.03, 0.06, 0.06, 0.02]));
    expect(holm([0.5, 0.4, 0.9])).toEqual([1, 1, 1]);
    expect(holm([0.02, 0.02, 0.5])).toEqual(near([0.06, 0.06, 0.5]));
  });

  it("Hochberg: from the greatest down, times how many are as great, never above one before", () => {
    expect(hochberg(p)).toEqual(near([0.03, 0.04, 0.04, 0.02]));
    expect(hochberg([0.5, 0.4, 0.9])).toEqual([0.9, 0.9, 0.9]);
    expect(hochberg([0.02, 0.02, 0.5])).toEqual(near([0.04, 0.04, 0.5]));
  });

  it("Benjamini and Hochberg: from the greatest down, times the number over the rank", () => {
    expect(benjaminiHochberg(p)).toEqual(near([0.02, 0.04, 0.04, 0.02]));
    expect(benjaminiHochberg([0.5, 0.4, 0.9])).toEqual(near([0.75, 0.75, 0.9]));
    expect(benjaminiHochberg([0.02, 0.02, 0.5])).toEqual(near([0.03, 0.03, 0.5]));
  });

  it("none of none, and 0 and 1 as they are", () => {
    for (const f of [holm, hochberg, benjaminiHochberg]) {
      expect(f([])).toEqual([]);
      expect(f([0])).toEqual([0]);
      expect(f([1, 0, 1])).toEqual([1, 0, 1]);
    }
  });
});

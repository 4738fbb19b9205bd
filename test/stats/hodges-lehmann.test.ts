/** Where the limits of a Hodges-Lehmann shift are cut: counted by hand, at levels that a statistic reaches exactly. */
import { describe, expect, it } from "vitest";
import { hodgesLehmannOneSample, hodgesLehmannTwoSample } from "../../src/stats/hodges-lehmann.js";
import { ok } from "./tables.js";

describe("the limits of a shift", () => {
  it.each([
    // Sums of signed ranks of five: 1, 2, 3, 5, 7, 10 of 32 patterns give at most 0, 1, 2, 3, 4, 5.
    // Means of pairs: 1, 1.5, 2, 2, 2.5, 2.5, 3, 3, 3, 3.5, 3.5, 4, 4, 4.5, 5
    [0.9375, 1, 5, 15 / 16],
    [0.88, 1, 5, 15 / 16],
    [0.875, 1, 5, 15 / 16],
    [0.87, 1.5, 4.5, 14 / 16],
    [0.8125, 1.5, 4.5, 14 / 16],
    [0.81, 2, 4, 13 / 16],
    [0.5, 2.5, 3.5, 9 / 16],
  ])("of one sample at a level of %f are the widest that it needs", (level, low, high, achievedLevel) => {
    expect(hodgesLehmannOneSample([4, 1, 3, 5, 2], level)).toEqual({
      ok: true,
      estimate: 3,
      interval: { ok: true, low, high, level, method: "hodges_lehmann_one_sample_exact" },
      achievedLevel,
    });
  });

  it.each([
    // U of two and two: 1, 2, 4 of 6 orders give at most 0, 1, 2. Differences: 3, 4, 7, 8
    [2 / 3, 3, 8, 2 / 3],
    [0.4, 3, 8, 2 / 3],
    [1 / 3, 3, 8, 2 / 3],
    [0.3, 4, 7, 1 / 3],
  ])("of two samples at a level of %f are the widest that it needs", (level, low, high, achievedLevel) => {
    const r = ok(hodgesLehmannTwoSample([5, 9], [2, 1], level));
    expect(r).toEqual({
      ok: true,
      estimate: 5.5,
      interval: { ok: true, low, high, level, method: "hodges_lehmann_two_sample_exact" },
      achievedLevel: expect.closeTo(achievedLevel, 12) as number,
    });
  });

  it("of samples of unequal size do not depend on which is the first", () => {
    // U of one and three: each of 4 places is as probable
    const r = ok(hodgesLehmannTwoSample([7], [1, 2, 4], 0.5));
    expect(r).toMatchObject({ estimate: 5, achievedLevel: 0.5, interval: { ok: true, low: 3, high: 6 } });
    const turned = ok(hodgesLehmannTwoSample([1, 2, 4], [7], 0.5));
    expect(turned).toMatchObject({ estimate: -5, achievedLevel: 0.5, interval: { ok: true, low: -6, high: -3 } });
  });
});

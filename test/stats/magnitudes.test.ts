/** Values, counts and seeds beyond what the numbers hold: refused, or a typed reason; never NaN. */
import { describe, expect, it } from "vitest";
import { RandomStream } from "../../src/stats/random.js";
import * as stats from "../../src/stats/index.js";
import { ok, refused } from "./tables.js";

const wrongCall = expect.objectContaining({ code: "STATISTICS_ARGUMENT" });
const refuses = (...calls: (() => unknown)[]) => {
  for (const call of calls) expect(call, call.toString()).toThrowError(wrongCall);
};

describe("measured values", () => {
  it.each([1.1e75, -1.1e75, 1e160, 1.7e308, Infinity, NaN])("%d is refused, with the limit in the message", (x) => {
    expect(() => stats.icc([[x, 2], [3, 4]])).toThrow("1e75"); // prettier-ignore
    refuses(
      () => stats.icc([[1, 2], [3, x]]), // prettier-ignore
      () => stats.blandAltman([1, 2, x], [1, 2.5, 3]),
      () => stats.blandAltman([1, 2, 3], [1, 2.5, x]),
      () => stats.concordanceCorrelation([1, 2, x], [1, 2.5, 3]),
      () => stats.meanErrors([0, 0], [x, 1]),
      () => stats.totalDeviationIndex([0, 0, 0], [x, 1, 2], 0.9),
      () => stats.coverageProbability([0, 0, 0], [x, 1, 2], 5),
      () => stats.repeatedBlandAltman([0, 0, 1, 1], [0, 0, 0, 0], [x, 1, 2, 3]),
      () => stats.hodgesLehmannOneSample([x]),
      () => stats.hodgesLehmannTwoSample([x], [1]),
      () => stats.hodgesLehmannTwoSample([1], [x]),
      () => stats.heterogeneityOf([0.9, x], [1, 1]),
      () => stats.signFlipTest([1, x]),
      () => stats.bootstrapSummary(x, [1, 2, 3], [1, 2, 3]),
    );
    if (Number.isNaN(x)) return;
    refuses(
      () => stats.jackknifeSe([x, 1]),
      () => stats.bootstrapSummary(1, [1, 2, x], [1, 2, 3]),
      () => stats.bootstrapSummary(1, [1, 2, 3], [1, 2, x]),
    );
  });

  it("of 1e75 have numbers", () => {
    const [x, y] = [[1e75, -1e75, 5e74, 3e74], [9e74, -8e74, 1e75, -1e75]] as [number[], number[]]; // prettier-ignore
    const outcomes = [
      stats.icc(x.map((value, i) => [value, y[i] as number])),
      stats.blandAltman(x, y),
      stats.concordanceCorrelation(x, y),
      stats.meanErrors(x, y),
      stats.totalDeviationIndex(x, y, 0.9),
      stats.hodgesLehmannOneSample(x),
      stats.jackknifeSe(x),
      stats.bootstrapSummary(1e75, x, y),
    ];
    for (const outcome of outcomes) {
      const text = JSON.stringify(outcome, (_, value: unknown) => (Number.isNaN(value) ? "NaN" : value));
      expect(text).not.toContain("NaN");
    }
  });

  it("variances below 1e-150 are none, above 1e152 refused", () => {
    expect(stats.heterogeneityOf([0.9, 0.8], [1, 1e-151])).toEqual(refused("zero-variance"));
    expect(ok(stats.heterogeneityOf([0.9, 0.8], [1e-150, 1e-150])).df).toBe(1);
    expect(ok(stats.heterogeneityOf([0.9, 0.8], [1e152, 1e152]))).toMatchObject({ i2: 0, tau2: 0 });
    refuses(() => stats.heterogeneityOf([0.9, 0.8], [1.7e308, 1e155]));
  });
});

describe("seeds, draws and units", () => {
  it("are whole numbers in their range", () => {
    const stream = new RandomStream(1n, 1n);
    for (const n of [2 ** 32, 2 ** 33, NaN, 0, -3, 0.5, 1.5]) refuses(() => stream.below(n));
    expect(stream.below(1)).toBe(0);
    expect(stream.below(2 ** 32 - 1)).toBeLessThan(2 ** 32 - 1);
    for (const seed of [-1n, 2n ** 64n]) refuses(() => stats.bootstrapAuc([1, 0], [2, 1], { seed }));
    for (const seed of [0n, 2n ** 64n - 1n])
      expect(ok(stats.bootstrapAuc([1, 0, 1, 0], [4, 3, 2, 1], { seed, replicates: 100 })).auc).toBe(0.75);
    for (const units of [-1, 1.5, NaN]) refuses(() => stats.leaveOneOut(() => 1, units));
    expect(stats.leaveOneOut(() => 1, 0)).toHaveLength(0);
  });
});

describe("sizes", () => {
  it("beyond all numbers have no solution", () => {
    expect(stats.precisionSize(0.9, 1e-300)).toEqual(refused("no-solution"));
    expect(stats.precisionSize(0.9, 0.05, 0.95, 1e-300)).toEqual(refused("no-solution"));
    // 1.96² · ¼ / h² = 9.6e13 / share
    expect(ok(stats.precisionSize(0.5, 1e-7)).n).toBe(96036470517354);
    expect(stats.precisionSize(0.5, 1e-7, 0.95, 0.01)).toEqual(refused("no-solution"));
  });

  it("inflated are never below themselves", () => {
    for (const n of [1, 7, 2.55e14, 345731293862471040]) expect(stats.inflatedSize(n, 1, 0).n).toBe(n);
    // 2e9 + 0.001 is one more; 2e9 but for rounding is not.
    expect(stats.inflatedSize(2e9 + 0.001, 1, 0).n).toBe(2e9 + 1);
    expect(stats.inflatedSize(2e9 + 5e-7, 1, 0).n).toBe(2e9);
  });
});

describe("ratios and rates", () => {
  it("of a share next to 1 keep their variance: 1/x - 1/n = 1e-18", () => {
    const half = stats.normalQuantile(0.975) * 1e-9;
    for (const [r, sign] of [
      [ok(stats.katzRatio(999999999, 1e9, 1, 1)), -1],
      [ok(stats.katzRatio(1, 1, 999999999, 1e9)), 1],
    ] as const) {
      expect((r.high - r.low) / 2).toBeCloseTo(half, 15);
      expect((r.high + r.low) / 2 - 1).toBeCloseTo(sign * 1e-9, 14);
    }
  });

  it("have no interval beyond all numbers", () => {
    const r = ok(stats.quasiPoisson([2, 0], [2, 2], 0.9999));
    expect(r).toMatchObject({ mean: 0.5, interval: refused("no-solution") });
    expect(ok(ok(stats.quasiPoisson([2, 0], [2, 2], 0.9)).interval).low).toBeGreaterThan(0);
  });

  it("need exposures whose products are numbers", () => {
    for (const exposure of [5e-324, 9e-76, 1.1e75, 1e300, Infinity]) {
      refuses(
        () => stats.garwood(2, exposure),
        () => stats.quasiPoisson([433, 2], [93, exposure]),
        () => stats.rateDifference(31, exposure, 2, 9),
        () => stats.rateRatioExact(5, 9, 0, exposure),
      );
    }
    for (const exposure of [1e-75, 1e75]) expect(ok(stats.garwood(2, exposure)).high).toBeGreaterThan(0);
  });
});

describe("partial areas", () => {
  it("over a range that rounding leaves empty are refused", () => {
    const points = stats.rocPoints([1, 0, 1, 0], [4, 3, 2, 1]);
    refuses(
      () => stats.partialAuc(points, "tpr", [0, 1e-17]),
      () => stats.partialAuc(points, "fpr", [1 - 2 ** -53, 1]),
    );
    expect(ok(stats.partialAuc(points, "fpr", [0, 1e-17])).corrected).toBeCloseTo(0.75, 12);
  });
});

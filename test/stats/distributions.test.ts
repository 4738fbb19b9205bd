/** Distributions at the ends of their range, outside their support, and with shapes near 0. */
import { describe, expect, it } from "vitest";
import {
  betaTails,
  binomialPmf,
  binomialQuantile,
  binomialTails,
  blandAltman,
  chiSquareQuantile,
  concordanceCorrelation,
  fisherQuantile,
  fisherTails,
  gammaQuantile,
  gammaTails,
  koopmanRatio,
  newcombeDifference,
  normalQuantile,
  patientWeights,
  poissonPmf,
  poissonQuantile,
  rateDifference,
  studentQuantile,
  studentTails,
  type Tails,
} from "../../src/stats/index.js";

describe("quantiles at probability 0 and 1", () => {
  it("are the ends of the range, from either side", () => {
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
    expect([studentQuantile(0, 3), studentQuantile(1, 3)]).toEqual([-Infinity, Infinity]);
    expect([studentQuantile(0, 3, "upper"), studentQuantile(1, 3, "upper")]).toEqual([Infinity, -Infinity]);
    expect([fisherQuantile(0, 3, 4), fisherQuantile(1, 3, 4)]).toEqual([0, Infinity]);
    expect([fisherQuantile(0, 3, 4, "upper"), fisherQuantile(1, 3, 4, "upper")]).toEqual([Infinity, 0]);
    expect([gammaQuantile(0, 3), gammaQuantile(1, 3)]).toEqual([0, Infinity]);
    expect([gammaQuantile(0, 3, "upper"), chiSquareQuantile(1, 3, "upper")]).toEqual([Infinity, 0]);
  });
});

describe("tails with large parameters", () => {
  // Continued fraction of mpmath numbers with 50 digits.
  const cases: [name: string, tails: Tails, lower: number, upper: number][] = [
    ["t, 6.4e7 degrees", studentTails(2.96634226814, 64107000), 1 - 0.0015068250571435804, 0.0015068250571435804],
    ["t, 1e12 degrees", studentTails(1.9, 1e12), 1 - 0.028716559816145487, 0.028716559816145487],
    ["t below 0, 2.5e8 degrees", studentTails(-4.5, 2.5e8), 3.3976746531755667e-6, 1 - 3.3976746531755667e-6],
    ["F, 1 and 3e6 degrees", fisherTails(3.9, 1, 3e6), 0.95171380078287329574, 0.048286199217126704],
    ["F, 2e8 and 3e9 degrees", fisherTails(1.0002, 2e8, 3e9), 0.97358969554709445961, 0.0264103044529055404],
    ["beta, 3 and 1e9", betaTails(2.5e-9, 3, 1e9), 0.45618688555957086283, 0.54381311444042913717],
    ["beta, 1e7 and 1e7", betaTails(0.4999, 1e7, 1e7), 0.18554668535934215938, 0.81445331464065784062],
    ["binomial, 12 of 1e10", binomialTails(12, 1e10, 1e-9), 0.79155647648965461007, 0.20844352351034538993],
  ];
  it.each(cases)("%s: 12 digits of both", (_, tails, lower, upper) => {
    expect(Math.abs(tails.lower / lower - 1)).toBeLessThan(2e-12);
    expect(Math.abs(tails.upper / upper - 1)).toBeLessThan(2e-12);
  });
});

describe("discrete quantiles from above", () => {
  it("are the least numbers with at most that probability above them", () => {
    // Binomial(3, 1/2): above 0, 1, 2, 3 are 7/8, 1/2, 1/8, 0.
    expect([0.9, 0.875, 0.5, 0.4, 0.125, 0.1].map((q) => binomialQuantile(q, 3, 0.5, "upper"))).toEqual([
      0, 0, 1, 2, 2, 3,
    ]);
    expect([0, 1].map((q) => binomialQuantile(q, 3, 0.5, "upper"))).toEqual([3, 0]);
    expect([0, 1].map((q) => binomialQuantile(q, 3, 1, "upper"))).toEqual([3, 0]);
    expect(binomialQuantile(0, 3, 0, "upper")).toBe(0);
    // Poisson(1): above 0, 1, 2 are 0.632, 0.264, 0.080; above 19 and 20 1.6e-19 and 7.5e-21.
    expect([0.7, 0.3, 0.2, 0.01].map((q) => poissonQuantile(q, 1, "upper"))).toEqual([0, 1, 2, 4]);
    expect(poissonQuantile(1e-20, 1, "upper")).toBe(20);
    expect([0, 1].map((q) => poissonQuantile(q, 1, "upper"))).toEqual([Infinity, 0]);
  });

  it("hold at ties and in the tails, from either side", () => {
    // An odd number of fair tosses has half of its probability up to its lower middle.
    for (const side of ["lower", "upper"] as const) expect(binomialQuantile(0.5, 2460563, 0.5, side)).toBe(1230281);
    // Above 2 of 3 lies 1/8; just less than that is asked for, and just more.
    expect([0.875, 0.875 + 1e-11, 0.875 - 1e-11].map((q) => binomialQuantile(q, 3, 0.5))).toEqual([2, 3, 2]);
    expect([0.125, 0.125 + 1e-11, 0.125 - 1e-11].map((q) => binomialQuantile(q, 3, 0.5, "upper"))).toEqual([2, 2, 3]);
    expect([0.125, 0.125 + 1e-11, 0.125 - 1e-11].map((q) => binomialQuantile(q, 3, 0.5))).toEqual([0, 1, 0]);
    expect([0.875, 0.875 + 1e-11, 0.875 - 1e-11].map((q) => binomialQuantile(q, 3, 0.5, "upper"))).toEqual([0, 0, 1]);
  });

  it("end where the distribution does", () => {
    expect([poissonQuantile(1, 3), poissonQuantile(0, 3), poissonQuantile(1, 0)]).toEqual([Infinity, 0, 0]);
  });

  it("know no third side", () => {
    for (const call of [
      () => binomialQuantile(0.1, 3, 0.5, "above" as "upper"),
      () => poissonQuantile(0.1, 3, "above" as "upper"),
      () => gammaQuantile(0.1, 3, "above" as "upper"),
      () => chiSquareQuantile(0.1, 3, "above" as "upper"),
      () => studentQuantile(0.1, 3, "above" as "upper"),
      () => fisherQuantile(0.1, 3, 3, "above" as "upper"),
    ]) {
      expect(call).toThrow(/side: above is none of lower, upper/);
    }
  });
});

describe("distributions outside their support", () => {
  it("have no probability there", () => {
    expect([binomialPmf(-1, 5, 0.3), binomialPmf(6, 5, 0.3), binomialPmf(2.5, 5, 0.3)]).toEqual([0, 0, 0]);
    expect([poissonPmf(-1, 2), poissonPmf(1.5, 2)]).toEqual([0, 0]);
    expect(gammaTails(Infinity, 2)).toEqual({ lower: 1, upper: 0 });
  });
});

describe("the gamma quantile", () => {
  it.each([1e-3, 1e-2, 0.05, 0.3, 1, 40, 1e5])(
    "with shape %d inverts both tails, or is below what a double can hold",
    (shape) => {
      for (const p of [1e-300, 1e-30, 1e-5, 0.1, 0.5, 0.9, 0.999]) {
        for (const side of ["lower", "upper"] as const) {
          const x = gammaQuantile(p, shape, side);
          if (x < 1e-290) {
            const least = gammaTails(1e-290, shape);
            expect(side === "lower" ? least.lower : 1 - least.upper).toBeGreaterThan(
              side === "lower" ? p : 1 - p - 1e-9,
            );
          } else expect(gammaTails(x, shape)[side] / p).toBeCloseTo(1, 7);
        }
      }
    },
  );
});

describe("intervals where the usual start is too narrow", () => {
  it("limits of agreement of two pairs at a very high level reach far out, and never across the bias", () => {
    const wide = blandAltman([0, 0], [0, 1], "exact", 0.9999999);
    if (!wide.ok || !wide.upperInterval.ok || !wide.lowerInterval.ok) throw new Error("two pairs are enough");
    expect(wide.upperInterval.high).toBeGreaterThan(1000);
    expect(wide.upperInterval.low).toBeGreaterThan(wide.bias);
    expect(wide.lowerInterval.high).toBeLessThan(wide.bias);
  });

  it("a perfect line of another slope has no spread of its concordance", () => {
    const r = concordanceCorrelation([-1, 0, 1], [-4, 0, 4]);
    expect(r.ok && r.ccc).toBeCloseTo(8 / 17, 12);
    expect(r.ok && r.interval).toEqual({ ok: false, reason: "zero-variance" });
  });

  it("at almost no level, a ratio of two full groups is 1", () => {
    const r = koopmanRatio(5, 5, 5, 5, 1e-15);
    if (!r.ok) throw new Error(r.reason);
    expect(r.low).toBeCloseTo(1, 9);
    expect(r.high).toBeCloseTo(1, 9);
  });

  it("two rates without an event differ by at most what one of them could be", () => {
    const r = rateDifference(0, 10, 0, 20);
    if (!r.ok || !r.interval.ok) throw new Error("an interval is given");
    // The score of delta = z²/t: events of one group alone would make the difference.
    expect(r.interval.high).toBeCloseTo((1.959963984540054 * 1.959963984540054) / 10, 10);
    expect(r.interval.low).toBeCloseTo(-(1.959963984540054 * 1.959963984540054) / 20, 10);
  });
});

describe("counts", () => {
  it("that are no proportion are refused by name, in either group", () => {
    expect(() => newcombeDifference(3, 2, 1, 2)).toThrow("3 of 2");
    expect(() => newcombeDifference(1, 2, 3, 2)).toThrow("3 of 2");
  });

  it("of draws from more than 65,536 patients are as many, and reach the last one", () => {
    const patients = 70_000;
    const weights = new Uint16Array(patients);
    patientWeights(1n, "many", 0, patients, weights);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(patients);
    expect(weights.slice(65_536).reduce((sum, weight) => sum + weight, 0)).toBeGreaterThan(4000);
    const again = new Uint16Array(patients);
    patientWeights(1n, "many", 0, patients, again);
    expect(again).toEqual(weights);
  });
});

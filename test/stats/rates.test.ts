/** Rates and counts by patient: values by hand, likelihoods by brute force, and what is said of no counts and no exposure. */
import { describe, expect, it } from "vitest";
import {
  binomialTails,
  garwood,
  quasiPoisson,
  rateDifference,
  rateRatioExact,
  rateRatioLog,
  rateRatioTest,
} from "../../src/stats/index.js";
import { ok, reasonOf } from "./outcomes.js";

const none = (reason: string) => ({ ok: false, reason });
const z = 1.959963984540054;
const digits = (value: number, expected: number): void => expect(value / expected).toBeCloseTo(1, 10);

describe("counts by patient", () => {
  it("are over-dispersed as Pearson's statistic says", () => {
    // Mean 7/3, squares 16/9 + 25/9 + 1/9, dispersion 42/9 / (2 · 7/3) = 1
    const r = ok(quasiPoisson([1, 4, 2]));
    digits(r.mean, 7 / 3);
    digits(r.dispersion as number, 1);
    digits(ok(r.interval).low, (7 / 3) * Math.exp(-4.302652729749462 / Math.sqrt(7)));
    digits(ok(r.interval).high, (7 / 3) * Math.exp(4.302652729749462 / Math.sqrt(7)));
    const byZ = ok(ok(quasiPoisson([1, 4, 2], null, 0.95, "z")).interval);
    digits(byZ.high, (7 / 3) * Math.exp(z / Math.sqrt(7)));
    // With exposures 1, 2, 1: mean 9/4, residuals -1.25, -0.5, 1.75
    const exposed = ok(quasiPoisson([1, 4, 4], [1, 2, 1]));
    digits(exposed.mean, 2.25);
    digits(exposed.dispersion as number, (1.25 * 1.25 + 0.25 / 2 + 1.75 * 1.75) / 4.5);
  });

  it("have no interval of one patient, of none, or of equal rates", () => {
    expect(reasonOf(quasiPoisson([]))).toBe("no-data");
    expect(reasonOf(quasiPoisson([0, 0], [0, 0]))).toBe("no-data");
    const few = none("too-few");
    expect(quasiPoisson([3], [2])).toEqual({ ok: true, mean: 1.5, dispersion: few, interval: few });
    expect(quasiPoisson([3, 0], [2, 0])).toEqual({ ok: true, mean: 1.5, dispersion: few, interval: few });
    const equal = { ok: true, mean: 2, dispersion: 0, interval: none("zero-variance") };
    expect(quasiPoisson([2, 4], [1, 2])).toEqual(equal);
    expect(quasiPoisson([2, 2])).toEqual(equal);
    // Equal but for rounding: 1/0.1, 2/0.2 and 3/0.3
    for (const [counts, exposures] of [
      [
        [1, 2, 3],
        [0.1, 0.2, 0.3],
      ],
      [
        [1, 2, 3],
        [0.7, 1.4, 2.1],
      ],
      [
        [1, 3, 7],
        [0.1, 0.3, 0.7],
      ],
      // The rounding of large counts is larger.
      [
        [1e9, 3e9, 7e9],
        [0.1, 0.3, 0.7],
      ],
    ] as const) {
      expect(quasiPoisson(counts, exposures)).toMatchObject({ dispersion: 0, interval: none("zero-variance") });
    }
    expect(ok(quasiPoisson([1e6, 2e6 + 1], [1, 2])).interval.ok).toBe(true);
  });

  it("of 0 alone have Garwood's limit on the patients, or on the exposure where that is less", () => {
    const flags = ["exact-substitute"];
    for (const [counts, exposures, on] of [
      [[0, 0, 0], null, 3],
      [[0, 0], [4, 4], 2],
      [[0, 0, 0], [0.5, 0.5, 0.5], 1.5],
    ] as const) {
      const r = ok(quasiPoisson(counts, exposures));
      expect(r).toMatchObject({ mean: 0, dispersion: none("zero-denominator"), flags });
      const interval = ok(r.interval);
      expect(interval).toMatchObject({ low: 0, level: 0.95, method: "poisson_garwood", flags });
      // exp(-high · on) = 0.025
      digits(interval.high, -Math.log(0.025) / on);
    }
    digits(garwood(0, 2, 0.9).high, -Math.log(0.05) / 2);
  });
});

describe("the difference of two rates", () => {
  it("of no counts at all reaches z² over each exposure", () => {
    const { difference, interval } = ok(rateDifference(0, 10, 0, 20));
    expect(difference).toBe(0);
    digits(ok(interval).high, (z * z) / 10);
    digits(ok(interval).low, -(z * z) / 20);
  });

  it("ends where the score of the likeliest pair of rates is z", () => {
    /** Likeliest second rate where the first is `delta` more: the slope of the log likelihood falls. */
    const second = (x1: number, t1: number, x2: number, t2: number, delta: number): number => {
      let low = Math.max(0, -delta);
      let high = low + (x1 + x2 + 1) / Math.min(t1, t2);
      for (let i = 0; i < 200; i++) {
        const rate = (low + high) / 2;
        const slope = (x1 > 0 ? x1 / (rate + delta) : 0) + (x2 > 0 ? x2 / rate : 0) - t1 - t2;
        if (slope > 0) low = rate;
        else high = rate;
      }
      return (low + high) / 2;
    };
    for (const [x1, t1, x2, t2] of [
      [5, 10, 0, 20],
      [0, 3, 7, 2],
      [3, 10, 4, 8],
      [400, 7, 1, 5000],
      [1, 1, 90, 3],
      [2, 1000, 3, 1000],
    ] as const) {
      const { difference, interval } = ok(rateDifference(x1, t1, x2, t2));
      expect(difference).toBe(x1 / t1 - x2 / t2);
      const { low, high } = ok(interval);
      for (const [delta, distance] of [
        [low, z],
        [high, -z],
      ] as const) {
        const rate2 = second(x1, t1, x2, t2, delta);
        const variance = (rate2 + delta) / t1 + rate2 / t2;
        expect((difference - delta) / Math.sqrt(variance)).toBeCloseTo(distance, 8);
      }
    }
  });

  it("and the ratio need exposure on both sides", () => {
    for (const f of [rateDifference, rateRatioExact, rateRatioLog, rateRatioTest]) {
      expect(reasonOf(f(0, 0, 3, 4))).toBe("no-data");
      expect(reasonOf(f(3, 4, 0, 0))).toBe("no-data");
      expect(reasonOf(f(0, 0, 0, 0))).toBe("no-data");
    }
  });
});

describe("the ratio of two rates", () => {
  it("has a log interval where both are counted", () => {
    const r = ok(rateRatioLog(3, 10, 4, 20));
    digits(r.ratio as number, 1.5);
    digits(ok(r.interval).low, 1.5 * Math.exp(-z * Math.sqrt(1 / 3 + 1 / 4)));
    digits(ok(r.interval).high, 1.5 * Math.exp(z * Math.sqrt(1 / 3 + 1 / 4)));
    const cell = none("zero-cell");
    expect(rateRatioLog(0, 10, 4, 20)).toEqual({ ok: true, ratio: 0, interval: cell });
    expect(rateRatioLog(3, 10, 0, 20)).toEqual({ ok: true, ratio: Infinity, interval: cell });
    expect(rateRatioLog(0, 10, 0, 20)).toEqual({ ok: true, ratio: none("zero-denominator"), interval: cell });
  });

  it("has an exact interval: given both counts, the first is binomial", () => {
    const r = ok(rateRatioExact(3, 10, 4, 20));
    digits(r.ratio as number, 1.5);
    /** Share of the first in both counts where the ratio is `ratio`. */
    const share = (ratio: number) => (ratio * 10) / (ratio * 10 + 20);
    const { low, high } = ok(r.interval);
    digits(binomialTails(2, 7, share(low)).upper, 0.025);
    digits(binomialTails(3, 7, share(high)).lower, 0.025);
    // Nothing in the first: share = 1 - 0.025^(1/4)
    const least = ok(rateRatioExact(0, 10, 4, 20));
    expect([least.ratio, ok(least.interval).low]).toEqual([0, 0]);
    digits(share(ok(least.interval).high), 1 - Math.exp(Math.log(0.025) / 4));
    const most = ok(rateRatioExact(3, 10, 0, 20));
    expect([most.ratio, ok(most.interval).high]).toEqual([Infinity, Infinity]);
    digits(share(ok(most.interval).low), Math.exp(Math.log(0.025) / 3));
    expect(rateRatioExact(0, 10, 0, 20)).toMatchObject({
      ratio: none("zero-denominator"),
      interval: { low: 0, high: Infinity },
    });
  });

  it("is tested by the same binomial", () => {
    // 3 of 7 where 1/3 is expected: weights C(7, k) 2^(7 - k) of 3^7; no likelier than 560 are all but 672 (k = 2)
    const weights = [128, 448, 672, 560, 280, 84, 14, 1];
    expect(weights.reduce((sum, weight) => sum + weight)).toBe(2187);
    digits(ok(rateRatioTest(3, 10, 4, 20)).p, (2187 - 672) / 2187);
    digits(ok(rateRatioTest(6, 10, 1, 20)).p, 15 / 2187);
    expect(ok(rateRatioTest(0, 10, 0, 20)).p).toBe(1);
  });
});

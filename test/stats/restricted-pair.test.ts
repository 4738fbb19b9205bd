/** The likeliest pair under a given difference, by bisection of the likelihood's slope; what rests on it, at the ends. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import {
  farringtonManning,
  koopmanRatio,
  miettinenNurminenDifference,
  miettinenNurminenRatio,
  mcnemarAsymptotic,
  mcnemarExact,
  mcnemarMidP,
  tangoDifference,
  tangoNonInferiority,
  wilson,
} from "../../src/stats/index.js";
import { restrictedDiscordance, restrictedSecond } from "../../src/stats/restricted-pair.js";
import { ok, reasonOf } from "./outcomes.js";

/** Least or greatest p2, whichever way of writing keeps its digits: distance from the nearer end of its range. */
function likeliest(x1: number, n1: number, x2: number, n2: number, delta: number): { p2: number; fromMax: number } {
  const min = Math.max(0, -delta);
  const max = Math.min(1, 1 - delta);
  const term = (count: number, p: number): number => (count === 0 ? 0 : count / p);
  /** Slope at min + below = max - above. */
  const slope = (below: number, above: number): number => {
    const [p2, q2] = [delta < 0 ? below - delta : below, delta > 0 ? above + delta : above];
    const [p1, q1] = [delta < 0 ? below : below + delta, delta > 0 ? above : above - delta];
    return term(x2, p2) - term(n2 - x2, q2) + term(x1, p1) - term(n1 - x1, q1);
  };
  const width = max - min;
  const find = (at: (distance: number) => number): number => {
    let low = 0;
    let high = width;
    for (let i = 0; i < 1100; i++) {
      const middle = (low + high) / 2;
      if (middle === low || middle === high) break;
      if (at(middle) > 0) low = middle;
      else high = middle;
    }
    return high < 1e-300 ? 0 : high;
  };
  return {
    p2: min + find((distance) => slope(distance, width - distance)),
    fromMax: find((distance) => -slope(width - distance, distance)),
  };
}

describe("the likeliest pair of proportions with a given difference", () => {
  const group = fc.integer({ min: 1, max: 200 }).chain((n) => fc.tuple(fc.nat(n), fc.constant(n)));

  it("is where the slope of the likelihood is 0, or at an end", () => {
    fc.assert(
      fc.property(group, group, fc.integer({ min: -99, max: 99 }), ([x1, n1], [x2, n2], percent) => {
        const delta = percent / 100;
        const p2 = restrictedSecond({ x1, n1, x2, n2 }, delta);
        expect(p2).toBeCloseTo(likeliest(x1, n1, x2, n2, delta).p2, 11);
        // Exchanged groups, exchanged outcomes
        expect(restrictedSecond({ x1: x2, n1: n2, x2: x1, n2: n1 }, -delta)).toBeCloseTo(p2 + delta, 10);
        expect(restrictedSecond({ x1: n1 - x1, n1, x2: n2 - x2, n2 }, -delta)).toBeCloseTo(1 - p2, 10);
      }),
      { numRuns: 300 },
    );
  });

  it("keeps the digits of small shares, which the root of the cubic alone does not", () => {
    for (const [x1, n1, x2, n2, delta] of [
      [3, 1e6, 5, 1e6, -1e-6],
      [3, 1e6, 5, 1e6, 2e-6],
      [1, 1e7, 1, 1e5, 1e-5],
      [2, 1e8, 900, 1000, -0.3],
      [4, 1e6, 1, 1e6, 1e-4],
      [1, 30, 2, 1e9, 0.01],
    ] as const) {
      const p2 = restrictedSecond({ x1, n1, x2, n2 }, delta);
      const expected = likeliest(x1, n1, x2, n2, delta).p2;
      const min = Math.max(0, -delta);
      expect((p2 - min) / (expected - min)).toBeCloseTo(1, 7);
      expect(p2 / expected).toBeCloseTo(1, 12);
    }
    for (const [x1, n1, x2, n2, delta] of [
      [1e6 - 3, 1e6, 1e6 - 5, 1e6, 1e-6],
      [999, 1000, 1e6 - 2, 1e6, -1e-4],
    ] as const) {
      const p2 = restrictedSecond({ x1, n1, x2, n2 }, delta);
      expect((1 - p2) / (1 - Math.min(1, 1 - delta) + likeliest(x1, n1, x2, n2, delta).fromMax)).toBeCloseTo(1, 8);
    }
  });

  it("lies exactly at an end where nothing is counted against it", () => {
    // All of the first, none of the second: at most 1 - 0 apart, so the ends themselves
    expect(restrictedSecond({ x1: 5, n1: 5, x2: 0, n2: 5 }, 0.9)).toBeCloseTo(0.05, 12);
    expect(restrictedSecond({ x1: 0, n1: 9, x2: 0, n2: 9 }, 0)).toBe(0);
    expect(restrictedSecond({ x1: 9, n1: 9, x2: 9, n2: 9 }, 0)).toBe(1);
    // None of either, the first more by 0.25: p2 0; the second more by 0.25: p2 0.25
    expect(restrictedSecond({ x1: 0, n1: 9, x2: 0, n2: 4 }, 0.25)).toBe(0);
    expect(restrictedSecond({ x1: 0, n1: 9, x2: 0, n2: 4 }, -0.25)).toBe(0.25);
    // All of both
    expect(restrictedSecond({ x1: 9, n1: 9, x2: 4, n2: 4 }, 0.25)).toBe(0.75);
    expect(restrictedSecond({ x1: 9, n1: 9, x2: 4, n2: 4 }, -0.25)).toBe(1);
    // One in ten of the first would like to lie below 0.5: the second stays at 0
    expect(restrictedSecond({ x1: 1, n1: 10, x2: 0, n2: 10 }, 0.5)).toBe(0);
    expect(restrictedSecond({ x1: 9, n1: 10, x2: 10, n2: 10 }, -0.5)).toBe(1);
    expect(restrictedSecond({ x1: 0, n1: 10, x2: 1, n2: 10 }, -0.5)).toBe(0.5);
    expect(restrictedSecond({ x1: 10, n1: 10, x2: 9, n2: 10 }, 0.5)).toBe(0.5);
    // Without a count in a group the other decides; at the limits of its range where it must
    expect(restrictedSecond({ x1: 3, n1: 4, x2: 1, n2: 4 }, 0.5)).toBeCloseTo(0.25, 14);
  });
});

describe("the discordant share under a given difference", () => {
  it("is the larger root of Tango's equation, to the last digits", () => {
    // ((L² - 8nC)^½ - L)/4n with L = (2n - b + c) δ - b - c, C = -c δ (1 - δ), in 60 decimals
    for (const [b, c, total, delta, q] of [
      [80, 60, 1000, -0.05, 0.10441612250912317],
      [2, 1, 1_000_000, 0.0625, 4.687579688257028e-7],
      [0, 3, 100_000_000, 0.5, 7.5e-9],
      [3, 0, 50, 0.125, 0],
      [0, 0, 10, -0.25, 0.25],
      [5, 4, 1000, 0.25, 0.0015188712385560356],
      // (q + δ)(2nq - c (1 - δ)) = 0 without b
      [0, 999_999_999, 1_000_000_000, -1 + 2 ** -33, 1 - 2 ** -33],
      [0, 999_999_999, 1_000_000_000, -1 + 2 ** -26, (1 - 1e-9) * (1 - 2 ** -27)],
      [0, 3, 10, -0.25, 0.25],
      [0, 6, 10, -0.125, 0.3375],
    ] as const) {
      const found = restrictedDiscordance(b, c, total, delta);
      if (q === 0) expect(found).toBe(0);
      else expect(found / q).toBeCloseTo(1, 13);
    }
  });
});

describe("Tango's interval with one pair that agrees, or is the other way", () => {
  it("is Wilson's on the distance from -1 and 1, with as many digits", () => {
    // Without pairs "first only" the restricted variance is δ (1 - δ), that of the others' share.
    for (const n of [10, 100, 1e4, 1e6, 1e9]) {
      const share = wilson(1, n).low;
      const { low } = ok(tangoDifference(0, 0, n - 1, 1));
      expect((1 + low) / share).toBeCloseTo(1, Math.min(9, Math.floor(13 - Math.log10(n))));
      expect(ok(tangoDifference(1, n - 1, 0, 0)).high).toBeCloseTo(-low, 14);
    }
    // One of 1e9 agrees where 0.1 are expected to
    const { z } = ok(tangoNonInferiority(0, 0, 999_999_999, 1, 0.9999999999));
    expect(z).toBeCloseTo(0.9 / Math.sqrt(0.1), 4);
  });
});

describe("tests with a margin, at their ends", () => {
  it("of two groups", () => {
    expect(reasonOf(farringtonManning(0, 0, 4, 8, 0.1))).toBe("no-data");
    expect(reasonOf(farringtonManning(4, 8, 0, 0, 0.1))).toBe("no-data");
    // No spread under the null hypothesis, whose p is 1 to the last digit
    expect(reasonOf(farringtonManning(5, 5, 4, 4, 1e-17))).toBe("zero-variance");
    expect(ok(farringtonManning(5, 5, 4, 4, 0))).toEqual({ ok: true, z: 0, p: 0.5 });
    expect(ok(farringtonManning(0, 5, 0, 4, 0))).toEqual({ ok: true, z: 0, p: 0.5 });
    // None of both: the null pair is 0 and 0.5, its variance 0.25/4
    expect(ok(farringtonManning(0, 5, 0, 4, 0.5)).z).toBeCloseTo(0.5 / Math.sqrt(0.25 / 4), 12);
    // All of both: 0.5 and 1
    expect(ok(farringtonManning(5, 5, 4, 4, 0.5)).z).toBeCloseTo(0.5 / Math.sqrt(0.25 / 5), 12);
  });

  it("of pairs", () => {
    expect(reasonOf(tangoNonInferiority(0, 0, 0, 0, 0.1))).toBe("no-data");
    expect(reasonOf(tangoNonInferiority(3, 0, 0, 4, 0))).toBe("no-discordance");
    // Without discordant pairs the share under the null is the margin: z² = n m²/(m (1 - m)), m/(1 - m) n
    expect(ok(tangoNonInferiority(3, 0, 0, 4, 0.1)).z).toBeCloseTo(Math.sqrt((7 * 0.1) / 0.9), 12);
    expect(ok(tangoNonInferiority(3, 2, 2, 4, 0))).toEqual({ ok: true, z: 0, p: 0.5 });
    // McNemar's z
    expect(ok(tangoNonInferiority(3, 9, 4, 4, 0)).z).toBeCloseTo(5 / Math.sqrt(13), 12);
    expect(ok(tangoNonInferiority(3, 4, 9, 4, 0)).p).toBeGreaterThan(0.5);
  });

  it("McNemar's tests", () => {
    for (const f of [mcnemarExact, mcnemarMidP]) expect(f(0, 0)).toEqual({ ok: true, p: 1 });
    expect(mcnemarAsymptotic(3, 3)).toEqual({ ok: true, chi2: 0, p: 1 });
    expect(mcnemarAsymptotic(3, 3, true)).toEqual({ ok: true, chi2: 0, p: 1 });
    // 1 and 3 of 4: 2 (1 + 4)/16; mid-p less P(X = 1) = 4/16
    expect(ok(mcnemarExact(1, 3)).p).toBeCloseTo(10 / 16, 14);
    expect(ok(mcnemarMidP(1, 3)).p).toBeCloseTo(6 / 16, 14);
    expect(ok(mcnemarExact(2, 2)).p).toBe(1);
    expect(ok(mcnemarMidP(2, 2)).p).toBeCloseTo(1 - 3 / 16, 14);
    expect(ok(mcnemarAsymptotic(2, 10)).chi2).toBeCloseTo(64 / 12, 14);
    expect(ok(mcnemarAsymptotic(10, 2, true)).chi2).toBeCloseTo(49 / 12, 14);
  });

  it("and intervals of them", () => {
    // All against none
    const most = ok(miettinenNurminenDifference(5, 5, 0, 5));
    expect(most.high).toBe(1);
    expect(ok(miettinenNurminenDifference(0, 5, 5, 5)).low).toBe(-1);
    expect(ok(tangoDifference(0, 5, 0, 0)).high).toBe(1);
    expect(ok(tangoDifference(0, 0, 5, 0)).low).toBe(-1);
    // Nothing discordant: at the ends n δ²/(δ (1 - δ)) = z²
    const still = ok(tangoDifference(3, 0, 0, 4));
    const z2 = 3.841458820694124;
    expect(still.high).toBeCloseTo(z2 / (7 + z2), 11);
    expect(still.low).toBeCloseTo(-z2 / (7 + z2), 11);
    // None of both: n δ/(1 - δ) = z² without the factor N/(N - 1)
    const none = ok(miettinenNurminenDifference(0, 6, 0, 6));
    expect(none.high).toBeCloseTo(1 / (1 + 6 / (z2 * (12 / 11))), 11);
    expect(ok(koopmanRatio(0, 6, 0, 6))).toMatchObject({ low: 0, high: Infinity });
    expect(ok(koopmanRatio(0, 6, 3, 6)).low).toBe(0);
    expect(ok(koopmanRatio(3, 6, 0, 6)).high).toBe(Infinity);
  });

  it("and ratios of many units, by the closed score in 60 digits", () => {
    const e8 = 1e8;
    for (const [x1, n1, x2, n2, low, high] of [
      [120, 134, 0, 100, 24.20448900942005, Infinity],
      [135, 200, 0, 3, 1.1958394638927239, Infinity],
      [180, 200, 0, 100, 24.32664543741537, Infinity],
      [0, 100, 120, 134, 0, 0.041314650336588966],
      [e8, e8, 0, e8, 26031778.162700567, Infinity],
      [0, e8, 1, e8, 0, 3.8414587902140447],
      [3, e8, 7, e8, 0.120813959268016, 1.5203000419949309],
      [e8 - 10, e8, 7, 10, 1.120813844864456, 2.5202998360637494],
      [9, 10, 10, 10, 0.5958499732047615, 1.264938587965942],
      [1000, 1000, 999, 1000, 0.9971685020549865, 1.0056745777353484],
    ] as const) {
      const r = ok(koopmanRatio(x1, n1, x2, n2));
      if (low > 0) expect(r.low / low).toBeCloseTo(1, 12);
      else expect(r.low).toBe(0);
      if (high < Infinity) expect(r.high / high).toBeCloseTo(1, 12);
      else expect(r.high).toBe(Infinity);
    }
    // Near a ratio of 1 the digits that count are those of the distance from it.
    const sure = ok(koopmanRatio(e8, e8, e8, e8));
    expect((1 - sure.low) / 3.84145867e-8).toBeCloseTo(1, 7);
    expect((sure.high - 1) / 3.84145882e-8).toBeCloseTo(1, 7);
    expect(ok(miettinenNurminenRatio(120, 134, 0, 100)).low).toBeCloseTo(24.104851381434468, 10);
    expect(ok(miettinenNurminenRatio(e8, e8, 0, e8)).low / 26031778.03254168).toBeCloseTo(1, 12);
    expect(ok(miettinenNurminenRatio(1000, 1000, 999, 1000)).low).toBeCloseTo(0.9971665921909176, 13);
  });
});

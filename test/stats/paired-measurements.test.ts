/** Repeated Bland-Altman, total deviation, coverage, mean errors, and overlap of sets. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import {
  blandAltman,
  concordanceCorrelation,
  coverageProbability,
  meanErrors,
  repeatedBlandAltman,
  setOverlap,
  totalDeviationIndex,
} from "../../src/stats/index.js";
import { mean } from "../../src/stats/summation.js";
import { ok, reasonOf } from "./outcomes.js";

const none = (reason: string) => ({ ok: false, reason });

describe("equal values that are no binary fractions", () => {
  // 0.1 + 0.1 + 0.1 is more than 0.3, and a third of it more than 0.1.
  const same = [0.1, 0.1, 0.1];
  const zeros = [0, 0, 0];

  it("have no variance, whatever rounding does to their sum", () => {
    for (const value of [0.1, 0.2, 0.3, 0.7, 1.1, -0.7]) {
      for (let n = 1; n <= 30; n++) expect(mean(new Array<number>(n).fill(value))).toBe(value);
    }
    expect(mean([1, 2, 6])).toBe(3);
    expect(mean([-6, -2, -1])).toBe(-3);
    expect(mean([])).toBeNaN();
    expect(reasonOf(concordanceCorrelation(same, same))).toBe("zero-variance");
    for (const r of [concordanceCorrelation(same, [1, 2, 3]), concordanceCorrelation([1, 2, 3], same)]) {
      const variance = none("zero-variance");
      expect(r).toEqual({ ok: true, ccc: 0, pearson: variance, accuracy: variance, se: variance, interval: variance });
    }
    expect(ok(blandAltman(zeros, same))).toMatchObject({ bias: 0.1, sd: 0, limits: [0.1, 0.1] });
    expect(ok(totalDeviationIndex(zeros, same, 0.9)).value).toBe(0.1);
    const repeated = ok(repeatedBlandAltman([1, 1, 1, 2, 2, 2], [...zeros, ...zeros], [...same, ...same]));
    expect(repeated).toMatchObject({ meanSquareBetween: 0, meanSquareWithin: 0 });
    expect(repeated.mover).toMatchObject({ variance: 0, varianceInterval: none("zero-variance") });
    // A constant shift, but for rounding
    const readings = [1000.7, 1.1, 2.3, -512.3];
    const shifted = readings.map((value) => value + 0.1);
    expect(ok(totalDeviationIndex(readings, shifted, 0.9)).value).toBeCloseTo(0.1, 12);
    expect(ok(coverageProbability(readings, shifted, 0.2)).normal).toEqual({ ok: true, value: 1 });
    const both = ok(repeatedBlandAltman([1, 1, 2, 2], readings, shifted));
    expect(both).toMatchObject({ meanSquareBetween: 0, meanSquareWithin: 0, mover: { meansVariance: 0, variance: 0 } });
    expect(both.mover).toMatchObject({ varianceInterval: none("zero-variance"), lowerInterval: none("zero-variance") });
  });
});

describe("repeated measurements of subjects", () => {
  // Differences 1, 3 | 2, 4, 6 | 0: means 2, 4, 0.
  const subject = ["a", "a", "b", "b", "b", "c"];
  const x = [10, 10, 10, 10, 10, 10];
  const y = [11, 13, 12, 14, 16, 10];

  it("have their components of variance", () => {
    const r = ok(repeatedBlandAltman(subject, x, y));
    expect(r).toMatchObject({ subjects: 3, pairs: 6 });
    // bias 16/6; between: (2 (2/3)² + 3 (4/3)² + (8/3)²)/2; within: (2 + 8)/3
    expect(r.meanSquareBetween).toBeCloseTo((2 * 4 + 3 * 16 + 64) / 9 / 2, 12);
    expect(r.meanSquareWithin).toBeCloseTo(10 / 3, 12);
    if ("reason" in r.varyingTruth || "reason" in r.mover) throw new Error("no limits");
    const { divisor, betweenVariance, sd, bias, limits } = r.varyingTruth;
    expect(bias).toBeCloseTo(16 / 6, 12);
    expect(divisor).toBeCloseTo((36 - 14) / 12, 12);
    expect(betweenVariance).toBeCloseTo((120 / 18 - 10 / 3) / divisor, 12);
    expect(sd * sd).toBeCloseTo(betweenVariance + 10 / 3, 12);
    expect(limits[1] - limits[0]).toBeCloseTo(2 * 1.959963984540054 * sd, 12);
    const { mover } = r;
    expect(mover.bias).toBeCloseTo(2, 12);
    expect(mover.meansVariance).toBeCloseTo(4, 12);
    expect(mover.harmonicPairs).toBeCloseTo(3 / (1 / 2 + 1 / 3 + 1), 12);
    expect(mover.variance).toBeCloseTo(4 + (1 - 11 / 18) * (10 / 3), 12);
    expect(mover.limits[0]).toBeCloseTo(2 - 1.959963984540054 * Math.sqrt(mover.variance), 12);
    const [variance, lower, upper] = [ok(mover.varianceInterval), ok(mover.lowerInterval), ok(mover.upperInterval)];
    expect(variance.low).toBeLessThan(mover.variance);
    expect(variance.high).toBeGreaterThan(mover.variance);
    expect(lower.low - mover.limits[0]).toBeCloseTo(-(upper.high - mover.limits[1]), 10);
    expect(lower.high - mover.limits[0]).toBeCloseTo(mover.limits[1] - upper.low, 10);
    expect(upper.high - mover.limits[1], "the outer side is the wider one").toBeGreaterThan(
      mover.limits[1] - upper.low,
    );
    expect([variance.method, lower.method, lower.level]).toEqual(["variance_mover", "limits_of_agreement_mover", 0.95]);
  });

  it("the level is that of limits and intervals", () => {
    const [wide, narrow] = [0.99, 0.8].map((level) => ok(repeatedBlandAltman(subject, x, y, level)).mover);
    if (!wide || !narrow || "reason" in wide || "reason" in narrow) throw new Error("no limits");
    expect(wide.limits[1]).toBeGreaterThan(narrow.limits[1]);
    expect(ok(wide.varianceInterval).high).toBeGreaterThan(ok(narrow.varianceInterval).high);
    expect(() => repeatedBlandAltman(subject, x, y, 1)).toThrow("level");
  });

  it("exchanging the methods turns the limits round; the order of pairs is nothing", () => {
    const r = ok(repeatedBlandAltman(subject, x, y)).mover;
    const other = ok(repeatedBlandAltman(subject, y, x)).mover;
    const order = [5, 2, 0, 4, 1, 3];
    const pick = <T>(values: readonly T[]) => order.map((i) => values[i] as T);
    const turned = ok(repeatedBlandAltman(pick(subject), pick(x), pick(y))).mover;
    if ("reason" in r || "reason" in other || "reason" in turned) throw new Error("no limits");
    expect(other.limits[0]).toBeCloseTo(-r.limits[1], 12);
    expect(ok(other.lowerInterval).low).toBeCloseTo(-ok(r.upperInterval).high, 12);
    expect(turned.limits[0]).toBeCloseTo(r.limits[0], 12);
  });

  it("subjects less apart than their own measurements have no variance between them, not a negative one", () => {
    const r = ok(repeatedBlandAltman([1, 1, 2, 2], [0, 0, 0, 0], [-1, 1, -1, 1]));
    expect(r.meanSquareBetween).toBe(0);
    expect(r.varyingTruth).toMatchObject({ betweenVariance: 0, sd: Math.sqrt(2) });
  });

  it("edges", () => {
    expect(reasonOf(repeatedBlandAltman([], [], []))).toBe("no-data");
    expect(reasonOf(repeatedBlandAltman(["a", "a"], [1, 2], [2, 4]))).toBe("too-few-clusters");
    const single = ok(repeatedBlandAltman(["a", "b", "c"], [1, 2, 3], [2, 4, 4]));
    expect(single).toMatchObject({
      subjects: 3,
      pairs: 3,
      meanSquareWithin: none("too-few"),
      varyingTruth: none("too-few"),
      mover: none("too-few"),
    });
    const constant = ok(repeatedBlandAltman([1, 1, 2, 2], [0, 0, 0, 0], [3, 3, 3, 3]));
    expect(constant.varyingTruth).toMatchObject({ sd: 0, limits: [3, 3] });
    expect(constant.mover).toMatchObject({
      variance: 0,
      limits: [3, 3],
      varianceInterval: none("zero-variance"),
      lowerInterval: none("zero-variance"),
      upperInterval: none("zero-variance"),
    });
    expect(() => repeatedBlandAltman(["a"], [1, 2], [1, 2])).toThrow("length-mismatch");
    expect(() => repeatedBlandAltman(["a", "a"], [1], [1, 2])).toThrow("length-mismatch");
    expect(() => repeatedBlandAltman(["a"], [1], [Infinity])).toThrow("pair 0");
    expect(() => blandAltman([NaN], [1])).toThrow("pair 0");
  });
});

describe("total deviation and coverage", () => {
  const series = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: -9, max: 9 })), { minLength: 2, maxLength: 30 })
    .map((rows) => ({ x: rows.map(([x]) => x), y: rows.map(([x, d]) => x + d) }));

  it("are the inverse of each other under the normal model", () => {
    fc.assert(
      fc.property(series, fc.constantFrom(0.5, 0.8, 0.9, 0.99), ({ x, y }, share) => {
        const index = ok(totalDeviationIndex(x, y, share));
        if (new Set(x.map((value, i) => (y[i] as number) - value)).size === 1) return;
        const coverage = ok(coverageProbability(x, y, index.value));
        expect(ok(coverage.normal).value).toBeCloseTo(share, 9);
      }),
    );
  });

  it("do not change when the methods are exchanged; the index grows with the share", () => {
    fc.assert(
      fc.property(series, ({ x, y }) => {
        const shares = [0.1, 0.5, 0.9, 0.99].map((share) => ok(totalDeviationIndex(x, y, share)).value);
        expect(shares).toEqual([...shares].sort((a, b) => a - b));
        expect(ok(totalDeviationIndex(y, x, 0.9)).value).toBeCloseTo(shares[2] as number, 9);
        expect(ok(coverageProbability(y, x, 2)).counted).toBe(ok(coverageProbability(x, y, 2)).counted);
        expect(ok(meanErrors(y, x))).toEqual(ok(meanErrors(x, y)));
      }),
    );
  });

  it("the approximation is Lin's", () => {
    // differences 1 and 3: mean 2, sd sqrt(2)
    const r = ok(totalDeviationIndex([0, 0], [1, 3], 0.95));
    expect(r.approximate).toBeCloseTo(1.959963984540054 * Math.sqrt(6), 12);
    expect(ok(meanErrors([0, 0], [1, -3]))).toMatchObject({ absolute: 2, rootSquare: Math.sqrt(5) });
  });

  it("edges", () => {
    for (const share of [0, 1]) expect(() => totalDeviationIndex([1], [1], share)).toThrow("share");
    for (const limit of [0, Infinity]) expect(() => coverageProbability([1], [1], limit)).toThrow("limit");
    expect(reasonOf(totalDeviationIndex([], [], 0.9))).toBe("no-data");
    expect(reasonOf(coverageProbability([], [], 1))).toBe("no-data");
    expect(reasonOf(meanErrors([], []))).toBe("no-data");
    expect(reasonOf(totalDeviationIndex([1], [2], 0.9))).toBe("too-few");
    expect(ok(coverageProbability([1], [2], 1))).toMatchObject({ counted: 1, normal: none("too-few") });
    expect(ok(coverageProbability([1, 1], [3, 3], 1))).toMatchObject({ counted: 0, normal: { ok: true, value: 0 } });
    expect(ok(totalDeviationIndex([1, 2], [-1, 0], 0.9)).value, "all differences are -2").toBe(2);
    for (const y of [
      [3, 3],
      [-1, -1],
    ]) {
      // prettier-ignore
      const on = ok(coverageProbability([1, 1], y, 2));
      expect(on, "exactly on the limit").toMatchObject({ counted: 1, normal: { ok: true, value: 1 } });
    }
    expect(() => meanErrors([1], [1, 2])).toThrow("length-mismatch");
  });
});

describe("overlap of sets", () => {
  it("Dice and Jaccard are one in the other, and the smaller set bounds the overlap", () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(100), fc.nat(100), (onlyA, onlyB, shared) => {
        const r = setOverlap(onlyA + shared, onlyB + shared, shared);
        if (onlyA + onlyB + shared === 0) return expect(reasonOf(r)).toBe("both-empty");
        const { dice, jaccard, smaller } = ok(r);
        expect(dice).toBeCloseTo((2 * jaccard) / (1 + jaccard), 12);
        expect(setOverlap(onlyB + shared, onlyA + shared, shared)).toEqual(r);
        const least = Math.min(onlyA, onlyB) + shared;
        if (least === 0) expect(smaller).toEqual(none("zero-denominator"));
        else expect(smaller).toBe(shared / least);
      }),
    );
  });

  it("sizes are counts, and no more is shared than there is", () => {
    expect(() => setOverlap(1.5, 2, 1)).toThrow("overlap");
    expect(() => setOverlap(3, 2, 3)).toThrow("overlap");
    expect(ok(setOverlap(3, 2, 2)).smaller).toBe(1);
    expect(reasonOf(setOverlap(0, 0, 0))).toBe("both-empty");
    expect(ok(setOverlap(0, 4, 0))).toEqual({ ok: true, dice: 0, jaccard: 0, smaller: none("zero-denominator") });
  });
});

/** Bland and Altman's limits and Lin's concordance, against values worked out elsewhere; where they have no interval, and why. */
import { describe, expect, it } from "vitest";
import { blandAltman, concordanceCorrelation } from "../../src/stats/index.js";
import { ok, reasonOf } from "./outcomes.js";

const none = (reason: string) => ({ ok: false, reason });
const zeros = (n: number): number[] => new Array<number>(n).fill(0);
const digits = (value: number, expected: number): void => expect(value / expected).toBeCloseTo(1, 9);

describe("limits of agreement", () => {
  // Differences 1, 2, 6: mean 3, sd sqrt(7); t with 2 degrees of freedom 4.3026527, z 1.95996398
  const [t, z, sd] = [4.302652729749462, 1.959963984540054, Math.sqrt(7)];

  it("lie z standard deviations around the bias, whose interval is Student's", () => {
    const r = ok(blandAltman([0, 0, 0], [1, 2, 6]));
    expect(r).toMatchObject({ n: 3, bias: 3 });
    digits(r.sd as number, sd);
    digits((r.limits as [number, number])[0], 3 - z * sd);
    digits((r.limits as [number, number])[1], 3 + z * sd);
    digits(ok(r.biasInterval).low, 3 - (t * sd) / Math.sqrt(3));
    digits(ok(r.biasInterval).high, 3 + (t * sd) / Math.sqrt(3));
  });

  it("have approximate intervals of the same width on both sides", () => {
    const r = ok(blandAltman([0, 0, 0], [1, 2, 6], "approximate"));
    // Variance of bias + z sd: sd² (1/n + z²/(2 (n - 1)))
    const half = t * sd * Math.sqrt(1 / 3 + (z * z) / 4);
    digits(ok(r.lowerInterval).low, 3 - z * sd - half);
    digits(ok(r.lowerInterval).high, 3 - z * sd + half);
    digits(ok(r.upperInterval).low, 3 + z * sd - half);
    digits(ok(r.upperInterval).high, 3 + z * sd + half);
  });

  it("have exact intervals by the noncentral t, for any number of pairs, level and share", () => {
    // scipy stats.nct.ppf(tail, n - 1, z sqrt(n)) sd / sqrt(n), both tails
    const alternating = Array.from({ length: 1001 }, (_, i) => (i % 2 === 0 ? 1 : -1) * ((i * 7) % 13));
    for (const [differences, level, share, bias, inner, outer] of [
      [[1, 2, 6], 0.95, 0.95, 3, 1.8854868566623535, 33.908470737553735],
      [[1, 3], 0.95, 0.95, 2, 0.7390753946864546, 88.46987496623805],
      [[1, 2, 6], 0.9, 0.8, 3, 0.8849446406598638, 16.285343049096543],
      [alternating, 0.95, 0.95, -0.03596403596403597, 13.143375035275382, 14.644161592229127],
    ] as const) {
      const r = ok(blandAltman(zeros(differences.length), differences, "exact", level, share));
      digits(r.bias, bias);
      digits(r.bias - ok(r.lowerInterval).high, inner);
      digits(r.bias - ok(r.lowerInterval).low, outer);
      digits(ok(r.upperInterval).low - r.bias, inner);
      digits(ok(r.upperInterval).high - r.bias, outer);
    }
  });

  it("hold the share that is asked for, the level where none is", () => {
    const [given, left] = [
      ok(blandAltman([0, 0, 0], [1, 2, 6], "exact", 0.8, 0.95)),
      ok(blandAltman([0, 0, 0], [1, 2, 6], "exact", 0.8)),
    ];
    digits((given.limits as [number, number])[1], 3 + z * sd);
    // z of 0.8
    digits((left.limits as [number, number])[1], 3 + 1.2815515655446004 * sd);
  });

  it("have exact intervals that reach across the bias where the noncentral t is negative", () => {
    // Bias plus its quantiles times sd/sqrt(n), scipy 1.12 (nct.ppf); a tail of 0.025 is below P(T <= 0) = 0.066, 0.035
    const five = ok(ok(blandAltman(zeros(5), [1, 2, 3, 4, 6], "exact", 0.95, 0.5)).upperInterval);
    digits(five.low, 2.760410831130807);
    digits(five.high, 8.315673544402111);
    const two = ok(blandAltman([0, 0], [-1, 0], "exact", 0.95, 0.8));
    digits(ok(two.upperInterval).low, -0.6010410314992094);
    digits(ok(two.lowerInterval).high, -0.3989589685007906);
    // and far below
    const far = ok(ok(blandAltman([0, 0], [-1, 0], "exact", 0.999, 0.8)).upperInterval);
    digits(far.low, -11.537273646976644);
    digits(far.high, 1456.6158441358136);
  });

  it("need two pairs that differ by more than rounding", () => {
    expect(reasonOf(blandAltman([], []))).toBe("no-data");
    const few = none("too-few");
    const rest = { biasInterval: few, sd: few, limits: few, lowerInterval: few, upperInterval: few };
    expect(blandAltman([1], [3])).toEqual({ ok: true, n: 1, bias: 2, ...rest });
    const still = none("zero-variance");
    expect(blandAltman([1, 2], [3, 4])).toEqual({
      ok: true,
      n: 2,
      bias: 2,
      sd: 0,
      limits: [2, 2],
      biasInterval: still,
      lowerInterval: still,
      upperInterval: still,
    });
    // 1000.7 + 0.1 - 1000.7 is 0.1 but for 7e-15
    const readings = [1.1, -1000.7, 2.3];
    const shifted = readings.map((value) => value + 0.1);
    expect(ok(blandAltman(readings, shifted))).toMatchObject({ sd: 0, biasInterval: still, lowerInterval: still });
    expect(ok(blandAltman(readings, [...shifted.slice(1), 2.3999])).sd).not.toBe(0);
    // Small differences of small readings are differences.
    expect(ok(blandAltman([0, 0, 0], [1e-15, 2e-15, 6e-15])).biasInterval.ok).toBe(true);
    expect(ok(blandAltman([0, 0, 1e-15], [1e-15, 2e-15, 6e-15])).biasInterval.ok).toBe(true);
  });
});

describe("concordance", () => {
  it("has Lin's values", () => {
    // x 1, 2, 4, 5 (mean 3, variance 2.5), y 2, 2, 3, 5 (mean 3, variance 1.5), covariance (2 + 1 + 0 + 4)/4
    const r = ok(concordanceCorrelation([1, 2, 4, 5], [2, 2, 3, 5]));
    digits(r.ccc, 3.5 / 4);
    digits(r.pearson as number, 1.75 / Math.sqrt(3.75));
    digits(r.accuracy as number, (2 * Math.sqrt(3.75)) / 4);
    // Without a shift: variance (1 - r²) c² (1 - c²)/r²/(n - 2)
    const [c2, r2] = [(3.5 * 3.5) / 16, (1.75 * 1.75) / 3.75];
    const se = Math.sqrt(((1 - r2) * c2 * (1 - c2)) / r2 / 2);
    digits(r.se as number, se);
    const half = (1.959963984540054 * se) / (1 - c2);
    digits(ok(r.interval).low, Math.tanh(Math.atanh(0.875) - half));
    digits(ok(r.interval).high, Math.tanh(Math.atanh(0.875) + half));
  });

  it("with a shift, and with n - 1 for n", () => {
    // y one more than above: shift 1, denominator 4 + 1
    const [x, y] = [[1, 2, 4, 5], [3, 3, 4, 6]]; // prettier-ignore
    const r = ok(concordanceCorrelation(x, y));
    digits(r.ccc, 3.5 / 5);
    const [c, c2, r1, u2] = [0.7, 0.49, 1.75 / Math.sqrt(3.75), 1 / Math.sqrt(3.75)];
    const r2 = r1 * r1;
    const variance =
      ((1 - r2) * c2 * (1 - c2)) / r2 + (2 * c2 * c * (1 - c) * u2) / r1 - (c2 * c2 * u2 * u2) / (2 * r2);
    digits(r.se as number, Math.sqrt(variance / 2));
    // Divisor 3: covariance 7/3, variances 10/3 and 2
    const unbiased = ok(concordanceCorrelation(x, y, 0.95, true));
    digits(unbiased.ccc, 14 / 3 / (16 / 3 + 1));
    digits(unbiased.pearson as number, r.pearson as number);
  });

  it("says why where there is no value, or no interval", () => {
    expect(reasonOf(concordanceCorrelation([], []))).toBe("no-data");
    expect(reasonOf(concordanceCorrelation([1], [1]))).toBe("too-few");
    expect(reasonOf(concordanceCorrelation([2, 2], [2, 2]))).toBe("zero-variance");
    const still = none("zero-variance");
    const part = { pearson: still, accuracy: still, se: still, interval: still };
    expect(concordanceCorrelation([2, 2], [3, 3])).toEqual({ ok: true, ccc: 0, ...part });
    expect(concordanceCorrelation([1, 2, 3], [2, 2, 2])).toEqual({ ok: true, ccc: 0, ...part });
    expect(concordanceCorrelation([2, 2, 2], [1, 2, 3])).toEqual({ ok: true, ccc: 0, ...part });
    const two = ok(concordanceCorrelation([1, 3], [2, 4]));
    expect([two.pearson, two.se, two.interval]).toEqual([1, none("too-few"), none("too-few")]);
    // All alike, all turned round, another scale on a straight line, alike or of one value but for rounding
    const tenths = [0.1, 0.2, 0.3];
    for (const [x, y, ccc] of [
      [[1, 2, 3], [1, 2, 3], 1],
      [[1, 2, 3], [3, 2, 1], -1],
      [[0.1, 0.2, 0.4, 0.7], [-0.35, -0.15, 0.25, 0.85].map((value) => value + 0.2), 0.8],
      [[0.3, 0.6, 0.9], tenths.map((value) => 3 * value), 1],
    ] as const) {
      const r = ok(concordanceCorrelation(x, y));
      expect([r.ccc, r.se, r.interval]).toEqual([expect.closeTo(ccc, 12), still, still]);
      expect(typeof r.pearson).toBe("number");
    }
    const nearly = [0.3, 0.1 + 0.2, 0.3];
    expect(concordanceCorrelation([1, 2, 3], nearly)).toMatchObject({ ok: true, ...part });
    expect(concordanceCorrelation(nearly, [1, 2, 3])).toMatchObject({ ok: true, ...part });
    expect(reasonOf(concordanceCorrelation(nearly, [0.3, 0.3, 0.3]))).toBe("zero-variance");
    expect(reasonOf(concordanceCorrelation([0.3, 0.3, 0.3], nearly))).toBe("zero-variance");
  });

  it("without correlation has the standard error of its neighbours", () => {
    // ccc = r C with r = 0: the variance is C²/(n - 2), C = 2 sx sy/(sx² + sy² + shift²)
    const r = ok(concordanceCorrelation([1, 2, 3, 4, 5, 6], [1, -1, 0, 0, -1, 1]));
    const [sx2, sy2, shift] = [35 / 12, 2 / 3, 3.5];
    expect([r.ccc, r.pearson]).toEqual([0, 0]);
    digits(r.se as number, (2 * Math.sqrt(sx2 * sy2)) / (sx2 + sy2 + shift * shift) / 2);
    const interval = ok(r.interval);
    digits(interval.high, Math.tanh(1.959963984540054 * (r.se as number)));
    expect(interval.low).toBe(-interval.high);
    const beside = ok(concordanceCorrelation([1, 2, 3, 4, 5, 6], [1, -1, 0, 0, -1, 1.0001]));
    expect(beside.se).toBeCloseTo(r.se as number, 5);
  });

  it("of a straight line with a shift has a standard error", () => {
    // r 1, equal spreads s²: C = 2s²/(2s² + d²), variance 2C²(1 - C)²/(n - 2)
    const r = ok(concordanceCorrelation([0.1, 0.2, 0.4, 0.7], [0.2, 0.3, 0.5, 0.8]));
    const c = 0.105 / (0.105 + 0.01);
    digits(r.ccc, c);
    digits(r.se as number, c * (1 - c));
  });
});

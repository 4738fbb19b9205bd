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

  it("need two pairs that differ", () => {
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
    // All alike, all turned round, and no correlation at all
    for (const [y, ccc] of [
      [[1, 2, 3], 1],
      [[3, 2, 1], -1],
      [[1, 0, 1], 0],
    ] as const) {
      const r = ok(concordanceCorrelation([1, 2, 3], y));
      expect([r.ccc, r.se, r.interval]).toEqual([ccc, still, still]);
      expect(typeof r.pearson).toBe("number");
    }
  });
});

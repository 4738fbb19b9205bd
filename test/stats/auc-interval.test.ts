/** The default interval of an AUC against its definition: placements, the model's variance and the score equation. */
import { describe, expect, it } from "vitest";
import { delongAuc } from "../../src/stats/index.js";
import { ok } from "./outcomes.js";

const z95 = 1.959963984540054;

/** AUC and DeLong's variance from all pairs. */
function fromPairs(positives: readonly number[], negatives: readonly number[]): { auc: number; variance: number } {
  const wins = (x: number, y: number) => (x > y ? 1 : x === y ? 0.5 : 0);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const ofPositives = positives.map((x) => mean(negatives.map((y) => wins(x, y))));
  const ofNegatives = negatives.map((y) => mean(positives.map((x) => wins(x, y))));
  const auc = mean(ofPositives);
  const part = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + (value - auc) ** 2, 0) / (values.length - 1) / values.length;
  return { auc, variance: part(ofPositives) + part(ofNegatives) };
}

/** Newcombe 2006: Hanley & McNeil's variance of t with m - 1 and n - 1 both replaced by their mean. */
function newcombeVariance(t: number, m: number, n: number): number {
  const others = (m - 1 + (n - 1)) / 2;
  return (t * (1 - t) + others * (t / (2 - t) - t * t) + others * ((2 * t * t) / (1 + t) - t * t)) / (m * n);
}

const samples: Record<string, [number[], number[]]> = {
  "a variance above the model's": [
    [0.5, 1, 2, 9, 10, 11],
    [1.5, 3, 4, 5, 6, 7, 8],
  ],
  "a variance below the model's, many cases misranked": [
    [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
    [1, 2, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5, 11.5, 12.5],
  ],
  "a variance below the model's, few cases misranked": [
    [5, 6, 7, 8, 9, 10, 11, 12],
    [1, 2, 3, 4, 4.5, 5.5],
  ],
  "more positives than negatives, and ties": [
    [2, 2, 3, 3, 3, 4, 4, 5, 5, 5],
    [1, 2, 2, 3],
  ],
  "an AUC below one half": [
    [1, 2, 3, 4, 9],
    [2.5, 3.5, 5, 6, 7, 8],
  ],
};

describe("the default interval of an AUC", () => {
  it.each(Object.entries(samples))("solves the score equation with the blended variance: %s", (_, [x, y]) => {
    const [m, n] = [x.length, y.length];
    const { auc, variance } = fromPairs(x, y);
    const found = ok(delongAuc(x, y));
    expect(found.auc).toBeCloseTo(auc, 14);
    expect(found.variance).toBeCloseTo(variance, 14);
    const ratio = variance / newcombeVariance(auc, m, n);
    const misranked = Math.min(m, n) * Math.min(auc, 1 - auc);
    // Two misranked cases' worth of the model; never less than DeLong's own.
    const used = ratio > 1 ? ratio : (2 + misranked * ratio) / (2 + misranked);
    const interval = ok(found.interval);
    expect(interval).toMatchObject({ level: 0.95, method: "auc_delong_newcombe5" });
    for (const limit of [interval.low, interval.high]) {
      expect(Math.abs(limit - auc)).toBeCloseTo(z95 * Math.sqrt(used * newcombeVariance(limit, m, n)), 10);
    }
    expect(interval.low).toBeLessThan(auc);
    expect(interval.high).toBeGreaterThan(auc);
  });

  it("has samples on both sides of the model's variance", () => {
    const ratios = Object.values(samples).map(([x, y]) => {
      const { auc, variance } = fromPairs(x, y);
      return variance / newcombeVariance(auc, x.length, y.length);
    });
    expect(ratios.filter((ratio) => ratio > 1.05).length).toBeGreaterThan(0);
    expect(ratios.filter((ratio) => ratio < 0.95).length).toBeGreaterThan(1);
  });

  it("mirrors when the direction of the score does", () => {
    for (const [x, y] of Object.values(samples)) {
      const there = ok(ok(delongAuc(x, y)).interval);
      const back = ok(
        ok(
          delongAuc(
            x.map((score) => -score),
            y.map((score) => -score),
          ),
        ).interval,
      );
      expect(back.low).toBeCloseTo(1 - there.high, 12);
      expect(back.high).toBeCloseTo(1 - there.low, 12);
    }
  });

  it("is Newcombe's method 5 as it stands where DeLong's variance says nothing", () => {
    for (const [x, y] of [
      [
        [5, 6, 7],
        [1, 2, 3],
      ],
      [
        [1, 1, 1],
        [1, 1, 1],
      ],
      [[2], [1, 3]],
    ] as const) {
      expect(ok(ok(delongAuc(x, y)).interval).method).toBe("auc_newcombe5");
    }
  });
});

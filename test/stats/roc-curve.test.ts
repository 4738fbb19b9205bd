/** What is read off a ROC curve: at points, between them and at the ends, by hand. */
import { describe, expect, it } from "vitest";
import {
  averagePrecision,
  correctedArea,
  partialAuc,
  precisionArea,
  rocPoints,
  sensitivityAtSpecificity,
  specificityAtSensitivity,
  youden,
  type RocPoints,
} from "../../src/stats/index.js";
import { ok, reasonOf } from "./outcomes.js";

/** A curve through these counts. */
function curve(fp: readonly number[], tp: readonly number[]): RocPoints {
  return {
    thresholds: Float64Array.from(fp, (_, k) => (k === 0 ? Infinity : -k)),
    tp: Float64Array.from(tp),
    fp: Float64Array.from(fp),
    positives: tp.at(-1) as number,
    negatives: fp.at(-1) as number,
  };
}

describe("the points of a curve", () => {
  it("are one for each distinct score, from above all scores down", () => {
    const { thresholds, tp, fp, positives, negatives } = rocPoints([1, 0, 1, 0, 0, 1], [5, 5, 3, 2, 1, 3]);
    expect([...thresholds]).toEqual([Infinity, 5, 3, 2, 1]);
    expect([...tp]).toEqual([0, 1, 3, 3, 3]);
    expect([...fp]).toEqual([0, 1, 1, 2, 3]);
    expect([positives, negatives]).toEqual([3, 3]);
    for (const score of [Infinity, -Infinity, NaN]) expect(() => rocPoints([1, 0], [score, 0])).toThrow("non-finite");
  });

  it("say nothing without cases, without positives, without negatives", () => {
    for (const [labels, reason] of [
      [[], "no-data"],
      [[0, 0], "no-positives"],
      [[1, 1], "no-negatives"],
    ] as const) {
      const points = rocPoints(
        labels,
        labels.map((_, i) => i),
      );
      expect(reasonOf(sensitivityAtSpecificity(points, 0.5))).toBe(reason);
      expect(reasonOf(specificityAtSensitivity(points, 0.5))).toBe(reason);
      expect(reasonOf(youden(points))).toBe(reason);
      expect(reasonOf(partialAuc(points, "fpr", [0, 0.5]))).toBe(reason);
      if (reason === "no-negatives") expect(ok(averagePrecision(points)).value).toBe(1);
      else expect(reasonOf(averagePrecision(points))).toBe(reason);
    }
    expect(precisionArea({ tp: Float64Array.of(0), fp: Float64Array.of(0), positives: 0, negatives: 0 })).toBeNaN();
  });
});

describe("sensitivity at a specificity", () => {
  const points = curve([0, 0, 1, 2, 2, 10], [0, 2, 2, 3, 9, 10]);

  it("is that of the first point with the most positives among those that keep it; linear, the upper end of a step", () => {
    // Not a point between: 1.5 of 10 false positives lie halfway from (1, 2) to (2, 3)
    for (const [target, threshold, sensitivity, specificity, linear] of [
      [1, -1, 0.2, 1, 0.2],
      [0.95, -1, 0.2, 1, 0.2],
      [0.9, -1, 0.2, 1, 0.2],
      [0.85, -1, 0.2, 1, 0.25],
      [0.8, -4, 0.9, 0.8, 0.9],
      [0.4, -4, 0.9, 0.8, 0.95],
      [0, -5, 1, 0, 1],
    ] as const) {
      const r = ok(sensitivityAtSpecificity(points, target));
      expect(r).toMatchObject({ threshold, sensitivity, specificity });
      expect(r.linear, `linear at ${target}`).toBeCloseTo(linear, 14);
    }
  });

  it("at a point is that of the point, though 1 - 0.9 is no tenth in binary", () => {
    expect(ok(sensitivityAtSpecificity(curve([0, 1, 2, 10], [0, 1, 10, 10]), 0.9)).linear).toBe(0.1);
    expect(ok(sensitivityAtSpecificity(curve([0, 7, 8, 10], [0, 1, 10, 10]), 0.3)).linear).toBe(0.1);
    expect(ok(sensitivityAtSpecificity(points, 0)).linear).toBe(1);
  });

  it("reaches a decimal that is a little more in binary", () => {
    // 0.07 · 10,000 = 700.0000000000001, 0.57 · 10,000 = 5699.999999999999
    expect(0.07 * 10_000).toBeGreaterThan(700);
    const many = curve([0, 9300, 10_000], [0, 700, 10_000]);
    expect(ok(sensitivityAtSpecificity(many, 0.07))).toMatchObject({ sensitivity: 0.07, specificity: 0.07 });
    expect(ok(specificityAtSensitivity(many, 0.07))).toMatchObject({ sensitivity: 0.07, specificity: 0.07 });
    expect(ok(specificityAtSensitivity(many, 0.0701)).sensitivity).toBe(1);
    expect(ok(sensitivityAtSpecificity(many, 0.0701)).sensitivity).toBe(0);
  });
});

describe("specificity at a sensitivity", () => {
  const points = curve([0, 0, 1, 2, 2, 10], [0, 2, 2, 3, 9, 10]);

  it("is that of the first point that reaches it; linear, on the way there", () => {
    for (const [target, threshold, sensitivity, specificity, linear] of [
      [0, Infinity, 0, 1, 1],
      [0.1, -1, 0.2, 1, 1],
      [0.2, -1, 0.2, 1, 1],
      [0.25, -3, 0.3, 0.8, 0.85],
      [0.3, -3, 0.3, 0.8, 0.8],
      [0.9, -4, 0.9, 0.8, 0.8],
      [0.95, -5, 1, 0, 0.4],
      [1, -5, 1, 0, 0],
    ] as const) {
      const r = ok(specificityAtSensitivity(points, target));
      expect(r).toMatchObject({ threshold, sensitivity, specificity });
      expect(r.linear, `linear at ${target}`).toBeCloseTo(linear, 14);
    }
  });

  it("at a point is that of the point, though 0.57 of a hundred is less than 57 in binary", () => {
    expect(0.57 * 100).toBeLessThan(57);
    expect(ok(specificityAtSensitivity(curve([0, 3, 3], [0, 57, 100]), 0.57)).linear).toBe(0);
  });
});

describe("the rest", () => {
  it("Youden's index names every point that reaches it", () => {
    // Sensitivity - false positive rate: 0, 0.5, 0.25, 0.5, 0.25, 0
    const points = curve([0, 0, 1, 2, 3, 4], [0, 2, 2, 4, 4, 4]);
    const r = ok(youden(points));
    expect(r.j).toBe(0.5);
    expect(r.points).toEqual([
      { threshold: -1, sensitivity: 0.5, specificity: 1 },
      { threshold: -3, sensitivity: 1, specificity: 0.5 },
    ]);
    // Worse than chance: above all scores is best
    expect(ok(youden(curve([0, 4, 4], [0, 0, 4])))).toMatchObject({ j: 0, points: [{ threshold: Infinity }, {}] });
  });

  it("average precision weighs precision by what is gained", () => {
    const r = ok(averagePrecision(curve([0, 1, 1, 3, 4], [0, 1, 2, 2, 4])));
    expect(r.value).toBeCloseTo((1 / 2 + 2 / 3 + 2 * (4 / 8)) / 4, 14);
    expect([...r.precision]).toEqual([1 / 2, 2 / 3, 2 / 5, 4 / 8]);
    expect([...r.recall]).toEqual([1 / 4, 2 / 4, 2 / 4, 1]);
  });

  it("areas over ranges, by trapezoids", () => {
    // (0, 0), (0, 0.5), (0.5, 0.75), (1, 1)
    const points = curve([0, 0, 2, 4], [0, 2, 3, 4]);
    const low = ok(partialAuc(points, "fpr", [0.25, 0.75]));
    // Heights 0.625, 0.75, 0.875
    expect(low.area).toBeCloseTo(0.25 * (0.625 / 2 + 0.75 + 0.875 / 2), 14);
    expect([low.min, low.max]).toEqual([0.25, 0.5]);
    expect(low.corrected).toBeCloseTo(0.5 * (1 + (low.area - 0.25) / 0.25), 14);
    // Specificity 1 up to sensitivity 0.5, then falling to 0.5 at 0.75 and 0 at 1
    const high = ok(partialAuc(points, "tpr", [0.25, 0.75]));
    expect(high.area).toBeCloseTo(0.25 + (0.25 * (1 + 0.5)) / 2, 14);
    expect([high.min, high.max]).toEqual([0.25, 0.5]);
    const most = ok(partialAuc(points, "tpr", [0.8, 1]));
    expect(most.area).toBeCloseTo((0.2 * 0.4) / 2, 14);
    expect(most.min).toBeCloseTo(0.02, 14);
    expect(correctedArea(0.3, 0.3, 0.9)).toBe(0.5);
    expect(correctedArea(0.9, 0.3, 0.9)).toBe(1);
  });
});

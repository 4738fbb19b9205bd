/** Metrics of the ROC and precision-recall curve: values, edges and laws. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { metricByName, type CountedUnits } from "../../src/metrics/index.js";
import { decided, measured, scoredUnits } from "./decided-units.js";

const names = [
  "average-precision",
  "partial-auc@0.25",
  "partial-auc-corrected@0.25",
  "sensitivity-at-specificity@0.75",
  "specificity-at-sensitivity@0.75",
];
const valueOf = (name: string, labels: readonly number[], scores: readonly number[]) =>
  measured(name, decided(scoredUnits(labels, scores))).estimate;

// Falling: + + - + - (-+) -, so the curve runs (0, 1/4) (0, 1/2) (1/4, 1/2) (1/4, 3/4) (1/2, 3/4) (3/4, 1) (1, 1).
const labels = [1, 1, 0, 1, 0, 0, 1, 0];
const scores = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.4, 0.2];

describe("metrics of eight scored images", () => {
  it("average precision is the step sum, tied images at once", () => {
    const value = (1 / 4) * (1 + 1 + 3 / 4 + 4 / 7);
    expect(valueOf("average-precision", labels, scores)).toBeCloseTo(value, 14);
  });

  it("the partial area is the polyline's, the end by interpolation; corrected it runs from 1/2 to 1", () => {
    expect(valueOf("partial-auc@0.25", labels, scores)).toBeCloseTo(0.25 * 0.5, 14);
    expect(valueOf("partial-auc@0.5", labels, scores)).toBeCloseTo(0.25 * 0.5 + 0.25 * 0.75, 14);
    const sloping = 0.25 * 0.5 + 0.25 * 0.75 + 0.125 * (0.75 + 0.0625);
    expect(valueOf("partial-auc@0.625", labels, scores)).toBeCloseTo(sloping, 14);
    const least = 0.25 * 0.125;
    const corrected = (1 + (0.125 - least) / (0.25 - least)) / 2;
    expect(valueOf("partial-auc-corrected@0.25", labels, scores)).toBeCloseTo(corrected, 14);
  });

  it("a target is reached by a threshold that exists", () => {
    expect(valueOf("sensitivity-at-specificity@0.75", labels, scores)).toBe(0.75);
    expect(valueOf("sensitivity-at-specificity@0.76", labels, scores)).toBe(0.5);
    expect(valueOf("sensitivity-at-specificity@1", labels, scores)).toBe(0.5);
    expect(valueOf("specificity-at-sensitivity@0.75", labels, scores)).toBe(0.75);
    expect(valueOf("specificity-at-sensitivity@0.76", labels, scores)).toBe(0.25);
    expect(valueOf("specificity-at-sensitivity@1", labels, scores)).toBe(0.25);
  });

  it("a target of 0.9 is met by 9 of 10", () => {
    const ten = [...Array<number>(10).fill(1), ...Array<number>(10).fill(0)];
    const falling = [...Array.from({ length: 9 }, () => 0.9), 0.3, 0.95, ...Array.from({ length: 9 }, () => 0.1)];
    expect(valueOf("sensitivity-at-specificity@0.9", ten, falling)).toBe(1);
    expect(valueOf("specificity-at-sensitivity@0.9", ten, falling)).toBe(0.9);
  });

  it("counts say what they are made of; a chosen threshold is flagged; intervals are percentiles of resamples", () => {
    for (const name of names) {
      const prepared = measured(name, decided(scoredUnits(labels, scores)));
      expect(prepared.n).toEqual({ positives: 4, negatives: 4, patients: 8 });
      expect(prepared.patients).toBe(8);
      expect(prepared.interval).toBeNull();
      expect(prepared.flags ?? []).toEqual(name.includes("-at-") ? ["threshold-from-test-set"] : []);
    }
  });

  it("neither depend on the operating threshold nor are flagged for it", () => {
    for (const name of names) {
      const prepared = measured(name, { ...decided(scoredUnits(labels, scores), null), thresholdFromTestSet: true });
      expect(prepared.estimate).toBe(valueOf(name, labels, scores));
      expect(prepared.flags ?? []).toEqual(name.includes("-at-") ? ["threshold-from-test-set"] : []);
    }
  });
});

describe("edges", () => {
  const reasonOf = (name: string, own: readonly number[]) =>
    measured(
      name,
      decided(
        scoredUnits(
          own,
          own.map((_, at) => at),
        ),
      ),
    ).reason;

  it("one class alone, or none", () => {
    for (const name of names) {
      expect(reasonOf(name, [])).toBe("no-data");
      expect(reasonOf(name, [0, 0, 0])).toBe("no-positives");
      if (name !== "average-precision") expect(reasonOf(name, [1, 1])).toBe("no-negatives");
    }
    expect(valueOf("average-precision", [1, 1], [1, 2])).toBe(1);
  });

  it("all tied: average precision is the prevalence, the corrected area one half", () => {
    expect(valueOf("average-precision", [1, 0, 0, 0], [3, 3, 3, 3])).toBe(0.25);
    expect(valueOf("partial-auc-corrected@0.1", [1, 0, 0, 0], [3, 3, 3, 3])).toBeCloseTo(0.5, 14);
    expect(valueOf("sensitivity-at-specificity@0.9", [1, 0, 0, 0], [3, 3, 3, 3])).toBe(0);
    expect(valueOf("specificity-at-sensitivity@0.9", [1, 0, 0, 0], [3, 3, 3, 3])).toBe(0);
  });

  it("answers without scores, and flags of scores", () => {
    const set = decided(scoredUnits(labels, scores));
    const image = set.binary.image!;
    const without: CountedUnits = { ...set, binary: { image: { ...image, scored: false } } };
    const doubted: CountedUnits = {
      ...set,
      binary: { image: { ...image, scoreFlags: ["scores-contradict-decisions"] } },
    };
    for (const name of names) {
      expect(measured(name, without).reason).toBe("no-scores");
      expect(measured(name, doubted).flags?.[0]).toBe("scores-contradict-decisions");
    }
  });

  it("failed images have the worst rank of their class", () => {
    const units = scoredUnits([1, 0, 1, 0], [-Infinity, Infinity, 0.9, 0.1]);
    expect(measured("sensitivity-at-specificity@1", decided(units)).estimate).toBe(0);
    expect(measured("sensitivity-at-specificity@0.5", decided(units)).estimate).toBe(0.5);
    expect(measured("specificity-at-sensitivity@1", decided(units)).estimate).toBe(0);
  });

  it("limits and targets lie above 0, up to 1", () => {
    for (const id of names.map((name) => name.split("@")[0] as string).slice(1)) {
      expect(() => metricByName(`${id}@0`)).toThrow("there is no metric");
      expect(() => metricByName(`${id}@1.01`)).toThrow("there is no metric");
      expect(metricByName(`${id}@1`).parameter).toBe(1);
    }
    expect(metricByName("sensitivity-at-specificity@0.9").title).toEqual({
      "zh-CN": "图像级灵敏度（特异度不低于 0.9 时）",
      en: "Image-level sensitivity at a specificity of at least 0.9",
    });
    expect(metricByName("patient-partial-auc@0.1").title.en).toBe(
      "Patient-level partial AUC up to a false-positive rate of 0.1",
    );
  });

  it("a draw without a class has no value, but average precision needs positives only", () => {
    const set = decided(scoredUnits([1, 1, 0, 0], [0.9, 0.4, 0.5, 0.1]));
    const positives = Uint16Array.from([1, 2, 0, 0]);
    const negatives = Uint16Array.from([0, 0, 3, 1]);
    for (const name of names) {
      const prepared = measured(name, set);
      expect(prepared.weighted(negatives, 0)).toBeNaN();
      if (name === "average-precision") expect(prepared.weighted(positives, 1)).toBe(1);
      else expect(prepared.weighted(positives, 1)).toBeNaN();
    }
  });
});

describe("laws", () => {
  const sample = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 1, max: 9 })), { minLength: 2, maxLength: 40 })
    .map((rows) => ({
      labels: [1, 0, ...rows.map(([label]) => label)],
      scores: [5, 5, ...rows.map(([, score]) => score)],
    }));

  it("do not change under a rising transform of the scores, nor with the order of the images", () => {
    fc.assert(
      fc.property(sample, (set) => {
        const order = [...set.labels.keys()].reverse();
        for (const name of names) {
          const value = valueOf(name, set.labels, set.scores) as number;
          const exponential = set.scores.map((score) => Math.exp(score) - 100);
          expect(valueOf(name, set.labels, exponential)).toBe(value);
          const turned = valueOf(
            name,
            order.map((at) => set.labels[at] as number),
            order.map((at) => set.scores[at] as number),
          );
          expect(turned).toBe(value);
        }
      }),
    );
  });

  it("do not change when every image is there three times", () => {
    fc.assert(
      fc.property(sample, (set) => {
        const three = <T>(values: readonly T[]) => [...values, ...values, ...values];
        for (const name of names) {
          const value = valueOf(name, set.labels, set.scores) as number;
          expect(valueOf(name, three(set.labels), three(set.scores))).toBeCloseTo(value, 12);
        }
      }),
    );
  });

  it("with classes exchanged and scores negated, the two targets change places", () => {
    fc.assert(
      fc.property(sample, fc.constantFrom(0.1, 0.5, 0.8, 0.95, 1), (set, target) => {
        const other = valueOf(
          `specificity-at-sensitivity@${target}`,
          set.labels.map((label) => 1 - label),
          set.scores.map((score) => -score),
        ) as number;
        expect(other).toBeCloseTo(
          valueOf(`sensitivity-at-specificity@${target}`, set.labels, set.scores) as number,
          12,
        );
      }),
    );
  });

  it("the area up to 1 is the AUC, as it is and corrected; areas grow with the limit by no more than its width", () => {
    fc.assert(
      fc.property(sample, (set) => {
        const area = valueOf("auc", set.labels, set.scores) as number;
        expect(valueOf("partial-auc@1", set.labels, set.scores)).toBeCloseTo(area, 12);
        expect(valueOf("partial-auc-corrected@1", set.labels, set.scores)).toBeCloseTo(area, 12);
        const limits = [0.1, 0.3, 0.5, 1];
        const areas = limits.map((limit) => valueOf(`partial-auc@${limit}`, set.labels, set.scores) as number);
        areas.forEach((value, at) => {
          const [before, from] = at === 0 ? [0, 0] : [areas[at - 1] as number, limits[at - 1] as number];
          expect(value).toBeGreaterThanOrEqual(before - 1e-12);
          expect(value - before).toBeLessThanOrEqual((limits[at] as number) - from + 1e-12);
        });
      }),
    );
  });

  it("sensitivity at a specificity falls as the target rises, and a threshold gives both", () => {
    fc.assert(
      fc.property(sample, (set) => {
        const targets = [0.1, 0.25, 0.5, 0.75, 0.9, 1];
        const found = targets.map(
          (at) => valueOf(`sensitivity-at-specificity@${at}`, set.labels, set.scores) as number,
        );
        expect(found).toEqual([...found].sort((a, b) => b - a));
        targets.forEach((target, at) => {
          const attained = [Infinity, ...set.scores].filter((threshold) => {
            const negatives = set.scores.filter((_, i) => set.labels[i] === 0);
            return negatives.filter((score) => score < threshold).length / negatives.length >= target - 1e-12;
          });
          const positives = set.scores.filter((_, i) => set.labels[i] === 1);
          const best = Math.max(
            ...attained.map((threshold) => positives.filter((score) => score >= threshold).length / positives.length),
          );
          expect(found[at]).toBeCloseTo(best, 12);
        });
      }),
    );
  });
});

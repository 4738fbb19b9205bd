/** Laws of the ROC curve, its area and what is read off it. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { delongAuc, hanleyMcNeilSe, newcombeAuc, rocAuc } from "../../src/stats/auc.js";
import {
  clusteredAuc,
  clusteredAucDifference,
  delongDifference,
  delongGlobal,
} from "../../src/stats/auc-comparison.js";
import {
  averagePrecision,
  partialAuc,
  rocPoints,
  sensitivityAtSpecificity,
  specificityAtSensitivity,
  youden,
} from "../../src/stats/roc-curve.js";

/** Cases of both classes with coarse scores, so that ties are common. */
const cases = fc
  .array(
    fc.record({
      label: fc.constantFrom(0, 1),
      score: fc.integer({ min: -6, max: 6 }),
      patient: fc.integer({ min: 0, max: 9 }),
    }),
    {
      minLength: 4,
      maxLength: 40,
    },
  )
  .filter((list) => new Set(list.map(({ label }) => label)).size === 2);
type Cases = { label: number; score: number; patient: number }[];

const labelsOf = (list: Cases) => list.map(({ label }) => label);
const scoresOf = (list: Cases) => list.map(({ score }) => score);
const patientsOf = (list: Cases) => list.map(({ patient }) => patient);
const split = (list: Cases): [number[], number[]] => [
  list.filter(({ label }) => label === 1).map(({ score }) => score),
  list.filter(({ label }) => label === 0).map(({ score }) => score),
];
/** Rising maps that keep ties. */
const rising = fc.constantFrom<(score: number) => number>(
  (score) => Math.exp(score),
  (score) => score * score * score,
  (score) => 1 / (1 + Math.exp(-score)),
  (score) => 1e6 + score / 1024,
);
const mapped = (list: Cases, f: (score: number) => number): Cases =>
  list.map((one) => ({ ...one, score: f(one.score) }));
const turned = (list: Cases, by: number): Cases =>
  [...list.slice(by % list.length), ...list.slice(0, by % list.length)].reverse();
const target = fc.double({ min: 0, max: 1, noNaN: true });
const pointsOf = (list: Cases) => rocPoints(labelsOf(list), scoresOf(list));

describe("the area", () => {
  it("with its variance and intervals does not change under a rising map of the scores", () => {
    fc.assert(
      fc.property(cases, rising, (list, f) => {
        expect(delongAuc(...split(mapped(list, f)))).toEqual(delongAuc(...split(list)));
        const of = (c: Cases) => clusteredAuc(patientsOf(c), labelsOf(c), scoresOf(c));
        expect(of(mapped(list, f))).toEqual(of(list));
      }),
    );
  });

  it("does not change with the order of the cases, nor with the names of the patients", () => {
    fc.assert(
      fc.property(cases, fc.nat(), (list, by) => {
        expect(delongAuc(...split(turned(list, by)))).toEqual(delongAuc(...split(list)));
        const named = turned(list, by);
        const [a, b] = [
          clusteredAuc(patientsOf(list), labelsOf(list), scoresOf(list)),
          clusteredAuc(
            patientsOf(named).map((patient) => `patient ${9 - patient}`),
            labelsOf(named),
            scoresOf(named),
          ),
        ];
        if (!a.ok || !b.ok) throw new Error("there are both classes");
        expect(b.auc).toBe(a.auc);
        if (typeof a.variance === "number") expect(b.variance).toBeCloseTo(a.variance, 12);
        else expect(b.variance).toEqual(a.variance);
      }),
    );
  });

  it("and its complement are exchanged by reversed scores", () => {
    fc.assert(
      fc.property(cases, (list) => {
        const [r, s] = [delongAuc(...split(list)), delongAuc(...split(mapped(list, (score) => -score)))];
        if (!r.ok || !s.ok || !r.interval.ok || !s.interval.ok) throw new Error("an interval is given");
        expect(s.twoU).toBe(2 * r.positives * r.negatives - r.twoU);
        expect(s.interval.low).toBeCloseTo(1 - r.interval.high, 9);
        if (typeof r.variance === "number") expect(s.variance).toBeCloseTo(r.variance, 14);
      }),
    );
  });

  it("has DeLong's variance: that of the placements of both classes", () => {
    fc.assert(
      fc.property(cases, (list) => {
        const [x, y] = split(list);
        fc.pre(x.length > 1 && y.length > 1);
        const above = (p: number, q: number) => (p > q ? 1 : p === q ? 0.5 : 0);
        const variance = (values: number[]) => {
          const mean = values.reduce((s, v) => s + v, 0) / values.length;
          return values.reduce((s, v) => s + (v - mean) * (v - mean), 0) / (values.length - 1);
        };
        const v10 = x.map((p) => y.reduce((s, q) => s + above(p, q), 0) / y.length);
        const v01 = y.map((q) => x.reduce((s, p) => s + above(p, q), 0) / x.length);
        const r = delongAuc(x, y);
        expect(r.ok && r.variance).toBeCloseTo(variance(v10) / x.length + variance(v01) / y.length, 12);
      }),
    );
  });

  it("lies in each of its intervals, and a higher level contains the lower one", () => {
    fc.assert(
      fc.property(cases, (list) => {
        const [inner, outer] = [delongAuc(...split(list), 0.9), delongAuc(...split(list), 0.99)];
        if (!inner.ok || !outer.ok) throw new Error("there are both classes");
        for (const part of ["interval", "wald", "logit"] as const) {
          const [a, b] = [inner[part], outer[part]];
          if (!a.ok || !b.ok) continue;
          expect(a.low).toBeLessThanOrEqual(inner.auc + 1e-12);
          expect(a.high).toBeGreaterThanOrEqual(inner.auc - 1e-12);
          expect(b.low).toBeLessThanOrEqual(a.low);
          expect(b.high).toBeGreaterThanOrEqual(a.high);
        }
      }),
    );
  });

  it("is more certain with more cases, in Newcombe's interval and in Hanley & McNeil's standard error", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.integer({ min: 2, max: 80 }),
        fc.integer({ min: 2, max: 80 }),
        (auc, m, n) => {
          const [few, many] = [newcombeAuc(auc, m, n), newcombeAuc(auc, 2 * m, 2 * n)];
          if (!few.ok || !many.ok) throw new Error("an interval is given");
          expect(many.high - many.low).toBeLessThan(few.high - few.low);
          // Beside 1 the variance is of the size of its rounding.
          if (auc < 1 - 1e-9) expect(hanleyMcNeilSe(auc, 2 * m, 2 * n)).toBeLessThan(hanleyMcNeilSe(auc, m, n));
        },
      ),
    );
  });
});

describe("two areas on the same cases", () => {
  const pairs = cases.chain((list) =>
    fc.tuple(
      fc.constant(list),
      fc.array(fc.integer({ min: -6, max: 6 }), { minLength: list.length, maxLength: list.length }),
    ),
  );

  it("change sign with their order, and keep p", () => {
    fc.assert(
      fc.property(pairs, ([list, second]) => {
        for (const of of [
          (a: number[], b: number[]) => delongDifference(labelsOf(list), a, b),
          (a: number[], b: number[]) => clusteredAucDifference(patientsOf(list), labelsOf(list), a, b),
        ]) {
          const [r, s] = [of(scoresOf(list), second), of(second, scoresOf(list))];
          expect(s.ok).toBe(r.ok);
          if (!r.ok || !s.ok) continue;
          expect(s.difference + r.difference).toBe(0);
          expect(s.p).toEqual(r.p);
          if (r.interval.ok && s.interval.ok) expect(s.interval.low + r.interval.high).toBe(0);
        }
      }),
    );
  });

  it("have the variance of a difference: both variances less twice the covariance", () => {
    fc.assert(
      fc.property(pairs, ([list, second]) => {
        const r = delongDifference(labelsOf(list), scoresOf(list), second);
        if (!r.ok) return;
        const [[a, c], [, b]] = r.covariance;
        expect(r.se * r.se).toBeCloseTo(a + b - 2 * c, 12);
        expect(c * c).toBeLessThanOrEqual(a * b * (1 + 1e-9) + 1e-15);
      }),
    );
  });

  it("give the global test of two: the square of z", () => {
    fc.assert(
      fc.property(pairs, ([list, second]) => {
        const [r, global] = [
          delongDifference(labelsOf(list), scoresOf(list), second),
          delongGlobal(labelsOf(list), [scoresOf(list), second]),
        ];
        if (!r.ok || !global.ok || typeof r.z !== "number") return;
        expect(global.chi2).toBeCloseTo(r.z * r.z, 8);
        expect(global.p).toBeCloseTo(r.p as number, 10);
      }),
    );
  });

  it("do not differ when one is a rising map of the other", () => {
    fc.assert(
      fc.property(cases, rising, (list, f) => {
        const r = delongDifference(labelsOf(list), scoresOf(list), scoresOf(mapped(list, f)));
        if (r.ok) expect([r.difference, r.p]).toEqual([0, 1]);
      }),
    );
  });
});

describe("the curve", () => {
  it("never falls: each threshold calls at least what the one above calls", () => {
    fc.assert(
      fc.property(cases, (list) => {
        const { thresholds, tp, fp, positives, negatives } = pointsOf(list);
        for (let k = 1; k < tp.length; k++) {
          expect(thresholds[k]).toBeLessThan(thresholds[k - 1] as number);
          expect(tp[k]).toBeGreaterThanOrEqual(tp[k - 1] as number);
          expect(fp[k]).toBeGreaterThanOrEqual(fp[k - 1] as number);
          expect((tp[k] as number) + (fp[k] as number)).toBeGreaterThan((tp[k - 1] as number) + (fp[k - 1] as number));
        }
        expect([tp.at(-1), fp.at(-1)]).toEqual([positives, negatives]);
      }),
    );
  });

  it("has the whole area below it, and parts that add up, along both axes", () => {
    fc.assert(
      fc.property(cases, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (list, cut) => {
        const [points, area] = [pointsOf(list), rocAuc(...split(list))];
        for (const axis of ["fpr", "tpr"] as const) {
          const [whole, left, right] = [
            partialAuc(points, axis, [0, 1]),
            partialAuc(points, axis, [0, cut]),
            partialAuc(points, axis, [cut, 1]),
          ];
          if (!whole.ok || !left.ok || !right.ok || !area.ok) throw new Error("there are both classes");
          expect(whole.area).toBeCloseTo(area.auc, 12);
          expect(left.area + right.area).toBeCloseTo(whole.area, 12);
          expect(left.area).toBeLessThanOrEqual(left.max + 1e-12);
        }
      }),
    );
  });

  it("gives no more sensitivity for more specificity, and the point read keeps the target", () => {
    fc.assert(
      fc.property(cases, target, target, (list, a, b) => {
        const points = pointsOf(list);
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const [loose, strict] = [sensitivityAtSpecificity(points, low), sensitivityAtSpecificity(points, high)];
        if (!loose.ok || !strict.ok) throw new Error("there are both classes");
        expect(strict.sensitivity).toBeLessThanOrEqual(loose.sensitivity);
        expect(strict.linear).toBeLessThanOrEqual(loose.linear + 1e-12);
        expect(strict.specificity).toBeGreaterThanOrEqual(high - 1e-9);
        const attained = [...points.tp].filter(
          (_, k) => (points.fp[k] as number) <= (1 - high) * points.negatives + 1e-9,
        );
        expect(strict.sensitivity).toBe(Math.max(...attained) / points.positives);
        const [first, second] = [specificityAtSensitivity(points, low), specificityAtSensitivity(points, high)];
        if (!first.ok || !second.ok) throw new Error("there are both classes");
        expect(second.specificity).toBeLessThanOrEqual(first.specificity);
        expect(second.sensitivity).toBeGreaterThanOrEqual(high - 1e-9);
      }),
    );
  });

  it("has no point above the greatest sum of sensitivity and specificity", () => {
    fc.assert(
      fc.property(cases, (list) => {
        const points = pointsOf(list);
        const best = youden(points);
        if (!best.ok) throw new Error(best.reason);
        expect(best.j).toBeGreaterThanOrEqual(0);
        points.tp.forEach((tp, k) => {
          expect(tp / points.positives - (points.fp[k] as number) / points.negatives).toBeLessThanOrEqual(
            best.j + 1e-12,
          );
        });
        for (const { sensitivity, specificity } of best.points)
          expect(sensitivity + specificity - 1).toBeCloseTo(best.j, 12);
        const thresholds = best.points.map(({ threshold }) => threshold);
        expect(thresholds).toEqual([...thresholds].sort((a, b) => b - a));
      }),
    );
  });

  it("exchanges its axes when the classes are exchanged and the scores reversed", () => {
    fc.assert(
      fc.property(cases, fc.double({ min: 0.01, max: 0.9, noNaN: true }), (list, to) => {
        const mirrored = list.map((one) => ({ ...one, label: 1 - one.label, score: -one.score }));
        const [a, b] = [partialAuc(pointsOf(list), "fpr", [0, to]), partialAuc(pointsOf(mirrored), "tpr", [1 - to, 1])];
        expect(a.ok && b.ok && a.area - b.area).toBeCloseTo(0, 12);
      }),
    );
  });
});

describe("average precision", () => {
  const value = (list: Cases) => {
    const r = averagePrecision(pointsOf(list));
    if (!r.ok) throw new Error(r.reason);
    return r.value;
  };

  it("does not change under a rising map, falls with a negative above all, and rises with a positive above all", () => {
    fc.assert(
      fc.property(cases, rising, (list, f) => {
        expect(value(mapped(list, f))).toBe(value(list));
        expect(value([...list, { label: 0, score: 99, patient: 0 }])).toBeLessThan(value(list));
        const raised = value([...list, { label: 1, score: 99, patient: 0 }]);
        expect(raised).toBeGreaterThanOrEqual(value(list) - 1e-12);
      }),
    );
  });

  it("is 1 where the classes are separated, and the prevalence where all scores are tied", () => {
    fc.assert(
      fc.property(cases, (list) => {
        expect(value(list.map((one) => ({ ...one, score: one.label })))).toBe(1);
        const prevalence = list.filter(({ label }) => label === 1).length / list.length;
        expect(value(mapped(list, () => 3))).toBeCloseTo(prevalence, 12);
      }),
    );
  });
});

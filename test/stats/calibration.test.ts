/** Calibration of probabilities: definitions, edges, and that every maximum of likelihood is found. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import {
  brierScore,
  calibrationInTheLarge,
  hosmerLemeshow,
  massBin,
  netBenefit,
  observedExpectedRatio,
  recalibration,
  reliability,
  spiegelhalterTest,
  weightedRecalibration,
  widthBin,
} from "../../src/stats/index.js";
import { ok, reasonOf } from "./outcomes.js";

const sample = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 20 })), {
  minLength: 1,
  maxLength: 60,
});
const labelsOf = (rows: readonly (readonly [number, number])[]) => rows.map(([label]) => label);
const probabilitiesOf = (rows: readonly (readonly [number, number])[]) => rows.map(([, p]) => p / 20);

describe("the maximum of likelihood far out", () => {
  const p = (logit: number) => 1 / (1 + Math.exp(-logit));

  it("is found where the likelihood is flat and Newton's step leads nowhere", () => {
    // Two of three cases lie at -30 and are told from the third by 60: half of the two is expected to be positive.
    for (const far of [20, 30]) {
      const [low, high] = [p(-far), p(far)];
      expect(ok(calibrationInTheLarge([1, 1, 0], [high, low, low])).intercept).toBeCloseTo(far, 9);
      expect(ok(calibrationInTheLarge([1, 0, 1], [high, low, low])).intercept).toBeCloseTo(far, 9);
      // The logit of 1 - 1e-13 has three digits less.
      expect(ok(calibrationInTheLarge([0, 1, 0], [low, high, high])).intercept / -far).toBeCloseTo(1, 4);
    }
    // One of four where a quarter is expected
    const r = ok(calibrationInTheLarge([1, 0, 0, 0], [0.25, 0.25, 0.25, 0.25]));
    expect(r.intercept).toBeCloseTo(0, 12);
    expect(r.se).toBeCloseTo(1 / Math.sqrt(4 * (3 / 16)), 12);
  });

  it("of weights does not exist without a class, without spread, or with a gap", () => {
    const fits = weightedRecalibration([0, 0, 1, 1, 1], [0.2, 0.6, 0.4, 0.8, 0.6]);
    const at = (...weights: number[]) => {
      fits.weight.set(weights);
      return [fits.slope(), fits.inTheLarge()];
    };
    expect(at(0, 0, 0, 0, 0)).toEqual([NaN, NaN]);
    expect(at(1, 1, 0, 0, 0)).toEqual([NaN, NaN]);
    expect(at(0, 0, 1, 1, 1)).toEqual([NaN, NaN]);
    // 0.2 | 0.4: a gap; 0.6 and 0.6: no spread
    const [gap, level] = at(2, 0, 1, 0, 0) as [number, number];
    expect(gap).toBeNaN();
    expect(2 * p(Math.log(0.25) + level) + p(Math.log(2 / 3) + level)).toBeCloseTo(1, 12);
    const [flat, even] = at(0, 1, 0, 0, 1) as [number, number];
    expect(flat).toBeNaN();
    expect(even).toBeCloseTo(-Math.log(1.5), 12);
    const whole = ok(recalibration([0, 0, 0, 1, 1], [0.2, 0.2, 0.6, 0.4, 0.8]));
    expect(at(2, 1, 1, 1, 0)[0]).toBeCloseTo(whole.slope, 8);
  });
});

describe("arguments", () => {
  const all = { brierScore, reliability, observedExpectedRatio, spiegelhalterTest, hosmerLemeshow, recalibration };
  for (const [name, f] of Object.entries({ ...all, calibrationInTheLarge, weightedRecalibration })) {
    it(`${name} refuses lists of unequal length, other labels and other numbers than probabilities`, () => {
      expect(() => f([1], [0.5, 0.5])).toThrow("length-mismatch");
      expect(() => f([2], [0.5])).toThrow("label-not-binary");
      for (const wrong of [-0.1, 1.1, NaN]) expect(() => f([1], [wrong])).toThrow("probability 0");
    });
  }

  it("levels, bins and thresholds have their bounds", () => {
    expect(() => recalibration([1], [0.5], 1)).toThrow("level");
    expect(() => calibrationInTheLarge([1], [0.5], 0)).toThrow("level");
    for (const bins of [0, 1.5, 10_001]) {
      expect(() => reliability([1], [0.5], "mass", bins)).toThrow("bins");
      expect(() => hosmerLemeshow([1], [0.5], "blocks", bins)).toThrow("bins");
    }
    expect(ok(reliability([1], [0.5], "mass", 10_000)).bins).toHaveLength(1);
    expect(ok(reliability([1], [0.5], "width", 1)).bins).toHaveLength(1);
    for (const threshold of [-0.1, 1]) expect(() => netBenefit([1], [0.5], threshold)).toThrow("threshold");
    expect(ok(netBenefit([1, 0], [0.5, 0], 0))).toMatchObject({ tp: 1, fp: 1, model: 0.5, treatAll: 0.5 });
  });

  it("without cases nothing can be said", () => {
    for (const f of Object.values(all)) expect(reasonOf(f([], []))).toBe("no-data");
    expect(reasonOf(calibrationInTheLarge([], []))).toBe("no-data");
    expect(reasonOf(netBenefit([], [], 0.5))).toBe("no-data");
  });
});

describe("Brier score", () => {
  it("is the sum of Murphy's parts, and lies between 0 and 1", () => {
    fc.assert(
      fc.property(sample, (rows) => {
        const r = ok(brierScore(labelsOf(rows), probabilitiesOf(rows)));
        expect(r.reliability - r.resolution + r.uncertainty).toBeCloseTo(r.brier, 12);
        expect(r.brier).toBeGreaterThanOrEqual(0);
        expect(r.brier).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("has a skill against the prevalence, with both classes only", () => {
    expect(ok(brierScore([1, 0], [0.5, 0.5]))).toMatchObject({ brier: 0.25, highest: 0.25, skill: 0 });
    expect(ok(brierScore([1, 0, 0, 0], [1, 0, 0, 0])).skill).toBe(1);
    expect(ok(brierScore([1, 1], [0.5, 0.5])).skill).toEqual({ ok: false, reason: "no-negatives" });
    expect(ok(brierScore([0], [0.5])).skill).toEqual({ ok: false, reason: "no-positives" });
  });
});

describe("bins", () => {
  it("of equal width are closed below, or above", () => {
    expect([0, 0.09, 0.1, 0.55, 0.99, 1].map((p) => widthBin(p, 10, "width"))).toEqual([0, 0, 1, 5, 9, 9]);
    const right = [0, 0.05, 0.1, 0.11, 0.2, 1].map((p) => widthBin(p, 10, "width-right-closed"));
    expect(right).toEqual([0, 0, 0, 1, 1, 9]);
    expect(widthBin(0.1 + 0.2, 10, "width-right-closed"), "0.30000000000000004 is 0.3").toBe(2);
  });

  it("of equal width begin at k / bins, exactly", () => {
    for (let bins = 2; bins <= 1000; bins++) {
      for (let k = 0; k < bins; k++) if (widthBin(k / bins, bins, "width") !== k) expect([k, bins]).toEqual([]);
    }
    expect([0.29, 0.57, 0.58, 1].map((p) => widthBin(p, 100, "width"))).toEqual([29, 57, 58, 99]);
    // The numbers just below 0.29 and above
    const [below, above] = [0.29 - 2 ** -54, 0.29 + 2 ** -54];
    expect([below < 0.29, widthBin(below, 100, "width"), widthBin(above, 100, "width")]).toEqual([true, 28, 29]);
    expect(widthBin(1 - 2 ** -53, 10, "width")).toBe(9);
    expect(widthBin(0.5 - 2 ** -54, 2, "width")).toBe(0);
  });

  it("of equal mass hold as many cases each where nothing is tied", () => {
    expect(Array.from({ length: 20 }, (_, before) => massBin(before, 1, 20, 4))).toEqual(
      [0, 1, 2, 3].flatMap((bin) => Array<number>(5).fill(bin)),
    );
    expect(massBin(0, 20, 20, 4), "all tied: the middle").toBe(1);
  });

  it("hold every case once, whatever the rule, and their gaps make the errors", () => {
    fc.assert(
      fc.property(
        sample,
        fc.constantFrom("width", "width-right-closed", "mass"),
        fc.integer({ min: 1, max: 30 }),
        (rows, rule, count) => {
          const r = ok(reliability(labelsOf(rows), probabilitiesOf(rows), rule as "mass", count));
          expect(r.bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(rows.length);
          const indices = r.bins.map(({ index }) => index);
          expect(indices).toEqual([...new Set(indices)].sort((a, b) => a - b));
          expect(Math.min(...indices)).toBeGreaterThanOrEqual(0);
          expect(Math.max(...indices)).toBeLessThan(count);
          const gaps = r.bins.map(({ meanProbability, observed }) => Math.abs(meanProbability - observed));
          expect(r.mce).toBe(Math.max(...gaps));
          const weighted = r.bins.reduce((sum, bin, at) => sum + (bin.count / rows.length) * (gaps[at] as number), 0);
          expect(r.ece).toBeCloseTo(weighted, 12);
        },
      ),
    );
  });

  it("are ten of equal mass unless told otherwise", () => {
    const p = Array.from({ length: 24 }, (_, at) => (at * at) / 600);
    const labels = p.map((_, at) => at % 2);
    expect(reliability(labels, p)).toEqual(reliability(labels, p, "mass", 10));
    expect(reliability(labels, p)).not.toEqual(reliability(labels, p, "width", 10));
    expect(hosmerLemeshow(labels.slice(1), p.slice(1))).toEqual(
      hosmerLemeshow(labels.slice(1), p.slice(1), "blocks", 10),
    );
  });

  it("do not depend on the order of the cases", () => {
    const rows = [0.3, 0.1, 0.3, 0.9, 0.2, 0.3].map((p, at) => [at % 2, p * 20] as [number, number]);
    const turned = [...rows].reverse();
    expect(reliability(labelsOf(turned), probabilitiesOf(turned), "mass", 3)).toEqual(
      reliability(labelsOf(rows), probabilitiesOf(rows), "mass", 3),
    );
  });
});

describe("tests of calibration", () => {
  it("observed over expected", () => {
    expect(ok(observedExpectedRatio([1, 1, 0], [0.5, 0.25, 0.25]))).toMatchObject({
      ratio: 2,
      observed: 2,
      expected: 1,
    });
    expect(reasonOf(observedExpectedRatio([1, 0], [0, 0]))).toBe("zero-denominator");
  });

  it("Spiegelhalter's z is 0 at the mean and has no value where p says nothing of the variance", () => {
    expect(ok(spiegelhalterTest([1, 0, 0, 0], [0.25, 0.25, 0.25, 0.25]))).toMatchObject({ z: 0, p: 1 });
    const high = ok(spiegelhalterTest([1, 1, 1], [0.25, 0.25, 0.25]));
    expect(high.z).toBeCloseTo((3 * 0.75 * 0.5) / Math.sqrt(3 * 0.25 * 0.1875), 12);
    expect(high.p).toBeCloseTo(0.0026997960632601866, 12);
    expect(reasonOf(spiegelhalterTest([1, 0, 1], [0, 0.5, 1]))).toBe("zero-variance");
  });

  it("Hosmer-Lemeshow sums over groups, with two degrees fewer on the data of the fit", () => {
    // Two groups of four: 1 of 4 at 0.25 expected, 3 of 4 at 0.5 expected.
    const labels = [1, 0, 0, 0, 1, 1, 1, 0];
    const probabilities = [0.25, 0.25, 0.25, 0.25, 0.5, 0.5, 0.5, 0.5];
    const two = ok(hosmerLemeshow(labels, probabilities, "blocks", 2));
    expect(two).toMatchObject({ statistic: 1, groups: 2, internal: { ok: false, reason: "too-few" } });
    expect(two.external).toMatchObject({ degrees: 2 });
    expect(two.external.p).toBeCloseTo(Math.exp(-0.5), 14);
    const three = ok(hosmerLemeshow([...labels, 0], [...probabilities, 0.1], "quantile", 10));
    expect(three.groups).toBe(3);
    expect(three.statistic).toBeCloseTo(1 + 0.01 / 0.09, 12);
    const internal = ok(three.internal);
    expect(internal.degrees).toBe(1);
    expect(internal.p).toBeCloseTo(0.2918409, 6);
    expect(three.external.degrees).toBe(3);
  });

  it("a group that expects nobody, or everybody, has no term", () => {
    expect(reasonOf(hosmerLemeshow([1, 0, 0], [0.5, 0, 0], "blocks", 2))).toBe("zero-denominator");
    expect(reasonOf(hosmerLemeshow([1, 1, 0, 0], [1, 1, 0.2, 0.3], "quantile", 2))).toBe("zero-denominator");
  });

  it("groups by quantile are right closed, and hold every case once", () => {
    // type 7 cuts of five values in two groups: 3 (the median) belongs to the lower one
    const labels = [0, 0, 1, 1, 1];
    const p = [0.1, 0.2, 0.3, 0.4, 0.5];
    const term = (observed: number, expected: number, n: number) =>
      (observed - expected) ** 2 / (expected * (1 - expected / n));
    expect(ok(hosmerLemeshow(labels, p, "quantile", 2)).statistic).toBeCloseTo(term(1, 0.6, 3) + term(2, 0.9, 2), 12);
    const thirds = ok(hosmerLemeshow([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4], "quantile", 3));
    // cuts at 0.2 and 0.3, which stand among the values exactly
    expect(thirds.groups).toBe(3);
    expect(thirds.statistic).toBeCloseTo(term(1, 0.3, 2) + term(0, 0.3, 1) + term(1, 0.4, 1), 12);
    // As numpy.quantile and R's cut do: compared case by case, whatever the order of the cases
    const many = [0.9, 0.1, 0.4, 0.4, 0.4, 0.2, 0.7, 0.35, 0.6, 0.15, 0.8];
    const outcomes = many.map((_, at) => (at * 5) % 2);
    const sorted = [...many].sort((a, b) => a - b);
    for (const count of [1, 2, 3, 4, 6, 7, 10, 25]) {
      const edges = Array.from({ length: count }, (_, i) => {
        const place = ((many.length - 1) * (i + 1)) / count;
        const [low, high] = [sorted[Math.floor(place)] as number, sorted[Math.ceil(place)] as number];
        return low + (high - low) * (place - Math.floor(place));
      });
      const groups = new Map<number, number[]>();
      many.forEach((value, at) => {
        const group = edges.filter((edge) => edge < value).length;
        groups.set(group, [...(groups.get(group) ?? []), at]);
      });
      const of = (values: readonly number[], cases: readonly number[]): number =>
        cases.reduce((sum, at) => sum + (values[at] as number), 0);
      const statistic = [...groups.values()].reduce(
        (sum, cases) => sum + term(of(outcomes, cases), of(many, cases), cases.length),
        0,
      );
      const r = ok(hosmerLemeshow(outcomes, many, "quantile", count));
      expect(r.groups).toBe(groups.size);
      expect(r.statistic).toBeCloseTo(statistic, 11);
    }
  });

  it("groups by quantile begin with the next value where a quantile is the least one, as R's cut has it", () => {
    // R 4.1: cut(p, unique(quantile(p, 0:g / g)), include.lowest = TRUE), groups without a case left out
    const p = [0.1, 0.1, 0.1, 0.1, 0.3, 0.5, 0.5, 0.7, 0.8, 0.9];
    const labels = [0, 1, 0, 0, 1, 0, 1, 1, 0, 1];
    for (const [count, groups, statistic] of [
      [2, 2, 2.95436779362908],
      [3, 2, 1.64631890492046],
      [4, 3, 3.140642303433],
      [10, 6, 7.87301587301587],
    ] as const) {
      const r = ok(hosmerLemeshow(labels, p, "quantile", count));
      expect([r.groups, r.statistic]).toEqual([groups, expect.closeTo(statistic, 11)]);
    }
    expect(ok(hosmerLemeshow([0, 1, 1], [0.4, 0.4, 0.4], "quantile", 10)).groups).toBe(1);
  });

  it("net benefit weighs false alarms by the odds of the threshold", () => {
    const labels = [1, 1, 0, 0, 0];
    const p = [0.2, 0.9, 0.2, 0.6, 0.1];
    expect(ok(netBenefit(labels, p, 0.2))).toMatchObject({ tp: 2, fp: 2 });
    expect(ok(netBenefit(labels, p, 0.2)).model).toBeCloseTo(0.4 - 0.4 * 0.25, 14);
    expect(ok(netBenefit(labels, p, 0.5)).model).toBeCloseTo(0.2 - 0.2, 14);
    expect(ok(netBenefit(labels, p, 0.5)).treatAll).toBeCloseTo(0.4 - 0.6, 14);
  });
});

describe("recalibration", () => {
  const logit = (p: number) => Math.log(p / (1 - p));
  const expit = (u: number) => 1 / (1 + Math.exp(-u));
  /** Both score equations of the model. */
  const scoresOf = (labels: readonly number[], p: readonly number[], a: number, b: number) =>
    [0, 1].map((power) =>
      labels.reduce((sum, y, i) => {
        const x = logit(p[i] as number);
        return sum + (y - expit(a + b * x)) * (power === 0 ? 1 : x);
      }, 0),
    );

  it("solves the score equations wherever the classes overlap, else says why not", () => {
    fc.assert(
      fc.property(sample, (rows) => {
        const inside = rows.map(([label, p]): [number, number] => [label, Math.min(19, Math.max(1, p))]);
        const [labels, p] = [labelsOf(inside), probabilitiesOf(inside)];
        const r = recalibration(labels, p);
        const of = (label: number) => p.filter((_, i) => labels[i] === label);
        const [low, high] = [of(0), of(1)];
        const apart = Math.max(...low) <= Math.min(...high) || Math.max(...high) <= Math.min(...low);
        const expected =
          high.length === 0
            ? "no-positives"
            : low.length === 0
              ? "no-negatives"
              : new Set(p).size === 1
                ? "zero-variance"
                : apart
                  ? "separated"
                  : null;
        expect(reasonOf(r)).toBe(expected);
        if (expected !== null) return;
        const model = ok(r);
        for (const score of scoresOf(labels, p, model.intercept, model.slope)) expect(score).toBeCloseTo(0, 8);
        expect(model.slopeInterval.low).toBeLessThan(model.slope);
        expect(model.slopeInterval.high).toBeGreaterThan(model.slope);
        expect(model.interceptInterval.high - model.intercept).toBeCloseTo(1.959963984540054 * model.seIntercept, 8);
        const large = ok(calibrationInTheLarge(labels, p));
        expect(scoresOf(labels, p, large.intercept, 1)[0]).toBeCloseTo(0, 8);
        expect(large.interval.high - large.intercept).toBeCloseTo(1.959963984540054 * large.se, 8);
      }),
      { numRuns: 300 },
    );
  });

  it("finds the maximum where a full Newton step would leap over it", () => {
    // One positive is surer than the one negative by a hair, both far from the rest.
    const labels = [1, 1, 1, 1, 1, 1, 1, 1, 1, 0];
    const p = [
      0.9702780423201234, 0.8135189648287494, 0.6649799727409472, 0.3171359926104029, 0.1781186270073491,
      0.9999999999992603, 0.7512536260843066, 0.6857969768399856, 0.8612105738634758, 0.9999999999992346,
    ];
    const model = ok(recalibration(labels, p));
    for (const score of scoresOf(labels, p, model.intercept, model.slope)) expect(score).toBeCloseTo(0, 8);
    expect(model.slope).toBeCloseTo(-0.35311881901599956, 8);
  });

  it("stands extreme probabilities", () => {
    const labels = [0, 1, 1, 0, 1];
    const p = [1e-300, 5e-324, 1 - 2 ** -53, 0.5, 0.25];
    const model = ok(recalibration(labels, p));
    expect([model.intercept, model.slope, model.seIntercept, model.seSlope].every(Number.isFinite)).toBe(true);
    const large = ok(calibrationInTheLarge(labels, p));
    expect(Number.isFinite(large.intercept) && large.se > 0 && Number.isFinite(large.se)).toBe(true);
  });

  it("takes certainties for what they are: a reason", () => {
    expect(reasonOf(recalibration([0, 1, 0, 1], [0, 0.3, 0.5, 0.4]))).toBe("infinite-logit");
    expect(reasonOf(recalibration([0, 1, 0, 1], [0.1, 0.3, 0.5, 1]))).toBe("infinite-logit");
    expect(reasonOf(recalibration([0, 1], [0, 1]))).toBe("separated");
    expect(reasonOf(calibrationInTheLarge([0, 1], [0, 1]))).toBe("infinite-logit");
    expect(reasonOf(calibrationInTheLarge([1, 1], [0, 1]))).toBe("no-negatives");
  });

  it("of weighted cases is that of the cases repeated, and NaN where there is none", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 1, max: 19 }), fc.integer({ min: 0, max: 3 })),
          {
            minLength: 1,
            maxLength: 20,
          },
        ),
        (rows) => {
          const labels = rows.map(([label]) => label);
          const p = rows.map(([, twentieths]) => twentieths / 20);
          const fit = weightedRecalibration(labels, p);
          rows.forEach(([, , weight], i) => (fit.weight[i] = weight));
          const repeated = rows.flatMap(([label, twentieths, weight]) =>
            Array.from({ length: weight }, () => [label, twentieths] as const),
          );
          const model = recalibration(labelsOf(repeated), probabilitiesOf(repeated));
          if (model.ok) expect(fit.slope()).toBeCloseTo(model.slope, 9);
          else expect(fit.slope()).toBeNaN();
          const large = calibrationInTheLarge(labelsOf(repeated), probabilitiesOf(repeated));
          if (large.ok) expect(fit.inTheLarge()).toBeCloseTo(large.intercept, 9);
          else expect(fit.inTheLarge()).toBeNaN();
        },
      ),
    );
  });
});

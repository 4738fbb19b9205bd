/** Sample sizes: that the size reaches the power and one less does not, what stays the same under a change of names, edges. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { MedassayError } from "../../src/contract/errors.js";
import { hanleyMcNeilSe } from "../../src/stats/auc.js";
import {
  aucHanleyMcNeilSize,
  aucPrecisionSize,
  aucValueContrast,
  aucValueSize,
  obuchowskiVariance,
  pairedAucContrast,
  pairedAucSize,
} from "../../src/stats/auc-sample-size.js";
import { binomialTails } from "../../src/stats/discrete.js";
import { zOfLevel } from "../../src/stats/normal.js";
import type { Outcome } from "../../src/stats/outcome.js";
import { tangoNonInferiority } from "../../src/stats/paired-proportions.js";
import {
  contrastOf,
  contrastPower,
  contrastSize,
  detectableProportions,
  exactDesign,
  farringtonManningContrast,
  farringtonManningSize,
  inflatedSize,
  mcnemarContrast,
  mcnemarSize,
  namContrast,
  namSize,
  pairedNonInferiorityContrast,
  pairedNonInferioritySize,
  precisionSize,
  singleArmContrast,
  singleArmExact,
  singleArmNormal,
  twoProportionsContrast,
  twoProportionsSize,
  unpairedNonInferiorityContrast,
  unpairedNonInferioritySize,
  type Contrast,
} from "../../src/stats/sample-size.js";
import { farringtonManning } from "../../src/stats/two-proportions.js";
import { ok, refused } from "./tables.js";

const share = fc.integer({ min: 2, max: 98 }).map((percent) => percent / 100);
const alpha = fc.constantFrom(0.025, 0.05);
const power = fc.constantFrom(0.8, 0.9);
const margin = fc.integer({ min: 5, max: 20 }).map((percent) => percent / 100);
const ratio = fc.constantFrom(0.5, 1, 3);
/** Discordant shares. */
const discordant = fc
  .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }))
  .map(([a, b]) => [a / 100, b / 100] as const);

/** Every contrast with numbers that it allows. */
const contrasts: fc.Arbitrary<Outcome<Contrast>> = fc.oneof(
  fc.tuple(share, share).map(([a, b]) => singleArmContrast(a, b)),
  fc.tuple(share, share).map(([a, b]) => twoProportionsContrast(a, b)),
  discordant.map(([a, b]) => mcnemarContrast(a, b)),
  fc.tuple(discordant, margin).map(([[a, b], m]) => pairedNonInferiorityContrast(a, b, m)),
  fc.tuple(discordant, margin).map(([[a, b], m]) => namContrast(a, b, m)),
  fc.tuple(share, share, margin, ratio).map(([a, b, m, r]) => unpairedNonInferiorityContrast(a, b, m, r)),
  fc.tuple(share, share, margin, ratio).map(([a, b, m, r]) => farringtonManningContrast(a, b, m, r)),
  fc.tuple(share, share, ratio).map(([a, b, r]) => aucValueContrast(a, b, r)),
  fc.tuple(share, share, fc.constantFrom(-0.5, 0, 0.6), ratio).map(([a, b, c, r]) => pairedAucContrast(a, b, c, r)),
);

describe("the size of a contrast", () => {
  it("has the power that was asked for, and one unit less has not", () => {
    fc.assert(
      fc.property(contrasts, alpha, power, (contrast, a, b) => {
        const size = contrastSize(contrast, a, b);
        if (!contrast.ok) {
          expect(size).toEqual(contrast);
          expect(contrastPower(contrast, a, 10)).toEqual(contrast);
          return;
        }
        const { raw, n } = ok(size);
        expect(n).toBe(Math.max(1, Math.ceil(raw)));
        expect(ok(contrastPower(contrast, a, raw)).power).toBeCloseTo(b, 9);
        expect(ok(contrastPower(contrast, a, n)).power).toBeGreaterThanOrEqual(b - 1e-9);
        if (n > 1) expect(ok(contrastPower(contrast, a, n - 1)).power).toBeLessThan(b);
        expect(ok(contrastSize(contrast, a, b + 0.05)).raw).toBeGreaterThan(raw);
        expect(ok(contrastSize(contrast, a / 2, b)).raw).toBeGreaterThan(raw);
      }),
      { numRuns: 400 },
    );
  });

  it("without spread under the alternative is a step, and needs a unit at least", () => {
    const certain = contrastOf(1, 1, 0);
    expect(ok(contrastPower(certain, 0.025, 3.8)).power).toBe(0);
    expect(ok(contrastPower(certain, 0.025, 3.9)).power).toBe(1);
    expect(ok(contrastSize(certain, 0.025, 0.8)).n).toBe(4);
    const justEnough = { ok: true as const, distance: zOfLevel(0.5), nullSd: 1, alternativeSd: 0 };
    expect(ok(contrastPower(justEnough, 0.25, 1)).power).toBe(1);
    // alpha above the power: no data at all would do
    const lenient = contrastSize(contrastOf(0.1, 0.2, 0.2), 0.9, 0.2);
    expect(Math.abs(ok(lenient).raw)).toBe(0);
    expect(ok(lenient).n).toBe(1);
    expect(contrastOf(0, 1, 1)).toEqual(refused("no-solution"));
    expect(contrastOf(-1, 1, 1)).toEqual(refused("no-solution"));
    expect(contrastOf(1, 0, 0)).toEqual(refused("zero-variance"));
    expect(contrastOf(1, 1, 0).ok && contrastOf(1, 0, 1).ok).toBe(true);
    expect(() => contrastPower(certain, 0.025, 0)).toThrow(MedassayError);
    expect(() => contrastPower(certain, 0, 3)).toThrow(MedassayError);
    expect(() => contrastSize(certain, 0, 0.8)).toThrow(MedassayError);
    expect(() => contrastSize(certain, 0.025, 1)).toThrow(MedassayError);
  });
});

describe("sizes under a change of names", () => {
  it("yes and no, first and second, can be exchanged", () => {
    fc.assert(
      fc.property(share, share, discordant, margin, (p, q, [b, c], m) => {
        const same = (one: Outcome<{ raw: number }>, other: Outcome<{ raw: number }>): void => {
          expect(other.ok).toBe(one.ok);
          if (one.ok && other.ok) expect(other.raw / one.raw).toBeCloseTo(1, 9);
        };
        const [notP, notQ] = [1 - p, 1 - q];
        if (p !== q) {
          same(singleArmNormal(p, q, 0.025, 0.8), singleArmNormal(notP, notQ, 0.025, 0.8));
          same(twoProportionsSize(p, q, 0.05, 0.8), twoProportionsSize(q, p, 0.05, 0.8));
        }
        same(mcnemarSize(b, c, 0.05, 0.8), mcnemarSize(c, b, 0.05, 0.8));
        // The comparator's failures and the product's: p1 - p2 = q2 - q1
        if (Math.abs(p - q + m) > 1e-9) {
          same(unpairedNonInferioritySize(p, q, m, 0.025, 0.8), unpairedNonInferioritySize(notQ, notP, m, 0.025, 0.8));
          same(farringtonManningSize(p, q, m, 0.025, 0.8), farringtonManningSize(notQ, notP, m, 0.025, 0.8));
        }
      }),
    );
  });

  it("without a margin the restricted variance is that of the pooled proportion, or of McNemar", () => {
    fc.assert(
      fc.property(share, share, discordant, (p, q, [b, c]) => {
        if (p > q) {
          const size = ok(farringtonManningSize(p, q, 0, 0.025, 0.8));
          expect(size.raw).toBeCloseTo(ok(twoProportionsSize(p, q, 0.05, 0.8)).raw, 5);
        }
        if (b > c) expect(ok(namSize(b, c, 0, 0.025, 0.8)).raw).toBeCloseTo(ok(mcnemarSize(b, c, 0.05, 0.8)).raw, 6);
      }),
    );
  });

  it("the restricted pair is the one of the test", () => {
    // The statistic of expected counts is the distance over the null standard error.
    const { restricted1, restricted2 } = ok(farringtonManningSize(0.85, 0.9, 0.1, 0.025, 0.8, 2));
    expect(restricted1 - restricted2).toBeCloseTo(-0.1, 12);
    const z = ok(farringtonManning(1700, 2000, 900, 1000, 0.1)).z;
    const { nullSd, distance } = ok(farringtonManningContrast(0.85, 0.9, 0.1, 2));
    expect((distance / nullSd) * Math.sqrt(1000)).toBeCloseTo(z, 9);
    const paired = ok(namContrast(0.08, 0.06, 0.05));
    const tango = ok(tangoNonInferiority(500, 80, 60, 360, 0.05)).z;
    expect((paired.distance / paired.nullSd) * Math.sqrt(1000)).toBeCloseTo(tango, 9);
    expect(ok(namSize(0.08, 0.06, 0.05, 0.025, 0.8)).restricted).toBe(paired.restricted);
  });

  it("groups share the size in their ratio", () => {
    for (const size of [unpairedNonInferioritySize, farringtonManningSize]) {
      const { raw, n1, n2 } = ok(size(0.9, 0.88, 0.05, 0.025, 0.8, 0.5));
      expect([n1, n2]).toEqual([Math.ceil(raw / 2), Math.ceil(raw)]);
      expect(size(0.8, 0.9, 0.1, 0.025, 0.8).ok).toBe(false);
      expect(() => size(0.9, 0.9, 0.1, 0.025, 0.8, 0)).toThrow(MedassayError);
      expect(() => size(0.9, 0.9, 1, 0.025, 0.8)).toThrow(MedassayError);
      expect(() => size(0.9, 0.9, -0.1, 0.025, 0.8)).toThrow(MedassayError);
      expect(() => size(1, 0.9, 0.1, 0.025, 0.8)).toThrow(MedassayError);
      expect(() => size(0.9, 0, 0.1, 0.025, 0.8)).toThrow(MedassayError);
    }
    // Hardly any data are needed: still one case in each group
    const { n1, n2 } = ok(unpairedNonInferioritySize(0.99, 0.02, 0.5, 0.45, 0.06));
    expect([n1, n2]).toEqual([1, 1]);
  });
});

describe("the exact single-arm design", () => {
  it("rejects at no more than alpha, and its power is that of the binomial", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), share, share, alpha, (n, p0, p1, a) => {
        const { critical, size, power: reached } = exactDesign(n, p0, p1, a);
        expect(size).toBeLessThanOrEqual(a * (1 + 1e-12));
        expect(size).toBeCloseTo(binomialTails(critical - 1, n, p0).upper, 12);
        expect(reached).toBeCloseTo(binomialTails(critical - 1, n, p1).upper, 12);
        if (critical > 0) expect(binomialTails(critical - 2, n, p0).upper).toBeGreaterThan(a);
      }),
    );
  });

  it("has its power from the stable size on, and not just before; the first is no larger", () => {
    const { first, stable } = ok(singleArmExact(0.85, 0.9, 0.025, 0.8));
    expect([first.n, first.critical, stable.n]).toEqual([356, 316, 379]);
    for (let n = stable.n; n < stable.n + 150; n++) {
      expect(exactDesign(n, 0.85, 0.9, 0.025).power).toBeGreaterThanOrEqual(0.8);
    }
    expect(exactDesign(stable.n - 1, 0.85, 0.9, 0.025).power).toBeLessThan(0.8);
    expect(exactDesign(first.n - 1, 0.85, 0.9, 0.025).power).toBeLessThan(0.8);
  });

  it("rejects as far out in the tail as a double reaches", () => {
    const tail = (x: number, n: number, p: number): number => binomialTails(x - 1, n, p).upper;
    for (const a of [1e-10, 1e-15, 1.8e-16, 1e-17, 1e-20, 1e-80]) {
      for (const [n, p0] of [
        [100, 0.1],
        [300, 0.5],
        [20, 0.97],
        [1, 2e-16],
        [1, 0.5],
      ] as const) {
        // prettier-ignore
        const { critical, size } = exactDesign(n, p0, 0.99, a);
        expect(critical).toBe(
          Array.from({ length: n + 2 }, (_, x) => x).find((x) => tail(x, n, p0) <= a * (1 + 1e-12)),
        );
        expect(size).toBe(tail(critical, n, p0));
      }
    }
    // Nothing that can be seen is rare enough
    expect(exactDesign(3, 0.5, 0.9, 0.1)).toEqual({ n: 3, critical: 4, size: 0, power: 0 });
    expect(exactDesign(3, 0.5, 0.5, 0.125)).toMatchObject({ critical: 3, size: expect.closeTo(0.125, 15) as number });
    // 0.05 is no more than 0.05: one unit rejects
    expect(ok(singleArmExact(0.05, 0.9, 0.05, 0.9)).first).toMatchObject({ n: 1, critical: 1 });
    for (const a of [0, 1, NaN]) expect(() => exactDesign(3, 0.5, 0.9, a)).toThrow("alpha");
  });

  it("is searched from one unit on, and reaches a power that it has exactly", () => {
    const { first } = ok(singleArmExact(0.02, 0.5, 0.025, 0.5));
    expect(first).toMatchObject({ n: 1, critical: 1, power: expect.closeTo(0.5, 14) as number });
    // By listing all binomials to 28 units
    const small = ok(singleArmExact(0.5, 0.95, 0.05, 0.8));
    const enough = (n: number): boolean => {
      const { critical, power: reached } = exactDesign(n, 0.5, 0.95, 0.05);
      return critical <= n && reached >= 0.8;
    };
    const sizes = Array.from({ length: 28 }, (_, i) => i + 1);
    expect(small.first.n).toBe(sizes.find(enough));
    expect(small.stable.n).toBe((sizes.filter((n) => !enough(n)).at(-1) as number) + 1);
    expect([small.first.n, small.first.critical]).toEqual([8, 7]);
  });

  it("is searched to 1.6 times the approximation and 20 more, that size included", () => {
    // Exact sums (mpmath): the power is 0.88974 at 34 units and 0.92693 at 35 = ceil(1.6 x 9.0543) + 20
    expect(ok(singleArmExact(0.02, 0.7, 1e-25, 0.9)).stable).toMatchObject({ n: 35, critical: 21 });
    // 0.99051 at 30 units, 0.98728 at 31 = ceil(1.6 x 6.8737) + 20
    expect(singleArmExact(0.01, 0.8, 1e-30, 0.99)).toEqual(refused("no-convergence"));
  });

  it("has no size below the target, at the target, or too near to search", () => {
    expect(singleArmExact(0.9, 0.85, 0.025, 0.8)).toEqual(refused("no-solution"));
    expect(singleArmExact(0.9, 0.9, 0.025, 0.8)).toEqual(refused("no-solution"));
    expect(singleArmExact(0.9, 0.9005, 0.025, 0.8)).toEqual(refused("no-convergence"));
    expect(singleArmExact(0.01, 0.99, 1e-300, 0.8)).toEqual(refused("no-convergence"));
    expect(() => singleArmExact(0, 0.9, 0.025, 0.8)).toThrow(MedassayError);
  });
});

describe("the detectable difference", () => {
  it("is what the size of two groups comes back to", () => {
    fc.assert(
      fc.property(share, fc.integer({ min: 20, max: 3000 }), (p1, n) => {
        const r = ok(detectableProportions(p1, n, 0.05, 0.8));
        for (const p2 of [r.lower, r.upper]) {
          if (typeof p2 !== "number") {
            expect(p2).toEqual(refused("no-solution"));
            continue;
          }
          expect(p2).not.toBe(p1);
          if (p2 > 0 && p2 < 1) expect(ok(twoProportionsSize(p1, p2, 0.05, 0.8)).raw / n).toBeCloseTo(1, 6);
        }
        const mirror = ok(detectableProportions(1 - p1, n, 0.05, 0.8));
        if (typeof r.upper === "number") expect(mirror.lower).toBeCloseTo(1 - r.upper, 9);
        else expect(mirror.lower).toEqual(r.upper);
      }),
    );
    expect(ok(detectableProportions(0.95, 40, 0.05, 0.8)).upper).toEqual(refused("no-solution"));
    expect(() => detectableProportions(0.9, 0, 0.05, 0.8)).toThrow(MedassayError);
    expect(() => detectableProportions(0.9, Infinity, 0.05, 0.8)).toThrow(MedassayError);
    expect(() => detectableProportions(1, 100, 0.05, 0.8)).toThrow(MedassayError);
  });
});

describe("sizes for an AUC", () => {
  it("Obuchowski's: the width is kept; more negatives need fewer positives", () => {
    fc.assert(
      fc.property(share, ratio, fc.constantFrom(0.9, 0.95), (auc, r, level) => {
        const { raw, positives, negatives } = ok(aucPrecisionSize(auc, 0.05, level, r));
        expect([positives, negatives]).toEqual([Math.ceil(raw), Math.ceil(r * raw)]);
        expect(zOfLevel(level) * Math.sqrt(obuchowskiVariance(auc, r) / raw)).toBeCloseTo(0.05, 12);
        expect(obuchowskiVariance(auc, 2 * r)).toBeLessThan(obuchowskiVariance(auc, r));
        expect(obuchowskiVariance(1 - auc, r)).toBeCloseTo(obuchowskiVariance(auc, r), 12);
      }),
    );
    expect(obuchowskiVariance(0.5)).toBeCloseTo(0.0099 * 16, 15);
  });

  it("Hanley and McNeil's: the least number that keeps the width", () => {
    fc.assert(
      fc.property(share, ratio, fc.constantFrom(0.02, 0.1, 0.4), (auc, r, width) => {
        const { positives, negatives } = ok(aucHanleyMcNeilSize(auc, width, 0.95, r));
        expect(negatives).toBe(Math.ceil(r * positives));
        const half = (n: number): number => zOfLevel(0.95) * hanleyMcNeilSe(auc, n, Math.ceil(r * n));
        expect(half(positives)).toBeLessThanOrEqual(width);
        if (positives > 1) expect(half(positives - 1)).toBeGreaterThan(width);
      }),
    );
    expect(aucHanleyMcNeilSize(0.9, 1e-12)).toEqual(refused("no-solution"));
    // A width that seven and seven have to the last digit is theirs.
    const exact = zOfLevel(0.95) * hanleyMcNeilSe(0.8, 7, 7);
    expect(aucHanleyMcNeilSize(0.8, exact)).toEqual({ ok: true, positives: 7, negatives: 7 });
  });

  it("equal AUCs can't be told apart; correlation saves cases", () => {
    expect(aucValueSize(0.8, 0.8, 0.05, 0.8)).toEqual(refused("no-solution"));
    expect(pairedAucSize(0.8, 0.8, 0.5, 0.05, 0.8)).toEqual(refused("no-solution"));
    const sizes = [-1, 0, 0.5, 0.9, 1].map((r) => ok(pairedAucSize(0.9, 0.85, r, 0.05, 0.8, 2)).raw);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    const { raw, positives, negatives } = ok(pairedAucSize(0.85, 0.9, 0.5, 0.05, 0.8, 2));
    expect(raw).toBeCloseTo(sizes[2] as number, 9);
    expect([positives, negatives]).toEqual([Math.ceil(raw), Math.ceil(2 * raw)]);
    const value = ok(aucValueSize(0.9, 0.8, 0.05, 0.8, 2));
    expect([value.positives, value.negatives]).toEqual([Math.ceil(value.raw), Math.ceil(2 * value.raw)]);
    // Both groups have a case even where next to none is needed.
    const few = ok(aucValueSize(0.999, 0.5, 0.9, 0.06));
    expect([few.positives, few.negatives]).toEqual([1, 1]);
  });

  it("refuse what is no AUC, ratio, width or correlation", () => {
    for (const call of [
      () => obuchowskiVariance(1),
      () => obuchowskiVariance(0),
      () => obuchowskiVariance(0.8, 0),
      () => obuchowskiVariance(0.8, Infinity),
      () => aucPrecisionSize(0.8, 0),
      () => aucPrecisionSize(0.8, 1),
      () => aucPrecisionSize(0.8, 0.1, 1),
      () => aucHanleyMcNeilSize(0.8, 0),
      () => aucHanleyMcNeilSize(0.8, 1),
      () => aucHanleyMcNeilSize(1, 0.1),
      () => aucHanleyMcNeilSize(0.8, 0.1, 0),
      () => pairedAucSize(0.8, 0.9, 1.01, 0.05, 0.8),
      () => pairedAucSize(0.8, 0.9, -1.01, 0.05, 0.8),
    ]) {
      expect(call).toThrow(MedassayError);
    }
  });
});

describe("precision and clusters", () => {
  it("the width is kept, the prevalence divides, the design effect multiplies, once rounded", () => {
    fc.assert(
      fc.property(share, share, (p, prevalence) => {
        const { raw, n, total } = ok(precisionSize(p, 0.05, 0.95, prevalence));
        expect(zOfLevel(0.95) * Math.sqrt((p * (1 - p)) / raw)).toBeCloseTo(0.05, 12);
        expect([n, total]).toEqual([Math.ceil(raw), Math.ceil(raw / prevalence)]);
      }),
    );
    expect(inflatedSize(100, 2, 0.1)).toEqual({ designEffect: 1.1, n: 110 });
    expect(inflatedSize(100, 1, 0.9).n).toBe(100);
    expect(inflatedSize(101, 3, 0.25).n).toBe(152);
    for (const call of [
      () => inflatedSize(0, 2, 0.1),
      () => inflatedSize(10, 0.5, 0.1),
      () => precisionSize(0.9, 0.05, 0.95, 0),
      () => precisionSize(0.9, 0.05, 0.95, 1.1),
      () => precisionSize(0.9, 0, 0.95),
      () => precisionSize(1, 0.1, 0.95),
      () => precisionSize(0.9, 0.1, 1),
      () => mcnemarSize(-0.1, 0.1, 0.05, 0.8),
      () => mcnemarSize(0.1, -0.1, 0.05, 0.8),
      () => mcnemarSize(0.6, 0.5, 0.05, 0.8),
      () => pairedNonInferioritySize(0.1, 0.1, 1, 0.05, 0.8),
      () => pairedNonInferioritySize(0.1, 0.1, -0.1, 0.05, 0.8),
    ]) {
      expect(call).toThrow(MedassayError);
    }
    expect(namSize(0.1, 0.3, 0.1, 0.025, 0.8)).toEqual(refused("no-solution"));
    expect(pairedNonInferioritySize(0, 0, 0.1, 0.025, 0.8)).toEqual(refused("zero-variance"));
    expect(mcnemarSize(0.1, 0.1, 0.05, 0.8)).toEqual(refused("no-solution"));
  });
});

/** Laws of resampling, multiplicity and sample size; what is drawn does not depend on how the work is shared. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import {
  benjaminiHochberg,
  binomialTails,
  bootstrapSummary,
  bootstrapTest,
  hochberg,
  holm,
  mcnemarSize,
  patientWeights,
  percentileInterval,
  precisionSize,
  quantileOfSorted,
  RandomStream,
  signFlipTest,
  singleArmExact,
  singleArmNormal,
  unpairedNonInferioritySize,
  wilson,
} from "../../src/stats/index.js";

const value = fc.integer({ min: -100_000, max: 100_000 }).map((whole) => whole / 1024);
const replicates = fc.array(value, { minLength: 20, maxLength: 200 });

describe("intervals from replicates", () => {
  it("do not depend on their order, lie within them, and contain those of a lower level", () => {
    fc.assert(
      fc.property(replicates, (list) => {
        const [inner, outer, turned] = [
          percentileInterval(list, 0.9),
          percentileInterval(list, 0.99),
          percentileInterval([...list].reverse(), 0.9),
        ];
        expect(turned).toEqual(inner);
        if (!inner.ok || !outer.ok) return;
        expect(outer.low).toBeGreaterThanOrEqual(Math.min(...list));
        expect(outer.high).toBeLessThanOrEqual(Math.max(...list));
        expect(outer.low).toBeLessThanOrEqual(inner.low);
        expect(outer.high).toBeGreaterThanOrEqual(inner.high);
      }),
    );
  });

  it("turn round with the sign of the replicates, the basic ones about the estimate", () => {
    fc.assert(
      fc.property(replicates, value, (list, estimate) => {
        const negative = list.map((one) => -one);
        const [r, s] = [bootstrapSummary(estimate, list, list), bootstrapSummary(-estimate, negative, negative)];
        if (!("basic" in r) || !("basic" in s)) throw new Error("there are replicates");
        for (const part of ["percentile", "basic", "bca"] as const) {
          const [a, b] = [r[part], s[part]];
          expect(b.ok).toBe(a.ok);
          if (a.ok && b.ok) expect(b.low).toBeCloseTo(-a.high, 8);
        }
        expect(r.basic.ok).toBe(r.percentile.ok);
        if (r.basic.ok && r.percentile.ok) {
          expect(r.basic.low + r.percentile.high).toBeCloseTo(2 * estimate, 10);
          expect(r.basic.high + r.percentile.low).toBeCloseTo(2 * estimate, 10);
        }
        expect(s.acceleration).toBeCloseTo(-r.acceleration, 10);
      }),
    );
  });

  it("by BCa are the percentiles where half of the replicates lie on each side and the jackknife is symmetric", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 5000 }), { minLength: 20, maxLength: 100 }), (sizes) => {
        const list = sizes.flatMap((size) => [size, -size]);
        const r = bootstrapSummary(0, list, [-1, 0, 1]);
        if (!("bca" in r) || !r.bca.ok || !r.percentile.ok) throw new Error("there are replicates");
        expect(r.bca.low).toBeCloseTo(r.percentile.low, 6);
        expect(r.bca.high).toBeCloseTo(r.percentile.high, 6);
      }),
    );
  });

  it("have quantiles that rise with p and end at the extremes", () => {
    fc.assert(
      fc.property(
        replicates,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (list, p, q) => {
          const sorted = Float64Array.from(list).sort();
          expect(quantileOfSorted(sorted, Math.min(p, q))).toBeLessThanOrEqual(
            quantileOfSorted(sorted, Math.max(p, q)),
          );
          expect([quantileOfSorted(sorted, 0), quantileOfSorted(sorted, 1)]).toEqual([sorted[0], sorted.at(-1)]);
        },
      ),
    );
  });

  it("test the same hypothesis from either side, and never give p = 0", () => {
    fc.assert(
      fc.property(replicates, (list) => {
        const [r, s] = [bootstrapTest(list), bootstrapTest(list.map((one) => -one))];
        if (!r.ok || !s.ok) throw new Error("there are replicates");
        expect([s.greater, s.less, s.twoSided]).toEqual([r.less, r.greater, r.twoSided]);
        expect(Math.min(r.greater, r.less)).toBeGreaterThanOrEqual(1 / (list.length + 1));
        expect(r.greater + r.less).toBeGreaterThan(1);
      }),
    );
  });

  it("by sign flips count the observed pattern, exchange sides with the sign, and ignore the order", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 10 }), (list) => {
        const [r, s] = [signFlipTest(list), signFlipTest([...list].reverse().map((one) => -one))];
        expect([s.twoSided, s.greater, s.less]).toEqual([r.twoSided, r.less, r.greater]);
        expect(r.total).toBe(Math.round(Math.exp(list.length * Math.LN2)));
        expect(r.greater + r.less).toBeGreaterThan(r.total);
        expect(r.twoSided).toBeGreaterThanOrEqual(Math.min(2, r.total));
      }),
    );
    // The most differences that are taken: all signs alike are two of 2^20 patterns.
    const most = new Array<number>(20).fill(1);
    expect(signFlipTest(most)).toEqual({ total: 1_048_576, twoSided: 2, greater: 1, less: 1_048_576 });
  });
});

describe("draws of patients", () => {
  it("are the same bytes whoever draws them: one part, two or eight, in any order", () => {
    const [patients, total] = [137, 400];
    /** What `parts` workers give that take every parts-th replicate, put together. */
    const drawnBy = (parts: number): Uint16Array => {
      const all = new Uint16Array(patients * total);
      for (let part = parts - 1; part >= 0; part--) {
        const own = new Uint16Array(patients);
        for (let r = part; r < total; r += parts) {
          patientWeights(11n, "parts", r, patients, own);
          all.set(own, r * patients);
        }
      }
      return all;
    };
    expect(drawnBy(2)).toEqual(drawnBy(1));
    expect(drawnBy(8)).toEqual(drawnBy(1));
    expect(
      new Set(
        Array.from({ length: total }, (_, r) =>
          drawnBy(1)
            .slice(r * patients, (r + 1) * patients)
            .join(),
        ),
      ).size,
    ).toBe(total);
  });

  it("hold as many as there are patients, each by its own number", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.nat(), (patients, replicate) => {
        const weights = new Uint16Array(patients + 1).fill(9);
        patientWeights(3n, "law", replicate, patients, weights);
        expect(weights.slice(0, patients).reduce((sum, weight) => sum + weight, 0)).toBe(patients);
        expect(weights[patients]).toBe(9);
      }),
    );
  });

  it("of streams are the same from any position on, and differ between streams", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.integer({ min: 1, max: 50 }), (stream, skipped) => {
        const [a, b, c] = [new RandomStream(5n, stream), new RandomStream(5n, stream), new RandomStream(6n, stream)];
        const first = Array.from({ length: skipped + 4 }, () => a.u32());
        for (let i = 0; i < skipped; i++) b.u32();
        expect([b.u32(), b.u32(), b.u32(), b.u32()]).toEqual(first.slice(skipped));
        expect([c.u32(), c.u32(), c.u32(), c.u32()]).not.toEqual(first.slice(0, 4));
      }),
    );
  });
});

describe("p-values of several tests", () => {
  const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });
  const methods = { holm, hochberg, benjaminiHochberg };

  it.each(Object.entries(methods))(
    "%s never lowers one, keeps their order, and does not depend on the order given",
    (_, adjust) => {
      fc.assert(
        fc.property(pValues, (p) => {
          const adjusted = adjust(p);
          p.forEach((one, i) => {
            expect(adjusted[i]).toBeGreaterThanOrEqual(one);
            expect(adjusted[i]).toBeLessThanOrEqual(1);
            p.forEach((other, j) => {
              if (one < other) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j] as number);
            });
          });
          expect(adjust([...p].reverse())).toEqual([...adjusted].reverse());
        }),
      );
    },
  );

  it("Hochberg is between Benjamini-Hochberg and Holm, Holm at most Bonferroni, and equal to it at the smallest", () => {
    fc.assert(
      fc.property(pValues, (p) => {
        const [strict, step, rate] = [holm(p), hochberg(p), benjaminiHochberg(p)];
        p.forEach((one, i) => {
          expect(step[i]).toBeLessThanOrEqual(strict[i] as number);
          expect(rate[i]).toBeLessThanOrEqual((step[i] as number) + 1e-15);
          expect(strict[i]).toBeLessThanOrEqual(Math.max(one, Math.min(1, p.length * Math.max(...p))) + 1e-15);
        });
        const least = Math.min(...p);
        expect(strict[p.indexOf(least)]).toBe(Math.min(1, p.length * least));
      }),
    );
  });

  it("one alone stays as it is", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (p) => {
        expect([holm([p]), hochberg([p]), benjaminiHochberg([p])]).toEqual([[p], [p], [p]]);
      }),
    );
  });
});

describe("sample sizes", () => {
  const share = fc.double({ min: 0.05, max: 0.95, noNaN: true });
  const power = fc.double({ min: 0.5, max: 0.95, noNaN: true });
  const size = (r: { ok: boolean; n?: number }): number => {
    if (r.n === undefined) throw new Error("there is a size");
    return r.n;
  };

  it("rise with the power and fall with the error allowed", () => {
    fc.assert(
      fc.property(share, share, power, (p0, p1, low) => {
        fc.pre(Math.abs(p0 - p1) > 0.02);
        const high = low + 0.04;
        expect(size(singleArmNormal(p0, p1, 0.025, high))).toBeGreaterThanOrEqual(
          size(singleArmNormal(p0, p1, 0.025, low)),
        );
        expect(size(singleArmNormal(p0, p1, 0.05, low))).toBeLessThanOrEqual(size(singleArmNormal(p0, p1, 0.025, low)));
        const [a, b] = [
          unpairedNonInferioritySize(p0, p0, 0.1, 0.025, low),
          unpairedNonInferioritySize(p0, p0, 0.1, 0.025, high),
        ];
        expect(a.ok && b.ok && b.raw > a.raw).toBe(true);
      }),
    );
  });

  it("of the exact test keep level and power, and one case fewer does not reach the power", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 0.85, noNaN: true }),
        fc.double({ min: 0.08, max: 0.14, noNaN: true }),
        (p0, gain) => {
          const p1 = p0 + gain;
          const r = singleArmExact(p0, p1, 0.025, 0.8);
          if (!r.ok) throw new Error(r.reason);
          const { n, critical } = r.first;
          const tail = (count: number, size: number, p: number) => binomialTails(count - 1, size, p).upper;
          expect(tail(critical, n, p0)).toBeLessThanOrEqual(0.025);
          expect(tail(critical - 1, n, p0)).toBeGreaterThan(0.025);
          expect(tail(critical, n, p1)).toBeGreaterThanOrEqual(0.8);
          const fewer = n - 1;
          let least = 0;
          while (tail(least, fewer, p0) > 0.025) least++;
          expect(tail(least, fewer, p1)).toBeLessThan(0.8);
          expect(r.stable.n).toBeGreaterThanOrEqual(n);
        },
      ),
      { numRuns: 15 },
    );
  });

  it("for a precision give an interval that is as narrow as asked, or nearly by Wilson", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.2, max: 0.8, noNaN: true }),
        fc.double({ min: 0.02, max: 0.08, noNaN: true }),
        (p, half) => {
          const r = precisionSize(p, half);
          if (!r.ok) throw new Error(r.reason);
          const { low, high } = wilson(Math.round(p * r.n), r.n);
          expect((high - low) / 2).toBeLessThan(half * 1.05);
          expect((high - low) / 2).toBeGreaterThan(half * 0.9);
        },
      ),
    );
  });

  it("of McNemar's test do not depend on which product is the better one", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.4, noNaN: true }),
        fc.double({ min: 0, max: 0.4, noNaN: true }),
        (p10, p01) => {
          expect(mcnemarSize(p10, p01, 0.05, 0.8)).toEqual(mcnemarSize(p01, p10, 0.05, 0.8));
        },
      ),
    );
  });
});

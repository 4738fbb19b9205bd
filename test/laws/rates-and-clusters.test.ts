/** Laws of rates, of over-dispersed counts and of units in clusters. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import {
  clusterMcNemarDurkalski,
  clusterMcNemarObuchowski,
  clusterPairedDifference,
  clusterPairedTango,
  clusterPairedNonInferiority,
  type PairedCluster,
} from "../../src/stats/clustered-paired.js";
import {
  clusterBeta,
  clusterClopperPearson,
  clusterIcc,
  clusterLogit,
  clusterRatioVariance,
  clusterWaldT,
  clusterWilson,
  clusterWilsonIcc,
  kornGraubard,
} from "../../src/stats/clustered-proportion.js";
import { poissonTails } from "../../src/stats/discrete.js";
import type { IntervalOutcome } from "../../src/stats/outcome.js";
import { mcnemarAsymptotic } from "../../src/stats/paired-proportions.js";
import { positiveAgreement } from "../../src/stats/positive-agreement.js";
import {
  garwood,
  poissonMidP,
  quasiPoisson,
  rateDifference,
  rateRatioExact,
  rateRatioLog,
  rateRatioTest,
} from "../../src/stats/rates.js";

const count = fc.integer({ min: 0, max: 60 });
const exposure = fc.double({ min: 0.1, max: 50, noNaN: true });

describe("Poisson rates", () => {
  it("Garwood's limits are the means at which the count's tails have half the error", () => {
    fc.assert(
      fc.property(count, exposure, fc.constantFrom(0.8, 0.95, 0.99), (x, t, level) => {
        const { low, high } = garwood(x, t, level);
        if (x > 0) expect(poissonTails(x - 1, low * t).upper).toBeCloseTo((1 - level) / 2, 10);
        expect(poissonTails(x, high * t).lower).toBeCloseTo((1 - level) / 2, 10);
      }),
    );
  });

  it("the exact interval contains the mid-p interval, and both scale with the exposure", () => {
    fc.assert(
      fc.property(count, exposure, (x, t) => {
        const [exact, mid, one] = [garwood(x, t), poissonMidP(x, t), garwood(x, 1)];
        expect(exact.low).toBeLessThanOrEqual(mid.low);
        expect(exact.high).toBeGreaterThanOrEqual(mid.high);
        expect(exact.high * t).toBeCloseTo(one.high, 9);
        expect(mid.low * t).toBeCloseTo(poissonMidP(x, 1).low, 9);
      }),
    );
  });

  it("limits rise with every event", () => {
    fc.assert(
      fc.property(count, (x) => {
        for (const method of [garwood, poissonMidP]) {
          expect(method(x + 1, 1).low).toBeGreaterThan(method(x, 1).low);
          expect(method(x + 1, 1).high).toBeGreaterThan(method(x, 1).high);
        }
      }),
    );
  });

  it("exchanging two rates changes the sign of their difference and inverts their ratio", () => {
    fc.assert(
      fc.property(count, exposure, count, exposure, (x1, t1, x2, t2) => {
        const [d, e] = [rateDifference(x1, t1, x2, t2), rateDifference(x2, t2, x1, t1)];
        if (!d.ok || !e.ok || !d.interval.ok || !e.interval.ok) throw new Error("an interval is given");
        expect(e.interval.low).toBeCloseTo(-d.interval.high, 7);
        expect(d.interval.low).toBeLessThanOrEqual(d.difference);
        expect(d.interval.high).toBeGreaterThanOrEqual(d.difference);
        for (const method of [rateRatioExact, rateRatioLog]) {
          const [r, s] = [method(x1, t1, x2, t2), method(x2, t2, x1, t1)];
          if (!r.ok || !s.ok) throw new Error("there is exposure");
          if (r.interval.ok && s.interval.ok && r.interval.low > 0)
            expect(r.interval.low * s.interval.high).toBeCloseTo(1, 8);
        }
      }),
    );
  });

  it("only the ratio of the exposures matters to a ratio of rates", () => {
    fc.assert(
      fc.property(count, exposure, count, exposure, fc.integer({ min: 2, max: 9 }), (x1, t1, x2, t2, times) => {
        const [r, s] = [rateRatioExact(x1, t1, x2, t2), rateRatioExact(x1, t1 * times, x2, t2 * times)];
        if (!r.ok || !s.ok || !r.interval.ok || !s.interval.ok) throw new Error("an interval is given");
        if (r.interval.low > 0) expect(s.interval.low / r.interval.low).toBeCloseTo(1, 9);
        const [p, q] = [rateRatioTest(x1, t1, x2, t2), rateRatioTest(x1, t1 * times, x2, t2 * times)];
        expect(p.ok && q.ok && p.p - q.p).toBeCloseTo(0, 6);
      }),
    );
  });
});

const byPatient = fc.array(
  fc.record({ count: fc.integer({ min: 0, max: 9 }), exposure: fc.integer({ min: 1, max: 4 }) }),
  {
    minLength: 2,
    maxLength: 30,
  },
);

describe("over-dispersed counts", () => {
  const rateOf = (list: { count: number; exposure: number }[], level = 0.95, by: "t" | "z" = "t") =>
    quasiPoisson(
      list.map((patient) => patient.count),
      list.map((patient) => patient.exposure),
      level,
      by,
    );

  it("neither the order of patients nor those without exposure matter", () => {
    fc.assert(
      fc.property(byPatient, (list) => {
        const [a, b] = [rateOf(list), rateOf([...[...list].reverse(), { count: 0, exposure: 0 }])];
        if (!a.ok || !b.ok) throw new Error("there are patients");
        expect(b.mean).toBeCloseTo(a.mean, 12);
        expect(b.interval.ok).toBe(a.interval.ok);
        if (a.interval.ok && b.interval.ok) expect(b.interval.high).toBeCloseTo(a.interval.high, 9);
      }),
    );
  });

  it("the interval holds the mean, t is wider than z, and a higher level contains the lower one", () => {
    fc.assert(
      fc.property(byPatient, (list) => {
        const [t, z, wide] = [rateOf(list), rateOf(list, 0.95, "z"), rateOf(list, 0.99)];
        if (!t.ok || !z.ok || !wide.ok || !t.interval.ok || !z.interval.ok || !wide.interval.ok) return;
        expect(t.interval.low).toBeLessThanOrEqual(t.mean);
        expect(t.interval.high).toBeGreaterThanOrEqual(t.mean);
        expect(z.interval.high).toBeLessThanOrEqual(t.interval.high);
        expect(wide.interval.high).toBeGreaterThan(t.interval.high);
        expect(wide.interval.low).toBeLessThanOrEqual(t.interval.low);
      }),
    );
  });

  it("every mark counted twice doubles the mean and both limits, for the patients are as many", () => {
    fc.assert(
      fc.property(byPatient, (list) => {
        const [once, twice] = [rateOf(list), rateOf(list.map((patient) => ({ ...patient, count: 2 * patient.count })))];
        if (!once.ok || !twice.ok || !once.interval.ok || !twice.interval.ok || once.mean === 0) return;
        expect(twice.mean).toBeCloseTo(2 * once.mean, 12);
        expect(twice.interval.low).toBeCloseTo(2 * once.interval.low, 9);
        expect(twice.interval.high).toBeCloseTo(2 * once.interval.high, 7);
      }),
    );
  });
});

const patients = fc
  .array(
    fc.integer({ min: 1, max: 6 }).chain((n) => fc.record({ n: fc.constant(n), x: fc.integer({ min: 0, max: n }) })),
    { minLength: 2, maxLength: 40 },
  )
  .map((list): [number[], number[]] => [list.map(({ x }) => x), list.map(({ n }) => n)]);
const methods = {
  kornGraubard,
  clusterClopperPearson,
  clusterWilson,
  clusterWilsonIcc,
  clusterWaldT,
  clusterLogit,
  clusterBeta,
} as Record<string, (x: number[], n: number[], level?: number) => IntervalOutcome>;

describe("units in clusters", () => {
  it.each(Object.entries(methods))("counting misses instead of hits mirrors %s", (_, method) => {
    fc.assert(
      fc.property(patients, ([x, n]) => {
        const [hits, misses] = [
          method(x, n),
          method(
            x.map((value, i) => (n[i] as number) - value),
            n,
          ),
        ];
        expect(misses.ok).toBe(hits.ok);
        if (!hits.ok || !misses.ok) return;
        expect(misses.low).toBeCloseTo(1 - hits.high, 8);
        expect(misses.high).toBeCloseTo(1 - hits.low, 8);
      }),
    );
  });

  it.each(Object.entries(methods))("%s holds the estimate, and a higher level contains the lower one", (_, method) => {
    fc.assert(
      fc.property(patients, ([x, n]) => {
        const [inner, outer] = [method(x, n, 0.9), method(x, n, 0.99)];
        const estimate = x.reduce((s, v) => s + v, 0) / n.reduce((s, v) => s + v, 0);
        if (!inner.ok || !outer.ok) return;
        expect(inner.low).toBeLessThanOrEqual(estimate + 1e-12);
        expect(inner.high).toBeGreaterThanOrEqual(estimate - 1e-12);
        expect(outer.low).toBeLessThanOrEqual(inner.low + 1e-12);
        expect(outer.high).toBeGreaterThanOrEqual(inner.high - 1e-12);
      }),
    );
  });

  it("duplicating every lesion leaves the variance as it is; duplicating every patient nearly halves it", () => {
    fc.assert(
      fc.property(patients, ([x, n]) => {
        const double = (list: number[]) => list.map((value) => 2 * value);
        const [one, lesions, twice] = [
          clusterRatioVariance(x, n),
          clusterRatioVariance(double(x), double(n)),
          clusterRatioVariance([...x, ...x], [...n, ...n]),
        ];
        if (!one.ok || !lesions.ok || !twice.ok) throw new Error("there are lesions");
        expect(lesions.variance).toBeCloseTo(one.variance as number, 12);
        const count = x.length;
        // Σ doubles, N² quadruples, K/(K - 1) becomes 2K/(2K - 1)
        expect(twice.variance).toBeCloseTo(
          ((one.variance as number) / 2) * (((2 * count) / (2 * count - 1)) * ((count - 1) / count)),
          12,
        );
      }),
    );
  });

  it("the effective size is never above the number of lesions", () => {
    fc.assert(
      fc.property(patients, ([x, n]) => {
        const r = kornGraubard(x, n);
        if (!r.ok) throw new Error(r.reason);
        const lesions = n.reduce((s, v) => s + v, 0);
        if (typeof r.nEff === "number") expect(r.nEff).toBeLessThanOrEqual(lesions);
        else expect(r.flags).toEqual(["exact-on-clusters"]);
      }),
    );
  });

  it("lesions that are alike in every patient have a correlation of 1", () => {
    fc.assert(
      fc.property(patients, ([x, n]) => {
        const alike = n.map((size, i) => ((x[i] as number) * 2 > size ? size : 0));
        const r = clusterIcc(alike, n);
        fc.pre(r.ok);
        if (!r.ok) return;
        expect(r.icc).toBeCloseTo(1, 12);
        const lesions = n.reduce((s, v) => s + v, 0);
        expect(r.deff).toBeCloseTo(n.reduce((s, v) => s + v * v, 0) / lesions, 10);
      }),
    );
  });

  it("positive agreement does not depend on which reader is the first", () => {
    const marks = fc.tuple(
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 0, max: 3 }),
    );
    fc.assert(
      fc.property(fc.array(marks, { minLength: 1, maxLength: 20 }), (list) => {
        expect(positiveAgreement(list.map(([both, a, b]) => [both, b, a]))).toEqual(positiveAgreement(list));
      }),
    );
  });
});

describe("two products on lesions in patients", () => {
  const small = fc.integer({ min: 0, max: 5 });
  const clusters = fc.array(fc.tuple(small, small, small, small), { minLength: 2, maxLength: 25 });
  const swapped = (list: PairedCluster[]) => list.map(([a, b, c, d]): PairedCluster => [a, c, b, d]);

  it("the tests do not depend on which product is the first, nor on the order of patients", () => {
    fc.assert(
      fc.property(clusters, (list) => {
        for (const test of [clusterMcNemarObuchowski, clusterMcNemarDurkalski]) {
          const [r, s] = [test(list), test(swapped([...list].reverse()))];
          expect(s.ok).toBe(r.ok);
          if (r.ok && s.ok) expect(s.chi2).toBeCloseTo(r.chi2, 9);
          else expect(s).toEqual(r);
        }
      }),
    );
  });

  it("with one lesion a patient the tests are McNemar's", () => {
    fc.assert(
      fc.property(small, small, small, small, (a, b, c, d) => {
        fc.pre(b + c > 0 && a + b + c + d > 1);
        const units = (number: number, unit: PairedCluster) => new Array<PairedCluster>(number).fill(unit);
        const list = [
          ...units(a, [1, 0, 0, 0]),
          ...units(b, [0, 1, 0, 0]),
          ...units(c, [0, 0, 1, 0]),
          ...units(d, [0, 0, 0, 1]),
        ];
        const plain = mcnemarAsymptotic(b, c);
        const [weighted, linear] = [clusterMcNemarDurkalski(list), clusterMcNemarObuchowski(list)];
        if (!plain.ok || !weighted.ok || !linear.ok) throw new Error("there is a discordant pair");
        expect(weighted.chi2).toBeCloseTo(plain.chi2, 12);
        expect(linear.chi2).toBeCloseTo((plain.chi2 * (list.length - 1)) / list.length, 12);
      }),
    );
  });

  it("a wider margin is never harder to beat, and the interval holds the difference", () => {
    fc.assert(
      fc.property(
        clusters,
        fc.double({ min: 0, max: 0.4, noNaN: true }),
        fc.double({ min: 0.01, max: 0.4, noNaN: true }),
        (list, margin, more) => {
          const [narrow, wide] = [
            clusterPairedNonInferiority(list, margin),
            clusterPairedNonInferiority(list, margin + more),
          ];
          if (narrow.ok && wide.ok) expect(wide.p).toBeLessThan(narrow.p + 1e-12);
          for (const r of [clusterPairedDifference(list), clusterPairedTango(list)]) {
            if (!r.ok || !r.interval.ok) continue;
            expect(r.interval.low).toBeLessThanOrEqual(r.difference + 1e-15);
            expect(r.interval.high).toBeGreaterThanOrEqual(r.difference - 1e-15);
          }
        },
      ),
    );
  });
});

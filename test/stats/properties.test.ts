/** What must hold for any data: ranges, symmetries, duals, and that clustering is never forgotten. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { MedassayError } from "../../src/contract/errors.js";
import { delongAuc, rocAuc, splitByLabel } from "../../src/stats/auc.js";
import { clusteredAuc, delongDifference } from "../../src/stats/auc-comparison.js";
import { betaQuantile, betaTails } from "../../src/stats/beta.js";
import {
  clusterPairedDifference,
  clusterPairedNonInferiority,
  type PairedCluster,
} from "../../src/stats/clustered-paired.js";
import { clusterLogit, clusterRatioVariance, kornGraubard } from "../../src/stats/clustered-proportion.js";
import { clusteredKappa, cohenKappa } from "../../src/stats/kappa.js";
import type { IntervalOutcome } from "../../src/stats/outcome.js";
import {
  mcnemarAsymptotic,
  newcombePairedDifference,
  tangoDifference,
  tangoNonInferiority,
} from "../../src/stats/paired-proportions.js";
import { normalQuantile } from "../../src/stats/normal.js";
import { positiveAgreement } from "../../src/stats/positive-agreement.js";
import { agrestiCoull, clopperPearson, jeffreys, midP, wilson, wilsonCorrected } from "../../src/stats/proportion.js";
import { RandomStream, streamOf } from "../../src/stats/random.js";
import { quasiPoisson } from "../../src/stats/rates.js";
import { bootstrapSummary, bootstrapTest, patientWeights, percentileInterval } from "../../src/stats/resampling.js";
import { averagePrecision, rocPoints, sensitivityAtSpecificity } from "../../src/stats/roc-curve.js";
import { neumaierSum } from "../../src/stats/summation.js";
import {
  farringtonManning,
  meeDifference,
  miettinenNurminenDifference,
  newcombeDifference,
} from "../../src/stats/two-proportions.js";

/** Patients with 1 to 6 lesions, some found. */
const patients = fc.array(
  fc.integer({ min: 1, max: 6 }).chain((n) => fc.record({ n: fc.constant(n), x: fc.integer({ min: 0, max: n }) })),
  { minLength: 2, maxLength: 40 },
);
const columns = (list: { x: number; n: number }[]): [number[], number[]] => [
  list.map(({ x }) => x),
  list.map(({ n }) => n),
];
const count = fc.integer({ min: 0, max: 60 });
const level = fc.constantFrom(0.8, 0.9, 0.95, 0.99);

function width(r: IntervalOutcome): number {
  return r.ok ? r.high - r.low : NaN;
}

describe("an interval of a proportion", () => {
  const methods = { wilson, wilsonCorrected, clopperPearson, jeffreys, agrestiCoull, midP };
  it.each(Object.entries(methods))("%s lies in [0, 1], holds the estimate and mirrors", (_, method) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(), level, (n, k, lev) => {
        const x = k % (n + 1);
        const [r, mirror] = [method(x, n, lev), method(n - x, n, lev)];
        if (!r.ok || !mirror.ok) throw new Error("an interval is always given for n > 0");
        expect(r.low).toBeGreaterThanOrEqual(0);
        expect(r.high).toBeLessThanOrEqual(1);
        expect(r.low).toBeLessThan(r.high);
        expect(r.low).toBeLessThanOrEqual(x / n + 1e-12);
        expect(r.high).toBeGreaterThanOrEqual(x / n - 1e-12);
        expect(r.low).toBeCloseTo(1 - mirror.high, 9);
      }),
    );
  });

  it("refuses what is no proportion", () => {
    expect(() => wilson(3, 2)).toThrow(MedassayError);
    expect(() => wilson(NaN, 2)).toThrow(MedassayError);
    expect(() => wilson(1, 2, 1)).toThrow(MedassayError);
  });
});

describe("lesions in patients", () => {
  it("duplicating every lesion never narrows the Korn-Graubard interval, or it is flagged", () => {
    fc.assert(
      fc.property(patients, fc.integer({ min: 2, max: 5 }), (list, times) => {
        const [x, n] = columns(list);
        const before = kornGraubard(x, n);
        const after = kornGraubard(
          x.map((v) => v * times),
          n.map((v) => v * times),
        );
        expect(before.ok && after.ok).toBe(true);
        if (!before.ok || !after.ok) return;
        const flagged = [...(before.flags ?? []), ...(after.flags ?? [])].includes("capped-n-eff");
        if (!flagged) expect(width(after)).toBeGreaterThanOrEqual(width(before) - 1e-12);
      }),
      { numRuns: 300 },
    );
  });

  it("one lesion a patient gives the unclustered interval", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 80 }), fc.nat(), (n, k) => {
        const hits = k % (n + 1);
        const x = Array.from({ length: n }, (_, i) => (i < hits ? 1 : 0));
        const ones = new Array<number>(n).fill(1);
        const [clustered, plain] = [kornGraubard(x, ones), clopperPearson(hits, n)];
        if (!clustered.ok) throw new Error(clustered.reason);
        expect(clustered.low).toBe(plain.low);
        expect(clustered.high).toBe(plain.high);
        const variance = clusterRatioVariance(x, ones);
        if (variance.ok && typeof variance.deff === "number") expect(variance.deff).toBeCloseTo(1, 12);
      }),
    );
  });

  it("the order of patients and patients without a lesion do not matter", () => {
    fc.assert(
      fc.property(patients, (list) => {
        const turned = [...list, { x: 0, n: 0 }].reverse();
        for (const method of [kornGraubard, clusterLogit]) {
          const [a, b] = [method(...columns(list)), method(...columns(turned))];
          expect(b.ok).toBe(a.ok);
          if (a.ok && b.ok) {
            expect(b.low).toBeCloseTo(a.low, 10);
            expect(b.high).toBeCloseTo(a.high, 10);
            expect(b.flags).toEqual(a.flags);
          }
        }
      }),
    );
  });

  it("found all, or none: patients are counted, and it is said", () => {
    const r = kornGraubard([4, 4, 4, 4, 4], [4, 4, 4, 4, 4]);
    if (!r.ok) throw new Error(r.reason);
    expect(r.flags).toEqual(["exact-on-clusters"]);
    expect(r.low).toBe(clopperPearson(5, 5).low);
    expect(r.high).toBe(1);
    expect(kornGraubard([3], [4])).toEqual({ ok: false, reason: "too-few-clusters" });
    expect(kornGraubard([], [])).toEqual({ ok: false, reason: "no-data" });
  });

  it("a difference of paired products changes sign with their order, and duplication leaves its width", () => {
    const cluster = fc.tuple(count, count, count, count);
    fc.assert(
      fc.property(fc.array(cluster, { minLength: 2, maxLength: 20 }), (list) => {
        const r = clusterPairedDifference(list);
        const swapped = clusterPairedDifference(list.map(([a, b, c, d]): PairedCluster => [a, c, b, d]));
        const doubled = clusterPairedDifference(
          list.map(([a, b, c, d]): PairedCluster => [2 * a, 2 * b, 2 * c, 2 * d]),
        );
        expect(swapped.ok).toBe(r.ok);
        if (!r.ok || !swapped.ok || !doubled.ok) return;
        expect(swapped.difference).toBeCloseTo(-r.difference, 12);
        expect(doubled.interval.ok).toBe(r.interval.ok);
        if (r.interval.ok && doubled.interval.ok) expect(width(doubled.interval)).toBeCloseTo(width(r.interval), 9);
      }),
    );
  });

  it("a margin is beaten for clustered pairs exactly when the lower limit lies above it", () => {
    const cluster = fc.tuple(count, count, count, count);
    fc.assert(
      fc.property(fc.array(cluster, { minLength: 2, maxLength: 20 }), fc.constantFrom(0.05, 0.1), (list, margin) => {
        const [test, difference] = [clusterPairedNonInferiority(list, margin), clusterPairedDifference(list)];
        if (!test.ok || !difference.ok || !difference.interval.ok) return;
        const low = difference.interval.low;
        if (low > -1 && Math.abs(low + margin) > 1e-9) expect(test.p < 0.025).toBe(low > -margin);
      }),
    );
  });

  it("false positives: equal rates have no dispersion, none at all gets a limit on patients", () => {
    const equal = quasiPoisson([2, 4, 6], [1, 2, 3]);
    expect(equal.ok && equal.interval).toEqual({ ok: false, reason: "zero-variance" });
    const none = quasiPoisson([0, 0, 0, 0], [3, 3, 3, 3]);
    if (!none.ok || !none.interval.ok) throw new Error("a limit is given");
    expect(none.interval.high).toBeCloseTo(-Math.log(0.025) / 4, 12);
    expect(none.flags).toEqual(["exact-substitute"]);
  });
});

describe("two proportions", () => {
  const group = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.nat()).map(([n, k]) => ({ n, x: k % (n + 1) }));
  it("intervals hold the difference, and change sign with the order of the groups", () => {
    fc.assert(
      fc.property(group, group, (g, h) => {
        for (const method of [newcombeDifference, miettinenNurminenDifference, meeDifference]) {
          const [r, s] = [method(g.x, g.n, h.x, h.n), method(h.x, h.n, g.x, g.n)];
          if (!r.ok || !s.ok) throw new Error("an interval is always given");
          const d = g.x / g.n - h.x / h.n;
          expect(r.low).toBeLessThanOrEqual(d + 1e-12);
          expect(r.high).toBeGreaterThanOrEqual(d - 1e-12);
          expect(s.low).toBeCloseTo(-r.high, 8);
        }
      }),
    );
  });

  it("a margin is beaten exactly when the lower limit of the same score method lies above it", () => {
    fc.assert(
      fc.property(group, group, fc.constantFrom(0.05, 0.1, 0.2), (g, h, margin) => {
        const [test, interval] = [farringtonManning(g.x, g.n, h.x, h.n, margin), meeDifference(g.x, g.n, h.x, h.n)];
        if (!test.ok || !interval.ok || Math.abs(interval.low + margin) < 1e-9) return;
        expect(test.p < 0.025).toBe(interval.low > -margin);
      }),
    );
    fc.assert(
      fc.property(count, count, count, count, fc.constantFrom(0.05, 0.1), (a, b, c, d, margin) => {
        const [test, interval] = [tangoNonInferiority(a, b, c, d, margin), tangoDifference(a, b, c, d)];
        if (!test.ok || !interval.ok || Math.abs(interval.low + margin) < 1e-9) return;
        expect(test.p < 0.025).toBe(interval.low > -margin);
      }),
    );
  });

  it("the score at a limit of a difference is the quantile, whichever way the limit was found", () => {
    let compared = 0;
    fc.assert(
      fc.property(group, group, fc.constantFrom(0.8, 0.95, 0.999), (g, h, level) => {
        const interval = meeDifference(g.x, g.n, h.x, h.n, level);
        if (!interval.ok || interval.low <= -0.999 || interval.low >= 0) return;
        const test = farringtonManning(g.x, g.n, h.x, h.n, -interval.low);
        expect(test.ok && test.z).toBeCloseTo(normalQuantile((1 + level) / 2), 8);
        compared++;
      }),
      { numRuns: 500 },
    );
    expect(compared).toBeGreaterThan(200);
  });

  it("Tango's statistic at no difference is McNemar's", () => {
    fc.assert(
      fc.property(count, count, count, count, (a, b, c, d) => {
        const [tango, mcnemar] = [tangoNonInferiority(a, b, c, d, 0), mcnemarAsymptotic(b, c)];
        if (tango.ok && mcnemar.ok) expect(tango.z * tango.z).toBeCloseTo(mcnemar.chi2, 9);
        else expect(b + c).toBe(0);
      }),
    );
  });

  it("paired intervals hold the difference and never lack width", () => {
    fc.assert(
      fc.property(count, count, count, count, (a, b, c, d) => {
        fc.pre(a + b + c + d > 0);
        for (const r of [tangoDifference(a, b, c, d), newcombePairedDifference(a, b, c, d)]) {
          if (!r.ok) throw new Error(r.reason);
          const difference = (b - c) / (a + b + c + d);
          expect(r.low).toBeLessThanOrEqual(difference + 1e-12);
          expect(r.high).toBeGreaterThanOrEqual(difference - 1e-12);
          expect(r.low).toBeLessThan(r.high);
        }
      }),
    );
  });
});

describe("the ROC curve", () => {
  const scores = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 30 });
  it("exchanging the classes mirrors area and interval", () => {
    fc.assert(
      fc.property(scores, scores, (x, y) => {
        const [a, b] = [delongAuc(x, y), delongAuc(y, x)];
        if (!a.ok || !b.ok || !a.interval.ok || !b.interval.ok) throw new Error("an interval is always given");
        expect(a.auc + b.auc).toBeCloseTo(1, 12);
        expect(a.interval.method).toBe(b.interval.method);
        expect(a.interval.low).toBeCloseTo(1 - b.interval.high, 9);
        expect(a.interval.low).toBeLessThan(a.interval.high);
      }),
    );
  });

  it("the area is the share of pairs in order", () => {
    fc.assert(
      fc.property(scores, scores, (x, y) => {
        const twoU = x.reduce((sum, p) => sum + y.reduce((s, q) => s + (p > q ? 2 : p === q ? 1 : 0), 0), 0);
        const r = rocAuc(x, y);
        expect(r.ok && r.twoU).toBe(twoU);
      }),
    );
  });

  it("clusters of one case give DeLong's variance; duplicated cases keep Obuchowski's", () => {
    fc.assert(
      fc.property(scores, scores, (x, y) => {
        fc.pre(x.length > 1 && y.length > 1);
        const all = [...x, ...y];
        const labels = [...x.map(() => 1), ...y.map(() => 0)];
        const names = all.map((_, i) => i);
        const plain = delongAuc(x, y);
        const clustered = clusteredAuc(names, labels, all);
        const doubled = clusteredAuc([...names, ...names], [...labels, ...labels], [...all, ...all]);
        if (!plain.ok || !clustered.ok || !doubled.ok) throw new Error("an area is given");
        expect(clustered.variance).toBeCloseTo(plain.variance as number, 12);
        expect(doubled.variance).toBeCloseTo(plain.variance as number, 12);
        expect(doubled.auc).toBe(plain.auc);
      }),
    );
  });

  it("identical scores do not differ", () => {
    const r = delongDifference([0, 1, 0, 1, 1], [1, 2, 3, 4, 5], [10, 20, 30, 40, 50]);
    expect(r.ok && r.p).toBe(1);
    expect(r.ok && r.interval).toEqual({ ok: false, reason: "zero-variance" });
  });

  it("a target of 0.9 is reached by 9 of 10", () => {
    const labels = [...new Array<number>(10).fill(0), 1, 1];
    const r = sensitivityAtSpecificity(rocPoints(labels, [0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 7, 9]), 0.9);
    expect(r.ok && r.specificity).toBe(0.9);
    expect(r.ok && r.sensitivity).toBe(1);
    const ap = averagePrecision(rocPoints(labels, [0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 7, 9]));
    expect(ap.ok && ap.value).toBeCloseTo((1 + 2 / 3) / 2, 12);
  });

  it("input that can't be ranked is refused by name", () => {
    const messages: [number[], (number | null)[], string][] = [
      [[0, 1], [1], "length-mismatch"],
      [[0, 2], [1, 2], "label-not-binary"],
      [[0, 1], [1, null], "missing-score"],
      [[0, 1], [1, NaN], "non-finite-score"],
      [[0, 1], [1, Infinity], "non-finite-score"],
    ];
    for (const [labels, list, word] of messages) expect(() => splitByLabel(labels, list)).toThrow(word);
    expect(() => delongAuc([NaN], [1])).toThrow("non-finite-score");
  });
});

describe("agreement of readers", () => {
  const ratings = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })), {
    minLength: 2,
    maxLength: 40,
  });
  it("kappa is symmetric in the readers, and the same with clusters", () => {
    fc.assert(
      fc.property(
        ratings,
        fc.constantFrom("none" as const, "linear" as const, "quadratic" as const),
        (pairs, weights) => {
          const table = [0, 1, 2, 3].map((i) =>
            [0, 1, 2, 3].map((j) => pairs.filter(([a, b]) => a === i && b === j).length),
          );
          const turned = table.map((_, i) => table.map((row) => row[i]!));
          const [k, t] = [cohenKappa(table, weights), cohenKappa(turned, weights)];
          const [first, second] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
          const names = pairs.map((_, i) => `p${Math.floor(i / 2)}`);
          const c = clusteredKappa(names, first, second, 4, weights);
          if (!k.ok || !t.ok || !c.ok) throw new Error("there are data");
          if (typeof k.kappa !== "number" || typeof t.kappa !== "number") {
            expect(c.kappa).toEqual({ ok: false, reason: "one-category" });
            return;
          }
          expect(t.kappa).toBeCloseTo(k.kappa, 12);
          expect(c.kappa).toBe(k.kappa);
          // Duplicating every image of every patient leaves the interval over patients as it is.
          const d = clusteredKappa([...names, ...names], [...first, ...first], [...second, ...second], 4, weights);
          expect(d.ok && d.interval.ok).toBe(c.interval.ok);
          if (d.ok && d.interval.ok) expect(width(d.interval)).toBeCloseTo(width(c.interval), 9);
        },
      ),
    );
  });

  it("positive agreement is 2a/(2a + b + c)", () => {
    const r = positiveAgreement([
      [3, 1, 0],
      [1, 0, 2],
      [0, 0, 0],
      [4, 1, 1],
    ]);
    expect(r.ok && r.value).toBe(16 / 21);
    expect(r.ok && r.patients).toBe(3);
    expect(r.ok && r.marks).toBe(21);
    // A pair is two marks of its patient
    const own = kornGraubard([6, 2, 0, 8], [7, 4, 0, 10]);
    expect(r.ok && [r.interval, r.nEff]).toEqual([own, own.ok && own.nEff]);
    expect(positiveAgreement([[0, 0, 0]])).toEqual({ ok: false, reason: "no-data" });
    expect(positiveAgreement([])).toEqual({ ok: false, reason: "no-data" });
    const alone = positiveAgreement([[1, 1, 0]]);
    expect(alone.ok && alone.interval.ok).toBe(false);
    expect(alone.ok && alone.nEff).toEqual(alone.ok && alone.interval);
  });
});

describe("the bootstrap over patients", () => {
  it("a replicate depends on seed, purpose and number alone, and draws as often as there are patients", () => {
    const [a, b] = [new Uint16Array(700), new Uint16Array(700)];
    patientWeights(7n, "froc", 3, 700, a);
    patientWeights(7n, "froc", 4, 700, b);
    expect(b).not.toEqual(a);
    expect(neumaierSum(a)).toBe(700);
    patientWeights(7n, "froc", 3, 700, b);
    expect(b).toEqual(a);
    patientWeights(8n, "froc", 3, 700, b);
    expect(b).not.toEqual(a);
    patientWeights(7n, "auc", 3, 700, b);
    expect(b).not.toEqual(a);
  });

  it("draws are 16-bit halves of the stream's words, low half first, without bias", () => {
    const patients = 300;
    const random = new RandomStream(99n, streamOf("check", 12));
    const expected = new Uint16Array(patients);
    const limit = 65536 - (65536 % patients);
    for (let drawn = 0; drawn < patients;) {
      const word = random.u32();
      for (const half of [word & 0xffff, word >>> 16]) {
        if (((half * patients) & 0xffff) >= 65536 - limit && drawn < patients) {
          expected[Math.floor((half * patients) / 65536)]! += 1;
          drawn++;
        }
      }
    }
    const weights = new Uint16Array(patients);
    patientWeights(99n, "check", 12, patients, weights);
    expect(weights).toEqual(expected);
  });

  it("every patient is drawn once a replicate on average (chi-square over 2,000 replicates)", () => {
    const patients = 97;
    const weights = new Uint16Array(patients);
    const totals = new Float64Array(patients);
    for (let r = 0; r < 2000; r++) {
      patientWeights(1n, "uniform", r, patients, weights);
      weights.forEach((w, i) => (totals[i]! += w));
    }
    const chi2 = totals.reduce((sum, total) => sum + ((total - 2000) * (total - 2000)) / 2000, 0);
    expect(chi2).toBeLessThan(147); // 99.9 % point of chi-square with 96 degrees of freedom
    expect(chi2).toBeGreaterThan(56);
  });

  it("replicates without a value are left out, flagged above 1 %, and refused above half", () => {
    const values = Float64Array.from({ length: 1000 }, (_, i) => i / 1000);
    const whole = percentileInterval(values);
    if (!whole.ok) throw new Error(whole.reason);
    expect(whole.low).toBeCloseTo(0.024975, 12);
    expect(whole.high).toBeCloseTo(0.974025, 12);
    expect(whole.flags).toBeUndefined();
    const few = values.map((v, i) => (i % 50 === 0 ? NaN : v));
    const flagged = percentileInterval(few);
    expect(flagged.ok && flagged.flags).toEqual(["degenerate-replicates"]);
    const most = values.map((v, i) => (i % 5 < 3 ? NaN : v));
    expect(percentileInterval(most)).toEqual({ ok: false, reason: "resampling-degenerate" });
    expect(percentileInterval([1, 1, 1])).toEqual({ ok: false, reason: "zero-variance" });
  });

  it("a p-value counts replicates on the far side, and is never 0", () => {
    const replicates = Array.from({ length: 999 }, (_, i) => (i - 48.5) / 1000);
    expect(bootstrapTest(replicates)).toEqual({ ok: true, twoSided: 0.1, greater: 0.05, less: 0.951, valid: 999 });
    const r = bootstrapTest(replicates, -1);
    expect(r.ok && r.greater).toBe(0.001);
    expect(bootstrapTest([NaN, NaN, 1])).toEqual({ ok: false, reason: "resampling-degenerate" });
    // Two valid ones are enough where they are half of all, and too few where they are less.
    expect(bootstrapTest([NaN, NaN, 1, 2])).toMatchObject({ ok: true, valid: 2 });
    expect(bootstrapTest([NaN, NaN, NaN, 1, 2])).toEqual({ ok: false, reason: "resampling-degenerate" });
    expect(bootstrapSummary(1, [NaN, NaN, NaN, 1, 2], [1, 2])).toEqual({ ok: false, reason: "resampling-degenerate" });
  });

  it("BCa needs replicates on both sides of the estimate", () => {
    const r = bootstrapSummary(10, [1, 2, 3, 4], [9, 10, 11]);
    expect("bca" in r && r.bca).toEqual({ ok: false, reason: "resampling-degenerate" });
  });
});

describe("special functions", () => {
  it("the beta quantile inverts the distribution function", () => {
    const shape = fc.double({ min: 0.05, max: 5000, noNaN: true });
    const probability = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });
    fc.assert(
      fc.property(probability, shape, shape, (p, a, b) => {
        const x = betaQuantile(p, a, b);
        // Where x rounds to 1 its complement is lost; the upper quantile is the one to ask there.
        fc.pre(x > 1e-300 && x < 1 - 1e-6);
        expect(betaTails(x, a, b).lower / p).toBeCloseTo(1, 8);
      }),
    );
  });

  it("compensated sums keep what plain sums lose", () => {
    expect(neumaierSum([1, 1e100, 1, -1e100])).toBe(2);
  });
});

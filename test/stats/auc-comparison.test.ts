/** Several AUCs on the same cases: against their definitions, numpy, and what must be alike; degenerate data by reason. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { MedassayError } from "../../src/contract/errors.js";
import { newcombeAuc } from "../../src/stats/auc.js";
import {
  clusteredAuc,
  clusteredAucDifference,
  delongDifference,
  delongGlobal,
} from "../../src/stats/auc-comparison.js";
import { numberClusters } from "../../src/stats/clusters.js";
import { normalQuantile, normalSf } from "../../src/stats/normal.js";
import { ok, refused } from "./tables.js";

const z95 = normalQuantile(0.975);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const close = (value: number, digits = 12): number => expect.closeTo(value, digits) as number;

/** Placement of every case among the other class, in the order of the cases, and their mean by class. */
function placementsOf(labels: readonly number[], scores: readonly number[]): { auc: number; placed: number[] } {
  const above = (p: number, q: number): number => (p > q ? 1 : p === q ? 0.5 : 0);
  const of = (label: number): number[] => scores.filter((_, i) => labels[i] === label);
  const mean = (values: number[]): number => sum(values) / values.length;
  const placed = scores.map((score, i) =>
    labels[i] === 1 ? mean(of(0).map((q) => above(score, q))) : mean(of(1).map((p) => above(p, score))),
  );
  return { auc: mean(placed.filter((_, i) => labels[i] === 1)), placed };
}

/** Obuchowski's covariance as her paper writes it: three sums over clusters, each with its own K/(K - 1). */
function covarianceByClusters(
  cluster: readonly number[],
  labels: readonly number[],
  first: readonly number[],
  second: readonly number[],
): number {
  const names = [...new Set(cluster)];
  const sums = (scores: readonly number[], label: number): number[] => {
    const { auc, placed } = placementsOf(labels, scores);
    return names.map((name) =>
      sum(placed.map((value, i) => (cluster[i] === name && labels[i] === label ? value - auc : 0))),
    );
  };
  const [x1, y1, x2, y2] = [sums(first, 1), sums(first, 0), sums(second, 1), sums(second, 0)];
  const product = (u: number[], v: number[]): number => sum(u.map((value, c) => value * (v[c] as number)));
  const holding = (label: number): number => new Set(cluster.filter((_, i) => labels[i] === label)).size;
  const factor = (count: number): number => count / (count - 1);
  const m = sum(labels as number[]);
  const n = labels.length - m;
  return (
    (factor(holding(1)) * product(x1, x2)) / m / m +
    (factor(holding(0)) * product(y1, y2)) / n / n +
    (factor(names.length) * (product(x1, y2) + product(y1, x2))) / m / n
  );
}

// Twelve cases, five models: AUCs 61, 56, 51, 50 and 53 of 72.
const labels = [1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1];
const A = [7, 5, 6, 3, 8, 2, 4, 1, 5, 3, 6, 9];
const B = [6, 6, 3, 4, 9, 1, 5, 2, 3, 7, 2, 5];
const C = [2, 8, 5, 5, 4, 3, 3, 6, 1, 4, 5, 7];
const D = [9, 4, 7, 2, 6, 5, 1, 4, 2, 6, 3, 3];
const E = [5, 7, 1, 6, 3, 4, 2, 3, 6, 2, 1, 8];
const tenfold = (scores: number[]): number[] => scores.map((score) => 10 * score - 3);

describe("the test of several AUCs on the same cases", () => {
  // numpy 2: contrasts against the first model, d' pinv(L S L') d; scipy.stats.chi2.sf
  it.each([
    ["three", [A, B, C], 0.4567851754055074, 2, 0.795811772584518],
    ["four", [A, B, C, D], 1.0819069265737775, 3, 0.7814435209091942],
    ["five", [A, B, C, D, E], 1.2553400745499779, 4, 0.8689058782096174],
    ["three others", [B, D, E], 0.1970510479409109, 2, 0.9061725631973642],
  ])("of %s models is the quadratic form of their contrasts", (_, models, chi2, degrees, p) => {
    const r = ok(delongGlobal(labels, models));
    expect(r).toMatchObject({ chi2: close(chi2, 11), degrees, p: close(p, 11) });
    const turned = ok(delongGlobal(labels, [...models].reverse()));
    expect(turned).toMatchObject({ chi2: close(chi2, 11), degrees });
  });

  it("gives the AUCs and their covariances", () => {
    const { auc, covariance } = ok(delongGlobal(labels, [A, B, C]));
    expect(auc).toEqual([61, 56, 51].map((pairs) => close(pairs / 72)));
    // numpy.cov of the placements of each class, over the number of cases of the class
    expect(covariance).toEqual([
      [close(0.013348765432098762), close(0.0007716049382716064), close(-0.0037037037037037047)],
      [close(0.0007716049382716064), close(0.02283950617283951), close(-0.005787037037037038)],
      [close(-0.0037037037037037047), close(-0.005787037037037038), close(0.026157407407407407)],
    ]);
  });

  it("counts a model once that orders the cases as another does, wherever it stands", () => {
    const one = ok(delongGlobal(labels, [A, B, C, D]));
    for (const models of [
      [A, tenfold(A), B, C, D],
      [A, B, tenfold(B), C, D],
      [A, B, C, tenfold(C), D],
      [A, B, C, D, tenfold(D)],
      [A, B, C, D, A],
      [A, B, A, C, B, D],
      [A, tenfold(A), B, tenfold(B), C, tenfold(C), D],
    ]) {
      const r = ok(delongGlobal(labels, models));
      expect(r.degrees).toBe(3);
      expect(r.chi2).toBeCloseTo(one.chi2 as number, 11);
      expect(r.p).toBeCloseTo(one.p, 11);
      expect(r.auc).toHaveLength(models.length);
    }
  });

  it("has p = 1 where all models order the cases alike, as the test of two has", () => {
    const r = ok(delongGlobal(labels, [A, tenfold(A), A]));
    expect(r).toMatchObject({ chi2: refused("zero-variance"), degrees: 0, p: 1 });
    expect(r.p).toBe(ok(delongDifference(labels, A, tenfold(A))).p);
  });

  it("has no value where a contrast has a difference but no variance, in any order of the models", () => {
    const own = [1, 1, 0, 0, 0];
    const [perfect, mixed, constant] = [[9, 8, 3, 2, 1], [9, 1, 3, 8, 2], [7, 7, 7, 7, 7]] as [number[], number[], number[]]; // prettier-ignore
    expect(delongGlobal(own, [perfect, constant])).toEqual(refused("zero-variance"));
    for (const models of [
      [perfect, mixed, constant],
      [perfect, constant, mixed],
      [mixed, perfect, constant],
      [mixed, constant, perfect],
      [constant, mixed, perfect],
      [constant, perfect, mixed],
    ]) {
      expect(delongGlobal(own, models)).toEqual(refused("zero-variance"));
    }
    // Without the difference: two perfect models count as one. The mixed one has AUC 1/2; placements 1, 0 of the positives
    // (variance 1/2, over 2) and 1/2 of all negatives.
    for (const models of [
      [perfect, mixed, perfect],
      [perfect, perfect, mixed],
    ]) {
      expect(delongGlobal(own, models)).toMatchObject({ degrees: 1, chi2: close(0.5 ** 2 / 0.25) });
    }
  });

  it("needs two models and two cases of each class", () => {
    expect(delongGlobal(labels, [A])).toEqual(refused("too-few"));
    expect(delongGlobal(labels, [])).toEqual(refused("too-few"));
    expect(delongGlobal([1, 0, 0], [[1, 2, 3], [3, 1, 2]])).toEqual(refused("too-few")); // prettier-ignore
    expect(delongGlobal([1, 1, 0], [[1, 2, 3], [3, 1, 2]])).toEqual(refused("too-few")); // prettier-ignore
    expect(delongGlobal([1, 1, 0, 0], [[1, 2, 1, 3], [3, 1, 2, 1]]).ok).toBe(true); // prettier-ignore
    expect(delongGlobal([], [[], []])).toEqual(refused("no-data"));
    expect(delongGlobal([0, 0], [[1, 2], [2, 1]])).toEqual(refused("no-positives")); // prettier-ignore
    expect(delongGlobal([1, 1], [[1, 2], [2, 1]])).toEqual(refused("no-negatives")); // prettier-ignore
  });
});

describe("the difference of two AUCs on the same cases", () => {
  it("is the first less the second, with the standard error of the difference of placements", () => {
    const r = ok(delongDifference(labels, A, B, 0.9));
    const variance = 0.013348765432098762 + 0.02283950617283951 - 2 * 0.0007716049382716064;
    const se = Math.sqrt(variance);
    expect(r.auc).toEqual([close(61 / 72), close(56 / 72)]);
    expect(r.covariance).toEqual([
      [close(0.013348765432098762), close(0.0007716049382716064)],
      [close(0.0007716049382716064), close(0.02283950617283951)],
    ]);
    expect(r.difference).toBeCloseTo(5 / 72, 15);
    expect(r.se).toBeCloseTo(se, 13);
    expect(r.z).toBeCloseTo(5 / 72 / se, 12);
    expect(r.p).toBeCloseTo(2 * normalSf(5 / 72 / se), 12);
    expect(ok(delongDifference(labels, B, A)).p).toBeCloseTo(2 * normalSf(5 / 72 / se), 12);
    const z90 = normalQuantile(0.95);
    expect(r.interval).toEqual({
      ok: true,
      low: close(5 / 72 - z90 * se),
      high: close(5 / 72 + z90 * se),
      level: 0.9,
      method: "auc_delong_difference",
    });
  });

  it("is clipped to what a difference can be", () => {
    // 1 - 1/4: placements of the second 0 and ½ in either class, variance 2 (1/8)/2 = 1/8
    const r = ok(delongDifference([1, 1, 0, 0], [3, 4, 1, 2], [1, 3, 2, 4]));
    expect(r.difference).toBe(0.75);
    expect(r.se).toBeCloseTo(Math.sqrt(1 / 8), 14);
    expect(r.interval).toEqual({
      ok: true,
      low: close(0.75 - z95 * Math.sqrt(1 / 8)),
      high: 1,
      level: 0.95,
      method: "auc_delong_difference",
    });
    expect(ok(ok(delongDifference([1, 1, 0, 0], [1, 3, 2, 4], [3, 4, 1, 2])).interval).low).toBe(-1);
  });

  it("without variance has p = 1 where the AUCs are equal, and no p where they are not", () => {
    const none = refused("zero-variance");
    const alike = ok(delongDifference(labels, A, tenfold(A)));
    expect(alike).toMatchObject({ difference: 0, se: 0, z: none, p: 1, interval: none });
    const apart = ok(delongDifference([1, 1, 0, 0], [3, 3, 1, 1], [1, 1, 3, 3]));
    expect(apart).toMatchObject({ auc: [1, 0], difference: 1, se: 0, z: none, p: none, interval: none });
    const clustered = ok(clusteredAucDifference([0, 1, 2, 3], [1, 1, 0, 0], [3, 3, 1, 1], [1, 1, 3, 3]));
    expect(clustered).toMatchObject({ auc: [1, 0], difference: 1, se: 0, z: none, p: none, interval: none });
  });

  it("needs two cases of each class", () => {
    expect(delongDifference([1, 0, 0], [1, 2, 3], [3, 1, 2])).toEqual(refused("too-few"));
    expect(delongDifference([1, 1, 0], [1, 2, 3], [3, 1, 2])).toEqual(refused("too-few"));
    expect(delongDifference([1, 1, 0, 0], [1, 2, 1, 3], [3, 1, 2, 1]).ok).toBe(true);
    expect(delongDifference([], [], [])).toEqual(refused("no-data"));
    expect(delongDifference([0, 0], [1, 2], [1, 2])).toEqual(refused("no-positives"));
    expect(delongDifference([1, 1], [1, 2], [1, 2])).toEqual(refused("no-negatives"));
  });

  it("refuses wrong calls", () => {
    for (const call of [
      () => delongDifference([1, 0], [1, 2], [1]),
      () => delongDifference([1, 0], [1], [1, 2]),
      () => delongDifference([1, 2], [1, 2], [1, 2]),
      () => delongDifference([1, 0], [1, 2], [1, NaN]),
      () => delongDifference(labels, A, B, 0),
      () => delongDifference(labels, A, B, 1),
      () => delongGlobal(labels, [A, [1, 2]]),
      () => clusteredAuc([1], [1, 0], [1, 2]),
      () => clusteredAuc([1, 2], [1, 0], [1]),
      () => clusteredAuc(A, labels, A, 1),
      () => clusteredAuc([], [], [], 0),
      () => clusteredAucDifference([1], [1, 0], [1, 2], [1, 2]),
      () => clusteredAucDifference(A, labels, A, B, 0),
      () => clusteredAucDifference([], [], [], [], 1),
    ]) {
      expect(call).toThrow(MedassayError);
    }
  });
});

describe("AUCs of cases in clusters", () => {
  const cases = fc
    .array(
      fc.record({
        cluster: fc.nat(5),
        label: fc.constantFrom(0, 1),
        first: fc.nat(6),
        second: fc.nat(6),
      }),
      { minLength: 4, maxLength: 30 },
    )
    .map((list) => ({
      cluster: list.map((one) => one.cluster),
      labels: list.map((one) => one.label),
      first: list.map((one) => one.first),
      second: list.map((one) => one.second),
    }));
  const holding = (cluster: readonly number[], labels: readonly number[], label: number): number =>
    new Set(cluster.filter((_, i) => labels[i] === label)).size;

  it("have Obuchowski's variance and covariance", () => {
    let compared = 0;
    fc.assert(
      fc.property(cases, ({ cluster, labels, first, second }) => {
        fc.pre(holding(cluster, labels, 1) > 1 && holding(cluster, labels, 0) > 1);
        const of = (a: number[], b: number[]): number => close(covarianceByClusters(cluster, labels, a, b));
        const one = ok(clusteredAuc(cluster, labels, first));
        expect(one).toMatchObject({
          auc: close(placementsOf(labels, first).auc),
          clusters: new Set(cluster).size,
          variance: of(first, first),
        });
        const two = ok(clusteredAucDifference(cluster, labels, first, second));
        const [c11, c12, c22] = [of(first, first), of(first, second), of(second, second)];
        expect(two.covariance).toEqual([
          [c11, c12],
          [c12, c22],
        ]);
        const variance =
          covarianceByClusters(cluster, labels, first, first) +
          covarianceByClusters(cluster, labels, second, second) -
          2 * covarianceByClusters(cluster, labels, first, second);
        expect(two.se * two.se).toBeCloseTo(variance, 11);
        if (typeof two.z === "number") compared++;
      }),
      { numRuns: 150 },
    );
    expect(compared).toBeGreaterThan(50);
  });

  it("have a logit interval by default, and Wald's beside it", () => {
    // Two clusters have cases of both classes, three of one class.
    const cluster = ["a", "a", "b", "b", "c", "c", "d", "d", "e", "e", "a", "b"];
    const names = cluster.map((name) => name.charCodeAt(0));
    const r = ok(clusteredAuc(cluster, labels, A, 0.9));
    const auc = 61 / 72;
    const variance = covarianceByClusters(names, labels, A, A);
    const half = normalQuantile(0.95) * Math.sqrt(variance);
    const logit = Math.log(auc / (1 - auc));
    const expit = (u: number): number => 1 / (1 + Math.exp(-u));
    const scaled = half / (auc * (1 - auc));
    expect(r).toEqual({
      ok: true,
      auc: close(auc),
      clusters: 5,
      variance: close(variance),
      interval: {
        ok: true,
        low: close(expit(logit - scaled)),
        high: close(expit(logit + scaled)),
        level: 0.9,
        method: "auc_obuchowski_logit",
      },
      wald: {
        ok: true,
        low: close(auc - half),
        high: close(Math.min(1, auc + half)),
        level: 0.9,
        method: "auc_obuchowski_wald",
      },
    });
    const two = ok(clusteredAucDifference(cluster, labels, A, B, 0.9));
    expect(two.difference).toBeCloseTo(5 / 72, 15);
    expect(two.auc).toEqual([close(61 / 72), close(56 / 72)]);
    expect(two.z).toBeCloseTo(5 / 72 / two.se, 12);
    expect(two.p).toBeCloseTo(2 * normalSf(5 / 72 / two.se), 12);
    expect(two.interval).toEqual({
      ok: true,
      low: close(5 / 72 - normalQuantile(0.95) * two.se),
      high: close(5 / 72 + normalQuantile(0.95) * two.se),
      level: 0.9,
      method: "auc_obuchowski_difference",
    });
  });

  it("without variance are judged by the numbers of clusters that hold each class, and it is said", () => {
    const cluster = [0, 0, 1, 2, 2, 3, 4, 4];
    const separated = clusteredAuc(cluster, [1, 1, 1, 0, 0, 0, 0, 1], [5, 6, 7, 1, 2, 3, 4, 8]);
    // Positives in clusters 0, 1 and 4, negatives in 2, 3 and 4
    expect(separated).toEqual({
      ok: true,
      auc: 1,
      clusters: 5,
      variance: 0,
      interval: { ...ok(newcombeAuc(1, 3, 3)), method: "auc_newcombe5_on_clusters", flags: ["exact-on-clusters"] },
      wald: refused("zero-variance"),
    });
    const tied = ok(clusteredAuc([0, 1, 2, 3, 4], [1, 1, 1, 0, 0], [2, 2, 2, 2, 2], 0.8));
    expect(tied).toMatchObject({ auc: 0.5, clusters: 5, variance: 0, wald: refused("zero-variance") });
    expect(tied.interval).toEqual({
      ...ok(newcombeAuc(0.5, 3, 2, 0.8)),
      method: "auc_newcombe5_on_clusters",
      flags: ["exact-on-clusters"],
    });
  });

  it("have no variance where it cancels within every cluster, to the last digit", () => {
    // One positive and three negatives a patient, AUC 2/3: what its positive gains its negatives lose.
    const cluster = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2];
    const labels = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0];
    const scores = [2, 1, 1, 2, 4, 3, 3, 3, 1, 0, 1, 0];
    const r = ok(clusteredAuc(cluster, labels, scores));
    expect(r).toMatchObject({ auc: 2 / 3, variance: 0, wald: refused("zero-variance") });
    expect(r.interval).toEqual({
      ...ok(newcombeAuc(2 / 3, 3, 3)),
      method: "auc_newcombe5_on_clusters",
      flags: ["exact-on-clusters"],
    });
    const constant = labels.map(() => 1);
    const difference = ok(clusteredAucDifference(cluster, labels, scores, constant));
    expect(difference).toMatchObject({
      se: 0,
      z: refused("zero-variance"),
      p: refused("zero-variance"),
      interval: refused("zero-variance"),
    });
  });

  it("need two clusters with each class", () => {
    const few = refused("too-few-clusters");
    for (const [cluster, labels] of [
      [[0, 0, 1, 2], [1, 1, 0, 0]], // prettier-ignore
      [[0, 1, 2, 2], [1, 1, 0, 0]], // prettier-ignore
    ] as [number[], number[]][]) {
      const scores = [2, 3, 1, 2];
      expect(clusteredAuc(cluster, labels, scores)).toEqual({
        ok: true,
        auc: 0.875,
        clusters: 3,
        variance: few,
        interval: few,
        wald: few,
      });
      expect(clusteredAucDifference(cluster, labels, scores, [1, 2, 3, 0])).toEqual(few);
    }
    // Placements less their mean, in eighths: 2 and 2 are -1 each, 3 and 1 are +1 each.
    expect(clusteredAuc([0, 1, 1, 0], [1, 1, 0, 0], [2, 3, 1, 2])).toMatchObject({ clusters: 2, variance: 1 / 16 });
    expect(clusteredAucDifference([0, 1, 1, 0], [1, 1, 0, 0], [2, 3, 1, 2], [1, 2, 3, 0]).ok).toBe(true);
    for (const [labels, reason] of [
      [[], "no-data"],
      [[0, 0], "no-positives"],
      [[1, 1], "no-negatives"],
    ] as [number[], string][]) {
      const names = labels.map((_, i) => i);
      expect(clusteredAuc(names, labels, names)).toEqual(refused(reason));
      expect(clusteredAucDifference(names, labels, names, names)).toEqual(refused(reason));
    }
  });

  it("count each cluster, and those with each class", () => {
    expect(numberClusters(["b", "a", "b", "c", "a"], [1, 0, 0, 0, 0])).toEqual({
      index: Int32Array.of(0, 1, 0, 2, 1),
      clusters: 3,
      withPositives: 1,
      withNegatives: 3,
    });
    expect(numberClusters([7, 8], [1, 1])).toMatchObject({ clusters: 2, withPositives: 2, withNegatives: 0 });
    // 1 and "1" are two names.
    expect(numberClusters([1, "1"], [1, 1]).clusters).toBe(2);
    expect(() => numberClusters([1], [1, 0])).toThrow(MedassayError);
  });
});

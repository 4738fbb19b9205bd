/**
 * Several AUCs on the same cases: covariances from placements, for independent cases (DeLong, DeLong & Clarke-Pearson
 * 1988) and for cases in clusters (Obuchowski 1997, doi:10.2307/2533958).
 */
import { logitAuc, newcombeLimits, splitByLabel, waldAuc } from "./auc.js";
import { numberClusters, type ClusterNumbers } from "./clusters.js";
import { chiSquareTails } from "./gamma.js";
import { normalSf, zOfLevel } from "./normal.js";
import { sortedNumbers } from "./order.js";
import {
  clippedInterval,
  estimated,
  notEstimable,
  requireLevel,
  type IntervalOutcome,
  type NotEstimable,
  type Outcome,
} from "./outcome.js";

/** First index of a sorted array with a value >= (or, `above`, >) the score. */
function position(sorted: Float64Array, score: number, above: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const value = sorted[middle] as number;
    if (value < score || (above && value === score)) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface Placements {
  twoU: number;
  auc: number;
  /** Deviations of each case's placement from the AUC, times 2mn (exact integers), in the order of the cases. */
  deviations: Float64Array;
}

/** Placement of every case among the cases of the other class. */
function placements(labels: ArrayLike<number>, scores: ArrayLike<number>): Placements {
  const split = splitByLabel(labels, scores);
  const positives = sortedNumbers(split.positives);
  const negatives = sortedNumbers(split.negatives);
  const m = positives.length;
  const n = negatives.length;
  const deviations = new Float64Array(labels.length);
  let twoU = 0;
  for (let i = 0; i < labels.length; i++) {
    const score = scores[i] as number;
    if (labels[i] === 1) {
      const doubled = position(negatives, score, false) + position(negatives, score, true);
      deviations[i] = doubled * m;
      twoU += doubled;
    } else {
      deviations[i] = (2 * m - position(positives, score, false) - position(positives, score, true)) * n;
    }
  }
  for (let i = 0; i < labels.length; i++) deviations[i] = (deviations[i] as number) - twoU;
  return { twoU, auc: twoU / (2 * m * n), deviations };
}

function countOf(labels: ArrayLike<number>): { m: number; n: number } {
  let m = 0;
  for (let i = 0; i < labels.length; i++) if (labels[i] === 1) m++;
  return { m, n: labels.length - m };
}

/** Reason why there is no AUC, or null. */
function noAuc(m: number, n: number): NotEstimable | null {
  if (m + n === 0) return notEstimable("no-data");
  if (m === 0) return notEstimable("no-positives");
  return n === 0 ? notEstimable("no-negatives") : null;
}

/** DeLong covariance of two deviation vectors. */
function delongCovariance(labels: ArrayLike<number>, a: Float64Array, b: Float64Array, m: number, n: number): number {
  let sum10 = 0;
  let sum01 = 0;
  for (let i = 0; i < labels.length; i++) {
    const product = (a[i] as number) * (b[i] as number);
    if (labels[i] === 1) sum10 += product;
    else sum01 += product;
  }
  const pairs = 2 * m * n;
  return sum10 / (m - 1) / m / pairs / pairs + sum01 / (n - 1) / n / pairs / pairs;
}

/** z, p and interval of a difference with its variance; a variance of 0 gives p = 1 only where the difference is 0. */
function differenceTest(
  difference: number,
  variance: number,
  level: number,
  method: string,
): { se: number; z: number | NotEstimable; p: number | NotEstimable; interval: IntervalOutcome } {
  const se = Math.sqrt(variance);
  if (se === 0) {
    const none = notEstimable("zero-variance");
    return { se, z: none, p: difference === 0 ? 1 : none, interval: none };
  }
  const z = difference / se;
  const half = zOfLevel(level) * se;
  const interval = clippedInterval(method, level, difference - half, difference + half, [-1, 1]);
  return { se, z, p: 2 * normalSf(Math.abs(z)), interval };
}

export interface AucDifference {
  auc: [number, number];
  /** Covariance matrix of the two AUCs. */
  covariance: [[number, number], [number, number]];
  difference: number;
  se: number;
  z: number | NotEstimable;
  p: number | NotEstimable;
  interval: IntervalOutcome;
}

/** Two AUCs on the same independent cases: difference first - second, z test, Wald interval. */
export function delongDifference(
  labels: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  level = 0.95,
): Outcome<AucDifference> {
  requireLevel(level);
  const { m, n } = countOf(labels);
  const [a, b] = [placements(labels, first), placements(labels, second)];
  const none = noAuc(m, n);
  if (none !== null) return none;
  if (m < 2 || n < 2) return notEstimable("too-few");
  const cross = delongCovariance(labels, a.deviations, b.deviations, m, n);
  const difference = (a.twoU - b.twoU) / (2 * m * n);
  // The variance of the difference of placements is exactly 0 where the two scores order alike.
  const apart = a.deviations.map((value, i) => value - (b.deviations[i] as number));
  return estimated({
    auc: [a.auc, b.auc],
    covariance: [
      [delongCovariance(labels, a.deviations, a.deviations, m, n), cross],
      [cross, delongCovariance(labels, b.deviations, b.deviations, m, n)],
    ],
    difference,
    ...differenceTest(difference, delongCovariance(labels, apart, apart, m, n), level, "auc_delong_difference"),
  });
}

/**
 * K AUCs on the same independent cases: chi-square test of equality with up to K - 1 degrees of freedom, those with
 * variance. A contrast with a difference but without variance: `zero-variance`; no contrast with either: p = 1, as for two.
 */
export function delongGlobal(
  labels: ArrayLike<number>,
  scores: readonly ArrayLike<number>[],
): Outcome<{ auc: number[]; covariance: number[][]; chi2: number | NotEstimable; degrees: number; p: number }> {
  const { m, n } = countOf(labels);
  const all = scores.map((list) => placements(labels, list));
  const none = noAuc(m, n);
  if (none !== null) return none;
  if (m < 2 || n < 2 || scores.length < 2) return notEstimable("too-few");
  const covariance = all.map((a) => all.map((b) => delongCovariance(labels, a.deviations, b.deviations, m, n)));
  const at = (i: number, j: number): number => (covariance[i] as number[])[j] as number;
  const auc = all.map((a) => a.auc);
  // Contrasts of neighbours; Cholesky with those left out that depend on the ones before.
  const factor: number[][] = [];
  const kept: number[] = [];
  let chi2 = 0;
  const solved: number[] = [];
  for (let k = 0; k + 1 < all.length; k++) {
    const row: number[] = [];
    for (let r = 0; r < factor.length; r++) {
      const other = kept[r] as number;
      let value = at(k, other) - at(k, other + 1) - at(k + 1, other) + at(k + 1, other + 1);
      for (let s = 0; s < r; s++) value -= (row[s] as number) * ((factor[r] as number[])[s] as number);
      row.push(value / ((factor[r] as number[])[r] as number));
    }
    const scale = at(k, k) + at(k + 1, k + 1);
    const pivot = at(k, k) - 2 * at(k, k + 1) + at(k + 1, k + 1) - row.reduce((sum, value) => sum + value * value, 0);
    let rest = (auc[k] as number) - (auc[k + 1] as number);
    for (let s = 0; s < row.length; s++) rest -= (row[s] as number) * (solved[s] as number);
    if (!(pivot > 1e-12 * scale)) {
      // Ten times the error that belongs to the largest variance which counts as none.
      if (Math.abs(rest) > 1e-5 * Math.sqrt(scale)) return notEstimable("zero-variance");
      continue;
    }
    const diagonal = Math.sqrt(pivot);
    const y = rest / diagonal;
    solved.push(y);
    factor.push([...row, diagonal]);
    kept.push(k);
    chi2 += y * y;
  }
  const degrees = factor.length;
  if (degrees === 0) return estimated({ auc, covariance, chi2: notEstimable("zero-variance"), degrees, p: 1 });
  return estimated({ auc, covariance, chi2, degrees, p: chiSquareTails(chi2, degrees).upper });
}

/** Obuchowski's covariance of two scores (variance where a = b), from deviations summed within clusters. */
function obuchowskiCovariance(
  sums: ClusterNumbers,
  labels: ArrayLike<number>,
  a: Float64Array,
  b: Float64Array,
  pairs: number,
  m: number,
  n: number,
): number {
  const totals = [0, 1, 2, 3].map(() => new Float64Array(sums.clusters)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let i = 0; i < labels.length; i++) {
    const c = sums.index[i] as number;
    const side = labels[i] === 1 ? 0 : 1;
    totals[side][c]! += a[i] as number;
    totals[(side + 2) as 2 | 3][c]! += b[i] as number;
  }
  const [a10, a01, b10, b01] = totals;
  let s10 = 0;
  let s01 = 0;
  let both = 0;
  for (let c = 0; c < sums.clusters; c++) {
    const [ap, an, bp, bn] = [a10[c] as number, a01[c] as number, b10[c] as number, b01[c] as number];
    s10 += ap * bp;
    s01 += an * bn;
    both += (ap * n + an * m) * (bp * n + bn * m);
  }
  // Obuchowski's three sums, of positives, of negatives and across, taken together by cluster: what cancels within each
  // cluster leaves exactly 0. The factors K/(K - 1) of a class are those of all clusters and a rest.
  const { clusters, withPositives, withNegatives } = sums;
  const rest = (holding: number): number => (clusters - holding) / (holding - 1) / (clusters - 1);
  const unit = (value: number): number => value / pairs / pairs;
  return (
    (clusters / (clusters - 1)) * (unit(both) / m / m / n / n) +
    rest(withPositives) * (unit(s10) / m / m) +
    rest(withNegatives) * (unit(s01) / n / n)
  );
}

/**
 * AUC of cases in clusters (images, eyes or findings of patients) with Obuchowski's variance. `interval` is the default:
 * logit; where the variance is 0, Newcombe's method 5 on the numbers of clusters, flag `exact-on-clusters`.
 */
export function clusteredAuc(
  cluster: ArrayLike<number | string>,
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  level = 0.95,
): Outcome<{
  auc: number;
  clusters: number;
  variance: number | NotEstimable;
  interval: IntervalOutcome;
  wald: IntervalOutcome;
}> {
  requireLevel(level);
  const sums = numberClusters(cluster, labels);
  const { m, n } = countOf(labels);
  const { auc, deviations } = placements(labels, scores);
  const none = noAuc(m, n);
  if (none !== null) return none;
  const { clusters, withPositives, withNegatives } = sums;
  if (withPositives < 2 || withNegatives < 2) {
    const few = notEstimable("too-few-clusters");
    return estimated({ auc, clusters, variance: few, interval: few, wald: few });
  }
  const variance = obuchowskiCovariance(sums, labels, deviations, deviations, 2 * m * n, m, n);
  const logit = logitAuc(auc, variance, level, "auc_obuchowski_logit");
  const wald = waldAuc(auc, variance, level, "auc_obuchowski_wald");
  if (logit.ok) return estimated({ auc, clusters, variance, interval: logit, wald });
  const limits = newcombeLimits(auc, withPositives, withNegatives, level);
  const interval = estimated({ ...limits, level, method: "auc_newcombe5_on_clusters" }, "exact-on-clusters");
  return estimated({ auc, clusters, variance, interval, wald });
}

/** Two AUCs on the same clustered cases: difference first - second, z test, Wald interval. */
export function clusteredAucDifference(
  cluster: ArrayLike<number | string>,
  labels: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  level = 0.95,
): Outcome<AucDifference> {
  requireLevel(level);
  const sums = numberClusters(cluster, labels);
  const { m, n } = countOf(labels);
  const [a, b] = [placements(labels, first), placements(labels, second)];
  const none = noAuc(m, n);
  if (none !== null) return none;
  if (sums.withPositives < 2 || sums.withNegatives < 2) return notEstimable("too-few-clusters");
  const covarianceOf = (x: Float64Array, y: Float64Array): number =>
    obuchowskiCovariance(sums, labels, x, y, 2 * m * n, m, n);
  const cross = covarianceOf(a.deviations, b.deviations);
  const difference = (a.twoU - b.twoU) / (2 * m * n);
  const apart = a.deviations.map((value, i) => value - (b.deviations[i] as number));
  return estimated({
    auc: [a.auc, b.auc],
    covariance: [
      [covarianceOf(a.deviations, a.deviations), cross],
      [cross, covarianceOf(b.deviations, b.deviations)],
    ],
    difference,
    ...differenceTest(difference, covarianceOf(apart, apart), level, "auc_obuchowski_difference"),
  });
}

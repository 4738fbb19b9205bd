/**
 * Proportions of units in clusters (lesions in patients): ratio variance, design effect, effective sample size, intraclass
 * correlation, and intervals that count patients where the units say nothing. x[i] of n[i] units in cluster i.
 */
import { betaQuantile, betaUpperQuantile } from "./beta.js";
import {
  clippedInterval,
  estimated,
  notEstimable,
  requireArgument,
  requireCounts,
  requireLevel,
  type IntervalOutcome,
  type NotEstimable,
  type Outcome,
} from "./outcome.js";
import { clopperPearson, wilson } from "./proportion.js";
import { studentQuantile } from "./student-fisher.js";
import { neumaierSum } from "./summation.js";

interface ClusteredCounts {
  /** Clusters that have a unit. */
  x: number[];
  n: number[];
  clusters: number;
  units: number;
  successes: number;
  estimate: number;
}

/** Leaves out clusters without a unit: they carry no information on the proportion. */
function clusteredCounts(x: ArrayLike<number>, n: ArrayLike<number>): ClusteredCounts | null {
  requireArgument(x.length === n.length, `length-mismatch: ${x.length} and ${n.length} clusters`);
  const kept: { x: number[]; n: number[] } = { x: [], n: [] };
  for (let i = 0; i < n.length; i++) {
    const count = n[i] as number;
    const hits = x[i] as number;
    requireCounts([count, hits], "clusters");
    requireArgument(hits <= count, `clusters: ${hits} of ${count} is not a proportion`);
    if (count > 0) {
      kept.x.push(hits);
      kept.n.push(count);
    }
  }
  const units = neumaierSum(kept.n);
  const successes = neumaierSum(kept.x);
  if (units === 0) return null;
  return { ...kept, clusters: kept.n.length, units, successes, estimate: successes / units };
}

const allEqual = ({ successes, units }: ClusteredCounts): boolean => successes === 0 || successes === units;

/** Linearised variance of the ratio Σx/Σn with clusters as sampling units, K/(K-1) Σ(x - pn)²/N²; K >= 2. */
function ratioVariance({ x, n, clusters, units, successes }: ClusteredCounts): number {
  // In integers up to the last division: (x N - X n)² is 0 exactly where x = p n.
  const squares = x.map((hits, i) => {
    const residual = (hits * units - successes * (n[i] as number)) / units;
    return residual * residual;
  });
  return ((clusters / (clusters - 1)) * (neumaierSum(squares) / units)) / units;
}

export type Part = number | NotEstimable;

/**
 * Estimate, ratio variance, design effect deff = v/(pq/(N-1)) and effective sample size N/deff (not capped).
 * Equals survey's svymean with clusters as primary units.
 */
export function clusterRatioVariance(
  x: ArrayLike<number>,
  n: ArrayLike<number>,
): Outcome<{ estimate: number; units: number; clusters: number; variance: Part; se: Part; deff: Part; nEff: Part }> {
  const counts = clusteredCounts(x, n);
  if (counts === null) return notEstimable("no-data");
  const { estimate, units, clusters } = counts;
  const base = { estimate, units, clusters };
  if (clusters < 2) {
    const none = notEstimable("too-few-clusters");
    return estimated({ ...base, variance: none, se: none, deff: none, nEff: none });
  }
  const variance = ratioVariance(counts);
  const se = Math.sqrt(variance);
  if (allEqual(counts)) {
    const none = notEstimable("all-one-outcome");
    return estimated({ ...base, variance, se, deff: none, nEff: none });
  }
  const deff = variance / ((estimate * (1 - estimate)) / (units - 1));
  return estimated({ ...base, variance, se, deff, nEff: variance > 0 ? units / deff : notEstimable("zero-variance") });
}

/** Intraclass correlation of a binary outcome by one-way analysis of variance, and the design effect that follows. */
export function clusterIcc(x: ArrayLike<number>, n: ArrayLike<number>): Outcome<{ icc: number; deff: number }> {
  const counts = clusteredCounts(x, n);
  return counts === null ? notEstimable("no-data") : iccOf(counts);
}

function iccOf(counts: ClusteredCounts): Outcome<{ icc: number; deff: number }> {
  const { clusters, units, estimate } = counts;
  if (clusters < 2) return notEstimable("too-few-clusters");
  if (units === clusters) return notEstimable("too-few");
  if (allEqual(counts)) return notEstimable("all-one-outcome");
  const between = neumaierSum(
    counts.x.map((hits, i) => {
      const size = counts.n[i] as number;
      const deviation = hits / size - estimate;
      return size * deviation * deviation;
    }),
  );
  const within = neumaierSum(counts.x.map((hits, i) => hits * (1 - hits / (counts.n[i] as number))));
  const meanBetween = between / (clusters - 1);
  const meanWithin = within / (units - clusters);
  const sumOfSizeSquares = neumaierSum(counts.n.map((size) => size * size));
  const typicalSize = (units - sumOfSizeSquares / units) / (clusters - 1);
  const denominator = meanBetween + (typicalSize - 1) * meanWithin;
  const icc = (meanBetween - meanWithin) / denominator;
  const deff = neumaierSum(counts.n.map((size) => size * (1 + (size - 1) * icc))) / units;
  return estimated({ icc, deff });
}

type OnProportion = (x: number, n: number, level: number) => { low: number; high: number };

/** Interval of an unclustered method on the effective sample size, with the rules for degenerate data. */
function onEffectiveSize(
  method: string,
  x: ArrayLike<number>,
  n: ArrayLike<number>,
  level: number,
  limits: OnProportion,
  byT: boolean,
): Outcome<{ low: number; high: number; level: number; method: string; nEff: Part }> {
  requireLevel(level);
  const counts = clusteredCounts(x, n);
  if (counts === null) return notEstimable("no-data");
  const { clusters, units, estimate } = counts;
  if (clusters < 2) return notEstimable("too-few-clusters");
  if (allEqual(counts)) {
    // Nothing is known about clustering: patients are counted, not lesions.
    const { low, high } = limits(estimate === 0 ? 0 : clusters, clusters, level);
    return estimated({ low, high, level, method, nEff: notEstimable("all-one-outcome") }, "exact-on-clusters");
  }
  // N/deff = pq N/(N-1)/v, infinite without variance; with one unit a cluster it is N exactly and the unclustered
  // interval results.
  let size = clusters === units ? units : ((estimate * (1 - estimate)) / ratioVariance(counts)) * (units / (units - 1));
  if (byT) {
    const ratio =
      studentQuantile((1 - level) / 2, units - 1, "upper") / studentQuantile((1 - level) / 2, clusters - 1, "upper");
    size *= ratio * ratio;
  }
  const capped = size > units * (1 + 1e-9);
  const nEff = Math.min(units, size);
  const { low, high } = nEff === units ? limits(counts.successes, units, level) : limits(estimate * nEff, nEff, level);
  return capped
    ? estimated({ low, high, level, method, nEff }, "capped-n-eff")
    : estimated({ low, high, level, method, nEff });
}

/**
 * Default interval of a proportion with several units a patient: Clopper-Pearson on the effective sample size
 * min(N, n_eff (t_{N-1}/t_{K-1})²) (Korn & Graubard 1998, Survey Methodology 24:193).
 * `nEff` is the size used. Flags: `exact-on-clusters`, `capped-n-eff`.
 */
export function kornGraubard(
  x: ArrayLike<number>,
  n: ArrayLike<number>,
  level = 0.95,
): ReturnType<typeof onEffectiveSize> {
  return onEffectiveSize("korn_graubard", x, n, level, clopperPearson, true);
}

/** Clopper-Pearson on the effective sample size, without the t factor. */
export function clusterClopperPearson(
  x: ArrayLike<number>,
  n: ArrayLike<number>,
  level = 0.95,
): ReturnType<typeof onEffectiveSize> {
  return onEffectiveSize("cluster_clopper_pearson_neff", x, n, level, clopperPearson, false);
}

/** Wilson on the effective sample size, without the t factor. */
export function clusterWilson(
  x: ArrayLike<number>,
  n: ArrayLike<number>,
  level = 0.95,
): ReturnType<typeof onEffectiveSize> {
  return onEffectiveSize("cluster_wilson_neff", x, n, level, wilson, false);
}

/** Wilson on N/deff with the design effect of the intraclass correlation (Saha et al. 2016, doi:10.1515/ijb-2015-0024). */
export function clusterWilsonIcc(x: ArrayLike<number>, n: ArrayLike<number>, level = 0.95): IntervalOutcome {
  requireLevel(level);
  const counts = clusteredCounts(x, n);
  if (counts === null) return notEstimable("no-data");
  const icc = iccOf(counts);
  if (!icc.ok) return icc;
  if (!(icc.deff > 0)) return notEstimable("zero-variance");
  const size = counts.units / icc.deff;
  const { low, high } = wilson(counts.estimate * size, size, level);
  return clippedInterval("cluster_wilson_icc", level, low, high, [0, 1]);
}

/** Counts and variance where a method needs information on the variance; else the reason. */
function withVariance(
  x: ArrayLike<number>,
  n: ArrayLike<number>,
  level: number,
): Outcome<{ counts: ClusteredCounts; variance: number; t: number }> {
  requireLevel(level);
  const counts = clusteredCounts(x, n);
  if (counts === null) return notEstimable("no-data");
  if (counts.clusters < 2) return notEstimable("too-few-clusters");
  if (allEqual(counts)) return notEstimable("all-one-outcome");
  const variance = ratioVariance(counts);
  if (variance === 0) return notEstimable("zero-variance");
  return estimated({ counts, variance, t: studentQuantile((1 - level) / 2, counts.clusters - 1, "upper") });
}

/** Estimate ± t_{K-1} standard errors, clipped to [0, 1]. */
export function clusterWaldT(x: ArrayLike<number>, n: ArrayLike<number>, level = 0.95): IntervalOutcome {
  const given = withVariance(x, n, level);
  if (!given.ok) return given;
  const half = given.t * Math.sqrt(given.variance);
  const { estimate } = given.counts;
  return clippedInterval("cluster_wald_t", level, estimate - half, estimate + half, [0, 1]);
}

/** Logit interval with t_{K-1}: the narrower alternative to Korn-Graubard. */
export function clusterLogit(x: ArrayLike<number>, n: ArrayLike<number>, level = 0.95): IntervalOutcome {
  const given = withVariance(x, n, level);
  if (!given.ok) return given;
  const { estimate, successes, units } = given.counts;
  const centre = Math.log(successes / (units - successes));
  const half = (given.t * Math.sqrt(given.variance)) / (estimate * (1 - estimate));
  const expit = (u: number): number => 1 / (1 + Math.exp(-u));
  return clippedInterval("cluster_logit", level, expit(centre - half), expit(centre + half), [0, 1]);
}

/** Beta limits on pq/v with the t factor and without cap (survey's svyciprop "beta"). */
export function clusterBeta(x: ArrayLike<number>, n: ArrayLike<number>, level = 0.95): IntervalOutcome {
  const given = withVariance(x, n, level);
  if (!given.ok) return given;
  const { estimate, units } = given.counts;
  const tail = (1 - level) / 2;
  const ratio = studentQuantile(tail, units - 1, "upper") / given.t;
  const size = ((estimate * (1 - estimate)) / given.variance) * ratio * ratio;
  const hits = estimate * size;
  const low = betaQuantile(tail, hits, size - hits + 1);
  const high = betaUpperQuantile(tail, hits + 1, size - hits);
  return clippedInterval("cluster_beta", level, low, high, [0, 1]);
}

/**
 * Two answers on the same units in clusters (two products on the lesions of patients). A cluster is [a, b, c, d]:
 * both right, first only, second only, both wrong.
 */
import { chiSquareTails } from "./gamma.js";
import {
  clippedInterval,
  estimated,
  notEstimable,
  requireArgument,
  requireCounts,
  requireLevel,
  type IntervalOutcome,
  type Outcome,
} from "./outcome.js";
import { tangoInterval } from "./restricted-pair.js";
import { studentQuantile, studentTails } from "./student-fisher.js";
import { neumaierSum } from "./summation.js";

export type PairedCluster = readonly [a: number, b: number, c: number, d: number];

/**
 * Clusters of units in the order in which they first come.
 * @param cluster name or number, by unit
 * @param first 1 where the first answer is right, by unit; `second` likewise
 */
export function pairedClusters(
  cluster: ArrayLike<number | string>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): PairedCluster[] {
  requireArgument(
    first.length === cluster.length && second.length === cluster.length,
    `length-mismatch: ${cluster.length} clusters, ${first.length} and ${second.length} answers`,
  );
  const cells = new Map<number | string, [number, number, number, number]>();
  for (let unit = 0; unit < cluster.length; unit++) {
    const name = cluster[unit] as number | string;
    const own = cells.get(name) ?? [0, 0, 0, 0];
    cells.set(name, own);
    const cell = (first[unit] === 1 ? 0 : 2) + (second[unit] === 1 ? 0 : 1);
    own[cell] = (own[cell] as number) + 1;
  }
  return [...cells.values()];
}

const sizeOf = (cluster: PairedCluster): number => cluster[0] + cluster[1] + cluster[2] + cluster[3];

function withUnits(clusters: readonly PairedCluster[]): PairedCluster[] {
  for (const cluster of clusters) requireCounts(cluster, "paired cluster");
  return clusters.filter((cluster) => sizeOf(cluster) > 0);
}

/** Difference of two clustered proportions on the same units, D ± t_{K-1} se, clipped to [-1, 1]. */
export function clusterPairedDifference(
  clusters: readonly PairedCluster[],
  level = 0.95,
): Outcome<{ difference: number; se: number | { ok: false; reason: "too-few-clusters" }; interval: IntervalOutcome }> {
  requireLevel(level);
  const kept = withUnits(clusters);
  const units = neumaierSum(kept.map(sizeOf));
  if (units === 0) return notEstimable("no-data");
  const net = neumaierSum(kept.map(([, b, c]) => b - c));
  const difference = net / units;
  const count = kept.length;
  if (count < 2) {
    const none = { ok: false, reason: "too-few-clusters" } as const;
    return estimated({ difference, se: none, interval: none });
  }
  const se = Math.sqrt(((count / (count - 1)) * (netVariance(kept, net, units) / units)) / units);
  const half = studentQuantile((1 - level) / 2, count - 1, "upper") * se;
  const interval = clippedInterval("cluster_paired_diff", level, difference - half, difference + half, [-1, 1]);
  return estimated({ difference, se, interval });
}

/** What clustering costs, and what a paired table says when it is counted with as many units as that leaves. */
export interface ClusteredTango {
  difference: number;
  /** Variance by cluster over that of independent units, at least 1. */
  designEffect: number;
  /** Score test of no difference (McNemar's chi-square over the design effect); 1 without a discordant unit. */
  p: number;
  interval: IntervalOutcome;
}

/**
 * Difference of two clustered proportions on the same units by Tango's score interval (1998, Stat Med 17:891) with counts
 * over the design effect (Rao & Scott 1992, doi:10.2307/2532311). Where all units are concordant, or all discordant alike,
 * nothing tells the design effect, and each cluster counts as one unit. With one unit a cluster it is the interval of
 * tangoDifference. It has a width whatever the counts; a single cluster: `too-few-clusters`.
 */
export function clusterPairedTango(clusters: readonly PairedCluster[], level = 0.95): Outcome<ClusteredTango> {
  requireLevel(level);
  const kept = withUnits(clusters);
  const units = neumaierSum(kept.map(sizeOf));
  if (units === 0) return notEstimable("no-data");
  if (kept.length < 2) return notEstimable("too-few-clusters");
  const first = neumaierSum(kept.map(([, b]) => b));
  const second = neumaierSum(kept.map(([, , c]) => c));
  const net = first - second;
  // Both variances times units squared: of the sum by cluster, and as if every unit were a cluster.
  const ofUnits = first + second - (net * net) / units;
  const designEffect = Math.max(1, ofUnits > 0 ? netVariance(kept, net, units) / ofUnits : units / kept.length);
  const interval = tangoInterval(
    "cluster_paired_tango",
    first / designEffect,
    second / designEffect,
    units / designEffect,
    level,
  );
  const chi2 = net === 0 ? 0 : (net * net) / ((first + second) * designEffect);
  return estimated({ difference: net / units, designEffect, p: chiSquareTails(chi2, 1).upper, interval });
}

/** Σ(b - c - D n)² over clusters, D = net/units. */
function netVariance(clusters: readonly PairedCluster[], net: number, units: number): number {
  return neumaierSum(
    clusters.map((cluster) => {
      const residual = ((cluster[1] - cluster[2]) * units - net * sizeOf(cluster)) / units;
      return residual * residual;
    }),
  );
}

/**
 * Non-inferiority H0: difference <= -margin for clustered pairs: t = (D + margin)/se with K - 1 degrees of freedom,
 * one-sided p. Dual to the lower limit of {@link clusterPairedDifference}.
 */
export function clusterPairedNonInferiority(
  clusters: readonly PairedCluster[],
  margin: number,
): Outcome<{ t: number; degrees: number; p: number }> {
  requireArgument(margin >= 0 && margin < 1, `margin: ${margin} is not between 0 and 1`);
  const estimate = clusterPairedDifference(clusters);
  if (!estimate.ok) return estimate;
  if (typeof estimate.se !== "number") return estimate.se;
  if (estimate.se === 0) return notEstimable("zero-variance");
  const t = (estimate.difference + margin) / estimate.se;
  const degrees = withUnits(clusters).length - 1;
  return estimated({ t, degrees, p: studentTails(t, degrees).upper });
}

type ClusteredTest = Outcome<{ chi2: number; p: number }>;

function chiSquareOne(chi2: number): ClusteredTest {
  return estimated({ chi2, p: chiSquareTails(chi2, 1).upper });
}

/** McNemar's test for clustered pairs (Obuchowski 1998, Stat Med 17:1495): the default. */
export function clusterMcNemarObuchowski(clusters: readonly PairedCluster[]): ClusteredTest {
  return weightedTest(
    withUnits(clusters),
    () => 1,
    (count) => (count - 1) / count,
  );
}

/** McNemar's test for clustered pairs with clusters weighted by 1/size (Durkalski et al. 2003, doi:10.1002/sim.1438). */
export function clusterMcNemarDurkalski(clusters: readonly PairedCluster[]): ClusteredTest {
  return weightedTest(
    withUnits(clusters),
    (cluster) => 1 / sizeOf(cluster),
    () => 1,
  );
}

function weightedTest(
  clusters: readonly PairedCluster[],
  weight: (cluster: PairedCluster) => number,
  factor: (count: number) => number,
): ClusteredTest {
  if (clusters.length === 0) return notEstimable("no-data");
  if (clusters.length < 2) return notEstimable("too-few-clusters");
  if (!clusters.some(([, b, c]) => b + c > 0)) return notEstimable("no-discordance");
  const terms = clusters.map((cluster) => weight(cluster) * (cluster[1] - cluster[2]));
  const sum = neumaierSum(terms);
  const squares = neumaierSum(terms.map((term) => term * term));
  // Discordant units that cancel within every cluster leave nothing to divide by.
  if (squares === 0) return notEstimable("zero-variance");
  return chiSquareOne((factor(clusters.length) * sum * sum) / squares);
}

/** Correlation of the answers of a cluster, over all four outcomes of a pair (one-way analysis of variance). */
function pooledCorrelation(clusters: readonly PairedCluster[]): number | null {
  const count = clusters.length;
  const sizes = clusters.map(sizeOf);
  const units = neumaierSum(sizes);
  const shares = [0, 1, 2, 3].map(
    (outcome) => neumaierSum(clusters.map((cluster) => cluster[outcome] as number)) / units,
  );
  const between: number[] = [];
  const within: number[] = [];
  clusters.forEach((cluster, k) => {
    const size = sizes[k] as number;
    cluster.forEach((value, outcome) => {
      const distance = value - size * (shares[outcome] as number);
      between.push((distance * distance) / size);
      within.push((value * (size - value)) / size);
    });
  });
  const meanBetween = neumaierSum(between) / count;
  const meanWithin = neumaierSum(within) / (units - count);
  const denominator = meanBetween + (typicalSize(sizes, count) - 1) * meanWithin;
  return denominator === 0 ? null : (meanBetween - meanWithin) / denominator;
}

/** Mean size less Σ(size - mean)²/(K (K - 1) mean), over clusters that are all in use. */
function typicalSize(sizes: readonly number[], count: number): number {
  const mean = neumaierSum(sizes) / count;
  return mean - neumaierSum(sizes.map((size) => (size - mean) * (size - mean))) / (count * (count - 1) * mean);
}

/**
 * McNemar's test for clustered pairs with the variance inflated by the correlation of discordant units (Eliasziw & Donner
 * 1991, doi:10.1002/sim.4780101211). At least two clusters with a discordant unit are needed, one of them with two
 * (`too-few`); a correlation that is 0/0: `zero-denominator`; an inflation that is not positive: `zero-variance`.
 */
export function clusterMcNemarEliasziwDonner(clusters: readonly PairedCluster[]): ClusteredTest {
  const kept = withUnits(clusters);
  if (kept.length === 0) return notEstimable("no-data");
  if (kept.length < 2) return notEstimable("too-few-clusters");
  const discordant = kept.map(([, b, c]) => b + c).filter((count) => count > 0);
  if (discordant.length === 0) return notEstimable("no-discordance");
  if (discordant.length < 2 || Math.max(...discordant) < 2) return notEstimable("too-few");
  const correlation = pooledCorrelation(kept);
  if (correlation === null) return notEstimable("zero-denominator");
  const units = neumaierSum(kept.map(sizeOf));
  const total = neumaierSum(discordant);
  const share = total / units;
  // Correlation of being discordant the same way, from that of all four outcomes
  const adjusted = correlation / (correlation + share * (1 - correlation));
  const mean = total / discordant.length;
  const typical = typicalSize(discordant, discordant.length);
  const inflation = 1 + (typical + discordant.length * (mean - typical) - 1) * adjusted;
  if (!(inflation > 0)) return notEstimable("zero-variance");
  const net = neumaierSum(kept.map(([, b, c]) => b - c));
  return chiSquareOne((net * net) / total / inflation);
}

/** Cohen's kappa of two raters, unweighted or with disagreement weights, for independent and for clustered units. */
import { agreementReader, agreementWeight, type KappaWeights, type TableAgreement } from "./agreement-table.js";
import { zOfLevel } from "./normal.js";
import {
  clippedInterval,
  estimated,
  notEstimable,
  requireArgument,
  requireName,
  requireCounts,
  requireLevel,
  type Interval,
  type IntervalOutcome,
  type NotEstimable,
  type Outcome,
} from "./outcome.js";
import { studentQuantile } from "./student-fisher.js";
import { mean, sumOfSquares } from "./summation.js";

/** Rounding noise of a variance that is 0 in exact arithmetic. */
const cleared = (value: number): number => (value > 1e-25 ? value : 0);

/** Kappa of k x k counts, which may be real numbers, and how it changes with each unit. */
interface Linearised {
  total: number;
  po: number;
  pe: number;
  /** NaN where both raters used one and the same category, or none. */
  kappa: number;
  rows: Float64Array;
  columns: Float64Array;
  /** Mean weight of a category of the first rater with those of the second, and the other way round. */
  rowWeights: Float64Array;
  columnWeights: Float64Array;
  /** What a unit of the cell adds to kappa, times total (1 - pe); their sum over the units is 0. */
  changes: Float64Array;
}

function linearised(counts: ArrayLike<number>, k: number, weights: KappaWeights): Linearised {
  const { total, po, pe, kappa } = agreementReader(k, weights)(counts);
  const rows = new Float64Array(k);
  const columns = new Float64Array(k);
  for (let cell = 0; cell < k * k; cell++) {
    rows[Math.floor(cell / k)]! += counts[cell] as number;
    columns[cell % k]! += counts[cell] as number;
  }
  const rowWeights = new Float64Array(k);
  const columnWeights = new Float64Array(k);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      const w = agreementWeight(weights, i, j, k);
      rowWeights[i]! += (w * (columns[j] as number)) / total;
      columnWeights[j]! += (w * (rows[i] as number)) / total;
    }
  }
  const shift = kappa - pe * (1 - kappa);
  const changes = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      const marginal = (rowWeights[i] as number) + (columnWeights[j] as number);
      changes[i * k + j] = agreementWeight(weights, i, j, k) - marginal * (1 - kappa) - shift;
    }
  }
  return { total, po, pe, kappa, rows, columns, rowWeights, columnWeights, changes };
}

/** Sum of the squared changes of units that are independent. */
function squaredChanges(counts: ArrayLike<number>, changes: Float64Array): number {
  let sum = 0;
  for (let cell = 0; cell < changes.length; cell++) {
    const change = changes[cell] as number;
    sum += (counts[cell] as number) * change * change;
  }
  return sum;
}

/**
 * Units added before an adjusted interval: `half` that agree and `half` that don't. Agreements go to the categories in
 * shares, disagreements to pairs of different categories as products of shares; the shares lie between those observed by
 * both raters and equal ones, which have the weight 2/k. With two categories each cell gets half/2.
 */
function addedUnits({ total, rows, columns }: Linearised, half: number): Float64Array {
  const k = rows.length;
  const shares = rows.map((row, i) => 2 / k / k + ((1 - 2 / k) * (row + (columns[i] as number))) / 2 / total);
  const together = shares.reduce((sum, share) => sum + share * share, 0);
  const added = new Float64Array(k * k);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      const share = shares[i] as number;
      added[i * k + j] = half * (i === j ? share : (share * (shares[j] as number)) / (1 - together));
    }
  }
  return added;
}

/**
 * Kappa of the table with the units added, plus and minus `quantile` standard errors; its range is [-1, 1]. Widened to the
 * estimate, which lies outside where two units or so disagree in each of several categories.
 */
function adjustedInterval(
  observed: Linearised,
  counts: ArrayLike<number>,
  weights: KappaWeights,
  level: number,
  { quantile, size, method }: { quantile: number; size: number; method: string },
  squares: (changes: Float64Array) => number,
): IntervalOutcome {
  const z = zOfLevel(level);
  const added = addedUnits(observed, (size * z * z) / 2);
  const table = added.map((value, cell) => value + (counts[cell] as number));
  const { total, pe, kappa, changes } = linearised(table, observed.rows.length, weights);
  const variance = squares(changes) + size * squaredChanges(added, changes);
  const half = (quantile * Math.sqrt(variance)) / total / (1 - pe);
  return clippedInterval(method, level, Math.min(observed.kappa, kappa - half), kappa + half, [-1, 1]);
}

const kappaWeights: readonly KappaWeights[] = ["none", "linear", "quadratic"];

function requireTable(table: readonly (readonly number[])[], weights: KappaWeights): void {
  requireName(weights, kappaWeights, "weights");
  requireArgument(table.length <= 1000, `kappa: ${table.length} categories`);
  for (const row of table) {
    requireArgument(row.length === table.length, `kappa: ${row.length} columns, ${table.length} rows`);
    requireCounts(row, "kappa");
  }
}

export interface Kappa {
  n: number;
  /** Observed and chance agreement (weighted). */
  po: number;
  pe: number;
  kappa: number | NotEstimable;
  /** Standard error under independence, for the test z = kappa/se0. */
  se0: number | NotEstimable;
  /** Standard error at the estimate. */
  se1: number | NotEstimable;
  z: number | NotEstimable;
  /** The default, `kappa_adjusted_wald`: an interval wherever there is a kappa. */
  interval: IntervalOutcome;
  /** kappa ± z se1, `kappa_fce`, as published: ends at 1, but may begin below -1, where no kappa lies; far too short with few units or a rare category. */
  wald: IntervalOutcome;
}

/**
 * Cohen's kappa with the standard errors of Fleiss, Cohen & Everitt 1969 (doi:10.1037/h0028106).
 * `table[i][j]` counts units that the first rater put in category i, the second in j, over the whole declared scale (of a
 * thousand categories at most). No unit: `no-data`; both raters used one and the same category: `one-category`.
 *
 * The default interval does for kappa what Agresti & Coull 1998 (doi:10.2307/2685469) do for a proportion: z²/2 units that
 * agree and z²/2 that don't are added, then kappa ± z se1 is taken. With two categories that is z²/4, about one, to each
 * cell; with more, rare categories get less. docs/coverage.md has its measured coverage.
 */
export function cohenKappa(
  table: readonly (readonly number[])[],
  weights: KappaWeights = "none",
  level = 0.95,
): Outcome<Kappa> {
  requireTable(table, weights);
  requireLevel(level);
  const k = table.length;
  const counts = table.flat();
  const observed = linearised(counts, k, weights);
  const { total: n, po, pe, kappa, rows, columns, rowWeights, columnWeights, changes } = observed;
  if (n === 0) return notEstimable("no-data");
  if (Number.isNaN(kappa)) {
    const none = notEstimable("one-category");
    return estimated({ n, po, pe, kappa: none, se0: none, se1: none, z: none, interval: none, wald: none });
  }
  let sum0 = 0;
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      const marginal = (rowWeights[i] as number) + (columnWeights[j] as number);
      const deviation = agreementWeight(weights, i, j, k) - marginal + pe;
      sum0 += (((rows[i] as number) * (columns[j] as number)) / n / n) * deviation * deviation;
    }
  }
  const se0 = Math.sqrt(cleared(sum0) / n) / (1 - pe);
  const se1 = Math.sqrt(cleared(squaredChanges(counts, changes) / n) / n) / (1 - pe);
  const z = se0 > 0 ? kappa / se0 : notEstimable("zero-variance");
  const quantile = zOfLevel(level);
  const wald = kappaInterval(kappa, quantile * se1, level, "kappa_fce");
  const how = { quantile, size: 1, method: "kappa_adjusted_wald" };
  const interval = adjustedInterval(observed, counts, weights, level, how, (adjusted) =>
    squaredChanges(counts, adjusted),
  );
  return estimated({ n, po, pe, kappa, se0, se1, z, interval, wald });
}

function kappaInterval(kappa: number, half: number, level: number, method: string): IntervalOutcome {
  if (half === 0) return notEstimable("zero-variance");
  const interval: Interval = { low: kappa - half, high: Math.min(1, kappa + half), level, method };
  return estimated(interval);
}

/**
 * Kappa of units in clusters (images of patients): categories of the first and of the second rater, from 0, by unit.
 *
 * The default interval is that of `cohenKappa` with the variance between clusters and t. What is added is as many clusters
 * of the mean size whose units are alike, so that a patient counted twice changes nothing.
 */
export function clusteredKappa(
  cluster: ArrayLike<number | string>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  categories: number,
  weights: KappaWeights = "none",
  level = 0.95,
): Outcome<{
  n: number;
  clusters: number;
  po: number;
  pe: number;
  kappa: number | NotEstimable;
  /** The default, `kappa_adjusted_clusters_t`: an interval wherever there is a kappa and a second cluster. */
  interval: IntervalOutcome;
  /** Standard error of the jackknife over clusters, and the interval from it with t, `kappa_jackknife_t`. */
  se: number | NotEstimable;
  jackknife: IntervalOutcome;
}> {
  requireLevel(level);
  requireName(weights, kappaWeights, "weights");
  requireArgument(categories >= 1 && categories <= 1000, `kappa: ${categories} categories`);
  const n = first.length;
  requireArgument(second.length === n && cluster.length === n, `length-mismatch: ${n} ratings`);
  const table = new Float64Array(categories * categories);
  const members = new Map<number | string, number[]>();
  for (let u = 0; u < n; u++) {
    const [a, b] = [first[u] as number, second[u] as number];
    requireArgument(isCategory(a, categories) && isCategory(b, categories), `kappa: ratings ${a}, ${b} of unit ${u}`);
    const cell = a * categories + b;
    table[cell]! += 1;
    const name = cluster[u] as number | string;
    const list = members.get(name);
    if (list === undefined) members.set(name, [cell]);
    else list.push(cell);
  }
  if (n === 0) return notEstimable("no-data");
  const observed = linearised(table, categories, weights);
  const { po, pe, kappa } = observed;
  const clusters = members.size;
  const base = { n, clusters, po, pe };
  if (Number.isNaN(kappa)) {
    const none = notEstimable("one-category");
    return estimated({ ...base, kappa: none, interval: none, se: none, jackknife: none });
  }
  if (clusters < 2) {
    const none = notEstimable("too-few-clusters");
    return estimated({ ...base, kappa, interval: none, se: none, jackknife: none });
  }
  const quantile = studentQuantile((1 - level) / 2, clusters - 1, "upper");
  const how = { quantile, size: n / clusters, method: "kappa_adjusted_clusters_t" };
  const interval = adjustedInterval(observed, table, weights, level, how, (changes) => {
    let sum = 0;
    for (const own of members.values()) {
      const change = own.reduce((total, cell) => total + (changes[cell] as number), 0);
      sum += change * change;
    }
    return (sum * clusters) / (clusters - 1);
  });
  const se = jackknifeError(table, [...members.values()], agreementReader(categories, weights));
  const jackknife = typeof se === "number" ? kappaInterval(kappa, quantile * se, level, "kappa_jackknife_t") : se;
  return estimated({ ...base, kappa, interval, se, jackknife });
}

/** Standard error by leaving out one cluster (its units' cells) at a time; the table is the same afterwards. */
function jackknifeError(
  table: Float64Array,
  clusters: readonly (readonly number[])[],
  read: (counts: ArrayLike<number>) => TableAgreement,
): number | NotEstimable {
  const without: number[] = [];
  for (const cells of clusters) {
    for (const cell of cells) table[cell]! -= 1;
    const left = read(table).kappa;
    for (const cell of cells) table[cell]! += 1;
    if (Number.isNaN(left)) return notEstimable("resampling-degenerate");
    without.push(left);
  }
  const squares = cleared(sumOfSquares(without, mean(without)));
  return Math.sqrt(((clusters.length - 1) / clusters.length) * squares);
}

const isCategory = (value: number, categories: number): boolean =>
  Number.isInteger(value) && value >= 0 && value < categories;

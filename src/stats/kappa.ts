/** Cohen's kappa of two raters, unweighted or with disagreement weights, for independent and for clustered units. */
import { agreementReader, agreementWeight, type KappaWeights } from "./agreement-table.js";
import { zOfLevel } from "./normal.js";
import {
  estimated,
  notEstimable,
  requireArgument,
  requireCounts,
  requireLevel,
  type Interval,
  type IntervalOutcome,
  type NotEstimable,
  type Outcome,
} from "./outcome.js";
import { studentQuantile } from "./student-fisher.js";
import { mean, sumOfSquares } from "./summation.js";

function sums(table: readonly (readonly number[])[]): { total: number; rows: number[]; columns: number[] } {
  const k = table.length;
  const rows = new Array<number>(k).fill(0);
  const columns = new Array<number>(k).fill(0);
  let total = 0;
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      const count = (table[i] as number[])[j] as number;
      rows[i] = (rows[i] as number) + count;
      columns[j] = (columns[j] as number) + count;
      total += count;
    }
  }
  return { total, rows, columns };
}

function requireTable(table: readonly (readonly number[])[]): void {
  requireArgument(table.length >= 1 && table.length <= 1000, `kappa: ${table.length} categories`);
  for (const row of table) {
    requireArgument(row.length === table.length, `kappa: ${row.length} columns, ${table.length} rows`);
    requireCounts(row, "kappa");
  }
}

/** Rounding noise of a variance that is 0 in exact arithmetic, relative to the terms that were subtracted. */
const cleared = (value: number, scale: number): number => (value > 1e-13 * scale ? value : 0);

export interface Kappa {
  n: number;
  /** Observed and chance agreement (weighted). */
  po: number;
  pe: number;
  kappa: number | NotEstimable;
  /** Standard error under independence, for the test z = kappa/se0. */
  se0: number | NotEstimable;
  /** Standard error at the estimate, for the interval. */
  se1: number | NotEstimable;
  z: number | NotEstimable;
  interval: IntervalOutcome;
}

/**
 * Cohen's kappa with the standard errors of Fleiss, Cohen & Everitt 1969 (doi:10.1037/h0028106).
 * `table[i][j]` counts units that the first rater put in category i, the second in j, over the whole declared scale.
 */
export function cohenKappa(
  table: readonly (readonly number[])[],
  weights: KappaWeights = "none",
  level = 0.95,
): Outcome<Kappa> {
  requireTable(table);
  requireLevel(level);
  const k = table.length;
  const { total: n, rows, columns } = sums(table);
  if (n === 0) return notEstimable("no-data");
  const { po, pe, kappa } = agreementReader(k, weights)(table.flat());
  if (Number.isNaN(kappa)) {
    const none = notEstimable("one-category");
    return estimated({ n, po, pe, kappa: none, se0: none, se1: none, z: none, interval: none });
  }
  const rowWeights = new Array<number>(k).fill(0);
  const columnWeights = new Array<number>(k).fill(0);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      const w = agreementWeight(weights, i, j, k);
      rowWeights[i] = (rowWeights[i] as number) + (w * (columns[j] as number)) / n;
      columnWeights[j] = (columnWeights[j] as number) + (w * (rows[i] as number)) / n;
    }
  }
  let sum0 = 0;
  let sum1 = 0;
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      const w = agreementWeight(weights, i, j, k);
      const marginal = (rowWeights[i] as number) + (columnWeights[j] as number);
      const deviation0 = w - marginal;
      const deviation1 = w - marginal * (1 - kappa);
      sum0 += (((rows[i] as number) * (columns[j] as number)) / n / n) * deviation0 * deviation0;
      sum1 += (((table[i] as number[])[j] as number) / n) * deviation1 * deviation1;
    }
  }
  const shift = kappa - pe * (1 - kappa);
  const se0 = Math.sqrt(cleared(sum0 - pe * pe, sum0) / n) / (1 - pe);
  const se1 = Math.sqrt(cleared(sum1 - shift * shift, sum1) / n) / (1 - pe);
  const z = se0 > 0 ? kappa / se0 : notEstimable("zero-variance");
  const half = zOfLevel(level) * se1;
  return estimated({ n, po, pe, kappa, se0, se1, z, interval: kappaInterval(kappa, half, level, "kappa_fce") });
}

function kappaInterval(kappa: number, half: number, level: number, method: string): IntervalOutcome {
  if (half === 0) return notEstimable("zero-variance");
  const interval: Interval = { low: kappa - half, high: Math.min(1, kappa + half), level, method };
  return estimated(interval);
}

/**
 * Kappa of units in clusters (images of patients): interval from the jackknife over clusters with t. `ratings[u]` is
 * [category of the first rater, of the second], from 0.
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
  se: number | NotEstimable;
  interval: IntervalOutcome;
}> {
  requireLevel(level);
  requireArgument(categories >= 1 && categories <= 1000, `kappa: ${categories} categories`);
  const n = first.length;
  requireArgument(second.length === n && cluster.length === n, `length-mismatch: ${n} ratings`);
  const table = new Float64Array(categories * categories);
  const members = new Map<number | string, number[]>();
  for (let u = 0; u < n; u++) {
    const [a, b] = [first[u] as number, second[u] as number];
    requireArgument(isCategory(a, categories) && isCategory(b, categories), `kappa: ratings ${a}, ${b} of unit ${u}`);
    table[a * categories + b]! += 1;
    const name = cluster[u] as number | string;
    const list = members.get(name);
    if (list === undefined) members.set(name, [u]);
    else list.push(u);
  }
  if (n === 0) return notEstimable("no-data");
  const read = agreementReader(categories, weights);
  const { po, pe, kappa } = read(table);
  const clusters = members.size;
  const base = { n, clusters, po, pe };
  if (Number.isNaN(kappa)) {
    const none = notEstimable("one-category");
    return estimated({ ...base, kappa: none, se: none, interval: none });
  }
  if (clusters < 2) {
    const none = notEstimable("too-few-clusters");
    return estimated({ ...base, kappa, se: none, interval: none });
  }
  const without: number[] = [];
  for (const units of members.values()) {
    const add = (sign: 1 | -1): void => {
      for (const u of units) table[(first[u] as number) * categories + (second[u] as number)]! += sign;
    };
    add(-1);
    const left = read(table).kappa;
    add(1);
    if (Number.isNaN(left)) {
      const none = notEstimable("resampling-degenerate");
      return estimated({ ...base, kappa, se: none, interval: none });
    }
    without.push(left);
  }
  const centre = mean(without);
  const se = Math.sqrt(((clusters - 1) / clusters) * cleared(sumOfSquares(without, centre), 1e-12));
  const half = studentQuantile((1 - level) / 2, clusters - 1, "upper") * se;
  return estimated({ ...base, kappa, se, interval: kappaInterval(kappa, half, level, "kappa_jackknife_t") });
}

const isCategory = (value: number, categories: number): boolean =>
  Number.isInteger(value) && value >= 0 && value < categories;

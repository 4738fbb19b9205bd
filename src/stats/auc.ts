/**
 * Area under the ROC curve of independent cases, with DeLong's variance (1988, doi:10.2307/2531595) and its intervals.
 * Higher scores are more positive; ties count one half.
 */
import { zOfLevel } from "./normal.js";
import { sortedNumbers } from "./order.js";
import {
  clippedInterval,
  estimated,
  notEstimable,
  requireArgument,
  requireLevel,
  type IntervalOutcome,
  type NotEstimable,
  type Outcome,
} from "./outcome.js";
import { fallingRoot } from "./root.js";

/** Scores of the positive (label 1) and of the negative (label 0) cases. */
export interface SplitScores {
  positives: Float64Array;
  negatives: Float64Array;
}

/** Messages are made for what is refused alone: making one for every case takes longer than the AUC. */
function refuseScore(score: number | null | undefined, at: number): void {
  requireArgument(score !== null && score !== undefined, `missing-score: score ${at}`);
  requireArgument(false, `non-finite-score: score ${at} is ${score}`);
}

/**
 * Splits scores by label. Refuses (STATISTICS_ARGUMENT) `length-mismatch`, `label-not-binary`, `missing-score` (null or
 * undefined) and `non-finite-score`.
 */
export function splitByLabel(labels: ArrayLike<number>, scores: ArrayLike<number | null>): SplitScores {
  requireArgument(labels.length === scores.length, `length-mismatch: ${labels.length} labels, ${scores.length} scores`);
  let count = 0;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number;
    // No branch on the label itself, which can't be guessed.
    if ((label & 1) !== label) requireArgument(false, `label-not-binary: label ${i} is ${labels[i]}`);
    count += label;
  }
  // Each score is written to both lists, and the one that it does not belong to goes over it again: nothing to guess.
  const positives = new Float64Array(count + 1);
  const negatives = new Float64Array(labels.length - count + 1);
  let m = 0;
  for (let i = 0; i < labels.length; i++) {
    const score = scores[i];
    if (!Number.isFinite(score)) refuseScore(score, i);
    positives[m] = score as number;
    negatives[i - m] = score as number;
    m += labels[i] as number;
  }
  return { positives: positives.subarray(0, count), negatives: negatives.subarray(0, labels.length - count) };
}

interface Merged {
  /** Twice the number of pairs in which the positive is higher, ties counted one: an exact integer. */
  twoU: number;
  /** Σ of squared deviations of the placements, in units of 1/(2mn)². */
  squares10: number;
  squares01: number;
}

/** One merge of two sorted arrays for U; the squares, if asked for, are taken about the mean, so that no digits are lost. */
function merge(x: Float64Array, y: Float64Array, withSquares: boolean): Merged {
  const m = x.length;
  const n = y.length;
  // Of each group of equal positives: how many, the negatives below, the negatives equal.
  const groups = new Uint32Array(withSquares ? 3 * m : 0);
  let end = 0;
  let twoU = 0;
  let j = 0;
  for (let i = 0; i < m;) {
    const value = x[i] as number;
    while (j < n && (y[j] as number) < value) j++;
    const below = j;
    while (j < n && (y[j] as number) === value) j++;
    const first = i++;
    while (i < m && (x[i] as number) === value) i++;
    twoU += (i - first) * (below + j);
    if (!withSquares) continue;
    groups[end++] = i - first;
    groups[end++] = below;
    groups[end++] = j - below;
  }
  let squares10 = 0;
  let squares01 = 0;
  let positivesLeft = m;
  let negativesDone = 0;
  for (let at = 0; at < end; at += 3) {
    const equal = groups[at] as number;
    const below = groups[at + 1] as number;
    const tied = groups[at + 2] as number;
    const between = 2 * positivesLeft * n - twoU;
    const deviation10 = (2 * below + tied) * m - twoU;
    const deviation01 = (2 * positivesLeft - equal) * n - twoU;
    squares10 += equal * deviation10 * deviation10;
    squares01 += (below - negativesDone) * between * between + tied * deviation01 * deviation01;
    positivesLeft -= equal;
    negativesDone = below + tied;
  }
  squares01 += (n - negativesDone) * twoU * twoU;
  return { twoU, squares10, squares01 };
}

/** Area under the empirical ROC curve. `twoU` is 2mn times it, an exact integer for comparisons without rounding. */
export function rocAuc(
  positives: ArrayLike<number>,
  negatives: ArrayLike<number>,
): Outcome<{ auc: number; twoU: number; positives: number; negatives: number }> {
  const m = positives.length;
  const n = negatives.length;
  if (m + n === 0) return notEstimable("no-data");
  if (m === 0) return notEstimable("no-positives");
  if (n === 0) return notEstimable("no-negatives");
  const { twoU } = merge(sortedNumbers(positives), sortedNumbers(negatives), false);
  return estimated({ auc: twoU / (2 * m * n), twoU, positives: m, negatives: n });
}

/** Standard error of Hanley & McNeil 1982 (doi:10.1148/radiology.143.1.7063747); for planning. */
export function hanleyMcNeilSe(auc: number, positives: number, negatives: number): number {
  const q1 = auc / (2 - auc);
  const q2 = (2 * auc * auc) / (1 + auc);
  const square = auc * auc;
  const sum = auc * (1 - auc) + (positives - 1) * (q1 - square) + (negatives - 1) * (q2 - square);
  return Math.sqrt(Math.max(0, sum) / (positives * negatives));
}

/** Newcombe's method 5 for an AUC (2006, doi:10.1002/sim.2324): never of zero width, conservative near 1. */
export function newcombeAuc(auc: number, positives: number, negatives: number, level = 0.95): IntervalOutcome {
  requireLevel(level);
  if (positives === 0) return notEstimable("no-positives");
  if (negatives === 0) return notEstimable("no-negatives");
  return estimated({ ...newcombeLimits(auc, positives, negatives, level), level, method: "auc_newcombe5" });
}

/** Limits of Newcombe's method 5 with a case of each class or more: they always have a width. */
export function newcombeLimits(
  auc: number,
  positives: number,
  negatives: number,
  level: number,
): { low: number; high: number } {
  const z = zOfLevel(level);
  const half = (positives + negatives) / 2 - 1;
  const spread = (t: number): number => {
    const bracket = 1 + (half * (1 - t)) / (2 - t) + (half * t) / (1 + t);
    return z * Math.sqrt((t * (1 - t) * bracket) / (positives * negatives));
  };
  const low = auc === 0 ? 0 : fallingRoot(0, auc, (t) => auc - t - spread(t));
  const high = auc === 1 ? 1 : fallingRoot(auc, 1, (t) => spread(t) - (t - auc));
  return { low, high };
}

/** Estimate ± z se, clipped to [0, 1]. */
export function waldAuc(auc: number, variance: number, level: number, method: string): IntervalOutcome {
  if (!(variance > 0)) return notEstimable("zero-variance");
  const half = zOfLevel(level) * Math.sqrt(variance);
  return clippedInterval(method, level, auc - half, auc + half, [0, 1]);
}

/** logit(AUC) ± z se/(AUC(1 - AUC)). */
export function logitAuc(auc: number, variance: number, level: number, method: string): IntervalOutcome {
  if (!(variance > 0) || auc <= 0 || auc >= 1) return notEstimable("zero-variance");
  const half = (zOfLevel(level) * Math.sqrt(variance)) / (auc * (1 - auc));
  const expit = (u: number): number => 1 / (1 + Math.exp(-u));
  const centre = Math.log(auc / (1 - auc));
  return clippedInterval(method, level, expit(centre - half), expit(centre + half), [0, 1]);
}

/**
 * AUC of independent cases with DeLong's variance. `interval` is the default: logit, or Newcombe's method 5 where the
 * variance is 0 or undefined; its `method` says which.
 */
export function delongAuc(
  positives: ArrayLike<number>,
  negatives: ArrayLike<number>,
  level = 0.95,
): Outcome<{
  auc: number;
  twoU: number;
  positives: number;
  negatives: number;
  variance: number | NotEstimable;
  se: number | NotEstimable;
  interval: IntervalOutcome;
  wald: IntervalOutcome;
  logit: IntervalOutcome;
}> {
  requireLevel(level);
  const m = positives.length;
  const n = negatives.length;
  if (m + n === 0) return notEstimable("no-data");
  if (m === 0) return notEstimable("no-positives");
  if (n === 0) return notEstimable("no-negatives");
  const { twoU, squares10, squares01 } = merge(sortedNumbers(positives), sortedNumbers(negatives), true);
  const pairs = 2 * m * n;
  const auc = twoU / pairs;
  const counts = { auc, twoU, positives: m, negatives: n };
  const fallback = newcombeAuc(auc, m, n, level);
  if (m < 2 || n < 2) {
    const none = notEstimable("too-few");
    return estimated({ ...counts, variance: none, se: none, interval: fallback, wald: none, logit: none });
  }
  const variance = squares10 / (m - 1) / m / pairs / pairs + squares01 / (n - 1) / n / pairs / pairs;
  const wald = waldAuc(auc, variance, level, "auc_delong_wald");
  const logit = logitAuc(auc, variance, level, "auc_delong_logit");
  const interval = logit.ok ? logit : fallback;
  return estimated({ ...counts, variance, se: Math.sqrt(variance), interval, wald, logit });
}

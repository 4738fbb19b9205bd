/** Differences and ratios of two independent proportions, p1 = x1/n1 and p2 = x2/n2. */
import { normalSf, zOfLevel } from "./normal.js";
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
import { wilson } from "./proportion.js";
import { restrictedSecond, type Groups } from "./restricted-pair.js";
import { fallingRoot, newtonRoot } from "./root.js";

function requireGroups({ x1, n1, x2, n2 }: Groups, level: number): void {
  requireCounts([x1, n1, x2, n2], "two proportions");
  if (x1 > n1 || x2 > n2) requireArgument(false, `two proportions: ${x1} of ${n1}, ${x2} of ${n2}`);
  requireLevel(level);
}

const wholeDifference = (method: string, level: number): IntervalOutcome =>
  estimated({ low: -1, high: 1, level, method }, "no-data");
const wholeRatio = (method: string, level: number): IntervalOutcome =>
  estimated({ low: 0, high: Infinity, level, method }, "no-data");

/** Newcombe's interval of p1 - p2 from two Wilson intervals, square and add (1998, Stat Med 17:873). */
export function newcombeDifference(x1: number, n1: number, x2: number, n2: number, level = 0.95): IntervalOutcome {
  requireGroups({ x1, n1, x2, n2 }, level);
  if (n1 === 0 || n2 === 0) return wholeDifference("diff_newcombe", level);
  const [p1, p2] = [x1 / n1, x2 / n2];
  const [first, second] = [wilson(x1, n1, level), wilson(x2, n2, level)];
  const low = p1 - p2 - Math.hypot(p1 - first.low, second.high - p2);
  const high = p1 - p2 + Math.hypot(first.high - p1, p2 - second.low);
  return clippedInterval("diff_newcombe", level, low, high, [-1, 1]);
}

/** Agresti & Caffo's interval of p1 - p2 (one success and one failure added to each group; 2000). */
export function agrestiCaffo(x1: number, n1: number, x2: number, n2: number, level = 0.95): IntervalOutcome {
  requireGroups({ x1, n1, x2, n2 }, level);
  if (n1 === 0 || n2 === 0) return wholeDifference("diff_agresti_caffo", level);
  const [p1, p2] = [(x1 + 1) / (n1 + 2), (x2 + 1) / (n2 + 2)];
  const half = zOfLevel(level) * Math.sqrt((p1 * (1 - p1)) / (n1 + 2) + (p2 * (1 - p2)) / (n2 + 2));
  return clippedInterval("diff_agresti_caffo", level, p1 - p2 - half, p1 - p2 + half, [-1, 1]);
}

/** Score statistic of p1 - p2 = delta; ±Infinity where the restricted variance is 0. */
function differenceScore(groups: Groups, delta: number, correction: number): number {
  const { x1, n1, x2, n2 } = groups;
  const p2 = restrictedSecond(groups, delta);
  const p1 = Math.min(1, Math.max(0, p2 + delta));
  const variance = correction * ((p1 * (1 - p1)) / n1 + (p2 * (1 - p2)) / n2);
  const difference = x1 / n1 - x2 / n2 - delta;
  return difference === 0 ? 0 : difference / Math.sqrt(variance);
}

/** How fast the slope of the log likelihood falls in a probability that x of n estimate. */
function information(x: number, n: number, p: number): number {
  return x / (p * p) + (n - x) / ((1 - p) * (1 - p));
}

/**
 * Newton's step in delta towards the score `target`. The restricted estimates move with delta so that the likelihood equation
 * keeps holding, the one with less information the more. NaN where one is at an end of its range.
 */
function differenceStep(groups: Groups, delta: number, correction: number, target: number): number {
  const { x1, n1, x2, n2 } = groups;
  const p2 = restrictedSecond(groups, delta);
  const p1 = p2 + delta;
  const [first, second] = [information(x1, n1, p1), information(x2, n2, p2)];
  const share = second / (first + second);
  const variance = correction * ((p1 * (1 - p1)) / n1 + (p2 * (1 - p2)) / n2);
  const rise = correction * (((1 - 2 * p1) * share) / n1 - ((1 - 2 * p2) * (1 - share)) / n2);
  const root = Math.sqrt(variance);
  const difference = x1 / n1 - x2 / n2 - delta;
  return (difference - target * root) / (1 + (difference * rise) / (2 * variance));
}

function scoreInterval(method: string, groups: Groups, level: number, corrected: boolean): IntervalOutcome {
  requireGroups(groups, level);
  const { x1, n1, x2, n2 } = groups;
  if (n1 === 0 || n2 === 0) return wholeDifference(method, level);
  const z = zOfLevel(level);
  const correction = corrected ? (n1 + n2) / (n1 + n2 - 1) : 1;
  const estimate = x1 / n1 - x2 / n2;
  // At the estimate the score is 0; the ends lie near those of Wald's interval.
  const wald = z * Math.sqrt((x1 * (n1 - x1)) / (n1 * n1 * n1) + (x2 * (n2 - x2)) / (n2 * n2 * n2));
  const score = (delta: number): number => differenceScore(groups, delta, correction);
  const step = (target: number) => (delta: number) => differenceStep(groups, delta, correction, target);
  const lower = (): number =>
    newtonRoot(-1, estimate, estimate - wald, step(z)) ??
    fallingRoot(-1, estimate, (delta) => score(delta) - z, { atHigh: -z, guess: estimate - wald });
  const upper = (): number =>
    newtonRoot(estimate, 1, estimate + wald, step(-z)) ??
    fallingRoot(estimate, 1, (delta) => score(delta) + z, { atLow: z, guess: estimate + wald });
  const low = estimate === -1 ? -1 : lower();
  const high = estimate === 1 ? 1 : upper();
  return clippedInterval(method, level, low, high, [-1, 1]);
}

/** Score interval of p1 - p2 with N/(N-1) (Miettinen & Nurminen 1985, doi:10.1002/sim.4780040211): the default. */
export function miettinenNurminenDifference(
  x1: number,
  n1: number,
  x2: number,
  n2: number,
  level = 0.95,
): IntervalOutcome {
  return scoreInterval("diff_miettinen_nurminen", { x1, n1, x2, n2 }, level, true);
}

/** Score interval of p1 - p2 without N/(N-1) (Mee 1984). */
export function meeDifference(x1: number, n1: number, x2: number, n2: number, level = 0.95): IntervalOutcome {
  return scoreInterval("diff_mee", { x1, n1, x2, n2 }, level, false);
}

/** Non-inferiority H0: p1 - p2 <= -margin (Farrington & Manning 1990, doi:10.1002/sim.4780091208); one-sided p. */
export function farringtonManning(
  x1: number,
  n1: number,
  x2: number,
  n2: number,
  margin: number,
): Outcome<{ z: number; p: number }> {
  requireGroups({ x1, n1, x2, n2 }, 0.5);
  requireArgument(margin >= 0 && margin < 1, `margin: ${margin} is not between 0 and 1`);
  if (n1 === 0 || n2 === 0) return notEstimable("no-data");
  const z = differenceScore({ x1, n1, x2, n2 }, -margin, 1);
  return Number.isFinite(z) ? estimated({ z, p: normalSf(z) }) : notEstimable("zero-variance");
}

/**
 * Score statistic of p1/p2 = exp(logRatio). The restricted p2 is the smaller root of a p² - b p + x1 + x2, whose discriminant
 * is written as a sum of squares, and 1 - p1 and 1 - p2 without a difference of equal numbers: with many units and shares
 * near 1 nothing would be left of them.
 */
function ratioScore({ x1, n1, x2, n2 }: Groups, logRatio: number, correction: number): number {
  const ratio = Math.exp(logRatio);
  const rise = Math.expm1(logRatio);
  const hits = x1 + x2;
  const first = (n1 - x1) * ratio;
  const second = n2 - x2;
  const apart = hits * rise + first - second;
  const product = 4 * first * second;
  const root = Math.sqrt(apart * apart + product);
  // root + apart and root - apart; their product is `product`
  const above = apart >= 0 ? root + apart : product / (root - apart);
  const below = apart > 0 ? product / (root + apart) : root - apart;
  const whole = hits * (1 + ratio) + first + second + root;
  const p2 = (2 * hits) / whole;
  const [miss1, miss2] = [(2 * first + below) / whole, (2 * second + above) / whole];
  const variance = correction * ratio * ((p2 * miss1) / n1 + (ratio * p2 * miss2) / n2);
  const difference = x1 / n1 - x2 / n2 - (rise * x2) / n2;
  return difference === 0 ? 0 : difference / Math.sqrt(variance);
}

/** Logarithm beyond which no end of a ratio of counts lies, and to which the score has no overflow. */
const farthestLogRatio = 300;

function ratioInterval(method: string, groups: Groups, level: number, corrected: boolean): IntervalOutcome {
  requireGroups(groups, level);
  const { x1, n1, x2, n2 } = groups;
  if (n1 === 0 || n2 === 0) return wholeRatio(method, level);
  const z = zOfLevel(level);
  const correction = corrected ? (n1 + n2) / (n1 + n2 - 1) : 1;
  const score = (u: number): number => ratioScore(groups, u, correction);
  const far = farthestLogRatio;
  const centre = x1 === 0 ? -far : x2 === 0 ? far : Math.log(x1 / n1 / (x2 / n2));
  const low = x1 === 0 ? 0 : Math.exp(fallingRoot(-far, centre, (u) => score(u) - z));
  const high = x2 === 0 ? Infinity : Math.exp(fallingRoot(centre, far, (u) => score(u) + z));
  return estimated({ low, high, level, method });
}

/** Score interval of p1/p2 (Koopman 1984, doi:10.2307/2531405). */
export function koopmanRatio(x1: number, n1: number, x2: number, n2: number, level = 0.95): IntervalOutcome {
  return ratioInterval("ratio_koopman", { x1, n1, x2, n2 }, level, false);
}

/** Score interval of p1/p2 with N/(N-1) (Miettinen & Nurminen 1985). */
export function miettinenNurminenRatio(x1: number, n1: number, x2: number, n2: number, level = 0.95): IntervalOutcome {
  return ratioInterval("ratio_miettinen_nurminen", { x1, n1, x2, n2 }, level, true);
}

function logRatioInterval(method: string, { x1, n1, x2, n2 }: Groups, level: number): IntervalOutcome {
  if (x1 === 0 || x2 === 0) return notEstimable("zero-cell");
  // 1/x - 1/n as one quotient: of nearly equal numbers the difference is not lost.
  const variance = (n1 - x1) / x1 / n1 + (n2 - x2) / x2 / n2;
  if (!(variance > 0)) return notEstimable("zero-variance");
  const centre = Math.log(x1 / n1 / (x2 / n2));
  const half = zOfLevel(level) * Math.sqrt(variance);
  return estimated({ low: Math.exp(centre - half), high: Math.exp(centre + half), level, method });
}

/** Log interval of p1/p2 (Katz et al. 1978, doi:10.2307/2530610). */
export function katzRatio(x1: number, n1: number, x2: number, n2: number, level = 0.95): IntervalOutcome {
  requireGroups({ x1, n1, x2, n2 }, level);
  if (n1 === 0 || n2 === 0) return wholeRatio("ratio_katz_log", level);
  return logRatioInterval("ratio_katz_log", { x1, n1, x2, n2 }, level);
}

/** Log interval of p1/p2 with ½ added to every count and size. */
export function adjustedLogRatio(x1: number, n1: number, x2: number, n2: number, level = 0.95): IntervalOutcome {
  requireGroups({ x1, n1, x2, n2 }, level);
  if (n1 === 0 || n2 === 0) return wholeRatio("ratio_adjusted_log", level);
  const shifted = { x1: x1 + 0.5, n1: n1 + 0.5, x2: x2 + 0.5, n2: n2 + 0.5 };
  return logRatioInterval("ratio_adjusted_log", shifted, level);
}

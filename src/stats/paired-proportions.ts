/**
 * Two proportions on the same units. Table: a both positive, b first only, c second only, d both negative; the difference
 * is (b - c)/N.
 */
import { binomialPmf, binomialTails } from "./discrete.js";
import { chiSquareTails } from "./gamma.js";
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
import { tangoInterval, tangoScore } from "./restricted-pair.js";

const wholeRange = (method: string, level: number): IntervalOutcome =>
  estimated({ low: -1, high: 1, level, method }, "no-data");

/** Score interval of a paired difference (Tango 1998, Stat Med 17:891): the default. */
export function tangoDifference(a: number, b: number, c: number, d: number, level = 0.95): IntervalOutcome {
  requireCounts([a, b, c, d], "paired table");
  requireLevel(level);
  const total = a + b + c + d;
  if (total === 0) return wholeRange("paired_diff_tango", level);
  return tangoInterval("paired_diff_tango", b, c, total, level);
}

/** Non-inferiority H0: difference <= -margin by Tango's statistic; one-sided p. The interval above is its dual. */
export function tangoNonInferiority(
  a: number,
  b: number,
  c: number,
  d: number,
  margin: number,
): Outcome<{ z: number; p: number }> {
  requireCounts([a, b, c, d], "paired table");
  requireArgument(margin >= 0 && margin < 1, `margin: ${margin} is not between 0 and 1`);
  const total = a + b + c + d;
  if (total === 0) return notEstimable("no-data");
  if (margin === 0 && b + c === 0) return notEstimable("no-discordance");
  const z = tangoScore(b, c, total, -margin);
  return estimated({ z, p: normalSf(z) });
}

/** Newcombe's square-and-add intervals of a paired difference (1998, Stat Med 17:2635): methods 8 and 10. */
export function newcombePairedDifference(
  a: number,
  b: number,
  c: number,
  d: number,
  level = 0.95,
  variant: 8 | 10 = 10,
): IntervalOutcome {
  requireCounts([a, b, c, d], "paired table");
  requireLevel(level);
  const method = `paired_diff_newcombe${variant}`;
  const total = a + b + c + d;
  if (total === 0) return wholeRange(method, level);
  // Correlation 1 and limits alike on both sides: no width but that of rounding. With the correction it is below 1.
  if (variant === 8 && b + c === 0 && a === d) return notEstimable("zero-variance");
  const [p1, p2] = [(a + b) / total, (a + c) / total];
  const [first, second] = [wilson(a + b, total, level), wilson(a + c, total, level)];
  const margins = [a + b, c + d, a + c, b + d];
  let phi = 0;
  if (margins.every((margin) => margin > 0)) {
    let numerator = a * d - b * c;
    if (variant === 10 && numerator > 0) numerator = Math.max(numerator - total / 2, 0);
    phi = margins.reduce((rest, margin) => rest / Math.sqrt(margin), numerator);
  }
  const side = (u: number, v: number): number => Math.sqrt(Math.max(0, u * u - 2 * phi * u * v + v * v));
  const difference = (b - c) / total;
  const low = difference - side(p1 - first.low, second.high - p2);
  const high = difference + side(p2 - second.low, first.high - p1);
  return clippedInterval(method, level, low, high, [-1, 1]);
}

/** Bonett & Price's adjusted Wald interval of a paired difference (2012, doi:10.3102/1076998611411915). */
export function bonettPriceDifference(a: number, b: number, c: number, d: number, level = 0.95): IntervalOutcome {
  requireCounts([a, b, c, d], "paired table");
  requireLevel(level);
  const total = a + b + c + d;
  if (total === 0) return wholeRange("paired_diff_bonett_price", level);
  const p12 = (b + 1) / (total + 2);
  const p21 = (c + 1) / (total + 2);
  const difference = p12 - p21;
  const half = zOfLevel(level) * Math.sqrt((p12 + p21 - difference * difference) / (total + 2));
  return clippedInterval("paired_diff_bonett_price", level, difference - half, difference + half, [-1, 1]);
}

/** Exact McNemar test of b against c discordant pairs; none: p = 1. */
export function mcnemarExact(b: number, c: number): Outcome<{ p: number }> {
  requireCounts([b, c], "discordant pairs");
  if (b + c === 0) return estimated({ p: 1 });
  return estimated({ p: Math.min(1, 2 * binomialTails(Math.min(b, c), b + c, 0.5).lower) });
}

/** Mid-p McNemar test (Fagerland, Lydersen & Laake 2013, doi:10.1186/1471-2288-13-91). */
export function mcnemarMidP(b: number, c: number): Outcome<{ p: number }> {
  requireCounts([b, c], "discordant pairs");
  if (b + c === 0) return estimated({ p: 1 });
  const point = binomialPmf(Math.min(b, c), b + c, 0.5);
  if (b === c) return estimated({ p: 1 - point / 2 });
  // 2 P(X <= m) - P(X = m) = P(X <= m) + P(X <= m - 1), without cancellation
  const least = Math.min(b, c);
  return estimated({ p: binomialTails(least, b + c, 0.5).lower + binomialTails(least - 1, b + c, 0.5).lower });
}

/** Asymptotic McNemar test; `corrected` subtracts 1 from |b - c| (Edwards 1948). */
export function mcnemarAsymptotic(b: number, c: number, corrected = false): Outcome<{ chi2: number; p: number }> {
  requireCounts([b, c], "discordant pairs");
  if (b === c) return estimated({ chi2: 0, p: 1 });
  const difference = Math.abs(b - c) - (corrected ? 1 : 0);
  const chi2 = (difference * difference) / (b + c);
  return estimated({ chi2, p: chiSquareTails(chi2, 1).upper });
}

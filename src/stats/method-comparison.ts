/** Agreement of two series of measurements on the same units: Bland-Altman limits, Lin's concordance correlation. */
import { differenceMoments, requirePairs, roundingVariance } from "./differences.js";
import { normalCdf, zOfLevel } from "./normal.js";
import {
  clippedInterval,
  estimated,
  notEstimable,
  requireLevel,
  requireName,
  type IntervalOutcome,
  type NotEstimable,
  type Outcome,
} from "./outcome.js";
import { fallingRoot } from "./root.js";
import { studentQuantile } from "./student-fisher.js";
import { mean, neumaierSum, sumOfSquares } from "./summation.js";

/**
 * P(T <= t) of the noncentral t: E Φ(tS - ncp) over S = sqrt(χ²_v/v), integrated by the trapezoidal rule in ln S, where the
 * integrand falls off at both ends so fast that the rule converges exponentially.
 */
function noncentralStudentCdf(t: number, degrees: number, ncp: number): number {
  const high = Math.log(1 + 9 / Math.sqrt(degrees));
  const low = -Math.max(high, 40 / degrees) - 2 / Math.sqrt(degrees);
  const steps = 400;
  const width = (high - low) / steps;
  let weight = 0;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const u = low + i * width;
    const density = Math.exp(degrees * (u - (Math.exp(2 * u) - 1) / 2));
    weight += density;
    sum += density * normalCdf(t * Math.exp(u) - ncp);
  }
  return sum / weight;
}

/** Quantile of the noncentral t; negative where P(T <= 0) = Φ(-ncp) lies above p. */
function noncentralStudentQuantile(p: number, degrees: number, ncp: number): number {
  const below = (t: number): number => noncentralStudentCdf(t, degrees, ncp);
  let [low, high] = [0, 2 * ncp + 10];
  while (below(low) > p) low = 2 * low - 10;
  while (below(high) < p) high *= 2;
  return fallingRoot(low, high, (t) => p - below(t));
}

export interface LimitsOfAgreement {
  n: number;
  /** Mean difference y - x, and its t interval. */
  bias: number;
  biasInterval: IntervalOutcome;
  sd: number | NotEstimable;
  /** bias ± 1.96 sd; an estimate of where 95 % of differences lie, with an interval for each end. */
  limits: [number, number] | NotEstimable;
  lowerInterval: IntervalOutcome;
  upperInterval: IntervalOutcome;
}

/**
 * Bland-Altman analysis (1999, doi:10.1177/096228029900800204) with differences y - x. Intervals of the limits: `exact`
 * from the noncentral t (Carkeet 2015), `approximate` symmetric.
 * @param share of differences that the limits hold
 */
export function blandAltman(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  variant: "exact" | "approximate" = "exact",
  level = 0.95,
  share = level,
): Outcome<LimitsOfAgreement> {
  requireLevel(level);
  requireName(variant, ["exact", "approximate"], "variant");
  requireLevel(share);
  const { differences, centre: bias, sd } = differenceMoments(x, y);
  const n = differences.length;
  if (n === 0) return notEstimable("no-data");
  if (n === 1) {
    const none = notEstimable("too-few");
    const rest = { biasInterval: none, sd: none, limits: none, lowerInterval: none, upperInterval: none };
    return estimated({ n, bias, ...rest });
  }
  const z = zOfLevel(share);
  const limits: [number, number] = [bias - z * sd, bias + z * sd];
  if (sd === 0) {
    const none = notEstimable("zero-variance");
    return estimated({ n, bias, biasInterval: none, sd, limits, lowerInterval: none, upperInterval: none });
  }
  const tail = (1 - level) / 2;
  const t = studentQuantile(tail, n - 1, "upper");
  const half = (t * sd) / Math.sqrt(n);
  const biasInterval = estimated({ low: bias - half, high: bias + half, level, method: "bias_t" });
  let inner: number;
  let outer: number;
  if (variant === "exact") {
    const ncp = z * Math.sqrt(n);
    inner = (noncentralStudentQuantile(tail, n - 1, ncp) * sd) / Math.sqrt(n);
    outer = (noncentralStudentQuantile(1 - tail, n - 1, ncp) * sd) / Math.sqrt(n);
  } else {
    const spread = t * sd * Math.sqrt(1 / n + (z * z) / (2 * (n - 1)));
    inner = z * sd - spread;
    outer = z * sd + spread;
  }
  const method = `limits_of_agreement_${variant}`;
  const lowerInterval = estimated({ low: bias - outer, high: bias - inner, level, method });
  const upperInterval = estimated({ low: bias + inner, high: bias + outer, level, method });
  return estimated({ n, bias, biasInterval, sd, limits, lowerInterval, upperInterval });
}

/** Lin's concordance correlation coefficient (1989, correction 2000), moments with divisor n, Fisher z interval. */
export function concordanceCorrelation(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  level = 0.95,
  unbiased = false,
): Outcome<{
  ccc: number;
  pearson: number | NotEstimable;
  /** Bias correction: how far the best line is from 45°. */
  accuracy: number | NotEstimable;
  se: number | NotEstimable;
  interval: IntervalOutcome;
}> {
  requirePairs(x, y);
  requireLevel(level);
  const n = x.length;
  if (n === 0) return notEstimable("no-data");
  if (n < 2) return notEstimable("too-few");
  const divisor = unbiased ? n - 1 : n;
  const [meanX, meanY] = [mean(x), mean(y)];
  const varianceX = sumOfSquares(x, meanX) / divisor;
  const varianceY = sumOfSquares(y, meanY) / divisor;
  const products = Float64Array.from({ length: n }, (_, i) => ((x[i] as number) - meanX) * ((y[i] as number) - meanY));
  const covariance = neumaierSum(products) / divisor;
  const shift = meanX - meanY;
  const denominator = varianceX + varianceY + shift * shift;
  const [leastX, leastY] = [roundingVariance(x), roundingVariance(y)];
  if (denominator <= Math.max(leastX, leastY)) return notEstimable("zero-variance");
  const ccc = (2 * covariance) / denominator;
  const none = notEstimable("zero-variance");
  if (varianceX <= leastX || varianceY <= leastY) {
    return estimated({ ccc, pearson: none, accuracy: none, se: none, interval: none });
  }
  const scale = Math.sqrt(varianceX) * Math.sqrt(varianceY);
  const pearson = covariance / scale;
  const accuracy = (2 * scale) / denominator;
  if (n < 3) {
    const few = notEstimable("too-few");
    return estimated({ ccc, pearson, accuracy, se: few, interval: few });
  }
  const u2 = (shift * shift) / scale;
  const c2 = ccc * ccc;
  // ccc = pearson · accuracy, so that nothing is divided by a pearson of 0. Of a straight line nothing but rounding is left.
  const scatter = (1 - pearson) * (1 + pearson);
  const [a2, rest] = [accuracy * accuracy, scatter > 1e-13 ? scatter : 0];
  const variance = (rest * a2 * (1 - c2) + 2 * c2 * accuracy * (1 - ccc) * u2 - (c2 * a2 * u2 * u2) / 2) / (n - 2);
  if (!(variance > 1e-26 && 1 - c2 > 1e-13)) return estimated({ ccc, pearson, accuracy, se: none, interval: none });
  const se = Math.sqrt(variance);
  const half = (zOfLevel(level) * se) / (1 - c2);
  const centre = Math.atanh(ccc);
  const [low, high] = [Math.tanh(centre - half), Math.tanh(centre + half)];
  const interval = clippedInterval("ccc_fisher_z", level, low, high, [-1, 1]);
  return estimated({ ccc, pearson, accuracy, se, interval });
}

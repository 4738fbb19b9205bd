/** Bland-Altman limits of agreement where subjects are measured several times. */
import { chiSquareQuantile } from "./gamma.js";
import { zOfLevel } from "./normal.js";
import {
  estimated,
  notEstimable,
  requireArgument,
  requireLevel,
  type IntervalOutcome,
  type NotEstimable,
  type Outcome,
} from "./outcome.js";
import { differencesOf, roundingVariance } from "./differences.js";
import { mean, neumaierSum, sumOfSquares } from "./summation.js";

export interface RepeatedLimits {
  subjects: number;
  pairs: number;
  /** One-way analysis of variance of the differences, with subjects as groups. */
  meanSquareBetween: number;
  /** `too-few` where no subject has two pairs. */
  meanSquareWithin: number | NotEstimable;
  /**
   * Bland & Altman 2007 (doi:10.1080/10543400701329422), true value varying between the pairs of a subject: bias over all
   * pairs, between-subject variance (MSB - MSW)/divisor, at least 0, added to MSW.
   */
  varyingTruth:
    | {
        bias: number;
        divisor: number;
        betweenVariance: number;
        sd: number;
        limits: [number, number];
      }
    | NotEstimable;
  /**
   * Zou 2013 (doi:10.1177/0962280211402548): bias over the subjects' means, variance of the means plus (1 - 1/harmonic mean
   * of the numbers of pairs) MSW; intervals of that variance and of both limits by MOVER.
   */
  mover:
    | {
        bias: number;
        meansVariance: number;
        harmonicPairs: number;
        variance: number;
        varianceInterval: IntervalOutcome;
        limits: [number, number];
        lowerInterval: IntervalOutcome;
        upperInterval: IntervalOutcome;
      }
    | NotEstimable;
}

function groups(subject: ArrayLike<number | string>, differences: Float64Array): number[][] {
  requireArgument(
    subject.length === differences.length,
    `length-mismatch: ${subject.length} subjects, ${differences.length} pairs`,
  );
  const members = new Map<number | string, number[]>();
  for (let i = 0; i < subject.length; i++) {
    const name = subject[i] as number | string;
    const list = members.get(name);
    if (list) list.push(differences[i] as number);
    else members.set(name, [differences[i] as number]);
  }
  return [...members.values()];
}

/** MOVER limits of a sum of two scaled variances with `df` degrees of freedom each. */
function varianceBounds(parts: readonly { value: number; df: number }[], level: number): { low: number; high: number } {
  const tail = (1 - level) / 2;
  const total = parts.reduce((sum, { value }) => sum + value, 0);
  let below = 0;
  let above = 0;
  for (const { value, df } of parts) {
    const down = value * (1 - df / chiSquareQuantile(tail, df, "upper"));
    const up = value * (df / chiSquareQuantile(tail, df) - 1);
    below += down * down;
    above += up * up;
  }
  return { low: total - Math.sqrt(below), high: total + Math.sqrt(above) };
}

function moverOf(
  own: readonly number[][],
  within: number,
  pairs: number,
  level: number,
  share: number,
  cleared: (variance: number) => number,
): RepeatedLimits["mover"] {
  const means = own.map((list) => mean(list));
  const k = own.length;
  const bias = mean(means);
  const meansVariance = cleared(sumOfSquares(means, bias) / (k - 1));
  const harmonicPairs = k / neumaierSum(own.map((list) => 1 / list.length));
  const rest = (1 - 1 / harmonicPairs) * within;
  const variance = meansVariance + rest;
  const z = zOfLevel(level);
  const ofShare = zOfLevel(share);
  const half = ofShare * Math.sqrt(variance);
  const base = {
    bias,
    meansVariance,
    harmonicPairs,
    variance,
    limits: [bias - half, bias + half] as [number, number],
  };
  if (variance === 0) {
    const none = notEstimable("zero-variance");
    return { ...base, varianceInterval: none, lowerInterval: none, upperInterval: none };
  }
  const bounds = varianceBounds(
    [
      { value: meansVariance, df: k - 1 },
      { value: rest, df: pairs - k },
    ],
    level,
  );
  const ofBias = z * Math.sqrt(meansVariance / k);
  const inner = Math.hypot(ofBias, half - ofShare * Math.sqrt(bounds.low));
  const outer = Math.hypot(ofBias, ofShare * Math.sqrt(bounds.high) - half);
  const method = "limits_of_agreement_mover";
  const [lower, upper] = base.limits;
  return {
    ...base,
    varianceInterval: estimated({ ...bounds, level, method: "variance_mover" }),
    lowerInterval: estimated({ low: lower - outer, high: lower + inner, level, method }),
    upperInterval: estimated({ low: upper - inner, high: upper + outer, level, method }),
  };
}

/**
 * Limits of agreement of differences y - x with several pairs a subject, never from pooled differences.
 * @param subject name of the subject of each pair
 * Fewer than two subjects: `too-few-clusters`; no subject with two pairs: `too-few` (then {@link blandAltman} is right).
 * @param share of differences that the limits hold
 */
export function repeatedBlandAltman(
  subject: ArrayLike<number | string>,
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  level = 0.95,
  share = level,
): Outcome<RepeatedLimits> {
  requireLevel(level);
  requireLevel(share);
  const differences = differencesOf(x, y);
  const own = groups(subject, differences);
  const [k, pairs] = [own.length, differences.length];
  if (pairs === 0) return notEstimable("no-data");
  if (k < 2) return notEstimable("too-few-clusters");
  const bias = mean(differences);
  const least = roundingVariance(x, y);
  const cleared = (variance: number): number => (variance > least ? variance : 0);
  const between = cleared(neumaierSum(own.map((list) => list.length * square(mean(list) - bias))) / (k - 1));
  const base = { subjects: k, pairs, meanSquareBetween: between };
  if (pairs === k) {
    const few = notEstimable("too-few");
    return estimated({ ...base, meanSquareWithin: few, varyingTruth: few, mover: few });
  }
  const within = cleared(neumaierSum(own.map((list) => sumOfSquares(list, mean(list)))) / (pairs - k));
  const divisor = (pairs * pairs - neumaierSum(own.map((list) => square(list.length)))) / ((k - 1) * pairs);
  const betweenVariance = Math.max(0, (between - within) / divisor);
  const sd = Math.sqrt(betweenVariance + within);
  const half = zOfLevel(share) * sd;
  const limits: [number, number] = [bias - half, bias + half];
  return estimated({
    ...base,
    meanSquareWithin: within,
    varyingTruth: { bias, divisor, betweenVariance, sd, limits },
    mover: moverOf(own, within, pairs, level, share, cleared),
  });
}

const square = (value: number): number => value * value;

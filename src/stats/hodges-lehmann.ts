/** Hodges-Lehmann estimates of a shift with exact limits: order statistics at the exact quantile of the rank statistic. */
import {
  estimated,
  notEstimable,
  requireMeasured,
  requireLevel,
  type Interval,
  type IntervalOutcome,
  type Outcome,
} from "./outcome.js";
import { chosenSum, signedSum, type SumDistribution } from "./rank-distributions.js";

/** A shift, its interval, and the level that the interval really has. */
export type ShiftOutcome = Outcome<{ estimate: number; interval: IntervalOutcome; achievedLevel: number }>;

/**
 * Estimate and limits from sorted candidates. The limits cut off as many of them as the statistic allows; where the level
 * can't be reached they are the whole range, flag `level-not-reached`; without any level, or width, there are none.
 */
function shiftOf(candidates: Float64Array, distribution: SumDistribution, level: number, method: string): ShiftOutcome {
  candidates.sort();
  const count = candidates.length;
  const estimate = ((candidates[(count - 1) >> 1] as number) + (candidates[count >> 1] as number)) / 2;
  const tail = (1 - level) / 2;
  // The least value of the statistic whose lower tail reaches (1 - level)/2; at least one candidate lies outside it.
  let cut = 0;
  let below = 0;
  let reached = distribution.probabilities[0] as number;
  while (reached < tail * (1 - 1e-12)) {
    below = reached;
    cut++;
    reached += distribution.probabilities[cut] as number;
  }
  if (cut === 0) {
    below = reached;
    cut = 1;
  }
  const achievedLevel = Math.max(0, 1 - 2 * below);
  const limits: Interval = {
    low: candidates[cut - 1] as number,
    high: candidates[count - cut] as number,
    level,
    method,
  };
  if (achievedLevel === 0) return estimated({ estimate, interval: notEstimable("too-few"), achievedLevel });
  if (limits.low === limits.high)
    return estimated({ estimate, interval: notEstimable("zero-variance"), achievedLevel });
  if (achievedLevel >= level * (1 - 1e-12)) return estimated({ estimate, interval: estimated(limits), achievedLevel });
  const flagged = estimated(limits, "level-not-reached");
  return estimated({ estimate, interval: flagged, achievedLevel }, "level-not-reached");
}

const wholeRanks = (count: number): Float64Array => Float64Array.from({ length: count }, (_, i) => i + 1);

/**
 * Shift between two groups: median of all differences x - y, limits by the exact distribution of Mann-Whitney's U without
 * ties (Hodges & Lehmann 1963, doi:10.1214/aoms/1177704172). Groups beyond about 113 + 113: `no-convergence`.
 */
export function hodgesLehmannTwoSample(x: readonly number[], y: readonly number[], level = 0.95): ShiftOutcome {
  requireLevel(level);
  for (const value of [...x, ...y]) requireMeasured(value, "hodgesLehmann:");
  if (x.length === 0 || y.length === 0) return notEstimable("no-data");
  const distribution = chosenSum(wholeRanks(x.length + y.length), Math.min(x.length, y.length));
  if (distribution === null) return notEstimable("no-convergence");
  const differences = new Float64Array(x.length * y.length);
  x.forEach((a, i) => y.forEach((b, j) => (differences[i * y.length + j] = a - b)));
  return shiftOf(differences, distribution, level, "hodges_lehmann_two_sample_exact");
}

/**
 * Centre of differences of pairs: median of the means of all pairs of them (each with itself as well), limits by the exact
 * distribution of the signed rank statistic without ties. Zeros are left out. Beyond about 1000: `no-convergence`.
 */
export function hodgesLehmannOneSample(d: readonly number[], level = 0.95): ShiftOutcome {
  requireLevel(level);
  for (const value of d) requireMeasured(value, "hodgesLehmann:");
  const kept = d.filter((value) => value !== 0);
  if (kept.length === 0) return notEstimable("no-data");
  const distribution = signedSum(wholeRanks(kept.length));
  if (distribution === null) return notEstimable("no-convergence");
  const means = new Float64Array((kept.length * (kept.length + 1)) / 2);
  let at = 0;
  kept.forEach((a, i) => {
    for (const b of kept.slice(i)) means[at++] = (a + b) / 2;
  });
  return shiftOf(means, distribution, level, "hodges_lehmann_one_sample_exact");
}

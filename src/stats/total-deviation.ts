/** How far two series of measurements lie apart: total deviation index, coverage probability, mean errors. */
import { differenceMoments, differencesOf } from "./differences.js";
import { normalCdf, normalQuantile } from "./normal.js";
import { estimated, notEstimable, requireArgument, type Outcome } from "./outcome.js";
import { fallingRoot } from "./root.js";
import { neumaierSum, sumOfSquares } from "./summation.js";

/** P(|D| <= t) of a normal difference; the two tails are added so that small ones keep their digits. */
function within(t: number, centre: number, sd: number): number {
  return normalCdf((t - centre) / sd) - normalCdf((-t - centre) / sd);
}

/**
 * Total deviation index (Lin 2000, doi:10.1002/(SICI)1097-0258(20000130)19:2<255::AID-SIM293>3.0.CO;2-8): half-width that
 * holds the share `share` of |y - x| under a normal model; `approximate` is Lin's Φ⁻¹((1 + share)/2) sqrt(mean² + sd²).
 * One pair: `too-few`.
 */
export function totalDeviationIndex(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  share: number,
): Outcome<{ value: number; approximate: number }> {
  requireArgument(share > 0 && share < 1, `share: ${share} is not between 0 and 1`);
  const { differences, centre, sd } = differenceMoments(x, y);
  if (differences.length === 0) return notEstimable("no-data");
  if (differences.length === 1) return notEstimable("too-few");
  const z = normalQuantile((1 + share) / 2);
  const approximate = z * Math.hypot(centre, sd);
  if (sd === 0) return estimated({ value: Math.abs(centre), approximate });
  const highest = Math.abs(centre) + z * sd;
  return estimated({ value: fallingRoot(0, highest, (t) => share - within(t, centre, sd)), approximate });
}

/**
 * Share of differences y - x within ± `limit`: under a normal model (Lin et al. 2002, doi:10.1198/016214502753479392;
 * `too-few` for one pair) and as counted.
 */
export function coverageProbability(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  limit: number,
): Outcome<{ normal: Outcome<{ value: number }>; counted: number }> {
  requireArgument(limit > 0 && limit < Infinity, `limit: ${limit} is not a positive number`);
  const { differences, centre, sd } = differenceMoments(x, y);
  const n = differences.length;
  if (n === 0) return notEstimable("no-data");
  const counted = differences.reduce((count, value) => count + (Math.abs(value) <= limit ? 1 : 0), 0) / n;
  if (n === 1) return estimated({ normal: notEstimable("too-few"), counted });
  if (sd === 0) return estimated({ normal: estimated({ value: counted }), counted });
  return estimated({ normal: estimated({ value: within(limit, centre, sd) }), counted });
}

/** Mean absolute error and root mean squared error of y against x. */
export function meanErrors(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
): Outcome<{ absolute: number; rootSquare: number }> {
  const differences = differencesOf(x, y);
  if (differences.length === 0) return notEstimable("no-data");
  const absolute = neumaierSum(differences.map((value) => Math.abs(value))) / differences.length;
  return estimated({ absolute, rootSquare: Math.sqrt(sumOfSquares(differences, 0) / differences.length) });
}

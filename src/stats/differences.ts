/** Differences of paired measurements. */
import { requireArgument, requireMeasured } from "./outcome.js";
import { mean, sumOfSquares } from "./summation.js";

/** Refuses series of unequal length (`length-mismatch`) and values that are not finite or beyond 1e75. */
export function requirePairs(x: ArrayLike<number>, y: ArrayLike<number>): void {
  requireArgument(x.length === y.length, `length-mismatch: ${x.length} and ${y.length} values`);
  for (let i = 0; i < x.length; i++) {
    requireMeasured(x[i], `pair ${i}:`);
    requireMeasured(y[i], `pair ${i}:`);
  }
}

/** y - x of each pair. */
export function differencesOf(x: ArrayLike<number>, y: ArrayLike<number>): Float64Array {
  requirePairs(x, y);
  return Float64Array.from({ length: x.length }, (_, i) => (y[i] as number) - (x[i] as number));
}

/**
 * What rounding alone can make of a variance of 0: readings that lie 0.1 apart do so but for the last digits of the readings.
 * The square of 1e-13 of the largest.
 */
export function roundingVariance(...series: readonly ArrayLike<number>[]): number {
  let largest = 0;
  for (const values of series) {
    for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i] as number));
  }
  return 1e-13 * largest * (1e-13 * largest);
}

/** Differences y - x with their mean and standard deviation (divisor n - 1), which is 0 where there is nothing but rounding. */
export function differenceMoments(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
): { differences: Float64Array; centre: number; sd: number } {
  const differences = differencesOf(x, y);
  const centre = mean(differences);
  const variance = sumOfSquares(differences, centre) / (differences.length - 1);
  return { differences, centre, sd: variance > roundingVariance(x, y) ? Math.sqrt(variance) : 0 };
}

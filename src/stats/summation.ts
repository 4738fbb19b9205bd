/** Sums whose result does not lose digits to the order of magnitude of the terms. */

/** Sum in the order given, with Neumaier's compensation (1974, doi:10.1002/zamm.19740540106). */
export function neumaierSum(values: ArrayLike<number>): number {
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}

/**
 * Mean by {@link neumaierSum}, never outside the values: the mean of equal values is that value, which rounding alone would
 * not give. The caller makes sure that there is a value.
 */
export function mean(values: ArrayLike<number>): number {
  let least = Infinity;
  let greatest = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return Math.min(greatest, Math.max(least, neumaierSum(values) / values.length));
}

/**
 * Mean of values with weights from 0 up, by {@link neumaierSum} and never outside the values that have weight; NaN where
 * none has.
 */
export function weightedMean(values: ArrayLike<number>, weights: ArrayLike<number>): number {
  const parts = new Float64Array(values.length);
  let total = 0;
  let least = Infinity;
  let greatest = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const weight = weights[i] as number;
    if (weight === 0) continue;
    parts[i] = weight * value;
    total += weight;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return total === 0 ? Number.NaN : Math.min(greatest, Math.max(least, neumaierSum(parts) / total));
}

/** Sum of squared deviations from `centre`. */
export function sumOfSquares(values: ArrayLike<number>, centre: number): number {
  const squares = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const deviation = (values[i] as number) - centre;
    squares[i] = deviation * deviation;
  }
  return neumaierSum(squares);
}

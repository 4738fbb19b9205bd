/** Quantiles of a sample in which values occur several times: what a draw of patients makes of sorted values. */

/**
 * The quantile by linear interpolation at (n - 1)p (type 7) of the sample that holds sorted[i] counts[i] times; NaN where
 * no value occurs. Infinite values rank last; a quantile beside one is infinite.
 */
export function quantileOfRepeated(sorted: ArrayLike<number>, counts: ArrayLike<number>, p: number): number {
  let total = 0;
  for (let at = 0; at < counts.length; at++) total += counts[at] as number;
  if (total === 0) return Number.NaN;
  const position = (total - 1) * p;
  const below = Math.floor(position);
  const share = position - below;
  let at = 0;
  let seen = counts[0] as number;
  while (seen <= below) seen += counts[++at] as number;
  const low = sorted[at] as number;
  if (share === 0) return low;
  while (seen <= below + 1) seen += counts[++at] as number;
  const high = sorted[at] as number;
  return low === high ? low : low + (high - low) * share;
}

/** Differences of paired measurements. */
import { requireArgument } from "./outcome.js";

/** Refuses series of unequal length (`length-mismatch`) and values that are not finite. */
export function requirePairs(x: ArrayLike<number>, y: ArrayLike<number>): void {
  requireArgument(x.length === y.length, `length-mismatch: ${x.length} and ${y.length} values`);
  for (let i = 0; i < x.length; i++) {
    requireArgument(Number.isFinite(x[i]) && Number.isFinite(y[i]), `pair ${i}: ${x[i]}, ${y[i]}`);
  }
}

/** y - x of each pair. */
export function differencesOf(x: ArrayLike<number>, y: ArrayLike<number>): Float64Array {
  requirePairs(x, y);
  return Float64Array.from({ length: x.length }, (_, i) => (y[i] as number) - (x[i] as number));
}

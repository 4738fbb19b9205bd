/** The jackknife: estimates with each unit (patient) left out in turn. */
import { mean, sumOfSquares } from "./summation.js";
import { estimated, notEstimable, requireArgument, requireMeasured, type Outcome } from "./outcome.js";

/**
 * Standard error from the estimates without each of m units: se^2 = (m - 1)/m sum (v_i - mean)^2 (Efron & Tibshirani 1993,
 * chapter 11). Fit for smooth statistics; unreliable for steps such as the sensitivity at a limit of false positives.
 * A unit without which there is no estimate is NaN and left out. `too-few`: fewer than two values.
 */
export function jackknifeSe(values: ArrayLike<number>): Outcome<{ se: number; valid: number }> {
  const valid = Float64Array.from(values).filter((value) => !Number.isNaN(value));
  for (const value of valid) requireMeasured(value, "jackknife:");
  const m = valid.length;
  if (m < 2) return notEstimable("too-few");
  const outcome = { se: Math.sqrt(((m - 1) / m) * sumOfSquares(valid, mean(valid))), valid: m };
  return m < values.length ? estimated(outcome, "degenerate-replicates") : estimated(outcome);
}

/** A statistic of weighted units without each of them in turn: values[i] = weighted(1 ... 0 at i ... 1). */
export function leaveOneOut(
  weighted: (weights: Uint16Array, replicate: number) => number,
  units: number,
): Float64Array {
  requireArgument(Number.isSafeInteger(units) && units >= 0, `units: ${units} is not a number of them`);
  const weights = new Uint16Array(units).fill(1);
  const values = new Float64Array(units);
  for (let unit = 0; unit < units; unit++) {
    weights[unit] = 0;
    // Draws of a bootstrap are counted from 0: negative numbers are never one of them.
    values[unit] = weighted(weights, -2 - unit);
    weights[unit] = 1;
  }
  return values;
}

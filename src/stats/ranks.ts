/** Ranks of values in order; equal values share the mean of their ranks. */
import { sortedOrder } from "./order.js";
import { requireArgument } from "./outcome.js";

/** Midranks in the order of the input, from 1, and Σ(t³ - t) over groups of t equal values. */
export function midranks(values: readonly number[]): { ranks: Float64Array; ties: number } {
  for (const value of values) requireArgument(Number.isFinite(value), `ranks: ${value} has no rank`);
  const order = sortedOrder(values, "rising");
  const ranks = new Float64Array(values.length);
  let ties = 0;
  for (let start = 0; start < order.length;) {
    const value = values[order[start] as number] as number;
    let end = start + 1;
    while (end < order.length && values[order[end] as number] === value) end++;
    for (let at = start; at < end; at++) ranks[order[at] as number] = (start + 1 + end) / 2;
    const size = end - start;
    ties += size * size * size - size;
    start = end;
  }
  return { ranks, ties };
}

/** p-values adjusted for multiplicity, in the order of the input. */
import { requireArgument } from "./outcome.js";

function adjusted(
  p: readonly number[],
  descending: boolean,
  factor: (rank: number, count: number) => number,
): number[] {
  for (const value of p) requireArgument(Number.isFinite(value) && value >= 0 && value <= 1, `p-value: ${value}`);
  const order = p.map((_, i) => i).sort((i, j) => (p[i] as number) - (p[j] as number) || i - j);
  const result = new Array<number>(p.length).fill(1);
  const steps = descending ? order.map((_, k) => order.length - 1 - k) : order.map((_, k) => k);
  let kept = descending ? 1 : 0;
  for (const rank of steps) {
    const i = order[rank] as number;
    const value = Math.min(1, factor(rank + 1, p.length) * (p[i] as number));
    kept = descending ? Math.min(kept, value) : Math.max(kept, value);
    result[i] = kept;
  }
  return result;
}

/** Holm's step-down adjustment (1979): family-wise error, no assumption. */
export function holm(p: readonly number[]): number[] {
  return adjusted(p, false, (rank, count) => count - rank + 1);
}

/** Hochberg's step-up adjustment (1988, doi:10.1093/biomet/75.4.800). */
export function hochberg(p: readonly number[]): number[] {
  return adjusted(p, true, (rank, count) => count - rank + 1);
}

/** Benjamini & Hochberg's false discovery rate (1995). */
export function benjaminiHochberg(p: readonly number[]): number[] {
  return adjusted(p, true, (rank, count) => count / rank);
}

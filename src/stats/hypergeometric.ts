/**
 * Hypergeometric distribution: successes among `drawn` units out of `first` + `second`, of which `first` are successes;
 * and its tilt by an odds ratio (Fisher's noncentral hypergeometric distribution).
 */
import { binomialPmf } from "./discrete.js";

/** The first cell of a 2 by 2 table with fixed margins: it lies between `low` and `high`, most often at `mode`. */
export interface Hypergeometric {
  first: number;
  second: number;
  drawn: number;
  low: number;
  high: number;
  mode: number;
}

export function hypergeometric(first: number, second: number, drawn: number): Hypergeometric {
  const low = Math.max(0, drawn - second);
  const high = Math.min(first, drawn);
  const mode = Math.min(high, Math.max(low, Math.floor(((first + 1) / (first + second + 2)) * (drawn + 1))));
  return { first, second, drawn, low, high, mode };
}

/** P(X = k), by the saddle-point form of three binomials (Loader 2000). */
export function hypergeometricPmf(k: number, { first, second, drawn }: Hypergeometric): number {
  const p = drawn / (first + second);
  return (binomialPmf(k, first, p) * binomialPmf(drawn - k, second, p)) / binomialPmf(drawn, first + second, p);
}

/** P(X = k + 1) / P(X = k): 0 from `high`, Infinity to `low`, so that a sum of terms ends there by itself. */
export function stepUp(k: number, { first, second, drawn }: Hypergeometric): number {
  return ((first - k) / (k + 1)) * ((drawn - k) / (second - drawn + k + 1));
}

/** Terms smaller than this share of their sum are left out. */
const negligible = 1e-20;

/** P(X <= k) for k below the mode, P(X >= k) for k above: a sum that falls from its first term. */
function outerTail(k: number, d: Hypergeometric): number {
  let term = hypergeometricPmf(k, d);
  let sum = term;
  if (k < d.mode) {
    for (let i = k; term > sum * negligible; i--) sum += term /= stepUp(i - 1, d);
  } else {
    for (let i = k; term > sum * negligible; i++) sum += term *= stepUp(i, d);
  }
  return sum;
}

/** P(X <= k). */
export function atMost(k: number, d: Hypergeometric): number {
  return k < d.mode ? outerTail(k, d) : 1 - outerTail(k + 1, d);
}

/** P(X >= k). */
export function atLeast(k: number, d: Hypergeometric): number {
  return k > d.mode ? outerTail(k, d) : 1 - outerTail(k - 1, d);
}

/** Probability of all values that are at most as probable as `limit`. */
export function improbable(limit: number, d: Hypergeometric): number {
  if (hypergeometricPmf(d.mode, d) <= limit) return 1;
  // The probabilities fall on either side of the mode: the first that is small enough, by bisection.
  const edge = (end: number): number => {
    let inner = d.mode;
    let outer = end;
    while (Math.abs(outer - inner) > 1) {
      const middle = Math.trunc((inner + outer) / 2);
      if (hypergeometricPmf(middle, d) <= limit) outer = middle;
      else inner = middle;
    }
    return outer;
  };
  return Math.min(1, outerTail(edge(d.low - 1), d) + outerTail(edge(d.high + 1), d));
}

/** Mean and tails at `k` of the distribution whose probabilities are tilted by exp(logOdds · X). */
export function tilted(
  k: number,
  logOdds: number,
  d: Hypergeometric,
): { mean: number; atMost: number; atLeast: number } {
  const odds = Math.exp(logOdds);
  // The mode: the first value from which a step up loses.
  let mode = d.low;
  let end = d.high;
  while (mode < end) {
    const middle = Math.floor((mode + end) / 2);
    if (stepUp(middle, d) * odds > 1) mode = middle + 1;
    else end = middle;
  }
  let [total, moment, below, above] = [0, 0, 0, 0];
  const add = (i: number, term: number): void => {
    total += term;
    moment += term * (i - k);
    if (i <= k) below += term;
    if (i >= k) above += term;
  };
  add(mode, 1);
  let term = 1;
  for (let i = mode; term > total * negligible; i++) add(i + 1, (term *= stepUp(i, d) * odds));
  term = 1;
  for (let i = mode; term > total * negligible; i--) add(i - 1, (term /= stepUp(i - 1, d) * odds));
  return { mean: k + moment / total, atMost: below / total, atLeast: above / total };
}

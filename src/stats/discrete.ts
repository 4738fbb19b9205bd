/** Binomial and Poisson distributions. `tails.lower` is P(X <= k), `tails.upper` is P(X > k). */
import { betaTails, requireSide, type Tails } from "./beta.js";
import { gammaTails } from "./gamma.js";
import { deviance, stirlingCorrection } from "./log-gamma.js";
import { normalQuantile } from "./normal.js";
import { requireArgument } from "./outcome.js";

const twoPi = 6.28318530717958647693;

/** P(X = k) of Binomial(n, p), by the saddle-point form. */
export function binomialPmf(k: number, n: number, p: number): number {
  if (k < 0 || k > n || !Number.isInteger(k)) return 0;
  if (p === 0 || p === 1) return k === n * p ? 1 : 0;
  if (k === 0) return p < 0.5 ? Math.exp(n * Math.log1p(-p)) : Math.exp(n * Math.log(1 - p));
  if (k === n) return p < 0.5 ? Math.exp(n * Math.log(p)) : Math.exp(n * Math.log1p(p - 1));
  const correction = stirlingCorrection(n) - stirlingCorrection(k) - stirlingCorrection(n - k);
  const distance = deviance(k, n * p) + deviance(n - k, n * (1 - p));
  return Math.sqrt(n / (twoPi * k * (n - k))) * Math.exp(correction - distance);
}

/** P(X <= k) and P(X > k) of Binomial(n, p). */
export function binomialTails(k: number, n: number, p: number): Tails {
  requireArgument(p >= 0 && p <= 1 && n >= 0, `binomialTails(${k}, ${n}, ${p}) is not defined`);
  if (k < 0) return { lower: 0, upper: 1 };
  if (k >= n) return { lower: 1, upper: 0 };
  const { lower, upper } = betaTails(p, Math.floor(k) + 1, n - Math.floor(k));
  return { lower: upper, upper: lower };
}

/** Least k of 0..max from which on `reached` holds, sought from `start`. */
function leastFrom(start: number, max: number, reached: (k: number) => boolean): number {
  let k = Math.min(max, Math.max(0, Math.floor(start)));
  let stride = 1;
  if (reached(k)) {
    let low = k;
    while (low > 0 && reached((low = Math.max(0, low - stride)))) {
      k = low;
      stride *= 2;
    }
    if (low === k) return k;
    let below = low;
    while (k - below > 1) {
      const middle = Math.floor((k + below) / 2);
      if (reached(middle)) k = middle;
      else below = middle;
    }
    return k;
  }
  let below = k;
  let above = k;
  do {
    below = above;
    above = Math.min(max, above + stride);
    stride *= 2;
  } while (above < max && !reached(above));
  while (above - below > 1) {
    const middle = Math.floor((above + below) / 2);
    if (reached(middle)) above = middle;
    else below = middle;
  }
  return above;
}

/**
 * Whether a point has this probability at least up to it, or (`side` "upper") at most above it. The smaller tail decides, as
 * it is known in relative terms; within 1e-12 it counts as equal, or the median of an odd number of tosses would be lost.
 */
function holds(tails: Tails, q: number, side: keyof Tails): boolean {
  const smaller = Math.min(q, 1 - q);
  const byLower = (side === "lower") === q <= 0.5;
  return byLower ? tails.lower >= smaller * (1 - 1e-12) : tails.upper <= smaller * (1 + 1e-12);
}

/** Least k with P(X <= k) >= q (or, `side` "upper", with P(X > k) <= q), X ~ Binomial(n, p). */
export function binomialQuantile(q: number, n: number, p: number, side: keyof Tails = "lower"): number {
  requireArgument(q >= 0 && q <= 1 && p >= 0 && p <= 1 && n >= 0, `binomialQuantile(${q}, ${n}, ${p}) is not defined`);
  requireSide(side);
  const upper = side === "upper";
  if (n === 0 || p === 0 || q === (upper ? 1 : 0)) return 0;
  if (p === 1 || q === (upper ? 0 : 1)) return n;
  const start = n * p + (upper ? -1 : 1) * normalQuantile(q) * Math.sqrt(n * p * (1 - p));
  return leastFrom(start, n, (k) => holds(binomialTails(k, n, p), q, side));
}

/** P(X = k) of Poisson(mean). */
export function poissonPmf(k: number, mean: number): number {
  if (k < 0 || !Number.isInteger(k)) return 0;
  if (k === 0) return Math.exp(-mean);
  if (mean === 0) return 0;
  return Math.exp(-stirlingCorrection(k) - deviance(k, mean)) / Math.sqrt(twoPi * k);
}

/** P(X <= k) and P(X > k) of Poisson(mean). */
export function poissonTails(k: number, mean: number): Tails {
  requireArgument(mean >= 0, `poissonTails(${k}, ${mean}) is not defined`);
  if (k < 0) return { lower: 0, upper: 1 };
  const { lower, upper } = gammaTails(mean, Math.floor(k) + 1);
  return { lower: upper, upper: lower };
}

/**
 * Least k with P(X <= k) >= q (or, `side` "upper", with P(X > k) <= q), X ~ Poisson(mean): `Infinity` where no number
 * leaves probability 0 above it.
 */
export function poissonQuantile(q: number, mean: number, side: keyof Tails = "lower"): number {
  requireArgument(q >= 0 && q <= 1 && mean >= 0, `poissonQuantile(${q}, ${mean}) is not defined`);
  requireSide(side);
  const upper = side === "upper";
  if (mean === 0 || q === (upper ? 1 : 0)) return 0;
  if (q === (upper ? 0 : 1)) return Infinity;
  const start = mean + (upper ? -1 : 1) * normalQuantile(q) * Math.sqrt(mean);
  return leastFrom(start, Number.MAX_SAFE_INTEGER, (k) => holds(poissonTails(k, mean), q, side));
}

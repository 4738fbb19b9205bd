/** Binomial and Poisson distributions. `tails.lower` is P(X <= k), `tails.upper` is P(X > k). */
import { betaTails, type Tails } from "./beta.js";
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

/** Least k with P(X <= k) >= q, for a distribution over 0..max whose distribution function is given. */
function leastWith(q: number, start: number, max: number, cdf: (k: number) => number): number {
  let k = Math.min(max, Math.max(0, Math.floor(start)));
  let stride = 1;
  if (cdf(k) >= q) {
    let low = k;
    while (low > 0 && cdf((low = Math.max(0, low - stride))) >= q) {
      k = low;
      stride *= 2;
    }
    if (low === k) return k;
    let below = low;
    while (k - below > 1) {
      const middle = Math.floor((k + below) / 2);
      if (cdf(middle) >= q) k = middle;
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
  } while (above < max && cdf(above) < q);
  while (above - below > 1) {
    const middle = Math.floor((above + below) / 2);
    if (cdf(middle) >= q) above = middle;
    else below = middle;
  }
  return above;
}

/** Least k with P(X <= k) >= q, X ~ Binomial(n, p). */
export function binomialQuantile(q: number, n: number, p: number): number {
  requireArgument(q >= 0 && q <= 1 && p >= 0 && p <= 1 && n >= 0, `binomialQuantile(${q}, ${n}, ${p}) is not defined`);
  if (n === 0 || p === 0 || q === 0) return 0;
  if (p === 1 || q === 1) return n;
  const start = n * p + normalQuantile(q) * Math.sqrt(n * p * (1 - p));
  return leastWith(q, start, n, (k) => binomialTails(k, n, p).lower);
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

/** Least k with P(X <= k) >= q, X ~ Poisson(mean). */
export function poissonQuantile(q: number, mean: number): number {
  requireArgument(q >= 0 && q < 1 && mean >= 0, `poissonQuantile(${q}, ${mean}) is not defined`);
  if (mean === 0 || q === 0) return 0;
  const start = mean + normalQuantile(q) * Math.sqrt(mean);
  return leastWith(q, start, Number.MAX_SAFE_INTEGER, (k) => poissonTails(k, mean).lower);
}

/**
 * Regularised incomplete beta function with both tails, and its inverse.
 * Density by the saddle-point form, tails by continued fraction or power series (Didonato & Morris 1992,
 * doi:10.1145/131766.131776); quantiles by Newton steps on ln F over logit x inside a bracket.
 */
import { deviance, logGamma, logGammaIncrease, logGammaOnePlus, stirlingCorrection } from "./log-gamma.js";
import { requireArgument, requireName } from "./outcome.js";

/** The two tails of a distribution function at one point; they add up to 1. */
export interface Tails {
  lower: number;
  upper: number;
}

const tailNames: readonly (keyof Tails)[] = ["lower", "upper"];

/** Refuses what is no name of a tail. */
export function requireSide(side: keyof Tails): void {
  requireName(side, tailNames, "side");
}

const twoPi = 6.28318530717958647693;

/** x^a y^b / B(a, b), y = 1 - x: the density of Beta(a, b) over logit x. */
function prefix(x: number, y: number, a: number, b: number): number {
  const n = a + b;
  const correction = stirlingCorrection(n) - stirlingCorrection(a) - stirlingCorrection(b);
  const distance = deviance(a, n * x) + deviance(b, n * y);
  return Math.sqrt(((a / n) * b) / twoPi) * Math.exp(correction - distance);
}

/**
 * I_x(a, b) over its prefix x^a y^b / B(a, b), x below the mean: the contracted continued fraction (Didonato & Morris
 * 1992, equation 9). The distance from the mean, a y - b x, loses nothing where x or y is near 1.
 */
function continuedFraction(x: number, y: number, a: number, b: number): number {
  const n = a + b;
  const distance = a * y - b * x;
  let below = (a / (a + 1)) * (distance + 1);
  let value = 1 / below;
  let last = 0;
  for (let m = 1; m <= 200000; m++) {
    const odd = a + 2 * m - 1;
    const even = ((m * (b - m)) / odd) * x;
    const alpha = even * (((a + m - 1) * (n + m - 1)) / odd) * x;
    const beta = m + even + ((a + m) / (odd + 2)) * (distance + 1 + m * (1 + y));
    // The denominator of the last convergent is scaled to 1, so that value and last are its numerators.
    const above = beta * value + (alpha * last) / below;
    below = beta + alpha / below;
    last = value;
    value = above / below;
    if (Math.abs(value - last) <= 4e-16 * value) break;
  }
  return value;
}

/** Both tails by the power series in x for a < 1 and b x <= 1: keeps the upper tail when the lower is almost 1. */
function smallShapeSeries(x: number, logX: number, a: number, b: number): Tails {
  let term = 1;
  let sum = 0;
  for (let n = 1; n < 10000; n++) {
    term *= ((n - b) / n) * x;
    const share = term / (a + n);
    sum += share;
    if (Math.abs(share) <= Math.abs(sum) * 1e-17) break;
  }
  sum *= a;
  const logLead = a * logX + logGammaIncrease(a, b) - logGammaOnePlus(a);
  const lead = Math.exp(logLead);
  return { lower: lead * (1 + sum), upper: -Math.expm1(logLead) - lead * sum };
}

/** Tails where x is on the lower side of the mean. */
function tailsBelowMean(x: number, y: number, logX: number, a: number, b: number): Tails {
  if (a < 1 && b * x <= 1 && x < 0.7) return smallShapeSeries(x, logX, a, b);
  if (x < 1e-300) return { lower: Math.exp(a * logX - logGamma(a) - logGamma(b) + logGamma(a + b)) / a, upper: 1 };
  const density = prefix(x, y, a, b);
  const lower = density * continuedFraction(x, y, a, b);
  const upper = lower < 0.9 ? 1 - lower : density * continuedFraction(y, x, b, a);
  return { lower, upper };
}

/**
 * Tails of Beta(a, b) at x, with y = 1 - x given apart so that neither is rounded.
 * `logX`, `logY`: natural logarithms, only needed where x or y underflows.
 */
export function betaTailsAt(x: number, y: number, a: number, b: number, logX = Math.log(x), logY = Math.log(y)): Tails {
  if (logX === -Infinity) return { lower: 0, upper: 1 };
  if (logY === -Infinity) return { lower: 1, upper: 0 };
  if (x <= (a + 1) / (a + b + 2)) return tailsBelowMean(x, y, logX, a, b);
  const mirrored = tailsBelowMean(y, x, logY, b, a);
  return { lower: mirrored.upper, upper: mirrored.lower };
}

/** Regularised incomplete beta function I_x(a, b) and its complement; 0 <= x <= 1, a, b > 0. */
export function betaTails(x: number, a: number, b: number): Tails {
  requireArgument(a > 0 && b > 0 && x >= 0 && x <= 1, `betaTails(${x}, ${a}, ${b}) is not defined`);
  return betaTailsAt(x, 1 - x, a, b);
}

/** ln x and ln(1 - x) at logit x = u. */
function sides(u: number): { x: number; y: number; logX: number; logY: number } {
  const t = Math.exp(-Math.abs(u));
  const small = t / (1 + t);
  const large = 1 / (1 + t);
  const logLarge = -Math.log1p(t);
  const logSmall = -Math.abs(u) + logLarge;
  return u < 0
    ? { x: small, y: large, logX: logSmall, logY: logLarge }
    : { x: large, y: small, logX: logLarge, logY: logSmall };
}

/**
 * Logit of the quantile of Beta(a, b) with this probability below (or, `side` "upper", above).
 * Works on the logit so that quantiles next to 0 and to 1 keep their digits.
 */
export function betaQuantileLogit(probability: number, a: number, b: number, side: keyof Tails): number {
  let lowEnd = -1e5;
  let highEnd = 1e5;
  // The smaller tail is the one that is known in relative terms.
  const useLower = side === "lower" ? probability <= 0.5 : probability > 0.5;
  const target = Math.log((side === "lower") === useLower ? probability : 1 - probability);
  let u = Math.log(a / b);
  for (let i = 0; i < 400; i++) {
    const { x, y, logX, logY } = sides(u);
    const tails = betaTailsAt(x, y, a, b, logX, logY);
    const tail = useLower ? tails.lower : tails.upper;
    const difference = tail > 0 ? Math.log(tail) - target : -Infinity;
    const above = useLower ? difference > 0 : difference < 0;
    if (difference === 0) return u;
    if (above) highEnd = u;
    else lowEnd = u;
    const slope = x < 1e-300 || y < 1e-300 ? (x < y ? a : -b) : (useLower ? 1 : -1) * (prefix(x, y, a, b) / tail);
    let next = u - difference / slope;
    if (!(next > lowEnd && next < highEnd)) {
      const width = highEnd - lowEnd;
      next = width > 1e3 ? (above ? u - 1 - Math.abs(u) : u + 1 + Math.abs(u)) : lowEnd + width / 2;
      if (!(next > lowEnd && next < highEnd)) next = lowEnd + width / 2;
    }
    const step = Math.abs(next - u);
    u = next;
    if (step <= 1e-16 * Math.max(1, Math.abs(u)) || highEnd - lowEnd <= 2e-16 * Math.max(1, Math.abs(u))) break;
  }
  return u;
}

/** Quantile of Beta(a, b): the x with I_x(a, b) = p. */
export function betaQuantile(p: number, a: number, b: number): number {
  return quantileOf(p, a, b, "lower");
}

/** The x above which Beta(a, b) has probability q. */
export function betaUpperQuantile(q: number, a: number, b: number): number {
  return quantileOf(q, a, b, "upper");
}

function quantileOf(probability: number, a: number, b: number, side: keyof Tails): number {
  requireArgument(
    a > 0 && b > 0 && probability >= 0 && probability <= 1,
    `quantile of Beta(${a}, ${b}) at ${probability} is not defined`,
  );
  if (probability === 0 || probability === 1) return (probability === 0) === (side === "lower") ? 0 : 1;
  return sides(betaQuantileLogit(probability, a, b, side)).x;
}

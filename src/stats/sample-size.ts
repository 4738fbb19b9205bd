/** How many cases a test needs. One-sided `alpha` unless a name says otherwise; sizes are rounded up once, at the end. */
import { binomialQuantile, binomialTails } from "./discrete.js";
import { normalCdf, normalQuantile, zOfLevel } from "./normal.js";
import { estimated, notEstimable, requireArgument, requireLevel, type NotEstimable, type Outcome } from "./outcome.js";
import { restrictedDiscordance, restrictedSecond } from "./restricted-pair.js";
import { fallingRoot } from "./root.js";

const inside = (value: number, what: string): void =>
  requireArgument(value > 0 && value < 1, `${what}: ${value} is not between 0 and 1`);

/** Upper quantiles of the normal for the error rates. */
function quantiles(alpha: number, power: number): { zAlpha: number; zBeta: number } {
  inside(alpha, "alpha");
  inside(power, "power");
  return { zAlpha: -normalQuantile(alpha), zBeta: normalQuantile(power) };
}

/** A size before and after rounding up. */
type Size = Outcome<{ raw: number; n: number }>;

/**
 * What a test by the normal approximation has to tell apart: the distance from the null hypothesis, and the standard
 * deviation of a single unit under the null and under the alternative. Size and power follow from it.
 */
export interface Contrast {
  distance: number;
  nullSd: number;
  alternativeSd: number;
}

/** As {@link contrastSize}, of a contrast that is there. */
export function sizeOfContrast(
  { distance, nullSd, alternativeSd }: Contrast,
  alpha: number,
  power: number,
): { ok: true; raw: number; n: number } {
  const { zAlpha, zBeta } = quantiles(alpha, power);
  const root = (zAlpha * nullSd + zBeta * alternativeSd) / distance;
  // Little power at a lenient alpha is there without any data.
  const raw = Math.max(0, root) * root;
  return estimated({ raw, n: Math.max(1, Math.ceil(raw)) });
}

/** Units that reach the power with a one-sided `alpha`: ((z_alpha s0 + z_beta s1)/distance)². */
export function contrastSize(contrast: Outcome<Contrast>, alpha: number, power: number): Size {
  return contrast.ok ? sizeOfContrast(contrast, alpha, power) : contrast;
}

/** Power that `n` units reach with a one-sided `alpha`; n may be real (an effective size). */
export function contrastPower(contrast: Outcome<Contrast>, alpha: number, n: number): Outcome<{ power: number }> {
  inside(alpha, "alpha");
  requireArgument(n > 0, `power: ${n} units`);
  if (!contrast.ok) return contrast;
  const { distance, nullSd, alternativeSd } = contrast;
  const reach = distance * Math.sqrt(n) + normalQuantile(alpha) * nullSd;
  if (alternativeSd === 0) return estimated({ power: reach < 0 ? 0 : 1 });
  return estimated({ power: normalCdf(reach / alternativeSd) });
}

/** A contrast; nothing to tell apart has `no-solution`, no spread at all `zero-variance`. */
export function contrastOf(distance: number, nullVariance: number, alternativeVariance: number): Outcome<Contrast> {
  // Decimals: 0.8 - 0.9 + 0.1 is nothing, though not in binary.
  if (!(distance > 1e-12)) return notEstimable("no-solution");
  if (nullVariance === 0 && alternativeVariance === 0) return notEstimable("zero-variance");
  return estimated({ distance, nullSd: Math.sqrt(nullVariance), alternativeSd: Math.sqrt(alternativeVariance) });
}

const spread = (p: number): number => p * (1 - p);

/** One group against a target value p0, expected p1. */
export function singleArmContrast(p0: number, p1: number): Outcome<Contrast> {
  inside(p0, "p0");
  inside(p1, "p1");
  return contrastOf(Math.abs(p1 - p0), spread(p0), spread(p1));
}

/** One group against a target value p0, expected p1, by the normal approximation. */
export function singleArmNormal(p0: number, p1: number, alpha: number, power: number): Size {
  return contrastSize(singleArmContrast(p0, p1), alpha, power);
}

/** Largest size that the exact design is searched to. */
const largestSearch = 200000;

export interface ExactDesign {
  n: number;
  /** Least x that rejects p <= p0. */
  critical: number;
  /** Probability of rejecting at p0 and at p1. */
  size: number;
  power: number;
}

/** The one-sided exact binomial test of p <= p0 with n units: what rejects, its size, and its power at p1. */
export function exactDesign(n: number, p0: number, p1: number, alpha: number): ExactDesign {
  inside(alpha, "alpha");
  // Least x with P(X >= x | p0) <= alpha; 0.05 of one unit is no more than 0.05, though it may be in binary.
  const most = alpha * (1 + 1e-12);
  // The quantile is only as good as the digits of 1 - alpha. P(X >= 0) is 1, and P(X > n) 0.
  let critical = binomialQuantile(1 - alpha, n, p0) + 1;
  while (binomialTails(critical - 2, n, p0).upper <= most) critical--;
  while (binomialTails(critical - 1, n, p0).upper > most) critical++;
  return {
    n,
    critical,
    size: binomialTails(critical - 1, n, p0).upper,
    power: binomialTails(critical - 1, n, p1).upper,
  };
}

/**
 * One group against a target value by the exact binomial test (p1 > p0). Exact power is a saw-tooth: `first` is the least
 * n that reaches it, `stable` the least n from which on every larger n does (searched to 1.6 times the approximation).
 * Not reached by then, or beyond 200,000 units, which are not searched: `no-convergence`.
 */
export function singleArmExact(
  p0: number,
  p1: number,
  alpha: number,
  power: number,
): Outcome<{ first: ExactDesign; stable: ExactDesign }> {
  const approximation = singleArmNormal(p0, p1, alpha, power);
  if (!approximation.ok) return approximation;
  if (p1 < p0) return notEstimable("no-solution");
  const limit = Math.ceil(approximation.raw * 1.6) + 20;
  if (limit > largestSearch) return notEstimable("no-convergence");
  let first: ExactDesign | null = null;
  let stable: ExactDesign | null = null;
  for (let n = 1; n <= limit; n++) {
    const design = exactDesign(n, p0, p1, alpha);
    const enough = design.critical <= n && design.power >= power * (1 - 1e-12);
    if (!enough) stable = null;
    else {
      first ??= design;
      stable ??= design;
    }
  }
  // Only an alpha that is far out in the tail is not reached within the limit.
  return stable === null ? notEstimable("no-convergence") : estimated({ first: first as ExactDesign, stable });
}

/** Cases for an interval p ± halfWidth (Wald). `share` of cases that are of the class in question gives the `total`. */
export function precisionSize(
  p: number,
  halfWidth: number,
  level = 0.95,
  share = 1,
): Outcome<{ raw: number; n: number; total: number }> {
  inside(p, "p");
  inside(halfWidth, "halfWidth");
  requireLevel(level);
  requireArgument(share > 0 && share <= 1, `share: ${share} is not between 0 and 1`);
  const z = zOfLevel(level);
  const raw = (z * z * p * (1 - p)) / (halfWidth * halfWidth);
  const total = Math.ceil(raw / share);
  if (!(total <= Number.MAX_SAFE_INTEGER)) return notEstimable("no-solution");
  return estimated({ raw, n: Math.ceil(raw), total });
}

function requireDiscordance(p10: number, p01: number): void {
  requireArgument(p10 >= 0 && p01 >= 0 && p10 + p01 <= 1, `discordant shares: ${p10}, ${p01}`);
}

function requireMargin(margin: number): void {
  requireArgument(margin >= 0 && margin < 1, `margin: ${margin} is not between 0 and 1`);
}

/** McNemar's test (Connor 1987, doi:10.2307/2531961); p10, p01: the discordant shares. */
export function mcnemarContrast(p10: number, p01: number): Outcome<Contrast> {
  requireDiscordance(p10, p01);
  const difference = p10 - p01;
  return contrastOf(Math.abs(difference), p10 + p01, p10 + p01 - difference * difference);
}

/** Pairs for McNemar's test, two-sided alpha. */
export function mcnemarSize(p10: number, p01: number, alphaTwoSided: number, power: number): Size {
  return contrastSize(mcnemarContrast(p10, p01), alphaTwoSided / 2, power);
}

/** Non-inferiority of a paired difference p10 - p01 by `margin`, variance as expected. */
export function pairedNonInferiorityContrast(p10: number, p01: number, margin: number): Outcome<Contrast> {
  requireDiscordance(p10, p01);
  requireMargin(margin);
  const difference = p10 - p01;
  const variance = p10 + p01 - difference * difference;
  return contrastOf(difference + margin, variance, variance);
}

/** Pairs to show non-inferiority of a paired difference p10 - p01 by `margin`, normal approximation. */
export function pairedNonInferioritySize(p10: number, p01: number, margin: number, alpha: number, power: number): Size {
  return contrastSize(pairedNonInferiorityContrast(p10, p01, margin), alpha, power);
}

/** The same with Tango's restricted variance under the null hypothesis (Nam 1997, doi:10.2307/2533508). */
export function namContrast(p10: number, p01: number, margin: number): Outcome<Contrast & { restricted: number }> {
  const expected = pairedNonInferiorityContrast(p10, p01, margin);
  if (!expected.ok) return expected;
  const restricted = restrictedDiscordance(p10, p01, 1, -margin);
  const contrast = { ...expected, nullSd: Math.sqrt(2 * restricted - margin * (1 + margin)) };
  return estimated({ ...contrast, restricted });
}

/** Pairs to show non-inferiority of a paired difference by Tango's test; `restricted`: discordant share under the null. */
export function namSize(
  p10: number,
  p01: number,
  margin: number,
  alpha: number,
  power: number,
): Outcome<{ raw: number; n: number; restricted: number }> {
  const contrast = namContrast(p10, p01, margin);
  if (!contrast.ok) return contrast;
  return estimated({ ...sizeOfContrast(contrast, alpha, power), restricted: contrast.restricted });
}

/** Variance of a difference by unit of group 2, n1/n2 = ratio. */
const pairVariance = (p1: number, p2: number, ratio: number): number => spread(p1) / ratio + spread(p2);

function requirePair(p1: number, p2: number, ratio: number): void {
  inside(p1, "p1");
  inside(p2, "p2");
  requireArgument(ratio > 0 && ratio < Infinity, `ratio: ${ratio}`);
}

/** Sizes of two groups from that of the second before rounding. */
export type GroupSizes = Outcome<{ raw: number; n1: number; n2: number }>;

function groupSizes(
  contrast: Contrast,
  alpha: number,
  power: number,
  ratio: number,
): { ok: true; raw: number; n1: number; n2: number } {
  const { raw, n } = sizeOfContrast(contrast, alpha, power);
  return estimated({ raw, n1: Math.max(1, Math.ceil(ratio * raw)), n2: n });
}

/** Non-inferiority of p1 to p2 by `margin`, unpooled variance, by unit of group 2; `ratio` = n1/n2. */
export function unpairedNonInferiorityContrast(p1: number, p2: number, margin: number, ratio = 1): Outcome<Contrast> {
  requirePair(p1, p2, ratio);
  requireMargin(margin);
  const variance = pairVariance(p1, p2, ratio);
  return contrastOf(p1 - p2 + margin, variance, variance);
}

/** Cases of two groups to show non-inferiority of p1 to p2, unpooled normal approximation; `ratio` = n1/n2. */
export function unpairedNonInferioritySize(
  p1: number,
  p2: number,
  margin: number,
  alpha: number,
  power: number,
  ratio = 1,
): GroupSizes {
  const contrast = unpairedNonInferiorityContrast(p1, p2, margin, ratio);
  return contrast.ok ? groupSizes(contrast, alpha, power, ratio) : contrast;
}

/**
 * The same with the variance under the null hypothesis of the maximum likelihood pair at p1 - p2 = -margin
 * (Farrington & Manning 1990, doi:10.1002/sim.4780091208), which is given as well.
 */
export function farringtonManningContrast(
  p1: number,
  p2: number,
  margin: number,
  ratio = 1,
): Outcome<Contrast & { restricted1: number; restricted2: number }> {
  const expected = unpairedNonInferiorityContrast(p1, p2, margin, ratio);
  if (!expected.ok) return expected;
  const restricted2 = restrictedSecond({ x1: ratio * p1, n1: ratio, x2: p2, n2: 1 }, -margin);
  const restricted1 = restricted2 - margin;
  const contrast = { ...expected, nullSd: Math.sqrt(pairVariance(restricted1, restricted2, ratio)) };
  return estimated({ ...contrast, restricted1, restricted2 });
}

/** Cases of two groups to show non-inferiority of p1 to p2 by Farrington & Manning's test; `ratio` = n1/n2. */
export function farringtonManningSize(
  p1: number,
  p2: number,
  margin: number,
  alpha: number,
  power: number,
  ratio = 1,
): Outcome<{ raw: number; n1: number; n2: number; restricted1: number; restricted2: number }> {
  const contrast = farringtonManningContrast(p1, p2, margin, ratio);
  if (!contrast.ok) return contrast;
  const { restricted1, restricted2 } = contrast;
  return estimated({ ...groupSizes(contrast, alpha, power, ratio), restricted1, restricted2 });
}

/** Two groups of equal size, pooled variance under the null hypothesis, by unit of a group. */
export function twoProportionsContrast(p1: number, p2: number): Outcome<Contrast> {
  requirePair(p1, p2, 1);
  return contrastOf(Math.abs(p1 - p2), 2 * spread((p1 + p2) / 2), pairVariance(p1, p2, 1));
}

/** Cases of each of two groups to tell p1 from p2, two-sided alpha, pooled variance under the null hypothesis. */
export function twoProportionsSize(p1: number, p2: number, alphaTwoSided: number, power: number): Size {
  return contrastSize(twoProportionsContrast(p1, p2), alphaTwoSided / 2, power);
}

/**
 * The proportions above and below p1 that two groups of `n` tell from it, by inverting {@link twoProportionsSize}.
 * `no-solution` on a side where not even a proportion next to 0 or 1 is told apart.
 */
export function detectableProportions(
  p1: number,
  n: number,
  alphaTwoSided: number,
  power: number,
): Outcome<{ lower: number | NotEstimable; upper: number | NotEstimable }> {
  inside(p1, "p1");
  requireArgument(n > 0 && n < Infinity, `detectable difference: ${n} cases`);
  const { zAlpha, zBeta } = quantiles(alphaTwoSided / 2, power);
  const missing = (p2: number): number => {
    const middle = (p1 + p2) / 2;
    const root = (zAlpha * Math.sqrt(2 * spread(middle)) + zBeta * Math.sqrt(pairVariance(p1, p2, 1))) / (p2 - p1);
    return root * root - n;
  };
  const upper = missing(1) < 0 ? fallingRoot(p1, 1, missing) : notEstimable("no-solution");
  const lower = missing(0) < 0 ? fallingRoot(0, p1, (p2) => -missing(p2)) : notEstimable("no-solution");
  return estimated({ lower, upper });
}

/**
 * Units when they come in clusters: n times the design effect 1 + (mean size - 1) ICC, rounded up; a product that is a
 * whole number but for rounding (100 · 1.1) is that number.
 */
export function inflatedSize(n: number, meanClusterSize: number, icc: number): { designEffect: number; n: number } {
  requireArgument(n > 0 && meanClusterSize >= 1, `inflation: ${n} units, clusters of ${meanClusterSize}`);
  const designEffect = 1 + (meanClusterSize - 1) * icc;
  const product = n * designEffect;
  return { designEffect, n: Math.ceil(product - Math.min(1e-6, product * 1e-12)) };
}

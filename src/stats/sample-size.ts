/** How many cases a test needs. One-sided `alpha` unless a name says otherwise; sizes are rounded up once, at the end. */
import { binomialQuantile, binomialTails } from "./discrete.js";
import { normalQuantile, zOfLevel } from "./normal.js";
import { estimated, notEstimable, requireArgument, requireLevel, type Outcome } from "./outcome.js";

const inside = (value: number, what: string): void =>
  requireArgument(value > 0 && value < 1, `${what}: ${value} is not between 0 and 1`);

/** Upper quantiles of the normal for the error rates. */
function quantiles(alpha: number, power: number): { zAlpha: number; zBeta: number } {
  inside(alpha, "alpha");
  inside(power, "power");
  return { zAlpha: -normalQuantile(alpha), zBeta: normalQuantile(power) };
}

type Size = Outcome<{ raw: number; n: number }>;

const rounded = (raw: number): Size => estimated({ raw, n: Math.ceil(raw) });

/** One group against a target value p0, expected p1, by the normal approximation. */
export function singleArmNormal(p0: number, p1: number, alpha: number, power: number): Size {
  inside(p0, "p0");
  inside(p1, "p1");
  const { zAlpha, zBeta } = quantiles(alpha, power);
  if (p0 === p1) return notEstimable("no-solution");
  const root = (zAlpha * Math.sqrt(p0 * (1 - p0)) + zBeta * Math.sqrt(p1 * (1 - p1))) / (p1 - p0);
  return rounded(root * root);
}

export interface ExactDesign {
  n: number;
  /** Least x that rejects p <= p0. */
  critical: number;
  /** Probability of rejecting at p0 and at p1. */
  size: number;
  power: number;
}

function exactDesign(n: number, p0: number, p1: number, alpha: number): ExactDesign {
  // Least x with P(X >= x | p0) <= alpha
  let critical = Math.min(n + 1, binomialQuantile(1 - alpha, n, p0) + 1);
  while (critical > 0 && binomialTails(critical - 2, n, p0).upper <= alpha) critical--;
  while (critical <= n && binomialTails(critical - 1, n, p0).upper > alpha) critical++;
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
  requireArgument(limit <= 200000, `sample size: more than 200000 cases`);
  let first: ExactDesign | null = null;
  let stable: ExactDesign | null = null;
  for (let n = 1; n <= limit; n++) {
    const design = exactDesign(n, p0, p1, alpha);
    const enough = design.critical <= n && design.power >= power;
    if (!enough) stable = null;
    else {
      first ??= design;
      stable ??= design;
    }
  }
  return first !== null && stable !== null ? estimated({ first, stable }) : notEstimable("no-solution");
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
  return estimated({ raw, n: Math.ceil(raw), total: Math.ceil(raw / share) });
}

/** Pairs for McNemar's test (Connor 1987, doi:10.2307/2531961), two-sided alpha; p10, p01: the discordant shares. */
export function mcnemarSize(p10: number, p01: number, alphaTwoSided: number, power: number): Size {
  const { zAlpha, zBeta } = quantiles(alphaTwoSided / 2, power);
  const discordant = p10 + p01;
  const difference = p10 - p01;
  requireArgument(p10 >= 0 && p01 >= 0 && discordant <= 1, `discordant shares: ${p10}, ${p01}`);
  if (difference === 0) return notEstimable("no-solution");
  const top = zAlpha * Math.sqrt(discordant) + zBeta * Math.sqrt(discordant - difference * difference);
  return rounded((top / difference) * (top / difference));
}

/** Pairs to show non-inferiority of a paired difference p10 - p01 by `margin`, normal approximation. */
export function pairedNonInferioritySize(p10: number, p01: number, margin: number, alpha: number, power: number): Size {
  const { zAlpha, zBeta } = quantiles(alpha, power);
  requireArgument(p10 >= 0 && p01 >= 0 && p10 + p01 <= 1, `discordant shares: ${p10}, ${p01}`);
  const difference = p10 - p01;
  const distance = difference + margin;
  if (!(distance > 0)) return notEstimable("no-solution");
  const z = zAlpha + zBeta;
  return rounded((z * z * (p10 + p01 - difference * difference)) / (distance * distance));
}

/** Cases of two groups to show non-inferiority of p1 to p2, unpooled normal approximation; `ratio` = n1/n2. */
export function unpairedNonInferioritySize(
  p1: number,
  p2: number,
  margin: number,
  alpha: number,
  power: number,
  ratio = 1,
): Outcome<{ raw: number; n1: number; n2: number }> {
  const { zAlpha, zBeta } = quantiles(alpha, power);
  inside(p1, "p1");
  inside(p2, "p2");
  requireArgument(ratio > 0, `ratio: ${ratio}`);
  const distance = p1 - p2 + margin;
  if (!(distance > 0)) return notEstimable("no-solution");
  const z = zAlpha + zBeta;
  const raw = (z * z * ((p1 * (1 - p1)) / ratio + p2 * (1 - p2))) / (distance * distance);
  return estimated({ raw, n1: Math.ceil(ratio * raw), n2: Math.ceil(raw) });
}

/** Units when they come in clusters: n times the design effect 1 + (mean size - 1) ICC. */
export function inflatedSize(n: number, meanClusterSize: number, icc: number): { designEffect: number; n: number } {
  requireArgument(n > 0 && meanClusterSize >= 1, `inflation: ${n} units, clusters of ${meanClusterSize}`);
  const designEffect = 1 + (meanClusterSize - 1) * icc;
  return { designEffect, n: Math.ceil(n * designEffect) };
}

/** Estimates of the same quantity from several sources (sites, strata): pooled value and how much they differ. */
import { chiSquareTails } from "./gamma.js";
import { estimated, notEstimable, requireArgument, requireMeasured, type Outcome } from "./outcome.js";
import { neumaierSum } from "./summation.js";

/** Weighted mean and its standard error. */
function pooled(estimates: readonly number[], weights: readonly number[]): { mean: number; se: number } {
  const total = neumaierSum(weights);
  const mean = neumaierSum(estimates.map((estimate, i) => (weights[i] as number) * estimate)) / total;
  return { mean, se: 1 / Math.sqrt(total) };
}

/** What {@link heterogeneityOf} finds. */
export interface Heterogeneity {
  /** Inverse-variance mean. */
  fixed: number;
  fixedSe: number;
  q: number;
  df: number;
  p: number;
  /** Share of the spread beyond chance, 0 to 1. */
  i2: number;
  /** Variance between the sources, DerSimonian & Laird. */
  tau2: number;
  random: number;
  randomSe: number;
}

/** W - Σw²/W with W = Σw, as 2 Σ w w'/W over pairs: what one weight far above the others leaves is not lost. */
function effectiveWeight(weights: readonly number[]): number {
  let before = 0;
  let pairs = 0;
  for (const weight of weights) {
    pairs += weight * before;
    before += weight;
  }
  return (2 * pairs) / before;
}

/**
 * Cochran's Q (1954, doi:10.2307/3001666), I² (Higgins & Thompson 2002, doi:10.1002/sim.1186), τ² and random effects mean
 * (DerSimonian & Laird 1986, doi:10.1016/0197-2456(86)90046-2) of estimates with their variances. No source: `no-data`; one:
 * `too-few`; a variance of 0: `zero-variance`.
 */
export function heterogeneityOf(estimates: readonly number[], variances: readonly number[]): Outcome<Heterogeneity> {
  const count = estimates.length;
  requireArgument(count === variances.length, `length-mismatch: ${count} estimates, ${variances.length} variances`);
  for (const value of estimates) requireMeasured(value, "heterogeneity: estimate");
  for (const value of variances) requireArgument(value >= 0 && value <= 1e152, `heterogeneity: variance ${value}`);
  if (count === 0) return notEstimable("no-data");
  if (count === 1) return notEstimable("too-few");
  // Weights of smaller ones are no numbers that can be multiplied.
  if (variances.some((variance) => variance < 1e-150)) return notEstimable("zero-variance");
  const weights = variances.map((variance) => 1 / variance);
  const { mean: fixed, se: fixedSe } = pooled(estimates, weights);
  const q = neumaierSum(
    estimates.map((estimate, i) => (weights[i] as number) * (estimate - fixed) * (estimate - fixed)),
  );
  const df = count - 1;
  const excess = Math.max(0, q - df);
  const tau2 = excess / effectiveWeight(weights);
  const { mean: random, se: randomSe } = pooled(
    estimates,
    variances.map((variance) => 1 / (variance + tau2)),
  );
  const i2 = excess === 0 ? 0 : excess / q;
  return estimated({ fixed, fixedSe, q, df, p: chiSquareTails(q, df).upper, i2, tau2, random, randomSe });
}

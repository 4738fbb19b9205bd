/** 2 by 2 tables in strata: common odds ratio, Cochran-Mantel-Haenszel test, homogeneity of the odds ratios. */
import {
  chiSquareTest,
  requireTwoByTwo,
  type ChiSquareTest,
  type CountTable,
  type TwoByTwo,
} from "./contingency-tables.js";
import { chiSquareTails } from "./gamma.js";
import { zOfLevel } from "./normal.js";
import {
  estimated,
  notEstimable,
  requireLevel,
  type IntervalOutcome,
  type NotEstimable,
  type Outcome,
} from "./outcome.js";
import { neumaierSum } from "./summation.js";

interface Stratum {
  a: number;
  b: number;
  c: number;
  d: number;
  n: number;
}

/** Strata with a unit. */
function occupied(strata: readonly CountTable[]): Stratum[] {
  return strata
    .map((table): Stratum => {
      requireTwoByTwo(table);
      const [[a, b], [c, d]]: TwoByTwo = table;
      return { a, b, c, d, n: a + b + c + d };
    })
    .filter(({ n }) => n > 0);
}

/** Mantel and Haenszel's sums Σ ad/n and Σ bc/n. */
function products(strata: readonly Stratum[]): { r: number; s: number } {
  return {
    r: neumaierSum(strata.map(({ a, d, n }) => (a * d) / n)),
    s: neumaierSum(strata.map(({ b, c, n }) => (b * c) / n)),
  };
}

/**
 * Cochran-Mantel-Haenszel test of no association in any stratum (1959, doi:10.1093/jnci/22.4.719); `corrected` takes ½
 * off the distance, down to 0. Empty strata are left out; no stratum with both margins: chi2 and p `zero-variance`.
 */
export function mantelHaenszelTest(
  strata: readonly CountTable[],
  corrected = false,
): Outcome<{ chi2: number; p: number }> {
  const kept = occupied(strata);
  if (kept.length === 0) return notEstimable("no-data");
  const variance = neumaierSum(
    kept.map(({ a, b, c, d, n }) => (n > 1 ? (((a + b) / n) * ((c + d) / n) * (a + c) * (b + d)) / (n - 1) : 0)),
  );
  if (variance === 0) return notEstimable("zero-variance");
  // a - (a + b)(a + c)/n = (ad - bc)/n
  const sum = neumaierSum(kept.map(({ a, b, c, d, n }) => (a * d - b * c) / n));
  const distance = Math.max(0, Math.abs(sum) - (corrected ? 0.5 : 0));
  const chi2 = (distance * distance) / variance;
  return estimated({ chi2, p: chiSquareTails(chi2, 1).upper });
}

/**
 * Mantel-Haenszel odds ratio with the log interval of Robins, Breslow & Greenland (1986, doi:10.2307/2531052). Σ bc/n = 0:
 * Infinity (`zero-denominator` where Σ ad/n is 0 as well); no interval at 0 and Infinity (`zero-cell`).
 */
export function mantelHaenszelOddsRatio(
  strata: readonly CountTable[],
  level = 0.95,
): Outcome<{ oddsRatio: number | NotEstimable; interval: IntervalOutcome }> {
  requireLevel(level);
  const kept = occupied(strata);
  if (kept.length === 0) return notEstimable("no-data");
  const { r, s } = products(kept);
  const none = notEstimable("zero-cell");
  if (s === 0) {
    return estimated({ oddsRatio: r === 0 ? notEstimable("zero-denominator") : Infinity, interval: none });
  }
  if (r === 0) return estimated({ oddsRatio: 0, interval: none });
  const oddsRatio = r / s;
  const sums = kept.map(({ a, b, c, d, n }) => {
    const [p, q] = [(a + d) / n, (b + c) / n];
    const [ad, bc] = [(a * d) / n, (b * c) / n];
    return (p * ad) / r / r + (p * bc + q * ad) / r / s + (q * bc) / s / s;
  });
  const half = zOfLevel(level) * Math.sqrt(neumaierSum(sums) / 2);
  const low = oddsRatio * Math.exp(-half);
  const high = oddsRatio * Math.exp(half);
  return estimated({ oddsRatio, interval: estimated({ low, high, level, method: "mantel_haenszel_rbg" }) });
}

/** First cell of a table with these margins whose odds ratio is `odds`. */
function fittedCell({ a, b, c, d }: Stratum, odds: number): number {
  const row = a + b;
  const column = a + c;
  const square = 1 - odds;
  const linear = d - a + odds * (row + column);
  const constant = odds * row * column;
  const root = Math.sqrt(linear * linear + 4 * square * constant);
  return linear > 0 ? (2 * constant) / (linear + root) : (root - linear) / (2 * square);
}

/**
 * Breslow & Day's test that all strata have the Mantel-Haenszel odds ratio (1980), with Tarone's term (1985,
 * doi:10.1093/biomet/72.1.91) where `tarone`. Strata with an empty row or column say nothing and are left out; fewer than
 * two others: `too-few`; a common odds ratio of 0 or Infinity: `zero-variance`.
 */
export function breslowDay(strata: readonly CountTable[], tarone = false): ChiSquareTest {
  const all = occupied(strata);
  if (all.length === 0) return notEstimable("no-data");
  const kept = all.filter(({ a, b, c, d }) => Math.min(a + b, c + d, a + c, b + d) > 0);
  if (kept.length < 2) return notEstimable("too-few");
  const { r, s } = products(kept);
  const parts = kept.map((stratum) => {
    const { a, b, c, d } = stratum;
    const fitted = fittedCell(stratum, r / s);
    const shift = fitted - a;
    return { distance: a - fitted, variance: 1 / (1 / fitted + 1 / (b - shift) + 1 / (c - shift) + 1 / (d + shift)) };
  });
  // A common odds ratio of 0 or Infinity, or a fitted cell that rounds to the edge of its margins, leaves nothing to divide by.
  if (!parts.every(({ variance }) => variance > 0)) return notEstimable("zero-variance");
  const chi2 = neumaierSum(parts.map(({ distance, variance }) => (distance * distance) / variance));
  const sum = neumaierSum(parts.map(({ distance }) => distance));
  const term = tarone ? (sum * sum) / neumaierSum(parts.map(({ variance }) => variance)) : 0;
  return chiSquareTest(chi2 - term, kept.length - 1);
}

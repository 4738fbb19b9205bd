/** Intervals and tests for one proportion of independent units: x of n. */
import { betaQuantile, betaTails, betaUpperQuantile } from "./beta.js";
import { binomialPmf, binomialTails } from "./discrete.js";
import { zOfLevel } from "./normal.js";
import {
  estimated,
  requireArgument,
  requireLevel,
  requireName,
  type Interval,
  type IntervalOutcome,
  type Outcome,
} from "./outcome.js";

function requireProportion(x: number, n: number, level: number): void {
  requireArgument(x >= 0 && x <= n && Number.isFinite(x) && Number.isFinite(n), `${x} of ${n} is not a proportion`);
  requireLevel(level);
}

/** Builds the result; limits are exactly 0 at x = 0 and 1 at x = n; n = 0 gives [0, 1]. */
function proportionInterval(
  method: string,
  x: number,
  n: number,
  level: number,
  limits: () => readonly [number, number],
): Interval & { ok: true } {
  requireProportion(x, n, level);
  if (n === 0) return estimated({ low: 0, high: 1, level, method }, "no-data");
  const [low, high] = limits();
  return estimated({
    low: x === 0 ? 0 : Math.min(1, Math.max(0, low)),
    high: x === n ? 1 : Math.min(1, Math.max(0, high)),
    level,
    method,
  });
}

/** Wilson score interval (1927, doi:10.1080/01621459.1927.10502953). `x` and `n` may be real (effective sizes). */
export function wilson(x: number, n: number, level = 0.95): Interval & { ok: true } {
  return proportionInterval("wilson", x, n, level, () => {
    const z = zOfLevel(level);
    const p = x / n;
    const centre = (x + (z * z) / 2) / (n + z * z);
    const half = ((z * Math.sqrt(n)) / (n + z * z)) * Math.sqrt(p * (1 - p) + (z * z) / (4 * n));
    return [centre - half, centre + half];
  });
}

/** Wilson interval with continuity correction (Newcombe 1998, Stat Med 17:857). */
export function wilsonCorrected(x: number, n: number, level = 0.95): IntervalOutcome {
  return proportionInterval("wilson_cc", x, n, level, () => {
    const z = zOfLevel(level);
    const low = (count: number): number => {
      const p = count / n;
      const root = Math.sqrt(Math.max(0, z * z - 2 - 1 / n + 4 * p * (n - count + 1)));
      return (2 * count + z * z - 1 - z * root) / (2 * (n + z * z));
    };
    return [low(x), 1 - low(n - x)];
  });
}

/** Exact interval (Clopper & Pearson 1934, doi:10.1093/biomet/26.4.404); `x`, `n` may be real (effective sizes). */
export function clopperPearson(x: number, n: number, level = 0.95): Interval & { ok: true } {
  return proportionInterval("clopper_pearson", x, n, level, () => {
    const tail = (1 - level) / 2;
    return [x === 0 ? 0 : betaQuantile(tail, x, n - x + 1), x === n ? 1 : betaUpperQuantile(tail, x + 1, n - x)];
  });
}

/** Jeffreys interval with the edge rule of Brown, Cai & DasGupta 2001 (doi:10.1214/ss/1009213286). */
export function jeffreys(x: number, n: number, level = 0.95): IntervalOutcome {
  return proportionInterval("jeffreys", x, n, level, () => {
    const tail = (1 - level) / 2;
    return [betaQuantile(tail, x + 0.5, n - x + 0.5), betaUpperQuantile(tail, x + 0.5, n - x + 0.5)];
  });
}

/** Agresti-Coull interval (1998, doi:10.1080/00031305.1998.10480550), clipped to [0, 1]. */
export function agrestiCoull(x: number, n: number, level = 0.95): IntervalOutcome {
  return proportionInterval("agresti_coull", x, n, level, () => {
    const z = zOfLevel(level);
    const size = n + z * z;
    const centre = (x + (z * z) / 2) / size;
    const half = z * Math.sqrt((centre * (1 - centre)) / size);
    return [centre - half, centre + half];
  });
}

/** Root of a monotone function of the logit of p, by bisection. */
function solveOnLogit(rises: boolean, f: (p: number) => number): number {
  let low = -745;
  let high = 745;
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    const t = Math.exp(-Math.abs(middle));
    const p = middle < 0 ? t / (1 + t) : 1 / (1 + t);
    if (f(p) < 0 === rises) low = middle;
    else high = middle;
  }
  return 1 / (1 + Math.exp(-(low + high) / 2));
}

/** Mid-p interval (Lancaster 1961; Berry & Armitage 1995): tails with half the probability of x itself. */
export function midP(x: number, n: number, level = 0.95): IntervalOutcome {
  return proportionInterval("midp", x, n, level, () => {
    const tail = (1 - level) / 2;
    // P(X > x) + ½ P(X = x) = (P(X > x) + P(X >= x)) / 2
    const above = (p: number): number => (betaTails(p, x + 1, n - x).lower + betaTails(p, x, n - x + 1).lower) / 2;
    const below = (p: number): number => (betaTails(p, x + 1, n - x).upper + betaTails(p, x, n - x + 1).upper) / 2;
    const low = x === 0 ? 0 : x === n ? Math.exp(Math.log(2 * tail) / n) : solveOnLogit(true, (p) => above(p) - tail);
    const high =
      x === n ? 1 : x === 0 ? -Math.expm1(Math.log(2 * tail) / n) : solveOnLogit(false, (p) => below(p) - tail);
    return [low, high];
  });
}

export type Alternative = "two-sided" | "less" | "greater";
const alternatives: readonly Alternative[] = ["two-sided", "less", "greater"];

/**
 * Exact binomial test of p = p0. Two-sided: all outcomes that are at most as probable as x (times 1 + 1e-7, so that
 * outcomes of equal probability count).
 */
export function binomialTest(
  x: number,
  n: number,
  p0: number,
  alternative: Alternative = "two-sided",
): Outcome<{ p: number }> & { ok: true } {
  requireArgument(Number.isSafeInteger(x) && Number.isSafeInteger(n), `binomialTest: ${x} of ${n} are not counts`);
  requireProportion(x, n, 0.5);
  requireName(alternative, alternatives, "alternative");
  requireArgument(p0 >= 0 && p0 <= 1, `binomialTest: p0 ${p0} is not a probability`);
  if (n === 0) return estimated({ p: 1 }, "no-data");
  if (alternative === "less") return estimated({ p: binomialTails(x, n, p0).lower });
  if (alternative === "greater") return estimated({ p: binomialTails(x - 1, n, p0).upper });
  const limit = binomialPmf(x, n, p0) * (1 + 1e-7);
  const mean = n * p0;
  // The probabilities fall on either side of the mode: search the other side for the first that is small enough. At the
  // mode itself both tails hold x, and more than 1 together.
  const mode = Math.min(n, Math.floor((n + 1) * p0));
  if (x < mean) {
    let low = mode;
    let high = n + 1;
    while (low < high) {
      const middle = low + Math.floor((high - low) / 2);
      if (binomialPmf(middle, n, p0) <= limit) high = middle;
      else low = middle + 1;
    }
    return estimated({ p: Math.min(1, binomialTails(x, n, p0).lower + binomialTails(low - 1, n, p0).upper) });
  }
  let low = -1;
  let high = mode;
  while (low < high) {
    const middle = low + Math.ceil((high - low) / 2);
    if (binomialPmf(middle, n, p0) <= limit) low = middle;
    else high = middle - 1;
  }
  return estimated({ p: Math.min(1, binomialTails(low, n, p0).lower + binomialTails(x - 1, n, p0).upper) });
}

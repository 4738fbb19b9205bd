/** Counts and rates: Poisson limits, over-dispersed counts by patient, differences and ratios of two rates. */
import { gammaQuantile, gammaTails } from "./gamma.js";
import { zOfLevel } from "./normal.js";
import {
  estimated,
  notEstimable,
  requireArgument,
  requireCounts,
  requireLevel,
  requireName,
  type IntervalOutcome,
  type NotEstimable,
  type Outcome,
} from "./outcome.js";
import { binomialTest, clopperPearson } from "./proportion.js";
import { fallingRoot } from "./root.js";
import { studentQuantile } from "./student-fisher.js";
import { neumaierSum } from "./summation.js";

/** A count needs exposure, of a size with which rates and their products are numbers; none of both is no data. */
function requireCountOf(count: number, exposure: number): void {
  requireCounts([count], "rate");
  const possible = (exposure >= 1e-75 && exposure <= 1e75) || (exposure === 0 && count === 0);
  requireArgument(possible, `rate: ${count} with exposure ${exposure}`);
}

function requireRate(count: number, exposure: number, level: number): void {
  requireCountOf(count, exposure);
  requireLevel(level);
}

const wholeRate = (method: string, level: number): IntervalOutcome & { ok: true } =>
  estimated({ low: 0, high: Infinity, level, method }, "no-data");

/** Exact interval of a Poisson rate (Garwood 1936, doi:10.1093/biomet/28.3-4.437); no exposure gives [0, Infinity]. */
export function garwood(count: number, exposure: number, level = 0.95): IntervalOutcome & { ok: true } {
  requireRate(count, exposure, level);
  if (exposure === 0) return wholeRate("poisson_garwood", level);
  const tail = (1 - level) / 2;
  const low = count === 0 ? 0 : gammaQuantile(tail, count) / exposure;
  const high = gammaQuantile(tail, count + 1, "upper") / exposure;
  return estimated({ low, high, level, method: "poisson_garwood" });
}

/** Mid-p interval of a Poisson rate: tails with half the probability of the count itself. */
export function poissonMidP(count: number, exposure: number, level = 0.95): IntervalOutcome & { ok: true } {
  requireRate(count, exposure, level);
  if (exposure === 0) return wholeRate("poisson_midp", level);
  const tail = (1 - level) / 2;
  // P(X > c) + ½ P(X = c) = (P(X > c) + P(X >= c)) / 2 with P(X > c) = P(Gamma(c + 1) <= mean)
  const above = (mean: number): number => (gammaTails(mean, count + 1).lower + gammaTails(mean, count).lower) / 2;
  const below = (mean: number): number => (gammaTails(mean, count + 1).upper + gammaTails(mean, count).upper) / 2;
  const centre = Math.log(Math.max(count, 1));
  const low = count === 0 ? 0 : Math.exp(fallingRoot(centre - 40, centre + 2, (u) => tail - above(Math.exp(u))));
  const high =
    count === 0
      ? -Math.log(2 * tail)
      : Math.exp(fallingRoot(centre - 2, centre + 10, (u) => below(Math.exp(u)) - tail));
  return estimated({ low: low / exposure, high: high / exposure, level, method: "poisson_midp" });
}

/**
 * Over-dispersed counts (false positives by patient): mean per unit of exposure, dispersion φ by Pearson, interval
 * mean · exp(± k sqrt(φ/Σ counts)) with k from t (default) or z; equals R's glm(quasipoisson) with an offset.
 * `exposures`: cases of each patient, 1 each when left out; who has none is left out.
 * All counts 0: Garwood's upper limit on the number of patients, flag `exact-substitute`.
 */
export function quasiPoisson(
  counts: ArrayLike<number>,
  exposures: ArrayLike<number> | null = null,
  level = 0.95,
  by: "t" | "z" = "t",
): Outcome<{ mean: number; dispersion: number | NotEstimable; interval: IntervalOutcome }> {
  requireLevel(level);
  requireName(by, ["t", "z"], "by");
  requireArgument(
    exposures === null || exposures.length === counts.length,
    `length-mismatch: ${counts.length} counts and their exposures`,
  );
  const kept: { count: number; exposure: number }[] = [];
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i] as number;
    const own = exposures === null ? 1 : (exposures[i] as number);
    requireCountOf(count, own);
    if (own > 0) kept.push({ count, exposure: own });
  }
  const units = kept.length;
  if (units === 0) return notEstimable("no-data");
  const total = neumaierSum(kept.map(({ count }) => count));
  const exposure = neumaierSum(kept.map((unit) => unit.exposure));
  const mean = total / exposure;
  if (units === 1) {
    return estimated({ mean, dispersion: notEstimable("too-few"), interval: notEstimable("too-few") });
  }
  const method = `quasipoisson_log_${by}`;
  if (total === 0) {
    // Nothing is known about the dispersion: patients are counted, not their cases.
    const limits = garwood(0, Math.min(units, exposure), level);
    const interval = estimated(
      { low: limits.low, high: limits.high, level, method: limits.method },
      "exact-substitute",
    );
    return estimated({ mean, dispersion: notEstimable("zero-denominator"), interval }, "exact-substitute");
  }
  const squares = kept.map((unit) => {
    // counts - exposure · total/Σexposure, exactly 0 where the rates are equal
    const residual = (unit.count * exposure - unit.exposure * total) / exposure;
    return (residual * residual) / unit.exposure;
  });
  const dispersion = neumaierSum(squares) / ((units - 1) * mean);
  // Equal rates leave the rounding of the products: a share of each count.
  if (dispersion <= 1e-26 * total) return estimated({ mean, dispersion: 0, interval: notEstimable("zero-variance") });
  const tail = (1 - level) / 2;
  const k = by === "t" ? studentQuantile(tail, units - 1, "upper") : zOfLevel(level);
  const spread = k * Math.sqrt(dispersion / total);
  const [low, high] = [mean * Math.exp(-spread), mean * Math.exp(spread)];
  // A spread beyond all numbers, or exposures whose products are none.
  const interval = low > 0 && high < Infinity ? estimated({ low, high, level, method }) : notEstimable("no-solution");
  return estimated({ mean, dispersion, interval });
}

/** Score interval of the rate difference x1/t1 - x2/t2. */
export function rateDifference(
  x1: number,
  t1: number,
  x2: number,
  t2: number,
  level = 0.95,
): Outcome<{ difference: number; interval: IntervalOutcome }> {
  requireRate(x1, t1, level);
  requireRate(x2, t2, level);
  if (t1 === 0 || t2 === 0) return notEstimable("no-data");
  const difference = x1 / t1 - x2 / t2;
  const z = zOfLevel(level);
  const total = t1 + t2;
  const score = (delta: number): number => {
    const linear = total * delta - x1 - x2;
    const root = Math.sqrt(linear * linear + 4 * total * x2 * delta);
    const rate2 = Math.max(linear > 0 ? (2 * x2 * delta) / (linear + root) : (root - linear) / (2 * total), 0, -delta);
    const rate1 = Math.max(0, rate2 + delta);
    const variance = rate1 / t1 + rate2 / t2;
    // Positive but where nothing was counted and delta is 0, which no root is.
    return (difference - delta) / Math.sqrt(variance);
  };
  let step = Math.max(1 / t1, 1 / t2, Math.abs(difference));
  while (score(difference - step) < z || score(difference + step) > -z) step *= 2;
  const low = fallingRoot(difference - step, difference, (delta) => score(delta) - z);
  const high = fallingRoot(difference, difference + step, (delta) => score(delta) + z);
  return estimated({ difference, interval: estimated({ low, high, level, method: "rate_diff_score" }) });
}

function rateRatio(x1: number, t1: number, x2: number, t2: number): number | NotEstimable {
  if (x2 > 0) return x1 / t1 / (x2 / t2);
  return x1 > 0 ? Infinity : notEstimable("zero-denominator");
}

type RatioOutcome = Outcome<{ ratio: number | NotEstimable; interval: IntervalOutcome }>;

/** Exact conditional interval of the rate ratio: Clopper-Pearson on x1 of x1 + x2, transformed. */
export function rateRatioExact(x1: number, t1: number, x2: number, t2: number, level = 0.95): RatioOutcome {
  requireRate(x1, t1, level);
  requireRate(x2, t2, level);
  if (t1 === 0 || t2 === 0) return notEstimable("no-data");
  const first = clopperPearson(x1, x1 + x2, level);
  // The mirrored interval keeps the digits of 1 - limit.
  const second = clopperPearson(x2, x1 + x2, level);
  const low = first.low === 0 ? 0 : ((t2 / t1) * first.low) / second.high;
  const high = ((t2 / t1) * first.high) / second.low;
  return estimated({
    ratio: rateRatio(x1, t1, x2, t2),
    interval: estimated({ low, high, level, method: "rate_ratio_exact" }),
  });
}

/** Log interval of the rate ratio. */
export function rateRatioLog(x1: number, t1: number, x2: number, t2: number, level = 0.95): RatioOutcome {
  requireRate(x1, t1, level);
  requireRate(x2, t2, level);
  if (t1 === 0 || t2 === 0) return notEstimable("no-data");
  const ratio = rateRatio(x1, t1, x2, t2);
  if (x1 === 0 || x2 === 0 || typeof ratio !== "number")
    return estimated({ ratio, interval: notEstimable("zero-cell") });
  const factor = Math.exp(zOfLevel(level) * Math.sqrt(1 / x1 + 1 / x2));
  const interval = estimated({ low: ratio / factor, high: ratio * factor, level, method: "rate_ratio_log" });
  return estimated({ ratio, interval });
}

/** Exact conditional test of equal rates. */
export function rateRatioTest(x1: number, t1: number, x2: number, t2: number): Outcome<{ p: number }> {
  requireRate(x1, t1, 0.5);
  requireRate(x2, t2, 0.5);
  if (t1 === 0 || t2 === 0) return notEstimable("no-data");
  return estimated({ p: binomialTest(x1, x1 + x2, t1 / (t1 + t2)).p });
}

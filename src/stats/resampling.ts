/**
 * Bootstrap over patients: how often each patient is drawn in a replicate (the same on any number of workers), and
 * intervals from replicates. A replicate without a value is NaN in the array of replicates and is left out and counted.
 */
import { normalCdf, normalQuantile, zOfLevel } from "./normal.js";
import { sortedNumbers } from "./order.js";
import {
  estimated,
  notEstimable,
  requireArgument,
  requireLevel,
  requireMeasured,
  type IntervalOutcome,
  type NotEstimable,
  type Outcome,
} from "./outcome.js";
import { mostWords, philoxWords } from "./philox-words.js";
import { RandomStream, streamOf } from "./random.js";
import { mean, sumOfSquares } from "./summation.js";

const { words, fill } = philoxWords();

/**
 * Multinomial counts of one bootstrap replicate: `out[i]` says how often patient i is drawn in `patients` draws with
 * replacement. A function of (seed, stream, replicate) alone. Up to 65,536 patients a draw takes 16 bits (low half of a
 * word first), above that 32; both without bias (Lemire 2019, doi:10.1145/3230636).
 */
export function patientWeights(
  seed: bigint,
  stream: string,
  replicate: number,
  patients: number,
  out: Uint16Array,
): void {
  requireArgument(
    Number.isSafeInteger(patients) && patients >= 1 && patients <= out.length,
    `patientWeights: ${patients} patients, room for ${out.length}`,
  );
  out.fill(0, 0, patients);
  const number = streamOf(stream, replicate);
  if (patients > 65536) {
    const random = new RandomStream(seed, number);
    for (let i = 0; i < patients; i++) out[random.below(patients)]! += 1;
    return;
  }
  const key0 = Number(seed & 0xffffffffn);
  const key1 = Number((seed >> 32n) & 0xffffffffn);
  const stream0 = Number(number & 0xffffffffn);
  const stream1 = Number(number >> 32n);
  const threshold = 65536 % patients;
  let block = 0;
  let left = patients;
  while (left > 0) {
    // Sixteen words hold 32 draws. Mostly that is all; what is refused takes another round.
    const count = Math.min(mostWords, 16 * Math.ceil(left / 32));
    fill(block, stream0, stream1, key0, key1, count);
    block += count / 4;
    // As long as two draws a word cannot be too many, a draw is refused by adding 0: a branch would often be guessed wrong.
    const safe = Math.min(count, left >>> 1);
    for (let i = 0; i < safe; i++) {
      const word = words[i] as number;
      const first = Math.imul(word & 0xffff, patients);
      const second = Math.imul(word >>> 16, patients);
      const takesFirst = 1 + (((first & 0xffff) - threshold) >> 31);
      const takesSecond = 1 + (((second & 0xffff) - threshold) >> 31);
      out[first >>> 16]! += takesFirst;
      out[second >>> 16]! += takesSecond;
      left -= takesFirst + takesSecond;
    }
    for (let half = 2 * safe; half < 2 * count && left > 0; half++) {
      const word = words[half >> 1] as number;
      const draw = Math.imul(half & 1 ? word >>> 16 : word & 0xffff, patients);
      if ((draw & 0xffff) < threshold) continue;
      out[draw >>> 16]! += 1;
      left--;
    }
  }
}

/** Quantile of sorted values by linear interpolation at (n - 1)p (type 7 of Hyndman & Fan 1996); n >= 1. */
export function quantileOfSorted(sorted: ArrayLike<number>, p: number): number {
  requireArgument(sorted.length > 0 && p >= 0 && p <= 1, `quantile ${p} of ${sorted.length} values`);
  const position = (sorted.length - 1) * p;
  const below = Math.floor(position);
  const low = sorted[below] as number;
  const share = position - below;
  if (share === 0) return low;
  const high = sorted[below + 1] as number;
  return low === high ? low : low + (high - low) * share;
}

/** Replicates that have a value, sorted. */
function validReplicates(replicates: ArrayLike<number>): Float64Array {
  let count = 0;
  const valid = new Float64Array(replicates.length);
  for (let i = 0; i < replicates.length; i++) {
    const value = replicates[i] as number;
    if (!Number.isNaN(value)) valid[count++] = value;
  }
  return sortedNumbers(valid.subarray(0, count));
}

/** Fewer valid replicates than this share give no interval. */
const leastShare = 0.5;
/** More replicates left out than this share are flagged. */
const flaggedShare = 0.01;

function fromReplicates(
  method: string,
  level: number,
  total: number,
  valid: number,
  low: number,
  high: number,
): IntervalOutcome {
  // Equal replicates are so but for the order in which their sums were rounded.
  if (!(high - low > 1e-12 * Math.abs(low))) return notEstimable("zero-variance");
  const interval = { low, high, level, method };
  return total - valid > flaggedShare * total ? estimated(interval, "degenerate-replicates") : estimated(interval);
}

/**
 * Percentile interval. `zero-variance` where it has no width but by rounding; `resampling-degenerate` where less than half of the
 * replicates have a value; flag `degenerate-replicates` where more than 1 % have none.
 */
export function percentileInterval(replicates: ArrayLike<number>, level = 0.95): IntervalOutcome {
  requireLevel(level);
  const sorted = validReplicates(replicates);
  const total = replicates.length;
  if (total === 0) return notEstimable("no-data");
  if (sorted.length < 2 || sorted.length < leastShare * total) return notEstimable("resampling-degenerate");
  const tail = (1 - level) / 2;
  const low = quantileOfSorted(sorted, tail);
  const high = quantileOfSorted(sorted, 1 - tail);
  return fromReplicates("bootstrap_percentile", level, total, sorted.length, low, high);
}

/**
 * Bootstrap p-values of H0: difference = `under` from replicates of the difference; the observed data count as one more
 * replicate on either side, so that p is never 0 (Davison & Hinkley 1997, section 4.2). `greater`: H1 difference > under.
 */
export function bootstrapTest(
  replicates: ArrayLike<number>,
  under = 0,
): Outcome<{ twoSided: number; greater: number; less: number; valid: number }> {
  const sorted = validReplicates(replicates);
  const total = replicates.length;
  const valid = sorted.length;
  if (total === 0) return notEstimable("no-data");
  if (valid < 2 || valid < leastShare * total) return notEstimable("resampling-degenerate");
  let atMost = 0;
  let atLeast = 0;
  for (const value of sorted) {
    if (value <= under) atMost++;
    if (value >= under) atLeast++;
  }
  const greater = (atMost + 1) / (valid + 1);
  const less = (atLeast + 1) / (valid + 1);
  const values = { twoSided: Math.min(1, 2 * Math.min(greater, less)), greater, less, valid };
  return total - valid > flaggedShare * total ? estimated(values, "degenerate-replicates") : estimated(values);
}

export interface BootstrapSummary {
  /** Replicates with a value, and without. */
  valid: number;
  degenerate: number;
  /** Standard deviation of the replicates, divisor B - 1. */
  se: number;
  percentile: IntervalOutcome;
  /** 2 estimate - percentile ends swapped; not clipped. */
  basic: IntervalOutcome;
  /** Bias correction and acceleration; z0 is not estimable where all replicates lie on one side. */
  z0: number | NotEstimable;
  acceleration: number;
  /** Probabilities at which the BCa ends are read off. */
  bcaProbabilities: [number, number] | NotEstimable;
  bca: IntervalOutcome;
}

/**
 * Percentile, basic and BCa intervals (Efron 1987, doi:10.1080/01621459.1987.10478410). `jackknife` holds the estimate
 * without each unit that is resampled; those without a value (NaN) are left out, as replicates without one are.
 * Replicates are compared with the estimate as they are: give both on an exact scale (2U rather than AUC), or ties are lost.
 */
export function bootstrapSummary(
  estimate: number,
  replicates: ArrayLike<number>,
  jackknife: ArrayLike<number>,
  level = 0.95,
): BootstrapSummary | NotEstimable {
  requireLevel(level);
  requireMeasured(estimate, "bootstrap: estimate");
  const total = replicates.length;
  const sorted = validReplicates(replicates);
  for (const value of sorted) requireMeasured(value, "bootstrap: replicate");
  const valid = sorted.length;
  if (total === 0) return notEstimable("no-data");
  if (valid < 2 || valid < leastShare * total) return notEstimable("resampling-degenerate");
  const percentile = percentileInterval(replicates, level);
  const basic = percentile.ok
    ? fromReplicates(
        "bootstrap_basic",
        level,
        total,
        valid,
        2 * estimate - percentile.high,
        2 * estimate - percentile.low,
      )
    : percentile;
  const se = sorted[0] === sorted[valid - 1] ? 0 : Math.sqrt(sumOfSquares(sorted, mean(sorted)) / (valid - 1));
  let below = 0;
  let equal = 0;
  for (const value of sorted) {
    if (value < estimate) below++;
    else if (value === estimate) equal++;
  }
  const share = (2 * below + equal) / (2 * valid);
  const left = Float64Array.from(jackknife).filter((value) => !Number.isNaN(value));
  for (const value of left) requireMeasured(value, "bootstrap: jackknife");
  const centre = mean(left);
  let cubes = 0;
  let squares = 0;
  for (const value of left) {
    const d = centre - value;
    squares += d * d;
    cubes += d * d * d;
  }
  const acceleration = squares === 0 ? 0 : cubes / (6 * squares * Math.sqrt(squares));
  const rest = { valid, degenerate: total - valid, se, percentile, basic, acceleration };
  if (share === 0 || share === 1) {
    const none = notEstimable("resampling-degenerate");
    return { ...rest, z0: none, bcaProbabilities: none, bca: none };
  }
  const z0 = normalQuantile(share);
  const z = zOfLevel(level);
  const at = (u: number): number => normalCdf(z0 + (z0 + u) / (1 - acceleration * (z0 + u)));
  const bcaProbabilities: [number, number] = [at(-z), at(z)];
  const [low, high] = bcaProbabilities.map((p) => quantileOfSorted(sorted, p)) as [number, number];
  return { ...rest, z0, bcaProbabilities, bca: fromReplicates("bootstrap_bca", level, total, valid, low, high) };
}

/**
 * A statistic on stored resamples, so that every implementation gives the same digits.
 * @param units number of units that are resampled: rows, or clusters whose rows the statistic takes together
 * @param resamples for each replicate the numbers (from 0) of the units drawn, in any scheme: plain, stratified, clustered
 * @param statistic of a list of units, NaN where it has no value; on an exact scale (see {@link bootstrapSummary})
 */
export function bootstrapResamples(
  units: number,
  resamples: readonly (readonly number[])[],
  statistic: (drawn: readonly number[]) => number,
  level = 0.95,
): Outcome<BootstrapSummary & { estimate: number; replicates: Float64Array; jackknife: Float64Array }> {
  requireArgument(Number.isSafeInteger(units) && units >= 0, `bootstrap: ${units} units`);
  for (const drawn of resamples) {
    const inside = drawn.every((unit) => Number.isInteger(unit) && unit >= 0 && unit < units);
    requireArgument(inside, `bootstrap: a resample names a unit that is none of ${units}`);
  }
  if (units === 0) return notEstimable("no-data");
  const all = Array.from({ length: units }, (_, unit) => unit);
  const estimate = statistic(all);
  if (Number.isNaN(estimate)) return notEstimable("resampling-degenerate");
  const replicates = Float64Array.from(resamples, (drawn) => statistic(drawn));
  const jackknife = Float64Array.from(all, (out) => statistic(all.filter((unit) => unit !== out)));
  const summary = bootstrapSummary(estimate, replicates, jackknife, level);
  return "reason" in summary ? summary : estimated({ ...summary, estimate, replicates, jackknife });
}

/**
 * Exact sign-flip test of paired differences: all 2^n patterns (n <= 20), the observed one included, so that the smallest
 * two-sided p is 2/2^n. Sums are compared with a tolerance for rounding.
 */
export function signFlipTest(differences: readonly number[]): {
  total: number;
  twoSided: number;
  greater: number;
  less: number;
} {
  const n = differences.length;
  requireArgument(n <= 20, `sign flip: ${n} differences, 20 at most`);
  for (const difference of differences) requireMeasured(difference, "sign flip:");
  const sum = (signs: number): number => differences.reduce((s, d, i) => s + ((signs >> i) & 1 ? -d : d), 0);
  const observed = sum(0);
  const tolerance = 1e-12 * differences.reduce((s, d) => s + Math.abs(d), 0);
  const counts = { total: 1 << n, twoSided: 0, greater: 0, less: 0 };
  for (let signs = 0; signs < counts.total; signs++) {
    const value = sum(signs);
    if (Math.abs(value) >= Math.abs(observed) - tolerance) counts.twoSided++;
    if (value >= observed - tolerance) counts.greater++;
    if (value <= observed + tolerance) counts.less++;
  }
  return counts;
}

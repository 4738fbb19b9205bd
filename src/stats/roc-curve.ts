/** Empirical ROC curve: operating points, what can be read off them, average precision, partial area. */
import { splitByLabel } from "./auc.js";
import { sortedNumbers } from "./order.js";
import { estimated, notEstimable, requireArgument, requireName, type Outcome } from "./outcome.js";

/** Operating points by falling threshold; the first is "above all scores" (threshold Infinity, nothing called). */
export interface RocPoints {
  thresholds: Float64Array;
  /** Positives and negatives with score >= threshold. */
  tp: Float64Array;
  fp: Float64Array;
  positives: number;
  negatives: number;
}

/** One point per distinct score. `labels` 0 or 1; refuses what {@link splitByLabel} refuses. */
export function rocPoints(labels: ArrayLike<number>, scores: ArrayLike<number>): RocPoints {
  const split = splitByLabel(labels, scores);
  const positives = sortedNumbers(split.positives);
  const negatives = sortedNumbers(split.negatives);
  const m = positives.length;
  const n = negatives.length;
  const thresholds = new Float64Array(m + n + 1);
  const tp = new Float64Array(m + n + 1);
  const fp = new Float64Array(m + n + 1);
  thresholds[0] = Infinity;
  let count = 1;
  let i = m - 1;
  let j = n - 1;
  while (i >= 0 || j >= 0) {
    const x = i >= 0 ? (positives[i] as number) : -Infinity;
    const y = j >= 0 ? (negatives[j] as number) : -Infinity;
    const threshold = Math.max(x, y);
    while (i >= 0 && positives[i] === threshold) i--;
    while (j >= 0 && negatives[j] === threshold) j--;
    thresholds[count] = threshold;
    tp[count] = m - 1 - i;
    fp[count] = n - 1 - j;
    count++;
  }
  const cut = (values: Float64Array): Float64Array => values.slice(0, count);
  return { thresholds: cut(thresholds), tp: cut(tp), fp: cut(fp), positives: m, negatives: n };
}

function undefinedCurve(points: RocPoints): ReturnType<typeof notEstimable> | null {
  if (points.positives + points.negatives === 0) return notEstimable("no-data");
  if (points.positives === 0) return notEstimable("no-positives");
  return points.negatives === 0 ? notEstimable("no-negatives") : null;
}

/** Cumulative counts by falling threshold, as {@link RocPoints} or as weighted sums over resampled cases. */
export type RocCounts = Pick<RocPoints, "tp" | "fp" | "positives" | "negatives">;

/** Targets are decimals: 9/10 reaches 0.9 although the double 0.9 may lie above. */
const reaches = (count: number, total: number, target: number): boolean => count >= target * total - 1e-12 * total;

function requireTarget(target: number): void {
  requireArgument(target >= 0 && target <= 1, `target: ${target} is not between 0 and 1`);
}

export interface OperatingPoint {
  /** Infinity: above all scores. */
  threshold: number;
  sensitivity: number;
  specificity: number;
}

function pointAt(points: RocPoints, k: number): OperatingPoint {
  return {
    threshold: points.thresholds[k] as number,
    sensitivity: (points.tp[k] as number) / points.positives,
    specificity: (points.negatives - (points.fp[k] as number)) / points.negatives,
  };
}

/** Height of the polyline (x, y) at abscissa `at`, upper end on a vertical part; x rises, in [0, 1] fractions. */
function heightAt(x: Float64Array, y: Float64Array, xMax: number, yMax: number, at: number): number {
  const target = at * xMax;
  let k = 0;
  const guard = 1e-12 * xMax;
  while ((x[k + 1] as number) <= target + guard) k++;
  const left = x[k] as number;
  // So ends the last point as well, whose abscissa is xMax.
  if (target - left <= guard) return (y[k] as number) / yMax;
  const width = (x[k + 1] as number) - left;
  const rise = (y[k + 1] as number) - (y[k] as number);
  return ((y[k] as number) + (rise * (target - left)) / width) / yMax;
}

/** Index of the point that {@link sensitivityAtSpecificity} reads. Both classes have a case. */
export function pointAtSpecificity({ tp, fp, negatives }: RocCounts, target: number): number {
  let best = 0;
  for (let k = 1; k < tp.length; k++) {
    if (!reaches(negatives - (fp[k] as number), negatives, target)) break;
    if ((tp[k] as number) > (tp[best] as number)) best = k;
  }
  return best;
}

/** Index of the point that {@link specificityAtSensitivity} reads. Both classes have a case. */
export function pointAtSensitivity({ tp, positives }: RocCounts, target: number): number {
  let k = 0;
  while (!reaches(tp[k] as number, positives, target)) k++;
  return k;
}

/**
 * Greatest sensitivity among attained points with specificity >= target (the first of them from the top), and by linear
 * interpolation of the curve.
 */
export function sensitivityAtSpecificity(
  points: RocPoints,
  target: number,
): Outcome<OperatingPoint & { linear: number }> {
  requireTarget(target);
  const none = undefinedCurve(points);
  if (none !== null) return none;
  const best = pointAtSpecificity(points, target);
  const linear = heightAt(points.fp, points.tp, points.negatives, points.positives, 1 - target);
  return estimated({ ...pointAt(points, best), linear });
}

/** Specificity at the first point from the top whose sensitivity reaches the target, and by linear interpolation. */
export function specificityAtSensitivity(
  points: RocPoints,
  target: number,
): Outcome<OperatingPoint & { linear: number }> {
  requireTarget(target);
  const none = undefinedCurve(points);
  if (none !== null) return none;
  const k = pointAtSensitivity(points, target);
  // The polyline by sensitivity: on a horizontal part of the curve its left end, which is the first point there.
  const tp = points.tp[k] as number;
  let fp = points.fp[k] as number;
  if (k > 0) {
    const before = points.tp[k - 1] as number;
    const wanted = Math.min(tp, target * points.positives);
    const share = (wanted - before) / (tp - before);
    const fpBefore = points.fp[k - 1] as number;
    fp = share > 1 - 1e-12 ? fp : fpBefore + (fp - fpBefore) * share;
  }
  return estimated({ ...pointAt(points, k), linear: (points.negatives - fp) / points.negatives });
}

/** Greatest sensitivity + specificity - 1 and every point that reaches it, highest threshold first. */
export function youden(points: RocPoints): Outcome<{ j: number; points: OperatingPoint[] }> {
  const none = undefinedCurve(points);
  if (none !== null) return none;
  const { tp, fp, positives, negatives } = points;
  // tp/m - fp/n compared as integers
  let best = 0;
  for (let k = 1; k < tp.length; k++) {
    best = Math.max(best, (tp[k] as number) * negatives - (fp[k] as number) * positives);
  }
  const reached: OperatingPoint[] = [];
  for (let k = 0; k < tp.length; k++) {
    if ((tp[k] as number) * negatives - (fp[k] as number) * positives === best) reached.push(pointAt(points, k));
  }
  return estimated({ j: best / positives / negatives, points: reached });
}

/** The value of {@link averagePrecision}; NaN without positives. */
export function precisionArea({ tp, fp, positives }: RocCounts): number {
  let sum = 0;
  for (let k = 1; k < tp.length; k++) {
    const called = tp[k] as number;
    const gained = called - (tp[k - 1] as number);
    if (gained > 0) sum += gained * (called / (called + (fp[k] as number)));
  }
  return sum / positives;
}

/** Average precision Σ (R_k - R_{k-1}) P_k over distinct thresholds, without interpolation. */
export function averagePrecision(
  points: RocPoints,
): Outcome<{ value: number; precision: Float64Array; recall: Float64Array }> {
  const { tp, fp, positives, negatives } = points;
  if (positives + negatives === 0) return notEstimable("no-data");
  if (positives === 0) return notEstimable("no-positives");
  const precision = new Float64Array(tp.length - 1);
  const recall = new Float64Array(tp.length - 1);
  for (let k = 1; k < tp.length; k++) {
    const called = tp[k] as number;
    precision[k - 1] = called / (called + (fp[k] as number));
    recall[k - 1] = called / positives;
  }
  return estimated({ value: precisionArea(points), precision, recall });
}

/**
 * Area under the polyline over a range of false positive rates; over a range of sensitivities (`tpr`) it is read with the
 * axes (1 - tpr, 1 - fpr), from its other end. Both classes have a case.
 */
export function areaBetween(
  { tp, fp, positives, negatives }: RocCounts,
  axis: "fpr" | "tpr",
  from: number,
  to: number,
): number {
  const flip = axis === "tpr";
  const low = flip ? 1 - to : from;
  const high = flip ? 1 - from : to;
  const last = tp.length - 1;
  let area = 0;
  let x0 = 0;
  let y0 = 0;
  for (let k = 1; k <= last; k++) {
    const tpr = (tp[flip ? last - k : k] as number) / positives;
    const fpr = (fp[flip ? last - k : k] as number) / negatives;
    const x1 = flip ? 1 - tpr : fpr;
    const y1 = flip ? 1 - fpr : tpr;
    const left = Math.max(x0, low);
    const right = Math.min(x1, high);
    if (left < right) {
      const slope = (y1 - y0) / (x1 - x0);
      area += ((right - left) * (y0 + slope * (left - x0) + y0 + slope * (right - x0))) / 2;
    }
    x0 = x1;
    y0 = y1;
  }
  return area;
}

/**
 * Partial area (McClish 1989, doi:10.1177/0272989X8900900307): over a range of false positive rates, or (`axis` "tpr")
 * the integral of specificity over a range of sensitivities. `corrected` runs from 0.5 (chance) to 1.
 */
export function partialAuc(
  points: RocPoints,
  axis: "fpr" | "tpr",
  [from, to]: readonly [number, number],
): Outcome<{ area: number; corrected: number; min: number; max: number }> {
  requireName(axis, ["fpr", "tpr"], "axis");
  const flip = axis === "tpr";
  const low = flip ? 1 - to : from;
  const high = flip ? 1 - from : to;
  const min = ((high - low) * (high + low)) / 2;
  const max = high - low;
  // A range so narrow that rounding leaves nothing between the chance line and 1 is empty as well.
  requireArgument(from >= 0 && to <= 1 && from < to && min < max, `empty-range: ${from} to ${to}`);
  const none = undefinedCurve(points);
  if (none !== null) return none;
  const area = areaBetween(points, axis, from, to);
  return estimated({ area, corrected: correctedArea(area, min, max), min, max });
}

/** McClish's correction: 0.5 for the area under the chance line, 1 for the highest area. */
export function correctedArea(area: number, min: number, max: number): number {
  return 0.5 * (1 + (area - min) / (max - min));
}

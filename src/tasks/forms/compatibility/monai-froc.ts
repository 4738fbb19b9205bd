/**
 * The FROC of MONAI 1.6.1 (`compute_froc_curve_data`, `compute_froc_score`; after CAMELYON16, Ehteshami Bejnordi et al.
 * 2017, doi:10.1001/jama.2017.14585): missed lesions carry the score 0, hits single precision, the lowest score of all is no
 * threshold, and the curve is read by linear interpolation.
 */
import { fail } from "../../../contract/errors.js";
import type { FrocCounts } from "./events.js";

/** Points as the peer lists them, from the lowest threshold to above all scores. NaN without lesions or images. */
export interface MonaiCurve {
  readonly falsePositivesPerImage: readonly number[];
  readonly sensitivity: readonly number[];
}

/** @throws STATISTICS_ARGUMENT for a score that is NaN */
export function monaiFroc({ lesions, falsePositives, cases }: FrocCounts): MonaiCurve {
  if ([...lesions, ...falsePositives].some(Number.isNaN))
    fail("STATISTICS_ARGUMENT", "non-finite-score: a score is NaN");
  const hits = lesions.map((score) => (score === -Infinity ? 0 : Math.fround(score)));
  const thresholds = [...new Set([...falsePositives, ...hits])].sort((a, b) => a - b).slice(1);
  const from = (scores: readonly number[], threshold: number) => scores.filter((score) => score >= threshold).length;
  return {
    falsePositivesPerImage: [...thresholds.map((at) => from(falsePositives, at)), 0].map((count) => count / cases),
    sensitivity: [...thresholds.map((at) => from(hits, at)), 0].map((count) => count / lesions.length),
  };
}

/** Sensitivity at a rate of false positives per image: linear between points, the upper end of vertical steps, level beyond. */
export function monaiSensitivity({ falsePositivesPerImage: x, sensitivity: y }: MonaiCurve, limit: number): number {
  // The last point listed (no marks) has the smallest rate.
  const at = x.findIndex((value) => value <= limit);
  // Without images no rate is a number.
  if (at === -1) return Number.NaN;
  const [left, low] = [x[at] as number, y[at] as number];
  if (at === 0) return low;
  const [right, high] = [x[at - 1] as number, y[at - 1] as number];
  return low + ((high - low) / (right - left)) * (limit - left);
}

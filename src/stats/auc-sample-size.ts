/** How many positive and negative cases an AUC needs: for a width, against a value, for two products on the same cases. */
import { hanleyMcNeilSe } from "./auc.js";
import { normalQuantile, zOfLevel } from "./normal.js";
import { estimated, notEstimable, requireArgument, requireLevel, type Outcome } from "./outcome.js";
import { contrastOf, sizeOfContrast, type Contrast } from "./sample-size.js";

function requireAuc(auc: number, ratio: number): void {
  requireArgument(auc > 0 && auc < 1, `auc: ${auc} is not between 0 and 1`);
  requireArgument(ratio > 0 && ratio < Infinity, `ratio: ${ratio}`);
}

/**
 * Obuchowski's variance of an AUC by positive case under the binormal model (1998, doi:10.1177/096228029800700405);
 * `ratio` = negatives/positives.
 */
export function obuchowskiVariance(auc: number, ratio = 1): number {
  requireAuc(auc, ratio);
  const a = 1.414 * normalQuantile(auc);
  return 0.0099 * Math.exp((-a * a) / 2) * (5 * a * a + 8 + (a * a + 8) / ratio);
}

/** Positives before rounding, positives and negatives; both are rounded up from the unrounded number. */
export type AucSize = Outcome<{ raw: number; positives: number; negatives: number }>;

function aucSize(raw: number, ratio: number): AucSize & { ok: true } {
  const positives = Math.max(1, Math.ceil(raw));
  return estimated({ raw, positives, negatives: Math.max(1, Math.ceil(ratio * raw)) });
}

/** Cases for an AUC ± halfWidth by Obuchowski's variance; `ratio` = negatives/positives. */
export function aucPrecisionSize(auc: number, halfWidth: number, level = 0.95, ratio = 1): AucSize {
  requireLevel(level);
  requireArgument(halfWidth > 0 && halfWidth < 1, `halfWidth: ${halfWidth} is not between 0 and 1`);
  const z = zOfLevel(level);
  return aucSize((z * z * obuchowskiVariance(auc, ratio)) / (halfWidth * halfWidth), ratio);
}

/**
 * Cases for an AUC ± halfWidth by Hanley & McNeil's standard error (1982, doi:10.1148/radiology.143.1.7063747): least
 * number of positives, with ratio times as many negatives. Beyond 2^53 cases: `no-solution`.
 */
export function aucHanleyMcNeilSize(
  auc: number,
  halfWidth: number,
  level = 0.95,
  ratio = 1,
): Outcome<{ positives: number; negatives: number }> {
  requireLevel(level);
  requireAuc(auc, ratio);
  requireArgument(halfWidth > 0 && halfWidth < 1, `halfWidth: ${halfWidth} is not between 0 and 1`);
  const z = zOfLevel(level);
  const narrow = (positives: number): boolean =>
    z * hanleyMcNeilSe(auc, positives, Math.ceil(ratio * positives)) <= halfWidth;
  let below = 0;
  let enough = 1;
  while (!narrow(enough)) {
    below = enough;
    enough *= 2;
    if (enough > Number.MAX_SAFE_INTEGER) return notEstimable("no-solution");
  }
  while (enough - below > 1) {
    const middle = Math.floor((below + enough) / 2);
    if (narrow(middle)) enough = middle;
    else below = middle;
  }
  return estimated({ positives: enough, negatives: Math.ceil(ratio * enough) });
}

/** One AUC against a value, by positive case. */
export function aucValueContrast(auc1: number, auc0: number, ratio = 1): Outcome<Contrast> {
  return contrastOf(Math.abs(auc1 - auc0), obuchowskiVariance(auc0, ratio), obuchowskiVariance(auc1, ratio));
}

/** Cases to tell an expected AUC from a value, two-sided alpha; `ratio` = negatives/positives. */
export function aucValueSize(auc1: number, auc0: number, alphaTwoSided: number, power: number, ratio = 1): AucSize {
  const contrast = aucValueContrast(auc1, auc0, ratio);
  return contrast.ok ? aucSize(sizeOfContrast(contrast, alphaTwoSided / 2, power).raw, ratio) : contrast;
}

/** Two AUCs on the same cases whose estimates are correlated, by positive case. */
export function pairedAucContrast(
  auc1: number,
  auc2: number,
  correlation: number,
  ratio = 1,
): Outcome<Contrast & { varianceNull: number; varianceAlternative: number }> {
  requireArgument(correlation >= -1 && correlation <= 1, `correlation: ${correlation} is not between -1 and 1`);
  const varianceNull = 2 * obuchowskiVariance((auc1 + auc2) / 2, ratio) * (1 - correlation);
  const [first, second] = [obuchowskiVariance(auc1, ratio), obuchowskiVariance(auc2, ratio)];
  const varianceAlternative = first + second - 2 * correlation * Math.sqrt(first * second);
  const contrast = contrastOf(Math.abs(auc1 - auc2), varianceNull, varianceAlternative);
  return contrast.ok ? estimated({ ...contrast, varianceNull, varianceAlternative }) : contrast;
}

/** Cases to tell the AUCs of two products on the same cases apart, two-sided alpha; `ratio` = negatives/positives. */
export function pairedAucSize(
  auc1: number,
  auc2: number,
  correlation: number,
  alphaTwoSided: number,
  power: number,
  ratio = 1,
): Outcome<{ raw: number; positives: number; negatives: number; varianceNull: number; varianceAlternative: number }> {
  const contrast = pairedAucContrast(auc1, auc2, correlation, ratio);
  if (!contrast.ok) return contrast;
  const { varianceNull, varianceAlternative } = contrast;
  const size = aucSize(sizeOfContrast(contrast, alphaTwoSided / 2, power).raw, ratio);
  return estimated({ ...size, varianceNull, varianceAlternative });
}

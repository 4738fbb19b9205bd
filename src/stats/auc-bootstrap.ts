/** Bootstrap of an AUC: over cases, over the cases of each class, or over patients. Sorted once, one pass a replicate. */
import { rocAuc, splitByLabel } from "./auc.js";
import { numberClusters } from "./clusters.js";
import { estimated, requireArgument, requireLevel, type IntervalOutcome, type Outcome } from "./outcome.js";
import { weightedRankArea } from "./rank-area.js";
import { patientWeights, percentileInterval } from "./resampling.js";

export interface AucBootstrap {
  auc: number;
  /** Value of each replicate; NaN where a class was not drawn. */
  replicates: Float64Array;
  interval: IntervalOutcome;
}

/** How cases are drawn. */
export interface AucBootstrapOptions {
  /** Replicates, 2,000 by default. */
  replicates?: number;
  /** Seed of the random streams, an unsigned 64-bit integer; the same seed gives the same replicates everywhere. */
  seed: bigint;
  level?: number;
  /**
   * `cases`: all cases alike (default); `classes`: positives and negatives apart, their numbers fixed; else the patient (or
   * other cluster) of each case: patients are drawn with all of their cases.
   */
  draw?: "cases" | "classes" | ArrayLike<number | string>;
}

/**
 * AUC with the percentile interval of its bootstrap replicates (type 7 quantiles). `no-positives`, `no-negatives`,
 * `no-data`; the interval alone may be `zero-variance` (perfect separation) or `resampling-degenerate`.
 * @param labels 0 or 1, @param scores higher is more positive
 * @throws STATISTICS_ARGUMENT for arrays of unequal length, other labels, scores that are not finite
 */
export function bootstrapAuc(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  { replicates = 2000, seed, level = 0.95, draw = "cases" }: AucBootstrapOptions,
): Outcome<AucBootstrap> {
  requireLevel(level);
  requireArgument(
    Number.isSafeInteger(replicates) && replicates >= 1,
    `replicates: ${replicates} is not a number of them`,
  );
  requireArgument(seed >= 0n && seed < 1n << 64n, `seed: ${seed} is not an unsigned 64-bit integer`);
  const { positives, negatives } = splitByLabel(labels, scores);
  const area = rocAuc(positives, negatives);
  if (!area.ok) return area;
  const { unit, groups } = drawnUnits(labels, draw, positives.length);
  const side = (label: 0 | 1, score: Float64Array) => ({
    patient: unit.filter((_, at) => labels[at] === label),
    score,
  });
  const weighted = weightedRankArea(side(1, positives), side(0, negatives));
  const values = new Float64Array(replicates);
  const weights = new Uint16Array(groups.reduce((total, { size }) => total + size, 0));
  for (let replicate = 0; replicate < replicates; replicate++) {
    let first = 0;
    for (const { name, size } of groups) {
      patientWeights(seed, name, replicate, size, weights.subarray(first, (first += size)));
    }
    values[replicate] = weighted(weights);
  }
  return estimated({ auc: area.auc, replicates: values, interval: percentileInterval(values, level) });
}

/** What is drawn: the number of each case's unit, and the groups of units that are drawn apart. */
function drawnUnits(
  labels: ArrayLike<number>,
  draw: NonNullable<AucBootstrapOptions["draw"]>,
  positives: number,
): { unit: Int32Array; groups: { name: string; size: number }[] } {
  if (draw === "cases") {
    return {
      unit: Int32Array.from({ length: labels.length }, (_, at) => at),
      groups: [{ name: "auc-bootstrap", size: labels.length }],
    };
  }
  if (draw === "classes") {
    let positive = 0;
    let negative = positives;
    return {
      unit: Int32Array.from(labels, (label) => (label === 1 ? positive++ : negative++)),
      groups: [
        { name: "auc-bootstrap-positives", size: positives },
        { name: "auc-bootstrap-negatives", size: labels.length - positives },
      ],
    };
  }
  const { index, clusters } = numberClusters(draw as ArrayLike<number | string>, labels);
  return { unit: index, groups: [{ name: "auc-bootstrap", size: clusters }] };
}

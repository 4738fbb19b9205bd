/** Area under the ROC curve of images or patients. */
import {
  clusteredAuc,
  delongAuc,
  rocAuc,
  splitByLabel,
  weightedRankArea,
  type IntervalOutcome,
} from "../stats/index.js";
import { atBothLevels } from "./binary.js";
import { undefinedMetric, type PreparedMetric } from "./metric.js";
import type { BinaryUnits } from "./units.js";

/** How far beyond a score another one lies for certain: 1, or for scores beyond 2^52 as much as a double can tell. */
const stepBeyond = (score: number): number => Math.max(1, Math.abs(score) * Number.EPSILON);

/** Finite scores of the same order: infinite ones (failed units, patients without marks) move just beyond the rest. */
export function rankableScores(scores: Float64Array): Float64Array {
  let low = Infinity;
  let high = -Infinity;
  for (const score of scores) {
    if (!Number.isFinite(score)) continue;
    low = Math.min(low, score);
    high = Math.max(high, score);
  }
  if (low > high) [low, high] = [0, 0];
  const above = Math.min(high + stepBeyond(high), Number.MAX_VALUE);
  const below = Math.max(low - stepBeyond(low), -Number.MAX_VALUE);
  return scores.map((score) => (score === Infinity ? above : score === -Infinity ? below : score));
}

/** What the area is made of. */
type RankedUnits = Pick<BinaryUnits, "patient" | "positive" | "score" | "scored" | "scoreFlags">;

/** The AUC of units of any kind. */
export function prepareAuc(units: RankedUnits): PreparedMetric {
  const positives = units.positive.reduce((total, value) => total + value, 0);
  const negatives = units.positive.length - positives;
  const patients = new Set(units.patient);
  const n = { positives, negatives, patients: patients.size };
  if (units.positive.length === 0) return undefinedMetric("no-data", n);
  if (positives === 0) return undefinedMetric("no-positives", n, patients.size);
  if (negatives === 0) return undefinedMetric("no-negatives", n, patients.size);
  if (!units.scored) return undefinedMetric("no-scores", n, patients.size);
  const scores = rankableScores(units.score);
  const { positives: above, negatives: below } = splitByLabel(units.positive, scores);
  // Both classes have a unit: there is an area, and there is an interval or its reason.
  const area = rocAuc(above, below) as { auc: number };
  const side = (label: 0 | 1, score: Float64Array) => ({
    patient: units.patient.filter((_, unit) => units.positive[unit] === label),
    score,
  });
  const clustered = patients.size < units.patient.length;
  const intervalAt = (level: number): IntervalOutcome => {
    const outcome = clustered
      ? clusteredAuc(units.patient, units.positive, scores, level)
      : delongAuc(above, below, level);
    return (outcome as { interval: IntervalOutcome }).interval;
  };
  return {
    n,
    patients: patients.size,
    estimate: area.auc,
    ...(units.scoreFlags ? { flags: units.scoreFlags } : {}),
    interval: intervalAt,
    weighted: weightedRankArea(side(1, above), side(0, below)),
  };
}

export const auc = atBothLevels({
  id: "auc",
  title: { "zh-CN": "ROC 曲线下面积", en: "AUC" },
  formula: {
    "zh-CN": "P(阳性对象的评分 > 阴性对象的评分) + P(两者相等) / 2",
    en: "P(score of a positive unit > score of a negative unit) + half the ties",
  },
  source: "Mann-Whitney; DeLong et al. 1988, doi:10.2307/2531595; Obuchowski 1997, doi:10.2307/2533958 (clusters)",
  interval:
    "logit of DeLong, Newcombe method 5 where its variance is 0 or undefined; logit of Obuchowski where a patient has several units",
  edges: "one class only: no-positives or no-negatives; all tied: 0.5; no scores: no-scores",
  kind: "index",
  of: "scores",
  higherIsBetter: true,
  prepare: prepareAuc,
});

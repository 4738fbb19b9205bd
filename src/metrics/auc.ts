/** Area under the ROC curve of images or patients. */
import { aucClustered, aucDeLong, weightedAuc } from "../stats/index.js";
import { atBothLevels } from "./binary.js";
import { undefinedMetric } from "./metric.js";
import type { BinaryUnits } from "./units.js";

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
  return scores.map((score) => (score === Infinity ? high + 1 : score === -Infinity ? low - 1 : score));
}

function prepareAuc(units: BinaryUnits) {
  const positives = units.positive.reduce((total, value) => total + value, 0);
  const negatives = units.positive.length - positives;
  const patients = new Set(units.patient);
  const n = { positives, negatives, patients: patients.size };
  if (units.positive.length === 0) return undefinedMetric("no-data", n);
  if (positives === 0) return undefinedMetric("no-positives", n, patients.size);
  if (negatives === 0) return undefinedMetric("no-negatives", n, patients.size);
  if (!units.scored) return undefinedMetric("no-scores", n, patients.size);
  const scores = rankableScores(units.score);
  const clustered = patients.size < units.patient.length;
  const area = aucDeLong(units.positive, scores);
  if (!area.ok) return undefinedMetric(area.reason, n, patients.size);
  const replicate = weightedAuc(units.positive, scores, units.patient);
  return {
    n,
    patients: patients.size,
    estimate: area.auc,
    interval: (level: number) =>
      clustered
        ? aucClustered(units.positive, scores, units.patient, level).interval
        : aucDeLong(units.positive, scores, level).interval,
    weighted: (weights: Uint16Array) => replicate(weights),
  };
}

export const auc = atBothLevels({
  id: "auc",
  title: { "zh-CN": "ROC 曲线下面积", en: "AUC" },
  formula: "P(score of a positive unit > score of a negative unit) + half the ties",
  source: "Mann-Whitney; DeLong et al. 1988, doi:10.2307/2531595; Obuchowski 1997, doi:10.2307/2533958 (clusters)",
  kind: "index",
  higherIsBetter: true,
  prepare: prepareAuc,
});

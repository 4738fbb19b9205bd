/** Average precision of lesions: the area under the exact precision-recall steps. */
import { areaIntervalName } from "./afroc.js";
import { lesionRanking, weightOf, type LesionRanking } from "./lesion-ranking.js";
import { undefinedMetric, type MetricDefinition } from "./metric.js";

function averagePrecision(ranking: LesionRanking, weights: Uint16Array): number {
  const { found, marks, marksUpTo, hits, hitsUpTo, endsTie, lesions } = ranking;
  let truePositives = 0;
  let falsePositives = 0;
  let tied = 0;
  let seen = 0;
  let seenHits = 0;
  let area = 0;
  for (let at = 0; at < marksUpTo.length; at++) {
    tied += weights[found.patient[at] as number] as number;
    if (endsTie[at] === 0) continue;
    const upTo = marksUpTo[at] as number;
    falsePositives += weightOf(marks, weights, seen, upTo);
    seen = upTo;
    const hitsTo = hitsUpTo[at] as number;
    truePositives += weightOf(hits, weights, seenHits, hitsTo);
    seenHits = hitsTo;
    if (tied > 0) area += (tied * truePositives) / (truePositives + falsePositives);
    tied = 0;
  }
  // 0 / 0 is NaN: no lesion was drawn.
  return area / lesions.weighted(weights);
}

export const lesionAveragePrecision: MetricDefinition = {
  id: "lesion-average-precision",
  title: { "zh-CN": "病灶级平均精确率（AP）", en: "Lesion average precision" },
  formula: {
    "zh-CN":
      "对各不同评分求和：病灶召回率的增量 × 该处的标记精确率；相同评分合为一步，不取包络，单独计数的重复标记与忽略标记不计",
    en: "sum over the distinct scores of (recall step of lesions x precision of marks there); equal scores are one step, no envelope, duplicates and ignored marks are not counted",
  },
  source:
    "Su et al. 2015, doi:10.1145/2808194.2809481 (step form); precision and recall as in YY/T 1833.1-2022 annex A",
  interval: areaIntervalName,
  edges: "no included lesion: no-positives; no lesion found: 0",
  unit: "lesion",
  kind: "index",
  higherIsBetter: true,
  findingStrata: false,
  prepare(units) {
    const { lesions, falsePositives, patientCount } = units;
    if (!lesions || !falsePositives) return undefinedMetric("no-data");
    const n = { lesions: lesions.patient.length, falsePositives: falsePositives.patient.length };
    if (n.lesions === 0) return undefinedMetric("no-positives", n);
    const ranking = lesionRanking(units, lesions, falsePositives);
    const patients = new Set([...lesions.patient, ...falsePositives.patient]).size;
    return {
      n: { ...n, found: ranking.found.score.length, patients },
      patients,
      estimate: averagePrecision(ranking, new Uint16Array(patientCount).fill(1)),
      interval: null,
      weighted: (weights) => averagePrecision(ranking, weights),
    };
  },
};

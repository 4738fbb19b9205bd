/** Mean sensitivity between 0 and a limit of false positives per case: the partial area under the exact FROC, divided by the limit. */
import { areaIntervalName } from "./afroc.js";
import { falsePositiveLimit } from "./froc.js";
import { lesionRanking, weightOf, type LesionRanking } from "./lesion-ranking.js";
import { undefinedMetric, type MetricDefinition } from "./metric.js";

/** A lesion at F false positives per case counts for the rest of the way to the limit: 1 - F / limit. */
function meanSensitivity(ranking: LesionRanking, limit: number, weights: Uint16Array): number {
  const { found, marks, marksUpTo, lesions, cases } = ranking;
  const allCases = cases.weighted(weights);
  let falsePositives = 0;
  let seen = 0;
  let reached = 0;
  let before = 0;
  for (let at = 0; at < marksUpTo.length; at++) {
    const upTo = marksUpTo[at] as number;
    falsePositives += weightOf(marks, weights, seen, upTo);
    seen = upTo;
    if (falsePositives / allCases >= limit) break;
    const weight = weights[found.patient[at] as number] as number;
    reached += weight;
    before += weight * falsePositives;
  }
  // Sums of whole numbers, divided once at the end: never above 1. 0 / 0 is NaN: no lesion was drawn.
  const way = allCases * limit;
  return (reached * way - before) / (way * lesions.weighted(weights));
}

export const frocArea: MetricDefinition = {
  id: "froc-area",
  title: { "zh-CN": "FROC 部分曲线下面积（平均灵敏度）", en: "Partial FROC area (mean sensitivity)" },
  formula: {
    "zh-CN": "FROC 阶梯曲线自 0 至上限的积分 / 上限；曲线在末点之后保持水平",
    en: "integral of the FROC step curve from 0 to the limit / limit; beyond its last point the curve runs level",
  },
  source: "Bunch et al. 1978 (FROC); Samuelson & Petrick, ISBI 2006, pp. 1312-1315 (partial area)",
  interval: areaIntervalName,
  edges: "no included lesion: no-positives; no marks: 0; curve ends before the limit: flag plateau",
  unit: "lesion",
  kind: "index",
  higherIsBetter: true,
  findingStrata: true,
  parameter: {
    ...falsePositiveLimit,
    suffix: (limit) => ({ "zh-CN": `（至 ${limit} FP/例）`, en: ` up to ${limit} FP/case` }),
  },
  prepare(units, parameter) {
    const limit = parameter as number;
    const { lesions, falsePositives, casePatient, patientCount } = units;
    if (!lesions || !falsePositives || casePatient.length === 0) return undefinedMetric("no-data");
    const n = { lesions: lesions.patient.length, cases: casePatient.length };
    if (n.lesions === 0) return undefinedMetric("no-positives", n);
    const ranking = lesionRanking(units, lesions, falsePositives);
    const patients = ranking.lesions.patients.length;
    return {
      n: { ...n, patients },
      patients,
      estimate: meanSensitivity(ranking, limit, new Uint16Array(patientCount).fill(1)),
      flags: falsePositives.patient.length / casePatient.length >= limit ? [] : ["plateau"],
      interval: null,
      weighted: (weights) => meanSensitivity(ranking, limit, weights),
    };
  },
};

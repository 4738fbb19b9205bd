/** Areas that weigh false positives of cases against lesions found: AFROC, wAFROC, and with all cases, AFROC1, wAFROC1. */
import type { Bilingual } from "../contract/common.js";
import { weightedRankArea } from "../stats/index.js";
import { undefinedMetric, type MetricDefinition, type PreparedMetric } from "./metric.js";
import type { CountedUnits } from "./units.js";

/** How the intervals of these areas are made, for the metric definitions. */
export const areaIntervalName = "percentiles of 2,000 patient resamples (type 7); matching is not redone";

/** Sums of whole numbers and of their halves are exact up to here. */
const exactUpTo = Number.MAX_SAFE_INTEGER / 2;

function greatestDivisor(a: number, b: number): number {
  let [large, small] = [a, b];
  while (small > 0) [large, small] = [small, large % small];
  return large;
}

/**
 * Shares of the lesions of cases with counts[i] lesions: whole numbers in the proportion 1 / counts[i] (least common
 * multiple / count), so that areas are ratios of exact sums. 1 / counts[i] where such sums could pass `exactUpTo`.
 * @param pairs the most pairs of cases that a draw can hold
 */
function lesionShares(counts: Float64Array, pairs: number): Float64Array {
  let multiple = 1;
  for (const count of new Set(counts)) multiple *= count / greatestDivisor(multiple, count);
  const one = multiple * pairs <= exactUpTo ? multiple : 1;
  return counts.map((count) => one / count);
}

/** By lesion: the lesions of its case, itself included. */
function lesionsBeside(lesionCase: Int32Array): Float64Array {
  const counts = new Map<number, number>();
  for (const at of lesionCase) counts.set(at, (counts.get(at) ?? 0) + 1);
  return Float64Array.from(lesionCase, (at) => counts.get(at) as number);
}

/** A draw of as many patients as there are could be the patient with the most cases every time. */
function mostPairs({ casePatient, patientCount }: CountedUnits): number {
  const cases = new Float64Array(patientCount);
  let most = 0;
  for (const patient of casePatient) most = Math.max(most, (cases[patient]! += 1));
  const drawn = patientCount * most;
  return drawn * drawn;
}

function prepareAfroc(units: CountedUnits, lesionWeights: boolean, allCases: boolean): PreparedMetric {
  const { lesions, detectionCases: cases, casePatient, patientCount } = units;
  if (!lesions || !cases || casePatient.length === 0) return undefinedMetric("no-data");
  const ranked = [...casePatient.keys()].filter((at) => allCases || cases.abnormal[at] === 0);
  const n = { lesions: lesions.patient.length, cases: casePatient.length, rankedCases: ranked.length };
  if (n.lesions === 0) return undefinedMetric("no-positives", n);
  if (n.rankedCases === 0) return undefinedMetric("no-negatives", n);
  const rankArea = weightedRankArea(
    lesionWeights ? { ...lesions, share: lesionShares(lesionsBeside(cases.lesionCase), mostPairs(units)) } : lesions,
    {
      patient: ranked.map((at) => casePatient[at] as number),
      score: Float64Array.from(ranked, (at) => cases.topFalsePositive[at] as number),
    },
  );
  // Sums of shares that are no whole numbers can pass 1 by their rounding.
  const area = (weights: Uint16Array) => Math.min(1, rankArea(weights));
  const patients = new Set([...lesions.patient, ...ranked.map((at) => casePatient[at] as number)]).size;
  return {
    n: { ...n, patients },
    patients,
    estimate: area(new Uint16Array(patientCount).fill(1)),
    interval: null,
    weighted: area,
  };
}

function definition(
  id: string,
  title: Bilingual,
  formula: Bilingual,
  weighted: boolean,
  all: boolean,
): MetricDefinition {
  return {
    id,
    title,
    formula,
    source:
      "Chakraborty 2017, Observer Performance Methods for Diagnostic Imaging, doi:10.1201/9781351228190 (AFROC, wAFROC and their variants with all cases)",
    interval: areaIntervalName,
    edges: `no included lesion: no-positives; ${all ? "no case: no-data" : "no normal case: no-negatives"}; missed lesions and cases without false positives rank below all others, ties among them count 1/2; a failed normal case ranks above all`,
    unit: "lesion",
    kind: "index",
    higherIsBetter: true,
    findingStrata: true,
    prepare: (units) => prepareAfroc(units, weighted, all),
  };
}

export const afroc: readonly MetricDefinition[] = [
  definition(
    "afroc",
    { "zh-CN": "AFROC 曲线下面积", en: "AFROC area" },
    {
      "zh-CN": "P(病灶的评分 > 正常病例的最高假阳性评分) + P(两者相等) / 2",
      en: "P(score of a lesion > highest false-positive score of a normal case) + half the ties",
    },
    false,
    false,
  ),
  definition(
    "wafroc",
    { "zh-CN": "加权 AFROC 曲线下面积", en: "Weighted AFROC area" },
    {
      "zh-CN":
        "同 AFROC 曲线下面积，但每例的病灶均分该例的权重：先在异常病例内对病灶取均值，再对异常病例取均值（以病灶数的最小公倍数为基数按整数求和）",
      en: "as afroc, the lesions of a case sharing one weight: mean over abnormal cases of the mean over their lesions (summed in whole numbers, on the least common multiple of the lesion counts)",
    },
    true,
    false,
  ),
  definition(
    "afroc1",
    { "zh-CN": "AFROC1 曲线下面积（含全部病例）", en: "AFROC1 area (all cases)" },
    {
      "zh-CN": "P(病灶的评分 > 任一病例的最高假阳性评分) + P(两者相等) / 2",
      en: "P(score of a lesion > highest false-positive score of any case) + half the ties",
    },
    false,
    true,
  ),
  definition(
    "wafroc1",
    { "zh-CN": "加权 AFROC1 曲线下面积（含全部病例）", en: "Weighted AFROC1 area (all cases)" },
    {
      "zh-CN": "同 AFROC1 曲线下面积，但每例的病灶均分该例的权重",
      en: "as afroc1, the lesions of a case sharing one weight",
    },
    true,
    true,
  ),
];

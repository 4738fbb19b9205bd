/** Share of the lesions that are found at the operating threshold. */
import { undefinedMetric, type MetricDefinition } from "./metric.js";
import { prepareProportion, proportionIntervalName } from "./proportions.js";

export const lesionSensitivity: MetricDefinition = {
  id: "lesion-sensitivity",
  title: { "zh-CN": "病灶级灵敏度（召回率）", en: "Lesion sensitivity (recall)" },
  formula: {
    "zh-CN": "由评分 ≥ 阈值的标记检出的病灶数 / 纳入病灶数",
    en: "lesions found by a mark with score >= threshold / included lesions",
  },
  source: "YY/T 1833.1-2022 annex A (names); FDA CADe guidance 2022",
  interval: proportionIntervalName,
  edges:
    "no included lesion: no-positives; no marks: 0; threshold above all scores (no other keeps the rate of the plan): 0; no threshold: no-operating-point",
  unit: "lesion",
  kind: "proportion",
  higherIsBetter: true,
  findingStrata: true,
  prepare(units) {
    const { lesions, threshold, thresholdFromTestSet } = units;
    if (!lesions || lesions.patient.length === 0)
      return undefinedMetric("no-positives", { numerator: 0, denominator: 0, patients: 0 });
    if (threshold === null) return undefinedMetric("no-operating-point", { denominator: lesions.patient.length });
    const prepared = prepareProportion(
      lesions.patient,
      (unit) => ((lesions.score[unit] as number) >= threshold ? 1 : 0),
      "no-positives",
    );
    return thresholdFromTestSet ? { ...prepared, flags: ["threshold-from-test-set"] } : prepared;
  },
};

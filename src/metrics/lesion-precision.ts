/** Share of the counted marks at the operating threshold that find a lesion. */
import { undefinedMetric, type MetricDefinition } from "./metric.js";
import { prepareProportion, proportionIntervalName } from "./proportions.js";

export const lesionPrecision: MetricDefinition = {
  id: "lesion-precision",
  title: { "zh-CN": "病灶级精确率", en: "Lesion precision" },
  formula: {
    "zh-CN": "真阳性标记数 / (真阳性标记数 + 假阳性标记数)，取评分 ≥ 阈值的标记；单独计数的重复标记与忽略标记不计",
    en: "true-positive marks / (true-positive + false-positive marks) at score >= threshold; duplicates and ignored marks are not counted",
  },
  source: "YY/T 1833.1-2022 annex A (names)",
  interval: proportionIntervalName,
  edges:
    "no mark counted (none given, or a threshold above all scores): zero-denominator; no threshold: no-operating-point",
  unit: "mark",
  kind: "proportion",
  higherIsBetter: true,
  findingStrata: false,
  prepare(units) {
    const { lesions, falsePositives, truePositives, threshold, thresholdFromTestSet } = units;
    if (!lesions || !falsePositives) return undefinedMetric("no-data");
    if (threshold === null) return undefinedMetric("no-operating-point");
    const hits = truePositives ?? lesions;
    const count = hits.patient.length;
    const patients = new Int32Array(count + falsePositives.patient.length);
    patients.set(hits.patient);
    patients.set(falsePositives.patient, count);
    const prepared = prepareProportion(
      patients,
      (unit) => {
        if (unit < count) return (hits.score[unit] as number) >= threshold ? 1 : -1;
        return (falsePositives.score[unit - count] as number) >= threshold ? 0 : -1;
      },
      "zero-denominator",
    );
    return thresholdFromTestSet ? { ...prepared, flags: ["threshold-from-test-set"] } : prepared;
  },
};

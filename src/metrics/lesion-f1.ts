/** F1 of lesions at the operating threshold: recall of lesions and precision of marks in one number. */
import { areaIntervalName } from "./afroc.js";
import { PatientTotals } from "./falling.js";
import { undefinedMetric, type MetricDefinition } from "./metric.js";
import type { ScoredUnits } from "./units.js";

export const lesionF1: MetricDefinition = {
  id: "lesion-f1",
  title: { "zh-CN": "病灶级 F1 值", en: "Lesion F1" },
  formula: {
    "zh-CN":
      "评分 ≥ 阈值时病灶级灵敏度与病灶级精确率的调和平均值；每个检出病灶各有一个标记时等于 2 TP / (TP + FP + 病灶数)；单独计数的重复标记与忽略标记不计",
    en: "harmonic mean of lesion-sensitivity and lesion-precision at score >= threshold; with one mark a lesion found: 2 TP / (TP + FP + lesions); duplicates and ignored marks are not counted",
  },
  source: "van Rijsbergen 1979 (F measure); Maier-Hein et al. 2024, doi:10.1038/s41592-023-02151-z",
  interval: areaIntervalName,
  edges:
    "no included lesion: no-positives; no lesion found: 0; threshold above all scores (no other keeps the rate of the plan): 0; no threshold: no-operating-point",
  unit: "lesion",
  kind: "score",
  higherIsBetter: true,
  findingStrata: false,
  prepare(units) {
    const { lesions, falsePositives, truePositives, threshold, thresholdFromTestSet, patientCount } = units;
    if (!lesions || !falsePositives) return undefinedMetric("no-data");
    if (lesions.patient.length === 0) return undefinedMetric("no-positives", { lesions: 0 });
    if (threshold === null) return undefinedMetric("no-operating-point", { lesions: lesions.patient.length });
    const shown = ({ patient, score }: ScoredUnits) =>
      new PatientTotals(patient, patientCount, (unit) => ((score[unit] as number) >= threshold ? 1 : 0));
    const found = shown(lesions);
    const hits = shown(truePositives ?? lesions);
    const alarms = shown(falsePositives);
    const all = new PatientTotals(lesions.patient, patientCount);
    const ones = new Uint16Array(patientCount).fill(1);
    const patients = new Set([...all.patients, ...alarms.patients]).size;
    const f1 = (weights: Uint16Array) => {
      const lesionsFound = found.weighted(weights);
      const lesionCount = all.weighted(weights);
      if (lesionCount === 0) return Number.NaN;
      if (lesionsFound === 0) return 0;
      const marks = hits.weighted(weights);
      return (2 * marks * lesionsFound) / (marks * lesionCount + lesionsFound * (marks + alarms.weighted(weights)));
    };
    return {
      n: {
        truePositives: found.weighted(ones),
        ...(truePositives && { truePositiveMarks: hits.weighted(ones) }),
        falsePositives: alarms.weighted(ones),
        lesions: all.weighted(ones),
        patients,
      },
      patients,
      estimate: f1(ones),
      ...(thresholdFromTestSet ? { flags: ["threshold-from-test-set" as const] } : {}),
      interval: null,
      weighted: f1,
    };
  },
};

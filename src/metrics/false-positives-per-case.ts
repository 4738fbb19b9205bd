/** False-positive marks per case at the operating threshold: over all cases of the stratum, and over its normal cases. */
import { quasiPoisson, type IntervalOutcome } from "../stats/index.js";
import { undefinedMetric, type MetricDefinition, type PreparedMetric } from "./metric.js";
import type { CountedUnits } from "./units.js";

/** Marks at the threshold over cases, for the cases and marks that are counted. */
function prepareRate(
  units: CountedUnits,
  countsCase: (at: number) => boolean,
  countsMark: (mark: number) => boolean,
): PreparedMetric {
  const { falsePositives, threshold, casePatient } = units;
  if (!falsePositives || casePatient.length === 0) return undefinedMetric("no-data");
  const cases = new Float64Array(units.patientCount);
  const marks = new Float64Array(units.patientCount);
  let denominator = 0;
  casePatient.forEach((patient, at) => {
    if (!countsCase(at)) return;
    cases[patient] = (cases[patient] as number) + 1;
    denominator++;
  });
  if (denominator === 0) return undefinedMetric("no-negatives", { denominator });
  if (threshold === null) return undefinedMetric("no-operating-point", { denominator });
  let numerator = 0;
  falsePositives.patient.forEach((patient, mark) => {
    if ((falsePositives.score[mark] as number) < threshold || !countsMark(mark)) return;
    marks[patient] = (marks[patient] as number) + 1;
    numerator++;
  });
  const present = [...cases.keys()].filter((patient) => (cases[patient] as number) > 0);
  const counts = present.map((patient) => marks[patient] as number);
  const exposures = present.map((patient) => cases[patient] as number);
  return {
    n: { numerator, denominator, patients: present.length },
    patients: present.length,
    estimate: numerator / denominator,
    ...(units.thresholdFromTestSet ? { flags: ["threshold-from-test-set" as const] } : {}),
    interval(level) {
      // Every patient here has a case: there is an interval, or its reason.
      return (quasiPoisson(counts, exposures, level) as { interval: IntervalOutcome }).interval;
    },
    weighted(weights) {
      let total = 0;
      let all = 0;
      for (let i = 0; i < present.length; i++) {
        const weight = weights[present[i] as number] as number;
        total += weight * (counts[i] as number);
        all += weight * (exposures[i] as number);
      }
      // 0 / 0 is NaN: no case was drawn.
      return total / all;
    },
  };
}

const shared = {
  source: "YY/T 1833.1-2022 annex A (names); quasi-likelihood: Wedderburn 1974, doi:10.1093/biomet/61.3.439",
  interval: "quasi-Poisson with t by patient; Garwood where the dispersion is undefined",
  unit: "case",
  kind: "rate",
  higherIsBetter: false,
  findingStrata: false,
} as const;

export const falsePositivesPerCase: MetricDefinition = {
  ...shared,
  id: "false-positives-per-case",
  title: { "zh-CN": "平均每例假阳性数", en: "False positives per case" },
  formula: {
    "zh-CN": "评分 ≥ 阈值的假阳性标记数 / 全部病例数（含正常病例与失败病例）",
    en: "false-positive marks with score >= threshold / all cases (normal ones and failed ones included)",
  },
  edges:
    "no case: no-data; no false positive, or a threshold above all scores: 0 with the exact upper limit; no threshold: no-operating-point",
  prepare: (units) =>
    prepareRate(
      units,
      () => true,
      () => true,
    ),
};

export const falsePositivesPerNormalCase: MetricDefinition = {
  ...shared,
  id: "false-positives-per-normal-case",
  title: { "zh-CN": "平均每例正常病例假阳性数", en: "False positives per normal case" },
  formula: {
    "zh-CN": "正常病例中评分 ≥ 阈值的假阳性标记数 / 正常病例数（正常病例指无纳入病灶者）",
    en: "false-positive marks of normal cases with score >= threshold / normal cases (those without an included lesion)",
  },
  edges:
    "no normal case: no-negatives; no false positive, or a threshold above all scores: 0 with the exact upper limit; no threshold: no-operating-point",
  prepare(units) {
    const cases = units.detectionCases;
    if (!cases) return undefinedMetric("no-data");
    const isNormal = (at: number) => cases.abnormal[at] === 0;
    return prepareRate(units, isNormal, (mark) => isNormal(cases.falsePositiveCase[mark] as number));
  },
};

/** False-positive marks per case at the operating threshold, over all cases of the stratum. */
import { quasiPoisson } from "../stats/index.js";
import { undefinedMetric, type MetricDefinition } from "./metric.js";

export const falsePositivesPerCase: MetricDefinition = {
  id: "false-positives-per-case",
  title: { "zh-CN": "平均每例假阳性数", en: "False positives per case" },
  formula: "false-positive marks with score >= threshold / all cases (normal ones and failed ones included)",
  source: "YY/T 1833.1-2022 annex A (names); quasi-Poisson interval with t by patient: docs/statistics.md",
  interval: "quasi-Poisson with t by patient; Garwood where the dispersion is undefined",
  edges: "no case: no-data; no false positive: 0 with the exact upper limit; no threshold: no-operating-point",
  unit: "case",
  kind: "rate",
  higherIsBetter: false,
  findingStrata: false,
  prepare(units) {
    const { falsePositives, threshold, casePatient } = units;
    if (!falsePositives || casePatient.length === 0) return undefinedMetric("no-data");
    if (threshold === null) return undefinedMetric("no-operating-point", { denominator: casePatient.length });
    const cases = new Float64Array(units.patientCount);
    const marks = new Float64Array(units.patientCount);
    for (const patient of casePatient) cases[patient] = (cases[patient] as number) + 1;
    let numerator = 0;
    falsePositives.patient.forEach((patient, unit) => {
      if ((falsePositives.score[unit] as number) < threshold) return;
      marks[patient] = (marks[patient] as number) + 1;
      numerator++;
    });
    const present = [...cases.keys()].filter((patient) => (cases[patient] as number) > 0);
    const counts = present.map((patient) => marks[patient] as number);
    const exposures = present.map((patient) => cases[patient] as number);
    return {
      n: { numerator, denominator: casePatient.length, patients: present.length },
      patients: present.length,
      estimate: numerator / casePatient.length,
      ...(units.thresholdFromTestSet ? { flags: ["threshold-from-test-set" as const] } : {}),
      interval(level) {
        const rate = quasiPoisson(counts, exposures, level);
        return rate.ok ? rate.interval : rate;
      },
      weighted(weights) {
        let total = 0;
        let all = 0;
        for (let i = 0; i < present.length; i++) {
          const weight = weights[present[i] as number] as number;
          total += weight * (counts[i] as number);
          all += weight * (exposures[i] as number);
        }
        return all === 0 ? Number.NaN : total / all;
      },
    };
  },
};

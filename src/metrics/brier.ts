/** Mean squared error of probabilities. */
import { brierScore } from "../stats/index.js";
import { atBothLevels } from "./binary.js";
import { PatientTotals } from "./falling.js";
import { undefinedMetric } from "./metric.js";
import { probabilityEdges, probabilityUnits } from "./probability-units.js";

export const brier = atBothLevels({
  id: "brier",
  title: { "zh-CN": "Brier 评分", en: "Brier score" },
  formula: {
    "zh-CN": "(概率 - 类别)² 的均值，类别取 0 或 1；所有对象的概率均取患病率时，其值为患病率 × (1 - 患病率)",
    en: "mean of (probability - class)²; the prevalence as everybody's probability has prevalence (1 - prevalence)",
  },
  source: "Brier 1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2",
  interval: "percentiles of patient resamples",
  edges: probabilityEdges,
  kind: "index",
  of: "scores",
  higherIsBetter: false,
  prepare(units) {
    const { patient, label, probability, patients, n, flags, reason } = probabilityUnits(units);
    if (reason !== null) return undefinedMetric(reason, n, patients);
    const outcome = brierScore(label, probability);
    if (!outcome.ok) return undefinedMetric(outcome.reason, n, patients);
    const patientCount = patient.reduce((most, one) => Math.max(most, one), 0) + 1;
    const error = (unit: number) => (probability[unit] as number) - (label[unit] as number);
    const squares = new PatientTotals(patient, patientCount, (unit) => error(unit) * error(unit));
    const counts = new PatientTotals(patient, patientCount);
    return {
      n,
      patients,
      estimate: outcome.brier,
      flags,
      interval: null,
      weighted: (weights) => squares.weighted(weights) / counts.weighted(weights),
    };
  },
});

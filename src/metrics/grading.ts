/** Metrics of grades on a declared scale: share of equal grades, quadratic weighted kappa. */
import type { Bilingual } from "../contract/common.js";
import { cohenKappa, type IntervalOutcome } from "../stats/index.js";
import { undefinedMetric, type MetricDefinition, type PreparedMetric } from "./metric.js";
import { prepareProportion, proportionIntervalName } from "./proportions.js";
import type { GradedUnits, UnitLevel } from "./units.js";

const levels = ["image", "patient"] as const satisfies readonly UnitLevel[];
const levelTitles: Record<UnitLevel, Bilingual> = {
  image: { "zh-CN": "图像级", en: "Image-level " },
  patient: { "zh-CN": "患者级", en: "Patient-level " },
};

export const gradeAccuracy: MetricDefinition[] = levels.map((level) => ({
  id: level === "image" ? "grade-accuracy" : "patient-grade-accuracy",
  title: { "zh-CN": `${levelTitles[level]["zh-CN"]}分级准确率`, en: `${levelTitles[level].en}grade accuracy` },
  formula: "units with the reference's grade / units; a failed unit counts as wrong",
  source: "YY/T 1833.1-2022 annex A (names)",
  interval: proportionIntervalName,
  edges: "no graded unit: no-data",
  unit: level,
  kind: "proportion",
  higherIsBetter: true,
  findingStrata: false,
  prepare(units) {
    const graded = units.graded[level];
    if (!graded) return undefinedMetric("no-data");
    return prepareProportion(graded.patient, (unit) => (graded.answer[unit] === graded.truth[unit] ? 1 : 0), "no-data");
  },
}));

/** Table of reference (rows) by answer (columns), failed units left out. */
function tableOf(units: GradedUnits): number[][] {
  const table = Array.from({ length: units.grades }, () => new Array<number>(units.grades).fill(0));
  units.truth.forEach((truth, unit) => {
    const answer = units.answer[unit] as number;
    if (answer >= 0) (table[truth] as number[])[answer] = ((table[truth] as number[])[answer] as number) + 1;
  });
  return table;
}

/** Kappa with weights 1 - (i-j)²/(k-1)² from a table; NaN when chance agreement is perfect. */
function quadraticKappaOf(table: Float64Array, grades: number): number {
  let total = 0;
  let observed = 0;
  const rows = new Float64Array(grades);
  const columns = new Float64Array(grades);
  for (let i = 0; i < grades; i++) {
    for (let j = 0; j < grades; j++) {
      const count = table[i * grades + j] as number;
      total += count;
      observed += count * (i - j) * (i - j);
      rows[i] = (rows[i] as number) + count;
      columns[j] = (columns[j] as number) + count;
    }
  }
  let expected = 0;
  for (let i = 0; i < grades; i++) {
    for (let j = 0; j < grades; j++) expected += (rows[i] as number) * (columns[j] as number) * (i - j) * (i - j);
  }
  return expected === 0 ? Number.NaN : 1 - (observed * total) / expected;
}

function prepareKappa(units: GradedUnits): PreparedMetric {
  const patients = new Set(units.patient);
  const failed = units.answer.reduce((count, answer) => count + (answer < 0 ? 1 : 0), 0);
  const n = { units: units.truth.length - failed, failed, patients: patients.size };
  if (n.units === 0) return undefinedMetric("no-data", n);
  const table = tableOf(units);
  const agreement = cohenKappa(table, "quadratic");
  if (!agreement.ok) return undefinedMetric(agreement.reason, n, patients.size);
  if (typeof agreement.kappa !== "number") return undefinedMetric(agreement.kappa.reason, n, patients.size);
  const intervalAt = (level: number): IntervalOutcome => {
    const outcome = cohenKappa(table, "quadratic", level);
    return outcome.ok ? outcome.interval : outcome;
  };
  const clustered = patients.size < units.patient.length;
  const scratch = new Float64Array(units.grades * units.grades);
  return {
    n,
    patients: patients.size,
    estimate: agreement.kappa,
    ...(failed > 0 ? { flags: ["failed-left-out" as const] } : {}),
    interval: clustered ? null : intervalAt,
    weighted(weights) {
      scratch.fill(0);
      for (let unit = 0; unit < units.truth.length; unit++) {
        const answer = units.answer[unit] as number;
        if (answer < 0) continue;
        const cell = (units.truth[unit] as number) * units.grades + answer;
        scratch[cell] = (scratch[cell] as number) + (weights[units.patient[unit] as number] as number);
      }
      return quadraticKappaOf(scratch, units.grades);
    },
  };
}

export const quadraticKappa: MetricDefinition[] = levels.map((level) => ({
  id: level === "image" ? "quadratic-kappa" : "patient-quadratic-kappa",
  title: { "zh-CN": `${levelTitles[level]["zh-CN"]}二次加权κ`, en: `${levelTitles[level].en}quadratic weighted kappa` },
  formula: "1 - sum w o / sum w e with w = (i - j)² over the declared scale; failed units are left out and counted",
  source: "Cohen 1968; standard error of Fleiss, Cohen & Everitt 1969, doi:10.1037/h0028106",
  interval: "kappa ± z SE at the estimate; percentiles of patient resamples where a patient has several units",
  edges:
    "no graded unit: no-data; all in one category: one-category; perfect agreement: zero-variance for the interval",
  unit: level,
  kind: "index",
  higherIsBetter: true,
  findingStrata: false,
  prepare(units) {
    const graded = units.graded[level];
    return graded ? prepareKappa(graded) : undefinedMetric("no-data");
  },
}));

/** Agreement of grades beyond chance: Cohen's kappa and Gwet's coefficients. */
import {
  agreementReader,
  cohenKappa,
  multiRaterAgreement,
  type IntervalOutcome,
  type KappaWeights,
  type NotEstimable,
  type TableAgreement,
} from "../stats/index.js";
import { orResampled } from "./decision-table.js";
import { gradedTable, type GradedTable } from "./graded-table.js";
import { ofGrades } from "./grading.js";
import { undefinedMetric, type PreparedMetric } from "./metric.js";
import type { GradedUnits } from "./units.js";

interface Coefficient {
  value: number | NotEstimable;
  interval: IntervalOutcome;
}

/** Failed units are left out and counted. */
function prepareAgreement(
  units: GradedUnits,
  weights: KappaWeights,
  coefficientOf: (table: GradedTable, level: number) => Coefficient,
  read: (agreement: TableAgreement) => number,
): PreparedMetric {
  const table = gradedTable(units);
  const { patients, gradedUnits, failedUnits } = table;
  const n = { units: gradedUnits, failed: failedUnits, patients };
  if (units.grades < 2) return undefinedMetric(gradedUnits === 0 ? "no-data" : "one-category", n, patients);
  const { value } = coefficientOf(table, 0.95);
  if (typeof value !== "number") return undefinedMetric(value.reason, n, patients);
  const reader = agreementReader(units.grades, weights);
  return {
    n,
    patients,
    estimate: value,
    ...(failedUnits > 0 ? { flags: ["failed-left-out" as const] } : {}),
    interval: table.clustered ? null : (level) => coefficientOf(table, level).interval,
    weighted: (drawn, replicate) => read(reader(table.weighted(drawn, replicate).cells)),
  };
}

/** Rows of the table: grades of the reference. */
function rowsOf({ total, grades }: GradedTable): number[][] {
  return Array.from({ length: grades }, (_, i) => [...total.cells.subarray(i * grades, (i + 1) * grades)]);
}

function kappaOf(weights: KappaWeights) {
  return (table: GradedTable, level: number): Coefficient => {
    const outcome = cohenKappa(rowsOf(table), weights, level);
    return outcome.ok ? { value: outcome.kappa, interval: outcome.interval } : { value: outcome, interval: outcome };
  };
}

function gwetOf(weights: "identity" | "quadratic") {
  return (table: GradedTable, level: number): Coefficient => {
    const pairs = rowsOf(table).flatMap((row, i) =>
      row.flatMap((count, j) => Array.from({ length: count }, (): [number, number] => [i, j])),
    );
    const outcome = multiRaterAgreement(pairs, [...Array(table.grades).keys()], weights, level);
    const own = outcome.ok ? outcome.gwet : outcome;
    return own.ok ? { value: own.coefficient, interval: own.interval } : { value: own, interval: own };
  };
}

const errorOfKappa =
  "standard error of Fleiss, Cohen & Everitt 1969, doi:10.1037/h0028106; added units as Agresti & Coull 1998, doi:10.2307/2685469";

const kappas = {
  source: `Cohen 1968, doi:10.1037/h0026256; ${errorOfKappa}`,
  interval: orResampled("adjusted Wald: z²/2 agreements and z²/2 disagreements added, then kappa ± z SE"),
  edges:
    "no graded unit: no-data; the product gives no grades: not-recorded; all in one category: one-category; perfect agreement: 1, its interval reaches below",
  kind: "index",
} as const;

const gwets = {
  source: "Gwet 2008, doi:10.1348/000711006X126600",
  interval: orResampled("linearised variance over units with t"),
  edges:
    "no graded unit: no-data; the product gives no grades: not-recorded; perfect agreement: 1, zero-variance for the interval; unlike kappa defined in one category",
  kind: "index",
} as const;

export const cohensKappa = ofGrades({
  ...kappas,
  source: `Cohen 1960, doi:10.1177/001316446002000104; ${errorOfKappa}`,
  id: "cohen-kappa",
  title: { "zh-CN": "Kappa 系数", en: "Cohen's kappa" },
  formula: {
    "zh-CN": "(po - pe) / (1 - pe)，各种不一致权重相同；失败对象不计入并另行计数",
    en: "(po - pe) / (1 - pe), every disagreement the same; failed units are left out and counted",
  },
  prepare: (units) => prepareAgreement(units, "none", kappaOf("none"), ({ kappa }) => kappa),
});

export const linearKappa = ofGrades({
  ...kappas,
  id: "linear-kappa",
  title: { "zh-CN": "线性加权 Kappa 系数", en: "linearly weighted kappa" },
  formula: {
    "zh-CN": "1 - Σ w o / Σ w e，w = |i - j|，按所声明的全部等级计算；失败对象不计入并另行计数",
    en: "1 - sum w o / sum w e with w = |i - j| over the declared scale; failed units are left out and counted",
  },
  prepare: (units) => prepareAgreement(units, "linear", kappaOf("linear"), ({ kappa }) => kappa),
});

export const quadraticKappa = ofGrades({
  ...kappas,
  id: "quadratic-kappa",
  title: { "zh-CN": "二次加权 Kappa 系数", en: "quadratic weighted kappa" },
  formula: {
    "zh-CN": "1 - Σ w o / Σ w e，w = (i - j)²，按所声明的全部等级计算；失败对象不计入并另行计数",
    en: "1 - sum w o / sum w e with w = (i - j)² over the declared scale; failed units are left out and counted",
  },
  prepare: (units) => prepareAgreement(units, "quadratic", kappaOf("quadratic"), ({ kappa }) => kappa),
});

export const gwetAc1 = ofGrades({
  ...gwets,
  id: "gwet-ac1",
  title: { "zh-CN": "Gwet AC1 系数", en: "Gwet's AC1" },
  formula: {
    "zh-CN": "(po - pe) / (1 - pe)，pe = Σ π(1 - π) / (k - 1)，按所声明的全部等级计算；失败对象不计入并另行计数",
    en: "(po - pe) / (1 - pe), pe = sum π(1 - π) / (k - 1) over the declared scale; failed units are left out and counted",
  },
  prepare: (units) => prepareAgreement(units, "none", gwetOf("identity"), ({ gwet }) => gwet),
});

export const gwetAc2 = ofGrades({
  ...gwets,
  id: "gwet-ac2",
  title: { "zh-CN": "Gwet AC2 系数（二次加权）", en: "Gwet's AC2 with quadratic weights" },
  formula: {
    "zh-CN":
      "(po - pe) / (1 - pe)，权重 1 - (i - j)² / (k - 1)²，pe = 权重之和 × Σ π(1 - π) / (k (k - 1))；失败对象不计入并另行计数",
    en: "(po - pe) / (1 - pe) with weights 1 - (i - j)²/(k - 1)², pe = sum of weights x sum π(1 - π) / (k (k - 1)); failed units are left out and counted",
  },
  prepare: (units) => prepareAgreement(units, "quadratic", gwetOf("quadratic"), ({ gwet }) => gwet),
});

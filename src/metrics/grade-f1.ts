/** F1 score of each grade against the rest, averaged over the grades. */
import { mean } from "../stats/summation.js";
import { gradedTable, type GradeCounts } from "./graded-table.js";
import { ofGrades } from "./grading.js";
import { undefinedMetric } from "./metric.js";

/** F1 of one grade; NaN where it neither occurs nor is given. */
function f1Of({ cells, failed }: GradeCounts, grades: number, grade: number): number {
  let given = 0;
  let present = failed[grade] as number;
  for (let other = 0; other < grades; other++) {
    given += cells[other * grades + grade] as number;
    present += cells[grade * grades + other] as number;
  }
  return (2 * (cells[grade * grades + grade] as number)) / (given + present);
}

export const gradeMacroF1 = ofGrades({
  id: "grade-macro-f1",
  title: { "zh-CN": "分级宏平均 F1 值", en: "macro-averaged F1 score of grades" },
  formula: {
    "zh-CN": "各等级 2 TP / (2 TP + FP + FN) 的平均值；失败对象计为漏判",
    en: "mean over the grades of 2 TP / (2 TP + FP + FN); a failed unit counts as missed",
  },
  source: "Sokolova & Lapalme 2009, doi:10.1016/j.ipm.2009.03.002",
  interval: "percentiles of patient resamples",
  edges:
    "no unit: no-data; the product gives no grades: not-recorded; grades that neither occur nor are given are left out: flag classes-left-out",
  kind: "index",
  prepare(units) {
    const table = gradedTable(units);
    const { grades, patients } = table;
    const all = Array.from({ length: grades }, (_, grade) => f1Of(table.total, grades, grade));
    const defined = all.filter((value) => !Number.isNaN(value)).length;
    const n = { units: units.truth.length, grades: defined, patients };
    if (defined === 0) return undefinedMetric("no-data", n, patients);
    const values = new Float64Array(grades);
    const meanOf = (counts: GradeCounts): number => {
      let count = 0;
      for (let grade = 0; grade < grades; grade++) {
        const value = f1Of(counts, grades, grade);
        if (!Number.isNaN(value)) values[count++] = value;
      }
      return mean(values.subarray(0, count));
    };
    return {
      n,
      patients,
      estimate: meanOf(table.total),
      ...(defined < grades ? { flags: ["classes-left-out" as const] } : {}),
      interval: null,
      weighted: (weights, replicate) => meanOf(table.weighted(weights, replicate)),
    };
  },
});

/** Metrics of grades on a declared scale: how they are made for both levels, and the share of equal grades. */
import type { Bilingual } from "../contract/common.js";
import { titleAtLevel } from "./binary.js";
import { undefinedMetric, type MetricDefinition, type PreparedMetric } from "./metric.js";
import { prepareProportion, proportionIntervalName } from "./proportions.js";
import type { GradedUnits } from "./units.js";

type Parts = Pick<MetricDefinition, "id" | "formula" | "source" | "interval" | "edges" | "kind"> & {
  title: Bilingual;
  prepare(units: GradedUnits): PreparedMetric;
};

/** The same metric for the grades of images (`id`) and of patients (`patient-id`). */
export function ofGrades(parts: Parts): MetricDefinition[] {
  return (["image", "patient"] as const).map((level) => ({
    ...parts,
    id: level === "image" ? parts.id : `patient-${parts.id}`,
    title: titleAtLevel(level, parts.title),
    unit: level,
    higherIsBetter: true,
    findingStrata: false,
    prepare(units) {
      const graded = units.graded[level];
      if (graded) return parts.prepare(graded);
      return undefinedMetric(units.casePatient.length === 0 ? "no-data" : "not-recorded");
    },
  }));
}

export const gradeAccuracy = ofGrades({
  id: "grade-accuracy",
  title: { "zh-CN": "分级准确率", en: "grade accuracy" },
  formula: {
    "zh-CN": "等级与参考标准一致的对象数 / 对象数；失败对象计为错误",
    en: "units with the reference's grade / units; a failed unit counts as wrong",
  },
  source: "YY/T 1833.1-2022 annex A (names)",
  interval: proportionIntervalName,
  edges: "no graded unit: no-data; the product gives no grades: not-recorded",
  kind: "proportion",
  prepare: ({ patient, truth, answer }) =>
    prepareProportion(patient, (unit) => (answer[unit] === truth[unit] ? 1 : 0), "no-data"),
});

/** Share of the cases that the product answered (可分析率). */
import type { MetricDefinition } from "./metric.js";
import { prepareProportion, proportionIntervalName } from "./proportions.js";

export const answeredRate: MetricDefinition = {
  id: "answered-rate",
  title: { "zh-CN": "可分析率", en: "Share of cases answered" },
  formula: { "zh-CN": "产品给出结果的病例数 / 病例数", en: "cases with an answer / cases" },
  source: "imageability as in Abràmoff et al. 2018, doi:10.1038/s41746-018-0040-6",
  interval: proportionIntervalName,
  edges: "no case: no-data",
  unit: "case",
  kind: "proportion",
  higherIsBetter: true,
  findingStrata: false,
  overClasses: true,
  prepare: ({ casePatient, answered }) =>
    prepareProportion(casePatient, (unit) => (answered[unit] === 1 ? 1 : 0), "no-data"),
};

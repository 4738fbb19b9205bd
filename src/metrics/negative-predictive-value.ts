/** Share of the negative calls that are right. */
import { atBothLevels, prepareDecision } from "./binary.js";
import { proportionIntervalName } from "./proportions.js";

export const negativePredictiveValue = atBothLevels({
  id: "npv",
  title: { "zh-CN": "阴性预测值", en: "negative predictive value" },
  formula: {
    "zh-CN": "TN / (TN + FN)；仅适用于本测试集的患病率",
    en: "TN / (TN + FN); holds at the set's prevalence only",
  },
  source:
    "YY/T 1833.1-2022 annex A (names); intervals: Wilson 1927, doi:10.1080/01621459.1927.10502953; Korn & Graubard 1998 (several units a patient)",
  interval: proportionIntervalName,
  edges: "no negative call: zero-denominator; depends on the prevalence of the set",
  kind: "proportion",
  of: "calls",
  higherIsBetter: true,
  prepare: (units) =>
    prepareDecision(units, (positive, call) => (call === 0 ? (positive === 0 ? 1 : 0) : -1), "zero-denominator"),
});

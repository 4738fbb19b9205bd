/** Share of the units that are called right. */
import { atBothLevels, prepareDecision } from "./binary.js";
import { proportionIntervalName } from "./proportions.js";

export const accuracy = atBothLevels({
  id: "accuracy",
  title: { "zh-CN": "准确率", en: "accuracy" },
  formula: { "zh-CN": "(TP + TN) / 全部对象数", en: "(TP + TN) / all units" },
  source:
    "YY/T 1833.1-2022 annex A (names); intervals: Wilson 1927, doi:10.1080/01621459.1927.10502953; Korn & Graubard 1998 (several units a patient)",
  interval: proportionIntervalName,
  edges: "no unit: no-data; no threshold: no-operating-point",
  kind: "proportion",
  of: "calls",
  higherIsBetter: true,
  prepare: (units) => prepareDecision(units, (positive, call) => (call === positive ? 1 : 0), "no-data"),
});

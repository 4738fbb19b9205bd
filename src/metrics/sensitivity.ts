/** Share of the positive units that are called positive. */
import { both } from "../contract/common.js";
import { atBothLevels, prepareDecision } from "./binary.js";
import { proportionIntervalName } from "./proportions.js";

export const sensitivity = atBothLevels({
  id: "sensitivity",
  title: { "zh-CN": "灵敏度", en: "sensitivity" },
  formula: both("TP / (TP + FN)"),
  source:
    "YY/T 1833.1-2022 annex A (names); intervals: Wilson 1927, doi:10.1080/01621459.1927.10502953; Korn & Graubard 1998 (several units a patient)",
  interval: proportionIntervalName,
  edges: "no positive unit: no-positives; no threshold: no-operating-point; all found: exact limit, never zero width",
  kind: "proportion",
  of: "calls",
  higherIsBetter: true,
  prepare: (units) =>
    prepareDecision(units, (positive, call) => (positive === 1 ? (call === 1 ? 1 : 0) : -1), "no-positives"),
});

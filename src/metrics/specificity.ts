/** Share of the negative units that are called negative. */
import { both } from "../contract/common.js";
import { atBothLevels, prepareDecision } from "./binary.js";
import { proportionIntervalName } from "./proportions.js";

export const specificity = atBothLevels({
  id: "specificity",
  title: { "zh-CN": "特异度", en: "specificity" },
  formula: both("TN / (TN + FP)"),
  source:
    "YY/T 1833.1-2022 annex A (names); intervals: Wilson 1927, doi:10.1080/01621459.1927.10502953; Korn & Graubard 1998 (several units a patient)",
  interval: proportionIntervalName,
  edges: "no negative unit: no-negatives; no threshold: no-operating-point",
  kind: "proportion",
  of: "calls",
  higherIsBetter: true,
  prepare: (units) =>
    prepareDecision(units, (positive, call) => (positive === 0 ? (call === 0 ? 1 : 0) : -1), "no-negatives"),
});

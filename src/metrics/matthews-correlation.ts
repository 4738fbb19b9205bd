/** Correlation of call and class. */
import { both } from "../contract/common.js";
import { diagnosticValues, tableFormulas } from "../stats/index.js";
import { atBothLevels } from "./binary.js";
import { prepareTable } from "./decision-table.js";

export const matthewsCorrelation = atBothLevels({
  id: "mcc",
  title: { "zh-CN": "马修斯相关系数（MCC）", en: "Matthews correlation coefficient" },
  formula: both("(TP TN - FP FN) / sqrt((TP + FP)(TP + FN)(TN + FP)(TN + FN))"),
  source: "Matthews 1975, doi:10.1016/0005-2795(75)90109-9",
  interval: "percentiles of patient resamples",
  edges:
    "one class only, or all called alike: zero-denominator; no threshold: no-operating-point; all right: 1, zero-variance for the interval",
  kind: "index",
  of: "calls",
  higherIsBetter: true,
  prepare: (units) =>
    prepareTable(units, {
      value: (table) => diagnosticValues(table).mcc,
      formula: tableFormulas.mcc,
      interval: null,
    }),
});

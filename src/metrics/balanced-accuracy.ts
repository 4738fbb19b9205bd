/** Mean of sensitivity and specificity. */
import { diagnosticValues, tableFormulas, youdenIntervals } from "../stats/index.js";
import { atBothLevels } from "./binary.js";
import { orResampled, prepareTable } from "./decision-table.js";

export const balancedAccuracy = atBothLevels({
  id: "balanced-accuracy",
  title: { "zh-CN": "平衡准确率", en: "balanced accuracy" },
  formula: { "zh-CN": "(灵敏度 + 特异度) / 2", en: "(sensitivity + specificity) / 2" },
  source: "Brodersen et al. 2010, doi:10.1109/ICPR.2010.764; interval: Newcombe 1998",
  interval: orResampled("square and add of two Wilson intervals, as for Youden's J = 2 balanced accuracy - 1"),
  edges:
    "one class only: no-positives or no-negatives; no threshold: no-operating-point; all right: 1 with its interval",
  kind: "proportion",
  of: "calls",
  higherIsBetter: true,
  prepare: (units) =>
    prepareTable(units, {
      value: (table) => diagnosticValues(table).balancedAccuracy,
      formula: tableFormulas.balancedAccuracy,
      interval: (table, level) => youdenIntervals(table, level).balancedAccuracyNewcombe,
    }),
});

/** Youden's index of the calls at the operating threshold. */
import { tableFormulas, youdenIntervals } from "../stats/index.js";
import { atBothLevels } from "./binary.js";
import { orResampled, prepareTable } from "./decision-table.js";

export const youdenIndex = atBothLevels({
  id: "youden",
  title: { "zh-CN": "约登指数", en: "Youden index" },
  formula: { "zh-CN": "灵敏度 + 特异度 - 1", en: "sensitivity + specificity - 1" },
  source: "Youden 1950, doi:10.1002/1097-0142(1950)3:1<32::AID-CNCR2820030106>3.0.CO;2-3; interval: Newcombe 1998",
  interval: orResampled("square and add of two Wilson intervals"),
  edges:
    "one class only: no-positives or no-negatives; no threshold: no-operating-point; all right: 1 with its interval",
  kind: "index",
  of: "calls",
  higherIsBetter: true,
  prepare: (units) =>
    prepareTable(units, {
      value: (table) => youdenIntervals(table).youden,
      formula: tableFormulas.youden,
      interval: (table, level) => youdenIntervals(table, level).newcombe,
    }),
});

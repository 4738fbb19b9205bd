/** Area under the precision-recall curve as a step sum. */
import { averagePrecision as areaOf, precisionArea } from "../stats/index.js";
import { atBothLevels } from "./binary.js";
import { prepareCurve } from "./score-curve.js";

export const averagePrecision = atBothLevels({
  id: "average-precision",
  title: { "zh-CN": "平均精确率（AP）", en: "average precision" },
  formula: {
    "zh-CN": "对各不同阈值求和：召回率的增量 × 精确率，不作插值；评分无区分能力时等于患病率",
    en: "sum over distinct thresholds of (recall gained) x precision, without interpolation; a useless score has the prevalence",
  },
  source: "Davis & Goadrich 2006, doi:10.1145/1143844.1143874 (why no interpolation)",
  interval: "percentiles of patient resamples",
  edges: "no positive unit: no-positives; no negative unit: 1; all tied: the prevalence; no scores: no-scores",
  kind: "index",
  of: "scores",
  higherIsBetter: true,
  prepare: (units) => prepareCurve(units, { value: areaOf, formula: precisionArea, needsNegatives: false }),
});

/** Area under the ROC curve up to a false-positive rate, as it is and corrected to run from 0.5 to 1. */
import { areaBetween, correctedArea, partialAuc as partialArea } from "../stats/index.js";
import { atBothLevels } from "./binary.js";
import type { MetricParameter } from "./metric.js";
import { prepareCurve } from "./score-curve.js";

const highest: MetricParameter = {
  name: { "zh-CN": "假阳性率上限", en: "highest false-positive rate" },
  example: 0.1,
  accepts: (value) => value > 0 && value <= 1,
  suffix: (value) => ({ "zh-CN": `（假阳性率 0～${value}）`, en: ` up to a false-positive rate of ${value}` }),
};

const shared = {
  source: "McClish 1989, doi:10.1177/0272989X8900900307",
  interval: "percentiles of patient resamples",
  edges:
    "one class only: no-positives or no-negatives; no scores: no-scores; below the chance line it is still defined",
  kind: "index",
  of: "scores",
  higherIsBetter: true,
  parameter: highest,
} as const;

export const partialAuc = atBothLevels({
  ...shared,
  id: "partial-auc",
  title: { "zh-CN": "部分 AUC", en: "partial AUC" },
  formula: {
    "zh-CN": "ROC 折线在假阳性率 0 至上限之间的曲线下面积；最大值为该上限",
    en: "area under the ROC polyline between false-positive rate 0 and the limit; at most the limit",
  },
  prepare: (units, limit) =>
    prepareCurve(units, {
      value: (points) => {
        const outcome = partialArea(points, "fpr", [0, limit]);
        return outcome.ok ? { ok: true, value: outcome.area } : outcome;
      },
      formula: (counts) => areaBetween(counts, "fpr", 0, limit),
      needsNegatives: true,
    }),
});

export const correctedPartialAuc = atBothLevels({
  ...shared,
  id: "partial-auc-corrected",
  title: { "zh-CN": "部分 AUC（McClish 校正）", en: "corrected partial AUC" },
  formula: {
    "zh-CN": "(1 + (部分 AUC - 最小值) / (最大值 - 最小值)) / 2，最小值 = 上限² / 2（随机水平），最大值 = 上限",
    en: "(1 + (partial AUC - least) / (most - least)) / 2, least = limit²/2 (chance), most = limit",
  },
  prepare: (units, limit) =>
    prepareCurve(units, {
      value: (points) => {
        const outcome = partialArea(points, "fpr", [0, limit]);
        return outcome.ok ? { ok: true, value: outcome.corrected } : outcome;
      },
      formula: (counts) => correctedArea(areaBetween(counts, "fpr", 0, limit), (limit * limit) / 2, limit),
      needsNegatives: true,
    }),
});

/** Sensitivity at a wanted specificity and the reverse: the operating point is chosen on the set, and anew in each resample. */
import {
  pointAtSensitivity,
  pointAtSpecificity,
  sensitivityAtSpecificity as bestSensitivity,
  specificityAtSensitivity as firstSpecificity,
} from "../stats/index.js";
import { atBothLevels } from "./binary.js";
import type { MetricParameter, PreparedMetric } from "./metric.js";
import { prepareCurve } from "./score-curve.js";

const target = (name: MetricParameter["name"]): MetricParameter => ({
  name,
  example: 0.9,
  accepts: (value) => value > 0 && value <= 1,
  suffix: (value) => ({
    "zh-CN": `（${name["zh-CN"]}不低于 ${value} 时）`,
    en: ` at a ${name.en} of at least ${value}`,
  }),
});

const shared = {
  source: "step rule: a threshold exists that gives it; Pepe 2003, The statistical evaluation of medical tests",
  interval: "percentiles of patient resamples, the threshold chosen anew in each",
  edges:
    "one class only: no-positives or no-negatives; no scores: no-scores; always flagged threshold-from-test-set, for it is better here than elsewhere",
  kind: "proportion",
  of: "scores",
  higherIsBetter: true,
} as const;

const flagged = (prepared: PreparedMetric): PreparedMetric => ({
  ...prepared,
  flags: [...(prepared.flags ?? []), "threshold-from-test-set"],
});

export const sensitivityAtSpecificity = atBothLevels({
  ...shared,
  id: "sensitivity-at-specificity",
  title: { "zh-CN": "灵敏度", en: "sensitivity" },
  formula: {
    "zh-CN": "特异度达到目标值的各阈值中，灵敏度的最大值",
    en: "greatest sensitivity among the thresholds whose specificity reaches the target",
  },
  parameter: target({ "zh-CN": "特异度", en: "specificity" }),
  prepare: (units, wanted) =>
    flagged(
      prepareCurve(units, {
        value: (points) => {
          const point = bestSensitivity(points, wanted);
          return point.ok ? { ok: true, value: point.sensitivity } : point;
        },
        formula: (counts) => (counts.tp[pointAtSpecificity(counts, wanted)] as number) / counts.positives,
        needsNegatives: true,
      }),
    ),
});

export const specificityAtSensitivity = atBothLevels({
  ...shared,
  id: "specificity-at-sensitivity",
  title: { "zh-CN": "特异度", en: "specificity" },
  formula: {
    "zh-CN": "灵敏度达到目标值的最高阈值处的特异度",
    en: "specificity of the highest threshold whose sensitivity reaches the target",
  },
  parameter: target({ "zh-CN": "灵敏度", en: "sensitivity" }),
  prepare: (units, wanted) =>
    flagged(
      prepareCurve(units, {
        value: (points) => {
          const point = firstSpecificity(points, wanted);
          return point.ok ? { ok: true, value: point.specificity } : point;
        },
        formula: (counts) => 1 - (counts.fp[pointAtSensitivity(counts, wanted)] as number) / counts.negatives,
        needsNegatives: true,
      }),
    ),
});

/** Expected calibration error, with bins of equal width and of equal mass. */
import { massBin, reliability, sortedOrder, widthBin, type BinRule } from "../stats/index.js";
import { atBothLevels } from "./binary.js";
import { undefinedMetric, type MetricParameter, type PreparedMetric } from "./metric.js";
import { probabilityEdges, probabilityUnits, type ProbabilityUnits } from "./probability-units.js";
import type { BinaryUnits } from "./units.js";

const mostBins = 1000;

const bins = (suffix: string, words: string): MetricParameter => ({
  name: { "zh-CN": "分箱数", en: "number of bins" },
  example: 10,
  accepts: (value) => Number.isInteger(value) && value >= 1 && value <= mostBins,
  suffix: (value) => ({ "zh-CN": `（${value} 个${suffix}）`, en: ` (${value} bins of equal ${words})` }),
});

/** The error when patient i counts weights[i] times: units in order of probability, gaps summed by bin. */
function weightedError(
  { patient, label, probability }: ProbabilityUnits,
  rule: "width" | "mass",
  count: number,
): (weights: Uint16Array) => number {
  const order = sortedOrder(probability, "rising");
  const patients = Int32Array.from(order, (unit) => patient[unit] as number);
  const gaps = Float64Array.from(order, (unit) => (probability[unit] as number) - (label[unit] as number));
  const values = Float64Array.from(order, (unit) => probability[unit] as number);
  const ends = Uint8Array.from(values, (value, at) => (values[at + 1] === value ? 0 : 1));
  const sums = new Float64Array(count);
  return (weights) => {
    let total = 0;
    for (let at = 0; at < patients.length; at++) total += weights[patients[at] as number] as number;
    sums.fill(0);
    let before = 0;
    let block = 0;
    let gap = 0;
    for (let at = 0; at < patients.length; at++) {
      const weight = weights[patients[at] as number] as number;
      block += weight;
      gap += weight * (gaps[at] as number);
      if (ends[at] === 0 || block === 0) continue;
      const value = values[at] as number;
      const bin = rule === "mass" ? massBin(before, block, total, count) : widthBin(value, count, rule);
      sums[bin] = (sums[bin] as number) + gap;
      before += block;
      block = 0;
      gap = 0;
    }
    let error = 0;
    for (let bin = 0; bin < count; bin++) error += Math.abs(sums[bin] as number);
    return error / total;
  };
}

function prepareError(units: BinaryUnits, rule: BinRule & ("width" | "mass"), count: number): PreparedMetric {
  const own = probabilityUnits(units);
  const { label, probability, patients, n, flags, reason } = own;
  if (reason !== null) return undefinedMetric(reason, n, patients);
  const outcome = reliability(label, probability, rule, count);
  if (!outcome.ok) return undefinedMetric(outcome.reason, n, patients);
  return { n, patients, estimate: outcome.ece, flags, interval: null, weighted: weightedError(own, rule, count) };
}

const shared = {
  formula: {
    "zh-CN": "对各分箱求和：(箱内对象数 / 对象总数) × |箱内平均概率 - 箱内阳性比例|",
    en: "sum over bins of (cases in the bin / cases) x |mean probability - share of positives|",
  },
  interval:
    "percentiles of patient resamples; the error is biased upwards, in resamples twice, so that the interval of a well calibrated score may lie above the estimate",
  edges: `${probabilityEdges}; bins without a case are left out`,
  kind: "index",
  of: "scores",
  higherIsBetter: false,
} as const;

export const calibrationError = atBothLevels({
  ...shared,
  id: "ece",
  title: { "zh-CN": "期望校准误差（ECE）", en: "expected calibration error" },
  source: "Guo et al. 2017, arXiv:1706.04599; bins [lo, hi), the last one closed",
  parameter: bins("等宽分箱", "width"),
  prepare: (units, count) => prepareError(units, "width", count),
});

export const massCalibrationError = atBothLevels({
  ...shared,
  id: "ece-equal-mass",
  title: { "zh-CN": "期望校准误差（ECE）", en: "expected calibration error" },
  source: "Nixon et al. 2019, arXiv:1904.01685; equal probabilities stay in one bin",
  parameter: bins("等频分箱", "mass"),
  prepare: (units, count) => prepareError(units, "mass", count),
});

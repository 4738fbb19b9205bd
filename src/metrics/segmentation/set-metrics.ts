/** Metrics of a set of mask pairs: mean, median and percentiles of each measure over cases, pooled Dice, lesions found. */
import type { Bilingual } from "../../contract/common.js";
import { quantileOfRepeated, sortedOrder } from "../../stats/index.js";
import { weightedMean } from "../../stats/summation.js";
import { undefinedMetric, type MetricDefinition, type MetricParameter, type PreparedMetric } from "../metric.js";
import { prepareCounts, proportionIntervalName } from "../proportions.js";
import {
  maskMeasures,
  measureKey,
  type MaskMeasure,
  type MaskMeasureId,
  type MaskState,
  type MaskUnits,
} from "./mask-units.js";

type Summary = "mean" | "penalised" | "median" | "percentile";

const emptyStates = ["both-empty", "reference-empty", "prediction-empty"] as const satisfies readonly MaskState[];

/**
 * The value of a case in a summary; NaN: the case is left out. Only where one of the masks is empty does something stand for
 * a distance that is not there: masks that fill an open image have no surface, and two empty ones nothing between them.
 */
function shownValue(
  units: MaskUnits,
  values: Float64Array,
  at: number,
  measure: MaskMeasure,
  summary: Summary,
): number {
  const oneEmpty = units.state[at] === "reference-empty" || units.state[at] === "prediction-empty";
  if (measure.kind !== "distance" || !oneEmpty || summary === "mean") return values[at] as number;
  return summary === "penalised" ? (units.diagonal[at] as number) : Infinity;
}

const countOf = (flags: Uint8Array): number => flags.reduce((sum, flag) => sum + flag, 0);

/** Weighted value of a summary: `values` rise, value i stands counts[i] times. */
type Evaluate = (values: Float64Array, counts: ArrayLike<number>) => number;

function summarise(
  units: MaskUnits | undefined,
  measure: MaskMeasure,
  key: string,
  summary: Summary,
  evaluate: Evaluate,
): PreparedMetric {
  const measured = units?.values.get(key);
  if (!units || !measured) return undefinedMetric("no-data");
  const shown = measured.map((_, at) => shownValue(units, measured, at, measure, summary));
  const valued = [...shown.keys()].filter((at) => !Number.isNaN(shown[at]));
  const rising = sortedOrder(
    valued.map((at) => shown[at] as number),
    "rising",
  );
  const order = Array.from(rising, (place) => valued[place] as number);
  const values = Float64Array.from(order, (at) => shown[at] as number);
  const patient = Int32Array.from(order, (at) => units.patient[at] as number);
  const patients = new Set(patient).size;
  const [bothEmpty, referenceEmpty, predictionEmpty] = emptyStates.map(
    (state) => units.state.filter((one) => one === state).length,
  ) as [number, number, number];
  const n = {
    cases: units.patient.length,
    valued: order.length,
    bothEmpty,
    referenceEmpty,
    predictionEmpty,
    failed: countOf(units.failed),
    patients,
  };
  if (order.length === 0) {
    return undefinedMetric(emptyStates.find((state) => units.state.includes(state)) ?? "no-data", n);
  }
  const estimate = evaluate(values, new Uint8Array(order.length).fill(1));
  // The percentile falls on a case without a distance.
  if (estimate === Infinity) {
    return undefinedMetric(referenceEmpty > 0 ? "reference-empty" : "prediction-empty", n, patients);
  }
  const failedLeftOut = shown.some((value, at) => Number.isNaN(value) && units.failed[at] === 1);
  const counts = new Uint16Array(order.length);
  return {
    n,
    patients,
    estimate,
    ...(failedLeftOut ? { flags: ["failed-left-out" as const] } : {}),
    interval: null,
    weighted(weights) {
      for (let at = 0; at < counts.length; at++) counts[at] = weights[patient[at] as number] as number;
      // Infinite where the percentile falls on a case without a distance: such draws count, and may open the interval.
      return evaluate(values, counts);
    },
  };
}

const percent: MetricParameter = {
  name: { "zh-CN": "百分位", en: "percentile" },
  example: 5,
  accepts: (value) => value > 0 && value < 100,
  suffix: (value) => ({ "zh-CN": ` P${value}`, en: `, percentile ${value}` }),
};

const toleranceMm: MetricParameter = {
  name: { "zh-CN": "容差（mm）", en: "tolerance, mm" },
  example: 2,
  accepts: (value) => value >= 0,
  suffix: (value) => ({ "zh-CN": `（${value} mm）`, en: ` at ${value} mm` }),
};

const summaryTitles: Readonly<Record<Summary, Bilingual>> = {
  mean: { "zh-CN": "均值", en: "mean" },
  penalised: { "zh-CN": "均值（缺失计为图像对角线）", en: "mean, image diagonal where missing" },
  median: { "zh-CN": "中位数", en: "median" },
  percentile: { "zh-CN": "百分位数", en: "percentile" },
};

const summaryFormulas: Readonly<Record<Summary, Bilingual>> = {
  mean: { "zh-CN": "对有值的病例取均值", en: "mean over the cases that have a value" },
  penalised: {
    "zh-CN": "对病例取均值，仅一方掩膜为空时以图像对角线长度（mm）计",
    en: "mean over cases; where one of the two masks is empty, the diagonal of the image in mm stands",
  },
  median: { "zh-CN": "对病例取中位数", en: "median over cases" },
  percentile: {
    "zh-CN": "对病例取百分位数，线性插值（类型 7）",
    en: "percentile over cases by linear interpolation (type 7)",
  },
};

const oneMaskEmpty = "one mask empty: 0 (shares of an empty mask: left out)";
const failedDifference = "a failed case is left out and flagged";

function edgesOf({ id, kind }: MaskMeasure): string {
  if (kind === "agreement") {
    const none = id === "lesion-wise-dice" ? "one mask empty or nothing matched: 0" : oneMaskEmpty;
    return `${none}; both empty: left out and counted, or 1 by the protocol; a failed case: 0`;
  }
  if (kind === "difference") {
    return id === "relative-volume-difference"
      ? `empty reference: left out and counted; ${failedDifference}`
      : failedDifference;
  }
  return "one mask empty: no distance, left out of the mean and counted, ranked last in median and percentiles, whose interval has no upper end where draws fall there; both empty, failed cases without a reference among them: left out and counted; masks that fill an open image: no surface, left out";
}

function definitionOf(measure: MaskMeasure & { id: MaskMeasureId }, summary: Summary): MetricDefinition {
  const { id, title, kind } = measure;
  const ownParameter = measure.tolerance ? toleranceMm : undefined;
  const parameter = summary === "percentile" ? percent : ownParameter;
  return {
    id: summary === "mean" ? id : `${id}-${summary}`,
    title: {
      "zh-CN": summary === "percentile" ? title["zh-CN"] : `${title["zh-CN"]}${summaryTitles[summary]["zh-CN"]}`,
      en: summary === "percentile" ? title.en : `${title.en}, ${summaryTitles[summary].en}`,
    },
    formula: {
      "zh-CN": `${measure.formula["zh-CN"]}；${summaryFormulas[summary]["zh-CN"]}`,
      en: `${measure.formula.en}; ${summaryFormulas[summary].en}`,
    },
    source: measure.source,
    interval: "percentiles of patient resamples",
    edges: edgesOf(measure),
    unit: "case",
    kind: kind === "agreement" ? "index" : kind === "distance" ? "rate" : "number",
    higherIsBetter: kind === "difference" ? null : kind === "agreement",
    findingStrata: false,
    ...(parameter ? { parameter } : {}),
    prepare({ masks }, value) {
      const p = summary === "percentile" ? (value as number) / 100 : 0.5;
      const key = measureKey(id, measure.tolerance ? value : null);
      const isMean = summary === "mean" || summary === "penalised";
      return summarise(
        masks,
        measure,
        key,
        summary,
        isMean ? weightedMean : (values, counts) => quantileOfRepeated(values, counts, p),
      );
    },
  };
}

function summariesOf({ kind, tolerance }: MaskMeasure): Summary[] {
  if (tolerance) return ["mean", "median"];
  return kind === "distance" ? ["mean", "penalised", "median", "percentile"] : ["mean", "median", "percentile"];
}

const perCase = maskMeasures.flatMap((measure) =>
  summariesOf(measure).map((summary) => ({ measure: measure.id, metric: definitionOf(measure, summary) })),
);

/** The measure whose values a metric summarises; undefined: it is no metric of this kind. */
export function measureOfMetric(metricId: string): MaskMeasureId | undefined {
  return perCase.find(({ metric }) => metric.id === metricId)?.measure;
}

const pooledDice: MetricDefinition = {
  id: "pooled-dice",
  title: { "zh-CN": "合并体素 Dice 系数", en: "Dice coefficient of all voxels pooled" },
  formula: {
    "zh-CN": "2 TP / (2 TP + FP + FN)，全部病例的体素合并计算；目标体积大的病例权重更大",
    en: "2 TP / (2 TP + FP + FN) over the voxels of all cases together; large cases weigh more",
  },
  source: "Maier-Hein et al. 2024, doi:10.1038/s41592-023-02151-z",
  interval: "percentiles of patient resamples",
  edges: "no case: no-data; all masks empty: both-empty; a failed case counts as an empty answer",
  unit: "case",
  kind: "index",
  higherIsBetter: true,
  findingStrata: false,
  prepare({ masks: units }) {
    if (!units) return undefinedMetric("no-data");
    const { patient, truePositive, falsePositive, falseNegative } = units;
    const value = (weightOf: (patient: number) => number) => {
      let agreeing = 0;
      let all = 0;
      patient.forEach((one, at) => {
        const weight = weightOf(one);
        const twice = 2 * (truePositive[at] as number);
        agreeing += weight * twice;
        all += weight * (twice + (falsePositive[at] as number) + (falseNegative[at] as number));
      });
      return all === 0 ? Number.NaN : agreeing / all;
    };
    const patients = new Set(patient).size;
    const n = { cases: patient.length, failed: countOf(units.failed), patients };
    const estimate = value(() => 1);
    if (Number.isNaN(estimate)) return undefinedMetric(n.cases === 0 ? "no-data" : "both-empty", n, patients);
    return { n, patients, estimate, interval: null, weighted: (weights) => value((one) => weights[one] as number) };
  },
};

const lesionRule = {
  "zh-CN": "连通域按方案规定的最小交并比一对一匹配，每例取最大匹配",
  en: "connected components matched one to one at the least intersection over union that the protocol says, a largest matching a case",
};

const maskLesionRecall: MetricDefinition = {
  id: "mask-lesion-recall",
  title: { "zh-CN": "分割病灶召回率", en: "Recall of segmented lesions" },
  formula: {
    "zh-CN": `匹配病灶数 / 参考病灶数；${lesionRule["zh-CN"]}`,
    en: `matched lesions / lesions of the reference; ${lesionRule.en}`,
  },
  source: "Maier-Hein et al. 2024, doi:10.1038/s41592-023-02151-z",
  interval: proportionIntervalName,
  edges: "no lesion: no-positives; a failed case finds nothing",
  unit: "lesion",
  kind: "proportion",
  higherIsBetter: true,
  findingStrata: false,
  prepare({ masks }) {
    if (!masks) return undefinedMetric("no-data");
    return prepareCounts(masks.patient, masks.matched, masks.lesions, "units", "no-positives");
  },
};

const maskLesionPrecision: MetricDefinition = {
  ...maskLesionRecall,
  id: "mask-lesion-precision",
  title: { "zh-CN": "分割病灶精确率", en: "Precision of segmented lesions" },
  formula: {
    "zh-CN": `匹配连通域数 / 预测连通域数；${lesionRule["zh-CN"]}`,
    en: `matched components / components of the answer; ${lesionRule.en}`,
  },
  edges: "no predicted component: zero-denominator",
  unit: "mark",
  prepare({ masks }) {
    if (!masks) return undefinedMetric("no-data");
    return prepareCounts(masks.patient, masks.matched, masks.components, "units", "zero-denominator");
  },
};

export const maskMetrics: readonly MetricDefinition[] = [
  ...perCase.map(({ metric }) => metric),
  pooledDice,
  maskLesionRecall,
  maskLesionPrecision,
];

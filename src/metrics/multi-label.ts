/** Metrics over all classes of a multi-label set: macro and micro averages, subset accuracy, Hamming loss. */
import type { Bilingual } from "../contract/common.js";
import type { Reason } from "../contract/reasons.js";
import { mean } from "../stats/summation.js";
import { auc } from "./auc.js";
import { averagePrecision } from "./average-precision.js";
import { f1 } from "./f1.js";
import { undefinedMetric, type MetricDefinition, type PreparedMetric } from "./metric.js";
import { prepareProportion, proportionIntervalName } from "./proportions.js";
import { sensitivity } from "./sensitivity.js";
import { specificity } from "./specificity.js";
import type { BinaryUnits, CountedUnits } from "./units.js";

const common = { unit: "case", findingStrata: false, overClasses: true } as const;

/** A metric of the decisions of one class. */
const ofClass = (metric: MetricDefinition, units: CountedUnits, binary: BinaryUnits): PreparedMetric =>
  metric.prepare({ ...units, binary: { image: binary }, prepared: new Map() }, null);

/** A class has no value because the product gave nothing for it: leaving it out of a mean would reward that. */
const isUnanswered = ({ reason }: PreparedMetric): boolean => reason === "no-operating-point" || reason === "no-scores";

/**
 * Mean over the classes where the metric has a value, in the set and in each draw of patients. What leaves a class out is the
 * truth alone: no positive or no negative case, for F1 neither a positive case nor a false alarm.
 */
function prepareMacro(metric: MetricDefinition, units: CountedUnits): PreparedMetric {
  const { labels = [] } = units;
  const [first] = labels;
  if (first === undefined) return undefinedMetric("no-data");
  const classes = labels.map((binary) => ofClass(metric, units, binary));
  const defined = classes.filter(({ estimate }) => estimate !== null);
  const patients = new Set(first.patient).size;
  const n = { units: first.patient.length, classes: defined.length, allClasses: classes.length, patients };
  const unanswered = classes.find(isUnanswered);
  if (unanswered !== undefined) return undefinedMetric(unanswered.reason as Reason, n, patients);
  if (defined.length === 0) return undefinedMetric((classes[0] as PreparedMetric).reason as Reason, n, patients);
  const flags = new Set(defined.flatMap((one) => one.flags ?? []));
  if (defined.length < classes.length) flags.add("classes-left-out");
  const drawn = new Float64Array(defined.length);
  return {
    n,
    patients,
    estimate: mean(Float64Array.from(defined, ({ estimate }) => estimate as number)),
    flags: [...flags],
    interval: null,
    weighted(weights, replicate) {
      let count = 0;
      for (const one of defined) {
        const value = one.weighted(weights, replicate);
        if (!Number.isNaN(value)) drawn[count++] = value;
      }
      return mean(drawn.subarray(0, count));
    },
  };
}

function macro(metric: MetricDefinition, id: string, title: Bilingual): MetricDefinition {
  return {
    ...common,
    id,
    title,
    formula: {
      "zh-CN": `${(metric.plainTitle as Bilingual)["zh-CN"]}在各类别间的平均值，仅计有值的类别`,
      en: `mean of ${metric.id} over the classes where it has a value`,
    },
    source: "Sokolova & Lapalme 2009, doi:10.1016/j.ipm.2009.03.002",
    interval: "percentiles of patient resamples",
    edges:
      "a class without positives or negatives in the truth is left out and counted; one that the product does not answer: no-operating-point or no-scores; none with a value: the reason of the first",
    kind: metric.kind,
    higherIsBetter: metric.higherIsBetter,
    prepare: (units) => prepareMacro(metric, units),
  };
}

/** Decisions of all classes as units of their own: k a case. */
function pooled(labels: readonly BinaryUnits[]): BinaryUnits {
  const count = labels.reduce((sum, { patient }) => sum + patient.length, 0);
  const all = {
    patient: new Int32Array(count),
    positive: new Uint8Array(count),
    call: new Int8Array(count),
    score: new Float64Array(count),
    failed: new Uint8Array(count),
    scored: false,
  };
  let at = 0;
  for (const units of labels) {
    all.patient.set(units.patient, at);
    all.positive.set(units.positive, at);
    all.call.set(units.call, at);
    all.failed.set(units.failed, at);
    at += units.patient.length;
  }
  return all;
}

/** No class of any case lacks its decision. */
const isDecided = (labels: readonly BinaryUnits[]): boolean => labels.every(({ call }) => !call.includes(-1));

const microF1: MetricDefinition = {
  ...common,
  id: "micro-f1",
  title: { "zh-CN": "微平均 F1 值", en: "Micro-averaged F1 score" },
  formula: {
    "zh-CN": "2 TP / (2 TP + FP + FN)，各计数为全部类别之和",
    en: "2 TP / (2 TP + FP + FN) with the counts of all classes added up",
  },
  source: "Sokolova & Lapalme 2009, doi:10.1016/j.ipm.2009.03.002",
  interval: "as of f1, with the decisions of a patient as a cluster",
  edges: "nothing positive and nothing called: zero-denominator; a class without a decision: no-operating-point",
  kind: "index",
  higherIsBetter: true,
  prepare: (units) =>
    units.labels === undefined
      ? undefinedMetric("no-data")
      : ofClass(f1[0] as MetricDefinition, units, pooled(units.labels)),
};

const subsetAccuracy: MetricDefinition = {
  ...common,
  id: "subset-accuracy",
  title: { "zh-CN": "全部类别均正确的比例", en: "Subset accuracy" },
  formula: { "zh-CN": "全部类别均判定正确的病例数 / 病例数", en: "cases with every class decided rightly / cases" },
  source: "Sokolova & Lapalme 2009, doi:10.1016/j.ipm.2009.03.002 (exact match ratio)",
  interval: proportionIntervalName,
  edges: "no case: no-data; a class without a decision: no-operating-point",
  kind: "proportion",
  higherIsBetter: true,
  prepare({ labels = [] }) {
    const [first] = labels;
    if (first === undefined) return undefinedMetric("no-data");
    const { patient } = first;
    if (!isDecided(labels)) return undefinedMetric("no-operating-point", { units: patient.length });
    const right = (at: number) => labels.every(({ call, positive }) => call[at] === positive[at]);
    return prepareProportion(patient, (at) => (right(at) ? 1 : 0), "no-data");
  },
};

const hammingLoss: MetricDefinition = {
  ...common,
  id: "hamming-loss",
  title: { "zh-CN": "汉明损失（错误判定的比例）", en: "Hamming loss" },
  formula: {
    "zh-CN": "错误判定数 / 判定总数，按全部病例与类别计",
    en: "wrong decisions / decisions, over all cases and classes",
  },
  source: "Schapire & Singer 2000, doi:10.1023/A:1007649029923",
  interval: proportionIntervalName,
  edges: "no case: no-data; a class without a decision: no-operating-point",
  kind: "proportion",
  higherIsBetter: false,
  prepare({ labels }) {
    if (labels === undefined) return undefinedMetric("no-data");
    const { patient, positive, call } = pooled(labels);
    if (!isDecided(labels)) return undefinedMetric("no-operating-point", { units: patient.length });
    return prepareProportion(patient, (at) => (call[at] === positive[at] ? 0 : 1), "no-data");
  },
};

const imageLevel = (metrics: readonly MetricDefinition[]): MetricDefinition => metrics[0] as MetricDefinition;

export const multiLabel: readonly MetricDefinition[] = [
  macro(imageLevel(sensitivity), "macro-sensitivity", { "zh-CN": "宏平均灵敏度", en: "Macro-averaged sensitivity" }),
  macro(imageLevel(specificity), "macro-specificity", { "zh-CN": "宏平均特异度", en: "Macro-averaged specificity" }),
  macro(imageLevel(f1), "macro-f1", { "zh-CN": "宏平均 F1 值", en: "Macro-averaged F1 score" }),
  macro(imageLevel(auc), "macro-auc", { "zh-CN": "宏平均 AUC", en: "Macro-averaged AUC" }),
  macro(imageLevel(averagePrecision), "macro-average-precision", {
    "zh-CN": "宏平均平均精确率",
    en: "Macro-averaged average precision",
  }),
  microF1,
  subsetAccuracy,
  hammingLoss,
];

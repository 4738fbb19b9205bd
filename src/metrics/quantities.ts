/** Metrics of quantities against the reference's: bias, errors, share within a tolerance, ICC, Lin's coefficient, limits of agreement. */
import {
  blandAltman,
  concordanceCorrelation,
  icc,
  iccEstimate,
  repeatedBlandAltman,
  type IntervalOutcome,
  type NotEstimable,
  type Outcome,
} from "../stats/index.js";
import { mean } from "../stats/summation.js";
import { undefinedMetric, type MetricDefinition, type MetricParameter, type PreparedMetric } from "./metric.js";
import { prepareProportion, proportionIntervalName } from "./proportions.js";
import type { QuantityUnits } from "./units.js";

/** Pairs of an answer and its reference, and whose they are: a patient drawn twice is two. */
interface Pairs {
  readonly patient: Int32Array;
  readonly reference: Float64Array;
  readonly answer: Float64Array;
}

const differencesOf = ({ reference, answer }: Pairs): Float64Array =>
  answer.map((value, at) => value - (reference[at] as number));

/** Pairs of the cases that were answered, and the patient of each. */
function answeredPairs(units: QuantityUnits): Pairs {
  const places = [...units.patient.keys()].filter((at) => !Number.isNaN(units.answer[at]));
  return {
    patient: Int32Array.from(places, (at) => units.patient[at] as number),
    reference: Float64Array.from(places, (at) => units.reference[at] as number),
    answer: Float64Array.from(places, (at) => units.answer[at] as number),
  };
}

/** The pairs that a draw of patients holds, each as often as its patient was drawn. */
function drawnPairs(pairs: Pairs, weights: Uint16Array): Pairs {
  const drawn = [...pairs.patient].flatMap((patient, at) =>
    Array.from({ length: weights[patient] as number }, (_, copy) => ({ at, patient: copy * weights.length + patient })),
  );
  return {
    patient: Int32Array.from(drawn, ({ patient }) => patient),
    reference: Float64Array.from(drawn, ({ at }) => pairs.reference[at] as number),
    answer: Float64Array.from(drawn, ({ at }) => pairs.answer[at] as number),
  };
}

type Estimated = number | NotEstimable;

/** A part of what was found, or why there is nothing. */
function partOf<T extends object, V>(found: Outcome<T>, part: (found: T) => V): V | NotEstimable {
  return found.ok ? part(found) : found;
}

/**
 * A number made of pairs. `interval`: where every patient has one pair; else, and where the metric has none, patients are
 * drawn.
 */
function preparePairs(
  units: QuantityUnits | undefined,
  valueOf: (pairs: Pairs) => Estimated,
  interval?: (pairs: Pairs, level: number) => IntervalOutcome,
): PreparedMetric {
  if (!units) return undefinedMetric("no-data");
  const pairs = answeredPairs(units);
  const patients = new Set(pairs.patient).size;
  const cases = units.patient.length;
  const n = { cases, valued: pairs.patient.length, failed: cases - pairs.patient.length, patients };
  if (n.valued === 0) return undefinedMetric("no-data", n);
  const estimate = valueOf(pairs);
  if (typeof estimate !== "number") return undefinedMetric(estimate.reason, n, patients);
  return {
    n,
    patients,
    estimate,
    ...(n.failed > 0 ? { flags: ["failed-left-out" as const] } : {}),
    interval: interval && patients === n.valued ? (level) => interval(pairs, level) : null,
    weighted(weights) {
      // A mean of no pair is NaN.
      const value = valueOf(drawnPairs(pairs, weights));
      return typeof value === "number" ? value : Number.NaN;
    },
  };
}

const failedLeftOut = "no answered case: no-data; failed cases are left out and flagged";

const common = {
  unit: "case",
  findingStrata: false,
  edges: failedLeftOut,
} as const satisfies Partial<MetricDefinition>;

const bland = "Bland & Altman 1999, doi:10.1177/096228029900800204";
const drawn = "percentiles of patient resamples";

const bias: MetricDefinition = {
  ...common,
  id: "bias",
  title: { "zh-CN": "偏倚（平均差值）", en: "Bias (mean difference)" },
  formula: { "zh-CN": "(预测值 - 参考值) 的均值；以 0 为最佳", en: "mean of answer - reference; best at 0" },
  source: bland,
  interval: `t; ${drawn} where a patient has several cases`,
  kind: "number",
  higherIsBetter: null,
  prepare: ({ quantities }) =>
    preparePairs(
      quantities,
      (pairs) => mean(differencesOf(pairs)),
      ({ reference, answer }, level) =>
        partOf(blandAltman(reference, answer, "approximate", level), ({ biasInterval }) => biasInterval),
    ),
};

const meanAbsoluteError: MetricDefinition = {
  ...common,
  id: "mean-absolute-error",
  title: { "zh-CN": "平均绝对误差", en: "Mean absolute error" },
  formula: { "zh-CN": "|预测值 - 参考值| 的均值", en: "mean of |answer - reference|" },
  source: "Willmott & Matsuura 2005, doi:10.3354/cr030079",
  interval: drawn,
  kind: "rate",
  higherIsBetter: false,
  prepare: ({ quantities }) => preparePairs(quantities, (pairs) => mean(differencesOf(pairs).map(Math.abs))),
};

const rootMeanSquareError: MetricDefinition = {
  ...meanAbsoluteError,
  id: "root-mean-square-error",
  title: { "zh-CN": "均方根误差", en: "Root mean square error" },
  formula: { "zh-CN": "√((预测值 - 参考值)² 的均值)", en: "√(mean of (answer - reference)²)" },
  prepare: ({ quantities }) =>
    preparePairs(quantities, (pairs) =>
      Math.sqrt(mean(differencesOf(pairs).map((difference) => difference * difference))),
    ),
};

/** Rounding of a difference that counts as within a tolerance, relative to the numbers it was made of. */
const slack = 1e-12;

function preparedShare(units: QuantityUnits | undefined, limitOf: (reference: number) => number): PreparedMetric {
  if (!units) return undefinedMetric("no-data");
  return prepareProportion(
    units.patient,
    (at) => {
      const [answer, reference] = [units.answer[at] as number, units.reference[at] as number];
      const rounding = slack * (Math.abs(answer) + Math.abs(reference));
      return Math.abs(answer - reference) <= limitOf(reference) + rounding ? 1 : 0;
    },
    "no-data",
  );
}

const tolerance = (name: MetricParameter["name"], example: number): MetricParameter => ({
  name,
  example,
  accepts: (value) => value >= 0,
  suffix: (value) => ({ "zh-CN": `（${value}）`, en: ` ${value}` }),
});

const withinTolerance: MetricDefinition = {
  ...common,
  id: "within-tolerance",
  title: { "zh-CN": "误差不超过容差的比例", en: "Share with an error up to" },
  formula: {
    "zh-CN": "|预测值 - 参考值| ≤ 容差的病例数 / 病例数",
    en: "cases with |answer - reference| <= tolerance / cases",
  },
  source: "Lin et al. 2002, doi:10.1198/016214502753479392 (coverage probability)",
  interval: proportionIntervalName,
  edges: "no case: no-data; a failed case is not within",
  kind: "proportion",
  higherIsBetter: true,
  parameter: tolerance({ "zh-CN": "容差", en: "tolerance, in the quantity's unit" }, 5),
  prepare: ({ quantities }, value) => preparedShare(quantities, () => value as number),
};

const withinRelativeTolerance: MetricDefinition = {
  ...withinTolerance,
  id: "within-relative-tolerance",
  title: { "zh-CN": "相对误差不超过容差的比例", en: "Share with a relative error up to" },
  formula: {
    "zh-CN": "|预测值 - 参考值| ≤ 相对容差 × |参考值| 的病例数 / 病例数",
    en: "cases with |answer - reference| <= tolerance x |reference| / cases",
  },
  parameter: tolerance({ "zh-CN": "相对容差", en: "tolerance as a share of the reference" }, 0.1),
  prepare: ({ quantities }, value) => preparedShare(quantities, (reference) => (value as number) * Math.abs(reference)),
};

const ratings = ({ reference, answer }: Pairs): number[][] =>
  [...reference].map((value, at) => [value, answer[at] as number]);

const absoluteIcc: MetricDefinition = {
  ...common,
  id: "quantity-icc",
  title: { "zh-CN": "组内相关系数 ICC(A,1)", en: "ICC(A,1) with the reference" },
  formula: {
    "zh-CN": "(MSR - MSE) / (MSR + MSE + 2 (MSC - MSE) / n)，预测与参考视为两名阅片者",
    en: "(MSR - MSE) / (MSR + MSE + 2 (MSC - MSE) / n), answer and reference as two readers",
  },
  source: "McGraw & Wong 1996, doi:10.1037/1082-989X.1.1.30",
  interval: `F with Satterthwaite's degrees of freedom; ${drawn} where a patient has several cases`,
  edges: `${failedLeftOut}; one case: too-few; all equal: zero-variance`,
  kind: "index",
  higherIsBetter: true,
  prepare: ({ quantities }) =>
    preparePairs(
      quantities,
      (pairs) => partOf(iccEstimate(ratings(pairs), "A,1"), (found) => found.icc),
      (pairs, level) => partOf(icc(ratings(pairs), "A,1", level), ({ interval }) => interval),
    ),
};

const concordance: MetricDefinition = {
  ...absoluteIcc,
  id: "concordance-correlation",
  title: { "zh-CN": "Lin 一致性相关系数", en: "Lin's concordance correlation" },
  formula: {
    "zh-CN": "2 s_xy / (s_x² + s_y² + (x 的均值 - y 的均值)²)，方差与协方差以 n 为除数",
    en: "2 s_xy / (s_x² + s_y² + (mean x - mean y)²), moments with divisor n",
  },
  source: "Lin 1989, doi:10.2307/2532051; 2000",
  interval: `Fisher z; ${drawn} where a patient has several cases`,
  prepare: ({ quantities }) =>
    preparePairs(
      quantities,
      ({ reference, answer }) => partOf(concordanceCorrelation(reference, answer), ({ ccc }) => ccc),
      ({ reference, answer }, level) =>
        partOf(concordanceCorrelation(reference, answer, level), ({ interval }) => interval),
    ),
};

/** Limits of agreement, which hold 95 % of differences whatever the level of the interval. */
function agreementLimits({ patient, reference, answer }: Pairs): readonly [number, number] | NotEstimable {
  const limitsOf = (found: { limits: readonly [number, number] | NotEstimable }) => found.limits;
  if (new Set(patient).size === patient.length) {
    return partOf(blandAltman(reference, answer, "approximate", 0.95), limitsOf);
  }
  // With more cases than patients these limits are there.
  return partOf(repeatedBlandAltman(patient, reference, answer, 0.95), ({ varyingTruth }) =>
    limitsOf(varyingTruth as { limits: [number, number] }),
  );
}

const limitOf = (end: "lower" | "upper"): MetricDefinition => ({
  ...bias,
  id: `limit-of-agreement-${end}`,
  title:
    end === "lower"
      ? { "zh-CN": "95% 一致性界限（下限）", en: "Lower 95 % limit of agreement" }
      : { "zh-CN": "95% 一致性界限（上限）", en: "Upper 95 % limit of agreement" },
  formula: {
    "zh-CN": `偏倚 ${end === "lower" ? "-" : "+"} 1.96 s，s 为 (预测值 - 参考值) 的标准差；有患者含多个病例时，s² 为患者间方差与患者内方差之和（Bland & Altman 2007，doi:10.1080/10543400701329422，真值变化的情形）`,
    en: `bias ${end === "lower" ? "-" : "+"} 1.96 s of answer - reference; where a patient has several cases s² is the variance between patients + that within them (Bland & Altman 2007, doi:10.1080/10543400701329422, varying truth)`,
  },
  interval: `exact, noncentral t (Carkeet 2015, doi:10.1097/OPX.0000000000000513); ${drawn} where a patient has several cases`,
  edges: `${failedLeftOut}; one case: too-few; several cases of one patient alone: too-few-clusters; all differences equal: zero-variance for the interval`,
  prepare: ({ quantities }) =>
    preparePairs(
      quantities,
      (pairs) => {
        const limits = agreementLimits(pairs);
        return "ok" in limits ? limits : limits[end === "lower" ? 0 : 1];
      },
      ({ reference, answer }, level) =>
        partOf(blandAltman(reference, answer, "exact", level, 0.95), ({ lowerInterval, upperInterval }) =>
          end === "lower" ? lowerInterval : upperInterval,
        ),
    ),
});

export const quantityMetrics: readonly MetricDefinition[] = [
  bias,
  meanAbsoluteError,
  rootMeanSquareError,
  withinTolerance,
  withinRelativeTolerance,
  absoluteIcc,
  concordance,
  limitOf("lower"),
  limitOf("upper"),
];

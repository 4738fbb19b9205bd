/**
 * Why a quantity has no number (reasons), and what must be known about a number that is given (flags).
 * Both lists are closed; the reason that is reported is the first one that applies, in the order of the list.
 */
import type { Bilingual } from "./common.js";

const reasonTable = {
  "no-data": { "zh-CN": "没有可统计的对象", en: "nothing to count" },
  "no-positives": { "zh-CN": "没有阳性对象", en: "no unit of the positive class" },
  "no-negatives": { "zh-CN": "没有阴性对象", en: "no unit of the negative class" },
  "no-scores": { "zh-CN": "产品未输出评分", en: "the answers carry no score" },
  "both-empty": { "zh-CN": "参考与预测的分割均为空", en: "reference and prediction masks are both empty" },
  "reference-empty": { "zh-CN": "参考分割为空", en: "the reference mask is empty" },
  "prediction-empty": { "zh-CN": "预测分割为空", en: "the predicted mask is empty" },
  "too-few-clusters": { "zh-CN": "患者数不足", en: "too few patients" },
  "too-few": { "zh-CN": "例数少于公式所需", en: "fewer units than the formula needs" },
  "one-category": { "zh-CN": "所有评级均为同一类别", en: "all ratings are in one category" },
  "all-one-outcome": {
    "zh-CN": "结果全部相同，无法估计方差",
    en: "all outcomes are equal, the variance can't be estimated",
  },
  "no-discordance": { "zh-CN": "没有不一致的配对", en: "no discordant unit" },
  "zero-cell": { "zh-CN": "对数法所需的计数为零", en: "a count that the log method divides by is zero" },
  "zero-denominator": { "zh-CN": "分母为零", en: "the denominator is zero" },
  "zero-variance": {
    "zh-CN": "离散度为零，区间宽度将为零",
    en: "the spread is zero, the interval would have no width",
  },
  separated: { "zh-CN": "最大似然估计为无穷大", en: "the maximum likelihood estimate is infinite" },
  "infinite-logit": { "zh-CN": "概率恰为 0 或 1，logit 无定义", en: "a probability of exactly 0 or 1 enters a logit" },
  "resampling-degenerate": { "zh-CN": "有效重抽样次数过少", en: "too few valid replicates" },
  "no-solution": { "zh-CN": "参数空间内无解", en: "no solution in the parameter space" },
  "no-convergence": { "zh-CN": "迭代未收敛", en: "the iteration limit was reached" },
  "no-operating-point": { "zh-CN": "未声明工作点", en: "no operating point was declared" },
  "not-recorded": { "zh-CN": "未记录", en: "not recorded" },
} as const satisfies Record<string, Bilingual>;

const flagTable = {
  "no-data": { "zh-CN": "无数据，给出整个参数范围", en: "no data: the full range is given instead of an interval" },
  "exact-on-clusters": {
    "zh-CN": "结果全部相同，按患者数计算精确限",
    en: "all outcomes equal: exact limit on the number of patients",
  },
  "capped-n-eff": {
    "zh-CN": "有效样本量以实际数量为上限",
    en: "the effective sample size is capped at the number of units",
  },
  "exact-substitute": { "zh-CN": "离散系数无定义，改用 Garwood 精确限", en: "dispersion undefined: Garwood limits" },
  "level-not-reached": { "zh-CN": "精确置信水平低于标称值", en: "the exact level is below the nominal one" },
  "small-sample": { "zh-CN": "少于 30 名患者", en: "fewer than 30 patients" },
  suppressed: { "zh-CN": "数量过小，已隐去", en: "suppressed: too few units to disclose" },
  plateau: { "zh-CN": "目标值之外曲线不再延伸，取曲线末端", en: "the curve ends before the target; its end is given" },
  "wide-tie": { "zh-CN": "目标处有大量相同评分", en: "many equal scores at the target" },
  "degenerate-replicates": { "zh-CN": "部分重抽样无效，已剔除", en: "some replicates were undefined and left out" },
  "failed-left-out": { "zh-CN": "未处理的对象未计入", en: "failed units are left out" },
  "classes-left-out": {
    "zh-CN": "部分类别无定义，未计入平均",
    en: "classes without a value are left out of the mean",
  },
  "scores-contradict-decisions": {
    "zh-CN": "评分与产品自身的判定不一致：没有一个阈值能由评分得出这些判定",
    en: "scores and the product's own decisions differ: no threshold on the scores gives these decisions",
  },
  "threshold-from-test-set": { "zh-CN": "阈值在测试集上选定", en: "the threshold was chosen on the test set" },
} as const satisfies Record<string, Bilingual>;

export type Reason = keyof typeof reasonTable;
export type Flag = keyof typeof flagTable;

/** Every reason, in the order in which they apply. */
export const reasons = Object.keys(reasonTable) as [Reason, ...Reason[]];
/** Every flag. */
export const flags = Object.keys(flagTable) as [Flag, ...Flag[]];

/** One line for the report, for each reason and flag. */
export const reasonTexts: Readonly<Record<Reason, Bilingual>> = reasonTable;
export const flagTexts: Readonly<Record<Flag, Bilingual>> = flagTable;

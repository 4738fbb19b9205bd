/** Couplets, short runs and long runs of ectopic beats: how many are found, and how many of those found are true. */
import { grossAndAverageMetrics } from "./record-metrics.js";
import { runKinds, runLengths } from "./record-statistics.js";

const source = "ANSI/AAMI EC57 (run by run); WFDB rxr 10.7.0";

const kinds = {
  ventricular: { "zh-CN": "室性", en: "Ventricular" },
  supraventricular: { "zh-CN": "室上性", en: "Supraventricular" },
} as const;

const lengths = {
  couplet: { id: "couplet", "zh-CN": "成对搏动", en: "couplet", needed: 2 },
  shortRun: { id: "short-run", "zh-CN": "短阵（3–5搏）", en: "short run (3-5 beats)", needed: 3 },
  longRun: { id: "long-run", "zh-CN": "长阵（≥6搏）", en: "long run (6 beats or more)", needed: 6 },
} as const;

export const runMetrics = runKinds.flatMap((kind) =>
  runLengths.flatMap((length) => {
    const { id, needed, ...name } = lengths[length];
    const title = { "zh-CN": kinds[kind]["zh-CN"] + name["zh-CN"], en: `${kinds[kind].en} ${name.en}` };
    return [
      ...grossAndAverageMetrics({
        id: `${kind}-${id}-sensitivity`,
        statistic: `${kind}-${length}-sensitivity`,
        title: { "zh-CN": `${title["zh-CN"]}灵敏度`, en: `${title.en} sensitivity` },
        formula: {
          "zh-CN": `产品在同处有不少于 ${needed} 个连续异位搏动的参考${name["zh-CN"]}数 / 参考${name["zh-CN"]}数`,
          en: `reference runs where the test has one of ${needed} beats or more / reference runs of this length`,
        },
        source,
        unit: "run",
        higherIsBetter: true,
        whenEmpty: "no-positives",
      }),
      ...grossAndAverageMetrics({
        id: `${kind}-${id}-ppv`,
        statistic: `${kind}-${length}-ppv`,
        title: { "zh-CN": `${title["zh-CN"]}阳性预测值`, en: `${title.en} positive predictivity` },
        formula: {
          "zh-CN": `参考在同处有不少于 ${needed} 个连续异位搏动的产品${name["zh-CN"]}数 / 产品${name["zh-CN"]}数`,
          en: `test runs where the reference has one of ${needed} beats or more / test runs of this length`,
        },
        source,
        unit: "run",
        higherIsBetter: true,
        whenEmpty: "zero-denominator",
      }),
    ];
  }),
);

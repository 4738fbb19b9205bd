/** QRS, ventricular and supraventricular ectopic beats: sensitivity, positive predictivity, false positive rate. */
import { grossAndAverageMetrics } from "./record-metrics.js";

const source = "ANSI/AAMI EC57 (beat by beat); WFDB bxb 10.7.0";

const veb = { "zh-CN": "室性异位搏动", en: "VEB" };
const sveb = { "zh-CN": "室上性异位搏动", en: "SVEB" };

export const beatMetrics = [
  ...grossAndAverageMetrics({
    id: "qrs-sensitivity",
    statistic: "qrsSensitivity",
    title: { "zh-CN": "QRS 波检出灵敏度", en: "QRS sensitivity" },
    formula: "reference beats paired with a test beat / reference beats",
    source,
    unit: "beat",
    higherIsBetter: true,
    whenEmpty: "no-positives",
  }),
  ...grossAndAverageMetrics({
    id: "qrs-ppv",
    statistic: "qrsPpv",
    title: { "zh-CN": "QRS 波阳性预测值", en: "QRS positive predictivity" },
    formula: "test beats paired with a reference beat / test beats outside reference VF",
    source,
    unit: "beat",
    higherIsBetter: true,
    whenEmpty: "zero-denominator",
  }),
  ...grossAndAverageMetrics({
    id: "veb-sensitivity",
    statistic: "vebSensitivity",
    title: { "zh-CN": `${veb["zh-CN"]}灵敏度`, en: `${veb.en} sensitivity` },
    formula: "reference V called V / reference V",
    source,
    unit: "beat",
    higherIsBetter: true,
    whenEmpty: "no-positives",
  }),
  ...grossAndAverageMetrics({
    id: "veb-ppv",
    statistic: "vebPpv",
    title: { "zh-CN": `${veb["zh-CN"]}阳性预测值`, en: `${veb.en} positive predictivity` },
    formula: "V called V / (V, N, S, or no beat called V); F or Q called V is not counted",
    source,
    unit: "beat",
    higherIsBetter: true,
    whenEmpty: "zero-denominator",
  }),
  ...grossAndAverageMetrics({
    id: "veb-false-positive-rate",
    statistic: "vebFalsePositiveRate",
    title: { "zh-CN": `${veb["zh-CN"]}假阳性率`, en: `${veb.en} false positive rate` },
    formula:
      "N, S or no beat called V / (these + N, S, F, Q or no beat called anything else); missed beats are not counted",
    source,
    unit: "beat",
    higherIsBetter: false,
    whenEmpty: "no-negatives",
  }),
  ...grossAndAverageMetrics({
    id: "sveb-sensitivity",
    statistic: "svebSensitivity",
    title: { "zh-CN": `${sveb["zh-CN"]}灵敏度`, en: `${sveb.en} sensitivity` },
    formula: "reference S called S / reference S",
    source,
    unit: "beat",
    higherIsBetter: true,
    whenEmpty: "no-positives",
  }),
  ...grossAndAverageMetrics({
    id: "sveb-ppv",
    statistic: "svebPpv",
    title: { "zh-CN": `${sveb["zh-CN"]}阳性预测值`, en: `${sveb.en} positive predictivity` },
    formula: "S called S / (S, N, V, F, or no beat called S); Q called S is not counted",
    source,
    unit: "beat",
    higherIsBetter: true,
    whenEmpty: "zero-denominator",
  }),
];

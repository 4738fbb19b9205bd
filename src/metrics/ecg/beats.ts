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
    formula: {
      "zh-CN": "与产品搏动配对的参考搏动数 / 参考搏动数",
      en: "reference beats paired with a test beat / reference beats",
    },
    source,
    unit: "beat",
    higherIsBetter: true,
    whenEmpty: "no-positives",
  }),
  ...grossAndAverageMetrics({
    id: "qrs-ppv",
    statistic: "qrsPpv",
    title: { "zh-CN": "QRS 波阳性预测值", en: "QRS positive predictivity" },
    formula: {
      "zh-CN": "与参考搏动配对的产品搏动数 / 产品搏动数（参考室颤期间的除外）",
      en: "test beats paired with a reference beat / test beats outside reference VF",
    },
    source,
    unit: "beat",
    higherIsBetter: true,
    whenEmpty: "zero-denominator",
  }),
  ...grossAndAverageMetrics({
    id: "veb-sensitivity",
    statistic: "vebSensitivity",
    title: { "zh-CN": `${veb["zh-CN"]}灵敏度`, en: `${veb.en} sensitivity` },
    formula: { "zh-CN": "判为 V 的参考 V 搏动数 / 参考 V 搏动数", en: "reference V called V / reference V" },
    source,
    unit: "beat",
    higherIsBetter: true,
    whenEmpty: "no-positives",
  }),
  ...grossAndAverageMetrics({
    id: "veb-ppv",
    statistic: "vebPpv",
    title: { "zh-CN": `${veb["zh-CN"]}阳性预测值`, en: `${veb.en} positive predictivity` },
    formula: {
      "zh-CN": "判为 V 的 V 搏动数 / 判为 V 的 V、N、S 搏动与无搏动处总数；F、Q 判为 V 不计",
      en: "V called V / (V, N, S, or no beat called V); F or Q called V is not counted",
    },
    source,
    unit: "beat",
    higherIsBetter: true,
    whenEmpty: "zero-denominator",
  }),
  ...grossAndAverageMetrics({
    id: "veb-false-positive-rate",
    statistic: "vebFalsePositiveRate",
    title: { "zh-CN": `${veb["zh-CN"]}假阳性率`, en: `${veb.en} false positive rate` },
    formula: {
      "zh-CN":
        "判为 V 的 N、S 搏动与无搏动处总数 / (前者 + 判为 V 以外类别的 N、S、F、Q 搏动与无搏动处总数)；漏检搏动不计",
      en: "N, S or no beat called V / (these + N, S, F, Q or no beat called anything else); missed beats are not counted",
    },
    source,
    unit: "beat",
    higherIsBetter: false,
    whenEmpty: "no-negatives",
  }),
  ...grossAndAverageMetrics({
    id: "sveb-sensitivity",
    statistic: "svebSensitivity",
    title: { "zh-CN": `${sveb["zh-CN"]}灵敏度`, en: `${sveb.en} sensitivity` },
    formula: { "zh-CN": "判为 S 的参考 S 搏动数 / 参考 S 搏动数", en: "reference S called S / reference S" },
    source,
    unit: "beat",
    higherIsBetter: true,
    whenEmpty: "no-positives",
  }),
  ...grossAndAverageMetrics({
    id: "sveb-ppv",
    statistic: "svebPpv",
    title: { "zh-CN": `${sveb["zh-CN"]}阳性预测值`, en: `${sveb.en} positive predictivity` },
    formula: {
      "zh-CN": "判为 S 的 S 搏动数 / 判为 S 的 S、N、V、F 搏动与无搏动处总数；Q 判为 S 不计",
      en: "S called S / (S, N, V, F, or no beat called S); Q called S is not counted",
    },
    source,
    unit: "beat",
    higherIsBetter: true,
    whenEmpty: "zero-denominator",
  }),
];

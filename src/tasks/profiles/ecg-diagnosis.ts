/** Diagnoses on the resting 12-lead ECG: six yes/no labels a tracing. Tracings are not read; answers come through `score`. */
import type { TaskProfile } from "../profile.js";
import { attributeTitles, sexValues } from "./attributes.js";
import { ageBands, commonDefaults } from "./defaults.js";

const classes = [
  { id: "1dAVb", title: { "zh-CN": "一度房室传导阻滞", en: "first-degree AV block" } },
  { id: "RBBB", title: { "zh-CN": "右束支传导阻滞", en: "right bundle branch block" } },
  { id: "LBBB", title: { "zh-CN": "左束支传导阻滞", en: "left bundle branch block" } },
  { id: "SB", title: { "zh-CN": "窦性心动过缓", en: "sinus bradycardia" } },
  { id: "AF", title: { "zh-CN": "心房颤动", en: "atrial fibrillation" } },
  { id: "ST", title: { "zh-CN": "窦性心动过速", en: "sinus tachycardia" } },
] as const;

const decisionMetrics = ["sensitivity", "specificity", "ppv", "npv", "f1"] as const;

export const ecgDiagnosis: TaskProfile = {
  id: "ecg-diagnosis",
  title: { "zh-CN": "心电：静息12导联心电图多标签诊断", en: "Resting 12-lead ECG: diagnoses (multi-label)" },
  form: "classification",
  imageKind: "none",
  modality: "ECG",
  caseUnit: "case",
  clinicalTask: {
    "zh-CN": "判定静息12导联心电图有无六种异常，一份心电图可有多种",
    en: "say which of six abnormalities a resting 12-lead ECG shows; a tracing may show several",
  },
  classes,
  defaults: {
    ...commonDefaults,
    metrics: [
      "macro-f1",
      "macro-sensitivity",
      "macro-specificity",
      "macro-auc",
      "macro-average-precision",
      "micro-f1",
      "subset-accuracy",
      "hamming-loss",
      ...decisionMetrics,
      "auc",
      "average-precision",
      "answered-rate",
    ],
    primary: "macro-f1",
    strata: [
      "class",
      "site",
      "manufacturer",
      "sex",
      { attribute: "ageYears", bins: ageBands },
      { cross: ["class", "sex"] },
    ],
    comparison: {
      metrics: ["macro-f1", "macro-sensitivity", "macro-specificity", "macro-auc", "sensitivity", "specificity", "auc"],
      margin: 0.05,
      alpha: 0.05,
      multiplicity: "primary-only",
    },
    deadlines: { createSeconds: 60, caseSeconds: 60 },
  },
  attributes: {
    class: {
      title: { "zh-CN": "诊断", en: "diagnosis" },
      level: "class",
      values: Object.fromEntries(
        classes.map(({ id, title }) => [id, { "zh-CN": `${title["zh-CN"]}（${id}）`, en: `${title.en} (${id})` }]),
      ),
    },
    site: attributeTitles.site,
    region: attributeTitles.region,
    manufacturer: attributeTitles.manufacturer,
    model: attributeTitles.model,
    sex: { ...attributeTitles.sex, values: sexValues },
    ageYears: attributeTitles.ageYears,
    samplingHz: { title: { "zh-CN": "采样率 (Hz)", en: "sampling rate (Hz)" }, level: "case" },
  },
  attributeFallbacks: {},
  minimumComposition: {
    cases: 1100,
    positiveCases: 600,
    negativeCases: 500,
    perClass: 100,
    sites: 5,
    manufacturers: 3,
    largestSiteShare: 0.4,
    largestManufacturerShare: 0.6,
    perStratum: [],
  },
  source: "Classes of Ribeiro et al. 2020, doi:10.1038/s41467-020-15432-4",
};

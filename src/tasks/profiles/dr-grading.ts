/** Diabetic retinopathy on colour fundus photographs: grading (ICDR 0-4), referable from grade 2. */
import type { TaskProfile } from "../profile.js";
import { attributeTitles, sexValues } from "./attributes.js";
import { ageBands, commonDefaults } from "./defaults.js";

export const drGrading: TaskProfile = {
  id: "dr-grading",
  title: {
    "zh-CN": "眼科：糖尿病视网膜病变眼底彩照分级",
    en: "Colour fundus photography: diabetic retinopathy grading",
  },
  form: "classification",
  imageKind: "image",
  modality: "OP",
  caseUnit: "image",
  clinicalTask: {
    "zh-CN": "判定需转诊糖尿病视网膜病变（中度非增殖期及以上）并给出ICDR分级",
    en: "call referable diabetic retinopathy (moderate non-proliferative or worse) and give the ICDR grade",
  },
  grading: {
    label: "icdr",
    grades: [0, 1, 2, 3, 4],
    positive: { title: { "zh-CN": "需转诊", en: "referable" }, score: "referable", fromGrade: 2 },
    gradable: "gradable",
  },
  defaults: {
    ...commonDefaults,
    metrics: [
      "patient-sensitivity",
      "patient-specificity",
      "patient-accuracy",
      "patient-ppv",
      "patient-npv",
      "patient-auc",
      "patient-quadratic-kappa",
      "sensitivity",
      "specificity",
      "accuracy",
      "ppv",
      "npv",
      "auc",
      "grade-accuracy",
      "quadratic-kappa",
      "answered-rate",
    ],
    primary: "patient-sensitivity",
    strata: ["site", "camera", "quality", "eye", "sex", { attribute: "ageYears", bins: ageBands }],
    comparison: {
      metrics: ["patient-sensitivity", "patient-specificity", "patient-auc", "auc", "quadratic-kappa"],
      margin: 0.05,
      alpha: 0.05,
      multiplicity: "primary-only",
    },
    deadlines: { createSeconds: 60, caseSeconds: 60 },
  },
  attributes: { ...attributeTitles, sex: { ...attributeTitles.sex, values: sexValues } },
  attributeFallbacks: {},
  minimumComposition: {
    cases: 600,
    positiveCases: 185,
    negativeCases: 200,
    sites: 5,
    manufacturers: 3,
    largestSiteShare: 0.4,
    largestManufacturerShare: 0.6,
    perStratum: [],
  },
  source:
    "ICDR scale (Wilkinson et al. 2003, doi:10.1016/S0161-6420(03)00475-5); YY/T 1949-2024 for the data set statement",
};

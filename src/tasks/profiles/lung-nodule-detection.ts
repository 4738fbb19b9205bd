/** Pulmonary nodules on chest CT: detection. */
import type { TaskProfile } from "../profile.js";
import { attributeTitles, sexValues } from "./attributes.js";
import { ageBands, commonDefaults } from "./defaults.js";

const sizeBins = ["[3,4)", "[4,6)", "[6,8)", "[8,10)", "[10,20)", "[20,30]", "(30,inf)"];
const thicknessBins = ["(0,1)", "[1,2]", "(2,5)", "[5,inf)"];
const thickness = { attribute: "sliceThickness", bins: thicknessBins };

export const lungNoduleDetection: TaskProfile = {
  id: "lung-nodule-detection",
  title: { "zh-CN": "肺部CT：肺结节检出", en: "Chest CT: pulmonary nodule detection" },
  form: "detection",
  imageKind: "volume",
  modality: "CT",
  caseUnit: "case",
  clinicalTask: {
    "zh-CN": "在胸部CT上检出肺结节（平扫，常规或低剂量）",
    en: "find pulmonary nodules on chest CT (plain, standard or low dose)",
  },
  defaults: {
    ...commonDefaults,
    exclude: { belowMm: 3 },
    metrics: [
      "lesion-sensitivity",
      "false-positives-per-case",
      "lesion-precision",
      "froc-sensitivity@0.125",
      "froc-sensitivity@0.25",
      "froc-sensitivity@0.5",
      "froc-sensitivity@1",
      "froc-sensitivity@2",
      "froc-sensitivity@4",
      "froc-sensitivity@8",
      "froc-score",
      "patient-sensitivity",
      "patient-specificity",
      "patient-accuracy",
      "patient-ppv",
      "patient-npv",
      "patient-auc",
    ],
    primary: "lesion-sensitivity",
    strata: [
      "site",
      "manufacturer",
      thickness,
      { cross: ["site", thickness] },
      "kernel",
      "sex",
      { attribute: "ageYears", bins: ageBands },
      {
        attribute: "size",
        bins: sizeBins,
        names: [
          { "zh-CN": "3–4 mm", en: "3–4 mm" },
          { "zh-CN": "4–6 mm", en: "4–6 mm" },
          { "zh-CN": "6–8 mm", en: "6–8 mm" },
          { "zh-CN": "8–10 mm", en: "8–10 mm" },
          { "zh-CN": "10–20 mm", en: "10–20 mm" },
          { "zh-CN": "20–30 mm", en: "20–30 mm" },
          { "zh-CN": "肿块（>30 mm）", en: "mass (> 30 mm)" },
        ],
      },
      "type",
    ],
    comparison: {
      metrics: [
        "lesion-sensitivity",
        "false-positives-per-case",
        "froc-score",
        "patient-sensitivity",
        "patient-specificity",
      ],
      margin: {
        "lesion-sensitivity": 0.05,
        "false-positives-per-case": 0.25,
        "froc-score": 0.05,
        "patient-sensitivity": 0.05,
        "patient-specificity": 0.1,
      },
      alpha: 0.05,
      multiplicity: "primary-only",
    },
  },
  attributes: {
    ...attributeTitles,
    size: { title: { "zh-CN": "结节大小", en: "nodule size" }, level: "finding" },
    type: {
      title: { "zh-CN": "结节类型", en: "nodule type" },
      level: "finding",
      values: {
        solid: { "zh-CN": "实性", en: "solid" },
        "part-solid": { "zh-CN": "部分实性", en: "part-solid" },
        "ground-glass": { "zh-CN": "磨玻璃", en: "ground-glass" },
        calcified: { "zh-CN": "钙化", en: "calcified" },
      },
    },
    malignancy: { title: { "zh-CN": "恶性程度评分", en: "malignancy rating" }, level: "finding" },
    sex: { ...attributeTitles.sex, values: sexValues },
  },
  attributeFallbacks: { sliceThickness: ["sliceSpacingMm", "sliceThicknessMm"] },
  minimumComposition: {
    cases: 300,
    positiveCases: 200,
    negativeCases: 100,
    sites: 5,
    manufacturers: 3,
    largestSiteShare: 0.4,
    largestManufacturerShare: 0.6,
    perStratum: [{ axis: thickness, atLeast: 60 }],
  },
  source: "YY/T 1858-2022 (method standard, sets no pass values); LUNA16 (arXiv:1612.08012) for the match criterion",
};

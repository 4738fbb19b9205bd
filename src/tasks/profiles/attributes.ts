/** Titles of the standard attributes of cases, shared by the profiles. */
import type { AttributeDefinition } from "../profile.js";

export const sexValues = {
  M: { "zh-CN": "男", en: "male" },
  F: { "zh-CN": "女", en: "female" },
} as const;

export const attributeTitles = {
  site: { title: { "zh-CN": "机构", en: "site" }, level: "case" },
  region: { title: { "zh-CN": "地区", en: "region" }, level: "case" },
  manufacturer: { title: { "zh-CN": "厂商", en: "manufacturer" }, level: "case" },
  model: { title: { "zh-CN": "机型", en: "model" }, level: "case" },
  sliceThickness: { title: { "zh-CN": "层厚 (mm)", en: "slice thickness (mm)" }, level: "case" },
  kernel: { title: { "zh-CN": "重建核", en: "kernel" }, level: "case" },
  sex: { title: { "zh-CN": "性别", en: "sex" }, level: "case", values: sexValues },
  ageYears: { title: { "zh-CN": "年龄", en: "age (years)" }, level: "case" },
  camera: { title: { "zh-CN": "相机", en: "camera" }, level: "case" },
  quality: {
    title: { "zh-CN": "图像质量", en: "image quality" },
    level: "case",
    values: {
      good: { "zh-CN": "好", en: "good" },
      fair: { "zh-CN": "中", en: "fair" },
      poor: { "zh-CN": "差", en: "poor" },
    },
  },
  eye: {
    title: { "zh-CN": "眼别", en: "eye" },
    level: "case",
    values: {
      left: { "zh-CN": "左眼", en: "left" },
      right: { "zh-CN": "右眼", en: "right" },
      L: { "zh-CN": "左眼", en: "left" },
      R: { "zh-CN": "右眼", en: "right" },
    },
  },
} satisfies Record<string, AttributeDefinition>;

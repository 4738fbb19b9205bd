/** Measures of pairs of masks that sets are summarised by, and the units that hold their values. */
import type { Bilingual } from "../../contract/common.js";

/** What an undefined value or one from an empty mask means to a summary. */
export type MeasureKind =
  /** 0 to 1; 0 where one mask is empty. */
  | "agreement"
  /** From 0 up; none where a mask is empty. */
  | "distance"
  /** Signed. */
  | "difference";

export interface MaskMeasure {
  readonly id: string;
  readonly title: Bilingual;
  readonly kind: MeasureKind;
  readonly formula: Bilingual;
  readonly source: string;
  /** The measure takes a tolerance in mm. */
  readonly tolerance?: true;
}

const nikolov = "Nikolov et al. 2021, doi:10.2196/26151";
const surfaces = {
  "zh-CN": "按方案取边界体素间的距离，或以面积加权的表面元素间的距离",
  en: "between border voxels, or surface elements weighted by area, as the protocol says",
};
const metricsReloaded = "Maier-Hein et al. 2024, doi:10.1038/s41592-023-02151-z";

/** Every measure; a new one is one entry here and its value in the segmentation form. */
export const maskMeasures = [
  {
    id: "dice",
    title: { "zh-CN": "Dice 系数", en: "Dice coefficient" },
    kind: "agreement",
    formula: {
      "zh-CN": "2 TP / (2 TP + FP + FN)，按单个病例的体素计算",
      en: "2 TP / (2 TP + FP + FN) over the voxels of a case",
    },
    source: "Dice 1945, doi:10.2307/1932409",
  },
  {
    id: "iou",
    title: { "zh-CN": "交并比", en: "Intersection over union" },
    kind: "agreement",
    formula: {
      "zh-CN": "TP / (TP + FP + FN)，按单个病例的体素计算",
      en: "TP / (TP + FP + FN) over the voxels of a case",
    },
    source: "Jaccard 1912, doi:10.1111/j.1469-8137.1912.tb05611.x",
  },
  {
    id: "voxel-recall",
    title: { "zh-CN": "体素召回率", en: "Voxel recall" },
    kind: "agreement",
    formula: { "zh-CN": "TP / (TP + FN)，按单个病例的体素计算", en: "TP / (TP + FN) over the voxels of a case" },
    source: metricsReloaded,
  },
  {
    id: "voxel-precision",
    title: { "zh-CN": "体素精确率", en: "Voxel precision" },
    kind: "agreement",
    formula: { "zh-CN": "TP / (TP + FP)，按单个病例的体素计算", en: "TP / (TP + FP) over the voxels of a case" },
    source: metricsReloaded,
  },
  {
    id: "volumetric-similarity",
    title: { "zh-CN": "体积相似度", en: "Volumetric similarity" },
    kind: "agreement",
    formula: {
      "zh-CN": "1 - |FP - FN| / (2 TP + FP + FN)，按单个病例的体素计算",
      en: "1 - |FP - FN| / (2 TP + FP + FN) over the voxels of a case",
    },
    source: "Taha & Hanbury 2015, doi:10.1186/s12880-015-0068-x",
  },
  {
    id: "volume-difference",
    title: { "zh-CN": "体积差", en: "Volume difference" },
    kind: "difference",
    formula: {
      "zh-CN": "预测体积 - 参考体积，mm³（二维为面积，mm²）",
      en: "volume of the answer - volume of the reference, mm³ (mm²)",
    },
    source: metricsReloaded,
  },
  {
    id: "relative-volume-difference",
    title: { "zh-CN": "相对体积差", en: "Relative volume difference" },
    kind: "difference",
    formula: {
      "zh-CN": "(预测体积 - 参考体积) / 参考体积",
      en: "(volume of the answer - volume of the reference) / volume of the reference",
    },
    source: metricsReloaded,
  },
  {
    id: "hd",
    title: { "zh-CN": "豪斯多夫距离", en: "Hausdorff distance" },
    kind: "distance",
    formula: {
      "zh-CN": `一方表面至另一方表面的最大距离，取两个方向中的较大者，mm；${surfaces["zh-CN"]}`,
      en: `largest distance from a surface to the other, mm; ${surfaces.en}`,
    },
    source: "Huttenlocher et al. 1993, doi:10.1109/34.232073",
  },
  {
    id: "hd95",
    title: { "zh-CN": "第 95 百分位豪斯多夫距离", en: "95th percentile Hausdorff distance" },
    kind: "distance",
    formula: {
      "zh-CN":
        "两个单向距离第 95 百分位数中的较大者，mm：边界体素间按线性插值（类型 7）取百分位数，表面元素间取覆盖 95% 面积的距离",
      en: "larger of the two directed 95th percentiles, mm: between border voxels by linear interpolation (type 7), between surface elements the distance within which 95 % of the area lie",
    },
    source: `${metricsReloaded}; ${nikolov}`,
  },
  {
    id: "assd",
    title: { "zh-CN": "平均对称表面距离", en: "Average symmetric surface distance" },
    kind: "distance",
    formula: {
      "zh-CN": `双方表面至对方的全部距离合并后的均值，mm；${surfaces["zh-CN"]}`,
      en: `mean distance over both surfaces together, mm; ${surfaces.en}`,
    },
    source: metricsReloaded,
  },
  {
    id: "masd",
    title: { "zh-CN": "平均表面距离（双向均值）", en: "Mean average surface distance" },
    kind: "distance",
    formula: {
      "zh-CN": `两个单向平均距离的均值，mm；${surfaces["zh-CN"]}`,
      en: `mean of the two directed mean distances, mm; ${surfaces.en}`,
    },
    source: metricsReloaded,
  },
  {
    id: "nsd",
    title: { "zh-CN": "归一化表面 Dice 系数", en: "Normalised surface distance" },
    kind: "agreement",
    formula: {
      "zh-CN": `双方表面中与对方表面的距离在容差以内（d ≤ 容差 + 1e-9 mm）的部分所占比例；${surfaces["zh-CN"]}`,
      en: `share of both surfaces within the tolerance of the other (d <= tolerance + 1e-9 mm); ${surfaces.en}`,
    },
    source: nikolov,
    tolerance: true,
  },
  {
    id: "boundary-iou",
    title: { "zh-CN": "边界交并比", en: "Boundary IoU" },
    kind: "agreement",
    formula: {
      "zh-CN":
        "双方边界带的交并比；边界带为以全邻域腐蚀 round(图像对角线的 2%) 次所去除的部分，恰为半数时向上取整（原作者代码取偶数）",
      en: "intersection over union of the bands that round(2 % of the image diagonal) erosions by the full neighbourhood take away; a half is rounded up (the authors' code: to even)",
    },
    source: "Cheng et al. 2021, doi:10.1109/CVPR46437.2021.01508",
  },
  {
    id: "cl-dice",
    title: { "zh-CN": "中心线 Dice 系数", en: "Centre line Dice (clDice)" },
    kind: "agreement",
    formula: {
      "zh-CN": "双方中心线各自位于对方掩膜内的比例的调和平均值；中心线按 Lee、Kashyap 和 Chu 1994 的细化算法提取",
      en: "harmonic mean of the shares of each centre line inside the other mask; thinning of Lee, Kashyap & Chu 1994",
    },
    source: "Shit et al. 2021, doi:10.1109/CVPR46437.2021.01629",
  },
  {
    id: "lesion-wise-dice",
    title: { "zh-CN": "匹配病灶 Dice 系数", en: "Dice of matched lesions" },
    kind: "agreement",
    formula: {
      "zh-CN": "病例中与预测连通域一对一匹配的病灶的 Dice 系数均值；无匹配病灶时为 0",
      en: "mean Dice of the lesions of a case that are matched one to one with a predicted component; 0 where none is",
    },
    source: metricsReloaded,
  },
] as const satisfies readonly MaskMeasure[];

export type MaskMeasureId = (typeof maskMeasures)[number]["id"];

/** Name under which the values of a measure stand. */
export const measureKey = (id: MaskMeasureId, tolerance: number | null): string =>
  tolerance === null ? id : `${id}@${tolerance}`;

/** Which masks of a pair hold voxels; a failed answer is an empty mask. */
export type MaskState = "both" | "both-empty" | "reference-empty" | "prediction-empty";

/** Pairs of masks, one a case. */
export interface MaskUnits {
  readonly patient: Int32Array;
  readonly state: readonly MaskState[];
  /** 1: the product gave no answer. Its agreements are 0, its distances rank last. */
  readonly failed: Uint8Array;
  readonly truePositive: Float64Array;
  readonly falsePositive: Float64Array;
  readonly falseNegative: Float64Array;
  /** Connected components of the reference, of the answer, and one-to-one matches. */
  readonly lesions: Float64Array;
  readonly components: Float64Array;
  readonly matched: Float64Array;
  /** Diagonal of the image: what a missing distance costs. */
  readonly diagonal: Float64Array;
  /** Values by `measureKey`, a place a pair; NaN: undefined. */
  readonly values: ReadonlyMap<string, Float64Array>;
}

/** Overlap and volume of a pair of masks: counts of voxels and what is made of them. */
import type { Mask } from "../../geometry/mask.js";
import { notEstimable } from "../../stats/outcome.js";
import { agreementOfEmpty, emptyReason, requireSameGrid, type EmptyRule, type Value } from "./pair.js";

export interface VoxelCounts {
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly falseNegative: number;
  readonly trueNegative: number;
}

/** Voxels by reference and prediction. */
export function voxelCounts(reference: Mask, prediction: Mask): VoxelCounts {
  requireSameGrid(reference, prediction);
  const [a, b] = [reference.voxels, prediction.voxels];
  let both = 0;
  let inReference = 0;
  let inPrediction = 0;
  for (let at = 0; at < a.length; at++) {
    const r = a[at] === 0 ? 0 : 1;
    const p = b[at] === 0 ? 0 : 1;
    both += r & p;
    inReference += r;
    inPrediction += p;
  }
  return {
    truePositive: both,
    falsePositive: inPrediction - both,
    falseNegative: inReference - both,
    trueNegative: a.length - inReference - inPrediction + both,
  };
}

export interface Overlap extends VoxelCounts {
  /** 2 TP / (2 TP + FP + FN); Dice 1945, doi:10.2307/1932409. */
  readonly dice: Value;
  /** TP / (TP + FP + FN); Jaccard 1912. */
  readonly iou: Value;
  readonly recall: Value;
  readonly precision: Value;
  /** Volumes in the cube (in two dimensions square) of the spacing's unit; the difference is prediction - reference. */
  readonly referenceVolume: number;
  readonly predictionVolume: number;
  readonly volumeDifference: number;
  /** Difference / volume of the reference. */
  readonly relativeVolumeDifference: Value;
  /** 1 - |FP - FN| / (2 TP + FP + FN); Taha & Hanbury 2015, doi:10.1186/s12880-015-0068-x. */
  readonly volumetricSimilarity: Value;
}

/**
 * Overlap of two masks on one grid. Where a mask is empty, agreements are 0 and shares of nothing are undefined; where
 * both are, everything relative is (`bothEmpty: 1` makes Dice, IoU and volumetric similarity 1).
 */
export function overlap(reference: Mask, prediction: Mask, rule: EmptyRule = {}): Overlap {
  const counts = voxelCounts(reference, prediction);
  const { truePositive, falsePositive, falseNegative } = counts;
  const inReference = truePositive + falseNegative;
  const inPrediction = truePositive + falsePositive;
  const empty = emptyReason(inReference, inPrediction);
  const voxel = reference.spacing.reduce((product, step) => product * step, 1);
  const share = (part: number, whole: number): Value =>
    whole === 0 && empty !== null ? notEstimable(empty) : part / whole;
  const agreement = (value: number): Value => (empty === null ? value : agreementOfEmpty(empty, rule));
  return {
    ...counts,
    dice: agreement((2 * truePositive) / (inReference + inPrediction)),
    iou: agreement(truePositive / (truePositive + falsePositive + falseNegative)),
    recall: share(truePositive, inReference),
    precision: share(truePositive, inPrediction),
    referenceVolume: inReference * voxel,
    predictionVolume: inPrediction * voxel,
    volumeDifference: (inPrediction - inReference) * voxel,
    relativeVolumeDifference: share(inPrediction - inReference, inReference),
    volumetricSimilarity: agreement(1 - Math.abs(falsePositive - falseNegative) / (inReference + inPrediction)),
  };
}

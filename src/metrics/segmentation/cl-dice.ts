/** clDice: how much of each mask's centre line lies inside the other mask; for vessels and airways. */
import type { Mask } from "../../geometry/mask.js";
import { thinned } from "../../geometry/thinning.js";
import { notEstimable } from "../../stats/outcome.js";
import { voxelCounts } from "./overlap.js";
import { agreementOfEmpty, emptyReason, requireSameGrid, type EmptyRule, type Value } from "./pair.js";

export interface ClDiceOptions extends EmptyRule {
  /** Centre lines made elsewhere; default: thinned here (Lee, Kashyap & Chu 1994). */
  readonly skeletons?: { readonly reference: Mask; readonly prediction: Mask };
}

export interface ClDice {
  /** Share of the prediction's centre line inside the reference. */
  readonly topologyPrecision: Value;
  /** Share of the reference's centre line inside the prediction. */
  readonly topologySensitivity: Value;
  /** Harmonic mean of the two. */
  readonly clDice: Value;
}

/** Shit et al. 2021, doi:10.1109/CVPR46437.2021.01629. The value depends on the thinning; for compact shapes it says nothing. */
export function clDice(reference: Mask, prediction: Mask, options: ClDiceOptions = {}): ClDice {
  requireSameGrid(reference, prediction);
  const lines = options.skeletons ?? { reference: thinned(reference), prediction: thinned(prediction) };
  const ofPrediction = voxelCounts(lines.prediction, reference);
  const ofReference = voxelCounts(lines.reference, prediction);
  const predictionLength = ofPrediction.truePositive + ofPrediction.falseNegative;
  const referenceLength = ofReference.truePositive + ofReference.falseNegative;
  const empty = emptyReason(referenceLength, predictionLength);
  const share = (inside: number, length: number): Value =>
    length === 0 && empty !== null ? notEstimable(empty) : inside / length;
  const precision = ofPrediction.truePositive / predictionLength;
  const sensitivity = ofReference.truePositive / referenceLength;
  return {
    topologyPrecision: share(ofPrediction.truePositive, predictionLength),
    topologySensitivity: share(ofReference.truePositive, referenceLength),
    clDice:
      empty !== null
        ? agreementOfEmpty(empty, options)
        : precision + sensitivity === 0
          ? 0
          : (2 * precision * sensitivity) / (precision + sensitivity),
  };
}

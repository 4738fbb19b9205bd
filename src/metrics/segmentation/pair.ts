/** What the metrics of a pair of masks share: one grid, the rules for empty masks, values that may be undefined. */
import type { Mask } from "../../geometry/mask.js";
import { notEstimable, requireArgument, type NotEstimable } from "../../stats/outcome.js";

/** A number, or why there is none. */
export type Value = number | NotEstimable;

/** The protocol's answer where both masks are empty: no value (counted apart), or full agreement. */
export interface EmptyRule {
  readonly bothEmpty?: null | 1;
}

/** Refuses (STATISTICS_ARGUMENT) masks on different grids. */
export function requireSameGrid(reference: Mask, prediction: Mask): void {
  const same = (a: readonly number[], b: readonly number[]) => a.length === b.length && a.every((x, i) => x === b[i]);
  requireArgument(
    same(reference.shape, prediction.shape) && same(reference.spacing, prediction.spacing),
    `masks of ${reference.shape.join(" x ")} and ${prediction.shape.join(" x ")} voxels do not lie on one grid`,
  );
}

/** Why distances between two masks are undefined; null: both hold voxels. */
export function emptyReason(
  referenceVoxels: number,
  predictionVoxels: number,
): "both-empty" | "reference-empty" | "prediction-empty" | null {
  if (referenceVoxels === 0) return predictionVoxels === 0 ? "both-empty" : "reference-empty";
  return predictionVoxels === 0 ? "prediction-empty" : null;
}

/** The value of an agreement from 0 to 1 where a mask is empty: 0, or the protocol's rule where both are. */
export function agreementOfEmpty(
  reason: "both-empty" | "reference-empty" | "prediction-empty",
  rule: EmptyRule,
): Value {
  if (reason !== "both-empty") return 0;
  return rule.bothEmpty ?? notEstimable("both-empty");
}

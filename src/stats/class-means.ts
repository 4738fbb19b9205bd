/** Means over classes: only those that have the value, with their number. */
import { reasons, type Reason } from "../contract/reasons.js";
import { notEstimable, type NotEstimable } from "./outcome.js";
import { neumaierSum } from "./summation.js";

/** A mean over the classes (or pairs of classes) that have the value, and how many these are. */
export interface ClassMean {
  value: number | NotEstimable;
  classes: number;
}

/** Mean over the classes that have the value; where none has, the reason that comes first in the list of reasons. */
export function meanOfDefined(values: readonly (number | NotEstimable)[]): ClassMean {
  return weightedOfDefined(
    values,
    values.map(() => 1),
  );
}

/** Weighted mean over the classes that have the value, which have positive weights; else as {@link meanOfDefined}. */
export function weightedOfDefined(values: readonly (number | NotEstimable)[], weights: readonly number[]): ClassMean {
  const defined = values.flatMap((value, c) =>
    typeof value === "number" ? [{ value, weight: weights[c] as number }] : [],
  );
  if (defined.length === 0) return { value: firstReason(values as readonly NotEstimable[]), classes: 0 };
  const total = neumaierSum(defined.map(({ weight }) => weight));
  const sum = neumaierSum(defined.map(({ value, weight }) => value * weight));
  return { value: sum / total, classes: defined.length };
}

function firstReason(values: readonly NotEstimable[]): NotEstimable {
  const given = values.map(({ reason }) => reason);
  return notEstimable(reasons.find((reason) => given.includes(reason)) as Reason);
}

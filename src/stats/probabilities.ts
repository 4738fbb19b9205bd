/** What functions of labels and probabilities check first. */
import { notEstimable, requireArgument, type NotEstimable } from "./outcome.js";

/** Refuses what is no number where a score belongs: null would count as 0. */
export function requirePresent(score: number | null | undefined, i: number): void {
  if (score === null || score === undefined) requireArgument(false, `missing-score: score ${i}`);
}

/** Refuses `length-mismatch`, `label-not-binary`, `missing-score` and values that are no probabilities. */
export function requireProbabilities(labels: ArrayLike<number>, probabilities: ArrayLike<number>): void {
  requireArgument(
    labels.length === probabilities.length,
    `length-mismatch: ${labels.length} labels, ${probabilities.length} probabilities`,
  );
  for (let i = 0; i < labels.length; i++) {
    const [label, p] = [labels[i] as number, probabilities[i] as number];
    if (label !== 0 && label !== 1) requireArgument(false, `label-not-binary: label ${i} is ${String(label)}`);
    requirePresent(p, i);
    if (!(p >= 0 && p <= 1)) requireArgument(false, `probability ${i} is ${p}`);
  }
}

/** Numbers of both classes, and why there is nothing to estimate where one of them is empty. */
export function classCounts(labels: ArrayLike<number>): {
  positives: number;
  negatives: number;
  none: NotEstimable | null;
} {
  let positives = 0;
  for (let i = 0; i < labels.length; i++) positives += labels[i] as number;
  const negatives = labels.length - positives;
  const none =
    labels.length === 0
      ? notEstimable("no-data")
      : positives === 0
        ? notEstimable("no-positives")
        : negatives === 0
          ? notEstimable("no-negatives")
          : null;
  return { positives, negatives, none };
}

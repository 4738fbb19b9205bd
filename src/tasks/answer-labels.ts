/** Which labels and scores the answers of a classification task hold, and which values the labels may have. */
import type { AttributeValue } from "../contract/finding.js";
import { gradeOf } from "./forms/classification.js";
import { labelValue } from "./forms/multi-label.js";
import type { TaskProfile } from "./profile.js";

export interface AnswerLabels {
  readonly labels: readonly string[];
  readonly scores: readonly string[];
  /** Classes of a multi-label task: an answer should have each of them. */
  readonly classes: readonly string[];
  /** What is wrong with the value of a label, in words; null: nothing. */
  fault(label: string, value: AttributeValue): string | null;
}

/** Null: answers of the task are not made of labels and scores, which then mean nothing. */
export function answerLabels({ form, classes, grading }: TaskProfile): AnswerLabels | null {
  const yesNoFault = (value: AttributeValue) => (labelValue(value) === null ? "neither 0 nor 1" : null);
  if (grading !== undefined) {
    const { label, gradable, grades, positive } = grading;
    return {
      labels: [label, gradable],
      scores: [positive.score],
      classes: [],
      fault(name, value) {
        if (name === gradable) return yesNoFault(value);
        return gradeOf(value, grading) === -1 ? `not one of ${grades.join(", ")}` : null;
      },
    };
  }
  if (form !== "classification" || classes === undefined) return null;
  const ids = classes.map(({ id }) => id);
  return { labels: ids, scores: ids, classes: ids, fault: (_, value) => yesNoFault(value) };
}

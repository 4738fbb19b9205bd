/** What the answers of a task may and must hold: labels, scores, values of labels, no blanks. */
import type { AttributeValue } from "../contract/finding.js";
import type { AnswerLabels, AnswerRules } from "../contract/prediction.js";
import { gradeOf } from "./forms/classification.js";
import { labelValue } from "./forms/multi-label.js";
import { checkAnswers } from "./given-answers.js";
import type { TaskProfile } from "./profile.js";

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

/** For what reads predictions and knows no task. */
export const answerRules = (profile: TaskProfile): AnswerRules => ({
  known: answerLabels(profile),
  check: (predictions) => checkAnswers(predictions, profile),
});

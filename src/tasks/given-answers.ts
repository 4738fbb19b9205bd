/** What an answered case must hold, by form of the task: a blank is neither an answer nor a right negative. */
import { fail } from "../contract/errors.js";
import type { Prediction } from "../contract/prediction.js";
import type { Grading, TaskProfile } from "./profile.js";

/** How many cases a message names. */
const namedCases = 5;

/** A label that says no: false or 0, as a value or as text. */
export function isFalse(value: unknown): boolean {
  return value === false || value === "false" || value === 0 || value === "0";
}

const isAnswered = ({ status }: Prediction): boolean => status === "ok";

/** Answered, and not declared ungradable by the product: a case that must have a grade or a score. */
export function isGraded(prediction: Prediction, grading: Grading): boolean {
  return isAnswered(prediction) && !isFalse(prediction.labels[grading.gradable]);
}

const named = (cases: readonly Prediction[]): string =>
  cases
    .slice(0, namedCases)
    .map((prediction) => prediction.case)
    .join(", ") + (cases.length > namedCases ? ` and ${cases.length - namedCases} more` : "");

const failedLine = 'A case that the product could not process is a line of a .jsonl file with `"status": "failed"`';

const hintOf = (grading: Grading | undefined): string =>
  grading === undefined
    ? `${failedLine}.`
    : `${failedLine}; one that it calls not gradable has labels.${grading.gradable} false.`;

type Part = "labels" | "scores" | "quantities";

/**
 * Whether a label or score is given: by every answered case, or by none.
 * @param grading of a graded task, for the hint
 * @throws PREDICTION_INVALID where only some have it
 */
export function givenByAll(answered: readonly Prediction[], part: Part, name: string, grading?: Grading): boolean {
  const missing = answered.filter((prediction) => prediction[part][name] === undefined);
  const given = answered.length - missing.length;
  if (given !== 0 && missing.length !== 0)
    fail(
      "PREDICTION_INVALID",
      `${part}.${name} is given for ${given} of ${answered.length} answered cases, not for ${named(missing)}`,
      { hint: `Give it for all or for none. ${hintOf(grading)}` },
    );
  return given > 0;
}

/** @throws PREDICTION_INVALID where a case has none of the columns */
function refuseBlanks(
  answered: readonly Prediction[],
  columns: readonly (readonly [Part, string])[],
  grading?: Grading,
): void {
  const blank = answered.filter((prediction) => columns.every(([part, name]) => prediction[part][name] === undefined));
  if (blank.length === 0) return;
  const wanted = columns.slice(0, 2 * namedCases).map((column) => column.join("."));
  fail(
    "PREDICTION_INVALID",
    `${blank.length} answered cases hold none of ${wanted.join(", ")}${columns.length > wanted.length ? ", …" : ""}: ${named(blank)}`,
    { hint: hintOf(grading) },
  );
}

/** Grading: a grade or a score for every case that is not failed and not declared ungradable. */
function checkGrades(predictions: readonly Prediction[], grading: Grading): void {
  const graded = predictions.filter((prediction) => isGraded(prediction, grading));
  const columns = [["labels", grading.label] as const, ["scores", grading.positive.score] as const];
  refuseBlanks(graded, columns, grading);
  for (const [part, name] of columns) givenByAll(graded, part, name, grading);
}

/**
 * Refuses answers that are none. Detection, segmentation and sequences may find nothing: there an answer can be empty.
 * @throws PREDICTION_INVALID naming cases and columns
 */
export function checkAnswers(
  predictions: readonly Prediction[],
  { form, classes, grading }: Pick<TaskProfile, "form" | "classes" | "grading">,
): void {
  if (grading !== undefined) return checkGrades(predictions, grading);
  const names = (classes ?? []).map(({ id }) => id);
  const answered = predictions.filter(isAnswered);
  if (form === "measurement")
    return refuseBlanks(
      answered,
      names.map((name) => ["quantities", name] as const),
    );
  if (form !== "classification") return;
  const parts = ["labels", "scores"] as const;
  refuseBlanks(
    answered,
    names.flatMap((name) => parts.map((part) => [part, name] as const)),
  );
  for (const name of names) for (const part of parts) givenByAll(answered, part, name);
}

/** The classification form: grades on a declared scale and the positive class made from them, for images and patients. */
import { fail } from "../../contract/errors.js";
import type { BinaryUnits, CountedUnits, GradedUnits } from "../../metrics/index.js";
import { givenByAll, isFalse, isGraded } from "../given-answers.js";
import type { Grading } from "../profile.js";
import { binaryConfusion } from "./detection.js";
import {
  callText,
  type ErrorRow,
  type JoinedCase,
  type ScoredSet,
  type Selection,
  type UnitOutcome,
  type UnitSettings,
} from "./scored-set.js";

interface GradedCase {
  readonly joined: JoinedCase;
  /** Index into the scale; -1: the reference calls the image not gradable. */
  readonly truth: number;
  /** False where it is not gradable. */
  readonly positive: boolean;
  /** Index into the scale; -1: no grade. */
  readonly answer: number;
  /** Score of the positive class; null: not given. */
  readonly score: number | null;
  /** Failed, or declared not gradable by the product where the reference has a grade. */
  readonly failed: boolean;
}

/** Index of a value on the scale, -1 where it is none of it. A number written as text is one; a yes, a blank or nothing is no grade. */
export function gradeOf(value: unknown, grading: Grading): number {
  const given = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return grading.grades.indexOf(given as number);
}

function gradeIndex(value: unknown, grading: Grading, where: string): number {
  const index = gradeOf(value, grading);
  if (index === -1) {
    fail(
      "GRADE_UNKNOWN",
      `${where}: ${grading.label} is ${JSON.stringify(value) ?? "absent"}, not one of ${grading.grades.join(", ")}`,
    );
  }
  return index;
}

function gradeCase(joined: JoinedCase, grading: Grading): GradedCase {
  const { reference, prediction } = joined;
  const gradable = !isFalse(reference.labels[grading.gradable]);
  const truth = gradable ? gradeIndex(reference.labels[grading.label], grading, `reference of ${joined.id}`) : -1;
  const given = isGraded(prediction, grading);
  // Not gradable by both is no failure: the product said what the reference says.
  const failed = prediction.status === "failed" || (!given && gradable);
  const label = prediction.labels[grading.label];
  const answer = given && label !== undefined ? gradeIndex(label, grading, `prediction of ${joined.id}`) : -1;
  const score = given ? (prediction.scores[grading.positive.score] ?? null) : null;
  return {
    joined,
    truth,
    positive: (grading.grades[truth] as number) >= grading.positive.fromGrade,
    answer,
    score,
    failed,
  };
}

/** What the product gives for every case that it answers. */
interface Given {
  /** False: calls follow from the grades. */
  readonly scores: boolean;
  /** False: there are no wrong grades, and nothing is estimated of grades. */
  readonly grades: boolean;
}

/**
 * Reads every case once; everything else is counted from it.
 * @throws GRADE_UNKNOWN, PREDICTION_INVALID
 */
export function scoreClassification(cases: readonly JoinedCase[], patientCount: number, grading: Grading): ScoredSet {
  const graded = cases.map((joined) => gradeCase(joined, grading));
  const answers = cases.flatMap(({ prediction }) => (isGraded(prediction, grading) ? [prediction] : []));
  // Where nothing is answered, the failures have wrong grades and rank worst of their class.
  const given: Given = {
    scores: answers.length === 0 || givenByAll(answers, "scores", grading.positive.score, grading),
    grades: answers.length === 0 || givenByAll(answers, "labels", grading.label, grading),
  };
  const selected = (selection: Selection) => graded.filter((_, at) => selection.cases[at] === 1);
  return {
    patientCount,
    findings: () => [],
    failed: (at) => (graded[at] as GradedCase).failed,
    positive: (at) => ((graded[at] as GradedCase).truth === -1 ? null : (graded[at] as GradedCase).positive),
    thresholdAt: () => null,
    units: (selection, settings) => unitsOf(selected(selection), patientCount, grading, given, settings),
    marks: () => null,
    excludedFindings: (selection) => selected(selection).filter(({ truth }) => truth === -1).length,
    confusion: (selection, settings) => confusionOf(selected(selection), patientCount, grading, given, settings),
    errors: (threshold) => errorRows(graded, grading, threshold, given),
    outcomes: (threshold) => outcomesOf(graded, grading, threshold, given),
  };
}

/** Called positive, of an answered unit: by the score at the threshold; with grades alone by the grade. -1: no operating point. */
function callOf(
  unit: { answer: number; score: number | null },
  grading: Grading,
  given: Given,
  threshold: number | null,
): -1 | 0 | 1 {
  if (!given.scores) return (grading.grades[unit.answer] as number) >= grading.positive.fromGrade ? 1 : 0;
  if (threshold === null) return -1;
  return (unit.score as number) >= threshold ? 1 : 0;
}

/** A unit of a decision: an image, or a patient made of his gradable images. */
interface Decision {
  patient: number;
  truth: number;
  answer: number;
  score: number | null;
  positive: boolean;
  failed: boolean;
}

/** A patient has the worst grade and the highest score of his gradable images; one failed image fails the patient's grade. */
function patientsOf(images: readonly GradedCase[], grading: Grading): Decision[] {
  const byPatient = new Map<number, Decision>();
  for (const image of images) {
    const known = byPatient.get(image.joined.patient);
    if (!known) {
      byPatient.set(image.joined.patient, { ...image, patient: image.joined.patient });
      continue;
    }
    known.truth = Math.max(known.truth, image.truth);
    known.failed ||= image.failed;
    known.answer = known.failed ? -1 : Math.max(known.answer, image.answer);
    known.score =
      known.score === null ? image.score : image.score === null ? known.score : Math.max(known.score, image.score);
    known.positive = (grading.grades[known.truth] as number) >= grading.positive.fromGrade;
  }
  return [...byPatient.values()].sort((a, b) => a.patient - b.patient);
}

function decisionsOf(
  units: readonly Decision[],
  grading: Grading,
  given: Given,
  threshold: number | null,
): BinaryUnits {
  const against = (unit: Decision) => (unit.positive ? -Infinity : Infinity);
  const failedCall = (unit: Decision) => (unit.positive ? 0 : 1);
  const noCall = given.scores && threshold === null;
  // A failed image of a positive patient adds nothing; the patient may still be called by the other eye.
  const lost = (unit: Decision) => unit.failed && !(unit.positive && unit.score !== null);
  return {
    patient: Int32Array.from(units, ({ patient }) => patient),
    positive: Uint8Array.from(units, ({ positive }) => (positive ? 1 : 0)),
    call: Int8Array.from(units, (unit) =>
      noCall ? -1 : lost(unit) ? failedCall(unit) : callOf(unit, grading, given, threshold),
    ),
    score: Float64Array.from(units, (unit) => (lost(unit) ? against(unit) : (unit.score ?? 0))),
    failed: Uint8Array.from(units, ({ failed }) => (failed ? 1 : 0)),
    scored: given.scores,
  };
}

function gradesOf(units: readonly Decision[], grading: Grading): GradedUnits {
  return {
    patient: Int32Array.from(units, ({ patient }) => patient),
    truth: Int32Array.from(units, ({ truth }) => truth),
    answer: Int32Array.from(units, ({ answer }) => answer),
    grades: grading.grades.length,
  };
}

function bothLevels(cases: readonly GradedCase[], grading: Grading): { image: Decision[]; patient: Decision[] } {
  const gradable = cases.filter(({ truth }) => truth !== -1);
  return {
    image: gradable.map((image) => ({ ...image, patient: image.joined.patient })),
    patient: patientsOf(gradable, grading),
  };
}

function unitsOf(
  cases: readonly GradedCase[],
  patientCount: number,
  grading: Grading,
  given: Given,
  settings: UnitSettings,
): CountedUnits {
  const { image, patient } = bothLevels(cases, grading);
  return {
    patientCount,
    casePatient: Int32Array.from(cases, ({ joined }) => joined.patient),
    answered: Uint8Array.from(cases, ({ failed }) => (failed ? 0 : 1)),
    ...settings,
    lesions: null,
    falsePositives: null,
    binary: {
      image: decisionsOf(image, grading, given, settings.threshold),
      patient: decisionsOf(patient, grading, given, settings.threshold),
    },
    graded: given.grades ? { image: gradesOf(image, grading), patient: gradesOf(patient, grading) } : {},
    prepared: new Map(),
  };
}

function confusionOf(
  cases: readonly GradedCase[],
  patientCount: number,
  grading: Grading,
  given: Given,
  settings: UnitSettings,
) {
  const units = unitsOf(cases, patientCount, grading, given, settings);
  const levels = ["image", "patient"] as const;
  const grades = levels.flatMap((level) => {
    const graded = units.graded[level];
    if (graded === undefined) return [];
    const { truth, answer } = graded;
    const counts = grading.grades.map(() => new Array<number>(grading.grades.length + 1).fill(0));
    truth.forEach((row, at) => {
      const column = answer[at] === -1 ? grading.grades.length : (answer[at] as number);
      const cells = counts[row] as number[];
      cells[column] = (cells[column] as number) + 1;
    });
    return {
      unit: level,
      rows: grading.grades.map(String),
      columns: [...grading.grades.map(String), "failed"],
      counts,
    };
  });
  const decided = !given.scores || settings.threshold !== null;
  const decisions = decided ? levels.map((level) => binaryConfusion(units.binary[level] as BinaryUnits, level)) : [];
  return [...grades, ...decisions];
}

const gradeText = (index: number, grading: Grading) => (index === -1 ? "" : String(grading.grades[index]));

function errorRows(cases: readonly GradedCase[], grading: Grading, threshold: number | null, given: Given): ErrorRow[] {
  return cases.flatMap((image, at): ErrorRow[] => {
    if (image.truth === -1) return [];
    const row = {
      case: at,
      unit: "image",
      finding: null,
      mark: null,
      nearest: null,
      score: image.score,
      reference: gradeText(image.truth, grading),
      answer: gradeText(image.answer, grading),
    };
    if (image.failed)
      return [{ ...row, kind: "failed", answer: image.joined.prediction.error?.code ?? "not gradable" }];
    const rows: ErrorRow[] = [];
    const call = callOf(image, grading, given, threshold);
    if (call === 0 && image.positive) rows.push({ ...row, kind: "missed-positive" });
    if (call === 1 && !image.positive) rows.push({ ...row, kind: "false-alarm" });
    if (given.grades && image.answer !== image.truth) rows.push({ ...row, kind: "wrong-grade" });
    return rows;
  });
}

function outcomesOf(
  cases: readonly GradedCase[],
  grading: Grading,
  threshold: number | null,
  given: Given,
): UnitOutcome[] {
  return cases
    .filter(({ truth }) => truth !== -1)
    .map((image) => {
      const call = image.failed ? "failed" : callText(callOf(image, grading, given, threshold));
      return {
        key: `image ${image.joined.id}`,
        case: image.joined.id,
        unit: "image",
        outcome: given.grades ? `${call}, grade ${gradeText(image.answer, grading)}` : call,
      };
    });
}

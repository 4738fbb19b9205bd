/** The multi-label classification form: several yes/no labels a case, each with a decision and, where the product gives one, a score. */
import { fail } from "../../contract/errors.js";
import type { AttributeValue } from "../../contract/finding.js";
import type { BinaryUnits } from "../../metrics/index.js";
import { givenByAll } from "../given-answers.js";
import { binaryConfusion } from "./detection.js";
import {
  callText,
  type DecisionConsistency,
  type ErrorRow,
  type JoinedCase,
  type ScoredSet,
  type Selection,
  type UnitOutcome,
  type UnitSettings,
} from "./scored-set.js";

/** Where decisions come from: the product's own labels where it gives them, or its scores at a threshold a class. */
export interface DecisionRule {
  readonly ownLabels: boolean;
  /** Score from which a class is called; null: no operating point. */
  thresholdOf(label: string): number | null;
}

/** What is counted of one class, by case. */
interface LabelColumn {
  readonly positive: Uint8Array;
  /** Decision: 1, 0, or -1 without an operating point; a failed case has the wrong one. */
  readonly call: Int8Array;
  /** Score; null: none, or the case failed. */
  readonly score: readonly (number | null)[];
  readonly scored: boolean;
  /** Null where decisions are made from the scores. */
  readonly consistency: DecisionConsistency | null;
}

/** The value of a yes/no label as people write it: 0, 1, false or true; null: none of them. */
export function labelValue(value: AttributeValue | undefined): 0 | 1 | null {
  if (value === 1 || value === true || value === "1" || value === "true") return 1;
  if (value === 0 || value === false || value === "0" || value === "false") return 0;
  return null;
}

/** As {@link labelValue}. @throws GRADE_UNKNOWN where there is none */
function yesNo(value: AttributeValue | undefined, label: string, where: string): 0 | 1 {
  const found = labelValue(value);
  if (found !== null) return found;
  fail("GRADE_UNKNOWN", `${where}: ${label} is ${JSON.stringify(value) ?? "absent"}, neither 0 nor 1`);
}

function consistencyOf(label: string, call: Int8Array, score: readonly (number | null)[]): DecisionConsistency {
  let highestNegative: number | null = null;
  let lowestPositive: number | null = null;
  score.forEach((value, at) => {
    if (value === null) return;
    if (call[at] === 1) lowestPositive = Math.min(lowestPositive ?? value, value);
    else highestNegative = Math.max(highestNegative ?? value, value);
  });
  const consistent = highestNegative === null || lowestPositive === null || highestNegative < lowestPositive;
  return { label, highestNegative, lowestPositive, consistent };
}

function columnOf(cases: readonly JoinedCase[], label: string, rule: DecisionRule): LabelColumn {
  const answered = cases.flatMap(({ prediction }) => (prediction.status === "ok" ? [prediction] : []));
  const labelled = givenByAll(answered, "labels", label) && rule.ownLabels;
  const scored = givenByAll(answered, "scores", label);
  const positive = Uint8Array.from(cases, ({ id, reference }) =>
    yesNo(reference.labels[label], label, `reference of ${id}`),
  );
  const score = cases.map(({ prediction }) => (prediction.status === "ok" ? (prediction.scores[label] ?? null) : null));
  const threshold = scored ? rule.thresholdOf(label) : null;
  const call = Int8Array.from(cases, ({ id, prediction }, at) => {
    if (prediction.status === "failed") return positive[at] === 1 ? 0 : 1;
    if (labelled) return yesNo(prediction.labels[label], label, `prediction of ${id}`);
    return threshold === null ? -1 : (score[at] as number) >= threshold ? 1 : 0;
  });
  return { positive, call, score, scored, consistency: labelled && scored ? consistencyOf(label, call, score) : null };
}

/** A failed case ranks worst of its class, as a wrong call. */
const unscored = ({ prediction }: JoinedCase, positive: number | undefined): number =>
  prediction.status === "failed" && positive === 0 ? Infinity : -Infinity;

function unitsOfColumn(column: LabelColumn, cases: readonly JoinedCase[], places: readonly number[]): BinaryUnits {
  const positive = Uint8Array.from(places, (at) => column.positive[at] as number);
  return {
    patient: Int32Array.from(places, (at) => (cases[at] as JoinedCase).patient),
    positive,
    call: Int8Array.from(places, (at) => column.call[at] as number),
    score: Float64Array.from(
      places,
      (at) => column.score[at] ?? unscored(cases[at] as JoinedCase, column.positive[at]),
    ),
    failed: Uint8Array.from(places, (at) => ((cases[at] as JoinedCase).prediction.status === "failed" ? 1 : 0)),
    scored: column.scored,
    ...(column.consistency?.consistent === false ? { scoreFlags: ["scores-contradict-decisions" as const] } : {}),
  };
}

/**
 * Reads every case once; everything else is counted from it.
 * @param labels ids of the classes, in the order of the task
 * @throws GRADE_UNKNOWN, PREDICTION_INVALID
 */
export function scoreMultiLabel(
  cases: readonly JoinedCase[],
  patientCount: number,
  labels: readonly string[],
  rule: DecisionRule,
): ScoredSet {
  const columns = new Map(labels.map((label) => [label, columnOf(cases, label, rule)]));
  const columnFor = (label: string): LabelColumn => columns.get(label) as LabelColumn;
  const placesIn = (selection: Selection) => cases.flatMap((_, at) => (selection.cases[at] === 1 ? [at] : []));
  const unitsFor = (label: string, selection: Selection) => unitsOfColumn(columnFor(label), cases, placesIn(selection));
  return {
    patientCount,
    labels,
    consistency: labels.flatMap((label) => columnFor(label).consistency ?? []),
    findings: () => [],
    positive: (at, label) => (label === undefined ? labels : [label]).some((one) => columnFor(one).positive[at] === 1),
    thresholdAt: () => null,
    units(selection, settings: UnitSettings) {
      const places = placesIn(selection);
      const selected = places.map((at) => cases[at] as JoinedCase);
      return {
        patientCount,
        casePatient: Int32Array.from(selected, ({ patient }) => patient),
        answered: Uint8Array.from(selected, ({ prediction }) => (prediction.status === "failed" ? 0 : 1)),
        ...settings,
        lesions: null,
        falsePositives: null,
        binary: selection.label === undefined ? {} : { image: unitsFor(selection.label, selection) },
        graded: {},
        ...(selection.label === undefined ? { labels: labels.map((label) => unitsFor(label, selection)) } : {}),
        prepared: new Map(),
      };
    },
    marks: () => null,
    excludedFindings: () => 0,
    confusion(selection) {
      if (selection.label === undefined) return [];
      const units = unitsFor(selection.label, selection);
      return units.call.includes(-1) ? [] : [binaryConfusion(units, "case")];
    },
    errors: () => cases.flatMap((joined, at) => errorsOfCase(joined, at, labels, columnFor)),
    outcomes: () => cases.flatMap((joined, at) => outcomesOfCase(joined, at, labels, columnFor)),
  };
}

const labelText = (label: string, value: number): string => `${label} ${value}`;

function errorsOfCase(
  { prediction }: JoinedCase,
  at: number,
  labels: readonly string[],
  columnFor: (label: string) => LabelColumn,
): ErrorRow[] {
  const row = { case: at, unit: "case", finding: null, mark: null, nearest: null };
  if (prediction.status === "failed") {
    const present = labels.filter((label) => columnFor(label).positive[at] === 1).join(" ");
    return [{ ...row, kind: "failed", score: null, reference: present, answer: prediction.error?.code ?? "" }];
  }
  return labels.flatMap((label): ErrorRow[] => {
    const { positive, call, score } = columnFor(label);
    if (call[at] === -1 || call[at] === positive[at]) return [];
    return [
      {
        ...row,
        kind: positive[at] === 1 ? "missed-positive" : "false-alarm",
        score: score[at] as number | null,
        reference: labelText(label, positive[at] as number),
        answer: labelText(label, call[at] as number),
      },
    ];
  });
}

function outcomesOfCase(
  { id, prediction }: JoinedCase,
  at: number,
  labels: readonly string[],
  columnFor: (label: string) => LabelColumn,
): UnitOutcome[] {
  return labels.map((label) => ({
    key: `case ${id} ${label}`,
    case: id,
    unit: "case",
    outcome: prediction.status === "failed" ? "failed" : callText(columnFor(label).call[at] as number),
  }));
}

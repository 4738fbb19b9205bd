/** The measurement form: declared quantities against those of the reference, one pair a quantity and case. */
import type { QuantityUnits } from "../../metrics/index.js";
import type { ErrorRow, JoinedCase, ScoredSet, Selection } from "./scored-set.js";

/** The product's value; null: the case failed, or the answer lacks the quantity. */
function answerOf({ prediction }: JoinedCase, label: string): number | null {
  return prediction.status === "failed" ? null : (prediction.quantities[label] ?? null);
}

/** Cases whose reference gives the quantity. */
function unitsOf(cases: readonly JoinedCase[], label: string): QuantityUnits {
  const measured = cases.filter(({ reference }) => reference.quantities[label] !== undefined);
  return {
    patient: Int32Array.from(measured, ({ patient }) => patient),
    reference: Float64Array.from(measured, ({ reference }) => reference.quantities[label] as number),
    answer: Float64Array.from(measured, (joined) => answerOf(joined, label) ?? Number.NaN),
  };
}

/**
 * Reads every case once; everything else is counted from it.
 * @param labels names of the quantities, in the order of the task
 */
export function scoreMeasurement(
  cases: readonly JoinedCase[],
  patientCount: number,
  labels: readonly string[],
): ScoredSet {
  const selected = (selection: Selection) => cases.filter((_, at) => selection.cases[at] === 1);
  return {
    patientCount,
    labels,
    findings: () => [],
    // A quantity has no positive class.
    positive: () => null,
    thresholdAt: () => null,
    units(selection, settings) {
      const joined = selected(selection);
      return {
        patientCount,
        casePatient: Int32Array.from(joined, ({ patient }) => patient),
        answered: Uint8Array.from(joined, ({ prediction }) => (prediction.status === "failed" ? 0 : 1)),
        ...settings,
        lesions: null,
        falsePositives: null,
        binary: {},
        graded: {},
        ...(selection.label === undefined ? {} : { quantities: unitsOf(joined, selection.label) }),
        prepared: new Map(),
      };
    },
    marks: () => null,
    /** Cases without a reference value of the quantity (of any). */
    excludedFindings: (selection) =>
      selected(selection).filter(({ reference }) =>
        (selection.label === undefined ? labels : [selection.label]).every(
          (label) => reference.quantities[label] === undefined,
        ),
      ).length,
    confusion: () => [],
    errors: () => labels.flatMap((label) => errorRows(cases, label)),
    outcomes: () =>
      labels.flatMap((label) =>
        cases.map((joined) => ({
          key: `case ${joined.id} ${label}`,
          case: joined.id,
          unit: "case",
          outcome: String(answerOf(joined, label) ?? "failed"),
        })),
      ),
  };
}

/** Cases with a reference but without an answer. */
function errorRows(cases: readonly JoinedCase[], label: string): ErrorRow[] {
  return cases.flatMap((joined, at): ErrorRow[] => {
    const truth = joined.reference.quantities[label];
    if (truth === undefined || answerOf(joined, label) !== null) return [];
    const row = { case: at, unit: "case", finding: null, mark: null, nearest: null, score: null };
    const answer = joined.prediction.error?.code ?? `no ${label}`;
    return [{ ...row, kind: "failed", reference: `${label} ${truth}`, answer }];
  });
}

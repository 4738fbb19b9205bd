/** Joins index, truth and predictions by case id. Nothing vanishes silently: what does not join is an error or is counted. */
import type { CaseIndex } from "../contract/case-index.js";
import { fail } from "../contract/errors.js";
import type { Prediction } from "../contract/prediction.js";
import type { EffectiveProtocol } from "../contract/protocol.js";
import type { Reference } from "../contract/reading.js";
import type { JoinedCase } from "../tasks/forms/scored-set.js";

export interface Joined {
  /** In index order. */
  readonly cases: JoinedCase[];
  readonly patientCount: number;
  /** Cases without a prediction, taken as the protocol says. */
  readonly absent: number;
}

/** The answer that stands for a case without a prediction. */
function absentAnswer(id: string, protocol: EffectiveProtocol): Prediction {
  if (protocol.absentCases === "no-findings") {
    return { case: id, status: "ok", findings: [], scores: {}, labels: {}, quantities: {} };
  }
  fail("PREDICTION_ABSENT", `there is no prediction for case ${id}`, {
    hint: "Give a line for every case; in a detection task the protocol may say `absentCases: no-findings`.",
  });
}

/**
 * @throws PREDICTION_UNKNOWN_CASE, PREDICTION_DUPLICATE, PREDICTION_ABSENT, TRUTH_INCOMPLETE
 */
export function joinCases(
  index: CaseIndex,
  reference: ReadonlyMap<string, Reference>,
  predictions: readonly Prediction[],
  protocol: EffectiveProtocol,
): Joined {
  const known = new Set(index.cases.map(({ id }) => id));
  const byCase = new Map<string, Prediction>();
  for (const prediction of predictions) {
    if (!known.has(prediction.case)) fail("PREDICTION_UNKNOWN_CASE", `case ${prediction.case} is not in the test set`);
    if (byCase.has(prediction.case)) fail("PREDICTION_DUPLICATE", `case ${prediction.case} is predicted twice`);
    byCase.set(prediction.case, prediction);
  }
  for (const id of reference.keys()) {
    if (!known.has(id)) fail("TRUTH_INCOMPLETE", `the reference holds case ${id}, which is not in the index`);
  }
  const patients = new Map<string, number>();
  let absent = 0;
  const cases = index.cases.map((indexed): JoinedCase => {
    const truth = reference.get(indexed.id);
    if (!truth) fail("TRUTH_INCOMPLETE", `the reference has no line for case ${indexed.id}`);
    const cluster = protocol.intervals.cluster === "patient" ? indexed.patient : indexed.id;
    const patient = patients.get(cluster) ?? patients.size;
    patients.set(cluster, patient);
    const prediction = byCase.get(indexed.id);
    if (!prediction) absent++;
    return { id: indexed.id, patient, reference: truth, prediction: prediction ?? absentAnswer(indexed.id, protocol) };
  });
  return { cases, patientCount: patients.size, absent };
}

/** Proportions of units in patients: counts by patient, the estimate, and the interval by the contract's rule. */
import type { Reason } from "../contract/reasons.js";
import { clusterLogit, kornGraubard, wilson, type IntervalOutcome } from "../stats/index.js";
import { undefinedMetric, type PreparedMetric } from "./metric.js";

/** How the intervals of proportions are made, for the metric definitions. */
export const proportionIntervalName =
  "Wilson; Korn-Graubard on the effective sample size where a patient has several units";

/** Counts by patient: x[i] of n[i] units of patient[i]; patients rise. */
interface PatientCounts {
  readonly patient: Int32Array;
  readonly x: Float64Array;
  readonly n: Float64Array;
}

/** Numerators and denominators of units added up by patient; patients without a denominator are left out. */
function addByPatient(
  patients: ArrayLike<number>,
  numerators: ArrayLike<number>,
  denominators: ArrayLike<number>,
): PatientCounts {
  let count = 0;
  for (let unit = 0; unit < patients.length; unit++) count = Math.max(count, (patients[unit] as number) + 1);
  const x = new Float64Array(count);
  const n = new Float64Array(count);
  for (let unit = 0; unit < patients.length; unit++) {
    const patient = patients[unit] as number;
    x[patient]! += numerators[unit] as number;
    n[patient]! += denominators[unit] as number;
  }
  const patient = Int32Array.from(n.keys()).filter((one) => (n[one] as number) > 0);
  const of = (counts: Float64Array) => Float64Array.from(patient, (one) => counts[one] as number);
  return { patient, x: of(x), n: of(n) };
}

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

/** Wilson where every patient has one unit, else Korn-Graubard on the effective sample size. */
function proportionInterval(counts: PatientCounts, level: number): IntervalOutcome {
  const clustered = counts.n.some((units) => units > 1);
  return clustered ? kornGraubard(counts.x, counts.n, level) : wilson(sum(counts.x), sum(counts.n), level);
}

/** How the intervals of shares of time are made, for the metric definitions. */
export const timeIntervalName =
  "logit of the ratio estimator with t by patient; exact limit on the number of patients where all or no time counts";

/** Time has no number of units: the ratio estimator by patient, and patients alone where it has no variance. */
function timeInterval({ x, n }: PatientCounts, level: number): IntervalOutcome {
  const logit = clusterLogit(x, n, level);
  return !logit.ok && logit.reason === "all-one-outcome" ? kornGraubard(x, n, level) : logit;
}

/**
 * A proportion over units.
 * @param patients patient of each unit, @param outcome 1 success, 0 failure, -1 not counted
 * @param whenEmpty the reason when no unit is counted
 */
export function prepareProportion(
  patients: ArrayLike<number>,
  outcome: (unit: number) => 0 | 1 | -1,
  whenEmpty: Reason,
): PreparedMetric {
  const numerators = new Uint8Array(patients.length);
  const denominators = new Uint8Array(patients.length);
  for (let unit = 0; unit < patients.length; unit++) {
    const counted = outcome(unit);
    numerators[unit] = counted === 1 ? 1 : 0;
    denominators[unit] = counted === -1 ? 0 : 1;
  }
  return prepareCounts(patients, numerators, denominators, "units", whenEmpty);
}

/**
 * A proportion over units that are counted already: numerators[i] of denominators[i] units belong to patients[i], who may
 * stand there several times. `time`: the units are a measure of time, whose number says nothing.
 */
export function prepareCounts(
  patients: ArrayLike<number>,
  numerators: ArrayLike<number>,
  denominators: ArrayLike<number>,
  what: "units" | "time",
  whenEmpty: Reason,
): PreparedMetric {
  const counts = addByPatient(patients, numerators, denominators);
  return fromCounts(counts, what === "time" ? timeInterval : proportionInterval, whenEmpty);
}

function fromCounts(
  counts: PatientCounts,
  intervalOf: (counts: PatientCounts, level: number) => IntervalOutcome,
  whenEmpty: Reason,
): PreparedMetric {
  const numerator = sum(counts.x);
  const denominator = sum(counts.n);
  if (denominator === 0) return undefinedMetric(whenEmpty, { numerator, denominator, patients: 0 });
  const { patient, x, n } = counts;
  return {
    n: { numerator, denominator, patients: patient.length },
    patients: patient.length,
    estimate: numerator / denominator,
    interval: (level) => intervalOf(counts, level),
    weighted(weights) {
      let hits = 0;
      let all = 0;
      for (let i = 0; i < patient.length; i++) {
        const weight = weights[patient[i] as number] as number;
        hits += weight * (x[i] as number);
        all += weight * (n[i] as number);
      }
      // 0 / 0 is NaN: no unit was drawn.
      return hits / all;
    },
  };
}

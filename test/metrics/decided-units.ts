/** Units of metrics said in a line each, and what a metric makes of them. */
import { metricByName, type CountedUnits, type PreparedMetric } from "../../src/metrics/index.js";

/** An image of patient `patient`; failed ones have no score. */
export interface MadeUnit {
  patient: number;
  positive: 0 | 1;
  score: number;
  failed?: boolean;
}

const empty: Omit<CountedUnits, "binary" | "graded"> = {
  patientCount: 0,
  casePatient: new Int32Array(0),
  answered: new Uint8Array(0),
  threshold: 0.5,
  thresholdFromTestSet: false,
  frocReading: "step",
  lesions: null,
  falsePositives: null,
  frocLimits: [],
  prepared: new Map(),
};

/** Images that are called positive from 0.5 on; `threshold` null: no operating point. */
export function decided(units: readonly MadeUnit[], threshold: number | null = 0.5): CountedUnits {
  return {
    ...empty,
    prepared: new Map(),
    patientCount: Math.max(0, ...units.map(({ patient }) => patient + 1)),
    threshold,
    binary: {
      image: {
        patient: Int32Array.from(units, ({ patient }) => patient),
        positive: Uint8Array.from(units, ({ positive }) => positive),
        call: Int8Array.from(units, ({ score }) => (threshold === null ? -1 : score >= threshold ? 1 : 0)),
        score: Float64Array.from(units, ({ score }) => score),
        failed: Uint8Array.from(units, ({ failed }) => (failed ? 1 : 0)),
        scored: true,
      },
    },
    graded: {},
  };
}

/** One image a patient, with so many of each call. */
export function tableUnits(tp: number, fp: number, fn: number, tn: number): MadeUnit[] {
  const group = (count: number, positive: 0 | 1, score: number) =>
    Array.from({ length: count }, () => ({ positive, score }));
  return [...group(tp, 1, 0.9), ...group(fp, 0, 0.9), ...group(fn, 1, 0.1), ...group(tn, 0, 0.1)].map((unit, at) => ({
    ...unit,
    patient: at,
  }));
}

/** One image a patient, with these labels and scores. */
export function scoredUnits(labels: readonly number[], scores: readonly number[]): MadeUnit[] {
  return labels.map((label, at) => ({ patient: at, positive: label === 1 ? 1 : 0, score: scores[at] as number }));
}

/** Images of [reference, answer] grades, -1: failed; one a patient unless `patients` says whose they are. */
export function gradedUnits(
  pairs: readonly (readonly [number, number])[],
  grades: number,
  patients: readonly number[] = pairs.map((_, at) => at),
): CountedUnits {
  return {
    ...empty,
    prepared: new Map(),
    patientCount: Math.max(0, ...patients.map((patient) => patient + 1)),
    binary: {},
    graded: {
      image: {
        patient: Int32Array.from(patients),
        truth: Int32Array.from(pairs, ([truth]) => truth),
        answer: Int32Array.from(pairs, ([, answer]) => answer),
        grades,
      },
    },
  };
}

/** What the metric of this name makes of the units. */
export function measured(name: string, units: CountedUnits): PreparedMetric {
  const { definition, parameter } = metricByName(name);
  return definition.prepare(units, parameter);
}

/** The ends of the 95 % interval by a formula, or its reason; null: percentiles of resamples. */
export function limitsOf(prepared: PreparedMetric): [number, number] | string | null {
  const outcome = prepared.interval?.(0.95);
  if (outcome === undefined) return null;
  return outcome.ok ? [outcome.low, outcome.high] : outcome.reason;
}

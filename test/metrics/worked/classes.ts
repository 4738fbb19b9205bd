/** Labels of three classes, one of which no case has: five cases of four patients. */
import type { BinaryUnits } from "../../../src/metrics/index.js";
import { kornGraubard } from "../../../src/stats/index.js";
import { nothing, type Worked } from "./worked.js";

const patient = Int32Array.of(0, 0, 1, 2, 3);
const classOf = (positive: readonly number[], call: readonly number[], score: readonly number[]): BinaryUnits => ({
  patient,
  positive: Uint8Array.from(positive),
  call: Int8Array.from(call),
  score: Float64Array.from(score),
  failed: new Uint8Array(5),
  scored: true,
});

// TP 2, FP 1, FN 1, TN 1; TP 2, FP 1, TN 2; FP 1, TN 4. Cases 0 and 3 are wholly right.
const labels = [
  classOf([1, 1, 0, 0, 1], [1, 0, 1, 0, 1], [0.9, 0.1, 0.6, 0.2, 0.8]),
  classOf([0, 1, 0, 1, 0], [0, 1, 0, 1, 1], [0.1, 0.7, 0.3, 0.9, 0.7]),
  classOf([0, 0, 0, 0, 0], [0, 0, 1, 0, 0], [0.1, 0.2, 0.6, 0.3, 0.2]),
];
const set = { ...nothing, patientCount: 4, casePatient: patient, labels };
// Cases count 1, 1, 2, 0, 3 times.
const weights = [1, 2, 0, 3];

const macro = (name: string, kind: string, classes: number, estimate: number, weighted: number): Worked => ({
  name,
  is: `case ${kind}`,
  units: set,
  estimate,
  n: { units: 5, classes, allClasses: 3, patients: 4 },
  flags: classes < 3 ? ["classes-left-out"] : [],
  interval: null,
  weights,
  weighted,
});

export const classes: readonly Worked[] = [
  macro("macro-sensitivity", "proportion +", 2, (2 / 3 + 2 / 2) / 2, (4 / 5 + 1 / 1) / 2),
  macro("macro-specificity", "proportion +", 3, (1 / 2 + 2 / 3 + 4 / 5) / 3, (0 / 2 + 3 / 6 + 5 / 7) / 3),
  macro("macro-f1", "index +", 3, (4 / 6 + 4 / 5 + 0) / 3, (8 / 11 + 2 / 5 + 0) / 3),
  macro("macro-auc", "index +", 2, (4 / 6 + 5.5 / 6) / 2, (8 / 10 + 4.5 / 6) / 2),
  macro(
    "macro-average-precision",
    "index +",
    2,
    ((1 + 1 + 3 / 5) / 3 + (1 + 2 / 3) / 2) / 2,
    ((1 + 3 + 5 / 7) / 5 + 1 / 4) / 2,
  ),
  {
    name: "micro-f1",
    is: "case index +",
    units: set,
    estimate: 8 / 12,
    n: { truePositives: 4, units: 8, patients: 4 },
    interval: (level) => {
      const outcome = kornGraubard([2, 0, 1, 1], [3, 2, 1, 2], level);
      if (!outcome.ok) return outcome;
      const of = (j: number) => (2 * j) / (1 + j);
      return { ...outcome, low: of(outcome.low), high: of(outcome.high), method: "f1_korn_graubard" };
    },
    weights,
    weighted: 10 / 18,
  },
  {
    name: "subset-accuracy",
    is: "case proportion +",
    units: set,
    estimate: 2 / 5,
    n: { numerator: 2, denominator: 5, patients: 4 },
    interval: (level) => kornGraubard([1, 0, 1, 0], [2, 1, 1, 1], level),
    weights,
    weighted: 1 / 7,
  },
  {
    name: "hamming-loss",
    is: "case proportion -",
    units: set,
    estimate: 4 / 15,
    n: { numerator: 4, denominator: 15, patients: 4 },
    interval: (level) => kornGraubard([1, 2, 0, 1], [6, 3, 3, 3], level),
    weights,
    weighted: 8 / 21,
  },
];

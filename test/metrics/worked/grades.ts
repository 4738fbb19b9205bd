/** Grades on a scale of three: ten images of five patients, one of them failed, and six patients. */
import type { GradedUnits } from "../../../src/metrics/index.js";
import { cohenKappa, kornGraubard, multiRaterAgreement, wilson, type KappaWeights } from "../../../src/stats/index.js";
import { nothing, type Worked } from "./worked.js";

const units = (rows: readonly (readonly [patient: number, truth: number, answer: number])[]): GradedUnits => ({
  patient: Int32Array.from(rows, ([patient]) => patient),
  truth: Int32Array.from(rows, ([, truth]) => truth),
  answer: Int32Array.from(rows, ([, , answer]) => answer),
  grades: 3,
});

// Rows 2 1 1 | 1 1 0 | 1 1 1, and a failed one of grade 1.
const image = units([
  [0, 0, 0],
  [0, 0, 1],
  [1, 1, 1],
  [1, 2, 2],
  [2, 1, 0],
  [2, 2, 1],
  [3, 0, 0],
  [4, 2, 0],
  [4, 1, -1],
  [4, 0, 2],
]);
// Rows 2 1 1 | 0 2 0 | 1 0 2, and one failed.
const imageWeights = [1, 2, 0, 1, 1, 0];

// Rows 2 0 0 | 1 1 0 | 0 1 1.
const patient = units([
  [0, 0, 0],
  [1, 1, 1],
  [2, 2, 1],
  [3, 0, 0],
  [4, 2, 2],
  [5, 1, 0],
]);
const rows = [
  [2, 0, 0],
  [1, 1, 0],
  [0, 1, 1],
];
const pairs = [
  [0, 0],
  [0, 0],
  [1, 0],
  [1, 1],
  [2, 1],
  [2, 2],
];
// Rows 2 0 0 | 3 0 0 | 0 2 1.
const patientWeights = [1, 0, 2, 1, 1, 3];

const set = { ...nothing, patientCount: 6, graded: { image, patient } };
type Pair = readonly [estimate: number, weighted: number];

const agreement = (name: string, own: Pair, whole: Pair, interval: Worked["interval"]): Worked[] => [
  {
    name,
    is: "image index +",
    units: set,
    estimate: own[0],
    n: { units: 9, failed: 1, patients: 5 },
    flags: ["failed-left-out"],
    interval: null,
    weights: imageWeights,
    weighted: own[1],
  },
  {
    name: `patient-${name}`,
    is: "patient index +",
    units: set,
    estimate: whole[0],
    n: { units: 6, failed: 0, patients: 6 },
    interval,
    weights: patientWeights,
    weighted: whole[1],
  },
];

const kappa = (weights: KappaWeights) => (level: number) => {
  const outcome = cohenKappa(rows, weights, level);
  return outcome.ok ? outcome.interval : outcome;
};
const gwet = (weights: "identity" | "quadratic") => (level: number) => {
  const outcome = multiRaterAgreement(pairs, [0, 1, 2], weights, level);
  const own = outcome.ok ? outcome.gwet : outcome;
  return own.ok ? own.interval : own;
};

export const grades: readonly Worked[] = [
  {
    name: "grade-accuracy",
    is: "image proportion +",
    units: set,
    estimate: 4 / 10,
    n: { numerator: 4, denominator: 10, patients: 5 },
    interval: (level) => kornGraubard([1, 2, 0, 1, 0], [2, 2, 2, 1, 3], level),
    weights: imageWeights,
    weighted: 6 / 10,
  },
  {
    name: "patient-grade-accuracy",
    is: "patient proportion +",
    units: set,
    estimate: 4 / 6,
    n: { numerator: 4, denominator: 6, patients: 6 },
    interval: (level) => wilson(4, 6, level),
    weights: patientWeights,
    weighted: 3 / 8,
  },
  {
    name: "grade-macro-f1",
    is: "image index +",
    units: set,
    estimate: (4 / 8 + 2 / 6 + 2 / 5) / 3,
    n: { units: 10, grades: 3, patients: 5 },
    interval: null,
    weights: imageWeights,
    weighted: (4 / 7 + 4 / 6 + 4 / 6) / 3,
  },
  {
    name: "patient-grade-macro-f1",
    is: "patient index +",
    units: set,
    estimate: (4 / 5 + 2 / 4 + 2 / 3) / 3,
    n: { units: 6, grades: 3, patients: 6 },
    interval: null,
    weights: patientWeights,
    weighted: (4 / 7 + 0 / 5 + 2 / 4) / 3,
  },
  // Images: po = 4/9, pe = 28/81; with weights 6/9 and 27/81. Patients: 4/6 and 12/36; 3/8 and 19/64.
  ...agreement("cohen-kappa", [8 / 53, 1 / 2], [1 / 2, 1 / 9], kappa("none")),
  // Sums of distances, seen and expected: 7/9 and 73/81, 5/9 and 75/81; 2/6 and 32/36, 5/8 and 62/64.
  ...agreement("linear-kappa", [10 / 73, 2 / 5], [5 / 8, 11 / 31], kappa("linear")),
  // Of squares: 11/9 and 113/81, 9/9 and 117/81; 2/6 and 48/36, 5/8 and 96/64.
  ...agreement("quadratic-kappa", [14 / 113, 4 / 13], [3 / 4, 7 / 12], kappa("quadratic")),
  // Shares of grades 8 5 5 of 18, 7 5 6 of 18; 5 4 3 of 12, 7 5 4 of 16: pe = 35/108, 107/324; 47/144, 83/256.
  ...agreement("gwet-ac1", [13 / 73, 109 / 217], [49 / 97, 13 / 173], gwet("identity")),
  // The weights sum to 6 = k (k - 1), so that pe is twice that; po = 25/36, 3/4; 11/12, 27/32.
  ...agreement("gwet-ac2", [5 / 38, 29 / 110], [19 / 25, 5 / 9], gwet("quadratic")),
];

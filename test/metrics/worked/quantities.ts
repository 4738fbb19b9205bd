/** A quantity: six cases of five patients, one failed; and four patients with one case each, whose intervals have formulas. */
import {
  blandAltman,
  concordanceCorrelation,
  icc,
  kornGraubard,
  wilson,
  type IntervalOutcome,
} from "../../../src/stats/index.js";
import { nothing, type Worked } from "./worked.js";

// Differences 2, -1, 0, 4, none, -3: mean 2/5, squares 30, squares about the mean 29.2.
const several = {
  ...nothing,
  patientCount: 5,
  quantities: {
    patient: Int32Array.of(0, 0, 1, 2, 3, 4),
    reference: Float64Array.of(10, 20, 30, 40, 50, 60),
    answer: Float64Array.of(12, 19, 30, 44, Number.NaN, 57),
  },
};
// Differences 2, 2, -1, -1, 0, 0, none, -3: mean -1/7, squares 19, about the mean 132/7.
const severalWeights = [2, 2, 0, 1, 1];

// Differences 1, -1, 2, 2: mean 1, squares 10, about the mean 6.
const [reference, answer] = [
  [1, 4, 6, 9],
  [2, 3, 8, 11],
];
const single = {
  ...nothing,
  patientCount: 4,
  quantities: {
    patient: Int32Array.of(0, 1, 2, 3),
    reference: Float64Array.from(reference),
    answer: Float64Array.from(answer),
  },
};
// Differences 1, 1, 2, 2, 2: mean 8/5, squares 14, about the mean 6/5.
const singleWeights = [2, 0, 3, 0];

type Values = readonly [estimate: number, weighted: number];
const both = (
  name: string,
  is: string,
  own: Values,
  alone: Values,
  interval: ((level: number) => IntervalOutcome) | null,
): Worked[] => [
  {
    name,
    is: `case ${is}`,
    units: several,
    estimate: own[0],
    n: { cases: 6, valued: 5, failed: 1, patients: 4 },
    flags: ["failed-left-out"],
    interval: null,
    weights: severalWeights,
    weighted: own[1],
  },
  {
    name,
    is: `case ${is}`,
    units: single,
    estimate: alone[0],
    n: { cases: 4, valued: 4, failed: 0, patients: 4 },
    interval,
    weights: singleWeights,
    weighted: alone[1],
  },
];

const share = (name: string, own: Values, x: readonly number[], alone: Values): Worked[] => [
  {
    name,
    is: "case proportion +",
    units: several,
    estimate: own[0],
    n: { numerator: 6 * own[0], denominator: 6, patients: 5 },
    interval: (level) => kornGraubard(x, [2, 1, 1, 1, 1], level),
    weights: severalWeights,
    weighted: own[1],
  },
  {
    name,
    is: "case proportion +",
    units: single,
    estimate: alone[0],
    n: { numerator: 4 * alone[0], denominator: 4, patients: 4 },
    interval: (level) => wilson(4 * alone[0], 4, level),
    weights: singleWeights,
    weighted: alone[1],
  },
];

/** From mean squares of n rows, of the two columns, and of the error. */
const absolute = (rows: number, columns: number, error: number, n: number) =>
  (rows - error) / (rows + error + (2 * (columns - error)) / n);

const found = <T extends { ok: boolean }>(outcome: T) => outcome as T & { ok: true };
const z = 1.959963984540054;

export const quantities: readonly Worked[] = [
  ...both(
    "bias",
    "number",
    [2 / 5, -1 / 7],
    [1, 8 / 5],
    (level) => found(blandAltman(reference, answer, "exact", level)).biasInterval,
  ),
  ...both("mean-absolute-error", "rate -", [10 / 5, 9 / 7], [6 / 4, 8 / 5], null),
  ...both(
    "root-mean-square-error",
    "rate -",
    [Math.sqrt(30 / 5), Math.sqrt(19 / 7)],
    [Math.sqrt(10 / 4), Math.sqrt(14 / 5)],
    null,
  ),
  // A difference of 2 is within 2, a failed case is not.
  ...share("within-tolerance@2", [3 / 6, 6 / 8], [2, 1, 0, 0, 0], [4 / 4, 1]),
  // 4 of 40 and 3 of 60 are within a tenth, 2 of 10 is not.
  ...share("within-relative-tolerance@0.1", [4 / 6, 5 / 8], [1, 1, 1, 0, 1], [0 / 4, 0]),
  ...share("within-relative-tolerance@0.25", [5 / 6, 7 / 8], [2, 1, 1, 0, 1], [2 / 4, 0]),
  // Sums of squares 1480 and 1341.2, of products 1396. With weights 12400/7, 10372/7 and 11320/7.
  // Alone: 34, 54 and 41, means 5 and 6. With weights 1, 1, 6, 6, 6: 30; 2, 2, 8, 8, 8: 43.2; products 36; means 4, 5.6.
  ...both(
    "quantity-icc",
    "index +",
    [349 / 352, absolute(22706 / 42, 1 / 14, 11 / 7, 7)],
    [absolute((34 + 54 + 82) / 6, 2, 1, 4), absolute((30 + 43.2 + 72) / 8, 6.4, 0.15, 5)],
    (level) =>
      found(
        icc(
          reference.map((value, at) => [value, answer[at] as number]),
          "A,1",
          level,
        ),
      ).interval,
  ),
  ...both(
    "concordance-correlation",
    "index +",
    [2792 / 2822, 22640 / 22773],
    [82 / (34 + 54 + 4), 72 / (30 + 43.2 + 5 * 1.6 * 1.6)],
    (level) => found(concordanceCorrelation(reference, answer, level)).interval,
  ),
  // Within patients 4.5 with 1 degree of freedom, between them (29.2 - 4.5)/3, divisor (25 - 7)/(3 x 5) = 1.2. With weights
  // within 9 with 2, between (132/7 - 9)/4 = 69/28, which is less: nothing between patients.
  ...both(
    "limit-of-agreement-lower",
    "number",
    [2 / 5 - z * Math.sqrt(4.5 + (24.7 / 3 - 4.5) / 1.2), -1 / 7 - z * Math.sqrt(4.5)],
    [1 - z * Math.sqrt(2), 8 / 5 - z * Math.sqrt(0.3)],
    (level) => found(blandAltman(reference, answer, "exact", level, 0.95)).lowerInterval,
  ),
  ...both(
    "limit-of-agreement-upper",
    "number",
    [2 / 5 + z * Math.sqrt(4.5 + (24.7 / 3 - 4.5) / 1.2), -1 / 7 + z * Math.sqrt(4.5)],
    [1 + z * Math.sqrt(2), 8 / 5 + z * Math.sqrt(0.3)],
    (level) => found(blandAltman(reference, answer, "exact", level, 0.95)).upperInterval,
  ),
];

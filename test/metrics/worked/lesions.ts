/** Lesions and marks: seven cases of five patients. Threshold 0.5 is met exactly by a lesion and by a false positive. */
import { clusteredAuc, kornGraubard, quasiPoisson, wilson, type IntervalOutcome } from "../../../src/stats/index.js";
import { nothing, type Worked } from "./worked.js";

const missed = -Infinity;
const unmarked = -Infinity;
const casePatient = Int32Array.of(0, 0, 1, 2, 3, 4, 3);

// Falling, L a lesion, F a false positive: L 0.9, F 0.8, F 0.7, L F 0.6, L F 0.5, F 0.4, F 0.3; one lesion is missed.
const set = {
  ...nothing,
  patientCount: 5,
  casePatient,
  answered: new Uint8Array(7).fill(1),
  lesions: { patient: Int32Array.of(0, 0, 0, 1), score: Float64Array.of(0.9, 0.5, missed, 0.6) },
  falsePositives: {
    patient: Int32Array.of(0, 1, 1, 2, 2, 4),
    score: Float64Array.of(0.7, 0.8, 0.4, 0.6, 0.3, 0.5),
  },
  detectionCases: {
    abnormal: Uint8Array.of(1, 1, 1, 0, 0, 0, 0),
    topScore: Float64Array.of(0.9, unmarked, 0.8, 0.6, unmarked, 0.5, unmarked),
    topOnLesion: Uint8Array.of(1, 0, 0, 0, 0, 0, 0),
    topFalsePositive: Float64Array.of(0.7, unmarked, 0.8, 0.6, unmarked, 0.5, unmarked),
    lesionCase: Int32Array.of(0, 0, 1, 2),
    falsePositiveCase: Int32Array.of(0, 2, 2, 3, 3, 5),
  },
  frocLimits: [0.2, 0.5],
};
// Nine cases. L 0.9, FF 0.8, F 0.7, LL FFF 0.6, L 0.5, FF 0.4, FFF 0.3; one lesion of five is missed.
const weights = [1, 2, 3, 1, 0];

const rate =
  (marks: readonly number[], cases: readonly number[]) =>
  (level: number): IntervalOutcome => {
    const outcome = quasiPoisson(marks, cases, level);
    return outcome.ok ? outcome.interval : outcome;
  };

type Rest = Omit<Worked, "units" | "weights" | "name" | "is">;
const worked = (name: string, is: string, rest: Rest): Worked => ({ name, is, units: set, weights, ...rest });
const areaOf = (name: string, rankedCases: number, estimate: number, weighted: number): Worked =>
  worked(name, "lesion index +", {
    estimate,
    n: { lesions: 4, cases: 7, rankedCases, patients: 5 },
    interval: null,
    weighted,
  });

export const lesions: readonly Worked[] = [
  worked("lesion-sensitivity", "lesion proportion +", {
    estimate: 3 / 4,
    n: { numerator: 3, denominator: 4, patients: 2 },
    interval: (level) => kornGraubard([2, 1], [3, 1], level),
    weighted: 4 / 5,
  }),
  worked("false-positives-per-case", "case rate -", {
    estimate: 4 / 7,
    n: { numerator: 4, denominator: 7, patients: 5 },
    interval: rate([1, 1, 1, 0, 1], [2, 1, 1, 2, 1]),
    weighted: 6 / 9,
  }),
  worked("false-positives-per-normal-case", "case rate -", {
    estimate: 2 / 4,
    n: { numerator: 2, denominator: 4, patients: 3 },
    interval: rate([1, 0, 1], [1, 2, 1]),
    weighted: 3 / 5,
  }),
  worked("lesion-precision", "mark proportion +", {
    estimate: 3 / 7,
    n: { numerator: 3, denominator: 7, patients: 4 },
    interval: (level) => kornGraubard([2, 1, 0, 0], [3, 2, 1, 1], level),
    weighted: 4 / 10,
  }),
  worked("lesion-f1", "lesion score +", {
    estimate: 6 / (3 + 4 + 4),
    n: { truePositives: 3, falsePositives: 4, lesions: 4, patients: 4 },
    interval: null,
    weighted: 8 / (4 + 6 + 5),
  }),
  // Up to 3.5 false positives: three, and the next score would be a lesion and a false positive at once, 3/7 < 0.9 x 0.5.
  // With weights up to 4.5: three.
  worked("froc-sensitivity@0.5", "lesion proportion +", {
    estimate: 2 / 4,
    n: { numerator: 2, denominator: 4, falsePositives: 3, cases: 7, patients: 2 },
    flags: ["wide-tie"],
    interval: null,
    weighted: 1 / 5,
  }),
  // 1/4 at 1.4, 2/4 at 3.5, 3/4 at 7 false positives, of which there are six. With weights 1/5 at 1.8, 1/5, 4/5 at 9.
  worked("froc-score@0.2,0.5,1", "lesion score +", {
    estimate: (1 / 4 + 2 / 4 + 3 / 4) / 3,
    n: { lesions: 4, cases: 7, limits: 3, patients: 2 },
    flags: ["plateau", "wide-tie"],
    interval: null,
    weighted: (1 / 5 + 1 / 5 + 4 / 5) / 3,
  }),
  worked("froc-score", "lesion score +", {
    estimate: (1 / 4 + 2 / 4) / 2,
    n: { lesions: 4, cases: 7, limits: 2, patients: 2 },
    flags: ["wide-tie"],
    interval: null,
    weighted: 1 / 5,
  }),
  // Of a way of 5.6 false positives lesions are found after 0, 3 and 4; of 7.2 after 0, 6, 6 and 6.
  worked("froc-area@0.8", "lesion index +", {
    estimate: (1 + 2.6 / 5.6 + 1.6 / 5.6) / 4,
    n: { lesions: 4, cases: 7, patients: 2 },
    flags: [],
    interval: null,
    weighted: (1 + (3 * 1.2) / 7.2) / 5,
  }),
  worked("lesion-average-precision", "lesion index +", {
    estimate: (1 + 2 / 5 + 3 / 7) / 4,
    n: { lesions: 4, falsePositives: 6, found: 3, patients: 4 },
    interval: null,
    weighted: (1 + 2 * (3 / 9) + 4 / 10) / 5,
  }),
  // Normal cases 0.6, 0.5 and two without marks: the lesions win 4, 2.5, 1 and 3.5 of four.
  // With weights 0.6 x 3 and two without: 5, 2, 1 and twice 3.5 of five.
  areaOf("afroc", 4, 11 / 16, 15 / 25),
  areaOf("wafroc", 4, ((4 + 2.5) / 2 + 1 + 3.5) / 3 / 4, (3.5 + 1 + 2 * 3.5) / 4 / 5),
  // All cases 0.8, 0.7, 0.6, 0.5 and three without: 7, 3.5, 1.5 and 4.5 of seven.
  // With weights 0.8 x 2, 0.7, 0.6 x 3 and three without: 9, 3, 1.5 and twice 4.5 of nine.
  areaOf("afroc1", 7, 16.5 / 28, 22.5 / 45),
  areaOf("wafroc1", 7, ((7 + 3.5) / 2 + 1.5 + 4.5) / 3 / 7, (6 + 1.5 + 2 * 4.5) / 4 / 9),
  // Highest marks 0.9, none and 0.8 against 0.6, 0.5 and two without.
  worked("inferred-roc", "case index +", {
    estimate: (4 + 1 + 4) / 12,
    n: { positives: 3, negatives: 4, patients: 5 },
    interval: (level) => {
      const ranks = [3, 0, 2.5, 2, 0, 1, 0];
      const outcome = clusteredAuc(casePatient, [1, 1, 1, 0, 0, 0, 0], ranks, level);
      return outcome.ok ? outcome.interval : outcome;
    },
    weighted: (5 + 1 + 2 * 5) / 20,
  }),
  worked("lroc", "case index +", {
    estimate: 4 / 12,
    n: { abnormal: 3, normal: 4, patients: 5 },
    interval: null,
    weighted: 5 / 20,
  }),
  worked("fraction-correctly-localised", "case proportion +", {
    estimate: 1 / 3,
    n: { numerator: 1, denominator: 3, patients: 2 },
    interval: (level) => kornGraubard([1, 0], [2, 1], level),
    weighted: 1 / 4,
  }),
  {
    name: "answered-rate",
    is: "case proportion +",
    units: {
      ...nothing,
      patientCount: 4,
      casePatient: Int32Array.of(0, 1, 2, 3),
      answered: Uint8Array.of(1, 0, 1, 1),
    },
    estimate: 3 / 4,
    n: { numerator: 3, denominator: 4, patients: 4 },
    interval: (level) => wilson(3, 4, level),
    weights: [2, 3, 0, 1],
    weighted: 3 / 6,
  },
];

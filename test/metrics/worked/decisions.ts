/** Decisions and scores: ten images of five patients, and eight patients with one unit each. */
import type { BinaryUnits } from "../../../src/metrics/index.js";
import {
  calibrationInTheLarge,
  clusteredAuc,
  delongAuc,
  koopmanRatio,
  kornGraubard,
  predictiveValuesAt,
  recalibration,
  wilson,
  youdenIntervals,
  type IntervalOutcome,
} from "../../../src/stats/index.js";
import { nothing, type Worked } from "./worked.js";

const units = (rows: readonly (readonly [patient: number, positive: number, score: number])[]): BinaryUnits => ({
  patient: Int32Array.from(rows, ([patient]) => patient),
  positive: Uint8Array.from(rows, ([, positive]) => positive),
  call: Int8Array.from(rows, ([, , score]) => (score >= 0.5 ? 1 : 0)),
  score: Float64Array.from(rows, ([, , score]) => score),
  failed: new Uint8Array(rows.length),
  scored: true,
});

// TP 3, FN 1, FP 2, TN 4. Falling: + + (+ -) - + (- -) - -.
const image = units([
  [0, 1, 0.9],
  [0, 1, 0.4],
  [1, 0, 0.7],
  [1, 1, 0.8],
  [2, 0, 0.2],
  [3, 0, 0.1],
  [3, 1, 0.7],
  [4, 0, 0.6],
  [4, 0, 0.3],
  [2, 0, 0.3],
]);
// Weights of patients 0 to 4: TP 5, FN 2, FP 1, TN 6.
const imageWeights = [2, 0, 1, 3, 1, 0, 0, 0];

// TP 2, FN 1, FP 2, TN 3. Falling: - + + - + - - -; 0.5 is called.
const patient = units([
  [0, 1, 0.8],
  [1, 1, 0.3],
  [2, 0, 0.9],
  [3, 1, 0.6],
  [4, 0, 0.1],
  [5, 0, 0.5],
  [6, 0, 0.2],
  [7, 0, 0.05],
]);
// TP 3, FN 2, FP 1, TN 4. Falling: ++ + - ++ --- -.
const patientWeights = [2, 2, 0, 1, 3, 1, 0, 1];

const set = { ...nothing, patientCount: 8, binary: { image, patient } };

type Interval = Worked["interval"];
/** Of patients with several units: positives of each patient, and units of each. */
const clustered =
  (x: readonly number[], n: readonly number[]): Interval =>
  (level) =>
    kornGraubard(x, n, level);
const plain =
  (x: number, n: number): Interval =>
  (level) =>
    wilson(x, n, level);
/** Limits J of TP / (TP + FP + FN), as limits of F1. */
const f1Limits =
  (share: (level: number) => IntervalOutcome): Interval =>
  (level) => {
    const outcome = share(level);
    if (!outcome.ok) return outcome;
    const of = (j: number) => (2 * j) / (1 + j);
    return { ...outcome, low: of(outcome.low), high: of(outcome.high), method: `f1_${outcome.method}` };
  };
const table = { tp: 2, fn: 1, fp: 2, tn: 3 };
const { positive, score } = patient;
const [positives, negatives] = [
  [0.8, 0.3, 0.6],
  [0.9, 0.1, 0.5, 0.2, 0.05],
];
const found = <T extends { ok: boolean }>(outcome: T) => outcome as T & { ok: true };

type Rest = Omit<Worked, "units" | "weights" | "is">;
const ofImages = (kind: string, rest: Rest): Worked => ({
  is: `image ${kind}`,
  units: set,
  weights: imageWeights,
  ...rest,
});
const ofPatients = (kind: string, rest: Rest): Worked => ({
  is: `patient ${kind}`,
  units: set,
  weights: patientWeights,
  ...rest,
  name: `patient-${rest.name}`,
});
/** The image's and the patient's, whose intervals are percentiles of resamples. */
const bothResampled = (name: string, kind: string, own: [number, number], whole: [number, number]): Worked[] => [
  ofImages(kind, { name, estimate: own[0], n: imageClasses, interval: null, weighted: own[1] }),
  ofPatients(kind, { name, estimate: whole[0], n: patientClasses, interval: null, weighted: whole[1] }),
];
/** Tables have an interval by formula where a patient has one unit. */
const both = (
  name: string,
  kind: string,
  own: [number, number],
  whole: [number, number],
  interval: Interval,
): Worked[] => [
  ofImages(kind, { name, estimate: own[0], n: imageClasses, interval: null, weighted: own[1] }),
  ofPatients(kind, { name, estimate: whole[0], n: patientClasses, interval, weighted: whole[1] }),
];
const imageClasses = { positives: 4, negatives: 6, patients: 5 };
const patientClasses = { positives: 3, negatives: 5, patients: 8 };

const proportions: Worked[] = [
  ofImages("proportion +", {
    name: "sensitivity",
    estimate: 3 / 4,
    n: { numerator: 3, denominator: 4, patients: 3 },
    interval: clustered([1, 1, 1], [2, 1, 1]),
    weighted: 5 / 7,
  }),
  ofPatients("proportion +", {
    name: "sensitivity",
    estimate: 2 / 3,
    n: { numerator: 2, denominator: 3, patients: 3 },
    interval: plain(2, 3),
    weighted: 3 / 5,
  }),
  ofImages("proportion +", {
    name: "specificity",
    estimate: 4 / 6,
    n: { numerator: 4, denominator: 6, patients: 4 },
    interval: clustered([0, 2, 1, 1], [1, 2, 1, 2]),
    weighted: 6 / 7,
  }),
  ofPatients("proportion +", {
    name: "specificity",
    estimate: 3 / 5,
    n: { numerator: 3, denominator: 5, patients: 5 },
    interval: plain(3, 5),
    weighted: 4 / 5,
  }),
  ofImages("proportion +", {
    name: "ppv",
    estimate: 3 / 5,
    n: { numerator: 3, denominator: 5, patients: 4 },
    interval: clustered([1, 1, 1, 0], [1, 2, 1, 1]),
    weighted: 5 / 6,
  }),
  ofPatients("proportion +", {
    name: "ppv",
    estimate: 2 / 4,
    n: { numerator: 2, denominator: 4, patients: 4 },
    interval: plain(2, 4),
    weighted: 3 / 4,
  }),
  ofImages("proportion +", {
    name: "npv",
    estimate: 4 / 5,
    n: { numerator: 4, denominator: 5, patients: 4 },
    interval: clustered([0, 2, 1, 1], [1, 2, 1, 1]),
    weighted: 6 / 8,
  }),
  ofPatients("proportion +", {
    name: "npv",
    estimate: 3 / 4,
    n: { numerator: 3, denominator: 4, patients: 4 },
    interval: plain(3, 4),
    weighted: 4 / 6,
  }),
  ofImages("proportion +", {
    name: "accuracy",
    estimate: 7 / 10,
    n: { numerator: 7, denominator: 10, patients: 5 },
    interval: clustered([1, 1, 2, 2, 1], [2, 2, 2, 2, 2]),
    weighted: 11 / 14,
  }),
  ofPatients("proportion +", {
    name: "accuracy",
    estimate: 5 / 8,
    n: { numerator: 5, denominator: 8, patients: 8 },
    interval: plain(5, 8),
    weighted: 7 / 10,
  }),
  ofImages("index +", {
    name: "f1",
    estimate: 6 / 9,
    n: { truePositives: 3, units: 6, patients: 4 },
    interval: f1Limits((level) => kornGraubard([1, 1, 1, 0], [2, 2, 1, 1], level)),
    weighted: 10 / 13,
  }),
  ofPatients("index +", {
    name: "f1",
    estimate: 4 / 7,
    n: { truePositives: 2, units: 5, patients: 5 },
    interval: f1Limits((level) => wilson(2, 5, level)),
    weighted: 6 / 9,
  }),
];

/** Predictive value at a prevalence of 2 % of positives called with these two shares. */
const atPrevalence = (right: number, wrong: number, prevalence: number) =>
  (right * prevalence) / (right * prevalence + wrong * (1 - prevalence));

const tables: Worked[] = [
  ...both(
    "balanced-accuracy",
    "proportion +",
    [17 / 24, 11 / 14],
    [19 / 30, 7 / 10],
    (level) => youdenIntervals(table, level).balancedAccuracyNewcombe,
  ),
  ...bothResampled(
    "mcc",
    "index +",
    [10 / Math.sqrt(600), 28 / Math.sqrt(2352)],
    [4 / Math.sqrt(240), 10 / Math.sqrt(600)],
  ),
  ...both("youden", "index +", [5 / 12, 4 / 7], [4 / 15, 2 / 5], (level) => youdenIntervals(table, level).newcombe),
  ...both("lr-positive", "rate +", [9 / 4, 5], [5 / 3, 3], (level) => koopmanRatio(2, 3, 2, 5, level)),
  ...both("lr-negative", "rate -", [3 / 8, 1 / 3], [5 / 9, 1 / 2], (level) => koopmanRatio(1, 3, 3, 5, level)),
  ...both(
    "ppv-at-prevalence@0.02",
    "proportion +",
    [atPrevalence(3 / 4, 2 / 6, 0.02), atPrevalence(5 / 7, 1 / 7, 0.02)],
    [atPrevalence(2 / 3, 2 / 5, 0.02), atPrevalence(3 / 5, 1 / 5, 0.02)],
    (level) => predictiveValuesAt(table, 0.02, false, level).ppv.interval,
  ),
  ...both(
    "npv-at-prevalence@0.02",
    "proportion +",
    [atPrevalence(4 / 6, 1 / 4, 0.98), atPrevalence(6 / 7, 2 / 7, 0.98)],
    [atPrevalence(3 / 5, 1 / 3, 0.98), atPrevalence(4 / 5, 2 / 5, 0.98)],
    (level) => predictiveValuesAt(table, 0.02, false, level).npv.interval,
  ),
];

/** McClish's correction of an area up to 1/4. */
const corrected = (area: number) => (1 + (area - 1 / 32) / (1 / 4 - 1 / 32)) / 2;
const chosen = (worked: Worked): Worked => ({ ...worked, flags: ["threshold-from-test-set"] });

const curves: Worked[] = [
  ofImages("index +", {
    name: "auc",
    estimate: 43 / 48,
    n: imageClasses,
    interval: (level) => found(clusteredAuc(image.patient, image.positive, image.score, level)).interval,
    weighted: 47 / 49,
  }),
  ofPatients("index +", {
    name: "auc",
    estimate: 11 / 15,
    n: patientClasses,
    interval: (level) => found(delongAuc(positives, negatives, level)).interval,
    weighted: 23 / 25,
  }),
  // Images: 2.5 of 4 over the first of six negatives, 3 of 4 over half the next. With weights: 5 of 7, then 7.
  ...bothResampled("partial-auc@0.25", "index +", [4 / 24, 41 / 196], [1 / 30, 17 / 100]),
  ...bothResampled(
    "partial-auc-corrected@0.25",
    "index +",
    [17 / 21, corrected(41 / 196)],
    [53 / 105, corrected(17 / 100)],
  ),
  ...bothResampled("average-precision", "index +", [41 / 48, 27 / 28], [53 / 90, 14 / 15]),
  // Patients: a specificity of 0.8 is met exactly by one of five.
  ...bothResampled("sensitivity-at-specificity@0.8", "proportion +", [3 / 4, 1], [2 / 3, 1]).map(chosen),
  ...bothResampled("specificity-at-sensitivity@0.9", "proportion +", [4 / 6, 6 / 7], [3 / 5, 4 / 5]).map(chosen),
];

/** Models by Newton's method in numpy. */
const ofModel = (
  name: string,
  own: [number, number],
  whole: [number, number],
  interval: (level: number) => IntervalOutcome,
): Worked[] => both(name, "number", own, whole, interval);

const probabilities: Worked[] = [
  ...bothResampled("brier", "index -", [0.158, 1.62 / 14], [0.2253125, 0.15025]),
  // Gaps by bin, images: 0.1, 0.8, 0.6, 1, 0.3; with weights 0.3, 0.8, 1.2, 0.3, 0.2.
  // Patients: 0.15, 0.5, 0.5, 0.4, 0.7; with weights 0.35, 1.4, 0.5, 0.4, 0.4.
  ...bothResampled("ece@5", "index -", [0.28, 0.2], [0.28125, 0.305]),
  // Images in twos: 0.3, 0.6, 0, 0.4, 0.3; with weights (0.1 x 3), (0.2, 0.3 x 2), (0.4 x 2, 0.6), (0.7 x 3), (0.9 x 2).
  ofImages("index -", {
    name: "ece-equal-mass@5",
    estimate: 0.16,
    n: imageClasses,
    interval: null,
    weighted: 0.2,
  }),
  // Patients in twos: 0.15, 0.5, 0.1, 0.7; with weights (0.05, 0.1 x 3), (0.3 x 2), (0.5, 0.6), (0.8 x 2).
  ofPatients("index -", {
    name: "ece-equal-mass@4",
    estimate: 1.45 / 8,
    n: patientClasses,
    interval: null,
    weighted: 0.225,
  }),
  ...ofModel(
    "calibration-slope",
    [1.51495618844919, 2.205093984681852],
    [0.47527691290417434, 1.6780061783361666],
    (level) => ({ ok: true, ...found(recalibration(positive, score, level)).slopeInterval }),
  ),
  ...ofModel(
    "calibration-intercept",
    [-0.554674492382885, 0.25077628397568447],
    [-0.36595394467195225, 0.8404597504281945],
    (level) => ({ ok: true, ...found(calibrationInTheLarge(positive, score, level)).interval }),
  ),
].map((worked) => ({ ...worked, n: { ...worked.n, failed: 0 } }));

export const decisions: readonly Worked[] = [...proportions, ...tables, ...curves, ...probabilities];

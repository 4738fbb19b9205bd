/** Decisions and scores over several labels, any number of them a case. */
import { rocAuc, splitByLabel } from "./auc.js";
import { meanOfDefined, type ClassMean } from "./class-means.js";
import { estimated, notEstimable, requireArgument, type NotEstimable, type Outcome } from "./outcome.js";
import { averagePrecision, rocPoints } from "./roc-curve.js";
import { mean } from "./summation.js";

type Value = number | NotEstimable;

function requireLabels(truth: readonly ArrayLike<number>[], other: readonly ArrayLike<number>[], what: string): number {
  requireArgument(truth.length === other.length, `length-mismatch: ${truth.length} cases, ${other.length} ${what}`);
  const labels = truth[0]?.length ?? 0;
  truth.forEach((row, i) => {
    const given = (other[i] as ArrayLike<number>).length;
    requireArgument(row.length === labels && given === labels, `length-mismatch: case ${i} of ${labels} labels`);
  });
  return labels;
}

function requireBinary(rows: readonly ArrayLike<number>[]): void {
  rows.forEach((row, i) => {
    for (let c = 0; c < row.length; c++) {
      requireArgument(row[c] === 0 || row[c] === 1, `label-not-binary: label ${c} of case ${i} is ${row[c]}`);
    }
  });
}

const f1Of = (tp: number, fp: number, fn: number): Value =>
  tp + fp + fn > 0 ? (2 * tp) / (2 * tp + fp + fn) : notEstimable("zero-denominator");

export interface MultilabelValues {
  cases: number;
  /** By label. */
  tp: number[];
  fp: number[];
  fn: number[];
  f1: Value[];
  f1Macro: ClassMean;
  /** Of the counts of all labels together. */
  f1Micro: Value;
  /** Mean over cases of the F1 of a case's labels; a case with no label on either side counts as 0. */
  f1Samples: number;
  /** Share of the cases with every label right. */
  subsetAccuracy: number;
  /** Share of the (case, label) pairs that are wrong. */
  hammingLoss: number;
}

/** Measures of 0/1 decisions; `truth[i][c]` and `calls[i][c]` say whether case i has label c. */
export function multilabelValues(
  truth: readonly ArrayLike<number>[],
  calls: readonly ArrayLike<number>[],
): Outcome<MultilabelValues> {
  const labels = requireLabels(truth, calls, "answers");
  requireBinary(truth);
  requireBinary(calls);
  const cases = truth.length;
  if (cases * labels === 0) return notEstimable("no-data");
  const counts = (): number[] => new Array<number>(labels).fill(0);
  const [tp, fp, fn] = [counts(), counts(), counts()];
  let exact = 0;
  const perCase = truth.map((row, i) => {
    const own: [number, number, number] = [0, 0, 0];
    for (let c = 0; c < labels; c++) {
      const called = (calls[i] as ArrayLike<number>)[c] === 1;
      if (row[c] !== 1 && !called) continue;
      const kind = row[c] !== 1 ? 1 : called ? 0 : 2;
      own[kind]++;
      ([tp, fp, fn][kind] as number[])[c]! += 1;
    }
    if (own[1] + own[2] === 0) exact++;
    const f1 = f1Of(...own);
    return typeof f1 === "number" ? f1 : 0;
  });
  const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
  const f1 = tp.map((hits, c) => f1Of(hits, fp[c] as number, fn[c] as number));
  return estimated({
    cases,
    tp,
    fp,
    fn,
    f1,
    f1Macro: meanOfDefined(f1),
    f1Micro: f1Of(total(tp), total(fp), total(fn)),
    f1Samples: mean(perCase),
    subsetAccuracy: exact / cases,
    hammingLoss: (total(fp) + total(fn)) / (cases * labels),
  });
}

export interface MultilabelRanking {
  /** Area under the ROC curve by label; `no-positives` or `no-negatives`. */
  auc: Value[];
  aucMacro: ClassMean;
  /** Of all (case, label) pairs in one list. */
  aucMicro: Value;
  /** Average precision by label; `no-positives`. */
  ap: Value[];
  apMacro: ClassMean;
  apMicro: Value;
}

/** Measures of scores; `scores[i][c]` is higher the surer case i has label c. */
export function multilabelRanking(
  truth: readonly ArrayLike<number>[],
  scores: readonly ArrayLike<number>[],
): Outcome<MultilabelRanking> {
  const labels = requireLabels(truth, scores, "scores");
  if (truth.length * labels === 0) return notEstimable("no-data");
  const column = (rows: readonly ArrayLike<number>[], c: number): number[] => rows.map((row) => row[c] as number);
  const all = Array.from({ length: labels }, (_, c) => ({ truth: column(truth, c), scores: column(scores, c) }));
  const pooled = { truth: all.flatMap((label) => label.truth), scores: all.flatMap((label) => label.scores) };
  const areaOf = (label: typeof pooled): Value => {
    const split = splitByLabel(label.truth, label.scores);
    const area = rocAuc(split.positives, split.negatives);
    return area.ok ? area.auc : area;
  };
  const precisionOf = (label: typeof pooled): Value => {
    const average = averagePrecision(rocPoints(label.truth, label.scores));
    return average.ok ? average.value : average;
  };
  const auc = all.map(areaOf);
  const ap = all.map(precisionOf);
  return estimated({
    auc,
    aucMacro: meanOfDefined(auc),
    aucMicro: areaOf(pooled),
    ap,
    apMacro: meanOfDefined(ap),
    apMicro: precisionOf(pooled),
  });
}

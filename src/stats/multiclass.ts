/** Decisions and scores over several classes, one class a case: per class, macro, micro and weighted by support. */
import { rocAuc } from "./auc.js";
import { cohenKappa } from "./kappa.js";
import { notEstimable, estimated, requireArgument, type NotEstimable, type Outcome } from "./outcome.js";
import { requirePresent } from "./probabilities.js";
import { meanOfDefined, weightedOfDefined, type ClassMean } from "./class-means.js";
import { mean, neumaierSum } from "./summation.js";

type Value = number | NotEstimable;

export interface ClassValues {
  /** `zero-denominator` where the class was never called, `no-positives` where it never occurs. */
  precision: Value;
  recall: Value;
  f1: Value;
  support: number;
}

const measures = ["precision", "recall", "f1"] as const;
type PerMeasure<T> = Record<(typeof measures)[number], T>;

export interface MulticlassValues {
  total: number;
  accuracy: number;
  perClass: ClassValues[];
  /** Mean recall of the classes that occur; fewer than two of them: `no-negatives`. */
  balancedAccuracy: Value;
  /** Gorodkin 2004 (doi:10.1016/j.compbiolchem.2004.09.006). */
  mcc: Value;
  kappa: Value;
  /** Mean over the classes that have the value. */
  macro: PerMeasure<ClassMean>;
  /** Mean over all classes, a missing value counted as 0 (what several packages print). */
  macroZero: PerMeasure<number>;
  /** Weighted by support, a missing value counted as 0. */
  weighted: PerMeasure<number>;
}

/** Measures of a table of truth (rows) by call (columns). */
export function multiclassValues(table: readonly (readonly number[])[]): Outcome<MulticlassValues> {
  const kappa = cohenKappa(table);
  if (!kappa.ok) return kappa;
  const total = kappa.n;
  const classes = table.map((_, c) => c);
  const support = table.map((row) => row.reduce((sum, count) => sum + count, 0));
  const called = classes.map((c) => table.reduce((sum, row) => sum + (row[c] as number), 0));
  const right = classes.map((c) => (table[c] as readonly number[])[c] as number);
  const hits = right.reduce((sum, count) => sum + count, 0);
  const perClass = classes.map((c): ClassValues => {
    const [tp, p, t] = [right[c] as number, called[c] as number, support[c] as number];
    return {
      precision: p > 0 ? tp / p : notEstimable("zero-denominator"),
      recall: t > 0 ? tp / t : notEstimable("no-positives"),
      f1: p + t > 0 ? (2 * tp) / (p + t) : notEstimable("zero-denominator"),
      support: t,
    };
  });
  const each = <T>(of: (values: Value[]) => T): PerMeasure<T> => {
    const [precision, recall, f1] = measures.map((measure) => of(perClass.map((values) => values[measure])));
    return { precision, recall, f1 } as PerMeasure<T>;
  };
  const zeroed = (values: Value[]): number[] => values.map((value) => (typeof value === "number" ? value : 0));
  const byClass = (of: (c: number) => number): number => neumaierSum(classes.map(of));
  const macro = each(meanOfDefined);
  const square = total * total;
  const chance = byClass((c) => (called[c] as number) * (support[c] as number));
  const calledSpread = square - byClass((c) => (called[c] as number) * (called[c] as number));
  const supportSpread = square - byClass((c) => (support[c] as number) * (support[c] as number));
  const scale = Math.sqrt(calledSpread * supportSpread);
  return estimated({
    total,
    accuracy: hits / total,
    perClass,
    balancedAccuracy: supportSpread === 0 ? notEstimable("no-negatives") : macro.recall.value,
    mcc: scale > 0 ? (hits * total - chance) / scale : notEstimable("zero-denominator"),
    kappa: kappa.kappa,
    macro,
    macroZero: each((values) => mean(zeroed(values))),
    weighted: each((values) => neumaierSum(zeroed(values).map((value, c) => value * (support[c] as number))) / total),
  });
}

export interface MulticlassAuc {
  /** One class against the rest; `no-positives` or `no-negatives` where the class is absent or alone. */
  perClass: Value[];
  macro: ClassMean;
  weighted: ClassMean;
  /** All (case, class) pairs in one list. */
  micro: Value;
  /** Mean over the pairs of classes that occur (Hand & Till 2001, doi:10.1023/A:1010920819831): insensitive to prevalence. */
  handTill: ClassMean;
}

const areaOf = (positives: readonly number[], negatives: readonly number[]): Value => {
  const area = rocAuc(positives, negatives);
  return area.ok ? area.auc : area;
};

/**
 * Areas under ROC curves of scores by class.
 * @param truth class of each case, from 0
 * @param scores for each case one score a class, higher = more of this class
 */
export function multiclassAuc(
  truth: ArrayLike<number>,
  scores: readonly ArrayLike<number>[],
  classes: number,
): Outcome<MulticlassAuc> {
  requireArgument(Number.isInteger(classes) && classes >= 2 && classes <= 1000, `${classes} classes`);
  requireArgument(scores.length === truth.length, `length-mismatch: ${truth.length} labels, ${scores.length} scores`);
  const members = Array.from({ length: classes }, (): number[] => []);
  scores.forEach((row, i) => {
    const c = truth[i] as number;
    requireArgument(Number.isInteger(c) && c >= 0 && c < classes, `class ${c} of case ${i}`);
    requireArgument(row.length === classes, `length-mismatch: ${row.length} scores of case ${i}, ${classes} classes`);
    for (let d = 0; d < classes; d++) requirePresent(row[d], i);
    (members[c] as number[]).push(i);
  });
  if (truth.length === 0) return notEstimable("no-data");
  const all = Array.from({ length: classes }, (_, c) => c);
  const of = (c: number, cases: readonly number[]): number[] =>
    cases.map((i) => (scores[i] as ArrayLike<number>)[c] as number);
  const own = (c: number): number[] => members[c] as number[];
  const rest = (c: number): number[] => all.flatMap((d) => (d === c ? [] : own(d)));
  const perClass = all.map((c) => areaOf(of(c, own(c)), of(c, rest(c))));
  const pairs = all.flatMap((c) => all.slice(c + 1).map((d): [number, number] => [c, d]));
  const pairAreas = pairs.map(([c, d]): Value => {
    const first = areaOf(of(c, own(c)), of(c, own(d)));
    const second = areaOf(of(d, own(d)), of(d, own(c)));
    return typeof first === "number" && typeof second === "number"
      ? (first + second) / 2
      : notEstimable("no-positives");
  });
  const support = members.map((cases) => cases.length);
  return estimated({
    perClass,
    macro: meanOfDefined(perClass),
    weighted: weightedOfDefined(perClass, support),
    micro: areaOf(
      all.flatMap((c) => of(c, own(c))),
      all.flatMap((c) => of(c, rest(c))),
    ),
    handTill: meanOfDefined(pairAreas),
  });
}

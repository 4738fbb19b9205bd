/** The scores of the PhysioNet/CinC Challenges 2020 and 2021: weighted agreement of sets of diagnoses, and values by class. */
import {
  averagePrecision,
  notEstimable,
  rocAuc,
  rocPoints,
  splitByLabel,
  type NotEstimable,
} from "../../stats/index.js";
import { requireArgument } from "../../stats/outcome.js";
import { mean } from "../../stats/summation.js";
import type { PartialValue } from "./beat-statistics.js";

/** How much an answer is worth for a label, by class; a class `a|b` stands for several codes that are scored as one. */
export interface CincWeights {
  readonly classes: readonly string[];
  /** A row per label, a column per answer. */
  readonly weights: readonly (readonly number[])[];
  /** Code of sinus rhythm: what an answer that says nothing is compared with. */
  readonly sinusRhythm: string;
}

/** Places of the classes that any of the codes belongs to, rising, each once; codes of no class are left out. */
export function cincClasses(codes: readonly string[], classes: readonly string[]): number[] {
  const given = new Set(codes);
  return classes.flatMap((entry, at) => (entry.split("|").some((code) => given.has(code)) ? [at] : []));
}

export interface CincScore {
  /** Sums of weights of the answers, of the labels as answers, and of sinus rhythm for every recording. */
  readonly observed: number;
  readonly correct: number;
  readonly inactive: number;
  /** (observed - inactive) / (correct - inactive), undefined where the labels are worth no more than sinus rhythm. */
  readonly normalised: PartialValue;
  /** The same as the challenge's code gives it: 0 where undefined. */
  readonly challengeMetric: PartialValue;
  /** Share of recordings whose set of classes is right. */
  readonly exactMatch: PartialValue;
  readonly f1: readonly PartialValue[];
  /** Mean over the classes that have a value. */
  readonly f1Macro: PartialValue;
  readonly auroc: readonly PartialValue[];
  readonly aurocMacro: PartialValue;
  /** Average precision. */
  readonly auprc: readonly PartialValue[];
  readonly auprcMacro: PartialValue;
}

/** Mean over the classes that have a value; where none has, the reason of the first. */
function macro(values: readonly PartialValue[]): PartialValue {
  const defined = values.filter((value) => typeof value === "number");
  if (defined.length > 0) return mean(defined);
  return values[0] as NotEstimable;
}

/** Each pair of a label and an answer counts one part of the classes that either names. */
function weightOf(labels: ReadonlySet<number>, answers: ReadonlySet<number>, weights: CincWeights["weights"]): number {
  const either = new Set([...labels, ...answers]).size;
  let sum = 0;
  for (const label of labels) for (const answer of answers) sum += (weights[label]?.[answer] as number) / either;
  return sum;
}

/**
 * Challenge metric and values by class (Perez Alday et al. 2020, doi:10.1088/1361-6579/abc960; Reyna et al. 2021,
 * doi:10.23919/CinC53138.2021.9662687).
 * @param labels, outputs per recording, places of the positive classes ({@link cincClasses})
 * @param scores per recording, a score per class; without: `no-scores`
 * @throws STATISTICS_ARGUMENT where the lists differ in length, a class is not one of the weights', sinus rhythm is none
 */
export function cincScore(
  labels: readonly (readonly number[])[],
  outputs: readonly (readonly number[])[],
  weights: CincWeights,
  scores?: readonly (readonly number[])[],
): CincScore {
  const size = weights.classes.length;
  requireArgument(
    labels.length === outputs.length,
    `length-mismatch: ${labels.length} labels, ${outputs.length} outputs`,
  );
  requireArgument(
    scores === undefined || (scores.length === labels.length && scores.every((row) => row.length === size)),
    `length-mismatch: scores are ${labels.length} rows of ${size}`,
  );
  requireArgument(
    weights.weights.length === size && weights.weights.every((row) => row.length === size),
    `length-mismatch: weights are ${size} rows of ${size}`,
  );
  const setOf = (places: readonly number[]): Set<number> => {
    for (const place of places) requireArgument(place in weights.classes, `class ${place} is not one of ${size}`);
    return new Set(places);
  };
  const truth = labels.map(setOf);
  const answers = outputs.map(setOf);
  const sinus = new Set(cincClasses([weights.sinusRhythm], weights.classes));
  requireArgument(sinus.size === 1, `sinus rhythm ${weights.sinusRhythm} is not one class`);

  let [observed, correct, inactive, exact] = [0, 0, 0, 0];
  truth.forEach((own, at) => {
    const answer = answers[at] as Set<number>;
    observed += weightOf(own, answer, weights.weights);
    correct += weightOf(own, own, weights.weights);
    inactive += weightOf(own, sinus, weights.weights);
    if (own.size === answer.size && [...own].every((place) => answer.has(place))) exact++;
  });
  const recordings = labels.length;
  const range = correct - inactive;
  const normalised =
    recordings === 0
      ? notEstimable("no-data")
      : range === 0
        ? notEstimable("zero-denominator")
        : (observed - inactive) / range;

  const places = weights.classes.map((_, place) => place);
  const f1 = places.map((place) => {
    let [both, either] = [0, 0];
    truth.forEach((own, at) => {
      const [label, answer] = [own.has(place), (answers[at] as Set<number>).has(place)];
      if (label && answer) both++;
      either += Number(label) + Number(answer);
    });
    return either === 0 ? notEstimable("zero-denominator") : (2 * both) / either;
  });
  const ranked = (value: (positive: number[], score: number[]) => PartialValue): PartialValue[] =>
    places.map((place) =>
      scores === undefined
        ? notEstimable("no-scores")
        : value(
            truth.map((own) => (own.has(place) ? 1 : 0)),
            scores.map((row) => row[place] as number),
          ),
    );
  const auroc = ranked((positive, score) => {
    const split = splitByLabel(positive, score);
    const area = rocAuc(split.positives, split.negatives);
    return area.ok ? area.auc : area;
  });
  const auprc = ranked((positive, score) => {
    const average = averagePrecision(rocPoints(positive, score));
    return average.ok ? average.value : average;
  });
  return {
    observed,
    correct,
    inactive,
    normalised,
    challengeMetric: recordings > 0 && range === 0 ? 0 : normalised,
    exactMatch: recordings === 0 ? notEstimable("no-data") : exact / recordings,
    f1,
    f1Macro: macro(f1),
    auroc,
    aurocMacro: macro(auroc),
    auprc,
    auprcMacro: macro(auprc),
  };
}

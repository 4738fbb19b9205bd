/** Pairs of masks and quantities made of the images of patients: for laws that hold whatever the values are. */
import {
  beatStatisticNames,
  comparedEpisodes,
  episodeStatisticNames,
  maskMeasures,
  measureKey,
  type MaskState,
  type MaskUnits,
  type QuantityUnits,
  type RecordStatistic,
  type RecordUnits,
  runKinds,
  runLengths,
} from "../../src/metrics/index.js";

export interface MadeImage {
  readonly patient: number;
  readonly score: number;
  /** 0 to 3. */
  readonly truth: number;
  /** -1 to 3; -1: failed. */
  readonly answer: number;
}

const stateOf = ({ truth, answer }: MadeImage): MaskState =>
  truth === 0 ? (answer > 0 ? "reference-empty" : "both-empty") : answer > 0 ? "both" : "prediction-empty";

/** Values as the segmentation form gives them: agreements 0 with one empty mask or a failure, distances only of two masks. */
export function maskUnitsOf(images: readonly MadeImage[]): MaskUnits {
  const numbers = (of: (image: MadeImage) => number) => Float64Array.from(images, of);
  const valueOf = (image: MadeImage, kind: (typeof maskMeasures)[number]["kind"]): number => {
    const score = Number.isFinite(image.score) ? image.score : 0.35;
    const state = stateOf(image);
    if (kind === "agreement")
      return image.answer === -1 ? 0 : state === "both" ? score : state === "both-empty" ? NaN : 0;
    if (image.answer === -1 || state !== "both") return Number.NaN;
    return kind === "distance" ? 10 * score : score - 0.5;
  };
  return {
    patient: Int32Array.from(images, ({ patient }) => patient),
    state: images.map(stateOf),
    failed: Uint8Array.from(images, ({ answer }) => (answer === -1 ? 1 : 0)),
    truePositive: numbers(({ truth, answer }) => Math.max(0, Math.min(truth, answer))),
    falsePositive: numbers(({ truth, answer }) => Math.max(0, answer - truth)),
    falseNegative: numbers(({ truth, answer }) => Math.max(0, truth - Math.max(0, answer))),
    lesions: numbers(({ truth }) => truth),
    components: numbers(({ answer }) => Math.max(0, answer)),
    matched: numbers(({ truth, answer }) => Math.max(0, Math.min(truth, answer))),
    diagonal: numbers(({ truth }) => 100 + truth),
    values: new Map(
      maskMeasures.map(({ id, kind }) => [
        measureKey(id, id === "nsd" ? 2 : null),
        numbers((image) => valueOf(image, kind)),
      ]),
    ),
  };
}

/** The grade of the reference as a quantity, and an answer near it. */
export function quantityUnitsOf(images: readonly MadeImage[]): QuantityUnits {
  return {
    patient: Int32Array.from(images, ({ patient }) => patient),
    reference: Float64Array.from(images, ({ truth }) => 10 * truth),
    answer: Float64Array.from(images, ({ answer, score }) =>
      answer === -1 ? Number.NaN : 10 * answer + (Number.isFinite(score) ? score : 0),
    ),
  };
}

const recordStatistics: readonly RecordStatistic[] = [
  ...beatStatisticNames,
  ...comparedEpisodes.flatMap((kind) => episodeStatisticNames.map((name) => `${kind}-${name}` as const)),
  ...runKinds.flatMap((kind) =>
    runLengths.flatMap((length) => [`${kind}-${length}-sensitivity` as const, `${kind}-${length}-ppv` as const]),
  ),
  "rrSquaredError",
];

/** Each image as a record of a signal: shares found of its events, the same for every statistic but for their number. */
export function recordUnitsOf(images: readonly MadeImage[]): RecordUnits {
  return {
    patient: Int32Array.from(images, ({ patient }) => patient),
    counts: new Map(
      recordStatistics.map((name, more) => [
        name,
        {
          numerator: Float64Array.from(
            images,
            ({ truth, answer }) => Math.max(0, Math.min(truth, answer)) * (1 + (more % 3)),
          ),
          denominator: Float64Array.from(images, ({ truth }) => truth * (1 + (more % 3))),
        },
      ]),
    ),
  };
}

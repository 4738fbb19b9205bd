/** Reference cases that are not one call of a public function: how their plain arguments become one. */
import {
  borderVoxelMetrics,
  FrocSweep,
  maskOfRuns,
  overlap,
  type FrocReading,
  type Overlap,
} from "../metrics/index.js";
import { averagePrecision, partialAuc, RandomStream, rocPoints, sensitivityAtSpecificity } from "../stats/index.js";

type Numbers = readonly number[];

/** The FROC curve of cases with one patient each, read at limits of false positives per case. */
function froc(
  cases: number,
  lesions: readonly (number | null)[],
  falsePositives: Numbers,
  limits: Numbers,
): FrocReading[] {
  const casePatient = Int32Array.from({ length: cases }, (_, at) => at);
  const scored = (scores: readonly (number | null)[]) => ({
    patient: Int32Array.from(scores, (_, at) => at % cases),
    score: Float64Array.from(scores, (score) => score ?? -Infinity),
  });
  const units = {
    casePatient,
    patientCount: cases,
    frocLimits: limits,
    frocReading: "step" as const,
    prepared: new Map(),
  };
  return new FrocSweep(units, scored(lesions), scored(falsePositives)).readings();
}

function maskPair(reference: Numbers, prediction: Numbers, shape: Numbers, spacing: Numbers) {
  return [maskOfRuns(reference, shape, spacing), maskOfRuns(prediction, shape, spacing)] as const;
}

export const certificationProcedures: Readonly<Record<string, (...args: never[]) => unknown>> = {
  /** The first words of a stream of random numbers. */
  "random words": (seed: string, stream: string, count: number) => {
    const words = new RandomStream(BigInt(seed), BigInt(stream));
    return Array.from({ length: count }, () => words.u32());
  },
  "average precision": (labels: Numbers, scores: Numbers) => averagePrecision(rocPoints(labels, scores)),
  "partial AUC": (labels: Numbers, scores: Numbers, axis: "fpr" | "tpr", from: number, to: number) =>
    partialAuc(rocPoints(labels, scores), axis, [from, to]),
  "sensitivity at specificity": (labels: Numbers, scores: Numbers, specificity: number) =>
    sensitivityAtSpecificity(rocPoints(labels, scores), specificity),
  "mask overlap": (reference: Numbers, prediction: Numbers, shape: Numbers, spacing: Numbers): Overlap =>
    overlap(...maskPair(reference, prediction, shape, spacing)),
  "surface distances": (
    reference: Numbers,
    prediction: Numbers,
    shape: Numbers,
    spacing: Numbers,
    tolerances: Numbers,
  ) => borderVoxelMetrics(...maskPair(reference, prediction, shape, spacing), { tolerances }),
  froc,
};

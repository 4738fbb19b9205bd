/** Pairs of masks: six cases of five patients, one with both masks empty, one with an empty answer, one failed. */
import type { MaskUnits } from "../../../src/metrics/index.js";
import { kornGraubard } from "../../../src/stats/index.js";
import { nothing, type Worked } from "./worked.js";

/** By kind; a measure at place m has values made of m, so that no two measures have the same. */
const kinds = {
  agreement: ["dice", "iou", "voxel-recall", "voxel-precision", "volumetric-similarity", "nsd@2", "boundary-iou"],
  distance: ["hd", "hd95", "assd", "masd"],
  difference: ["volume-difference", "relative-volume-difference"],
} as const;
const agreements = [...kinds.agreement, "cl-dice", "lesion-wise-dice"];

const none = Number.NaN;
const agreementOf = (m: number) => Float64Array.of((m + 10) / 50, m / 50, 0, none, 0, (m + 20) / 50);
const distanceOf = (m: number) => Float64Array.of(m + 1, m, none, none, none, m + 3);
const differenceOf = (m: number) => Float64Array.of(-2 * m, 2 * m, -3 * m, none, none, m + 2);

const masks: MaskUnits = {
  patient: Int32Array.of(0, 0, 1, 2, 3, 4),
  state: ["both", "both", "prediction-empty", "both-empty", "prediction-empty", "both"],
  failed: Uint8Array.of(0, 0, 0, 0, 1, 0),
  truePositive: Float64Array.of(4, 2, 0, 0, 0, 3),
  falsePositive: Float64Array.of(1, 0, 0, 0, 0, 2),
  falseNegative: Float64Array.of(0, 3, 5, 0, 4, 1),
  lesions: Float64Array.of(2, 1, 1, 0, 1, 3),
  components: Float64Array.of(3, 1, 0, 0, 0, 2),
  matched: Float64Array.of(2, 1, 0, 0, 0, 1),
  diagonal: Float64Array.of(60, 60, 50, 60, 70, 60),
  values: new Map([
    ...agreements.map((key, at) => [key, agreementOf(at + 1)] as const),
    ...kinds.distance.map((key, at) => [key, distanceOf(at + 1)] as const),
    ...kinds.difference.map((key, at) => [key, differenceOf(at + 2)] as const),
  ]),
};
const set = { ...nothing, patientCount: 5, masks };
// Cases count 1, 1, 2, 1, 0, 3 times.
const weights = [1, 2, 1, 0, 3];
const counts = { cases: 6, bothEmpty: 1, referenceEmpty: 0, predictionEmpty: 2, failed: 1 };

type Values = readonly [estimate: number, weighted: number];
const worked = (
  name: string,
  is: string,
  [valued, patients]: readonly [number, number],
  [estimate, weighted]: Values,
  flagged = false,
): Worked => ({
  name,
  is: `case ${is}`,
  units: set,
  estimate,
  n: { ...counts, valued, patients },
  ...(flagged ? { flags: ["failed-left-out"] } : {}),
  interval: null,
  weights,
  weighted,
});

/** 0, 0, x, y, z with x = m/50, y = x + 10/50, z = x + 20/50; with weights 0, 0, x, y, z, z, z. */
const ofAgreement = (key: string, m: number): Worked[] => {
  const [id, tolerance] = key.split("@");
  const name = (summary: string) => `${id}${summary}${tolerance === undefined ? "" : `@${tolerance}`}`;
  const is = [5, 4] as const;
  return [
    worked(name(""), "index +", is, [(3 * m + 30) / 250, (5 * m + 70) / 350]),
    worked(name("-median"), "index +", is, [m / 50, (m + 10) / 50]),
    ...(tolerance === undefined
      ? [worked(`${id}-percentile@30`, "index +", is, [(0.2 * m) / 50, (0.8 * m) / 50])]
      : []),
  ];
};

/** m, m + 1, m + 3, and two without; with weights m, m + 1, three times m + 3, and two without. */
const ofDistance = (id: string, m: number): Worked[] => [
  worked(id, "rate -", [3, 2], [(3 * m + 4) / 3, (5 * m + 10) / 5], true),
  worked(`${id}-penalised`, "rate -", [5, 4], [(3 * m + 4 + 50 + 70) / 5, (5 * m + 10 + 100) / 7]),
  worked(`${id}-median`, "rate -", [5, 4], [m + 3, m + 3]),
  worked(`${id}-percentile@30`, "rate -", [5, 4], [m + 1.4, m + 2.6]),
];

/** -3m, -2m, m + 2, 2m; with weights twice the first, three times the third. */
const ofDifference = (id: string, m: number): Worked[] => [
  worked(id, "number", [4, 3], [(2 - 2 * m) / 4, (6 - 3 * m) / 7], true),
  worked(`${id}-median`, "number", [4, 3], [(2 - m) / 2, m + 2], true),
  worked(`${id}-percentile@30`, "number", [4, 3], [-2.1 * m, -2.2 * m], true),
];

export const maskSets: readonly Worked[] = [
  ...agreements.flatMap((key, at) => ofAgreement(key, at + 1)),
  ...kinds.distance.flatMap((id, at) => ofDistance(id, at + 1)),
  ...kinds.difference.flatMap((id, at) => ofDifference(id, at + 2)),
  {
    name: "pooled-dice",
    is: "case index +",
    units: set,
    estimate: 18 / (18 + 3 + 13),
    n: { cases: 6, failed: 1, patients: 5 },
    interval: null,
    weights,
    weighted: 30 / (30 + 7 + 16),
  },
  {
    name: "mask-lesion-recall",
    is: "lesion proportion +",
    units: set,
    estimate: 4 / 8,
    n: { numerator: 4, denominator: 8, patients: 4 },
    interval: (level) => kornGraubard([3, 0, 0, 1], [3, 1, 1, 3], level),
    weights,
    weighted: 6 / 14,
  },
  {
    name: "mask-lesion-precision",
    is: "mark proportion +",
    units: set,
    estimate: 4 / 6,
    n: { numerator: 4, denominator: 6, patients: 2 },
    interval: (level) => kornGraubard([3, 1], [4, 2], level),
    weights,
    weighted: 6 / 10,
  },
];

/** Runs the cases of docs/conformance through the house: every quantity that a case expects, by its name there. */
import type { ConformanceCase, ConformanceDetection } from "../contract/conformance.js";
import { finding as findingType, type Finding, type Geometry } from "../contract/finding.js";
import type { MatchRule } from "../contract/protocol.js";
import {
  borderVoxelMetrics,
  connectedComponents,
  frocSweep,
  maskOf,
  metricByName,
  overlap,
  type Connectivity,
  type CountedUnits,
  type Mask,
} from "../metrics/index.js";
import { cohenKappa, delongAuc, rocAuc, splitByLabel, type NotEstimable } from "../stats/index.js";
import { effectiveProtocol } from "../tasks/effective-protocol.js";
import { averagePrecisionOf, cocoPrecision } from "../tasks/forms/compatibility/coco.js";
import { scoreDetection } from "../tasks/forms/detection.js";
import type { JoinedCase } from "../tasks/forms/scored-set.js";
import { lungNoduleDetection } from "../tasks/profiles/lung-nodule-detection.js";

/** A number (or list, or truth value), or why there is none. */
export type ConformanceAnswer = number | boolean | string | null | readonly unknown[] | { readonly reason: string };

/** A quantity of a case; `argument` is the number it belongs to, where it has several values. Undefined: not known. */
export type ConformanceQuantities = (name: string, argument?: number) => ConformanceAnswer | undefined;

/** What the house answers to a case. @throws what the house throws on wrong input, except in detection, where `error` names it */
export function conformanceQuantities(test: ConformanceCase): ConformanceQuantities {
  if (test.kind === "detection") return detectionQuantities(test.input);
  if (test.kind === "roc") return rocQuantities(test.input.labels, test.input.scores);
  if (test.kind === "agreement") return agreementQuantities(test.input.table, test.input.weights);
  return segmentationQuantities(test.input);
}

const answered = (value: number | NotEstimable): ConformanceAnswer =>
  typeof value === "number" ? value : { reason: value.reason };

/** Numbers that a mark must have, or the name of what is wrong with it. */
function troubleOf(input: ConformanceDetection): string | null {
  for (const mark of input.marks) {
    const parsed = findingType.safeParse({ id: "m", geometry: geometryOf(mark), score: Number(mark.score) });
    if (!parsed.success)
      return parsed.error.issues[0]?.path[0] === "score" ? "non-finite-score" : "non-finite-coordinate";
    if (mark.case < 0 || mark.case >= input.cases) return "unknown-case";
  }
  return null;
}

type Row = ConformanceDetection["lesions"][number] | ConformanceDetection["marks"][number];

function geometryOf(row: Row): Geometry {
  if ("box" in row) return { type: "box", min: row.box.slice(0, 2), max: row.box.slice(2) };
  const at = row.at.map(Number);
  return "diameter" in row ? { type: "sphere", center: at, diameterMm: row.diameter } : { type: "point", at };
}

function findingsOf(rows: readonly Row[], caseAt: number, prefix: string): Finding[] {
  return rows
    .filter((row) => row.case === caseAt)
    .map((row, at) => ({
      id: `${prefix}${at}`,
      geometry: geometryOf(row),
      ...("score" in row ? { score: Number(row.score) } : {}),
      ...(prefix === "x" ? { excluded: true } : {}),
    }));
}

/** Cases of a detection input as the house joins them. */
export function conformanceCases(input: ConformanceDetection): JoinedCase[] {
  return Array.from({ length: input.cases }, (_, at) => ({
    id: `c${at}`,
    patient: at,
    reference: {
      case: `c${at}`,
      findings: [...findingsOf(input.lesions, at, "l"), ...findingsOf(input.excluded, at, "x")],
      labels: {},
      quantities: {},
      basis: { rule: "imported", readers: [] },
    },
    prediction: {
      case: `c${at}`,
      status: "ok",
      findings: findingsOf(input.marks, at, "m"),
      scores: {},
      labels: {},
      quantities: {},
    },
  }));
}

/** The match rule of a detection input. */
export function conformanceRule({ rule }: ConformanceDetection): MatchRule {
  return {
    rule: rule.hit === "iou" ? "overlap" : "centre-distance",
    comparator: rule.border === "hit" ? "le" : "lt",
    minRadiusMm: rule.leastRadius,
    ...(rule.leastIou === undefined ? {} : { overlap: { measure: "iou", atLeast: rule.leastIou } }),
    assignment: rule.assignment,
    duplicates: rule.duplicates === "apart" ? "separate" : "false-positive",
    excluded: "ignore",
    maxMarksPerCase: null,
    capTies: "keep",
  };
}

/** Metrics of the house by their names in the cases; with the threshold below all scores where one is needed. */
const metricNames: Readonly<Record<string, string>> = {
  frocScore: "froc-score",
  falsePositivesPerCase: "false-positives-per-case",
  falsePositivesPerNormalCase: "false-positives-per-normal-case",
  precision: "lesion-precision",
  f1: "lesion-f1",
  averagePrecision: "lesion-average-precision",
  afroc: "afroc",
  wafroc: "wafroc",
  afroc1: "afroc1",
  wafroc1: "wafroc1",
  inferredRoc: "inferred-roc",
  lroc: "lroc",
  fractionLocalised: "fraction-correctly-localised",
};

const countNames: Readonly<Record<string, string>> = {
  truePositives: "lesionsFound",
  falsePositives: "falsePositive",
  duplicates: "duplicate",
  ignored: "ignored",
};

function detectionQuantities(input: ConformanceDetection): ConformanceQuantities {
  const trouble = troubleOf(input);
  if (trouble !== null) return (name) => (name === "error" ? trouble : undefined);
  const cases = conformanceCases(input);
  const base = effectiveProtocol(lungNoduleDetection, null);
  const set = scoreDetection(cases, cases.length, { ...base, exclude: {}, match: conformanceRule(input) });
  const all = { cases: new Uint8Array(cases.length).fill(1) };
  const counts = set.marks(all, null) ?? {};
  const units: CountedUnits = set.units(all, {
    threshold: -Number.MAX_VALUE,
    thresholdFromTestSet: false,
    frocReading: "step",
    frocLimits: input.limits,
  });
  const metric = (name: string): ConformanceAnswer => {
    const { definition, parameter } = metricByName(name);
    const { estimate, reason = "no-data" } = definition.prepare(units, parameter);
    return estimate ?? { reason };
  };
  const coco = () =>
    cocoPrecision(
      cases.map(({ reference, prediction }) => ({ lesions: reference.findings, marks: prediction.findings })),
      input.rule.leastIou ?? 0.5,
    );
  return (name, argument = 0) => {
    const count = countNames[name];
    if (count !== undefined) return counts[count] ?? 0;
    const metricName = metricNames[name];
    if (metricName !== undefined) return metric(metricName);
    if (name === "falseNegatives") return (counts.lesions ?? 0) - (counts.lesionsFound ?? 0);
    if (name === "sensitivityAt") return metric(`froc-sensitivity@${argument}`);
    if (name === "meanSensitivityUpTo") return metric(`froc-area@${argument}`);
    if (name === "limitReached") return frocSweep(units, [argument])?.readings()[0]?.limitReached;
    if (name === "curve") {
      const points = frocSweep(units)?.points();
      return points?.map((point) => [point.truePositives, point.falsePositives, point.threshold]);
    }
    if (name === "averagePrecision101") return averagePrecisionOf(coco(), "101-recalls");
    if (name === "averagePrecisionEnvelope") return averagePrecisionOf(coco(), "envelope");
    return undefined;
  };
}

function rocQuantities(labels: readonly number[], scores: readonly number[]): ConformanceQuantities {
  const { positives, negatives } = splitByLabel(labels, scores);
  return (name) => {
    if (name === "auc") {
      const area = rocAuc(positives, negatives);
      return area.ok ? area.auc : { reason: area.reason };
    }
    const delong = delongAuc(positives, negatives);
    if (!delong.ok) return { reason: delong.reason };
    if (name === "variance") return answered(delong.variance);
    if (name !== "delongInterval") return undefined;
    return delong.wald.ok ? [delong.wald.low, delong.wald.high] : { reason: delong.wald.reason };
  };
}

function agreementQuantities(table: readonly number[][], weights: "none" | "quadratic"): ConformanceQuantities {
  const agreement = cohenKappa(table, weights);
  return (name) => {
    if (!agreement.ok) return { reason: agreement.reason };
    if (name === "observed") return agreement.po;
    if (name === "expected") return agreement.pe;
    return name === "kappa" ? answered(agreement.kappa) : undefined;
  };
}

function segmentationQuantities(input: (ConformanceCase & { kind: "segmentation" })["input"]): ConformanceQuantities {
  const { shape, spacing, tolerance } = input;
  const mask = (voxels: readonly number[]): Mask => maskOf(Uint8Array.from(voxels), shape, spacing);
  const [reference, prediction] = [mask(input.reference), mask(input.prediction)];
  return (name, argument) => {
    const overlaps = overlap(reference, prediction);
    if (name === "dice" || name === "iou") return answered(overlaps[name]);
    if (name === "components") return connectedComponents(reference.voxels, shape, argument as Connectivity).count;
    const { distances, nsd } = borderVoxelMetrics(reference, prediction, {
      tolerances: tolerance === undefined ? [] : [tolerance],
    });
    if (name === "nsd") return nsd[0] === undefined ? undefined : answered(nsd[0]);
    if (!distances.ok) return { reason: distances.reason };
    const values: Record<string, number> = {
      hausdorff: distances.hd,
      hausdorff95: distances.hd95MaxOfDirected,
      assd: distances.assd,
    };
    return values[name];
  };
}

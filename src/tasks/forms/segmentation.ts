/** The segmentation form: masks of declared structures against those of the reference, one pair a structure and case. */
import { fail, type ErrorCode } from "../../contract/errors.js";
import type { Finding } from "../../contract/finding.js";
import type { EffectiveProtocol, SegmentationRule } from "../../contract/protocol.js";
import { maskOf, maskOfRuns, type Mask } from "../../geometry/mask.js";
import {
  borderVoxelMetrics,
  boundaryIou,
  clDice,
  lesionWise,
  maskMeasures,
  measureKey,
  measureOfMetric,
  metricByName,
  overlap,
  surfelAreaMetrics,
  type BorderVoxelDistances,
  type MaskState,
  type MaskUnits,
  type Overlap,
  type SurfaceDistances,
  type SurfaceMetrics,
  type Value,
} from "../../metrics/index.js";
import type { ErrorRow, JoinedCase, ScoredSet, Selection } from "./scored-set.js";

/** How masks are compared where the protocol says nothing. */
export const usualSegmentation: SegmentationRule = {
  surface: "border-voxel",
  edge: "background",
  bothEmpty: null,
  connectivity: null,
  leastIou: 0.1,
  leastVolume: 0,
};

/** What metrics of the protocol need, so that nothing else is measured. */
interface Wanted {
  readonly surfaces: boolean;
  readonly tolerances: readonly number[];
  readonly boundary: boolean;
  readonly centreLine: boolean;
  readonly lesions: boolean;
}

function wantedBy(protocol: EffectiveProtocol): Wanted {
  const named = [...protocol.metrics, protocol.primary].map((name) => metricByName(name));
  const measures = new Set(named.map(({ definition }) => measureOfMetric(definition.id) ?? definition.id));
  const tolerances = named.flatMap(({ definition, parameter }) =>
    measureOfMetric(definition.id) === "nsd" ? [parameter as number] : [],
  );
  return {
    surfaces: ["hd", "hd95", "assd", "masd", "nsd"].some((id) => measures.has(id)),
    tolerances: [...new Set(tolerances)],
    boundary: measures.has("boundary-iou"),
    centreLine: measures.has("cl-dice"),
    lesions: ["lesion-wise-dice", "mask-lesion-recall", "mask-lesion-precision"].some((id) => measures.has(id)),
  };
}

interface Grid {
  readonly shape: readonly number[];
  readonly spacing?: readonly number[] | undefined;
}

/** Refuses a mask on another grid than one that is known, before its voxels are made. */
function requireOneGrid(known: Grid | null, given: Grid, where: string, code: ErrorCode): void {
  const text = ({ shape, spacing = shape.map(() => 1) }: Grid) =>
    `${shape.join(" x ")} voxels of ${spacing.join(" x ")} mm`;
  if (known !== null && text(known) !== text(given)) {
    fail(code, `${where} lies on ${text(given)}, another mask on ${text(known)}`);
  }
}

/** The voxels that any mask of a structure holds; null: it has no mask. */
function maskOfStructure(
  findings: readonly Finding[],
  label: string,
  reference: Mask | null,
  where: string,
  code: ErrorCode,
): Mask | null {
  let union: Mask | null = null;
  for (const { id, geometry, label: own } of findings) {
    if (own !== label || geometry.type !== "mask") continue;
    requireOneGrid(union ?? reference, geometry, `${where}, mask ${id}`, code);
    let mask: Mask;
    try {
      mask = maskOfRuns(geometry.runs, geometry.shape, geometry.spacing);
    } catch (error) {
      fail(code, `${where}, mask ${id}: ${(error as Error).message}`);
    }
    const known: Mask = union ?? mask;
    union = known;
    mask.voxels.forEach((voxel, at) => {
      if (voxel !== 0) known.voxels[at] = 1;
    });
  }
  return union;
}

/** A pair of masks, measured. */
interface MeasuredPair {
  readonly state: MaskState;
  readonly failed: boolean;
  readonly counts: Overlap;
  readonly lesions: number;
  readonly components: number;
  readonly matched: number;
  readonly diagonal: number;
  /** By `measureKey`; NaN: undefined. */
  readonly values: ReadonlyMap<string, number>;
}

const numberOf = (value: Value): number => (typeof value === "number" ? value : Number.NaN);

function diagonalOf({ shape, spacing }: Mask): number {
  const sides = shape.map((length, axis) => length * (spacing[axis] as number));
  return Math.sqrt(sides.reduce((sum, side) => sum + side * side, 0));
}

function surfaceValues(
  reference: Mask,
  prediction: Mask,
  rule: SegmentationRule,
  tolerances: readonly number[],
): [string, number][] {
  const options = { tolerances, edge: rule.edge, bothEmpty: rule.bothEmpty };
  const measure = rule.surface === "border-voxel" ? borderVoxelMetrics : surfelAreaMetrics;
  const surface: SurfaceMetrics<SurfaceDistances | BorderVoxelDistances> = measure(reference, prediction, options);
  const { distances } = surface;
  const value = (of: (found: SurfaceDistances | BorderVoxelDistances) => number) =>
    distances.ok ? of(distances) : Number.NaN;
  return [
    ["hd", value(({ hd }) => hd)],
    // Areas are not interpolated.
    [
      "hd95",
      value((found) => ("hd95MaxOfDirected" in found ? found.hd95MaxOfDirected : found.hd95NearestRankMaxOfDirected)),
    ],
    ["assd", value(({ assd }) => assd)],
    ["masd", value(({ masd }) => masd)],
    ...tolerances.map((tolerance, at): [string, number] => [
      measureKey("nsd", tolerance),
      numberOf(surface.nsd[at] as Value),
    ]),
  ];
}

function measurePair(reference: Mask, prediction: Mask, rule: SegmentationRule, wanted: Wanted) {
  const empty = { bothEmpty: rule.bothEmpty };
  const region = overlap(reference, prediction, empty);
  const lesions = wanted.lesions
    ? lesionWise(reference, prediction, {
        ...(rule.connectivity === null ? {} : { connectivity: rule.connectivity }),
        leastIou: rule.leastIou,
        leastVolume: rule.leastVolume,
        ...empty,
      })
    : null;
  const values: [string, number][] = [
    ["dice", numberOf(region.dice)],
    ["iou", numberOf(region.iou)],
    ["voxel-recall", numberOf(region.recall)],
    ["voxel-precision", numberOf(region.precision)],
    ["volumetric-similarity", numberOf(region.volumetricSimilarity)],
    ["volume-difference", region.volumeDifference],
    ["relative-volume-difference", numberOf(region.relativeVolumeDifference)],
  ];
  if (wanted.surfaces) values.push(...surfaceValues(reference, prediction, rule, wanted.tolerances));
  if (wanted.boundary) {
    values.push(["boundary-iou", numberOf(boundaryIou(reference, prediction, { ...empty, edge: rule.edge }))]);
  }
  if (wanted.centreLine) values.push(["cl-dice", numberOf(clDice(reference, prediction, empty).clDice)]);
  if (lesions) values.push(["lesion-wise-dice", numberOf(lesions.meanDice)]);
  return { region, lesions, values };
}

/** Agreements of a failed case are 0, whatever stands in the reference; all else is undefined. */
function valuesOfFailure(values: readonly (readonly [string, number])[]): [string, number][] {
  const agreements = new Set<string>(maskMeasures.filter(({ kind }) => kind === "agreement").map(({ id }) => id));
  return values.map(([key]) => [key, agreements.has(key.split("@")[0] as string) ? 0 : Number.NaN]);
}

/** One voxel of background: what stands for masks where neither side gave one. */
const nothing = (): Mask => maskOf(new Uint8Array(1), [1, 1]);

function measuredPair(joined: JoinedCase, label: string, rule: SegmentationRule, wanted: Wanted): MeasuredPair {
  const { id, reference, prediction } = joined;
  const failed = prediction.status === "failed";
  const truth = maskOfStructure(reference.findings, label, null, `reference of ${id}`, "TRUTH_INVALID");
  const answer = failed
    ? null
    : maskOfStructure(prediction.findings, label, truth, `prediction of ${id}`, "PREDICTION_INVALID");
  const grid = truth ?? answer;
  const empty = grid === null ? nothing() : maskOf(new Uint8Array(grid.voxels.length), grid.shape, grid.spacing);
  const { region, lesions, values } = measurePair(truth ?? empty, answer ?? empty, rule, wanted);
  const [inTruth, inAnswer] = [region.referenceVolume > 0, region.predictionVolume > 0];
  return {
    state: inTruth ? (inAnswer ? "both" : "prediction-empty") : inAnswer ? "reference-empty" : "both-empty",
    failed,
    counts: region,
    lesions: lesions?.referenceSizes.length ?? 0,
    components: lesions?.predictionSizes.length ?? 0,
    matched: lesions?.matched ?? 0,
    diagonal: grid === null ? Number.NaN : diagonalOf(grid),
    values: new Map(failed ? valuesOfFailure(values) : values),
  };
}

/**
 * Measures every pair once; everything else is counted from it.
 * @param labels ids of the structures, in the order of the task; a mask belongs to the structure of its label
 * @throws TRUTH_INVALID, PREDICTION_INVALID where a mask can't be read or lies on another grid
 */
export function scoreSegmentation(
  cases: readonly JoinedCase[],
  patientCount: number,
  labels: readonly string[],
  protocol: EffectiveProtocol,
): ScoredSet {
  const rule = protocol.segmentation ?? usualSegmentation;
  const wanted = wantedBy(protocol);
  const pairs = new Map(
    labels.map((label) => [label, cases.map((joined) => measuredPair(joined, label, rule, wanted))]),
  );
  const inside = (selection: Selection) => [...cases.keys()].filter((at) => selection.cases[at] === 1);
  const holds = (at: number, label: string) => {
    const { state } = (pairs.get(label) as MeasuredPair[])[at] as MeasuredPair;
    return state === "both" || state === "prediction-empty";
  };
  return {
    patientCount,
    labels,
    findings: () => [],
    positive: (at, label) => (label === undefined ? labels : [label]).some((one) => holds(at, one)),
    thresholdAt: () => null,
    units(selection, settings) {
      const places = inside(selection);
      const joined = places.map((at) => cases[at] as JoinedCase);
      const own = pairs.get(selection.label ?? "");
      return {
        patientCount,
        casePatient: Int32Array.from(joined, ({ patient }) => patient),
        answered: Uint8Array.from(joined, ({ prediction }) => (prediction.status === "failed" ? 0 : 1)),
        ...settings,
        lesions: null,
        falsePositives: null,
        binary: {},
        graded: {},
        ...(own
          ? {
              masks: unitsOf(
                joined,
                places.map((at) => own[at] as MeasuredPair),
              ),
            }
          : {}),
        prepared: new Map(),
      };
    },
    marks: () => null,
    excludedFindings: () => 0,
    confusion: () => [],
    errors: () => labels.flatMap((label) => errorRows(cases, label, pairs.get(label) as MeasuredPair[])),
    outcomes: () =>
      labels.flatMap((label) =>
        cases.map(({ id }, at) => {
          const { failed, state, values } = (pairs.get(label) as MeasuredPair[])[at] as MeasuredPair;
          const outcome = failed ? "failed" : state === "both" ? `Dice ${values.get("dice")}` : state;
          return { key: `case ${id} ${label}`, case: id, unit: "case", outcome };
        }),
      ),
  };
}

function unitsOf(cases: readonly JoinedCase[], pairs: readonly MeasuredPair[]): MaskUnits {
  const numbers = (of: (pair: MeasuredPair) => number) => Float64Array.from(pairs, of);
  // Every pair was measured by the same measures.
  const keys = new Set(pairs.flatMap(({ values }) => [...values.keys()]));
  return {
    patient: Int32Array.from(cases, ({ patient }) => patient),
    state: pairs.map(({ state }) => state),
    failed: Uint8Array.from(pairs, ({ failed }) => (failed ? 1 : 0)),
    truePositive: numbers(({ counts }) => counts.truePositive),
    falsePositive: numbers(({ counts }) => counts.falsePositive),
    falseNegative: numbers(({ counts }) => counts.falseNegative),
    lesions: numbers(({ lesions }) => lesions),
    components: numbers(({ components }) => components),
    matched: numbers(({ matched }) => matched),
    diagonal: numbers(({ diagonal }) => diagonal),
    values: new Map([...keys].map((key) => [key, numbers(({ values }) => values.get(key) as number)])),
  };
}

/** Failures, structures that were not found, and structures that are not there. */
function errorRows(cases: readonly JoinedCase[], label: string, pairs: readonly MeasuredPair[]): ErrorRow[] {
  return pairs.flatMap(({ failed, state }, at): ErrorRow[] => {
    const row = { case: at, unit: "case", finding: null, mark: null, nearest: null, score: null, reference: label };
    const { error } = (cases[at] as JoinedCase).prediction;
    if (failed) return [{ ...row, kind: "failed", answer: error?.code ?? "" }];
    if (state === "prediction-empty") return [{ ...row, kind: "missed-positive", answer: "empty" }];
    return state === "reference-empty" ? [{ ...row, kind: "false-alarm", reference: "empty", answer: label }] : [];
  });
}

/**
 * Detection maps against lesion masks by the rules of PI-CAI (picai_eval 1.4.13, Saha et al. 2024,
 * doi:10.1016/S1470-2045(24)00220-1). Curves are exact; what the peer makes of its lowest point stands apart.
 */
import { fail } from "../../../contract/errors.js";
import type { Reason } from "../../../contract/reasons.js";
import { connectedComponents } from "../../../geometry/connected-components.js";
import { rocAuc, splitByLabel, sortedOrder } from "../../../stats/index.js";
import { maximumAssignment } from "./assignment.js";

export interface PicaiSettings {
  readonly overlap: "iou" | "dice";
  /** Least overlap of a hit, 0.1 in the challenge. */
  readonly atLeast: number;
  /** Candidates that overlap a lesion enough and are not its match: left out, or false positives. */
  readonly duplicates: "drop" | "false-positive";
}

/** The settings of the challenge. */
export const picaiDefaults: PicaiSettings = { overlap: "iou", atLeast: 0.1, duplicates: "drop" };

/** A lesion (found or missed: confidence 0) or a false positive. */
export interface PicaiRow {
  readonly isLesion: 0 | 1;
  readonly confidence: number;
  /** Overlap of the matched pair; 0 without one. */
  readonly overlap: number;
}

export interface PicaiCase {
  readonly rows: readonly PicaiRow[];
  /** Largest confidence of the map. */
  readonly score: number;
  /** Candidates that were left out. */
  readonly duplicates: number;
  readonly abnormal: boolean;
}

/**
 * Rows of one case. Candidates are the 26-connected components of the map above 0, with their largest value as confidence.
 * @param detection confidence by voxel, 0 outside candidates; @param label lesions > 0; @param shape [z, y, x], x fastest
 * @throws MASK_INVALID where a map does not fill its grid or holds a voxel that is no number
 */
export function picaiCase(
  detection: ArrayLike<number>,
  label: ArrayLike<number>,
  shape: readonly number[],
  settings: PicaiSettings = picaiDefaults,
): PicaiCase {
  const candidates = connectedComponents(detection, shape, 26);
  const lesions = connectedComponents(label, shape, 26);
  const confidence = new Array<number>(candidates.count).fill(0);
  const candidateSize = new Array<number>(candidates.count).fill(0);
  const lesionSize = new Array<number>(lesions.count).fill(0);
  const common = Array.from({ length: lesions.count }, () => new Array<number>(candidates.count).fill(0));
  for (let voxel = 0; voxel < detection.length; voxel++) {
    if (Number.isNaN(detection[voxel]) || Number.isNaN(label[voxel]))
      fail("MASK_INVALID", `voxel ${voxel} is no number`);
    const candidate = (candidates.labels[voxel] as number) - 1;
    const lesion = (lesions.labels[voxel] as number) - 1;
    if (lesion >= 0) lesionSize[lesion]! += 1;
    if (candidate < 0) continue;
    candidateSize[candidate]! += 1;
    confidence[candidate] = Math.max(confidence[candidate] as number, detection[voxel] as number);
    if (lesion >= 0) (common[lesion] as number[])[candidate]! += 1;
  }
  const overlaps = common.map((row, lesion) =>
    row.map((voxels, candidate) => {
      const sum = (lesionSize[lesion] as number) + (candidateSize[candidate] as number);
      const overlap = settings.overlap === "iou" ? voxels / (sum - voxels) : (2 * voxels) / sum;
      return overlap >= settings.atLeast ? overlap : 0;
    }),
  );
  // One more for every pair: most pairs first, largest overlap second. Confidence plays no part.
  const assigned = maximumAssignment(overlaps.map((row) => row.map((overlap) => (overlap > 0 ? overlap + 1 : 0))));
  const overlapOf = (lesion: number, candidate: number) => overlaps[lesion]?.[candidate] ?? 0;
  const matched = new Set<number>();
  const rows: PicaiRow[] = overlaps.map((_, lesion) => {
    const candidate = assigned[lesion] as number;
    const overlap = overlapOf(lesion, candidate);
    if (overlap === 0) return { isLesion: 1, confidence: 0, overlap: 0 };
    matched.add(candidate);
    return { isLesion: 1, confidence: confidence[candidate] as number, overlap };
  });
  let duplicates = 0;
  confidence.forEach((value, candidate) => {
    if (matched.has(candidate)) return;
    if (settings.duplicates === "drop" && overlaps.some((_, lesion) => overlapOf(lesion, candidate) > 0)) duplicates++;
    else rows.push({ isLesion: 0, confidence: value, overlap: 0 });
  });
  return { rows, score: Math.max(0, ...confidence), duplicates, abnormal: lesions.count > 0 };
}

/** True and false positives at or above each distinct confidence, falling; missed lesions (confidence 0) are no points. */
export interface PicaiPoint {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly threshold: number;
}

function pointsOf(rows: readonly PicaiRow[]): PicaiPoint[] {
  const order = sortedOrder(
    Float64Array.from(rows, ({ confidence }) => confidence),
    "falling",
  );
  const points: PicaiPoint[] = [];
  let truePositives = 0;
  let falsePositives = 0;
  order.forEach((index, at) => {
    const { isLesion, confidence } = rows[index] as PicaiRow;
    if (isLesion === 1) truePositives++;
    else falsePositives++;
    if (rows[order[at + 1] as number]?.confidence !== confidence)
      points.push({ truePositives, falsePositives, threshold: confidence });
  });
  return points;
}

export interface PicaiResult {
  readonly cases: number;
  readonly lesions: number;
  /** Exact points, those of candidates alone. */
  readonly points: readonly PicaiPoint[];
  /** Null without lesions. */
  readonly averagePrecision: number | null;
  /** Null without normal or without abnormal cases. */
  readonly auroc: number | null;
  /** Mean of both. */
  readonly score: number | null;
  /** Why a number is null; that of `averagePrecision` is the reason of every sensitivity too. */
  readonly reasons: {
    readonly averagePrecision: Reason | null;
    readonly auroc: Reason | null;
    readonly score: Reason | null;
  };
  /** The FROC as picai_eval gives it, in single precision: the last point replaced by the one before it, at infinity. */
  readonly peer: {
    readonly lesionTpr: readonly number[];
    readonly lesionFpr: readonly number[];
    readonly thresholds: readonly number[];
  };
}

/** Precision counts as 0 at confidence 0, where missed lesions stand. */
function averagePrecisionOf(points: readonly PicaiPoint[], lesions: number): number {
  let area = 0;
  let before = 0;
  for (const { truePositives, falsePositives, threshold } of points) {
    const precision = threshold === 0 ? 0 : truePositives / (truePositives + falsePositives);
    area += ((truePositives - before) / lesions) * precision;
    before = truePositives;
  }
  return area;
}

/** Evaluates a list of cases. */
export function picaiResult(cases: readonly PicaiCase[]): PicaiResult {
  const rows = cases.flatMap((one) => one.rows);
  const lesions = rows.filter(({ isLesion }) => isLesion === 1).length;
  const all = pointsOf(rows);
  const { positives, negatives } = splitByLabel(
    cases.map(({ abnormal }) => (abnormal ? 1 : 0)),
    cases.map(({ score }) => score),
  );
  const area = rocAuc(positives, negatives);
  const auroc = area.ok ? area.auc : null;
  const averagePrecision = lesions === 0 ? null : averagePrecisionOf(all, lesions);
  const withoutLesions = lesions > 0 ? null : cases.length > 0 ? "no-positives" : "no-data";
  const withoutArea = area.ok ? null : area.reason;
  return {
    cases: cases.length,
    lesions,
    points: all.filter(({ threshold }) => threshold > 0),
    averagePrecision,
    auroc,
    score: auroc === null || averagePrecision === null ? null : (auroc + averagePrecision) / 2,
    reasons: { averagePrecision: withoutLesions, auroc: withoutArea, score: withoutLesions ?? withoutArea },
    peer: peerCurve(all, lesions, cases.length),
  };
}

function peerCurve(points: readonly PicaiPoint[], lesions: number, cases: number): PicaiResult["peer"] {
  const thresholds = points.map(({ threshold }) => threshold);
  // With one distinct confidence nothing is left of the curve.
  if (points.length < 2) return { lesionTpr: [0, 0], lesionFpr: [0, Infinity], thresholds };
  const last = points.length - 1;
  return {
    lesionTpr: points.map((_, at) =>
      Math.fround((points[Math.min(at, last - 1)] as PicaiPoint).truePositives / lesions),
    ),
    lesionFpr: points.map(({ falsePositives }, at) => (at === last ? Infinity : Math.fround(falsePositives / cases))),
    thresholds,
  };
}

/** Largest sensitivity among points with at most `limit` false positives per case; 0 where there is none, null without lesions. */
export function picaiSensitivity({ points, cases, lesions }: PicaiResult, limit: number): number | null {
  if (lesions === 0) return null;
  return points.reduce(
    (best, { truePositives, falsePositives }) =>
      falsePositives / cases <= limit ? Math.max(best, truePositives / lesions) : best,
    0,
  );
}

/** The same read off the peer's curve. */
export function picaiPeerSensitivity({ peer }: PicaiResult, limit: number): number {
  return peer.lesionTpr.reduce(
    (best, value, at) => ((peer.lesionFpr[at] as number) <= limit ? Math.max(best, value) : best),
    0,
  );
}

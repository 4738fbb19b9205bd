/**
 * Average precision as COCO's own evaluation gives it (Lin et al. 2014, arXiv:1405.0312; pycocotools 2.0.11, all areas):
 * 100 marks a case, greedy matching, every unmatched mark a false positive, marks of equal score one after the other in the
 * order of cases and rows.
 */
import type { Finding } from "../../../contract/finding.js";
import type { MatchRule } from "../../../contract/protocol.js";
import { sortedOrder } from "../../../stats/index.js";
import { matchCase } from "../matching.js";

export interface CocoCase {
  /** Findings marked as excluded are ignored: a mark on one is neither hit nor miss. */
  readonly lesions: readonly Finding[];
  readonly marks: readonly Finding[];
}

/** Recall and precision after each counted mark, in falling order of score. */
export interface CocoPrecision {
  readonly recall: Float64Array;
  /** The largest precision at this recall or beyond. */
  readonly envelope: Float64Array;
  /** Included lesions of all cases. */
  readonly lesions: number;
}

/** The IoU thresholds over which COCO averages, 0.5, 0.55 ... 0.95, with the rounding of the peer's own list. */
export const cocoThresholds: readonly number[] = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.8999999999999999, 0.95];

/** What the peer adds to a denominator: the distance from 1 to the next number. */
const spacing = Number.EPSILON;

/** The match rule at an IoU in (0, 1]. */
export function cocoRule(iou: number): MatchRule {
  return {
    rule: "overlap",
    comparator: "le",
    minRadiusMm: 0,
    overlap: { measure: "iou", atLeast: Math.min(iou, 1 - 1e-10) },
    assignment: "coco",
    duplicates: "false-positive",
    excluded: "ignore",
    maxMarksPerCase: 100,
    capTies: "first",
  };
}

/** Recall and precision of all cases at an IoU threshold in (0, 1]. */
export function cocoPrecision(cases: readonly CocoCase[], iou: number): CocoPrecision {
  const scores: number[] = [];
  const hits: number[] = [];
  let lesions = 0;
  for (const one of cases) {
    const included = one.lesions.filter((finding) => finding.excluded !== true);
    const excluded = one.lesions.filter((finding) => finding.excluded === true);
    lesions += included.length;
    const { marks } = matchCase(included, excluded, one.marks, cocoRule(iou));
    for (const mark of marks) {
      if (mark.kind === "ignored") continue;
      scores.push(mark.score);
      hits.push(mark.kind === "true-positive" ? 1 : 0);
    }
  }
  const recall = new Float64Array(scores.length);
  const envelope = new Float64Array(scores.length);
  let truePositives = 0;
  sortedOrder(Float64Array.from(scores), "falling").forEach((mark, at) => {
    truePositives += hits[mark] as number;
    recall[at] = truePositives / lesions;
    envelope[at] = truePositives / (at + 1 + spacing);
  });
  for (let at = envelope.length - 2; at >= 0; at--) {
    envelope[at] = Math.max(envelope[at] as number, envelope[at + 1] as number);
  }
  return { recall, envelope, lesions };
}

/**
 * Average precision: the mean of the envelope at 101 recalls 0, 0.01 ... 1, as the peer gives it, or the exact area under
 * the envelope. Null without lesions (the peer gives -1).
 */
export function averagePrecisionOf(
  { recall, envelope, lesions }: CocoPrecision,
  form: "101-recalls" | "envelope",
): number | null {
  if (lesions === 0) return null;
  let area = 0;
  if (form === "envelope") {
    recall.forEach((value, at) => (area += (value - (recall[at - 1] ?? 0)) * (envelope[at] as number)));
    return area;
  }
  let at = 0;
  for (let step = 0; step <= 100; step++) {
    while (at < recall.length && (recall[at] as number) < step * 0.01) at++;
    area += envelope[at] ?? 0;
  }
  return area / 101;
}

/** Mean over IoU thresholds of the average precision at 101 recalls (COCO's AP); null without lesions. */
export function cocoMeanAveragePrecision(
  cases: readonly CocoCase[],
  thresholds: readonly number[] = cocoThresholds,
): number | null {
  let sum = 0;
  for (const iou of thresholds) {
    const value = averagePrecisionOf(cocoPrecision(cases, iou), "101-recalls");
    if (value === null) return null;
    sum += value / thresholds.length;
  }
  return sum;
}

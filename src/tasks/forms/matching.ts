/**
 * Which mark finds which lesion: incremental maximum matching, one-to-one, per case; the hit rule of LUNA16; COCO's greedy rule.
 * With one-to-one assignment the true positives at every threshold are those of a device that shows only the marks at or above it
 * (transversal-matroid greedy), so counts do not depend on row order.
 */
import type { Finding, Geometry } from "../../contract/finding.js";
import type { MatchRule } from "../../contract/protocol.js";
import { centreOf, diameterOf, distanceMm, iouBox } from "../../geometry/finding-geometry.js";

/** What became of a mark. */
export type MarkKind = "true-positive" | "duplicate" | "ignored" | "false-positive";

export interface MarkOutcome {
  finding: Finding;
  score: number;
  kind: MarkKind;
  /** Index of the lesion it found or duplicates; null otherwise. */
  lesion: number | null;
  /** Included lesions that it hits. */
  hits: number;
  /** Nearest included lesion and the distance between centres, mm (pixels in photographs); null without lesions. */
  nearest: { lesion: number; distance: number } | null;
}

export interface LesionOutcome {
  finding: Finding;
  /** Highest score at which the lesion is found; null: missed at every threshold. */
  score: number | null;
  /** Nearest mark that is kept: its index and distance; null without marks. */
  nearest: { mark: number; distance: number } | null;
}

export interface MatchedCase {
  lesions: LesionOutcome[];
  marks: MarkOutcome[];
  excluded: number;
  /** Marks dropped by the cap. */
  capped: number;
  /** Marks that repeat the place and score of another. */
  identical: number;
}

/** Quality of a hit in (−∞, 1], or null when the mark does not hit the finding. */
function hitQuality(mark: Geometry, target: Geometry, rule: MatchRule): number | null {
  const within = (value: number, limit: number) => (rule.comparator === "lt" ? value < limit : value <= limit);
  if (rule.rule === "overlap") {
    const { measure, atLeast } = rule.overlap ?? { measure: "iou", atLeast: 0.1 };
    const iou = iouBox(mark, target);
    const overlap = measure === "iou" ? iou : (2 * iou) / (1 + iou);
    return within(atLeast, overlap) ? overlap : null;
  }
  const at = centreOf(mark);
  if (rule.rule === "centre-in-lesion" && target.type === "box") {
    const inside = at.every((value, axis) => {
      const low = target.min[axis] as number;
      const high = target.max[axis] as number;
      return within(low - value, 0) && within(value - high, 0);
    });
    if (!inside) return null;
    return 1 - distanceMm(at, centreOf(target)) / Math.max(diameterOf(target) / 2, rule.minRadiusMm, 1e-9);
  }
  const radius = Math.max(diameterOf(target) / 2, rule.minRadiusMm);
  const from = centreOf(target);
  // Squares on both sides: the comparison at the border must not depend on a rounded root.
  let squared = 0;
  for (let axis = 0; axis < at.length; axis++) {
    const step = (at[axis] as number) - (from[axis] as number);
    squared += step * step;
  }
  return within(squared, radius * radius) ? 1 - Math.sqrt(squared) / Math.max(radius, 1e-9) : null;
}

/** Indices of the marks that the cap keeps, in row order. */
function keptMarks(scores: readonly number[], rule: MatchRule): number[] {
  const all = scores.map((_, index) => index);
  const cap = rule.maxMarksPerCase;
  if (cap === null || scores.length <= cap) return all;
  if (rule.capTies === "first") {
    const first = all.sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b).slice(0, cap);
    return first.sort((a, b) => a - b);
  }
  const falling = [...scores].sort((a, b) => b - a);
  if (rule.capTies === "drop") {
    const cut = falling[cap] as number;
    return all.filter((index) => (scores[index] as number) > cut);
  }
  const last = falling[cap - 1] as number;
  return all.filter((index) => (scores[index] as number) >= last);
}

/**
 * Matches the marks of one case with its lesions.
 * @param lesions included findings, @param excluded findings that are neither hit nor miss, @param marks the product's findings (each with a score)
 */
export function matchCase(
  lesions: readonly Finding[],
  excluded: readonly Finding[],
  marks: readonly Finding[],
  rule: MatchRule,
): MatchedCase {
  const kept = keptMarks(
    marks.map((mark) => mark.score ?? 0),
    rule,
  );
  const outcomes: MarkOutcome[] = kept.map((row) => {
    const finding = marks[row] as Finding;
    return { finding, score: finding.score ?? 0, kind: "false-positive", lesion: null, hits: 0, nearest: null };
  });
  // Lesions that each mark hits, best quality first, then lesion order.
  const hits = outcomes.map(({ finding }) =>
    lesions
      .map((lesion, index) => ({ index, quality: hitQuality(finding.geometry, lesion.geometry, rule) }))
      .filter((hit): hit is { index: number; quality: number } => hit.quality !== null)
      .sort((a, b) => b.quality - a.quality || a.index - b.index),
  );
  const found: LesionOutcome[] = lesions.map((finding) => ({ finding, score: null, nearest: null }));
  const order = outcomes
    .map((_, index) => index)
    .sort((a, b) => {
      const byScore = (outcomes[b] as MarkOutcome).score - (outcomes[a] as MarkOutcome).score;
      if (byScore !== 0 || rule.assignment === "coco") return byScore || a - b;
      return (hits[b]?.[0]?.quality ?? -Infinity) - (hits[a]?.[0]?.quality ?? -Infinity) || a - b;
    });
  if (rule.assignment === "one-to-one") assignOneToOne(order, hits, outcomes, found);
  else if (rule.assignment === "hit-rule") assignByHits(order, hits, outcomes, found);
  else assignGreedily(order, hits, outcomes, found);
  for (const outcome of outcomes) {
    const isLeft = outcome.kind === "false-positive" || (outcome.kind === "duplicate" && rule.assignment === "coco");
    if (!isLeft) continue;
    const onExcluded = excluded.some(
      (finding) => hitQuality(outcome.finding.geometry, finding.geometry, rule) !== null,
    );
    if (onExcluded && rule.excluded === "ignore") outcome.kind = "ignored";
  }
  if (rule.duplicates === "false-positive") {
    for (const outcome of outcomes) if (outcome.kind === "duplicate") outcome.kind = "false-positive";
  }
  noteNearest(outcomes, found);
  return {
    lesions: found,
    marks: outcomes,
    excluded: excluded.length,
    capped: marks.length - kept.length,
    identical: countIdentical(marks),
  };
}

/** Marks with the place and score of one before. */
function countIdentical(marks: readonly Finding[]): number {
  return marks.length - new Set(marks.map(({ score, geometry }) => JSON.stringify([score, geometry]))).size;
}

/** Whether a lesion can be hit at its very centre alone: it has no extent, and the rule gives it none. */
export function isPointTarget(lesion: Finding, rule: MatchRule): boolean {
  return rule.rule !== "overlap" && rule.minRadiusMm === 0 && diameterOf(lesion.geometry) === 0;
}

type Hits = readonly { index: number; quality: number }[][];

function assignOneToOne(order: readonly number[], hits: Hits, marks: MarkOutcome[], lesions: LesionOutcome[]): void {
  const holder = new Array<number>(lesions.length).fill(-1);
  /** Looks for an augmenting path from a mark; returns the lesion that is gained in all, or -1. */
  const augment = (mark: number, seen: Uint8Array): number => {
    for (const { index } of hits[mark] ?? []) {
      if (seen[index]) continue;
      seen[index] = 1;
      const current = holder[index] as number;
      if (current === -1) {
        holder[index] = mark;
        return index;
      }
      const gained = augment(current, seen);
      if (gained !== -1) {
        holder[index] = mark;
        return gained;
      }
    }
    return -1;
  };
  for (const mark of order) {
    const outcome = marks[mark] as MarkOutcome;
    const own = hits[mark] ?? [];
    outcome.hits = own.length;
    if (own.length === 0) continue;
    const gained = augment(mark, new Uint8Array(lesions.length));
    if (gained === -1) {
      outcome.kind = "duplicate";
      outcome.lesion = own[0]?.index ?? null;
    } else {
      outcome.kind = "true-positive";
      (lesions[gained] as LesionOutcome).score = outcome.score;
    }
  }
  holder.forEach((mark, lesion) => {
    if (mark !== -1) (marks[mark] as MarkOutcome).lesion = lesion;
  });
}

/** Hit rule: a lesion is found by any mark on it and takes the best score; one mark may find several. */
function assignByHits(order: readonly number[], hits: Hits, marks: MarkOutcome[], lesions: LesionOutcome[]): void {
  for (const mark of order) {
    const outcome = marks[mark] as MarkOutcome;
    const own = hits[mark] ?? [];
    outcome.hits = own.length;
    if (own.length === 0) continue;
    outcome.lesion = own[0]?.index ?? null;
    let first = false;
    for (const { index } of own) {
      const lesion = lesions[index] as LesionOutcome;
      if (lesion.score !== null) continue;
      lesion.score = outcome.score;
      first = true;
    }
    outcome.kind = first ? "true-positive" : "duplicate";
  }
}

/** COCO's rule: each mark takes the free lesion of best quality that it hits; of equal ones the last, as pycocotools does. */
function assignGreedily(order: readonly number[], hits: Hits, marks: MarkOutcome[], lesions: LesionOutcome[]): void {
  for (const mark of order) {
    const outcome = marks[mark] as MarkOutcome;
    const own = hits[mark] ?? [];
    outcome.hits = own.length;
    if (own.length === 0) continue;
    const free = own.filter(({ index }) => lesions[index]?.score === null);
    const best = free.filter(({ quality }) => quality === free[0]?.quality).at(-1);
    outcome.kind = best ? "true-positive" : "duplicate";
    outcome.lesion = (best ?? own[0])?.index ?? null;
    if (best) (lesions[best.index] as LesionOutcome).score = outcome.score;
  }
}

function noteNearest(marks: MarkOutcome[], lesions: LesionOutcome[]): void {
  lesions.forEach((lesion, lesionIndex) => {
    const centre = centreOf(lesion.finding.geometry);
    marks.forEach((mark, markIndex) => {
      const distance = distanceMm(centreOf(mark.finding.geometry), centre);
      if (lesion.nearest === null || distance < lesion.nearest.distance) lesion.nearest = { mark: markIndex, distance };
      if (mark.nearest === null || distance < mark.nearest.distance) mark.nearest = { lesion: lesionIndex, distance };
    });
  });
}

/**
 * Which mark finds which lesion: incremental maximum matching, one-to-one, per case; the hit rule of LUNA16; COCO's greedy rule.
 * With one-to-one assignment the true positives at every threshold are those of a device that shows only the marks at or above it
 * (transversal-matroid greedy). Which of equally good lesions is found, and by which of equal marks, is settled by place, size
 * and id, so that nothing depends on row order; COCO's rule takes rows in their order, as pycocotools does.
 */
import { fail } from "../../contract/errors.js";
import type { Finding } from "../../contract/finding.js";
import type { MatchRule } from "../../contract/protocol.js";
import { distanceMm } from "../../geometry/finding-geometry.js";
import { byPlace, hitQuality, placeOf, type Place } from "./hits.js";

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

/** Indices of the marks that the cap keeps, in row order. */
function keptMarks(scores: readonly number[], rule: MatchRule): number[] {
  const all = scores.map((_, index) => index);
  const cap = rule.maxMarksPerCase;
  if (cap === null || scores.length <= cap) return all;
  if (rule.capTies === "first") {
    const first = all.sort((a, b) => (scores[b] as number) - (scores[a] as number)).slice(0, cap);
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
 * @throws PREDICTION_SCORE_MISSING for a mark without a score or with NaN
 */
export function matchCase(
  lesions: readonly Finding[],
  excluded: readonly Finding[],
  marks: readonly Finding[],
  rule: MatchRule,
): MatchedCase {
  const scores = marks.map(({ id, score = Number.NaN }) => {
    if (Number.isNaN(score)) fail("PREDICTION_SCORE_MISSING", `mark ${id} has no score`);
    return score;
  });
  const kept = keptMarks(scores, rule);
  const outcomes: MarkOutcome[] = kept.map((row) => {
    const score = scores[row] as number;
    return { finding: marks[row] as Finding, score, kind: "false-positive", lesion: null, hits: 0, nearest: null };
  });
  const quality = hitQuality(rule);
  const lesionPlaces = lesions.map(placeOf);
  const markPlaces = outcomes.map(({ finding }) => placeOf(finding));
  const placeAt = (lesion: number) => lesionPlaces[lesion] as Place;
  const inRows = rule.assignment === "coco";
  // Lesions that each mark hits, best quality first.
  const hits = markPlaces.map((mark) => {
    const own: Hit[] = [];
    for (let index = 0; index < lesionPlaces.length; index++) {
      const found = quality(mark, placeAt(index));
      if (found !== null) own.push({ index, quality: found });
    }
    if (own.length < 2) return own;
    return own.sort((a, b) => b.quality - a.quality || (inRows ? 0 : byPlace(placeAt(a.index), placeAt(b.index))));
  });
  // Which of the marks that hit nothing comes first makes no difference.
  const bestQuality = hits.map((own) => own[0]?.quality ?? 0);
  const found: LesionOutcome[] = lesions.map((finding) => ({ finding, score: null, nearest: null }));
  const order = outcomes
    .map((_, index) => index)
    .sort((a, b) => {
      const byScore = (outcomes[b] as MarkOutcome).score - (outcomes[a] as MarkOutcome).score;
      if (byScore !== 0 || inRows) return byScore;
      const byQuality = (bestQuality[b] as number) - (bestQuality[a] as number);
      return byQuality || byPlace(markPlaces[a] as Place, markPlaces[b] as Place);
    });
  if (rule.assignment === "one-to-one") assignOneToOne(order, hits, outcomes, found);
  else if (rule.assignment === "hit-rule") assignByHits(order, hits, outcomes, found);
  else assignGreedily(order, hits, outcomes, found);
  if (rule.excluded === "ignore" && excluded.length > 0) {
    const excludedPlaces = excluded.map(placeOf);
    outcomes.forEach((outcome, at) => {
      const isLeft = outcome.kind === "false-positive" || (outcome.kind === "duplicate" && rule.assignment === "coco");
      const mark = markPlaces[at] as Place;
      if (isLeft && excludedPlaces.some((place) => quality(mark, place) !== null)) outcome.kind = "ignored";
    });
  }
  if (rule.duplicates === "false-positive") {
    for (const outcome of outcomes) if (outcome.kind === "duplicate") outcome.kind = "false-positive";
  }
  noteNearest(outcomes, markPlaces, found, lesionPlaces);
  return {
    lesions: found,
    marks: outcomes,
    excluded: excluded.length,
    capped: marks.length - kept.length,
    identical: countIdentical(outcomes, order),
  };
}

/** Marks with the place and score of one before. Places are written out only where scores repeat. */
function countIdentical(marks: readonly MarkOutcome[], order: readonly number[]): number {
  let identical = 0;
  for (let start = 0, end = 0; start < order.length; start = end) {
    const { score } = marks[order[start] as number] as MarkOutcome;
    const isEqual = (at: number) => (marks[order[at] as number] as MarkOutcome).score === score;
    for (end = start + 1; end < order.length && isEqual(end);) end++;
    if (end - start === 1) continue;
    const places = order.slice(start, end).map((at) => JSON.stringify((marks[at] as MarkOutcome).finding.geometry));
    identical += places.length - new Set(places).size;
  }
  return identical;
}

interface Hit {
  readonly index: number;
  readonly quality: number;
}
type Hits = readonly (readonly Hit[])[];

function assignOneToOne(order: readonly number[], hits: Hits, marks: MarkOutcome[], lesions: LesionOutcome[]): void {
  const holder = new Int32Array(lesions.length).fill(-1);
  // Lesions of a search, and those of all failed ones: what a failed search reached leads to no free lesion ever again.
  const seen = new Uint8Array(lesions.length);
  /** Looks for an augmenting path from a mark, depth first; returns the lesion that is gained in all, or -1. */
  const augment = (start: number): number => {
    /** Marks of the path, each with the place in its hits of the lesion that it would take next. */
    const path = [{ mark: start, at: 0 }];
    const reached: number[] = [];
    for (let step = path.at(-1); step; step = path.at(-1)) {
      const hit = (hits[step.mark] as readonly Hit[])[step.at];
      if (hit === undefined) {
        path.pop();
        continue;
      }
      step.at++;
      if (seen[hit.index] === 1) continue;
      seen[hit.index] = 1;
      reached.push(hit.index);
      const current = holder[hit.index] as number;
      if (current !== -1) {
        path.push({ mark: current, at: 0 });
        continue;
      }
      for (const { mark, at } of path) holder[((hits[mark] as readonly Hit[])[at - 1] as Hit).index] = mark;
      for (const lesion of reached) seen[lesion] = 0;
      return hit.index;
    }
    return -1;
  };
  for (const mark of order) {
    const outcome = marks[mark] as MarkOutcome;
    const own = hits[mark] as readonly Hit[];
    outcome.hits = own.length;
    if (own.length === 0) continue;
    const gained = augment(mark);
    if (gained === -1) {
      outcome.kind = "duplicate";
      outcome.lesion = (own[0] as Hit).index;
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
    const own = hits[mark] as readonly Hit[];
    outcome.hits = own.length;
    if (own.length === 0) continue;
    outcome.lesion = (own[0] as Hit).index;
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
    const own = hits[mark] as readonly Hit[];
    outcome.hits = own.length;
    if (own.length === 0) continue;
    const free = own.filter(({ index }) => (lesions[index] as LesionOutcome).score === null);
    const best = free.filter(({ quality }) => quality === (free[0] as Hit).quality).at(-1);
    outcome.kind = best ? "true-positive" : "duplicate";
    outcome.lesion = (best ?? (own[0] as Hit)).index;
    if (best) (lesions[best.index] as LesionOutcome).score = outcome.score;
  }
}

function noteNearest(
  marks: readonly MarkOutcome[],
  markPlaces: readonly Place[],
  lesions: readonly LesionOutcome[],
  lesionPlaces: readonly Place[],
): void {
  lesionPlaces.forEach(({ centre }, lesionIndex) => {
    const lesion = lesions[lesionIndex] as LesionOutcome;
    for (let markIndex = 0; markIndex < marks.length; markIndex++) {
      const mark = marks[markIndex] as MarkOutcome;
      const distance = distanceMm((markPlaces[markIndex] as Place).centre, centre);
      if (lesion.nearest === null || distance < lesion.nearest.distance) lesion.nearest = { mark: markIndex, distance };
      if (mark.nearest === null || distance < mark.nearest.distance) mark.nearest = { lesion: lesionIndex, distance };
    }
  });
}

/**
 * Lesions found in falling order of score, each with the false positives at or above its score: what average precision and
 * the area under the FROC are summed from. Sorted once; a draw of patients is one pass.
 */
import { countAbove, falling, PatientTotals, type Falling } from "./falling.js";
import type { CountedUnits, ScoredUnits } from "./units.js";

export interface LesionRanking {
  readonly found: Falling;
  /** False positives. */
  readonly marks: Falling;
  /** By lesion found: false positives at or above its score. */
  readonly marksUpTo: Uint32Array;
  /** Marks that find lesions, and by lesion found those at or above its score: the lesions themselves, or fewer. */
  readonly hits: Falling;
  readonly hitsUpTo: Uint32Array;
  /** 1: the last of the lesions that share a score. */
  readonly endsTie: Uint8Array;
  readonly lesions: PatientTotals;
  readonly cases: PatientTotals;
}

/** How many of falling scores lie at or above each of the scores of another falling list. */
function countFrom(scores: Float64Array, limits: Float64Array): Uint32Array {
  const counts = countAbove(scores, limits);
  for (let at = 0; at < limits.length; at++) {
    while (scores[counts[at] as number] === limits[at]) counts[at]! += 1;
  }
  return counts;
}

/** The ranking of a set of units, made once. */
export function lesionRanking(units: CountedUnits, lesions: ScoredUnits, falsePositives: ScoredUnits): LesionRanking {
  const cached = units.prepared.get("lesion-ranking") as LesionRanking | undefined;
  if (cached) return cached;
  const found = falling(lesions);
  const marks = falling(falsePositives);
  const hits = units.truePositives ? falling(units.truePositives) : found;
  const made: LesionRanking = {
    found,
    marks,
    hits,
    hitsUpTo: countFrom(hits.score, found.score),
    marksUpTo: countFrom(marks.score, found.score),
    endsTie: Uint8Array.from(found.score, (score, at) => (found.score[at + 1] === score ? 0 : 1)),
    lesions: new PatientTotals(lesions.patient, units.patientCount),
    cases: new PatientTotals(units.casePatient, units.patientCount),
  };
  units.prepared.set("lesion-ranking", made);
  return made;
}

/** Weight of the marks from `from` to `to`. */
export function weightOf({ patient }: Falling, weights: Uint16Array, from: number, to: number): number {
  let total = 0;
  for (let at = from; at < to; at++) total += weights[patient[at] as number] as number;
  return total;
}

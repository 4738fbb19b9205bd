/**
 * One pass over all marks in falling score order gives the FROC at any number of limits.
 * Marks are sorted once; a draw of patients is only a set of weights (no re-matching, no sorting).
 */
import { countAbove, falling, PatientTotals, type Falling } from "./falling.js";
import type { CountedUnits, ScoredUnits } from "./units.js";

/** Point of the exact step curve; threshold null: above all scores. */
export interface FrocPoint {
  truePositives: number;
  falsePositives: number;
  threshold: number | null;
}

/** Sensitivity read at one limit of false positives per case. */
export interface FrocReading {
  sensitivity: number;
  truePositives: number;
  falsePositives: number;
  /** Threshold of the point that was read; null: none reaches the limit. */
  threshold: number | null;
  /** False: the curve ends before the limit, the value is its plateau. */
  limitReached: boolean;
  /** Marks in the tie group that crosses the limit. */
  crossingTies: number;
}

/** Largest whole number c with c / total <= limit, by one division as the definition says (0.29 * 100 < 29). */
function largestCount(limit: number, total: number): number {
  let count = Math.floor(limit * total);
  // Beyond these a number and the next one are the same; no draw has as many marks.
  if (!Number.isSafeInteger(count)) return count;
  while ((count + 1) / total <= limit) count++;
  while (count / total > limit) count--;
  return count;
}

/** What a sweep is made from besides lesions and false positives. Limits rise. */
export type FrocUnits = Pick<CountedUnits, "patientCount" | "casePatient" | "frocLimits" | "frocReading">;

/** Marks (a multiple of four) summed without a look at the limit; a block that would pass it is walked mark by mark. */
const block = 64;

/**
 * The false positives of a set of cases, walked once a draw: where each limit is crossed. Sets of lesions that are judged on
 * the same cases (strata of size or type) share the walk.
 */
class FalsePositiveWalk {
  readonly caseCount: number;
  readonly marks: Falling;
  /** By limit: the first mark that would exceed it, or the number of marks; and the marks' weight before it. */
  readonly cuts: Uint32Array;
  readonly counts: Float64Array;
  /** Weight of all cases of the draw. */
  cases = 0;
  readonly #caseTotals: PatientTotals;
  #replicate = Number.NaN;

  constructor(
    readonly units: FrocUnits,
    falsePositives: ScoredUnits,
  ) {
    this.caseCount = units.casePatient.length;
    this.marks = falling(falsePositives);
    this.cuts = new Uint32Array(units.frocLimits.length);
    this.counts = new Float64Array(units.frocLimits.length);
    this.#caseTotals = new PatientTotals(units.casePatient, units.patientCount);
  }

  walk(weights: Uint16Array, replicate: number): void {
    if (replicate === this.#replicate) return;
    this.#replicate = replicate;
    this.cases = this.#caseTotals.weighted(weights);
    const { patient } = this.marks;
    const { frocLimits } = this.units;
    let count = 0;
    let at = 0;
    for (let limit = 0; limit < frocLimits.length; limit++) {
      const cap = largestCount(frocLimits[limit] as number, this.cases);
      for (let end = at + block; end <= patient.length; end += block) {
        let sum = 0;
        for (let mark = at; mark < end; mark += 4) {
          sum +=
            (weights[patient[mark] as number] as number) +
            (weights[patient[mark + 1] as number] as number) +
            (weights[patient[mark + 2] as number] as number) +
            (weights[patient[mark + 3] as number] as number);
        }
        if (count + sum > cap) break;
        count += sum;
        at = end;
      }
      for (; at < patient.length; at++) {
        const weight = weights[patient[at] as number] as number;
        if (count + weight > cap) break;
        count += weight;
      }
      this.cuts[limit] = at;
      this.counts[limit] = count;
    }
  }
}

const walks = new WeakMap<ScoredUnits, FalsePositiveWalk[]>();

function walkOf(units: FrocUnits, falsePositives: ScoredUnits): FalsePositiveWalk {
  const known = walks.get(falsePositives) ?? [];
  walks.set(falsePositives, known);
  const same = known.find(
    (walk) => walk.units.casePatient === units.casePatient && walk.units.frocLimits.join() === units.frocLimits.join(),
  );
  if (same) return same;
  const made = new FalsePositiveWalk(units, falsePositives);
  known.push(made);
  return made;
}

/** Sorted lesions found, and the walk over the false positives. */
export class FrocSweep {
  readonly limits: readonly number[];
  readonly lesionCount: number;
  readonly caseCount: number;
  readonly contributingPatients: number;
  readonly #found: Falling;
  readonly #walk: FalsePositiveWalk;
  /** By false positive: lesions found above its score. */
  readonly #above: Uint32Array;
  readonly #lesionTotals: PatientTotals;
  readonly #linear: boolean;
  readonly #values: Float64Array;
  #replicate = Number.NaN;

  constructor(units: FrocUnits, lesions: ScoredUnits, falsePositives: ScoredUnits) {
    this.limits = units.frocLimits;
    this.#linear = units.frocReading === "linear";
    this.#values = new Float64Array(this.limits.length);
    this.lesionCount = lesions.patient.length;
    this.#walk = walkOf(units, falsePositives);
    this.caseCount = this.#walk.caseCount;
    this.#found = falling(lesions);
    this.#above = countAbove(this.#found.score, this.#walk.marks.score);
    this.#lesionTotals = new PatientTotals(lesions.patient, units.patientCount);
    this.contributingPatients = this.#lesionTotals.patients.length;
  }

  /** The exact step curve, from (0, 0). */
  points(): FrocPoint[] {
    const points: FrocPoint[] = [{ truePositives: 0, falsePositives: 0, threshold: null }];
    const found = this.#found.score;
    const marks = this.#walk.marks.score;
    let truePositives = 0;
    let falsePositives = 0;
    while (truePositives < found.length || falsePositives < marks.length) {
      const threshold = Math.max(found[truePositives] ?? -Infinity, marks[falsePositives] ?? -Infinity);
      while (found[truePositives] === threshold) truePositives++;
      while (marks[falsePositives] === threshold) falsePositives++;
      points.push({ truePositives, falsePositives, threshold });
    }
    return points;
  }

  /** Reads the curve of the whole sample at every limit. Without lesions sensitivities are NaN. */
  readings(): FrocReading[] {
    const found = this.#found.score;
    const marks = this.#walk.marks.score;
    return this.limits.map((limit) => {
      // The first false positive too many, and the tie group that it stands in: all above that group is read.
      const cut = Math.min(largestCount(limit, this.caseCount), marks.length);
      const crossing = marks[cut];
      let falsePositives = cut;
      while (falsePositives > 0 && marks[falsePositives - 1] === crossing) falsePositives--;
      const truePositives = crossing === undefined ? found.length : (this.#above[cut] as number);
      let nextFalse = falsePositives;
      while (crossing !== undefined && marks[nextFalse] === crossing) nextFalse++;
      let nextTrue = truePositives;
      while (crossing !== undefined && found[nextTrue] === crossing) nextTrue++;
      const threshold = Math.min(found[truePositives - 1] ?? Infinity, marks[falsePositives - 1] ?? Infinity);
      let sensitivity = truePositives / this.lesionCount;
      if (this.#linear) sensitivity += this.#share(limit, falsePositives, nextFalse, truePositives, nextTrue);
      return {
        sensitivity,
        truePositives,
        falsePositives,
        threshold: threshold === Infinity ? null : threshold,
        limitReached: marks.length / this.caseCount >= limit,
        crossingTies: nextTrue - truePositives + nextFalse - falsePositives,
      };
    });
  }

  /** What linear interpolation adds beyond the last point at or below the limit. */
  #share(
    limit: number,
    fp: number,
    nextFp: number,
    tp: number,
    nextTp: number,
    cases = this.caseCount,
    lesions = this.lesionCount,
  ): number {
    if (nextFp === fp) return 0;
    return (((limit - fp / cases) / (nextFp / cases - fp / cases)) * (nextTp - tp)) / lesions;
  }

  /** Sensitivities at the limits when patient i counts weights[i] times. NaN: no lesion or case drawn. The array is reused by the next draw. */
  weighted(weights: Uint16Array, replicate: number): Float64Array {
    if (replicate === this.#replicate) return this.#values;
    this.#replicate = replicate;
    const values = this.#values;
    const walk = this.#walk;
    walk.walk(weights, replicate);
    // Without a lesion or a case in the draw all that follows is 0 / 0.
    const lesions = this.#lesionTotals.weighted(weights);
    const { patient } = this.#found;
    let truePositives = 0;
    let lesion = 0;
    for (let limit = 0; limit < values.length; limit++) {
      const cut = walk.cuts[limit] as number;
      const end = cut < this.#above.length ? (this.#above[cut] as number) : patient.length;
      for (; lesion < end; lesion++) truePositives += weights[patient[lesion] as number] as number;
      values[limit] = truePositives / lesions;
      if (this.#linear && cut < this.#above.length) {
        values[limit] = (values[limit] as number) + this.#interpolated(weights, limit, cut, truePositives, lesions);
      }
    }
    return values;
  }

  /** What linear interpolation adds: the tie group that crosses the limit is taken in part. */
  #interpolated(weights: Uint16Array, limit: number, cut: number, truePositives: number, lesions: number): number {
    const { marks, counts, cases } = this.#walk;
    const score = marks.score[cut] as number;
    let before = counts[limit] as number;
    for (let at = cut - 1; marks.score[at] === score; at--) {
      before -= weights[marks.patient[at] as number] as number;
    }
    let after = counts[limit] as number;
    for (let at = cut; marks.score[at] === score; at++) {
      after += weights[marks.patient[at] as number] as number;
    }
    let found = truePositives;
    for (let at = this.#above[cut] as number; this.#found.score[at] === score; at++) {
      found += weights[this.#found.patient[at] as number] as number;
    }
    return this.#share(this.limits[limit] as number, before, after, truePositives, found, cases, lesions);
  }
}

/**
 * The sweep of a set of units at rising limits, made once; null without lesions or marks lists.
 * @param limits those of the protocol where left out
 */
export function frocSweep(units: CountedUnits, limits: readonly number[] = units.frocLimits): FrocSweep | null {
  if (!units.lesions || !units.falsePositives) return null;
  const name = `froc ${limits.join()}`;
  const cached = units.prepared.get(name) as FrocSweep | undefined;
  if (cached) return cached;
  const sweep = new FrocSweep({ ...units, frocLimits: limits }, units.lesions, units.falsePositives);
  units.prepared.set(name, sweep);
  return sweep;
}

/**
 * One pass over all marks in falling score order gives the FROC at any number of limits.
 * Events are sorted once; a draw of patients is only a set of weights (no re-matching, no sorting).
 */
import type { CountedUnits } from "./units.js";

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
  while ((count + 1) / total <= limit) count++;
  while (count > 0 && count / total > limit) count--;
  return count;
}

/** Sorted events of lesions found and false positives. */
export class FrocSweep {
  readonly limits: readonly number[];
  readonly lesionCount: number;
  readonly caseCount: number;
  readonly contributingPatients: number;
  /** patient << 2 | isLesion << 1 | endOfTieGroup, in falling score order. */
  readonly #events: Uint32Array;
  readonly #scores: Float64Array;
  /** Lesions and cases by patient. */
  readonly #lesionPatients: Int32Array;
  readonly #lesionsOf: Float64Array;
  readonly #casePatients: Int32Array;
  readonly #casesOf: Float64Array;
  readonly #linear: boolean;
  readonly #values: Float64Array;
  #replicate = -1;

  constructor(
    units: CountedUnits,
    lesions: NonNullable<CountedUnits["lesions"]>,
    falsePositives: NonNullable<CountedUnits["falsePositives"]>,
  ) {
    this.limits = units.frocLimits;
    this.#linear = units.frocReading === "linear";
    this.#values = new Float64Array(this.limits.length);
    this.lesionCount = lesions.patient.length;
    this.caseCount = units.casePatient.length;
    const found = [...lesions.score.keys()].filter((unit) => lesions.score[unit] !== -Infinity);
    const total = found.length + falsePositives.patient.length;
    const scores = new Float64Array(total);
    const payload = new Uint32Array(total);
    found.forEach((unit, at) => {
      scores[at] = lesions.score[unit] as number;
      payload[at] = (((lesions.patient[unit] as number) << 2) | 2) >>> 0;
    });
    falsePositives.patient.forEach((patient, unit) => {
      scores[found.length + unit] = falsePositives.score[unit] as number;
      payload[found.length + unit] = (patient << 2) >>> 0;
    });
    const order = Uint32Array.from(scores.keys());
    order.sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
    this.#scores = Float64Array.from(order, (at) => scores[at] as number);
    this.#events = Uint32Array.from(order, (at, place) => {
      const ends = place === total - 1 || this.#scores[place + 1] !== this.#scores[place];
      return ((payload[at] as number) | (ends ? 1 : 0)) >>> 0;
    });
    [this.#lesionPatients, this.#lesionsOf] = countBy(lesions.patient, units.patientCount);
    [this.#casePatients, this.#casesOf] = countBy(units.casePatient, units.patientCount);
    this.contributingPatients = this.#lesionPatients.length;
  }

  /** The exact step curve, from (0, 0). */
  points(): FrocPoint[] {
    const points: FrocPoint[] = [{ truePositives: 0, falsePositives: 0, threshold: null }];
    let truePositives = 0;
    let falsePositives = 0;
    this.#events.forEach((event, place) => {
      if (event & 2) truePositives++;
      else falsePositives++;
      if (event & 1) points.push({ truePositives, falsePositives, threshold: this.#scores[place] as number });
    });
    return points;
  }

  /** Reads the curve of the whole sample at every limit. Without lesions sensitivities are NaN. */
  readings(): FrocReading[] {
    const points = this.points();
    return this.limits.map((limit) => {
      const cap = largestCount(limit, this.caseCount);
      let at = 0;
      while (at + 1 < points.length && (points[at + 1] as FrocPoint).falsePositives <= cap) at++;
      const point = points[at] as FrocPoint;
      const next = points[at + 1];
      let sensitivity = point.truePositives / this.lesionCount;
      if (this.#linear && next)
        sensitivity += this.#share(
          limit,
          point.falsePositives,
          next.falsePositives,
          point.truePositives,
          next.truePositives,
        );
      return {
        sensitivity,
        truePositives: point.truePositives,
        falsePositives: point.falsePositives,
        threshold: point.threshold,
        limitReached: (points.at(-1) as FrocPoint).falsePositives / this.caseCount >= limit,
        crossingTies: next ? next.truePositives - point.truePositives + next.falsePositives - point.falsePositives : 0,
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
    let lesions = 0;
    for (let i = 0; i < this.#lesionPatients.length; i++) {
      lesions += (weights[this.#lesionPatients[i] as number] as number) * (this.#lesionsOf[i] as number);
    }
    let cases = 0;
    for (let i = 0; i < this.#casePatients.length; i++) {
      cases += (weights[this.#casePatients[i] as number] as number) * (this.#casesOf[i] as number);
    }
    if (lesions === 0 || cases === 0) return values.fill(Number.NaN);
    const caps = this.limits.map((limit) => largestCount(limit, cases));
    const events = this.#events;
    let reached = 0;
    let cap = caps[0] ?? Infinity;
    let tp = 0;
    let fp = 0;
    let tpBefore = 0;
    let fpBefore = 0;
    for (let at = 0; at < events.length && reached < caps.length; at++) {
      const event = events[at] as number;
      const weight = weights[event >>> 2] as number;
      if (event & 2) tp += weight;
      else fp += weight;
      if ((event & 1) === 0) continue;
      while (fp > cap) {
        values[reached] = tpBefore / lesions;
        if (this.#linear) {
          values[reached] =
            (values[reached] as number) +
            this.#share(this.limits[reached] as number, fpBefore, fp, tpBefore, tp, cases, lesions);
        }
        reached++;
        cap = caps[reached] ?? Infinity;
      }
      tpBefore = tp;
      fpBefore = fp;
    }
    for (; reached < caps.length; reached++) values[reached] = tpBefore / lesions;
    return values;
  }
}

/** Patients that occur, rising, and how often. */
function countBy(patients: Int32Array, patientCount: number): [Int32Array, Float64Array] {
  const counts = new Float64Array(patientCount);
  for (const patient of patients) counts[patient] = (counts[patient] as number) + 1;
  const present = Int32Array.from([...counts.keys()].filter((patient) => (counts[patient] as number) > 0));
  return [present, Float64Array.from(present, (patient) => counts[patient] as number)];
}

/** The sweep of a set of units, made once; null without lesions or marks lists. */
export function frocSweep(units: CountedUnits): FrocSweep | null {
  if (!units.lesions || !units.falsePositives) return null;
  const cached = units.prepared.get("froc") as FrocSweep | undefined;
  if (cached) return cached;
  const sweep = new FrocSweep(units, units.lesions, units.falsePositives);
  units.prepared.set("froc", sweep);
  return sweep;
}

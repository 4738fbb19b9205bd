/** Scored units in falling order, sorted once; a draw of patients is only a set of weights on them. */
import { sortedOrder } from "../stats/index.js";
import type { ScoredUnits } from "./units.js";

/** Units with a finite score in falling order; equal ones in the order given. */
export interface Falling {
  readonly patient: Uint32Array;
  readonly score: Float64Array;
}

/** Missed lesions (-Infinity) are left out. */
export function falling({ patient, score }: ScoredUnits): Falling {
  const order = sortedOrder(score, "falling");
  let shown = order.length;
  while (score[order[shown - 1] as number] === -Infinity) shown--;
  const sorted = { patient: new Uint32Array(shown), score: new Float64Array(shown) };
  for (let at = 0; at < shown; at++) {
    const unit = order[at] as number;
    sorted.patient[at] = patient[unit] as number;
    sorted.score[at] = score[unit] as number;
  }
  return sorted;
}

/** How many of falling scores lie above each of the scores of another falling list. */
export function countAbove(scores: Float64Array, limits: Float64Array): Uint32Array {
  const counts = new Uint32Array(limits.length);
  let count = 0;
  for (let at = 0; at < limits.length; at++) {
    while ((scores[count] as number) > (limits[at] as number)) count++;
    counts[at] = count;
  }
  return counts;
}

/** Patients that occur, rising, and the total of their shares (1 a unit where none are given). */
export class PatientTotals {
  readonly patients: Int32Array;
  readonly #totals: Float64Array;

  constructor(patients: ArrayLike<number>, patientCount: number, share: (unit: number) => number = () => 1) {
    const totals = new Float64Array(patientCount);
    for (let unit = 0; unit < patients.length; unit++) {
      const patient = patients[unit] as number;
      totals[patient] = (totals[patient] as number) + share(unit);
    }
    this.patients = Int32Array.from(totals.keys()).filter((patient) => (totals[patient] as number) > 0);
    this.#totals = Float64Array.from(this.patients, (patient) => totals[patient] as number);
  }

  /** The total when patient i counts weights[i] times. */
  weighted(weights: Uint16Array): number {
    let total = 0;
    for (let i = 0; i < this.patients.length; i++)
      total += (weights[this.patients[i] as number] as number) * (this.#totals[i] as number);
    return total;
  }
}

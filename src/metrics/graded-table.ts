/** Grades of the reference by grades of the product: counted once a draw for all metrics of the same units. */
import type { GradedUnits } from "./units.js";

/** Cells of graded units, and failed units by the reference's grade. */
export interface GradeCounts {
  /** grades x grades, row: grade of the reference. */
  readonly cells: Float64Array;
  readonly failed: Float64Array;
}

export class GradedTable {
  readonly grades: number;
  readonly patients: number;
  /** Of the whole set. */
  readonly total: GradeCounts;
  readonly gradedUnits: number;
  readonly failedUnits: number;
  readonly #patient: Int32Array;
  /** Cell of each unit; from grades² on: failed. */
  readonly #cell: Int32Array;
  readonly #drawn: GradeCounts;
  readonly #all: Float64Array;
  #replicate = -1;

  constructor({ patient, truth, answer, grades }: GradedUnits) {
    const size = grades * grades;
    this.grades = grades;
    this.patients = new Set(patient).size;
    this.#patient = patient;
    this.#cell = truth.map((row, unit) => {
      const column = answer[unit] as number;
      return column < 0 ? size + row : row * grades + column;
    });
    const counts = new Float64Array(size + grades);
    for (const cell of this.#cell) counts[cell] = (counts[cell] as number) + 1;
    this.total = { cells: counts.subarray(0, size), failed: counts.subarray(size) };
    this.failedUnits = this.total.failed.reduce((sum, count) => sum + count, 0);
    this.gradedUnits = truth.length - this.failedUnits;
    this.#all = new Float64Array(size + grades);
    this.#drawn = { cells: this.#all.subarray(0, size), failed: this.#all.subarray(size) };
  }

  /** Several units of one patient. */
  get clustered(): boolean {
    return this.patients < this.#patient.length;
  }

  /** The counts when patient i counts weights[i] times; the same arrays are filled by each draw. */
  weighted(weights: Uint16Array, replicate: number): GradeCounts {
    if (replicate === this.#replicate) return this.#drawn;
    this.#replicate = replicate;
    const all = this.#all.fill(0);
    for (let unit = 0; unit < this.#cell.length; unit++) {
      const cell = this.#cell[unit] as number;
      all[cell] = (all[cell] as number) + (weights[this.#patient[unit] as number] as number);
    }
    return this.#drawn;
  }
}

const known = new WeakMap<GradedUnits, GradedTable>();

/** The table of a set of units, made once. */
export function gradedTable(units: GradedUnits): GradedTable {
  const table = known.get(units) ?? new GradedTable(units);
  known.set(units, table);
  return table;
}

/** Metrics of the 2x2 table of calls: counted by patient once, summed up once a draw for all metrics of the same units. */
import type { DiagnosticTable, IntervalOutcome, NotEstimable } from "../stats/index.js";
import { undefinedMetric, type PreparedMetric } from "./metric.js";
import type { BinaryUnits } from "./units.js";

type Cell = keyof DiagnosticTable;
const cells = ["tp", "fp", "fn", "tn"] as const satisfies readonly Cell[];

const cellOf = (positive: number, call: number): Cell =>
  positive === 1 ? (call === 1 ? "tp" : "fn") : call === 1 ? "fp" : "tn";

const emptyTable = (): DiagnosticTable => ({ tp: 0, fp: 0, fn: 0, tn: 0 });

class PatientTables {
  readonly patients: Int32Array;
  readonly total = emptyTable();
  readonly #counts: Record<Cell, Float64Array>;
  readonly #drawn = emptyTable();
  #replicate = -1;

  constructor({ patient, positive, call }: BinaryUnits) {
    this.patients = Int32Array.from(new Set(patient));
    const place = new Map(Array.from(this.patients, (name, at) => [name, at]));
    const counts = () => new Float64Array(this.patients.length);
    this.#counts = { tp: counts(), fp: counts(), fn: counts(), tn: counts() };
    for (let unit = 0; unit < patient.length; unit++) {
      const cell = cellOf(positive[unit] as number, call[unit] as number);
      this.#counts[cell][place.get(patient[unit] as number) as number]! += 1;
      this.total[cell] += 1;
    }
  }

  /** The table when patient i counts weights[i] times; the same object is filled by each draw. */
  weighted(weights: Uint16Array, replicate: number): DiagnosticTable {
    if (replicate === this.#replicate) return this.#drawn;
    this.#replicate = replicate;
    for (const cell of cells) {
      const counts = this.#counts[cell];
      let sum = 0;
      for (let i = 0; i < counts.length; i++) {
        sum += (weights[this.patients[i] as number] as number) * (counts[i] as number);
      }
      this.#drawn[cell] = sum;
    }
    return this.#drawn;
  }
}

const known = new WeakMap<BinaryUnits, PatientTables>();

function tablesOf(units: BinaryUnits): PatientTables {
  const tables = known.get(units) ?? new PatientTables(units);
  known.set(units, tables);
  return tables;
}

interface TableMetric {
  value: (table: DiagnosticTable) => number | NotEstimable;
  /** The same for a draw, NaN where undefined. */
  formula: (table: DiagnosticTable) => number;
  /** For one unit a patient; null: none, and patients are resampled as they are where a patient has several units. */
  interval: ((table: DiagnosticTable, level: number) => IntervalOutcome) | null;
}

/** A metric of the calls at the operating threshold. */
export function prepareTable(units: BinaryUnits, { value, formula, interval }: TableMetric): PreparedMetric {
  if (units.call.includes(-1)) return undefinedMetric("no-operating-point", { units: units.patient.length });
  const tables = tablesOf(units);
  const { total, patients } = tables;
  const n = { positives: total.tp + total.fn, negatives: total.tn + total.fp, patients: patients.length };
  const estimate = value(total);
  if (typeof estimate !== "number") return undefinedMetric(estimate.reason, n, patients.length);
  const clustered = patients.length < units.patient.length;
  return {
    n,
    patients: patients.length,
    estimate,
    interval: clustered || interval === null ? null : (level) => interval(total, level),
    weighted: (weights, replicate) => formula(tables.weighted(weights, replicate)),
  };
}

/** How intervals of these metrics are made where there is a formula for one unit a patient. */
export const orResampled = (method: string): string =>
  `${method}; percentiles of patient resamples where a patient has several units`;

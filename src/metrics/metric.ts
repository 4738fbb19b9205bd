/** What a metric is: one file exports its definition(s), listed in `index.ts`. */
import type { Bilingual } from "../contract/common.js";
import type { Flag, Reason } from "../contract/reasons.js";
import type { IntervalOutcome } from "../stats/index.js";
import type { CountedUnits } from "./units.js";

/** A metric prepared for one set of units: counts first, rates later. */
export interface PreparedMetric {
  /** Counts by name: numerator, denominator, patients ... */
  readonly n: Readonly<Record<string, number>>;
  /** Patients that contribute at least one unit. */
  readonly patients: number;
  readonly estimate: number | null;
  /** Why there is no estimate. */
  readonly reason?: Reason;
  readonly flags?: readonly Flag[];
  /** Analytic interval; null: percentiles of patient resampling through `weighted`. */
  readonly interval: ((level: number) => IntervalOutcome) | null;
  /**
   * The metric when patient i counts weights[i] times; NaN when it is undefined there.
   * `replicate` names the draw: parts shared by several metrics are computed once a draw.
   */
  weighted(weights: Uint16Array, replicate: number): number;
}

/** The number after `@` in the name of a metric. */
export interface MetricParameter {
  readonly name: Bilingual;
  /** A usual value. */
  readonly example: number;
  accepts(value: number): boolean;
  /** What follows the title of the metric: " at 2 FP/case". */
  suffix(value: number): Bilingual;
}

/** The numbers with commas that may stand after `@` in the name of a metric. */
export interface MetricGrid {
  readonly name: Bilingual;
  readonly example: readonly number[];
  accepts(value: number): boolean;
  /** The metric for these numbers. */
  of(values: readonly number[]): MetricDefinition;
}

export interface MetricDefinition {
  readonly id: string;
  readonly title: Bilingual;
  /** Title without the level, where it has one: for multi-label sets, whose units are cases. */
  readonly plainTitle?: Bilingual;
  /** What is computed. */
  readonly formula: Bilingual;
  readonly source: string;
  /** The method of the interval, for docs/metrics.md. */
  readonly interval: string;
  /** What happens at the edges: empty, one class, all equal; for docs/metrics.md. */
  readonly edges: string;
  /** What is counted. */
  readonly unit:
    "lesion" | "mark" | "case" | "image" | "patient" | "record" | "beat" | "episode" | "run" | "millisecond";
  /** `rate`: from 0 without an upper end; `index`, `score`: up to 1; `number`: without ends. */
  readonly kind: "proportion" | "rate" | "index" | "score" | "number";
  /** null: the best value lies in between (`formula` says where), so that a difference is neither better nor worse. */
  readonly higherIsBetter: boolean | null;
  /** True: may be computed for strata of findings (size, type), with the marks of all cases. */
  readonly findingStrata: boolean;
  /** Multi-label sets: computed over all classes together; all other metrics are computed class by class. */
  readonly overClasses?: true;
  /** The metric takes a number after `@`, such as a limit of false positives per case. */
  readonly parameter?: MetricParameter;
  /** The metric may take rising numbers with commas after `@` (`froc-score@0.5,1,2`): the same metric for these. */
  readonly grid?: MetricGrid;
  prepare(units: CountedUnits, parameter: number | null): PreparedMetric;
}

/** Least and largest value that a limit on a metric can mean, by its kind. Indices (kappa, correlation) reach down to -1. */
export function rangeOf({ kind }: Pick<MetricDefinition, "kind">): readonly [number, number] {
  if (kind === "number") return [-Infinity, Infinity];
  if (kind === "rate") return [0, Infinity];
  return [kind === "index" ? -1 : 0, 1];
}

/** A prepared metric without a number. */
export function undefinedMetric(reason: Reason, n: Record<string, number> = {}, patients = 0): PreparedMetric {
  return { n, patients, estimate: null, reason, interval: null, weighted: () => Number.NaN };
}

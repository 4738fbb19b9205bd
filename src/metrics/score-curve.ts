/** Metrics of the ROC curve: units sorted once, the curve of a draw walked once for all metrics of the same units. */
import { rocPoints, sortedOrder, type Outcome, type RocCounts, type RocPoints } from "../stats/index.js";
import { rankableScores } from "./auc.js";
import { undefinedMetric, type PreparedMetric } from "./metric.js";
import type { BinaryUnits } from "./units.js";

class CurveDraws {
  readonly points: RocPoints;
  readonly patients: number;
  readonly #patient: Int32Array;
  readonly #positive: Uint8Array;
  /** 1: the last unit with its score. */
  readonly #ends: Uint8Array;
  readonly #counts: { tp: Float64Array; fp: Float64Array; positives: number; negatives: number };
  #replicate = -1;

  constructor(units: BinaryUnits) {
    const scores = rankableScores(units.score);
    this.points = rocPoints(units.positive, scores);
    this.patients = new Set(units.patient).size;
    const order = sortedOrder(scores, "falling");
    this.#patient = Int32Array.from(order, (unit) => units.patient[unit] as number);
    this.#positive = Uint8Array.from(order, (unit) => units.positive[unit] as number);
    this.#ends = Uint8Array.from(order, (unit, at) => (scores[order[at + 1] ?? -1] === scores[unit] ? 0 : 1));
    const room = () => new Float64Array(this.points.tp.length);
    this.#counts = { tp: room(), fp: room(), positives: 0, negatives: 0 };
  }

  /** The curve when patient i counts weights[i] times; the same object is filled by each draw. */
  weighted(weights: Uint16Array, replicate: number): RocCounts {
    const counts = this.#counts;
    if (replicate === this.#replicate) return counts;
    this.#replicate = replicate;
    let tp = 0;
    let fp = 0;
    let point = 0;
    for (let at = 0; at < this.#patient.length; at++) {
      const weight = weights[this.#patient[at] as number] as number;
      if (this.#positive[at] === 1) tp += weight;
      else fp += weight;
      if (this.#ends[at] === 0) continue;
      point++;
      counts.tp[point] = tp;
      counts.fp[point] = fp;
    }
    counts.positives = tp;
    counts.negatives = fp;
    return counts;
  }
}

const known = new WeakMap<BinaryUnits, CurveDraws>();

function drawsOf(units: BinaryUnits): CurveDraws {
  const draws = known.get(units) ?? new CurveDraws(units);
  known.set(units, draws);
  return draws;
}

interface CurveMetric {
  value: (points: RocPoints) => Outcome<{ value: number }>;
  /** The same for a draw with both classes. */
  formula: (counts: RocCounts) => number;
  /** False: a curve without negatives has a value. */
  needsNegatives: boolean;
}

/** A metric of the scores, with percentiles of patient resamples. */
export function prepareCurve(units: BinaryUnits, { value, formula, needsNegatives }: CurveMetric): PreparedMetric {
  const draws = drawsOf(units);
  const { points, patients } = draws;
  const n = { positives: points.positives, negatives: points.negatives, patients };
  const outcome = value(points);
  if (!outcome.ok) return undefinedMetric(outcome.reason, n, patients);
  if (!units.scored) return undefinedMetric("no-scores", n, patients);
  return {
    n,
    patients,
    estimate: outcome.value,
    ...(units.scoreFlags ? { flags: units.scoreFlags } : {}),
    interval: null,
    weighted(weights, replicate) {
      const counts = draws.weighted(weights, replicate);
      const empty = counts.positives === 0 || (needsNegatives && counts.negatives === 0);
      return empty ? Number.NaN : formula(counts);
    },
  };
}

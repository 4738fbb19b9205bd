/** Krippendorff's alpha (2011): agreement of any number of readers, missing ratings allowed, at four levels of measurement. */
import type { SubjectRatings } from "./multi-rater.js";
import {
  estimated,
  notEstimable,
  requireArgument,
  requireLevel,
  requireName,
  type IntervalOutcome,
  type NotEstimable,
  type Outcome,
} from "./outcome.js";
import { patientWeights, percentileInterval } from "./resampling.js";

export type MeasurementLevel = "nominal" | "ordinal" | "interval" | "ratio";

/** Distinct values of a unit by place on the scale, and how often each was given. */
interface Unit {
  places: number[];
  counts: number[];
  ratings: number;
}

interface Prepared {
  /** Units with two ratings or more, and where they stand among all. */
  units: Unit[];
  positions: number[];
  values: number[];
}

function prepare(ratings: readonly SubjectRatings[], measurement: MeasurementLevel): Prepared | NotEstimable {
  requireName(measurement, ["nominal", "ordinal", "interval", "ratio"], "measurement");
  const given = ratings.map((subject) => subject.filter((rating): rating is number => rating !== null));
  for (const value of given.flat()) {
    requireArgument(Number.isFinite(value), `alpha: rating ${value}`);
    requireArgument(measurement !== "ratio" || value >= 0, `alpha: rating ${value} on a ratio scale`);
  }
  const positions = [...given.keys()].filter((unit) => (given[unit] as number[]).length >= 2);
  if (ratings.length === 0) return notEstimable("no-data");
  if (positions.length === 0) return notEstimable("too-few");
  const kept = positions.map((unit) => given[unit] as number[]);
  const values = [...new Set(kept.flat())].sort((a, b) => a - b);
  if (values.length === 1) return notEstimable("one-category");
  const place = new Map(values.map((value, at) => [value, at]));
  const units = kept.map((unit): Unit => {
    const own = new Map<number, number>();
    for (const rating of unit) {
      const at = place.get(rating) as number;
      own.set(at, (own.get(at) ?? 0) + 1);
    }
    const places = [...own.keys()].sort((a, b) => a - b);
    return { places, counts: places.map((at) => own.get(at) as number), ratings: unit.length };
  });
  return { units, positions, values };
}

const squared = (value: number): number => value * value;

/**
 * Alpha of the units, unit u counted weights[u] times: 1 - (n - 1) x observed / expected disagreement; NaN where nothing is
 * expected to differ. Values far apart on an ordinal scale are so by the ratings between them, so by the weights as well.
 */
function alphaReader(
  { units, values }: Prepared,
  measurement: MeasurementLevel,
): (weights: ArrayLike<number>) => number {
  const totals = new Float64Array(values.length);
  /** Ratings below and at each value. */
  const upTo = new Float64Array(values.length);
  const distance = (c: number, d: number): number => {
    if (measurement === "nominal") return 1;
    const [a, b] = [values[c] as number, values[d] as number];
    if (measurement === "interval") return squared(a - b);
    if (measurement === "ratio") return squared((a - b) / (a + b));
    // d < c: the ratings from d to c, with half of those at both ends
    return squared((upTo[c] as number) - (upTo[d] as number) + ((totals[d] as number) - (totals[c] as number)) / 2);
  };
  return (weights) => {
    totals.fill(0);
    units.forEach(({ places, counts }, u) => {
      const weight = weights[u] as number;
      places.forEach((place, i) => (totals[place]! += weight * (counts[i] as number)));
    });
    let count = 0;
    totals.forEach((total, c) => (upTo[c] = count += total));
    let observed = 0;
    units.forEach(({ places, counts, ratings }, u) => {
      const weight = weights[u] as number;
      let sum = 0;
      for (let i = 1; i < places.length; i++) {
        for (let j = 0; j < i; j++) {
          const pairs = 2 * (counts[i] as number) * (counts[j] as number);
          sum += pairs * distance(places[i] as number, places[j] as number);
        }
      }
      observed += (weight * sum) / (ratings - 1);
    });
    let expected = 0;
    for (let c = 1; c < totals.length; c++) {
      for (let d = 0; d < c; d++) expected += 2 * (totals[c] as number) * (totals[d] as number) * distance(c, d);
    }
    // 0 / 0 where nothing is expected to differ
    return 1 - ((count - 1) * observed) / expected;
  };
}

/** Krippendorff's alpha; units with fewer than two ratings are left out. On a ratio scale ratings are 0 or more (else an error). */
export function krippendorffAlpha(
  ratings: readonly SubjectRatings[],
  measurement: MeasurementLevel,
): Outcome<{ alpha: number; units: number }> {
  const prepared = prepare(ratings, measurement);
  if ("reason" in prepared) return prepared;
  const { units } = prepared;
  const alpha = alphaReader(prepared, measurement)(new Float64Array(units.length).fill(1));
  return Number.isNaN(alpha) ? notEstimable("zero-denominator") : estimated({ alpha, units: units.length });
}

export interface AlphaBootstrapOptions {
  /** Seed of the random streams, an unsigned 64-bit integer. */
  seed: bigint;
  /** Name of the random stream. */
  stream?: string;
  /** Replicates, 2,000 by default. */
  replicates?: number;
  level?: number;
  /** Patient (or other cluster) of each unit, drawn with all of its units; default: each unit by itself. */
  cluster?: ArrayLike<number | string>;
}

/**
 * Percentile interval of alpha from resampled units or clusters, symmetric neither with few units nor with rare categories.
 * Reasons of {@link krippendorffAlpha}; `too-few-clusters` with a single one that has a unit with two ratings.
 */
export function krippendorffInterval(
  ratings: readonly SubjectRatings[],
  measurement: MeasurementLevel,
  { seed, stream = "krippendorff-alpha", replicates = 2000, level = 0.95, cluster }: AlphaBootstrapOptions,
): IntervalOutcome {
  requireLevel(level);
  requireArgument(Number.isSafeInteger(replicates) && replicates >= 1, `replicates: ${replicates}`);
  requireArgument(
    cluster === undefined || cluster.length === ratings.length,
    `length-mismatch: ${cluster?.length} clusters, ${ratings.length} units`,
  );
  const prepared = prepare(ratings, measurement);
  if ("reason" in prepared) return prepared;
  const numbers = new Map<number | string, number>();
  const clusterOf = prepared.positions.map((position) => {
    const name = cluster?.[position] ?? position;
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    return number;
  });
  if (numbers.size < 2) return notEstimable("too-few-clusters");
  const read = alphaReader(prepared, measurement);
  const drawn = new Uint16Array(numbers.size);
  const weights = new Float64Array(clusterOf.length);
  const values = new Float64Array(replicates);
  for (let replicate = 0; replicate < replicates; replicate++) {
    patientWeights(seed, stream, replicate, numbers.size, drawn);
    clusterOf.forEach((number, u) => (weights[u] = drawn[number] as number));
    values[replicate] = read(weights);
  }
  return percentileInterval(values, level);
}

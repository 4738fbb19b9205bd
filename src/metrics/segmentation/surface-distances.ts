/** Distances between the surfaces of two masks: Hausdorff, its 95th percentile, average distances, normalised surface distance. */
import { borderVoxels, type ImageEdge } from "../../geometry/border-voxels.js";
import type { Mask } from "../../geometry/mask.js";
import { nearestDistances } from "../../geometry/nearest-distance.js";
import { surfaceElements } from "../../geometry/surface-elements.js";
import { estimated, notEstimable, requireArgument, type Outcome } from "../../stats/outcome.js";
import { quantileOfSorted } from "../../stats/resampling.js";
import { neumaierSum } from "../../stats/summation.js";
import { agreementOfEmpty, emptyReason, requireSameGrid, type EmptyRule, type Value } from "./pair.js";

export interface SurfaceOptions extends EmptyRule {
  /** Tolerances of the normalised surface distance, in the spacing's unit. */
  readonly tolerances?: readonly number[];
  /** Whether the edge of the image cuts surfaces; default `background`: it does. */
  readonly edge?: ImageEdge;
}

/** Distances of either definition, in the spacing's unit. Means and shares are weighted by area under `surfel-area`. */
export interface SurfaceDistances {
  readonly hd: number;
  readonly hdRefToPred: number;
  readonly hdPredToRef: number;
  /** Larger of the two directed distances within which 95 % of a surface lie: no interpolation. */
  readonly hd95NearestRankMaxOfDirected: number;
  readonly asdRefToPred: number;
  readonly asdPredToRef: number;
  /** Mean of the two directed means. */
  readonly masd: number;
  /** Mean over both surfaces together. */
  readonly assd: number;
  readonly rmsSurfaceDistance: number;
}

export interface BorderVoxelDistances extends SurfaceDistances {
  /** Larger of the two directed 95th percentiles, by linear interpolation: the usual HD95. */
  readonly hd95MaxOfDirected: number;
  readonly hd95RefToPred: number;
  readonly hd95PredToRef: number;
  /** 95th percentile of both lists together. */
  readonly hd95Pooled: number;
  readonly medianSurfaceDistance: number;
}

export interface SurfaceMetrics<D> {
  /** Border voxels, or area (in two dimensions length) of the surface. */
  readonly referenceSurface: number;
  readonly predictionSurface: number;
  /** `no-data`: a mask that fills an open image has no surface. */
  readonly distances: Outcome<D>;
  /** Share of both surfaces within each tolerance of the other, in the order of `tolerances`. */
  readonly nsd: readonly Value[];
}

/** Distances from one surface to the other, rising, with the weight of each piece of surface. */
interface Directed {
  readonly distances: Float64Array;
  readonly weights: Float64Array;
  readonly total: number;
}

/** Rounding of distances that counts as within a tolerance: 3 x 0.1 mm is within 0.3 mm. */
const slack = 1e-9;

function within({ distances, weights }: Directed, tolerance: number): number {
  let sum = 0;
  for (let at = 0; at < distances.length && (distances[at] as number) <= tolerance + slack; at++) {
    sum += weights[at] as number;
  }
  return sum;
}

const totalOf = (weights: Float64Array): number => weights.reduce((sum, weight) => sum + weight, 0);
const farthest = ({ distances }: Directed): number => distances[distances.length - 1] as number;

/** The smallest distance within which 95 % of the surface lie. */
function nearestRank95({ distances, weights, total }: Directed): number {
  let sum = 0;
  let at = -1;
  do sum += weights[++at] as number;
  while (sum / total < 0.95);
  return distances[at] as number;
}

function summaryOf(a: Directed, b: Directed): SurfaceDistances {
  const weighted = (one: Directed, power: 1 | 2) =>
    neumaierSum(one.distances.map((d, at) => (power === 1 ? d : d * d) * (one.weights[at] as number)));
  const [sumA, sumB] = [weighted(a, 1), weighted(b, 1)];
  const total = a.total + b.total;
  return {
    hd: Math.max(farthest(a), farthest(b)),
    hdRefToPred: farthest(a),
    hdPredToRef: farthest(b),
    hd95NearestRankMaxOfDirected: Math.max(nearestRank95(a), nearestRank95(b)),
    asdRefToPred: sumA / a.total,
    asdPredToRef: sumB / b.total,
    masd: (sumA / a.total + sumB / b.total) / 2,
    assd: (sumA + sumB) / total,
    rmsSurfaceDistance: Math.sqrt((weighted(a, 2) + weighted(b, 2)) / total),
  };
}

/** A surface as points on a grid, each with its weight. */
interface Surface {
  readonly points: Int32Array;
  readonly weights: Float64Array;
}

function surfaceMetrics<D>(
  [reference, prediction]: readonly [Mask, Mask],
  options: SurfaceOptions,
  surfaceOf: (mask: Mask, edge: ImageEdge) => Surface,
  directed: (from: Surface, to: Surface) => Directed,
  summary: (a: Directed, b: Directed) => D & object,
): SurfaceMetrics<D> {
  requireSameGrid(reference, prediction);
  const { tolerances = [], edge = "background" } = options;
  for (const tolerance of tolerances) requireArgument(tolerance >= 0, `tolerance: ${tolerance} is below 0`);
  const [r, p] = [surfaceOf(reference, edge), surfaceOf(prediction, edge)];
  const sizes = { referenceSurface: totalOf(r.weights), predictionSurface: totalOf(p.weights) };
  if (r.points.length === 0 || p.points.length === 0) {
    const holds = (mask: Mask) => (mask.voxels.some((voxel) => voxel !== 0) ? 1 : 0);
    const empty = emptyReason(holds(reference), holds(prediction));
    return {
      ...sizes,
      distances: notEstimable(empty ?? "no-data"),
      nsd: tolerances.map(() => (empty === null ? notEstimable("no-data") : agreementOfEmpty(empty, options))),
    };
  }
  const [a, b] = [directed(r, p), directed(p, r)];
  return {
    ...sizes,
    distances: estimated(summary(a, b)),
    nsd: tolerances.map((tolerance) => (within(a, tolerance) + within(b, tolerance)) / (a.total + b.total)),
  };
}

function merged(a: Float64Array, b: Float64Array): Float64Array {
  const all = new Float64Array(a.length + b.length);
  for (let at = 0, i = 0, j = 0; at < all.length; at++) {
    all[at] = j === b.length || (a[i] as number) <= (b[j] as number) ? (a[i++] as number) : (b[j++] as number);
  }
  return all;
}

/**
 * Distances between border voxels (foreground with a background face neighbour), from voxel centre to voxel centre: the
 * definition of MetricsReloaded, MONAI and medpy. All metrics of a pair come from one pass over the image.
 */
export function borderVoxelMetrics(
  reference: Mask,
  prediction: Mask,
  options: SurfaceOptions = {},
): SurfaceMetrics<BorderVoxelDistances> {
  const { shape, spacing } = reference;
  return surfaceMetrics(
    [reference, prediction],
    options,
    (mask, edge) => {
      const points = borderVoxels(mask, edge);
      return { points, weights: new Float64Array(points.length).fill(1) };
    },
    (from, to) => {
      const distances = nearestDistances(from.points, to.points, shape, spacing).sort();
      return { distances, weights: from.weights, total: distances.length };
    },
    (a, b) => {
      const pooled = merged(a.distances, b.distances);
      const [p95A, p95B] = [quantileOfSorted(a.distances, 0.95), quantileOfSorted(b.distances, 0.95)];
      return {
        ...summaryOf(a, b),
        hd95MaxOfDirected: Math.max(p95A, p95B),
        hd95RefToPred: p95A,
        hd95PredToRef: p95B,
        hd95Pooled: quantileOfSorted(pooled, 0.95),
        medianSurfaceDistance: quantileOfSorted(pooled, 0.5),
      };
    },
  );
}

/**
 * Distances between surface elements (one a cell of 2 x 2 x 2 voxels), each weighted by its area: the definition of
 * Nikolov et al. 2021, doi:10.2196/26151. Distances run between cell centres.
 */
export function surfelAreaMetrics(
  reference: Mask,
  prediction: Mask,
  options: SurfaceOptions = {},
): SurfaceMetrics<SurfaceDistances> {
  const cellShape = reference.shape.map((length) => length + 1);
  return surfaceMetrics(
    [reference, prediction],
    options,
    (mask, edge) => {
      const { cells, sizes } = surfaceElements(mask, edge);
      return { points: cells, weights: sizes };
    },
    (from, to) => {
      const unsorted = nearestDistances(from.points, to.points, cellShape, reference.spacing);
      const order = Uint32Array.from(unsorted.keys()).sort(
        (i, j) => (unsorted[i] as number) - (unsorted[j] as number) || i - j,
      );
      const weights = Float64Array.from(order, (at) => from.weights[at] as number);
      return { distances: Float64Array.from(order, (at) => unsorted[at] as number), weights, total: totalOf(weights) };
    },
    summaryOf,
  );
}

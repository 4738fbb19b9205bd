/**
 * Recalibration of probabilities by maximum likelihood: logit P(y = 1) = a + b logit(p) (Cox 1958,
 * doi:10.1093/biomet/45.3-4.562), and calibration in the large, a with b fixed at 1 (Van Calster et al. 2019,
 * doi:10.1186/s12916-019-1466-7).
 */
import { zOfLevel } from "./normal.js";
import { estimated, notEstimable, requireLevel, type Interval, type NotEstimable, type Outcome } from "./outcome.js";
import { classCounts, requireProbabilities } from "./probabilities.js";

const logitOf = (p: number): number => Math.log(p) - Math.log1p(-p);

/** Labels, logits and weights of cases; the weights may be changed between fits. */
interface Sample {
  label: Uint8Array;
  logit: Float64Array;
  weight: Float64Array;
}

/** Weighted sums over the cases at one pair of coefficients, about the centre of the logits. */
interface Sums {
  logLikelihood: number;
  gradient0: number;
  gradient1: number;
  information00: number;
  information01: number;
  information11: number;
}

function sumsAt({ label, logit, weight }: Sample, centre: number, a: number, b: number, out: Sums): void {
  let [l, g0, g1, i00, i01, i11] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < label.length; i++) {
    const w = weight[i] as number;
    const x = (logit[i] as number) - centre;
    const u = a + b * x;
    // 1 - P of the label that was seen, and -log P of it
    const v = label[i] === 1 ? -u : u;
    const e = Math.exp(-Math.abs(v));
    const miss = v > 0 ? 1 / (1 + e) : e / (1 + e);
    const spread = w * miss * (1 - miss);
    const residual = label[i] === 1 ? w * miss : -w * miss;
    l -= w * (Math.max(0, v) + Math.log1p(e));
    g0 += residual;
    g1 += residual * x;
    i00 += spread;
    i01 += spread * x;
    i11 += spread * x * x;
  }
  out.logLikelihood = l;
  out.gradient0 = g0;
  out.gradient1 = g1;
  out.information00 = i00;
  out.information01 = i01;
  out.information11 = i11;
}

const newSums = (): Sums => ({
  logLikelihood: 0,
  gradient0: 0,
  gradient1: 0,
  information00: 0,
  information01: 0,
  information11: 0,
});

/** What the weighted cases look like before a fit. */
interface Shape {
  positives: number;
  negatives: number;
  centre: number;
  lowest: [number, number];
  highest: [number, number];
}

function shapeOf({ label, logit, weight }: Sample, out: Shape): void {
  out.positives = 0;
  out.negatives = 0;
  let sum = 0;
  out.lowest[0] = out.lowest[1] = Infinity;
  out.highest[0] = out.highest[1] = -Infinity;
  for (let i = 0; i < label.length; i++) {
    const w = weight[i] as number;
    if (w === 0) continue;
    const side = label[i] === 1 ? 1 : 0;
    const x = logit[i] as number;
    if (side === 1) out.positives += w;
    else out.negatives += w;
    sum += w * x;
    if (x < out.lowest[side]) out.lowest[side] = x;
    if (x > out.highest[side]) out.highest[side] = x;
  }
  out.centre = sum / (out.positives + out.negatives);
}

const newShape = (): Shape => ({ positives: 0, negatives: 0, centre: 0, lowest: [0, 0], highest: [0, 0] });

/** Newton steps are taken in full unless the likelihood falls by more than rounding; 100 are far more than any sample needs. */
const mostSteps = 100;

/** A step as small as this leaves an error of about its square. */
const settled = 1e-9;

/** Coefficients to begin with: the intercept at a logit of 0. */
interface Line {
  intercept: number;
  slope: number;
}

const asGiven: Line = { intercept: 0, slope: 1 };

/**
 * Slope and intercept (about the centre) at the maximum, with the sums there. The sample overlaps, so it exists. Begins with
 * `start`, or without a slope where that is likelier.
 */
function fit(sample: Sample, shape: Shape, here: Sums, next: Sums, start: Line): { a: number; b: number } {
  const { positives, negatives } = shape;
  const total = positives + negatives;
  let a = start.intercept + start.slope * shape.centre;
  let b = start.slope;
  sumsAt(sample, shape.centre, a, b, here);
  if (here.logLikelihood < positives * Math.log(positives / total) + negatives * Math.log(negatives / total)) {
    a = Math.log(positives / negatives);
    b = 0;
    sumsAt(sample, shape.centre, a, b, here);
  }
  for (let step = 0; step < mostSteps; step++) {
    const { gradient0: g0, gradient1: g1, information00: i00, information01: i01, information11: i11 } = here;
    const determinant = i00 * i11 - i01 * i01;
    let da = (i11 * g0 - i01 * g1) / determinant;
    let db = (i00 * g1 - i01 * g0) / determinant;
    sumsAt(sample, shape.centre, a + da, b + db, next);
    const least = here.logLikelihood - 1e-9 * (1 - here.logLikelihood);
    while (next.logLikelihood < least) {
      da /= 2;
      db /= 2;
      sumsAt(sample, shape.centre, a + da, b + db, next);
    }
    a += da;
    b += db;
    Object.assign(here, next);
    if (Math.abs(da) <= settled * (1 + Math.abs(a)) && Math.abs(db) <= settled * (1 + Math.abs(b))) break;
  }
  return { a, b };
}

/** Intercept with the slope fixed at 1, and its information: root of a falling function, Newton inside a known bracket. */
function fitIntercept({ label, logit, weight }: Sample, shape: Shape, out: Intercept, start: number): void {
  const level = Math.log(shape.positives / shape.negatives);
  let low = level - Math.max(shape.highest[0], shape.highest[1]);
  let high = level - Math.min(shape.lowest[0], shape.lowest[1]);
  let a = Math.min(high, Math.max(low, start));
  for (let step = 0; step < mostSteps; step++) {
    let [gradient, information] = [0, 0];
    for (let i = 0; i < label.length; i++) {
      const u = a + (logit[i] as number);
      const e = Math.exp(-Math.abs(u));
      const share = u > 0 ? 1 / (1 + e) : e / (1 + e);
      const w = weight[i] as number;
      gradient += w * ((label[i] as number) - share);
      information += w * (e / ((1 + e) * (1 + e)));
    }
    if (gradient > 0) low = a;
    else high = a;
    out.information = information;
    const newton = a + gradient / information;
    const isLast = Math.abs(newton - a) <= settled * (1 + Math.abs(a));
    a = isLast || (newton > low && newton < high) ? newton : low + (high - low) / 2;
    if (isLast) break;
  }
  out.intercept = a;
}

interface Intercept {
  intercept: number;
  information: number;
}

const constant = ({ lowest, highest }: Shape): boolean =>
  Math.min(lowest[0], lowest[1]) === Math.max(highest[0], highest[1]);

/**
 * A threshold between the classes (shared scores on it allowed) makes the slope infinite. A class without a case, or scores
 * that are all equal, lie on either side of one as well.
 */
const separated = ({ lowest, highest }: Shape): boolean => highest[0] <= lowest[1] || highest[1] <= lowest[0];

/** Cases that a fit can use; else why not. */
function sampleOf(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
): { sample: Sample; shape: Shape; infinite: boolean } | NotEstimable {
  requireProbabilities(labels, probabilities);
  const none = classCounts(labels).none;
  if (none !== null) return none;
  const sample = {
    label: Uint8Array.from(labels),
    logit: Float64Array.from(probabilities, logitOf),
    weight: new Float64Array(labels.length).fill(1),
  };
  const shape = newShape();
  shapeOf(sample, shape);
  return { sample, shape, infinite: sample.logit.some((x) => !Number.isFinite(x)) };
}

export interface Recalibration {
  /** Both are 0 and 1 of calibrated probabilities; a slope below 1 says that they are too extreme. */
  intercept: number;
  slope: number;
  seIntercept: number;
  seSlope: number;
  /** Wald intervals. */
  interceptInterval: Interval;
  slopeInterval: Interval;
}

const wald = (value: number, se: number, level: number, method: string): Interval => {
  const half = zOfLevel(level) * se;
  return { low: value - half, high: value + half, level, method };
};

/**
 * Intercept and slope of the recalibration model. Without an estimate: `no-positives`, `no-negatives`, `zero-variance` (all
 * probabilities equal), `separated`, `infinite-logit` (a probability of 0 or 1; nothing is clipped).
 */
export function recalibration(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  level = 0.95,
): Outcome<Recalibration> {
  requireLevel(level);
  const made = sampleOf(labels, probabilities);
  if ("reason" in made) return made;
  const { sample, shape, infinite } = made;
  if (constant(shape)) return notEstimable("zero-variance");
  if (separated(shape)) return notEstimable("separated");
  if (infinite) return notEstimable("infinite-logit");
  const sums = newSums();
  const { a, b } = fit(sample, shape, sums, newSums(), asGiven);
  const { information00: i00, information01: i01, information11: i11 } = sums;
  const determinant = i00 * i11 - i01 * i01;
  const { centre } = shape;
  const intercept = a - b * centre;
  const seIntercept = Math.sqrt((i11 + 2 * centre * i01 + centre * centre * i00) / determinant);
  const seSlope = Math.sqrt(i00 / determinant);
  return estimated({
    intercept,
    slope: b,
    seIntercept,
    seSlope,
    interceptInterval: wald(intercept, seIntercept, level, "recalibration_wald"),
    slopeInterval: wald(b, seSlope, level, "recalibration_wald"),
  });
}

/** Calibration in the large: 0 where as many are positive as the probabilities say. `infinite-logit` as above. */
export function calibrationInTheLarge(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  level = 0.95,
): Outcome<{ intercept: number; se: number; interval: Interval }> {
  requireLevel(level);
  const made = sampleOf(labels, probabilities);
  if ("reason" in made) return made;
  if (made.infinite) return notEstimable("infinite-logit");
  const found: Intercept = { intercept: 0, information: 0 };
  fitIntercept(made.sample, made.shape, found, 0);
  const { intercept } = found;
  const se = 1 / Math.sqrt(found.information);
  return estimated({ intercept, se, interval: wald(intercept, se, level, "calibration_in_the_large_wald") });
}

/**
 * The same two fits for many sets of weights of the same cases, as resampling needs them: nothing is allocated in a fit.
 * `weight` is written by the caller; NaN where the weighted cases have no estimate. Probabilities lie inside (0, 1).
 */
export function weightedRecalibration(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
): { weight: Float64Array; slope(): number; inTheLarge(): number } {
  requireProbabilities(labels, probabilities);
  const sample = {
    label: Uint8Array.from(labels),
    logit: Float64Array.from(probabilities, logitOf),
    weight: new Float64Array(labels.length),
  };
  const [shape, here, next] = [newShape(), newSums(), newSums()];
  const found: Intercept = { intercept: 0, information: 0 };
  // Draws begin where the whole sample ends.
  const whole = recalibration(labels, probabilities);
  const large = calibrationInTheLarge(labels, probabilities);
  const start = whole.ok ? whole : asGiven;
  const startInTheLarge = large.ok ? large.intercept : 0;
  return {
    weight: sample.weight,
    slope() {
      shapeOf(sample, shape);
      if (separated(shape)) return Number.NaN;
      return fit(sample, shape, here, next, start).b;
    },
    inTheLarge() {
      shapeOf(sample, shape);
      if (shape.positives === 0 || shape.negatives === 0) return Number.NaN;
      fitIntercept(sample, shape, found, startInTheLarge);
      return found.intercept;
    },
  };
}

/** Probabilities against outcomes: Brier score, reliability bins, goodness of fit, net benefit. */
import { chiSquareTails } from "./gamma.js";
import { normalSf } from "./normal.js";
import { estimated, notEstimable, requireArgument, requireName, type NotEstimable, type Outcome } from "./outcome.js";
import { classCounts, requireProbabilities } from "./probabilities.js";
import { mean, neumaierSum } from "./summation.js";

/** Cases by rising probability; equal ones in the order given. */
function byProbability(probabilities: ArrayLike<number>): number[] {
  return Array.from({ length: probabilities.length }, (_, i) => i).sort(
    (a, b) => (probabilities[a] as number) - (probabilities[b] as number),
  );
}

/** Runs of equal probabilities, rising. */
function blocksOf(probabilities: ArrayLike<number>): number[][] {
  const blocks: number[][] = [];
  for (const i of byProbability(probabilities)) {
    const last = blocks.at(-1);
    if (last !== undefined && probabilities[last[0] as number] === probabilities[i]) last.push(i);
    else blocks.push([i]);
  }
  return blocks;
}

const meanOf = (values: ArrayLike<number>, cases: readonly number[]): number =>
  neumaierSum(cases.map((i) => values[i] as number)) / cases.length;

export interface Brier {
  brier: number;
  /** Brier score of the prevalence as everybody's probability: prevalence (1 - prevalence). */
  highest: number;
  /** 1 - brier/highest; `no-positives` or `no-negatives` with one class. */
  skill: number | NotEstimable;
  /** Murphy 1973 by distinct probability: reliability - resolution + uncertainty = brier. */
  reliability: number;
  resolution: number;
  uncertainty: number;
}

/** Mean of (p - y)² (Brier 1950), its skill, and Murphy's parts (doi:10.1175/1520-0450(1973)012<0595:ANVPOT>2.0.CO;2). */
export function brierScore(labels: ArrayLike<number>, probabilities: ArrayLike<number>): Outcome<Brier> {
  requireProbabilities(labels, probabilities);
  const n = labels.length;
  if (n === 0) return notEstimable("no-data");
  const { positives, none } = classCounts(labels);
  const prevalence = positives / n;
  const square = (value: number): number => value * value;
  const brier = mean(Array.from({ length: n }, (_, i) => square((probabilities[i] as number) - (labels[i] as number))));
  const groups = blocksOf(probabilities).map((cases) => ({
    count: cases.length,
    probability: probabilities[cases[0] as number] as number,
    observed: meanOf(labels, cases),
  }));
  const highest = prevalence * (1 - prevalence);
  return estimated({
    brier,
    highest,
    skill: none ?? 1 - brier / highest,
    reliability: neumaierSum(groups.map((g) => g.count * square(g.probability - g.observed))) / n,
    resolution: neumaierSum(groups.map((g) => g.count * square(g.observed - prevalence))) / n,
    uncertainty: highest,
  });
}

/**
 * How probabilities are put in bins. `width`: [lo, hi), the last one closed; `width-right-closed`: (lo, hi], the first one
 * closed; `mass`: equal numbers, equal values kept together, whatever the order of the cases.
 */
export type BinRule = "width" | "width-right-closed" | "mass";

/** Bin of a block of `count` equal probabilities that `before` smaller ones precede, of `total` cases. */
export function massBin(before: number, count: number, total: number, bins: number): number {
  return Math.floor((bins * (2 * before + count - 1)) / (2 * total));
}

/** Bin of a probability by width; edges are the numbers k / bins. */
export function widthBin(probability: number, bins: number, rule: "width" | "width-right-closed"): number {
  if (rule === "width-right-closed") return Math.max(Math.ceil(probability * bins - 1e-9) - 1, 0);
  // The product is rounded: 0.29 · 100 is less than 29, and 0.29 is the edge all the same.
  const nearest = Math.round(probability * bins);
  return Math.min(nearest / bins <= probability ? nearest : nearest - 1, bins - 1);
}

export interface ReliabilityBin {
  /** From 0; bins without a case are left out. */
  index: number;
  count: number;
  meanProbability: number;
  /** Share of positives. */
  observed: number;
}

function requireBins(bins: number): void {
  requireArgument(Number.isInteger(bins) && bins >= 1 && bins <= 10_000, `${bins} bins`);
}

function groupByBin(probabilities: ArrayLike<number>, rule: BinRule, bins: number): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  let before = 0;
  for (const block of blocksOf(probabilities)) {
    const p = probabilities[block[0] as number] as number;
    const index = rule === "mass" ? massBin(before, block.length, probabilities.length, bins) : widthBin(p, bins, rule);
    before += block.length;
    const known = groups.get(index);
    if (known) known.push(...block);
    else groups.set(index, [...block]);
  }
  return groups;
}

/** Reliability diagram: bins, expected calibration error (mean gap by cases) and largest gap. */
export function reliability(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  rule: BinRule = "mass",
  bins = 10,
): Outcome<{ bins: ReliabilityBin[]; ece: number; mce: number }> {
  requireProbabilities(labels, probabilities);
  requireName(rule, ["width", "width-right-closed", "mass"], "rule");
  requireBins(bins);
  if (labels.length === 0) return notEstimable("no-data");
  const rows = [...groupByBin(probabilities, rule, bins)].map(([index, cases]): ReliabilityBin => ({
    index,
    count: cases.length,
    meanProbability: meanOf(probabilities, cases),
    observed: meanOf(labels, cases),
  }));
  const gaps = rows.map(({ meanProbability, observed }) => Math.abs(meanProbability - observed));
  return estimated({
    bins: rows,
    ece: neumaierSum(rows.map(({ count }, i) => count * (gaps[i] as number))) / labels.length,
    mce: Math.max(...gaps),
  });
}

/** Observed over expected number of positives; probabilities of 0 only: `zero-denominator`. */
export function observedExpectedRatio(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
): Outcome<{ ratio: number; observed: number; expected: number }> {
  requireProbabilities(labels, probabilities);
  if (labels.length === 0) return notEstimable("no-data");
  const observed = neumaierSum(labels);
  const expected = neumaierSum(probabilities);
  return expected > 0
    ? estimated({ ratio: observed / expected, observed, expected })
    : notEstimable("zero-denominator");
}

/** Spiegelhalter's test of calibration (1986, doi:10.1002/sim.4780050506); p of 0, 1/2 and 1 only: `zero-variance`. */
export function spiegelhalterTest(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
): Outcome<{ z: number; p: number }> {
  requireProbabilities(labels, probabilities);
  if (labels.length === 0) return notEstimable("no-data");
  const all = Float64Array.from(probabilities);
  const top = neumaierSum(all.map((p, i) => ((labels[i] as number) - p) * (1 - 2 * p)));
  const variance = neumaierSum(all.map((p) => (1 - 2 * p) * (1 - 2 * p) * p * (1 - p)));
  if (variance === 0) return notEstimable("zero-variance");
  const z = top / Math.sqrt(variance);
  return estimated({ z, p: 2 * normalSf(Math.abs(z)) });
}

/**
 * Groups between type 7 quantiles, right closed, equal edges merged. A quantile between two values parts the cases as the
 * lower of them does, so that edges are values; the last one is the largest. A quantile that is the least value is the
 * beginning of the first group and not its end.
 */
function quantileGroups(probabilities: ArrayLike<number>, count: number): number[][] {
  const order = byProbability(probabilities);
  const at = (place: number): number => probabilities[order[place] as number] as number;
  const edges = new Set<number>();
  for (let i = 1; i < count; i++) {
    const place = ((order.length - 1) * i) / count;
    if (at(Math.ceil(place)) > at(0)) edges.add(at(Math.floor(place)));
  }
  edges.add(at(order.length - 1));
  let next = 0;
  return Array.from(edges, (edge) => {
    const group: number[] = [];
    while (at(next) <= edge) group.push(order[next++] as number);
    return group;
  });
}

export interface HosmerLemeshow {
  statistic: number;
  groups: number;
  /** Data that the model was not fitted to: as many degrees of freedom as groups. */
  external: { degrees: number; p: number };
  /** Data that it was fitted to: two fewer; `too-few` with fewer than three groups. */
  internal: Outcome<{ degrees: number; p: number }>;
}

/**
 * Hosmer-Lemeshow test. Its value depends on the grouping: `blocks` are the tie-safe groups of {@link reliability} by mass,
 * `quantile` is cut at type 7 quantiles as R packages do. A group that expects no positive or no negative: `zero-denominator`.
 */
export function hosmerLemeshow(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  grouping: "blocks" | "quantile" = "blocks",
  groups = 10,
): Outcome<HosmerLemeshow> {
  requireProbabilities(labels, probabilities);
  requireName(grouping, ["blocks", "quantile"], "grouping");
  requireBins(groups);
  if (labels.length === 0) return notEstimable("no-data");
  const members =
    grouping === "quantile"
      ? quantileGroups(probabilities, groups)
      : [...groupByBin(probabilities, "mass", groups).values()];
  const terms: number[] = [];
  for (const cases of members) {
    const observed = neumaierSum(cases.map((i) => labels[i] as number));
    const expected = neumaierSum(cases.map((i) => probabilities[i] as number));
    const variance = expected * (1 - expected / cases.length);
    if (!(variance > 0)) return notEstimable("zero-denominator");
    terms.push(((observed - expected) * (observed - expected)) / variance);
  }
  const statistic = neumaierSum(terms);
  const count = members.length;
  const tail = (degrees: number) => ({ degrees, p: chiSquareTails(statistic, degrees).upper });
  const internal = count > 2 ? estimated(tail(count - 2)) : notEstimable("too-few");
  return estimated({ statistic, groups: count, external: tail(count), internal });
}

/**
 * Net benefit of treating those with p >= threshold (Vickers & Elkin 2006, doi:10.1177/0272989X06295361), and of treating
 * all; treating none is 0. Holds at the prevalence of the set.
 */
export function netBenefit(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  threshold: number,
): Outcome<{ tp: number; fp: number; model: number; treatAll: number }> {
  requireProbabilities(labels, probabilities);
  requireArgument(threshold >= 0 && threshold < 1, `threshold: ${threshold} is not from 0 to below 1`);
  const n = labels.length;
  if (n === 0) return notEstimable("no-data");
  const { positives, negatives } = classCounts(labels);
  let [tp, fp] = [0, 0];
  for (let i = 0; i < n; i++) {
    if ((probabilities[i] as number) < threshold) continue;
    if (labels[i] === 1) tp++;
    else fp++;
  }
  const benefit = (hits: number, alarms: number): number => hits / n - ((alarms / n) * threshold) / (1 - threshold);
  return estimated({ tp, fp, model: benefit(tp, fp), treatAll: benefit(positives, negatives) });
}

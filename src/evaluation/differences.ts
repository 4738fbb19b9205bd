/** Paired differences of two products on the same cases: interval, p, margin, verdict. */
import type { Comparison, Difference } from "../contract/comparison.js";
import type { EffectiveProtocol } from "../contract/protocol.js";
import {
  frocSweep,
  metricByName,
  rankableScores,
  type BinaryUnits,
  type CountedUnits,
  type PreparedMetric,
} from "../metrics/index.js";
import {
  clusterPairedTango,
  delongDifference,
  holm,
  mcnemarMidP,
  clusteredAucDifference,
  pairedClusters,
  percentileInterval,
  tangoDifference,
  type IntervalOutcome,
  type PairedCluster,
} from "../stats/index.js";
import type { Selection } from "../tasks/forms/scored-set.js";
import { classAttribute } from "../tasks/profile.js";
import { asResultInterval, leastPatients, resample } from "./estimates.js";
import { isAbove, isEqual } from "./limits.js";
import { metricTitle } from "./metric-title.js";
import type { Scored, ScoredJob } from "./scoring.js";

export function marginOf(protocol: EffectiveProtocol, metric: string): number {
  const { margin } = protocol.comparison;
  return typeof margin === "number" ? margin : (margin[metric] ?? 0);
}

/**
 * Verdict of a difference by its interval; null where neither direction is the better one. `superior`: better beyond chance;
 * `non-inferior`: the loss is smaller than the margin; `inferior`: worse beyond chance and the margin not kept; else
 * `inconclusive`.
 */
export function verdictOf(
  interval: { low: number; high: number },
  margin: number,
  higherIsBetter: boolean | null,
): Exclude<Comparison["verdict"], "identical" | "not-comparable"> | null {
  if (higherIsBetter === null) return null;
  const [low, high] = higherIsBetter ? [interval.low, interval.high] : [-interval.high, -interval.low];
  if (isAbove(low, 0)) return "superior";
  if (isAbove(low, -margin)) return "non-inferior";
  return isAbove(0, high) ? "inferior" : "inconclusive";
}

/** Answers of two products on the same units: 1 right (found), else 0. */
interface PairedAnswers {
  readonly patient: ArrayLike<number>;
  readonly baseline: ArrayLike<number>;
  readonly candidate: ArrayLike<number>;
}

/** Scores of two products for the same units. */
interface PairedScores {
  readonly patient: Int32Array;
  readonly positive: Uint8Array;
  readonly baseline: Float64Array;
  readonly candidate: Float64Array;
}

interface Pair {
  readonly name: string;
  readonly title: Difference["title"];
  readonly stratum: Difference["stratum"];
  readonly baseline: PreparedMetric;
  readonly candidate: PreparedMetric;
  readonly answers: PairedAnswers | null;
  readonly scores: PairedScores | null;
}

type Sides = readonly [CountedUnits, CountedUnits];

/** The images or patients of both products; null where a metric has none or they are not the same. */
function pairedUnits(name: string, [a, b]: Sides): [BinaryUnits, BinaryUnits] | null {
  const level = name.startsWith("patient-") ? "patient" : "image";
  const [first, second] = [a.binary[level], b.binary[level]];
  if (!first || !second || first.patient.length !== second.patient.length) return null;
  const isSame = first.patient.every(
    (patient, unit) => patient === second.patient[unit] && first.positive[unit] === second.positive[unit],
  );
  return isSame ? [first, second] : null;
}

/** Decisions for sensitivity, specificity and accuracy. */
function pairedDecisions(name: string, sides: Sides): PairedAnswers | null {
  const kind = name.replace("patient-", "");
  if (!["sensitivity", "specificity", "accuracy"].includes(kind)) return null;
  const [first, second] = pairedUnits(name, sides) ?? [];
  if (!first || !second || first.call.includes(-1) || second.call.includes(-1)) return null;
  const { patient, positive, call } = first;
  const counted = [...patient.keys()].filter(
    (unit) => kind === "accuracy" || positive[unit] === Number(kind === "sensitivity"),
  );
  return {
    patient: counted.map((unit) => patient[unit] as number),
    baseline: counted.map((unit) => Number(call[unit] === positive[unit])),
    candidate: counted.map((unit) => Number(second.call[unit] === positive[unit])),
  };
}

/** The threshold at which a metric counts lesions: the operating point, or that of a limit of false positives; null: neither. */
function lesionThreshold(name: string, units: CountedUnits): number | null {
  if (name === "lesion-sensitivity") return units.threshold;
  if (!isAtRate(name) || units.frocReading === "linear") return null;
  const reading = frocSweep(units, [metricByName(name).parameter as number])?.readings()[0];
  return reading ? (reading.threshold ?? Infinity) : null;
}

const isAtRate = (name: string): boolean => {
  const { definition, parameter } = metricByName(name);
  return definition.id === "froc-sensitivity" && parameter !== null;
};

/** Lesions found at a fixed threshold or rate of false positives. */
export function pairedLesions(name: string, [a, b]: Sides): PairedAnswers | null {
  const [first, second] = [a.lesions, b.lesions];
  if (!first || !second || first.score.length !== second.score.length) return null;
  const [firstThreshold, secondThreshold] = [lesionThreshold(name, a), lesionThreshold(name, b)];
  if (firstThreshold === null || secondThreshold === null) return null;
  return {
    patient: first.patient,
    baseline: Array.from(first.score, (score) => Number(score >= firstThreshold)),
    candidate: Array.from(second.score, (score) => Number(score >= secondThreshold)),
  };
}

/** Scores for the AUC. */
function pairedScores(name: string, sides: Sides): PairedScores | null {
  if (name.replace("patient-", "") !== "auc") return null;
  const [first, second] = pairedUnits(name, sides) ?? [];
  if (!first?.scored || !second?.scored) return null;
  const { patient, positive } = first;
  return { patient, positive, baseline: rankableScores(first.score), candidate: rankableScores(second.score) };
}

/** Counts of each patient, candidate first. */
const clustersOf = ({ patient, baseline, candidate }: PairedAnswers): PairedCluster[] =>
  pairedClusters(patient, candidate, baseline);

function pairsOf(answers: PairedAnswers): NonNullable<Difference["pairs"]> {
  const pairs = { both: 0, onlyBaseline: 0, onlyCandidate: 0, neither: 0 };
  for (const [both, onlyCandidate, onlyBaseline, neither] of clustersOf(answers)) {
    pairs.both += both;
    pairs.onlyBaseline += onlyBaseline;
    pairs.onlyCandidate += onlyCandidate;
    pairs.neither += neither;
  }
  return pairs;
}

/** The whole sample, or (multi-label) a class of it. */
function isWhole({ set }: Scored, stratum: Difference["stratum"]): boolean {
  const attributes = Object.keys(stratum);
  return attributes.length === 0 || (set.labels !== undefined && attributes.join() === classAttribute);
}

/**
 * All differences that the protocol asks for: of the whole (multi-label: and of each class) for each metric of the
 * comparison, and by stratum for the primary one.
 */
export function pairedDifferences(
  baseline: Scored,
  candidate: Scored,
  protocol: EffectiveProtocol,
  samePredictions: boolean,
  onReplicate?: (done: number) => void,
): Difference[] {
  const names = new Set([protocol.primary, ...protocol.comparison.metrics]);
  const isAsked = ({ name, stratum }: ScoredJob) =>
    names.has(name) && (isWhole(baseline, stratum) || name === protocol.primary);
  const others = new Map(candidate.jobs.map((job) => [`${job.name}|${JSON.stringify(job.stratum)}`, job]));
  const made = new Map<Selection, CountedUnits>();
  const unitsOf = ({ set, settings }: Scored, { selection }: ScoredJob): CountedUnits => {
    const units = made.get(selection) ?? set.units(selection, settings);
    made.set(selection, units);
    return units;
  };
  const pairs = baseline.jobs.filter(isAsked).flatMap((job): Pair[] => {
    const other = others.get(`${job.name}|${JSON.stringify(job.stratum)}`);
    if (!other) return [];
    const { name, stratum, prepared } = job;
    const sides: Sides = [unitsOf(baseline, job), unitsOf(candidate, other)];
    return [
      {
        name,
        title: metricTitle(name, baseline.set.labels !== undefined),
        stratum,
        baseline: prepared,
        candidate: other.prepared,
        answers: pairedDecisions(name, sides) ?? pairedLesions(name, sides),
        scores: pairedScores(name, sides),
      },
    ];
  });
  const drawn = pairs.flatMap(({ baseline: a, candidate: b }) => [a, b]);
  const values = resample(drawn, baseline.joined.patientCount, protocol.intervals, onReplicate);
  const rows = pairs.map((pair, at) => {
    const replicates = differencesBetween(values[2 * at] as Float64Array, values[2 * at + 1] as Float64Array);
    return differenceOf(pair, replicates, protocol, samePredictions);
  });
  return adjusted(rows, protocol, (stratum) => isWhole(baseline, stratum));
}

/** Second less first; what is no more than rounding counts as equal. */
const differencesBetween = (first: Float64Array, second: Float64Array): Float64Array =>
  first.map((value, replicate) => differenceBetween(value, second[replicate] as number));

const differenceBetween = (first: number, second: number): number => (isEqual(first, second) ? 0 : second - first);

/** p of no difference by the share of replicates on the other side of 0; at least 2 / (B + 1). */
function resamplingP(values: Float64Array): number {
  const valid = values.filter((value) => !Number.isNaN(value));
  const below = valid.reduce((count, value) => count + (value <= 0 ? 1 : 0), 0);
  const above = valid.reduce((count, value) => count + (value >= 0 ? 1 : 0), 0);
  return Math.min(1, (2 * (Math.min(below, above) + 1)) / (valid.length + 1));
}

/** How a difference is judged. */
interface Judged {
  readonly interval: IntervalOutcome;
  readonly p: number | null;
  readonly test: string;
}

function byBootstrap(replicates: Float64Array, level: number): Judged {
  return {
    interval: percentileInterval(replicates, level),
    p: resamplingP(replicates),
    test: "patient-clustered-paired-bootstrap",
  };
}

/** Answers of units: Tango and McNemar for one unit a patient, Tango over the design effect for several. */
function byAnswers(answers: PairedAnswers, level: number): Judged {
  const clusters = clustersOf(answers);
  const { both, onlyBaseline, onlyCandidate, neither } = pairsOf(answers);
  if (clusters.length === answers.patient.length) {
    const midP = mcnemarMidP(onlyCandidate, onlyBaseline);
    return {
      interval: tangoDifference(both, onlyCandidate, onlyBaseline, neither, level),
      p: midP.ok ? midP.p : null,
      test: "mcnemar-mid-p",
    };
  }
  const found = clusterPairedTango(clusters, level);
  return { interval: found.ok ? found.interval : found, p: found.ok ? found.p : null, test: "cluster-tango-score" };
}

/**
 * At a rate of false positives the thresholds vary from draw to draw, which only resampling shows; but where lesions are gained
 * and none is lost (or the other way round), no draw shows a loss either: then the wider of both, end by end.
 */
export function atRate(answers: PairedAnswers, replicates: Float64Array, level: number): Judged {
  const drawn = byBootstrap(replicates, level);
  const { onlyBaseline, onlyCandidate } = pairsOf(answers);
  if (onlyBaseline > 0 && onlyCandidate > 0) return drawn;
  const counted = byAnswers(answers, level);
  if (!counted.interval.ok || !drawn.interval.ok) return counted;
  const interval = {
    ...counted.interval,
    low: Math.min(counted.interval.low, drawn.interval.low),
    high: Math.max(counted.interval.high, drawn.interval.high),
    method: "bootstrap_or_tango",
  };
  return { interval, p: Math.max(counted.p as number, drawn.p as number), test: drawn.test };
}

/**
 * AUCs by the covariance of placements (DeLong; Obuchowski for several units a patient). Where it says nothing, because no
 * placement differs, Tango's interval of as many concordant patients as the smaller class has.
 */
function byScores({ patient, positive, baseline, candidate }: PairedScores, level: number): Judged | null {
  const clustered = new Set(patient).size < patient.length;
  const found = clustered
    ? clusteredAucDifference(patient, positive, candidate, baseline, level)
    : delongDifference(positive, candidate, baseline, level);
  if (!found.ok) return null;
  const test = clustered ? "auc-obuchowski" : "auc-delong";
  if (found.interval.ok || found.difference !== 0) {
    return { interval: found.interval, p: typeof found.p === "number" ? found.p : null, test };
  }
  const patientsOf = (label: number) => new Set(patient.filter((_, unit) => positive[unit] === label)).size;
  const concordant = Math.min(patientsOf(0), patientsOf(1));
  return { interval: tangoDifference(concordant, 0, 0, 0, level), p: 1, test };
}

function differenceOf(
  pair: Pair,
  replicates: Float64Array,
  protocol: EffectiveProtocol,
  samePredictions: boolean,
): Difference {
  const { definition } = metricByName(pair.name);
  const margin = marginOf(protocol, pair.name);
  const [a, b] = [pair.baseline.estimate, pair.candidate.estimate];
  const base = {
    metric: pair.name,
    title: pair.title,
    stratum: pair.stratum,
    baseline: a,
    candidate: b,
    margin,
    higherIsBetter: definition.higherIsBetter,
    pairs: pair.answers && pairsOf(pair.answers),
    adjustedP: null,
  };
  const none = { difference: null, interval: null, p: null, test: null, verdict: null };
  if (a === null || b === null) {
    return { ...base, ...none, notEstimable: { reason: pair.baseline.reason ?? pair.candidate.reason ?? "no-data" } };
  }
  if (pair.baseline.patients < leastPatients || pair.candidate.patients < leastPatients) {
    return { ...base, ...none, baseline: null, candidate: null, notEstimable: { reason: "too-few-clusters" } };
  }
  const difference = differenceBetween(a, b);
  if (samePredictions) return { ...base, difference, interval: null, p: 1, test: null, verdict: "identical" };
  const level = 1 - protocol.comparison.alpha;
  const { answers, scores } = pair;
  const judged =
    (answers && (isAtRate(pair.name) ? atRate(answers, replicates, level) : byAnswers(answers, level))) ??
    (scores && byScores(scores, level)) ??
    byBootstrap(replicates, level);
  const { interval, p, test } = judged;
  if (!interval.ok) return { ...base, ...none, difference, notEstimable: { reason: interval.reason } };
  const verdict = verdictOf(interval, margin, definition.higherIsBetter);
  return { ...base, difference, interval: asResultInterval(interval), p, test, verdict };
}

/** Holm over the rows of the whole, where the protocol asks for it. */
function adjusted(
  rows: Difference[],
  protocol: EffectiveProtocol,
  isJudged: (stratum: Difference["stratum"]) => boolean,
): Difference[] {
  if (protocol.comparison.multiplicity !== "holm") return rows;
  const judged = rows.filter((row) => row.p !== null && isJudged(row.stratum));
  const p = holm(judged.map((row) => row.p as number));
  return rows.map((row) => {
    const at = judged.indexOf(row);
    return at === -1 ? row : { ...row, adjustedP: p[at] as number };
  });
}

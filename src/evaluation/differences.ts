/** Paired differences of two products on the same cases: interval, p, margin, verdict. */
import type { Comparison, Difference } from "../contract/comparison.js";
import type { EffectiveProtocol } from "../contract/protocol.js";
import { frocSweep, metricByName, type CountedUnits, type PreparedMetric } from "../metrics/index.js";
import { holm, mcnemarMidP, percentileInterval, tangoDifference } from "../stats/index.js";
import { classAttribute } from "../tasks/profile.js";
import { asResultInterval, leastPatients, resample, type MetricJob } from "./estimates.js";
import { metricTitle } from "./metric-title.js";
import type { Scored } from "./scoring.js";

export function marginOf(protocol: EffectiveProtocol, metric: string): number {
  const { margin } = protocol.comparison;
  return typeof margin === "number" ? margin : (margin[metric] ?? 0);
}

/**
 * Verdict of a difference by its interval; null where neither direction is the better one. `superior`: better beyond chance; `non-inferior`: the loss is smaller than the
 * margin; `inferior`: worse beyond chance and the margin not kept; else `inconclusive`.
 */
export function verdictOf(
  interval: { low: number; high: number },
  margin: number,
  higherIsBetter: boolean | null,
): Exclude<Comparison["verdict"], "identical" | "not-comparable"> | null {
  if (higherIsBetter === null) return null;
  const [low, high] = higherIsBetter ? [interval.low, interval.high] : [-interval.high, -interval.low];
  if (low > 0) return "superior";
  if (low > -margin) return "non-inferior";
  return high < 0 ? "inferior" : "inconclusive";
}

interface Pair {
  readonly name: string;
  readonly title: Difference["title"];
  readonly stratum: Difference["stratum"];
  readonly baseline: PreparedMetric;
  readonly candidate: PreparedMetric;
  /** Outcomes of the same units under both products, where the metric has outcomes. */
  readonly pairs: NonNullable<Difference["pairs"]> | null;
  /** One unit a patient: the pairs themselves can be judged; else only by resampling patients. */
  readonly independent: boolean;
}

/** Decisions of patients for sensitivity, specificity and accuracy: the pairs that McNemar and Tango judge. */
function pairedDecisions(
  name: string,
  stratum: Difference["stratum"],
  baseline: Scored,
  candidate: Scored,
): Difference["pairs"] {
  const level = name.startsWith("patient-") ? "patient" : "image";
  const kind = name.replace("patient-", "");
  if (!["sensitivity", "specificity", "accuracy"].includes(kind)) return null;
  const label = stratum[classAttribute];
  const of = ({ set, overall, settings }: Scored) =>
    set.units(label === undefined ? overall : { ...overall, label }, settings).binary[level];
  const [a, b] = [of(baseline), of(candidate)];
  if (!a || !b || a.patient.length !== b.patient.length) return null;
  if (new Set(a.patient).size < a.patient.length || a.call.includes(-1) || b.call.includes(-1)) return null;
  const pairs = { both: 0, onlyBaseline: 0, onlyCandidate: 0, neither: 0 };
  for (let unit = 0; unit < a.patient.length; unit++) {
    if (a.patient[unit] !== b.patient[unit] || a.positive[unit] !== b.positive[unit]) return null;
    const positive = a.positive[unit] as number;
    if (kind === "sensitivity" && positive === 0) continue;
    if (kind === "specificity" && positive === 1) continue;
    const first = a.call[unit] === positive;
    const second = b.call[unit] === positive;
    if (first && second) pairs.both++;
    else if (first) pairs.onlyBaseline++;
    else if (second) pairs.onlyCandidate++;
    else pairs.neither++;
  }
  return pairs;
}

/** The threshold at which a metric counts lesions: the operating point, or that of a limit of false positives; null: neither. */
function lesionThreshold(name: string, units: CountedUnits): number | null {
  if (name === "lesion-sensitivity") return units.threshold;
  const { definition, parameter } = metricByName(name);
  if (definition.id !== "froc-sensitivity" || parameter === null || units.frocReading === "linear") return null;
  const reading = frocSweep(units, [parameter])?.readings()[0];
  return reading ? (reading.threshold ?? Infinity) : null;
}

/** Lesions found by both, one or neither at a fixed threshold or rate of false positives; null for all other metrics. */
function pairedLesions(name: string, baseline: Scored, candidate: Scored): Difference["pairs"] {
  const a = baseline.set.units(baseline.overall, baseline.settings);
  const b = candidate.set.units(candidate.overall, candidate.settings);
  const [first, second] = [a.lesions, b.lesions];
  if (!first || !second || first.score.length !== second.score.length) return null;
  const [firstThreshold, secondThreshold] = [lesionThreshold(name, a), lesionThreshold(name, b)];
  if (firstThreshold === null || secondThreshold === null) return null;
  const pairs = { both: 0, onlyBaseline: 0, onlyCandidate: 0, neither: 0 };
  for (let lesion = 0; lesion < first.score.length; lesion++) {
    const before = (first.score[lesion] as number) >= firstThreshold;
    const after = (second.score[lesion] as number) >= secondThreshold;
    pairs[before && after ? "both" : before ? "onlyBaseline" : after ? "onlyCandidate" : "neither"]++;
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
  const isAsked = ({ name, stratum }: MetricJob) =>
    names.has(name) && (isWhole(baseline, stratum) || name === protocol.primary);
  const others = new Map(candidate.jobs.map((job) => [`${job.name}|${JSON.stringify(job.stratum)}`, job]));
  const pairs = baseline.jobs.filter(isAsked).flatMap((job): Pair[] => {
    const other = others.get(`${job.name}|${JSON.stringify(job.stratum)}`);
    if (!other) return [];
    const overall = isWhole(baseline, job.stratum);
    const decisions = overall ? pairedDecisions(job.name, job.stratum, baseline, candidate) : null;
    const pairs = decisions ?? (overall ? pairedLesions(job.name, baseline, candidate) : null);
    const { name, stratum, prepared } = job;
    const title = metricTitle(name, baseline.set.labels !== undefined);
    const independent = decisions !== null;
    return [{ name, title, stratum, baseline: prepared, candidate: other.prepared, pairs, independent }];
  });
  const drawn = pairs.flatMap(({ baseline: a, candidate: b }) => [a, b]);
  const values = resample(drawn, baseline.joined.patientCount, protocol.intervals, onReplicate);
  const rows = pairs.map((pair, at) => {
    const first = values[2 * at] as Float64Array;
    const second = values[2 * at + 1] as Float64Array;
    return differenceOf(
      pair,
      first.map((value, replicate) => (second[replicate] as number) - value),
      protocol,
      samePredictions,
    );
  });
  return adjusted(rows, protocol, (stratum) => isWhole(baseline, stratum));
}

/** p of no difference by the share of replicates on the other side of 0; at least 2 / (B + 1). */
function resamplingP(values: Float64Array): number {
  const valid = values.filter((value) => !Number.isNaN(value));
  const below = valid.reduce((count, value) => count + (value <= 0 ? 1 : 0), 0);
  const above = valid.reduce((count, value) => count + (value >= 0 ? 1 : 0), 0);
  return Math.min(1, (2 * (Math.min(below, above) + 1)) / (valid.length + 1));
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
    pairs: pair.pairs,
    adjustedP: null,
  };
  const none = { difference: null, interval: null, p: null, test: null, verdict: null };
  if (a === null || b === null) {
    return { ...base, ...none, notEstimable: { reason: pair.baseline.reason ?? pair.candidate.reason ?? "no-data" } };
  }
  if (pair.baseline.patients < leastPatients || pair.candidate.patients < leastPatients) {
    return { ...base, ...none, baseline: null, candidate: null, notEstimable: { reason: "too-few-clusters" } };
  }
  const difference = b - a;
  if (samePredictions) return { ...base, difference, interval: null, p: 1, test: null, verdict: "identical" };
  const level = 1 - protocol.comparison.alpha;
  if (pair.pairs && pair.independent) {
    const { both, onlyBaseline, onlyCandidate, neither } = pair.pairs;
    const interval = tangoDifference(both, onlyCandidate, onlyBaseline, neither, level);
    const test = mcnemarMidP(onlyCandidate, onlyBaseline);
    if (interval.ok && test.ok) {
      const verdict = verdictOf(interval, margin, definition.higherIsBetter);
      return { ...base, difference, interval: asResultInterval(interval), p: test.p, test: "mcnemar-mid-p", verdict };
    }
  }
  const interval = percentileInterval(replicates, level);
  if (!interval.ok) {
    // No replicate differs: the two agree on every unit that this metric sees.
    const identical = difference === 0 && interval.reason === "zero-variance";
    return {
      ...base,
      ...none,
      difference,
      notEstimable: { reason: interval.reason },
      verdict: identical ? "identical" : null,
    };
  }
  const verdict = verdictOf(interval, margin, definition.higherIsBetter);
  return {
    ...base,
    difference,
    interval: asResultInterval(interval),
    p: resamplingP(replicates),
    test: "patient-clustered-paired-bootstrap",
    verdict,
  };
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

/** Readers and product side by side, class by class: each against the reference, each pair by kappa and by who is right where. */
import type { DatasetCard } from "../contract/dataset-card.js";
import type { EffectiveProtocol } from "../contract/protocol.js";
import type { Reading } from "../contract/reading.js";
import type { Reason } from "../contract/reasons.js";
import type { PanelEstimate, PanelPair, PanelRater, Result, StratumKey } from "../contract/result.js";
import { readingsByCase } from "../datasets/readings.js";
import { metricByName, type BinaryUnits, type CountedUnits } from "../metrics/index.js";
import {
  clusteredKappa,
  clusterMcNemarObuchowski,
  clusterPairedTango,
  cohenKappa,
  mcnemarAsymptotic,
  mcnemarExact,
  mcnemarMidP,
  pairedClusters,
  tangoDifference,
  type IntervalOutcome,
} from "../stats/index.js";
import { labelValue } from "../tasks/forms/multi-label.js";
import { classAttribute, isMultiLabel, type TaskProfile } from "../tasks/profile.js";
import { asResultInterval, estimate, leastPatients } from "./estimates.js";
import type { Scored } from "./scoring.js";

/** What every rater is measured by. */
export const panelMeasures = ["sensitivity", "specificity", "ppv", "npv", "f1"];

/** Calls on the same cases: 1, 0, or -1 where the rater says nothing. */
interface Rater {
  readonly id: string;
  readonly role: PanelRater["role"];
  readonly calls: ArrayLike<number>;
}

/** Outcomes of two on the same cases: both yes, first only, second only, neither. */
type Counts = PanelPair["calls"];

/**
 * The panel of a multi-label set with readings; nothing for other sets. Readers count with their last round; a case that one
 * of two raters did not read is left out of their pair. A failed case of the product counts as its wrong answer.
 */
export function readerPanel(
  scored: Scored,
  readings: readonly Reading[],
  card: DatasetCard,
  profile: TaskProfile,
  intervals: EffectiveProtocol["intervals"],
): Pick<Result, "readerPanel"> {
  const { set, overall, settings } = scored;
  if (!isMultiLabel(profile) || readings.length === 0) return {};
  const cases = scored.joined.cases.filter((_, at) => overall.cases[at] === 1);
  const byCase = readingsByCase(readings, card);
  const finals = cases.map(({ id }) => new Map(byCase.get(id)?.final.map((line) => [line.reader, line.labels])));
  const readers = [...new Set(finals.flatMap((final) => [...final.keys()]))].sort();
  const readerPanel = (set.labels ?? []).map((label) => {
    const units = set.units({ ...overall, label }, settings);
    const own = units.binary.image as BinaryUnits;
    const raters: Rater[] = [
      { id: "product", role: "product", calls: own.call },
      ...readers.map((reader): Rater => {
        const calls = finals.map((final) => labelValue(final.get(reader)?.[label]) ?? -1);
        return { id: reader, role: "reader", calls };
      }),
    ];
    const stratum = { [classAttribute]: label };
    const reference: Rater = { id: "reference", role: "reader", calls: own.positive };
    const all = [reference, ...raters];
    return {
      stratum,
      raters: raters.map((rater) => againstReference(rater, own, units, stratum, intervals)),
      pairs: all.flatMap((first, at) =>
        all.slice(at + 1).map((second) => pairOf(first, second, at > 0, own, intervals.level)),
      ),
    };
  });
  return { readerPanel };
}

function againstReference(
  rater: Rater,
  own: BinaryUnits,
  units: CountedUnits,
  stratum: StratumKey,
  intervals: EffectiveProtocol["intervals"],
): PanelRater {
  const read = [...own.patient.keys()].filter((at) => rater.calls[at] !== -1);
  const binary: BinaryUnits = {
    patient: Int32Array.from(read, (at) => own.patient[at] as number),
    positive: Uint8Array.from(read, (at) => own.positive[at] as number),
    call: Int8Array.from(read, (at) => rater.calls[at] as number),
    score: new Float64Array(read.length),
    failed: new Uint8Array(read.length),
    scored: false,
  };
  const counts = { tp: 0, fp: 0, fn: 0, tn: 0 };
  binary.call.forEach((call, at) => {
    if (binary.positive[at] === 1) counts[call === 1 ? "tp" : "fn"]++;
    else counts[call === 1 ? "fp" : "tn"]++;
  });
  const jobs = panelMeasures.map((name) => {
    const { definition } = metricByName(name);
    return {
      name,
      definition,
      stratum,
      unit: "case",
      prepared: definition.prepare({ ...units, binary: { image: binary }, prepared: new Map() }, null),
    };
  });
  return { rater: rater.id, role: rater.role, counts, metrics: estimate(jobs, units.patientCount, intervals) };
}

/** @param judged both are raters: who of them is right where says something; the reference is always right */
function pairOf(first: Rater, second: Rater, judged: boolean, own: BinaryUnits, level: number): PanelPair {
  const read = [...own.patient.keys()].filter((at) => first.calls[at] !== -1 && second.calls[at] !== -1);
  const patient = read.map((at) => own.patient[at] as number);
  const of = (rater: Rater) => read.map((at) => rater.calls[at] as number);
  const right = (rater: Rater) => read.map((at) => (rater.calls[at] === own.positive[at] ? 1 : 0));
  const between: PanelPair["between"] = [first.id, second.id];
  const pair = {
    between,
    calls: countsOf(of(first), of(second)),
    kappa: kappaOf(of(first), of(second), patient, level),
  };
  return { ...pair, correctness: judged ? correctnessOf(right(first), right(second), patient, level) : null };
}

const cellOf = (a: number, b: number): keyof Counts =>
  a === 1 ? (b === 1 ? "both" : "onlyFirst") : b === 1 ? "onlySecond" : "neither";

function countsOf(first: readonly number[], second: readonly number[]): Counts {
  const counts = { both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 };
  first.forEach((a, at) => counts[cellOf(a, second[at] as number)]++);
  return counts;
}

function absent(reason: Reason): PanelEstimate {
  return { estimate: null, interval: null, notEstimable: { reason } };
}

function estimated(value: number, interval: IntervalOutcome): PanelEstimate {
  if (!interval.ok) return { estimate: value, interval: null, notEstimable: { reason: interval.reason } };
  return { estimate: value, interval: asResultInterval(interval) };
}

/** Cohen's kappa of two raters; with several cases of a patient its interval is made by patient. */
function kappaOf(
  first: readonly number[],
  second: readonly number[],
  patient: readonly number[],
  level: number,
): PanelEstimate {
  const patients = new Set(patient).size;
  if (patients > 0 && patients < leastPatients) return absent("too-few-clusters");
  const { both, onlyFirst, onlySecond, neither } = countsOf(first, second);
  const table = [
    [neither, onlySecond],
    [onlyFirst, both],
  ];
  const found =
    patients < patient.length
      ? clusteredKappa(patient, first, second, 2, "none", level)
      : cohenKappa(table, "none", level);
  if (!found.ok) return absent(found.reason);
  return typeof found.kappa === "number" ? estimated(found.kappa, found.interval) : absent(found.kappa.reason);
}

/** Who is right where: McNemar by the uncorrected chi-square, exact and mid-p; with several cases of a patient Obuchowski's test. */
function correctnessOf(
  first: readonly number[],
  second: readonly number[],
  patient: readonly number[],
  level: number,
): NonNullable<PanelPair["correctness"]> {
  const counts = countsOf(first, second);
  const { both, onlyFirst, onlySecond, neither } = counts;
  const patients = new Set(patient).size;
  if (patient.length === 0) return { counts, difference: absent("no-data"), tests: [] };
  const difference = (onlyFirst - onlySecond) / patient.length;
  if (patients < leastPatients) return { counts, difference: absent("too-few-clusters"), tests: [] };
  if (patients < patient.length) {
    const clusters = pairedClusters(patient, first, second);
    const test = clusterMcNemarObuchowski(clusters);
    const paired = clusterPairedTango(clusters, level);
    return {
      counts,
      difference: paired.ok ? estimated(difference, paired.interval) : absent(paired.reason),
      tests: test.ok ? [{ test: "cluster-mcnemar-obuchowski", statistic: test.chi2, p: test.p }] : [],
    };
  }
  const chiSquare = mcnemarAsymptotic(onlyFirst, onlySecond);
  const exact = mcnemarExact(onlyFirst, onlySecond);
  const midP = mcnemarMidP(onlyFirst, onlySecond);
  return {
    counts,
    difference: estimated(difference, tangoDifference(both, onlyFirst, onlySecond, neither, level)),
    tests: [
      ...(chiSquare.ok ? [{ test: "mcnemar-uncorrected" as const, statistic: chiSquare.chi2, p: chiSquare.p }] : []),
      ...(exact.ok ? [{ test: "mcnemar-exact" as const, statistic: null, p: exact.p }] : []),
      ...(midP.ok ? [{ test: "mcnemar-mid-p" as const, statistic: null, p: midP.p }] : []),
    ],
  };
}

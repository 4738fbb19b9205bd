/** Agreement between readers and within a reader, before arbitration: marks, diameters, ratings, grades; with intervals by patient. */
import type { DatasetCard } from "../contract/dataset-card.js";
import type { Finding } from "../contract/finding.js";
import type { Reading } from "../contract/reading.js";
import type { Reason } from "../contract/reasons.js";
import type { AgreementResult } from "../contract/result.js";
import { pairingOf } from "../datasets/adjudicate.js";
import { clusterMarks, pairMarks, type Pairing } from "../datasets/pairing.js";
import { readingsByCase } from "../datasets/readings.js";
import {
  blandAltman,
  clusteredKappa,
  kornGraubard,
  krippendorffAlpha,
  positiveAgreement,
  type MarkCounts,
} from "../stats/index.js";
import { isMultiLabel, type Grading, type TaskProfile } from "../tasks/profile.js";
import { alphaByPatient, biasByPatient, type PatientDifferences } from "./agreement-intervals.js";
import { asResultInterval, leastPatients } from "./estimates.js";

/** Of more readers than this, pairs are pooled: their single figures would fill pages. */
const mostPairwise = 3;

/** Two readings of the same case. */
interface PairedReading {
  readonly patient: string;
  readonly first: Reading;
  readonly second: Reading;
}

/** What is compared: the same cases by two readers, or by one reader in two rounds, or all pairs of readers pooled. */
interface Comparison {
  readonly between: string[];
  readonly rounds: number[];
  readonly pairs: readonly PairedReading[];
}

/**
 * All measures that the readings allow. Detection: positive agreement 2a/(2a+b+c), Bland-Altman of the diameter,
 * Krippendorff's alpha of ratings; grading: quadratic weighted kappa and equal grades.
 * @param patientOf patient of each case: intervals are clustered by patient
 */
export function readerAgreement(
  readings: readonly Reading[],
  card: DatasetCard,
  profile: TaskProfile,
  patientOf: ReadonlyMap<string, string>,
): AgreementResult[] {
  // Readers of multi-label sets are compared by class, with the product beside them: reader-panel.ts.
  if (readings.length === 0 || isMultiLabel(profile)) return [];
  const comparisons = comparisonsOf(readings, card, patientOf);
  if (profile.grading) {
    const { grading } = profile;
    return comparisons.flatMap((comparison) => gradeAgreement(comparison, grading));
  }
  const pairing = pairingOf(card.annotation.adjudication);
  return [
    ...comparisons.flatMap((comparison) => markAgreement(comparison, pairing)),
    ...ratingAgreement(readings, card, profile, patientOf, pairing),
  ];
}

function comparisonsOf(
  readings: readonly Reading[],
  card: DatasetCard,
  patientOf: ReadonlyMap<string, string>,
): Comparison[] {
  const between = new Map<string, Comparison & { pairs: PairedReading[] }>();
  const byCase = readingsByCase(readings, card);
  const readers = [...new Set([...byCase.values()].flatMap(({ final }) => final.map(({ reader }) => reader)))].sort();
  const pooled = readers.length > mostPairwise;
  for (const [caseId, { final }] of byCase) {
    const patient = patientOf.get(caseId) ?? caseId;
    final.forEach((first, i) =>
      final.slice(i + 1).forEach((second) => {
        const names = pooled ? readers : [first.reader, second.reader];
        const key = names.join(" ");
        const rounds = [...new Set([first.round, second.round])].sort((a, b) => a - b);
        const comparison = between.get(key) ?? { between: names, rounds, pairs: [] };
        between.set(key, comparison);
        comparison.pairs.push({ patient, first, second });
      }),
    );
  }
  return [...between.values(), ...withinReaders(readings, card, patientOf)];
}

/** Rounds 1 and 2 of each reader. */
function withinReaders(
  readings: readonly Reading[],
  card: DatasetCard,
  patientOf: ReadonlyMap<string, string>,
): Comparison[] {
  const arbiters = new Set(card.annotators.filter(({ role }) => role === "arbiter").map(({ id }) => id));
  const byKey = new Map(readings.map((line) => [`${line.case} ${line.reader} ${line.round}`, line]));
  const within = new Map<string, Comparison & { pairs: PairedReading[] }>();
  for (const first of readings) {
    const second = byKey.get(`${first.case} ${first.reader} 2`);
    if (first.round !== 1 || second === undefined || arbiters.has(first.reader)) continue;
    const comparison = within.get(first.reader) ?? { between: [first.reader], rounds: [1, 2], pairs: [] };
    within.set(first.reader, comparison);
    comparison.pairs.push({ patient: patientOf.get(first.case) ?? first.case, first, second });
  }
  return [...within.values()].sort((a, b) => ((a.between[0] ?? "") < (b.between[0] ?? "") ? -1 : 1));
}

type Values = Pick<AgreementResult, "n" | "estimate" | "interval" | "notEstimable">;

function entry(
  comparison: Comparison,
  measure: string,
  title: AgreementResult["title"],
  values: Values,
): AgreementResult {
  return { measure, title, between: comparison.between, rounds: comparison.rounds, ...values };
}

function absent(n: Record<string, number>, reason: Reason): Values {
  return { n, estimate: null, interval: null, notEstimable: { reason } };
}

function markAgreement(comparison: Comparison, pairing: Pairing): AgreementResult[] {
  const byPatient = new Map<string, [number, number, number]>();
  const differences = new Map<string, number[]>();
  for (const { patient, first, second } of comparison.pairs) {
    const pairs = pairMarks(first.findings, second.findings, pairing);
    const counts = byPatient.get(patient) ?? [0, 0, 0];
    byPatient.set(patient, counts);
    counts[0] += pairs.length;
    counts[1] += first.findings.length - pairs.length;
    counts[2] += second.findings.length - pairs.length;
    for (const [i, j] of pairs) {
      const [a, b] = [diameter(first.findings[i]), diameter(second.findings[j])];
      if (a === null || b === null) continue;
      const own = differences.get(patient) ?? [];
      differences.set(patient, own);
      own.push(b - a);
    }
  }
  const title = { "zh-CN": "病灶标记阳性一致率 2a/(2a+b+c)", en: "positive agreement of marks 2a/(2a+b+c)" };
  return [
    entry(comparison, "positive-agreement", title, positiveValues([...byPatient.values()])),
    ...diameterAgreement(comparison, [...differences.values()]),
  ];
}

function diameter(finding: Finding | undefined): number | null {
  const recorded = finding?.attributes?.diameterMm;
  if (typeof recorded === "number") return recorded;
  return finding?.geometry.type === "sphere" ? finding.geometry.diameterMm : null;
}

function positiveValues(patients: readonly MarkCounts[]): Values {
  const sum = (at: 0 | 1 | 2) => patients.reduce((total, counts) => total + counts[at], 0);
  const n = { both: sum(0), firstOnly: sum(1), secondOnly: sum(2), patients: patients.length };
  const found = positiveAgreement(patients);
  if (!found.ok) return absent(n, found.reason);
  if (found.patients < leastPatients) return absent(n, "too-few-clusters");
  return { n, estimate: found.value, interval: found.interval.ok ? asResultInterval(found.interval) : null };
}

/** Bias and limits of agreement of paired marks, second minus first. Pooled readers have no first: only the limits of |difference| would mean anything, so they get none. */
function diameterAgreement(comparison: Comparison, patients: PatientDifferences): AgreementResult[] {
  const all = patients.flat();
  if (all.length === 0 || comparison.between.length > 2) return [];
  const n = { pairs: all.length, patients: patients.length };
  const titles = {
    "diameter-bias-mm": { "zh-CN": "直径差均值（后者减前者）", en: "mean difference of diameter (second minus first)" },
    "diameter-limit-lower-mm": { "zh-CN": "直径差 95% 一致性下限", en: "lower 95 % limit of agreement of diameter" },
    "diameter-limit-upper-mm": { "zh-CN": "直径差 95% 一致性上限", en: "upper 95 % limit of agreement of diameter" },
  } as const;
  const names = Object.keys(titles) as (keyof typeof titles)[];
  const found = blandAltman(new Float64Array(all.length), all);
  const few: Reason | null = patients.length < leastPatients ? "too-few-clusters" : null;
  if (!found.ok || few !== null || !Array.isArray(found.limits)) {
    const reason = few ?? (found.ok ? "too-few" : found.reason);
    return names.map((name) => entry(comparison, name, titles[name], absent(n, reason)));
  }
  // One pair a patient: the exact intervals hold. Else patients are resampled.
  const independent = all.length === patients.length;
  const intervals = independent
    ? [found.biasInterval, found.lowerInterval, found.upperInterval]
    : biasByPatient(patients);
  const estimates = [found.bias, ...found.limits];
  return names.map((name, at) => {
    const interval = intervals[at];
    return entry(comparison, name, titles[name], {
      n,
      estimate: estimates[at] ?? null,
      interval: interval?.ok ? asResultInterval(interval) : null,
    });
  });
}

/** Krippendorff's alpha of what several readers say about the same object, for the finding attributes of the profile. */
function ratingAgreement(
  readings: readonly Reading[],
  card: DatasetCard,
  profile: TaskProfile,
  patientOf: ReadonlyMap<string, string>,
  pairing: Pairing,
): AgreementResult[] {
  const objects: { patient: string; marks: Finding[] }[] = [];
  const readers = new Set<string>();
  for (const [caseId, { final }] of readingsByCase(readings, card)) {
    for (const { reader } of final) readers.add(reader);
    const marks = final.flatMap(({ findings }) => findings);
    for (const members of clusterMarks(marks, pairing)) {
      if (members.length > 1)
        objects.push({ patient: patientOf.get(caseId) ?? caseId, marks: members.map((at) => marks[at] as Finding) });
    }
  }
  const comparison = { between: [...readers].sort(), rounds: [], pairs: [] };
  const attributes = Object.entries(profile.attributes).filter(([, { level }]) => level === "finding");
  return attributes.flatMap(([name, { title }]) => {
    const rated = objects
      .map(({ patient, marks }) => ({ patient, values: marks.map(({ attributes: own }) => own?.[name] ?? null) }))
      .filter(({ values }) => values.filter((value) => value !== null).length > 1);
    if (rated.length === 0) return [];
    const words = [...new Set(rated.flatMap(({ values }) => values))]
      .filter((value) => typeof value === "string")
      .sort();
    const ordinal = words.length === 0;
    const units = rated.map(({ patient, values }) => ({
      patient,
      ratings: values.map((value) =>
        typeof value === "string" ? words.indexOf(value) : typeof value === "number" ? value : null,
      ),
    }));
    const measurement = ordinal ? "ordinal" : "nominal";
    const found = krippendorffAlpha(
      units.map(({ ratings }) => ratings),
      measurement,
    );
    const patients = new Set(units.map(({ patient }) => patient)).size;
    const n = { objects: units.length, patients };
    const titles = {
      "zh-CN": `${title["zh-CN"]} Krippendorff α（${ordinal ? "有序" : "名义"}）`,
      en: `Krippendorff's alpha of ${title.en} (${measurement})`,
    };
    if (!found.ok || patients < leastPatients)
      return [entry(comparison, `alpha-${name}`, titles, absent(n, found.ok ? "too-few-clusters" : found.reason))];
    const interval = alphaByPatient(units, measurement);
    const values = { n, estimate: found.alpha, interval: interval.ok ? asResultInterval(interval) : null };
    return [entry(comparison, `alpha-${name}`, titles, values)];
  });
}

function gradeAgreement(comparison: Comparison, grading: Grading): AgreementResult[] {
  const grade = (line: Reading): number => grading.grades.indexOf(Number(line.labels[grading.label] ?? NaN));
  const rated = comparison.pairs
    .map(({ patient, first, second }) => ({ patient, a: grade(first), b: grade(second) }))
    .filter(({ a, b }) => a >= 0 && b >= 0);
  const patients = [...new Set(rated.map(({ patient }) => patient))];
  const equal = rated.filter(({ a, b }) => a === b).length;
  const n = { images: rated.length, patients: patients.length, equal };
  const kappaTitle = { "zh-CN": "二次加权 Kappa 系数", en: "quadratic weighted kappa" };
  const equalTitle = { "zh-CN": "分级完全一致率", en: "proportion of equal grades" };
  if (patients.length < leastPatients) {
    const reason = rated.length === 0 ? "no-data" : "too-few-clusters";
    return [
      entry(comparison, "quadratic-kappa", kappaTitle, absent(n, reason)),
      entry(comparison, "proportion-equal", equalTitle, absent(n, reason)),
    ];
  }
  const column = (key: "a" | "b") => rated.map((pair) => pair[key]);
  const kappa = clusteredKappa(
    rated.map(({ patient }) => patient),
    column("a"),
    column("b"),
    grading.grades.length,
    "quadratic",
  );
  const value = kappa.ok ? kappa.kappa : kappa;
  const kappaValues: Values =
    typeof value === "number" && kappa.ok
      ? { n, estimate: value, interval: kappa.interval.ok ? asResultInterval(kappa.interval) : null }
      : absent(n, typeof value === "number" ? "no-data" : value.reason);
  const perPatient = patients.map((patient) => rated.filter((pair) => pair.patient === patient));
  const interval = kornGraubard(
    perPatient.map((pairs) => pairs.filter(({ a, b }) => a === b).length),
    perPatient.map((pairs) => pairs.length),
  );
  return [
    entry(comparison, "quadratic-kappa", kappaTitle, kappaValues),
    entry(comparison, "proportion-equal", equalTitle, {
      n,
      estimate: equal / rated.length,
      interval: interval.ok ? asResultInterval(interval) : null,
    }),
  ];
}

/** The detection form: findings with scores against the findings of the reference. */
import { fail, type ErrorCode } from "../../contract/errors.js";
import type { Finding } from "../../contract/finding.js";
import type { EffectiveProtocol, MatchRule } from "../../contract/protocol.js";
import { centreOf, diameterOf } from "../../geometry/finding-geometry.js";
import {
  frocSweep,
  type FrocReading,
  type FrocSweep,
  type BinaryUnits,
  type CountedUnits,
  type DetectionCases,
  type ScoredUnits,
} from "../../metrics/index.js";
import { isPointTarget } from "./hits.js";
import { matchCase, type LesionOutcome, type MarkOutcome, type MatchedCase } from "./matching.js";
import type { ErrorRow, JoinedCase, ScoredSet, Selection, UnitOutcome, UnitSettings } from "./scored-set.js";

/** Size of a finding, mm: its recorded diameter, else that of its geometry; null for points. */
export function sizeOf(finding: Finding): number | null {
  const recorded = finding.attributes?.diameterMm;
  if (typeof recorded === "number") return recorded;
  const measured = diameterOf(finding.geometry);
  return measured > 0 ? measured : null;
}

function isExcluded(finding: Finding, exclude: EffectiveProtocol["exclude"]): boolean {
  if (finding.excluded === true) return true;
  const size = sizeOf(finding);
  if (size === null) return false;
  return size < (exclude.belowMm ?? 0) || size > (exclude.aboveMm ?? Infinity);
}

interface DetectionCase {
  readonly joined: JoinedCase;
  readonly failed: boolean;
  readonly matched: MatchedCase;
}

/** What is matched in a case: included and excluded findings, and the marks of the answer (a failed case has none). */
export interface Matchable {
  readonly lesions: readonly Finding[];
  readonly excluded: readonly Finding[];
  readonly marks: readonly Finding[];
}

export function matchableOf({ reference, prediction }: JoinedCase, protocol: EffectiveProtocol): Matchable {
  const lesions: Finding[] = [];
  const excluded: Finding[] = [];
  for (const finding of reference.findings) (isExcluded(finding, protocol.exclude) ? excluded : lesions).push(finding);
  return { lesions, excluded, marks: prediction.status === "failed" ? [] : prediction.findings };
}

/** A missing score is not a low one: it would put the mark below every threshold without a word. */
function requireScores(caseId: string, marks: readonly Finding[]): void {
  const bare = marks.find(({ score }) => score === undefined);
  if (bare) fail("PREDICTION_SCORE_MISSING", `case ${caseId}: mark ${bare.id} has no score`);
}

/** Where a finding can be compared with others: among as many coordinates, among masks of its grid, among whole cases. */
function spaceOf({ geometry }: Finding): string {
  if (geometry.type === "case") return "the whole case";
  if (geometry.type === "mask") return `a mask of ${geometry.shape.join(" x ")}`;
  return `of ${centreOf(geometry).length} coordinates`;
}

/**
 * Findings of different spaces would hit or miss each other without a word: masks of other grids, points of other dimensions,
 * the whole case, which has no place. So would masks where distances are asked for.
 */
function requireOneSpace(caseId: string, { lesions, excluded, marks }: Matchable, { rule }: MatchRule): void {
  let expected: string | null = null;
  const take = (findings: readonly Finding[], side: string, code: ErrorCode) => {
    for (const finding of findings) {
      const own = spaceOf(finding);
      if (finding.geometry.type === "mask" && rule !== "overlap")
        fail(code, `case ${caseId}: ${side} ${finding.id} is a mask, which the rule ${rule} can't judge`);
      if (own !== (expected ??= own))
        fail(code, `case ${caseId}: ${side} ${finding.id} is ${own}, another finding ${expected}`);
    }
  };
  take(lesions, "finding", "TRUTH_INVALID");
  take(excluded, "finding", "TRUTH_INVALID");
  take(marks, "mark", "PREDICTION_INVALID");
}

/** Settings that say nothing about where a threshold lies. */
const noSettings = { threshold: null, thresholdFromTestSet: false, frocReading: "step" } as const;

/**
 * Matches every case once; everything else is counted from it.
 * @throws PREDICTION_SCORE_MISSING; TRUTH_INVALID, PREDICTION_INVALID for findings that can't be compared with one another
 */
export function scoreDetection(
  cases: readonly JoinedCase[],
  patientCount: number,
  protocol: EffectiveProtocol,
): ScoredSet {
  const scored: DetectionCase[] = cases.map((joined) => {
    const { lesions, excluded, marks } = matchableOf(joined, protocol);
    requireScores(joined.id, marks);
    requireOneSpace(joined.id, { lesions, excluded, marks }, protocol.match);
    const failed = joined.prediction.status === "failed";
    return { joined, failed, matched: matchCase(lesions, excluded, marks, protocol.match) };
  });
  const selected = (selection: Selection) => scored.filter((_, at) => selection.cases[at] === 1);
  // Strata of findings are judged on the same cases: what is made of these is made once.
  const made = new Map<string, CaseUnits>();
  const countedUnits = (selection: Selection, settings: UnitSettings): CountedUnits => {
    const name = selection.cases.join("");
    const inside = selected(selection);
    const caseUnits = made.get(name) ?? caseUnitsOf(inside, protocol.match);
    made.set(name, caseUnits);
    return unitsOf(inside, patientCount, settings, caseUnits, selection.finding);
  };
  return {
    patientCount,
    findings: (at) => (scored[at] as DetectionCase).matched.lesions.map((lesion) => lesion.finding),
    positive: (at) => (scored[at] as DetectionCase).matched.lesions.length > 0,
    thresholdAt(rate, selection) {
      const units = countedUnits(selection, { ...noSettings, frocLimits: [rate] });
      // Where no threshold keeps the rate, or there is no mark, the device that keeps it shows nothing.
      return ((frocSweep(units) as FrocSweep).readings()[0] as FrocReading).threshold ?? Infinity;
    },
    units: countedUnits,
    marks: (selection, threshold) => countMarks(selected(selection), threshold, protocol),
    excludedFindings: (selection) => selected(selection).reduce((total, { matched }) => total + matched.excluded, 0),
    confusion: (selection, settings) => confusionOf(selected(selection), patientCount, settings),
    errors: (threshold) => errorRows(scored, threshold),
    outcomes: (threshold) => outcomesOf(scored, patientCount, threshold),
  };
}

/** Units that do not depend on which lesions are asked for. */
interface CaseUnits {
  readonly units: Pick<CountedUnits, "casePatient" | "answered" | "truePositives"> & { falsePositives: ScoredUnits };
  readonly cases: Omit<DetectionCases, "lesionCase">;
}

function caseUnitsOf(cases: readonly DetectionCase[], { assignment }: MatchRule): CaseUnits {
  const truePatient: number[] = [];
  const trueScore: number[] = [];
  const falsePatient: number[] = [];
  const falseScore: number[] = [];
  const falseCase: number[] = [];
  const topScore = new Float64Array(cases.length).fill(-Infinity);
  const topFalse = new Float64Array(cases.length).fill(-Infinity);
  const onLesion = new Uint8Array(cases.length);
  cases.forEach(({ joined, matched, failed }, at) => {
    if (failed && matched.lesions.length === 0) topScore[at] = topFalse[at] = Infinity;
    for (const mark of matched.marks) {
      if (mark.kind === "ignored") continue;
      const top = topScore[at] as number;
      const onOne = mark.hits > 0 ? 1 : 0;
      if (mark.score > top) onLesion[at] = onOne;
      else if (mark.score === top && onOne === 0) onLesion[at] = 0;
      topScore[at] = Math.max(top, mark.score);
      if (mark.kind === "true-positive") {
        truePatient.push(joined.patient);
        trueScore.push(mark.score);
      }
      if (mark.kind !== "false-positive") continue;
      topFalse[at] = Math.max(topFalse[at] as number, mark.score);
      falsePatient.push(joined.patient);
      falseScore.push(mark.score);
      falseCase.push(at);
    }
  });
  return {
    units: {
      casePatient: Int32Array.from(cases, ({ joined }) => joined.patient),
      answered: Uint8Array.from(cases, ({ failed }) => (failed ? 0 : 1)),
      falsePositives: { patient: Int32Array.from(falsePatient), score: Float64Array.from(falseScore) },
      ...(assignment === "hit-rule" && {
        truePositives: { patient: Int32Array.from(truePatient), score: Float64Array.from(trueScore) },
      }),
    },
    cases: {
      abnormal: Uint8Array.from(cases, ({ matched }) => (matched.lesions.length > 0 ? 1 : 0)),
      topScore,
      topOnLesion: onLesion,
      topFalsePositive: topFalse,
      falsePositiveCase: Int32Array.from(falseCase),
    },
  };
}

function unitsOf(
  cases: readonly DetectionCase[],
  patientCount: number,
  settings: UnitSettings,
  caseUnits: CaseUnits,
  only?: (finding: Finding) => boolean,
): CountedUnits {
  const lesionPatient: number[] = [];
  const lesionScore: number[] = [];
  const lesionCase: number[] = [];
  cases.forEach(({ joined, matched }, at) => {
    for (const lesion of matched.lesions) {
      if (only && !only(lesion.finding)) continue;
      lesionPatient.push(joined.patient);
      lesionScore.push(lesion.score ?? -Infinity);
      lesionCase.push(at);
    }
  });
  return {
    patientCount,
    ...caseUnits.units,
    detectionCases: { ...caseUnits.cases, lesionCase: Int32Array.from(lesionCase) },
    ...settings,
    lesions: { patient: Int32Array.from(lesionPatient), score: Float64Array.from(lesionScore) },
    binary: only ? {} : { patient: patientDecisions(cases, patientCount, settings.threshold) },
    graded: {},
    prepared: new Map(),
  };
}

/**
 * Patients: positive with any included lesion; scored by their highest mark that is not on an excluded finding.
 * A failed case counts against: a positive patient gets nothing from it, a negative one gets the worst rank.
 */
function patientDecisions(
  cases: readonly DetectionCase[],
  patientCount: number,
  threshold: number | null,
): BinaryUnits {
  const seen = new Uint8Array(patientCount);
  const positive = new Uint8Array(patientCount);
  const failed = new Uint8Array(patientCount);
  const score = new Float64Array(patientCount).fill(-Infinity);
  for (const { joined, matched, failed: caseFailed } of cases) {
    const patient = joined.patient;
    seen[patient] = 1;
    if (matched.lesions.length > 0) positive[patient] = 1;
    if (caseFailed) failed[patient] = 1;
    for (const mark of matched.marks) {
      if (mark.kind !== "ignored") score[patient] = Math.max(score[patient] as number, mark.score);
    }
  }
  const patients = [...seen.keys()].filter((patient) => seen[patient] === 1);
  const scoreOf = (patient: number) =>
    failed[patient] === 1 && positive[patient] === 0 ? Infinity : (score[patient] as number);
  return {
    patient: Int32Array.from(patients),
    positive: Uint8Array.from(patients, (patient) => positive[patient] as number),
    call: Int8Array.from(patients, (patient) => (threshold === null ? -1 : scoreOf(patient) >= threshold ? 1 : 0)),
    score: Float64Array.from(patients, scoreOf),
    failed: Uint8Array.from(patients, (patient) => failed[patient] as number),
    scored: true,
  };
}

/** Counts of marks: at the threshold (`...AtThreshold`) and of all that were given. */
function countMarks(
  cases: readonly DetectionCase[],
  threshold: number | null,
  protocol: EffectiveProtocol,
): Record<string, number> {
  const counts: Record<string, number> = {
    given: 0,
    capped: 0,
    truePositive: 0,
    falsePositive: 0,
    duplicate: 0,
    ignored: 0,
    onSeveral: 0,
    lesionsFound: 0,
    lesions: 0,
    identical: 0,
    pointLesions: 0,
    truePositiveAtThreshold: 0,
    falsePositiveAtThreshold: 0,
    duplicateAtThreshold: 0,
    ignoredAtThreshold: 0,
  };
  const names = {
    "true-positive": "truePositive",
    "false-positive": "falsePositive",
    duplicate: "duplicate",
    ignored: "ignored",
  } as const;
  const add = (name: string, count = 1) => {
    counts[name] = (counts[name] as number) + count;
  };
  for (const { matched } of cases) {
    add("given", matched.marks.length + matched.capped);
    add("capped", matched.capped);
    add("identical", matched.identical);
    add("pointLesions", matched.lesions.filter(({ finding }) => isPointTarget(finding, protocol.match)).length);
    add("lesions", matched.lesions.length);
    const found = matched.lesions.filter((lesion) => lesion.score !== null).length;
    add("lesionsFound", found);
    for (const mark of matched.marks) {
      add(names[mark.kind]);
      if (mark.hits > 1) add("onSeveral");
      if (threshold !== null && mark.score >= threshold) add(`${names[mark.kind]}AtThreshold`);
    }
  }
  if (protocol.match.assignment === "hit-rule" && protocol.match.duplicates === "separate") {
    // A mark on several lesions is a duplicate on each that another mark finds: marks on each lesion, less one.
    const hits = cases.reduce((sum, { matched }) => sum + matched.marks.reduce((own, mark) => own + mark.hits, 0), 0);
    counts.duplicate = hits - (counts.lesionsFound as number);
  }
  return counts;
}

function confusionOf(cases: readonly DetectionCase[], patientCount: number, settings: UnitSettings) {
  if (settings.threshold === null) return [];
  return [binaryConfusion(patientDecisions(cases, patientCount, settings.threshold), "patient")];
}

/** 2 x 2 table, with failed units in a column of their own. */
export function binaryConfusion(units: BinaryUnits, unit: string) {
  const counts = [
    [0, 0, 0],
    [0, 0, 0],
  ];
  units.positive.forEach((positive, at) => {
    const row = counts[positive === 1 ? 0 : 1] as number[];
    const column = units.failed[at] === 1 ? 2 : units.call[at] === 1 ? 0 : 1;
    row[column] = (row[column] as number) + 1;
  });
  return { unit, rows: ["positive", "negative"], columns: ["positive", "negative", "failed"], counts };
}

function errorRows(cases: readonly DetectionCase[], threshold: number | null): ErrorRow[] {
  const at = threshold ?? -Infinity;
  return cases.flatMap(({ matched, failed, joined }, index): ErrorRow[] => {
    const base = { case: index, unit: "lesion", reference: "", answer: "" };
    if (failed) {
      const found = matched.lesions.length;
      return [
        {
          ...base,
          kind: "failed",
          unit: "case",
          finding: null,
          mark: null,
          nearest: null,
          score: null,
          reference: `${found} lesions`,
          answer: joined.prediction.error?.code ?? "",
        },
      ];
    }
    const missed = matched.lesions
      .filter(({ score }) => score === null || score < at)
      .map((lesion): ErrorRow => {
        const mark = lesion.nearest && (matched.marks[lesion.nearest.mark] as MarkOutcome).finding;
        return {
          ...base,
          kind: "missed-lesion",
          finding: lesion.finding,
          mark,
          nearest: lesion.nearest?.distance ?? null,
          score: lesion.score,
        };
      });
    const alarms = matched.marks
      .filter((mark) => mark.kind === "false-positive" && mark.score >= at)
      .map((mark): ErrorRow => {
        const nearest = mark.nearest && (matched.lesions[mark.nearest.lesion] as LesionOutcome).finding;
        return {
          ...base,
          kind: "false-positive",
          finding: nearest,
          mark: mark.finding,
          nearest: mark.nearest?.distance ?? null,
          score: mark.score,
        };
      });
    return [...missed, ...alarms];
  });
}

function outcomesOf(cases: readonly DetectionCase[], _patientCount: number, threshold: number | null): UnitOutcome[] {
  const at = threshold ?? -Infinity;
  return cases.flatMap(({ joined, matched, failed }) => {
    const lesions = matched.lesions.map((lesion): UnitOutcome => ({
      key: `lesion ${joined.id} ${lesion.finding.id}`,
      case: joined.id,
      unit: "lesion",
      outcome: lesion.score !== null && lesion.score >= at ? "found" : "missed",
    }));
    const falsePositives = matched.marks.filter((mark) => mark.kind === "false-positive" && mark.score >= at).length;
    return [
      ...lesions,
      {
        key: `case ${joined.id}`,
        case: joined.id,
        unit: "case",
        outcome: failed ? "failed" : `${falsePositives} false positives`,
      },
    ];
  });
}

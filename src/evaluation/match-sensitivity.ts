/**
 * How the detection results depend on the match rule: the same answers, threshold and cases, judged by rules that differ
 * from the protocol's in one point each.
 */
import type { Bilingual } from "../contract/common.js";
import type { Finding, Geometry } from "../contract/finding.js";
import type { EffectiveProtocol, MatchRule } from "../contract/protocol.js";
import type { MatchVariant } from "../contract/result.js";
import { centreOf, diameterOf } from "../geometry/finding-geometry.js";
import { metricByName, type CountedUnits, type ScoredUnits } from "../metrics/index.js";
import { matchableOf } from "../tasks/forms/detection.js";
import { matchCase, type MatchedCase } from "../tasks/forms/matching.js";
import type { JoinedCase, UnitSettings } from "../tasks/forms/scored-set.js";

interface Variant {
  readonly id: string;
  /** What it says of a border, it says as the comparator of the rule. */
  readonly title: (comparator: MatchRule["comparator"]) => Bilingual;
  readonly change: Partial<MatchRule>;
  /** Only where findings or marks are such that it can be judged. */
  readonly needs?: "extent" | "boxes" | "millimetres" | "excluded";
}

const radius = (mm: number): Variant => ({
  id: `radius-${mm}`,
  title: (comparator) => {
    const [within, zh] = comparator === "le" ? ["within", "不大于"] : ["below", "小于"];
    const floor = mm === 0 ? ["", ""] : [`，半径至少 ${mm} mm`, `, at least ${mm} mm`];
    return { "zh-CN": `中心距离${zh}病灶半径${floor[0]}`, en: `distance of centres ${within} the radius${floor[1]}` };
  },
  change: { rule: "centre-distance", minRadiusMm: mm },
  ...(mm > 0 && { needs: "millimetres" }),
});

const overlap = (atLeast: number): Variant => ({
  id: `overlap-${atLeast}`,
  title: (comparator) =>
    comparator === "le"
      ? { "zh-CN": `交并比不小于 ${atLeast}`, en: `IoU at least ${atLeast}` }
      : { "zh-CN": `交并比大于 ${atLeast}`, en: `IoU above ${atLeast}` },
  change: { rule: "overlap", overlap: { measure: "iou", atLeast } },
  needs: "extent",
});

const variants: readonly Variant[] = [
  ...[0, 3, 5].map(radius),
  {
    id: "centre-in-lesion",
    title: () => ({ "zh-CN": "标记中心位于病灶内", en: "centre of the mark in the lesion" }),
    change: { rule: "centre-in-lesion", minRadiusMm: 0 },
    needs: "boxes",
  },
  ...[0.1, 0.5].map(overlap),
  {
    id: "strict-border",
    title: () => ({ "zh-CN": "边界上不计为命中", en: "on the border is no hit" }),
    change: { comparator: "lt" },
  },
  {
    id: "one-to-one",
    title: () => ({ "zh-CN": "一对一分配", en: "one-to-one assignment" }),
    change: { assignment: "one-to-one" },
  },
  {
    id: "hit-rule",
    title: () => ({ "zh-CN": "一个标记可命中多个病灶", en: "one mark may find several lesions" }),
    change: { assignment: "hit-rule" },
  },
  {
    id: "greedy",
    title: () => ({ "zh-CN": "按评分依次取最佳空闲病灶（COCO）", en: "best free lesion in order of score (COCO)" }),
    change: { assignment: "coco" },
  },
  {
    id: "duplicates-false",
    title: () => ({ "zh-CN": "重复标记计为假阳性", en: "duplicates are false positives" }),
    change: { duplicates: "false-positive" },
  },
  {
    id: "duplicates-separate",
    title: () => ({ "zh-CN": "重复标记单独计数", en: "duplicates are counted apart" }),
    change: { duplicates: "separate" },
  },
  {
    id: "excluded-false",
    title: () => ({ "zh-CN": "落在排除病变上的标记计为假阳性", en: "marks on excluded findings are false positives" }),
    change: { excluded: "false-positive" },
    needs: "excluded",
  },
  {
    id: "excluded-ignored",
    title: () => ({ "zh-CN": "落在排除病变上的标记不计", en: "marks on excluded findings are ignored" }),
    change: { excluded: "ignore" },
    needs: "excluded",
  },
  {
    id: "no-cap",
    title: () => ({ "zh-CN": "不限每例标记数", en: "no cap on marks per case" }),
    change: { maxMarksPerCase: null },
  },
];

const inForce: Variant = {
  id: "in-force",
  title: () => ({ "zh-CN": "计划规定的规则", en: "the rule of the plan" }),
  change: {},
};

/** Metrics of lesions and false positives alone, which are shown where the protocol measures them; the primary one first. */
const shown = ["lesion-sensitivity", "false-positives-per-case", "lesion-precision", "froc-score"];
const isShown = (name: string): boolean => shown.includes(name) || name.startsWith("froc-");

const textOf = ({
  rule,
  comparator,
  minRadiusMm,
  overlap,
  assignment,
  duplicates,
  excluded,
  maxMarksPerCase,
}: MatchRule) =>
  JSON.stringify([rule, comparator, minRadiusMm, overlap, assignment, duplicates, excluded, maxMarksPerCase]);

/** Patients and scores of units, in room that is taken once: lists that grow leave several times their size behind. */
class Scored {
  #count = 0;
  readonly #patient: Int32Array;
  readonly #score: Float64Array;

  constructor(most: number) {
    this.#patient = new Int32Array(most);
    this.#score = new Float64Array(most);
  }

  add(patient: number, score: number): void {
    this.#patient[this.#count] = patient;
    this.#score[this.#count++] = score;
  }

  units(): ScoredUnits {
    return { patient: this.#patient.subarray(0, this.#count), score: this.#score.subarray(0, this.#count) };
  }
}

/** Lesions and false positives by one rule, case by case: what the metrics need, and no more is kept. */
class Sheet {
  readonly #lesions: Scored;
  readonly #falsePositives: Scored;
  /** Marks that find lesions: at most one a lesion, and needed where one may find several. */
  readonly #truePositives: Scored | null;
  readonly counts = { lesionsFound: 0, falsePositive: 0, duplicate: 0, ignored: 0 };

  constructor(lesions: number, marks: number, { assignment }: MatchRule) {
    this.#lesions = new Scored(lesions);
    this.#truePositives = assignment === "hit-rule" ? new Scored(lesions) : null;
    this.#falsePositives = new Scored(marks);
  }

  add({ lesions, marks }: MatchedCase, patient: number, threshold: number): void {
    for (const { score } of lesions) {
      this.#lesions.add(patient, score ?? -Infinity);
      if (score !== null && score >= threshold) this.counts.lesionsFound++;
    }
    for (const { kind, score } of marks) {
      if (kind === "false-positive") this.#falsePositives.add(patient, score);
      if (kind === "true-positive") this.#truePositives?.add(patient, score);
      if (score < threshold) continue;
      if (kind === "false-positive") this.counts.falsePositive++;
      else if (kind === "duplicate") this.counts.duplicate++;
      else if (kind === "ignored") this.counts.ignored++;
    }
  }

  units(casePatient: Int32Array, patientCount: number, settings: UnitSettings): CountedUnits {
    return {
      patientCount,
      casePatient,
      answered: new Uint8Array(casePatient.length).fill(1),
      ...settings,
      lesions: this.#lesions.units(),
      falsePositives: this.#falsePositives.units(),
      ...(this.#truePositives && { truePositives: this.#truePositives.units() }),
      binary: {},
      graded: {},
      prepared: new Map(),
    };
  }
}

/**
 * One row a rule, the protocol's first: metrics without intervals and counts of marks, at the threshold in force (all marks
 * where there is none). Variants that say what the protocol says, or for which the set has no findings, are left out.
 * @param cases those that are counted, @param settings those of the evaluation: the threshold in force, the limits
 */
export function matchSensitivity(
  cases: readonly JoinedCase[],
  patientCount: number,
  protocol: EffectiveProtocol,
  settings: UnitSettings,
): MatchVariant[] {
  const matchable = cases.map((one) => matchableOf(one, protocol));
  const findings = cases.flatMap(({ reference }) => reference.findings);
  const marks = cases.flatMap(({ prediction }) => prediction.findings);
  const some = (list: readonly Finding[], holds: (geometry: Geometry) => boolean) =>
    list.some(({ geometry }) => holds(geometry));
  const hasExtent = (geometry: Geometry) => diameterOf(geometry) > 0;
  const has: Record<NonNullable<Variant["needs"]>, boolean> = {
    extent: some(findings, hasExtent) && some(marks, hasExtent),
    boxes: some(findings, ({ type }) => type === "box"),
    millimetres: some(findings, (geometry) => centreOf(geometry).length === 3),
    excluded: matchable.some(({ excluded }) => excluded.length > 0),
  };
  // Masks know no place in the patient: no distance can be judged.
  const placeless = some(findings, ({ type }) => type === "mask") || some(marks, ({ type }) => type === "mask");
  const lesionCount = matchable.reduce((total, { lesions }) => total + lesions.length, 0);
  const rules = [inForce, ...variants].flatMap((variant) => {
    const match = { ...protocol.match, ...variant.change };
    const isOther = variant === inForce || textOf(match) !== textOf(protocol.match);
    const isJudged = (!variant.needs || has[variant.needs]) && (match.rule === "overlap" || !placeless);
    return isOther && isJudged ? [{ variant, match, sheet: new Sheet(lesionCount, marks.length, match) }] : [];
  });
  // Case by case, so that little is kept at a time.
  const threshold = settings.threshold ?? -Infinity;
  matchable.forEach(({ lesions, excluded, marks: own }, at) => {
    const { patient } = cases[at] as JoinedCase;
    const planned = matchCase(lesions, excluded, own, protocol.match);
    // Where there is nothing to hit, rules differ by their cap alone; most cases of a screening set are such.
    const isEmpty = lesions.length + excluded.length === 0;
    for (const { variant, match, sheet } of rules) {
      const isPlanned = variant === inForce || (isEmpty && match.maxMarksPerCase === protocol.match.maxMarksPerCase);
      sheet.add(isPlanned ? planned : matchCase(lesions, excluded, own, match), patient, threshold);
    }
  });
  const measured = shown.filter((name) => protocol.metrics.includes(name));
  const names = [...new Set([...(isShown(protocol.primary) ? [protocol.primary] : []), ...measured])];
  const casePatient = Int32Array.from(cases, ({ patient }) => patient);
  return rules.map(({ variant, match, sheet }): MatchVariant => {
    const units = sheet.units(casePatient, patientCount, settings);
    const values = names.map((name) => {
      const { definition, parameter } = metricByName(name);
      return [name, definition.prepare(units, parameter).estimate] as const;
    });
    return {
      id: variant.id,
      title: variant.title(match.comparator),
      values: Object.fromEntries(values),
      counts: sheet.counts,
    };
  });
}

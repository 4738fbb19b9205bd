/** Plans of `plan`: the numbers of the call, sizes with clusters and prevalence, tables over a range, and curves. */
import type { Bilingual } from "../contract/common.js";
import { fail } from "../contract/errors.js";
import type { Reason } from "../contract/reasons.js";
import { estimated, inflatedSize, type Outcome } from "../stats/index.js";
import type { Question, Read } from "./sample-size-questions.js";

/** What the call gives, by name. */
export type Numbers = Readonly<Record<string, number | undefined>>;

interface Range {
  readonly low: number;
  readonly high: number;
  /** The ends themselves are allowed. */
  readonly ends?: "both" | "low" | "high";
}

const share: Range = { low: 0, high: 1 };
const ranges: Readonly<Record<string, Range>> = {
  target: share,
  expected: share,
  reference: share,
  "half-width": share,
  "only-new": { low: 0, high: 1, ends: "both" },
  "only-old": { low: 0, high: 1, ends: "both" },
  margin: share,
  correlation: { low: -1, high: 1, ends: "both" },
  ratio: { low: 0, high: 1e6, ends: "high" },
  cases: { low: 1, high: 1e9, ends: "both" },
  alpha: { low: 0, high: 0.5 },
  power: share,
  level: share,
  share: { low: 0, high: 1, ends: "high" },
  "per-patient": { low: 1, high: 1e6, ends: "both" },
  icc: { low: -1, high: 1, ends: "both" },
};

/** Numbers that every question takes. */
const always = ["share", "per-patient", "icc"] as const;

/** Most rows of a table, and points of a curve. */
const largestTable = 200;
const curvePoints = 240;

/** Reads the numbers of a call; what is missing or out of range says so. @throws USAGE */
function reader(numbers: Numbers, question: Question): Read {
  return (name) => {
    const { low, high, ends } = ranges[name] as Range;
    const given = numbers[name];
    if (given === undefined) {
      // Cases as they come, unless said otherwise: the prevalence gives the ratio of the classes.
      const prevalence = numbers.share ?? 1;
      if (name === "ratio") return prevalence > 0 && prevalence < 1 ? (1 - prevalence) / prevalence : 1;
      fail("USAGE", `this question needs --${name}`, {
        hint: `Give ${question.needs.map((needed) => `--${needed}`).join(", ")}; see \`medassay plan --help\`.`,
      });
    }
    const above = ends === "both" || ends === "low" ? given >= low : given > low;
    const below = ends === "both" || ends === "high" ? given <= high : given < high;
    if (!above || !below) {
      fail("USAGE", `--${name} is ${given}`, {
        hint: `Give a number from ${low} to ${high}${ends === "both" ? "" : ends === "high" ? `, greater than ${low}` : ", neither of them"}.`,
      });
    }
    return given;
  };
}

/** A plan: units by the formula, and the cases and patients that clusters and prevalence make of them. */
export interface Plan {
  readonly units: number;
  readonly designEffect: number;
  readonly cases: number;
  readonly patients: number;
  readonly groups: readonly {
    readonly name: string;
    readonly title: Bilingual;
    readonly units: number;
    readonly cases: number;
  }[];
  readonly details: readonly { readonly name: string; readonly title: Bilingual; readonly value: number }[];
}

/** What clusters and prevalence make of units; prevalence counts where the units are of one class only. */
function enrolment(
  question: Question,
  read: Read,
): { designEffect: number; unitsPerCase: number; perPatient: number; casesFor: (raw: number) => number } {
  const [prevalence, perPatient, icc] = always.map(read) as [number, number, number];
  const { designEffect } = inflatedSize(1, perPatient, icc);
  if (!(designEffect > 0)) {
    fail("USAGE", `--icc ${icc} with ${perPatient} units a patient leaves no variance`, {
      hint: `Give an intraclass correlation above ${-1 / (perPatient - 1)}.`,
    });
  }
  const ofClass = question.wholeCases ? 1 : prevalence;
  return {
    designEffect,
    unitsPerCase: ofClass / designEffect,
    perPatient,
    casesFor: (raw) => inflatedSize(raw / ofClass, perPatient, icc).n,
  };
}

/** Answers a question. @throws USAGE for numbers that are missing or out of range */
export function plan(question: Question, method: string, numbers: Numbers): Outcome<Plan> {
  const read = reader(numbers, question);
  const { designEffect, unitsPerCase, perPatient, casesFor } = enrolment(question, read);
  const given = question.needs.includes("cases") ? read("cases") : null;
  const r = question.solve(read, method, (given ?? 0) * unitsPerCase);
  if (!r.ok) return r;
  const groups = (r.groups ?? []).map(({ raw, ...group }) => ({ ...group, cases: casesFor(raw) }));
  const counted = groups.length > 0 ? groups.reduce((sum, group) => sum + group.cases, 0) : casesFor(r.raw);
  const cases = given === null ? counted : 2 * given;
  const patients = Math.ceil(cases / perPatient);
  return estimated({ units: r.units, designEffect, cases, patients, groups, details: r.details ?? [] });
}

/** A row of a table: the number that varies, and the plan, or why there is none. */
export type Row = { readonly value: number } & (
  { readonly plan: Plan; readonly reason: null } | { readonly plan: null; readonly reason: Reason }
);

/** `name=from:to:step`. @throws USAGE */
export function variationOf(text: string, question: Question): { name: string; values: number[] } {
  const form = "Write name=from:to:step, such as expected=0.85:0.95:0.01.";
  const found = /^([a-z-]+)=([^:]+):([^:]+):([^:]+)$/.exec(text);
  if (!found) fail("USAGE", `--vary ${text} is not a range`, { hint: form });
  const name = found[1] as string;
  const names = [...question.needs, ...question.also, ...always];
  if (!names.includes(name)) {
    fail("USAGE", `this question has no number "${name}" to vary`, { hint: `Vary one of: ${names.join(", ")}.` });
  }
  const [from, to, step] = found.slice(2).map(Number) as [number, number, number];
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  if (!(step > 0 && count >= 1 && Number.isFinite(count))) {
    fail("USAGE", `--vary ${text}: from must not be above to, and step must be above 0`, { hint: form });
  }
  if (count > largestTable) {
    fail("USAGE", `--vary ${text} has ${count} rows`, { hint: `Take a larger step: at most ${largestTable} rows.` });
  }
  // 0.85 + 3 * 0.01 without its last digits
  return { name, values: Array.from({ length: count }, (_, i) => Number((from + i * step).toPrecision(12))) };
}

/** Plans over a range of one number. */
export function table(
  question: Question,
  method: string,
  numbers: Numbers,
  variation: { name: string; values: readonly number[] },
): Row[] {
  return variation.values.map((value) => {
    const r = plan(question, method, { ...numbers, [variation.name]: value });
    return r.ok ? { value, plan: r, reason: null } : { value, plan: null, reason: r.reason };
  });
}

/** What other numbers of cases reach: a quarter of those planned to twice as many. */
export function curve(
  question: Question,
  method: string,
  numbers: Numbers,
  { cases }: Plan,
): { cases: number; value: number }[] {
  const read = reader(numbers, question);
  const { unitsPerCase } = enrolment(question, read);
  const from = Math.max(2, Math.ceil(cases / 4));
  const step = Math.max(1, Math.floor((2 * cases - from) / curvePoints));
  const points: { cases: number; value: number }[] = [];
  for (let count = from; count <= 2 * cases; count += step) {
    const r = question.reach(read, method, count * unitsPerCase);
    if (r.ok) points.push({ cases: count, value: r.value });
  }
  return points;
}

/**
 * Reads reference cases of `oracles/<folder>/*.json` by shape and compares answers with them: numbers within the stated
 * tolerance, `null` only with the code that belongs to it, flags. A method without an answer is an error.
 */
import { readdirSync } from "node:fs";
import { dirname } from "node:path";
import { expect, it } from "vitest";
import { MedassayError } from "../../src/contract/errors.js";
import type { Outcome } from "../../src/stats/outcome.js";
import { noteMissing } from "../shared.js";
import { documentsOf, isInformation, isObject, notePassedOver, type OracleDocument } from "./documents.js";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

interface Case {
  id: string;
  method: string;
  input: Json;
  expected: Json;
  reasons?: Record<string, string>;
  flags?: string[];
  tolerance: number | { rel: number; abs: number; pAbs?: number };
}

/** An answer: the shape of `expected`, with `{ok: false, reason}` where no number is given; `flags` beside it. */
export interface Answer {
  values: unknown;
  flags?: readonly string[] | undefined;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- inputs and answers of reference cases have the shape their README says
export type Answerer = (input: any, folder: string, expected: any) => Answer;

/** An interval as `lower` and `upper`; where there is none, its reason stands at both. */
export function intervalOf(r: Outcome<{ low: number; high: number }>): Answer {
  return r.ok ? { values: { lower: r.low, upper: r.high }, flags: r.flags } : { values: { lower: r, upper: r } };
}

/** A result whose keys are those of the reference; where there is none, its reason stands for all of them. */
export function allOf(r: Outcome<object>): Answer {
  return r.ok ? { values: r, flags: r.flags } : { values: r };
}

/** A reason for all that `known` does not give. */
export function reasonBut(r: { reason: string }, known: object): Answer {
  return { values: { ...r, known } };
}

/** Data that cases name, by shape: weights of the CinC challenge; scored datasets. */
function isData(content: Record<string, unknown>): boolean {
  if (Array.isArray(content.classes) && Array.isArray(content.weights)) return !("expected" in content);
  const datasets = Object.entries(content).filter(([key]) => !isInformation(key));
  return datasets.every(
    ([, one]) => isObject(one) && Array.isArray(one.labels) && Array.isArray(one.scores) && !("expected" in one),
  );
}

/** Cases of a document: a list, or `cases` as a list or keyed by id; none in data and notes. Anything else is an error. */
function casesOf({ name, content }: OracleDocument, folder: string): Case[] {
  if (Array.isArray(content)) return content as Case[];
  const cases = isObject(content) ? content.cases : undefined;
  if (Array.isArray(cases)) return cases as Case[];
  if (isObject(cases)) return Object.entries(cases).map(([id, test]) => ({ id, ...(test as Omit<Case, "id">) }));
  if (cases !== undefined || !isObject(content) || !isData(content)) throw new Error(`${name} has no known shape`);
  notePassedOver(folder, name);
  return [];
}

const sentinels = new Set(["threshold", "thresholds", "replicates"]);

/** A part of an answer; of one that is a reason as a whole, the reason, but where the part is known. */
function partOf(got: unknown, name: string): unknown {
  const object = got as Record<string, unknown> | null | undefined;
  if (object?.ok !== false) return object?.[name];
  const known = object.known as Record<string, unknown> | undefined;
  return known !== undefined && name in known ? known[name] : object;
}

function differences(test: Case, got: unknown, expected: Json, pointer: string, key: string): string[] {
  if (expected === null) {
    const code = test.reasons?.[pointer];
    if (code === undefined && sentinels.has(key)) {
      return got === null ? [] : [`${pointer}: null expected, got ${JSON.stringify(got)}`];
    }
    const reason = (got as { reason?: string } | null | undefined)?.reason;
    return reason === code && code !== undefined ? [] : [`${pointer}: reason ${code}, got ${JSON.stringify(got)}`];
  }
  if (Array.isArray(expected)) {
    const list = got as ArrayLike<unknown> | undefined;
    if (list?.length !== expected.length) return [`${pointer}: ${expected.length} entries, got ${JSON.stringify(got)}`];
    return expected.flatMap((entry, i) => differences(test, list[i], entry, `${pointer}/${i}`, key));
  }
  if (typeof expected === "object") {
    return Object.entries(expected).flatMap(([name, value]) =>
      isInformation(name) ? [] : differences(test, partOf(got, name), value, `${pointer}/${name}`, name),
    );
  }
  if (got === expected) return [];
  if (typeof expected === "string" && (test.tolerance === 0 || Number.isNaN(Number(expected)))) {
    return got === expected ? [] : [`${pointer}: ${expected}, got ${JSON.stringify(got)}`];
  }
  if (typeof expected === "boolean") return got === expected ? [] : [`${pointer}: ${expected}, got ${String(got)}`];
  const number = Number(expected);
  if (typeof got !== "number" || Number.isNaN(got)) return [`${pointer}: ${number}, got ${JSON.stringify(got)}`];
  if (number === got) return [];
  // Any number would be near enough to an infinity in relative terms.
  if (!Number.isFinite(number)) return [`${pointer}: ${number}, got ${got}`];
  const { tolerance } = test;
  let allowed: number;
  if (typeof tolerance === "number") allowed = tolerance * Math.max(1, Math.abs(number));
  else {
    const floor = key === "p" || key.startsWith("p_") ? (tolerance.pAbs ?? tolerance.abs) : tolerance.abs;
    allowed = Math.max(floor, tolerance.rel * Math.abs(number));
  }
  return Math.abs(got - number) <= allowed ? [] : [`${pointer}: ${number}, got ${got} (${(got - number) / number})`];
}

function problemsOf(test: Case, answer: Answer): string[] {
  const { expected } = test;
  if (expected === undefined || (isObject(expected) && Object.keys(expected).length === 0)) {
    return [`${test.method} ${test.id}: nothing is expected`];
  }
  const found = differences(test, answer.values, test.expected, "", "");
  const given = new Set(answer.flags ?? []);
  for (const flag of test.flags ?? []) if (!given.delete(flag)) found.push(`flag ${flag} is missing`);
  // The oracle sets this flag only at variance 0; a cap that bites elsewhere is flagged as well.
  given.delete("capped-n-eff");
  for (const flag of given) found.push(`flag ${flag} is not expected`);
  return found.map((problem) => `${test.method} ${test.id} ${JSON.stringify(test.input).slice(0, 200)} ${problem}`);
}

interface Found {
  root: string;
  methods: Map<string, Case[]>;
  /** What is wrong with documents of which no case can be read. */
  unknown: string[];
}

/** The cases of a folder by method, in the order of files and rows; null where none is at hand. */
function casesByMethod(folder: string): Found | null {
  const found = documentsOf(folder);
  if (found === null) return null;
  const methods = new Map<string, Case[]>();
  const below = readdirSync(found.root, { recursive: true, encoding: "utf8" }).filter((name) => dirname(name) !== ".");
  const unknown = below.filter((name) => name.endsWith(".json")).map((name) => `${name}: stands in a sub-folder`);
  for (const document of found.documents) {
    try {
      for (const test of casesOf(document, folder)) {
        const known = methods.get(test.method);
        if (known) known.push(test);
        else methods.set(test.method, [test]);
      }
    } catch (error) {
      unknown.push(`${document.name}: ${String(error)}`);
    }
  }
  return { root: found.root, methods, unknown };
}

/** An input error that the case asks for: its name is the first word of the message. */
function isStatedError(test: Case, error: unknown): boolean {
  const stated = isObject(test.expected) ? test.expected.error : undefined;
  return error instanceof MedassayError && stated !== undefined && error.message.split(":")[0] === stated;
}

function checkMethod(method: string, cases: readonly Case[], answer: Answerer | undefined, root: string): void {
  if (answer === undefined) throw new Error(`no answer to method ${method}`);
  const problems = cases.flatMap((test) => {
    try {
      return problemsOf(test, answer(test.input, root, test.expected));
    } catch (error) {
      return isStatedError(test, error) ? [] : [`${test.method} ${test.id}: ${String(error)}`];
    }
  });
  expect(problems.slice(0, 60), `${problems.length} problems`).toEqual([]);
}

/**
 * Registers a test for each method that occurs in a folder: every case of it must be answered rightly; a method without
 * an answer fails. `casesKnown` is the number to name where the folder is not at hand.
 */
export function checkFolder(folder: string, offered: Record<string, Answerer>, casesKnown: number): void {
  const found = casesByMethod(folder);
  const { root, methods, unknown } = found ?? { root: "", methods: new Map<string, Case[]>(), unknown: [] };
  if (methods.size === 0) noteMissing(`oracles/${folder}`, casesKnown);
  for (const [method, cases] of methods) {
    it(`${method} (${cases.length} cases)`, () => checkMethod(method, cases, offered[method], root));
  }
  if (methods.size === 0 || unknown.length > 0) it("are read from every document", () => expect(unknown).toEqual([]));
}

/** The same at once, for testing this reader. */
export function checkFolderNow(folder: string, offered: Record<string, Answerer>): void {
  const { root, methods, unknown } = casesByMethod(folder) ?? {
    root: "",
    methods: new Map<string, Case[]>(),
    unknown: [],
  };
  expect(unknown).toEqual([]);
  for (const [method, cases] of methods) checkMethod(method, cases, offered[method], root);
}

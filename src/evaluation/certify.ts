/** The stage `certify`: computes the reference cases that the package carries, here and now, and compares digit by digit. */
import { join } from "node:path";
import {
  certificationCases,
  type Certification,
  type CertificationCase,
  type CertifiedValue,
} from "../contract/certification.js";
import { conformance, type ConformanceCase } from "../contract/conformance.js";
import { fail } from "../contract/errors.js";
import { packageRoot, tool } from "../contract/tool.js";
import * as metrics from "../metrics/index.js";
import * as stats from "../stats/index.js";
import { writeFileAtomic, writeJson } from "../storage/atomic.js";
import { hashDocument } from "../storage/canonical-json.js";
import { readJson } from "../storage/documents.js";
import { conformanceQuantities, type ConformanceQuantities } from "./conformance.js";
import { certificationProcedures } from "./certification-procedures.js";

/** Digits of a double that can agree at most. */
const allDigits = 16;

type Call = (...args: never[]) => unknown;

function callOf(name: string): Call {
  const [library, member = ""] = name.split(".");
  const exports: Record<string, unknown> =
    library === "stats" ? { ...stats } : library === "metrics" ? { ...metrics } : {};
  const found = certificationProcedures[name] ?? exports[member];
  if (typeof found !== "function") fail("CERTIFICATION_CASE", `there is no function ${name}`);
  return found as Call;
}

/** Significant digits in which an answer agrees with a reference: 16 for the same double. */
export function digitsAgreed(answer: number, reference: number): number {
  if (answer === reference) return allDigits;
  if (!Number.isFinite(answer) || reference === 0) return 0;
  const digits = -Math.log10(Math.abs(answer - reference) / Math.abs(reference));
  return Math.max(0, Math.min(allDigits, Math.floor(digits * 10) / 10));
}

/** The part of an answer that a path names; a reason on the way stands for all below it. */
function partAt(answer: unknown, path: string): unknown {
  let at = answer;
  for (const key of path === "" ? [] : path.split(".")) {
    if ((at as { ok?: boolean } | null)?.ok === false) return at;
    at = (at as Record<string, unknown> | null | undefined)?.[key];
  }
  return at;
}

function answerText(value: unknown): string {
  if (typeof value === "number") return String(value);
  const reason = (value as { reason?: unknown } | null | undefined)?.reason;
  return typeof reason === "string" ? reason : (JSON.stringify(value) ?? "nothing");
}

function certifyCase(test: CertificationCase): CertifiedValue[] {
  let answer: unknown;
  let trouble: string | null = null;
  try {
    answer = callOf(test.function)(...(test.arguments as never[]));
  } catch (error) {
    trouble = error instanceof Error ? error.message : String(error);
  }
  const given = (answer as { flags?: readonly string[] } | null | undefined)?.flags ?? [];
  const flagged = (test.flags ?? []).every((flag) => given.includes(flag));
  return Object.entries(test.expected).map(([quantity, expected]): CertifiedValue => {
    const found = partAt(answer, quantity);
    const reference = "value" in expected ? expected.value : expected.reason;
    const digits =
      "value" in expected ? (typeof found === "number" ? digitsAgreed(found, Number(expected.value)) : 0) : null;
    const agrees = digits === null ? answerText(found) === reference : digits >= test.digits;
    return {
      case: test.id,
      topic: test.topic,
      function: test.function,
      quantity,
      reference,
      answer: trouble ?? (flagged ? answerText(found) : `${answerText(found)}, without ${test.flags?.join(", ")}`),
      digits,
      digitsNeeded: test.digits,
      passed: trouble === null && flagged && agrees,
      sources: test.sources,
    };
  });
}

/** A conformance case: each quantity, and each of several values by the number that it belongs to. */
function certifyConformance(test: ConformanceCase): CertifiedValue[] {
  const base = { case: test.id, topic: `conformance: ${test.kind}`, function: test.kind, sources: [test.source] };
  let quantity: ConformanceQuantities;
  try {
    quantity = conformanceQuantities(test);
  } catch (error) {
    const answer = error instanceof Error ? error.message : String(error);
    return [{ ...base, quantity: "", reference: "", answer, digits: null, digitsNeeded: 12, passed: false }];
  }
  const judge = (name: string, expected: unknown, argument?: number): CertifiedValue => {
    const found = quantity(name, argument);
    const digits =
      typeof expected === "number" ? (typeof found === "number" ? digitsAgreed(found, expected) : 0) : null;
    return {
      ...base,
      quantity: argument === undefined ? name : `${name} ${argument}`,
      reference: answerText(expected),
      answer: answerText(found),
      digits,
      digitsNeeded: 12,
      passed: digits === null ? answerText(found) === answerText(expected) : digits >= 12,
    };
  };
  return Object.entries(test.expected).flatMap(([name, expected]) => {
    const single = typeof expected !== "object" || expected === null || Array.isArray(expected) || "reason" in expected;
    if (single) return [judge(name, expected)];
    return Object.entries(expected).map(([argument, value]) => judge(name, value, Number(argument)));
  });
}

/** The conformance cases of the package, file by file. */
async function conformanceOf(folder: string): Promise<ConformanceCase[]> {
  const names = ["detection", "roc", "agreement", "segmentation"];
  const files = await Promise.all(names.map((name) => readJson(join(folder, `${name}.json`), conformance)));
  return files.flatMap(({ cases }) => cases);
}

/** The log as a page for people: one table a topic. */
function page(log: Certification): string {
  const topics = [...new Set(log.results.map(({ topic }) => topic))];
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [
    `# ${log.tool.name} ${log.tool.version}: ${log.passed}/${log.values}`,
    `${log.at} · Node ${log.environment.node} · ${log.environment.platform} ${log.environment.arch} · ${log.casesHash}`,
    ...topics.flatMap((topic) => [
      `## ${topic}`,
      [
        row(["case", "quantity", "reference", "answer", "digits", "source"]),
        row(["---", "---", "---", "---", "---", "---"]),
        ...log.results
          .filter((result) => result.topic === topic)
          .map(({ passed, case: name, quantity, reference, answer, digits, digitsNeeded, sources }) =>
            row([
              `${passed ? "" : "✗ "}${name}`,
              quantity,
              reference,
              answer,
              digits === null ? "=" : `${digits} (≥ ${digitsNeeded})`,
              sources.join("; "),
            ]),
          ),
      ].join("\n"),
    ]),
    "",
  ].join("\n\n");
}

export interface CertifyOptions {
  /** Folder for certification.json and certification.md. */
  readonly out: string;
  /** The instant that the log names, ISO 8601 in UTC. */
  readonly at: string;
  /** Another file of reference cases; absent: those of the package. */
  readonly cases?: string | undefined;
  readonly onProgress?: (event: { done: number; total: number }) => void;
}

/**
 * Certifies this installation on this machine: every reference case that the package carries, our value beside the
 * reference, and the digits that agree. Writes the log in both forms.
 * @throws DOCUMENT_INVALID, STORAGE_* ; a case that fails is a line of the log, not an error
 */
export async function certify(options: CertifyOptions): Promise<Certification> {
  const document = await readJson(
    options.cases ?? join(packageRoot, "certification", "cases.json"),
    certificationCases,
  );
  const worked = options.cases === undefined ? await conformanceOf(join(packageRoot, "docs", "conformance")) : [];
  const work = [
    ...document.cases.map((test) => () => certifyCase(test)),
    ...worked.map((test) => () => certifyConformance(test)),
  ];
  const results = work.flatMap((certifyNext, at) => {
    options.onProgress?.({ done: at + 1, total: work.length });
    return certifyNext();
  });
  const log: Certification = {
    schema: "medassay/certification/1",
    tool,
    environment: { node: process.versions.node, platform: process.platform, arch: process.arch },
    at: options.at,
    casesHash: hashDocument([document, worked]),
    cases: work.length,
    values: results.length,
    passed: results.filter(({ passed }) => passed).length,
    fewestDigits: results.reduce((least, { digits }) => Math.min(least, digits ?? allDigits), allDigits),
    results,
  };
  await writeJson(join(options.out, "certification.json"), log);
  await writeFileAtomic(join(options.out, "certification.md"), page(log));
  return log;
}

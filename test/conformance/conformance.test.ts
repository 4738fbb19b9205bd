/**
 * The cases of docs/conformance: our answers are the stated ones, the second program there agrees with them, and what is
 * said of other tools is what the compatibility modes answer.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { conformance, type ConformanceCase, type ConformanceDetection } from "../../src/contract/conformance.js";
import { conformanceCases, conformanceQuantities, conformanceRule } from "../../src/evaluation/conformance.js";
import { averagePrecisionOf, cocoPrecision } from "../../src/tasks/forms/compatibility/coco.js";
import { frocCounts } from "../../src/tasks/forms/compatibility/events.js";
import { luna16Rule, luna16Sensitivities } from "../../src/tasks/forms/compatibility/luna16.js";
import { monaiFroc, monaiSensitivity } from "../../src/tasks/forms/compatibility/monai-froc.js";
import { picaiCase, picaiPeerSensitivity, picaiResult } from "../../src/tasks/forms/compatibility/picai.js";
import { matchCase, type MatchedCase } from "../../src/tasks/forms/matching.js";
import type { MatchRule } from "../../src/contract/protocol.js";

const folder = resolve(fileURLToPath(new URL("../../docs/conformance", import.meta.url)));

function near(found: unknown, expected: unknown, what: string, tolerance = 1e-12): void {
  if (typeof found !== "number" || typeof expected !== "number") expect(found, what).toEqual(expected);
  else expect(Math.abs(found - expected), what).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(expected)));
}

/** Several values by the number that they belong to. */
const byNumber = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !("reason" in value);

function matchedOf(input: ConformanceDetection, rule: MatchRule): MatchedCase[] {
  return conformanceCases(input).map(({ reference: { findings }, prediction }) =>
    matchCase(
      findings.filter(({ excluded }) => excluded !== true),
      findings.filter(({ excluded }) => excluded === true),
      prediction.findings,
      rule,
    ),
  );
}

/** Boxes of whole pixels as detection maps and masks of one slice. */
function picaiOfBoxes(input: ConformanceDetection) {
  const size = 1 + Math.max(...[...input.lesions, ...input.marks].flatMap((row) => ("box" in row ? row.box : [0])));
  const fill = (
    rows: readonly (ConformanceDetection["lesions"] | ConformanceDetection["marks"])[number][],
    at: number,
  ) => {
    const map = new Float64Array(size * size);
    for (const row of rows) {
      if (row.case !== at || !("box" in row)) continue;
      const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = row.box;
      for (let y = y0; y < y1; y++) map.fill("score" in row ? Number(row.score) : 1, y * size + x0, y * size + x1);
    }
    return map;
  };
  return Array.from({ length: input.cases }, (_, at) =>
    picaiCase(fill(input.marks, at), fill(input.lesions, at), [1, size, size], {
      overlap: "iou",
      atLeast: input.rule.leastIou as number,
      duplicates: "drop",
    }),
  );
}

const sensitivities =
  (at: (limit: number) => number | null, tolerance?: number) => (value: Record<string, unknown>, what: string) => {
    for (const [limit, expected] of Object.entries(value)) {
      const found = at(Number(limit));
      near(Number.isNaN(found) ? null : found, expected, `${what} at ${limit}`, tolerance);
    }
  };

/** Answers of other tools to a detection case, by what their name begins with; those without a mode are cited facts. */
function checkPeer(peer: string, answers: Record<string, unknown>, input: ConformanceDetection, what: string): number {
  const matched = matchedOf(input, conformanceRule(input));
  const counts = frocCounts(matched);
  const checks: Record<string, Record<string, (value: never) => void>> = {};
  if (peer.startsWith("MONAI")) {
    const curve = monaiFroc(counts);
    const at = sensitivities((limit) => monaiSensitivity(curve, limit));
    checks[peer] = { sensitivityAt: (value: Record<string, unknown>) => at(value, what) };
  }
  if (peer.startsWith("LUNA16")) {
    const own = frocCounts(matchedOf(input, luna16Rule));
    const at = sensitivities((limit) => luna16Sensitivities(own, [limit])[0] as number | null);
    checks[peer] = {
      sensitivityAt: (value: Record<string, unknown>) => at(value, what),
      duplicates: (value: number) =>
        expect(
          matchedOf(input, luna16Rule).flatMap(({ marks }) => marks.filter(({ kind }) => kind === "duplicate")).length,
        ).toBe(value),
      // The script stops where there is no candidate or no scan.
      error: () => expect(input.marks.length).toBe(0),
    };
  }
  if (peer.startsWith("pycocotools")) {
    const cases = conformanceCases(input).map(({ reference, prediction }) => ({
      lesions: reference.findings,
      marks: prediction.findings,
    }));
    checks[peer] = {
      averagePrecision101: (value: number) =>
        near(averagePrecisionOf(cocoPrecision(cases, input.rule.leastIou as number), "101-recalls"), value, what),
    };
  }
  if (peer.startsWith("picai_eval")) {
    const result =
      answers.assignment === "overlap"
        ? picaiResult(picaiOfBoxes(input))
        : picaiResult(
            matched.map(({ lesions, marks }) => ({
              rows: [
                ...lesions.map(({ score }) => ({ isLesion: 1 as const, confidence: score ?? 0, overlap: 1 })),
                ...marks
                  .filter(({ kind }) => kind === "false-positive")
                  .map(({ score }) => ({ isLesion: 0 as const, confidence: score, overlap: 0 })),
              ],
              score: Math.max(0, ...marks.map(({ score }) => score)),
              duplicates: 0,
              abnormal: lesions.length > 0,
            })),
          );
    const at = sensitivities((limit) => picaiPeerSensitivity(result, limit), 1e-6);
    checks[peer] = {
      assignment: () => {},
      sensitivityAt: (value: Record<string, unknown>) => at(value, what),
      averagePrecision: (value: number) => near(result.averagePrecision, value, what),
      inferredRoc: (value: number) => near(result.auroc, value, what),
    };
  }
  const own = checks[peer];
  if (!own) return 0;
  for (const [key, value] of Object.entries(answers)) {
    if (key === "why") continue;
    expect(own[key], `${what}: unknown answer ${key}`).toBeDefined();
    own[key]?.(value as never);
  }
  return 1;
}

describe("conformance cases", () => {
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  const cases = files.flatMap((name) => {
    const file = conformance.type.parse(JSON.parse(readFileSync(join(folder, name), "utf8")));
    expect(new Set(file.cases.map(({ kind }) => kind)), name).toEqual(new Set([file.kind]));
    return file.cases;
  });

  it("are at least 50, each with its own id", () => {
    expect(cases.length).toBeGreaterThanOrEqual(50);
    expect(new Set(cases.map(({ kind, id }) => `${kind} ${id}`)).size).toBe(cases.length);
  });

  for (const test of cases) {
    it(`${test.kind}: ${test.id}`, () => check(test));
  }

  function check(test: ConformanceCase): void {
    const quantity = conformanceQuantities(test);
    expect(Object.keys(test.expected).length).toBeGreaterThan(0);
    for (const [name, expected] of Object.entries(test.expected)) {
      if (byNumber(expected)) {
        for (const [argument, value] of Object.entries(expected))
          near(quantity(name, Number(argument)), value, `${test.id} ${name} ${argument}`);
      } else if (Array.isArray(expected)) expect(quantity(name), `${test.id} ${name}`).toEqual(expected);
      else near(quantity(name), expected, `${test.id} ${name}`);
    }
  }

  it("say of other tools what their compatibility modes answer", () => {
    let checked = 0;
    for (const test of cases) {
      if (test.kind !== "detection") continue;
      for (const [peer, answers] of Object.entries(test.peers))
        checked += checkPeer(peer, answers, test.input, `${test.id} ${peer}`);
    }
    expect(checked).toBeGreaterThanOrEqual(20);
  });

  it("agree with the second program, where Python is at hand", () => {
    let text: string;
    try {
      text = execFileSync("python3", [join(folder, "check.py")], { encoding: "utf8" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      process.stdout.write("docs/conformance/check.py: not run, no python3\n");
      return;
    }
    expect(text).toMatch(/^\d{3,} values, 0 differ\n$/);
  });
});

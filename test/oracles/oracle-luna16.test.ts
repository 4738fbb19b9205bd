/**
 * A real detector's marks on hundreds of scans: counts, corners, thresholds, sensitivities and means of every setting of
 * `oracles/luna16`, every stored draw of every bootstrap file, and the tables by nodule and by scan.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/contract/finding.js";
import { corners } from "../../src/evaluation/curves.js";
import { frocSweep, metricByName, type CountedUnits, type FrocSweep } from "../../src/metrics/index.js";
import { percentileInterval } from "../../src/stats/index.js";
import { effectiveProtocol } from "../../src/tasks/effective-protocol.js";
import { luna16Bounds, luna16Limits, luna16Rule } from "../../src/tasks/forms/compatibility/luna16.js";
import { matchCase, type MatchedCase } from "../../src/tasks/forms/matching.js";
import { scoreDetection } from "../../src/tasks/forms/detection.js";
import type { JoinedCase, ScoredSet } from "../../src/tasks/forms/scored-set.js";
import { lungNoduleDetection } from "../../src/tasks/profiles/lung-nodule-detection.js";
import { noteMissing, sharedFolder } from "../shared.js";

const shared = sharedFolder();
const folder = shared === null ? null : join(shared, "oracles/luna16");

interface Setting {
  annotations: string;
  excluded: string | null;
  scanList: string;
  scanRows: [number, number, number];
  marks: string;
  roundScores: number | null;
  maxMarksPerScan: number | null;
}
interface Result {
  setting: Setting;
  operatingPoints: number[];
  [key: string]: unknown;
}
interface Bootstrap {
  setting: Setting;
  result: string;
  weights: string[];
  [key: string]: unknown;
}
type Checks = Record<string, (value: never) => void>;

/** Calls the check of every key; a key that is not known fails. */
function everyKey(object: object, checks: Checks, what: string): void {
  for (const [key, value] of Object.entries(object)) {
    expect(checks[key], `${what}: unknown key ${key}`).toBeDefined();
    checks[key]?.(value as never);
  }
}

function near(found: unknown, expected: unknown, what: string): void {
  if (typeof found !== "number" || typeof expected !== "number") expect(found, what).toEqual(expected);
  else if (!(Math.abs(found - expected) <= 1e-9 * Math.max(1, Math.abs(expected))))
    expect.fail(`${what}: ${found}, expected ${expected}`);
}
function eachNear(found: ArrayLike<unknown>, expected: readonly unknown[], what: string): void {
  expect(found.length, what).toBe(expected.length);
  expected.forEach((value, at) => near(found[at], value, `${what} ${at}`));
}

describe("LUNA16", () => {
  if (folder === null || !existsSync(folder)) {
    noteMissing("LUNA16 oracle", 10);
    it("is not at hand", () => expect(folder === null || !existsSync(folder)).toBe(true));
    return;
  }
  const texts = new Map<string, string[][]>();
  const rowsOf = (name: string): string[][] => {
    const known = texts.get(name);
    if (known) return known;
    const bytes = readFileSync(join(folder, name));
    const rows = (name.endsWith(".gz") ? gunzipSync(bytes) : bytes)
      .toString("utf8")
      .split(/\r?\n/)
      .filter((line) => line !== "")
      .map((line) => line.split(","));
    texts.set(name, rows);
    return rows;
  };
  const tables = new Map<string, Map<string, number[][]>>();
  const byScan = (name: string) => {
    const known = tables.get(name);
    if (known) return known;
    const map = new Map<string, number[][]>();
    for (const [scan = "", ...rest] of rowsOf(name)) {
      const numbers = rest.map(Number);
      if (numbers.some(Number.isNaN)) continue;
      const rows = map.get(scan) ?? [];
      rows.push(numbers);
      map.set(scan, rows);
    }
    tables.set(name, map);
    return map;
  };
  const sphere = ([x = 0, y = 0, z = 0, diameter = 0]: number[], id: string, excluded: boolean): Finding => ({
    id,
    geometry: { type: "sphere", center: [x, y, z], diameterMm: diameter < 0 ? 10 : diameter },
    ...(excluded ? { excluded } : {}),
  });
  const scansOf = ({ scanList, scanRows: [first, end, step] }: Setting) =>
    rowsOf(scanList)
      .map(([scan]) => scan as string)
      .slice(first, end)
      .filter((_, at) => at % step === 0);
  const casesOf = (setting: Setting): JoinedCase[] => {
    const round = (score: number) =>
      setting.roundScores === null ? score : Math.floor(setting.roundScores * score + 0.5) / setting.roundScores;
    return scansOf(setting).map((scan, at): JoinedCase => ({
      id: `s${at}`,
      patient: at,
      reference: {
        case: scan,
        findings: [
          ...(byScan(setting.annotations).get(scan) ?? []).map((row, place) => sphere(row, `n${place}`, false)),
          ...(setting.excluded === null
            ? []
            : (byScan(setting.excluded).get(scan) ?? []).map((row, place) => sphere(row, `x${place}`, true))),
        ],
        labels: {},
        quantities: {},
        basis: { rule: "imported", readers: [] },
      },
      prediction: {
        case: scan,
        status: "ok",
        findings: (byScan(setting.marks).get(scan) ?? []).map(([x = 0, y = 0, z = 0, score = 0], place) => ({
          id: `m${place}`,
          geometry: { type: "point" as const, at: [x, y, z] },
          score: round(score),
        })),
        scores: {},
        labels: {},
        quantities: {},
      },
    }));
  };
  const sets = new Map<string, ScoredSet>();
  const scoredSet = (setting: Setting): ScoredSet => {
    const key = JSON.stringify(setting);
    const known = sets.get(key);
    if (known) return known;
    const base = effectiveProtocol(lungNoduleDetection, {
      schema: "medassay/protocol/1",
      task: "lung-nodule-detection",
      compatibility: "luna16",
      exclude: {},
    });
    const protocol = { ...base, match: { ...base.match, maxMarksPerCase: setting.maxMarksPerScan } };
    const cases = casesOf(setting);
    const set = scoreDetection(cases, cases.length, protocol);
    sets.set(key, set);
    return set;
  };
  const unitsOf = (setting: Setting, limits: readonly number[], frocReading: "step" | "linear"): CountedUnits => {
    const set = scoredSet(setting);
    const all = { cases: new Uint8Array(set.patientCount).fill(1) };
    return set.units(all, { threshold: null, thresholdFromTestSet: false, frocReading, frocLimits: limits });
  };
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => ({ name, file: JSON.parse(readFileSync(join(folder, name), "utf8")) as object }));
  const isThere = (setting: Setting) =>
    [setting.annotations, setting.excluded, setting.scanList, setting.marks].every(
      (name) => name === null || existsSync(join(folder, name)),
    );
  const results = new Map<string, Result>();
  for (const { file } of files) {
    if ("results" in file)
      for (const [name, result] of Object.entries(file.results as Record<string, Result>))
        if (isThere(result.setting)) results.set(name, result);
  }

  function checkResult(name: string, expected: Result): void {
    const { setting, operatingPoints } = expected;
    const set = scoredSet(setting);
    const counts = set.marks({ cases: new Uint8Array(set.patientCount).fill(1) }, null) ?? {};
    const kept = (counts.given ?? 0) - (counts.capped ?? 0);
    const step = unitsOf(setting, operatingPoints, "step");
    const linear = unitsOf(setting, operatingPoints, "linear");
    const sweep = frocSweep(step) as FrocSweep;
    const points = sweep.points();
    const scoreOf = (units: CountedUnits) => metricByName("froc-score").definition.prepare(units, null).estimate;
    const sensitivities = (units: CountedUnits) =>
      operatingPoints.map((limit) => metricByName("froc-sensitivity@1").definition.prepare(units, limit).estimate);
    const scans = scansOf(setting);
    const without = (table: string) => scans.filter((scan) => !byScan(table).has(scan)).length;
    everyKey(
      expected,
      {
        label: () => {},
        setting: () => {},
        operatingPoints: () => {},
        scans: (value: number) => expect(set.patientCount).toBe(value),
        scansWithoutCandidates: (value: number) => expect(without(setting.marks)).toBe(value),
        scansWithoutLesions: (value: number) => expect(without(setting.annotations)).toBe(value),
        counts: (values: object) =>
          everyKey(
            values,
            Object.fromEntries(
              Object.entries({
                TP: counts.lesionsFound,
                FN: (counts.lesions ?? 0) - (counts.lesionsFound ?? 0),
                FP: counts.falsePositive,
                candidates: kept,
                included: counts.lesions,
                ignoredOnExcluded: counts.ignored,
                duplicates: counts.duplicate,
                candidatesDroppedByCap: counts.capped,
                candidatesOnTwoIncluded: counts.onSeveral,
              }).map(([key, count]) => [key, (value: number) => expect(count, `${name} ${key}`).toBe(value)]),
            ),
            name,
          ),
        sensitivityAllMarks: (value: number) =>
          near((counts.lesionsFound as number) / (counts.lesions as number), value, name),
        candidatesPerScan: (value: number) => near(kept / set.patientCount, value, name),
        distinctThresholds: (value: number) => expect(points.length - 1).toBe(value),
        sensitivityStep: (values: number[]) => eachNear(sensitivities(step), values, name),
        sensitivityLinear: (values: number[]) => eachNear(sensitivities(linear), values, name),
        cpmStep: (value: number) => near(scoreOf(step), value, name),
        cpmLinear: (value: number) => near(scoreOf(linear), value, name),
        thresholdStep: (values: unknown[]) =>
          expect(sweep.readings().map(({ threshold }) => threshold)).toEqual(values),
        tpAtStep: (values: unknown[]) =>
          expect(sweep.readings().map(({ truePositives }) => truePositives)).toEqual(values),
        fpAtStep: (values: unknown[]) =>
          expect(sweep.readings().map(({ falsePositives }) => falsePositives)).toEqual(values),
        curveCorners: (values: unknown[]) => expect(turningPoints(points)).toEqual(values),
      },
      name,
    );
  }

  /** Ours keeps both ends of every slanting step; the reference drops the points between two of the same slope. */
  function turningPoints(points: ReturnType<FrocSweep["points"]>): unknown[] {
    const turning = corners(
      points.map((point) => ({ x: point.falsePositives, y: point.truePositives, threshold: point.threshold })),
    );
    return turning
      .filter((point, at) => {
        const [before, after] = [turning[at - 1], turning[at + 1]];
        if (!before || !after) return true;
        return (point.x - before.x) * (after.y - point.y) !== (point.y - before.y) * (after.x - point.x);
      })
      .map(({ x, y, threshold }) => [y, x, threshold]);
  }

  function checkBootstrap(name: string, file: Bootstrap): void {
    const result = results.get(file.result);
    if (result) expect(file.setting, name).toEqual(result.setting);
    const draws = file.weights.map((digits) => Uint16Array.from(digits, Number));
    const limits = result?.operatingPoints ?? luna16Limits;
    const read = (frocReading: "step" | "linear") => {
      const units = unitsOf(file.setting, limits, frocReading);
      const sweep = frocSweep(units) as FrocSweep;
      const score = metricByName("froc-score").definition.prepare(units, null);
      return {
        sensitivity: draws.map((weights, draw) => Array.from(sweep.weighted(weights, draw))),
        cpm: draws.map((weights, draw) => score.weighted(weights, draw)),
      };
    };
    const [step, linear] = [read("step"), read("linear")];
    const turned = (rows: number[][]) => limits.map((_, at) => rows.map((row) => row[at] as number));
    const bounds = (rows: number[][]) => turned(rows).map(luna16Bounds);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const percentiles = (values: number[]) => {
      const interval = percentileInterval(values);
      // No width: all replicates agree, and the house gives the reason in place of an interval.
      if (!interval.ok) expect(interval.reason).toBe("zero-variance");
      return interval.ok ? [interval.low, interval.high] : [values[0] as number, values[0] as number];
    };
    const rows = (found: number[][], what: string) => (values: number[][]) => {
      expect(found.length).toBe(values.length);
      values.forEach((row, at) => eachNear(found[at] as number[], row, `${name} ${what} ${at}`));
    };
    const { lesions } = unitsOf(file.setting, limits, "step");
    everyKey(
      file,
      {
        label: () => {},
        result: () => {},
        setting: () => {},
        note: () => {},
        weights: (values: string[]) => expect(values.length).toBeGreaterThan(0),
        replicates: (value: number) => expect(draws.length).toBe(value),
        lesions: (values: number[]) =>
          expect(
            draws.map((weights) =>
              [...(lesions?.patient ?? [])].reduce((sum, scan) => sum + (weights[scan] as number), 0),
            ),
          ).toEqual(values),
        sensitivityStep: rows(step.sensitivity, "step"),
        sensitivityLinear: rows(linear.sensitivity, "linear"),
        cpmStep: (values: number[]) => eachNear(step.cpm, values, name),
        cpmLinear: (values: number[]) => eachNear(linear.cpm, values, name),
        bounds: (values: object) =>
          everyKey(
            values,
            {
              rule: () => {},
              sensitivityStep: rows(bounds(step.sensitivity), "bounds step"),
              sensitivityLinear: rows(bounds(linear.sensitivity), "bounds linear"),
              cpmStep: (bound: number[]) => eachNear(luna16Bounds(step.cpm), bound, name),
              cpmLinear: (bound: number[]) => eachNear(luna16Bounds(linear.cpm), bound, name),
              meanSensitivityLinear: (means: number[]) => eachNear(turned(linear.sensitivity).map(mean), means, name),
              meanCpmLinear: (value: number) => near(mean(linear.cpm), value, name),
              percentileType7: (percentile: object) =>
                everyKey(
                  percentile,
                  {
                    cpmStep: (bound: number[]) => eachNear(percentiles(step.cpm), bound, name),
                    sensitivityStep: rows(turned(step.sensitivity).map(percentiles), "percentiles"),
                  },
                  name,
                ),
            },
            name,
          ),
      },
      name,
    );
  }

  for (const [name, result] of results) it(`reproduces ${name}`, () => checkResult(name, result));

  for (const { name, file } of files) {
    if ("weights" in file && !isThere((file as Bootstrap).setting)) noteMissing(name, 1);
    else if ("weights" in file) it(`weights scans as drawn: ${name}`, () => checkBootstrap(name, file as Bootstrap));
    else if (!("results" in file)) it(`${name} has a known shape`, () => expect(Object.keys(file)).toEqual([]));
  }

  const matchedOf = (setting: Setting): MatchedCase[] =>
    casesOf(setting).map(({ reference: { findings }, prediction }) =>
      matchCase(
        findings.filter(({ excluded }) => excluded !== true),
        findings.filter(({ excluded }) => excluded === true),
        prediction.findings,
        { ...luna16Rule, maxMarksPerCase: setting.maxMarksPerScan },
      ),
    );

  // Tables by nodule and by scan carry the name of their setting.
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".csv"))) {
    const own = [...results].find(([setting]) => name.endsWith(`-${setting}.csv`))?.[1];
    if (!own) continue;
    const [header = [], ...rows] = rowsOf(name);
    it(`reproduces every row of ${name}`, () => {
      const matched = matchedOf(own.setting);
      const found = header.includes("bestScore")
        ? matched.flatMap(({ lesions, marks }, scan) =>
            lesions.map(({ finding, score }, nodule) => {
              const { geometry } = finding;
              if (geometry.type !== "sphere") throw new Error("not a sphere");
              const inside = marks.filter((mark) => {
                const at = mark.finding.geometry.type === "point" ? mark.finding.geometry.at : [];
                const squared = at.reduce(
                  (sum, x, axis) =>
                    sum + (x - (geometry.center[axis] as number)) * (x - (geometry.center[axis] as number)),
                  0,
                );
                return squared < (geometry.diameterMm / 2) * (geometry.diameterMm / 2);
              }).length;
              return [scan, nodule, geometry.diameterMm, inside, score ?? ""];
            }),
          )
        : matched.map(({ lesions, marks }, scan) => [
            scan,
            lesions.length,
            lesions.filter(({ score }) => score !== null).length,
            marks.filter(({ kind }) => kind === "false-positive").length,
          ]);
      const expected = rows.map((row) => row.map((cell) => (cell === "" ? "" : Number(cell))));
      expect(found).toEqual(expected);
    });
  }

  it("has settings", () => expect(results.size).toBeGreaterThan(0));
});

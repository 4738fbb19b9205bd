/**
 * A real detector's marks on hundreds of scans: counts, corners, thresholds, sensitivities and means of every setting of
 * `oracles/luna16`, every stored draw of every bootstrap file, and the tables by nodule and by scan.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { gunzipSync } from "node:zlib";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/contract/finding.js";
import { corners } from "../../src/evaluation/curves.js";
import {
  frocSweep,
  metricByName,
  type CountedUnits,
  type FrocReading,
  type FrocSweep,
} from "../../src/metrics/index.js";
import { percentileInterval } from "../../src/stats/index.js";
import { effectiveProtocol } from "../../src/tasks/effective-protocol.js";
import { luna16Bounds, luna16Limits, luna16Rule } from "../../src/tasks/forms/compatibility/luna16.js";
import { matchCase, type MatchedCase } from "../../src/tasks/forms/matching.js";
import { scoreDetection } from "../../src/tasks/forms/detection.js";
import type { JoinedCase, ScoredSet } from "../../src/tasks/forms/scored-set.js";
import { lungNoduleDetection } from "../../src/tasks/profiles/lung-nodule-detection.js";
import { noteMissing } from "../shared.js";
import { documentsOf, isInformation, isObject, mayHoldCases, notePassedOver } from "./documents.js";

interface Setting {
  annotations: string;
  excluded?: string | null;
  scanList: string;
  scanRows: [number, number, number];
  marks: string;
  roundScores?: number | null;
  maxMarksPerScan?: number | null;
}
interface Result {
  setting: Setting;
  operatingPoints?: number[];
  [key: string]: unknown;
}
interface Bootstrap {
  setting: Setting;
  result: string;
  weights: string[];
  [key: string]: unknown;
}
type Checks = Record<string, (value: never) => void>;

/** Calls the check of every key that is no information; a key that is not known fails. */
function everyKey(object: object, checks: Checks, what: string): void {
  for (const [key, value] of Object.entries(object)) {
    if (isInformation(key)) continue;
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
  const at = documentsOf("luna16");
  if (at === null) {
    noteMissing("LUNA16 oracle", 10);
    it("is not at hand", () => expect(documentsOf("luna16")).toBeNull());
    return;
  }
  const { root: folder, documents } = at;
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
    const { roundScores = null, excluded = null } = setting;
    const round = (score: number) =>
      roundScores === null ? score : Math.floor(roundScores * score + 0.5) / roundScores;
    return scansOf(setting).map((scan, at): JoinedCase => ({
      id: `s${at}`,
      patient: at,
      reference: {
        case: scan,
        findings: [
          ...(byScan(setting.annotations).get(scan) ?? []).map((row, place) => sphere(row, `n${place}`, false)),
          ...(excluded === null
            ? []
            : (byScan(excluded).get(scan) ?? []).map((row, place) => sphere(row, `x${place}`, true))),
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
    const protocol = { ...base, match: { ...base.match, maxMarksPerCase: setting.maxMarksPerScan ?? null } };
    const cases = casesOf(setting);
    const set = scoreDetection(cases, cases.length, protocol);
    sets.set(key, set);
    return set;
  };
  const unitsOf = (setting: Setting, limits: readonly number[], frocReading: "step" | "linear"): CountedUnits => {
    const set = scoredSet(setting);
    const all = { cases: new Uint8Array(set.patientCount).fill(1) };
    return set.units(all, {
      threshold: null,
      thresholdFromTestSet: false,
      frocReading,
      frocLimits: [...limits].sort((a, b) => a - b),
    });
  };
  const isThere = ({ annotations, excluded = null, scanList, marks }: Setting) =>
    [annotations, excluded, scanList, marks].every((name) => name === null || existsSync(join(folder, name)));
  /** Two documents may have a result of one name. */
  const results: { file: string; name: string; result: Result }[] = [];
  const bootstraps: { name: string; file: Bootstrap }[] = [];
  for (const { name: file, content } of documents) {
    if (isObject(content) && isObject(content.results)) {
      for (const [name, result] of Object.entries(content.results as Record<string, Result>))
        if (isThere(result.setting)) results.push({ file, name, result });
        else noteMissing(`tables of ${file} ${name}`, 1);
    } else if (isObject(content) && Array.isArray(content.weights) && isObject(content.setting)) {
      const bootstrap = content as unknown as Bootstrap;
      if (isThere(bootstrap.setting)) bootstraps.push({ name: file, file: bootstrap });
      else noteMissing(`tables of ${file}`, 1);
    } else {
      if (!mayHoldCases(content)) notePassedOver("luna16", file);
      it(`${file} holds nothing that is not read`, () => expect(mayHoldCases(content)).toBe(false));
    }
  }
  const valuesOf = (values: ArrayLike<number>) => Array.from(values, (one) => (Number.isNaN(one) ? null : one));

  function checkResult(name: string, expected: Result): void {
    const { setting, operatingPoints = luna16Limits } = expected;
    const set = scoredSet(setting);
    const counts = set.marks({ cases: new Uint8Array(set.patientCount).fill(1) }, null) ?? {};
    const kept = (counts.given ?? 0) - (counts.capped ?? 0);
    const step = unitsOf(setting, operatingPoints, "step");
    const linear = unitsOf(setting, operatingPoints, "linear");
    const sweep = frocSweep(step) as FrocSweep;
    const points = sweep.points();
    const readings = sweep.readings();
    const readAt = operatingPoints.map((limit) => readings[sweep.limits.indexOf(limit)] as FrocReading);
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
        thresholdStep: (values: unknown[]) => expect(readAt.map(({ threshold }) => threshold)).toEqual(values),
        tpAtStep: (values: unknown[]) => expect(readAt.map(({ truePositives }) => truePositives)).toEqual(values),
        fpAtStep: (values: unknown[]) => expect(readAt.map(({ falsePositives }) => falsePositives)).toEqual(values),
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
    // Without the document of its result the bootstrap stands alone; one of that name must be of this setting.
    const named = results.filter((one) => one.name === file.result).map(({ result }) => result);
    const result = named.find(({ setting }) => isDeepStrictEqual(setting, file.setting)) ?? named[0];
    if (result) expect(file.setting, name).toEqual(result.setting);
    const draws = file.weights.map((digits) => Uint16Array.from(digits, Number));
    const limits = result?.operatingPoints ?? luna16Limits;
    const read = (frocReading: "step" | "linear") => {
      const units = unitsOf(file.setting, limits, frocReading);
      const sweep = frocSweep(units) as FrocSweep;
      const score = metricByName("froc-score").definition.prepare(units, null);
      return {
        sensitivity: draws.map((weights, draw) => {
          const values = sweep.weighted(weights, draw);
          return limits.map((limit) => values[sweep.limits.indexOf(limit)] as number);
        }),
        cpm: draws.map((weights, draw) => score.weighted(weights, draw)),
      };
    };
    const [step, linear] = [read("step"), read("linear")];
    const turned = (rows: number[][]) => limits.map((_, at) => rows.map((row) => row[at] as number));
    const bounds = (rows: number[][]) => turned(rows).map(luna16Bounds);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const percentiles = (values: number[], what: string) => (bounds: number[] | null) => {
      const interval = percentileInterval(values);
      if (interval.ok) eachNear([interval.low, interval.high], bounds ?? ["no interval"], what);
      else if (bounds === null) expect(["zero-variance", "resampling-degenerate"], what).toContain(interval.reason);
      else {
        // No width: all replicates agree, and the house gives the reason in place of an interval.
        expect(interval.reason, what).toBe("zero-variance");
        const value = values.find((one) => !Number.isNaN(one));
        eachNear([value, value], bounds, what);
      }
    };
    const rows = (found: number[][], what: string) => (values: (number | null)[][]) => {
      expect(found.length).toBe(values.length);
      values.forEach((row, at) => eachNear(valuesOf(found[at] as number[]), row, `${name} ${what} ${at}`));
    };
    const { lesions } = unitsOf(file.setting, limits, "step");
    everyKey(
      file,
      {
        label: () => {},
        result: () => {},
        setting: () => {},
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
        cpmStep: (values: number[]) => eachNear(valuesOf(step.cpm), values, name),
        cpmLinear: (values: number[]) => eachNear(valuesOf(linear.cpm), values, name),
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
                    cpmStep: percentiles(step.cpm, `${name} percentiles`),
                    sensitivityStep: (bounds: (number[] | null)[]) => {
                      expect(bounds.length).toBe(limits.length);
                      turned(step.sensitivity).forEach((values, at) =>
                        percentiles(values, `${name} percentiles ${at}`)(bounds[at] as number[] | null),
                      );
                    },
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

  for (const { file, name, result } of results) {
    const twice = results.filter((one) => one.name === name).length > 1;
    it(`reproduces ${twice ? `${file} ` : ""}${name}`, () => checkResult(name, result));
  }
  for (const { name, file } of bootstraps) it(`weights scans as drawn: ${name}`, () => checkBootstrap(name, file));

  const matchedOf = (setting: Setting): MatchedCase[] =>
    casesOf(setting).map(({ reference: { findings }, prediction }) =>
      matchCase(
        findings.filter(({ excluded }) => excluded !== true),
        findings.filter(({ excluded }) => excluded === true),
        prediction.findings,
        { ...luna16Rule, maxMarksPerCase: setting.maxMarksPerScan ?? null },
      ),
    );

  const noduleColumns = ["scanIndex", "noduleIndexInScan", "diameter_mm", "hits", "bestScore"];
  const scanColumns = ["scanIndex", "lesions", "detected", "falsePositives"];
  function tableOf(setting: Setting, byNodule: boolean): unknown[][] {
    const matched = matchedOf(setting);
    if (!byNodule)
      return matched.map(({ lesions, marks }, scan) => [
        scan,
        lesions.length,
        lesions.filter(({ score }) => score !== null).length,
        marks.filter(({ kind }) => kind === "false-positive").length,
      ]);
    return matched.flatMap(({ lesions, marks }, scan) =>
      lesions.map(({ finding, score }, nodule) => {
        const { geometry } = finding;
        if (geometry.type !== "sphere") throw new Error("not a sphere");
        const inside = marks.filter((mark) => {
          const at = mark.finding.geometry.type === "point" ? mark.finding.geometry.at : [];
          const squared = at.reduce(
            (sum, x, axis) => sum + (x - (geometry.center[axis] as number)) * (x - (geometry.center[axis] as number)),
            0,
          );
          return squared < (geometry.diameterMm / 2) * (geometry.diameterMm / 2);
        }).length;
        return [scan, nodule, geometry.diameterMm, inside, score ?? ""];
      }),
    );
  }

  // Tables by nodule and by scan are known by their header. Most carry the name of their result; any other one must fit one.
  for (const name of readdirSync(folder).filter((file) => /\.csv(\.gz)?$/.test(file))) {
    const [header = [], ...rows] = rowsOf(name);
    if (header[0] !== "scanIndex") continue;
    const settings = (some: typeof results) => [...new Set(some.map(({ result }) => JSON.stringify(result.setting)))];
    const own = settings(results.filter((one) => name.replace(/\.gz$/, "").endsWith(`-${one.name}.csv`)));
    const possible = own.length > 0 ? own : settings(results);
    if (possible.length === 0) noteMissing(`the result of ${name}`, 1);
    else
      it(`reproduces every row of ${name}`, () => {
        const byNodule = header.includes("bestScore");
        const places = header.map((column) => (byNodule ? noduleColumns : scanColumns).indexOf(column));
        expect(places, `unknown column among ${header.join()}`).not.toContain(-1);
        const expected = rows.map((row) => row.map((cell) => (cell === "" ? "" : Number(cell))));
        const tables = possible.map((setting) =>
          tableOf(JSON.parse(setting) as Setting, byNodule).map((row) => places.map((place) => row[place])),
        );
        expect(tables.find((table) => isDeepStrictEqual(table, expected)) ?? tables[0]).toEqual(expected);
      });
  }

  if (results.length + bootstraps.length === 0) {
    noteMissing("LUNA16 oracle", 10);
    it("has no setting of which all tables are at hand", () => expect(results).toEqual([]));
  }
});

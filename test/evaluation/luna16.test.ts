/** A real detector's 55,677 marks on 888 scans: counts, corners, sensitivities and mean of every setting, to the digit. */
import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/contract/finding.js";
import { corners } from "../../src/evaluation/curves.js";
import { frocSweep, metricByName, type FrocSweep } from "../../src/metrics/index.js";
import { effectiveProtocol } from "../../src/tasks/effective-protocol.js";
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
interface Expected {
  setting: Setting;
  scans: number;
  counts: {
    TP: number;
    FP: number;
    FN: number;
    candidates: number;
    included: number;
    ignoredOnExcluded: number;
    duplicates: number;
    candidatesDroppedByCap: number;
  };
  operatingPoints: number[];
  sensitivityLinear: number[];
  cpmLinear: number;
  sensitivityStep: number[];
  cpmStep: number;
  thresholdStep: (number | null)[];
  curveCorners: [number, number, number | null][];
}

describe("LUNA16", () => {
  if (folder === null || !existsSync(join(folder, "expected.json"))) {
    noteMissing("LUNA16 oracle", 7);
    it("is not at hand", () =>
      expect(shared === null || !existsSync(join(shared, "oracles/luna16/expected.json"))).toBe(true));
    return;
  }
  const rowsOf = (name: string): string[][] => {
    const bytes = readFileSync(join(folder, name));
    const text = (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
    return text
      .split(/\r?\n/)
      .filter((line) => line !== "")
      .map((line) => line.split(","));
  };
  const byScan = (name: string) => {
    const map = new Map<string, number[][]>();
    for (const [scan = "", ...rest] of rowsOf(name)) {
      const numbers = rest.map(Number);
      if (numbers.some(Number.isNaN)) continue;
      map.set(scan, [...(map.get(scan) ?? []), numbers]);
    }
    return map;
  };
  const results = (
    JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as { results: Record<string, Expected> }
  ).results;
  const marksOf = byScan("marks-dpn3d26.csv.gz");
  const nodulesOf = byScan("annotations.csv");
  const excludedOf = byScan("annotations_excluded.csv.gz");

  const sphere = ([x = 0, y = 0, z = 0, diameter = 0]: number[], id: string, excluded: boolean): Finding => ({
    id,
    geometry: { type: "sphere", center: [x, y, z], diameterMm: diameter < 0 ? 10 : diameter },
    ...(excluded ? { excluded } : {}),
  });

  const scoredSet = (setting: Setting): ScoredSet => {
    const [first, end, step] = setting.scanRows;
    const scans = rowsOf(setting.scanList)
      .map(([scan]) => scan as string)
      .slice(first, end)
      .filter((_, at) => at % step === 0);
    const base = effectiveProtocol(lungNoduleDetection, {
      schema: "medassay/protocol/1",
      task: "lung-nodule-detection",
      compatibility: "luna16",
      exclude: {},
    });
    const protocol = { ...base, match: { ...base.match, maxMarksPerCase: setting.maxMarksPerScan } };
    const round = (score: number) =>
      setting.roundScores === null ? score : Math.floor(setting.roundScores * score + 0.5) / setting.roundScores;
    const cases = scans.map((scan, at): JoinedCase => ({
      id: `s${at}`,
      patient: at,
      reference: {
        case: scan,
        findings: [
          ...(nodulesOf.get(scan) ?? []).map((row, place) => sphere(row, `n${place}`, false)),
          ...(setting.excluded === null
            ? []
            : (excludedOf.get(scan) ?? []).map((row, place) => sphere(row, `x${place}`, true))),
        ],
        labels: {},
        quantities: {},
        basis: { rule: "imported", readers: [] },
      },
      prediction: {
        case: scan,
        status: "ok",
        findings: (marksOf.get(scan) ?? []).map(([x = 0, y = 0, z = 0, score = 0], place) => ({
          id: `m${place}`,
          geometry: { type: "point" as const, at: [x, y, z] },
          score: round(score),
        })),
        scores: {},
        labels: {},
        quantities: {},
      },
    }));
    return scoreDetection(cases, cases.length, protocol);
  };

  it("has settings", () => expect(Object.keys(results).length).toBeGreaterThan(0));

  for (const [name, expected] of Object.entries(results)) {
    it(`reproduces ${name}`, () => {
      const { setting } = expected;
      const set = scoredSet(setting);
      const all = { cases: new Uint8Array(expected.scans).fill(1) };
      const counts = set.marks(all, null) ?? {};
      expect({
        TP: counts.lesionsFound,
        FN: (counts.lesions ?? 0) - (counts.lesionsFound ?? 0),
        FP: counts.falsePositive,
        candidates: (counts.given ?? 0) - (counts.capped ?? 0),
        included: counts.lesions,
        ignoredOnExcluded: counts.ignored,
        duplicates: counts.duplicate,
        candidatesDroppedByCap: counts.capped,
      }).toEqual(
        Object.fromEntries(Object.entries(expected.counts).filter(([key]) => key !== "candidatesOnTwoIncluded")),
      );
      const unitsFor = (frocReading: "step" | "linear") =>
        set.units(all, {
          threshold: null,
          thresholdFromTestSet: false,
          frocReading,
          frocLimits: expected.operatingPoints,
        });
      const sweep = frocSweep(unitsFor("step")) as FrocSweep;
      const turning = corners(
        sweep
          .points()
          .map((point) => ({ x: point.falsePositives, y: point.truePositives, threshold: point.threshold })),
      );
      // Ours keeps both ends of every slanting step; the oracle drops the points between two of the same slope.
      const straight = turning.filter((point, at) => {
        const [before, after] = [turning[at - 1], turning[at + 1]];
        if (!before || !after) return true;
        return (point.x - before.x) * (after.y - point.y) !== (point.y - before.y) * (after.x - point.x);
      });
      expect(straight.map(({ x, y, threshold }) => [y, x, threshold])).toEqual(expected.curveCorners);
      const near = (found: number, wanted: number) =>
        expect(Math.abs(found - wanted)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(wanted)));
      sweep.readings().forEach((reading, at) => {
        near(reading.sensitivity, expected.sensitivityStep[at] as number);
        expect(reading.threshold).toBe(expected.thresholdStep[at]);
      });
      const linear = frocSweep(unitsFor("linear")) as FrocSweep;
      linear.readings().forEach((reading, at) => near(reading.sensitivity, expected.sensitivityLinear[at] as number));
      const { definition } = metricByName("froc-score");
      near(definition.prepare(unitsFor("step"), null).estimate as number, expected.cpmStep);
      near(definition.prepare(unitsFor("linear"), null).estimate as number, expected.cpmLinear);
    });
  }

  it("weights scans as drawn: every stored replicate of the sub-list", () => {
    const file = JSON.parse(readFileSync(join(folder, "bootstrap-scans400-500-cap100.json"), "utf8")) as {
      setting: Setting;
      weights: string[];
      sensitivityStep: number[][];
    };
    const { operatingPoints } = results["scans400-500-cap100"] as Expected;
    const set = scoredSet(file.setting);
    const all = { cases: new Uint8Array(set.patientCount).fill(1) };
    const settings = {
      threshold: null,
      thresholdFromTestSet: false,
      frocReading: "step" as const,
      frocLimits: operatingPoints,
    };
    const sweep = frocSweep(set.units(all, settings)) as FrocSweep;
    expect(file.weights.length).toBe(100);
    file.weights.forEach((digits, replicate) => {
      const found = Array.from(sweep.weighted(Uint16Array.from(digits, Number), replicate));
      found.forEach((value, at) =>
        expect(Math.abs(value - ((file.sensitivityStep[replicate] as number[])[at] as number))).toBeLessThan(1e-12),
      );
    });
  });
});

/** Detection maps against lesion masks: rows, points, AP, AUROC, score and sensitivities of every file and setting of `oracles/picai`. */
import { describe, expect, it } from "vitest";
import type { Reason } from "../../src/contract/reasons.js";
import {
  picaiCase,
  picaiDefaults,
  picaiPeerSensitivity,
  picaiResult,
  picaiSensitivity,
  type PicaiCase,
  type PicaiResult,
  type PicaiSettings,
} from "../../src/tasks/forms/compatibility/picai.js";
import { noteMissing } from "../shared.js";
import { documentsOf, isInformation, isObject, mayHoldCases, notePassedOver } from "./documents.js";

interface Setting {
  overlap: string;
  minOverlap?: number;
  duplicatesDropped: boolean;
  [key: string]: unknown;
}
interface PicaiFile {
  cases: Record<string, { shape: number[]; detection: number[]; label: number[] }>;
  expected: Record<string, Setting>;
}
type Checks = Record<string, (value: never) => void>;

/** Runs of equal values: [count, value, count, value ...]. */
function unpacked(runs: readonly number[], count: number): Float64Array {
  const values = new Float64Array(count);
  let at = 0;
  for (let run = 0; run < runs.length; run += 2) {
    values.fill(runs[run + 1] as number, at, at + (runs[run] as number));
    at += runs[run] as number;
  }
  expect(at).toBe(count);
  return values;
}

const measures: Record<string, PicaiSettings["overlap"]> = { IoU: "iou", DSC: "dice" };

/** A number to 1e-9, or null with the reason that the situation asks for. */
function near(found: number | null, expected: unknown, what: string, why: unknown = null, asked: unknown = null): void {
  if (found === null || expected === null) expect([found, why], what).toEqual([expected, asked]);
  else expect(Math.abs(found - Number(expected)), what).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(found)));
}

function everyKey(expected: object, checks: Checks, what: string): void {
  for (const [key, value] of Object.entries(expected)) {
    if (isInformation(key)) continue;
    expect(checks[key], `${what}: unknown key ${key}`).toBeDefined();
    checks[key]?.(value as never);
  }
}

function checkRows(own: PicaiCase, rows: readonly (readonly number[])[], what: string): void {
  const sorted = (list: readonly (readonly number[])[]) =>
    [...list].sort((a, b) => a.reduce((order, value, at) => order || value - (b[at] as number), 0));
  const found = sorted(own.rows.map(({ isLesion, confidence, overlap }) => [isLesion, confidence, overlap]));
  const expected = sorted(rows);
  expect(
    found.map(([isLesion, confidence]) => [isLesion, confidence]),
    what,
  ).toEqual(expected.map(([isLesion, confidence]) => [isLesion, confidence]));
  found.forEach(([, , overlap], at) =>
    expect(Math.abs((overlap as number) - (expected[at]?.[2] as number)), what).toBeLessThanOrEqual(1e-6),
  );
}

function evaluated(file: PicaiFile, setting: Setting): { cases: Map<string, PicaiCase>; result: PicaiResult } {
  const overlap = measures[setting.overlap];
  if (!overlap) throw new Error(`unknown overlap ${setting.overlap}`);
  const settings: PicaiSettings = {
    overlap,
    atLeast: setting.minOverlap ?? picaiDefaults.atLeast,
    duplicates: setting.duplicatesDropped ? "drop" : "false-positive",
  };
  const cases = new Map(
    Object.entries(file.cases).map(([id, { shape, detection, label }]) => {
      const count = shape.reduce((product, size) => product * size, 1);
      return [id, picaiCase(unpacked(detection, count), unpacked(label, count), shape, settings)];
    }),
  );
  return { cases, result: picaiResult([...cases.values()]) };
}

/** Why there is no value of lesions, and none of cases, by the label maps alone. */
function reasonsOf(file: PicaiFile): { ofLesions: Reason | null; ofCases: Reason | null } {
  const abnormal = Object.values(file.cases).map(({ label }) => label.some((value, at) => at % 2 === 1 && value > 0));
  const ofLesions = abnormal.length === 0 ? "no-data" : abnormal.some(Boolean) ? null : "no-positives";
  return { ofLesions, ofCases: ofLesions ?? (abnormal.every(Boolean) ? "no-negatives" : null) };
}

function checkSetting(file: PicaiFile, setting: Setting, name: string): void {
  const { cases, result } = evaluated(file, setting);
  const { ofLesions, ofCases } = reasonsOf(file);
  const { reasons } = result;
  everyKey(
    setting,
    {
      overlap: () => {},
      minOverlap: () => {},
      duplicatesDropped: () => {},
      cases: (value: number) => expect(result.cases).toBe(value),
      lesions: (value: number) => expect(result.lesions).toBe(value),
      casesWithLesion: (value: number) =>
        expect([...cases.values()].filter(({ abnormal }) => abnormal).length).toBe(value),
      perCase: (value: Record<string, object>) => {
        for (const [id, expected] of Object.entries(value)) {
          const own = cases.get(id);
          const what = `${name} ${id}`;
          if (own === undefined) throw new Error(`${what} is none of the cases`);
          everyKey(
            expected,
            {
              rows: (rows: number[][]) => checkRows(own, rows, what),
              caseScore: (score: number) => expect(own.score, what).toBe(score),
              duplicates: (count: number) => expect(own.duplicates, what).toBe(count),
            },
            what,
          );
        }
      },
      averagePrecision: (value: number | null) =>
        near(result.averagePrecision, value, name, reasons.averagePrecision, ofLesions),
      auroc: (value: number | null) => near(result.auroc, value, name, reasons.auroc, ofCases),
      score: (value: number | null) => near(result.score, value, name, reasons.score, ofCases),
      points: (value: unknown[]) =>
        expect([
          [0, 0, null],
          ...result.points.map((point) => [point.truePositives, point.falsePositives, point.threshold]),
        ]).toEqual(value),
      sensitivityAtFpPerCase: (value: Record<string, number | null>) =>
        Object.entries(value).forEach(([limit, expected]) =>
          near(picaiSensitivity(result, Number(limit)), expected, name, reasons.averagePrecision, ofLesions),
        ),
    },
    name,
  );
}

/** The peer's answers under the names that are known; what else a peer said is information. */
function checkPeer(file: PicaiFile, setting: Setting, peer: Record<string, unknown>, name: string): void {
  const { result } = evaluated(file, setting);
  const equal = (found: number | null, value: unknown) => near(found, value, name);
  const checks: Checks = {
    AP: (value: number | null) => equal(result.averagePrecision, value),
    AUROC: (value: number | null) => equal(result.auroc, value),
    lesion_TPR: (value: number[]) => expect(result.peer.lesionTpr, name).toEqual(value),
    lesion_FPR: (value: (number | null)[]) =>
      expect(
        result.peer.lesionFpr.map((rate) => (rate === Infinity ? null : rate)),
        name,
      ).toEqual(value),
    thresholds: (value: number[]) => expect(result.peer.thresholds, name).toEqual(value),
    sensitivityAtFpPerCase: (value: Record<string, number>) =>
      Object.entries(value).forEach(([limit, expected]) =>
        expect(picaiPeerSensitivity(result, Number(limit)), `${name} at ${limit}`).toBe(expected),
      ),
  };
  for (const [key, value] of Object.entries(peer)) checks[key]?.(value as never);
}

/** Answers of picai_eval 1.4.13: all keys of its curve at once, and no other version named. */
const isReproduced = (peer: unknown): peer is Record<string, unknown> =>
  isObject(peer) && ["lesion_TPR", "lesion_FPR", "thresholds"].every((key) => key in peer) && !("version" in peer);

const isPicaiFile = (content: unknown): content is PicaiFile =>
  isObject(content) && isObject(content.cases) && isObject(content.expected);

describe("PI-CAI", () => {
  const found = documentsOf("picai");
  if (found === null) {
    noteMissing("PI-CAI oracles", 328);
    it("is not at hand", () => expect(documentsOf("picai")).toBeNull());
    return;
  }
  for (const { name, content } of found.documents) {
    if (!isPicaiFile(content)) {
      if (!mayHoldCases(content)) notePassedOver("picai", name);
      it(`${name} holds nothing that is not read`, () => expect(mayHoldCases(content)).toBe(false));
      continue;
    }
    for (const [key, setting] of Object.entries(content.expected)) {
      if (isInformation(key)) continue;
      const what = `${name} ${key}`;
      it(`reproduces ${what}`, () => checkSetting(content, setting, what));
      // Known fault of the peer: no target for our curve, but the compatibility mode must be able to give its answer.
      const { peer } = setting;
      if (isReproduced(peer)) it(`gives the peer's answer to ${what}`, () => checkPeer(content, setting, peer, what));
    }
  }
});

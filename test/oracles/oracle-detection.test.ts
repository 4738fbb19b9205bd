/** Matching and FROC against the hand-worked, random, box and paired-bootstrap oracles: counts, curve, sensitivities exact. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/contract/finding.js";
import type { EffectiveProtocol, MatchRule } from "../../src/contract/protocol.js";
import { FrocSweep, frocSweep } from "../../src/metrics/index.js";
import { effectiveProtocol } from "../../src/tasks/effective-protocol.js";
import { scoreDetection } from "../../src/tasks/forms/detection.js";
import type { JoinedCase } from "../../src/tasks/forms/scored-set.js";
import { lungNoduleDetection } from "../../src/tasks/profiles/lung-nodule-detection.js";
import { noteMissing, sharedFolder } from "../shared.js";

type Row = [number, ...number[]];
interface Expected {
  TP: number;
  FN: number;
  FP: number;
  duplicates: number;
  ignored: number;
  curve: [number, number, number | null][];
  sensitivity: (number | null)[];
  frocScore: number | null;
}
interface OracleCase {
  id: string;
  nCases: number;
  lesions: Row[];
  excluded: Row[];
  marks: Row[];
  criterion: { rMin: number; strict: boolean };
  expected: { oneToOne: Expected; hitRule: Expected; limitReached?: boolean[] };
}

const shared = sharedFolder();
const folder = shared === null ? null : join(shared, "oracles/detection");

function sphere([, x = 0, y = 0, z = 0, diameter = 0]: Row, at: number, prefix: string): Finding {
  const radiusless = diameter === -1 ? 10 : diameter;
  return radiusless > 0
    ? { id: `${prefix}${at}`, geometry: { type: "sphere", center: [x, y, z], diameterMm: radiusless } }
    : { id: `${prefix}${at}`, geometry: { type: "point", at: [x, y, z] } };
}

const mark = ([, x = 0, y = 0, z = 0, score = 0]: Row, at: number): Finding => ({
  id: `m${at}`,
  geometry: { type: "point", at: [x, y, z] },
  score,
});

function protocolOf(match: Partial<MatchRule>): EffectiveProtocol {
  const base = effectiveProtocol(lungNoduleDetection, null);
  return { ...base, exclude: {}, match: { ...base.match, ...match } };
}

function joined(
  nCases: number,
  truth: (at: number) => Finding[],
  marks: (at: number) => Finding[],
  patientOf = (at: number) => at,
): JoinedCase[] {
  return Array.from({ length: nCases }, (_, at) => ({
    id: `c${at}`,
    patient: patientOf(at),
    reference: {
      case: `c${at}`,
      findings: truth(at),
      labels: {},
      quantities: {},
      basis: { rule: "oracle", readers: [] },
    },
    prediction: { case: `c${at}`, status: "ok", findings: marks(at), scores: {}, labels: {}, quantities: {} },
  }));
}

const settings = (limits: number[]) => ({
  threshold: null,
  thresholdFromTestSet: false,
  frocReading: "step" as const,
  frocLimits: limits,
});
const close = (found: number | null, expected: number | null) => {
  if (expected === null || found === null) expect(found).toBe(expected);
  else expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
};

function check(oracle: OracleCase, limits: number[], assignment: MatchRule["assignment"]): void {
  const of = (rows: Row[], at: number) => rows.filter(([index]) => index === at);
  const cases = joined(
    oracle.nCases,
    (at) => [
      ...of(oracle.lesions, at).map((row, place) => sphere(row, place, "l")),
      ...of(oracle.excluded, at).map((row, place) => ({ ...sphere(row, place, "x"), excluded: true })),
    ],
    (at) => of(oracle.marks, at).map(mark),
  );
  const protocol = protocolOf({
    assignment,
    comparator: oracle.criterion.strict ? "lt" : "le",
    minRadiusMm: oracle.criterion.rMin,
  });
  const set = scoreDetection(cases, cases.length, protocol);
  const all = { cases: new Uint8Array(cases.length).fill(1) };
  const expected = oracle.expected[assignment === "one-to-one" ? "oneToOne" : "hitRule"];
  const counts = set.marks(all, null) ?? {};
  expect(
    [
      counts.lesionsFound,
      (counts.lesions ?? 0) - (counts.lesionsFound ?? 0),
      counts.falsePositive,
      counts.duplicate,
      counts.ignored,
    ],
    oracle.id,
  ).toEqual([expected.TP, expected.FN, expected.FP, expected.duplicates, expected.ignored]);
  const sweep = frocSweep(set.units(all, settings(limits))) as FrocSweep;
  const points = sweep
    .points()
    .map(({ truePositives, falsePositives, threshold }) => [truePositives, falsePositives, threshold]);
  expect(points, oracle.id).toEqual(expected.curve);
  const readings = sweep.readings();
  readings.forEach((reading, at) => {
    if (sweep.lesionCount === 0) expect(expected.sensitivity[at]).toBeNull();
    else close(reading.sensitivity, expected.sensitivity[at] ?? null);
    const reached = oracle.expected.limitReached?.[at];
    if (reached !== undefined && oracle.nCases > 0) expect(reading.limitReached, oracle.id).toBe(reached);
  });
}

describe("detection oracles", () => {
  if (folder === null) {
    noteMissing("detection oracles", 98);
    it("are not at hand", () => expect(folder).toBeNull());
    return;
  }
  const suites = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")))
    .filter((file) => Array.isArray(file.cases));
  const cases = suites.flatMap((file) =>
    (file.cases as OracleCase[]).map((one) => ({ one, limits: file.limits as number[] })),
  );

  it("are there", () => expect(cases.length).toBeGreaterThan(0));

  for (const { one, limits } of cases) {
    it(`one-to-one, maximal at every threshold: ${one.id}`, () => check(one, limits, "one-to-one"));
    it(`hit rule: ${one.id}`, () => check(one, limits, "hit-rule"));
  }

  it("does not depend on the order of marks", () => {
    for (const { one, limits } of cases) check({ ...one, marks: [...one.marks].reverse() }, limits, "one-to-one");
  });

  it("matches 2-D boxes by IoU one-to-one", () => {
    const file = JSON.parse(readFileSync(join(folder, "boxes.json"), "utf8"));
    const box = ([, x0 = 0, y0 = 0, x1 = 0, y1 = 0]: Row) => ({ type: "box" as const, min: [x0, y0], max: [x1, y1] });
    const entries = Object.values(file.expected) as { iouThreshold: number; oneToOne: Expected }[];
    expect(entries.length).toBe(3);
    for (const entry of entries) {
      const threshold = entry.iouThreshold;
      const protocol = protocolOf({ rule: "overlap", overlap: { measure: "iou", atLeast: threshold } });
      const findings = (rows: Row[], at: number, scored: boolean) =>
        rows
          .filter(([index]) => index === at)
          .map((row, place): Finding => ({
            id: `f${place}`,
            geometry: box(row),
            ...(scored ? { score: row[5] as number } : {}),
          }));
      const cases2d = joined(
        file.nCases,
        (at) => findings(file.reference, at, false),
        (at) => findings(file.marks, at, true),
      );
      const set = scoreDetection(cases2d, cases2d.length, protocol);
      const counts = set.marks({ cases: new Uint8Array(cases2d.length).fill(1) }, null) ?? {};
      const expected = entry.oneToOne;
      expect([counts.lesionsFound, counts.falsePositive, counts.duplicate], `IoU ${threshold}`).toEqual([
        expected.TP,
        expected.FP,
        expected.duplicates,
      ]);
    }
  });

  it("weights patients as drawn: paired replicates of two detectors", () => {
    const file = JSON.parse(readFileSync(join(folder, "paired-bootstrap.json"), "utf8"));
    const sweepOf = (marks: Row[]) => {
      const of = (rows: Row[], at: number) => rows.filter(([index]) => index === at);
      const cases2 = joined(
        file.nCases,
        (at) => of(file.lesions, at).map((row, place) => sphere(row, place, "l")),
        (at) => of(marks, at).map(mark),
        (at) => file.patientOfCase[at],
      );
      const set = scoreDetection(cases2, file.patients, protocolOf({}));
      return frocSweep(set.units({ cases: new Uint8Array(cases2.length).fill(1) }, settings(file.limits))) as FrocSweep;
    };
    const [a, b] = [sweepOf(file.marksA), sweepOf(file.marksB)];
    const { expected } = file;
    a.readings().forEach((reading, at) => close(reading.sensitivity, expected.sensitivityA[at]));
    b.readings().forEach((reading, at) => close(reading.sensitivity, expected.sensitivityB[at]));
    expect(expected.replicateWeights.length).toBeGreaterThan(0);
    expected.replicateWeights.forEach((digits: string, replicate: number) => {
      const weights = Uint16Array.from(digits, Number);
      a.weighted(weights, replicate).forEach((value, at) =>
        close(value, expected.replicateSensitivityA[replicate][at]),
      );
      b.weighted(weights, replicate).forEach((value, at) =>
        close(value, expected.replicateSensitivityB[replicate][at]),
      );
    });
  });
});

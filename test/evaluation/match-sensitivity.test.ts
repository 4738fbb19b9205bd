/** How detection results depend on the match rule: every row is what an evaluation under that rule gives. */
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/contract/finding.js";
import type { EffectiveProtocol, MatchRule } from "../../src/contract/protocol.js";
import type { MatchVariant } from "../../src/contract/result.js";
import { suppressed } from "../../src/evaluation/disclosure.js";
import { matchSensitivity } from "../../src/evaluation/match-sensitivity.js";
import { effectiveProtocol } from "../../src/tasks/effective-protocol.js";
import { scoreDetection } from "../../src/tasks/forms/detection.js";
import type { JoinedCase } from "../../src/tasks/forms/scored-set.js";
import { lungNoduleDetection } from "../../src/tasks/profiles/lung-nodule-detection.js";
import { metricByName } from "../../src/metrics/index.js";
import { evaluateMade, rowOf, type MadeCase } from "./made-set.js";

const base = effectiveProtocol(lungNoduleDetection, null);
const plain: MatchRule = {
  rule: "centre-distance",
  comparator: "le",
  minRadiusMm: 0,
  assignment: "one-to-one",
  duplicates: "separate",
  excluded: "ignore",
  maxMarksPerCase: null,
  capTies: "keep",
};
const protocolOf = (match: Partial<MatchRule> = {}): EffectiveProtocol => ({
  ...base,
  exclude: {},
  metrics: ["lesion-sensitivity", "false-positives-per-case", "froc-score", "patient-auc", "froc-sensitivity@1"],
  primary: "lesion-sensitivity",
  match: { ...plain, ...match },
});
const settings = { threshold: 0.5, thresholdFromTestSet: false, frocReading: "step", frocLimits: [1] } as const;

const sphere = (id: string, x: number, diameterMm: number, excluded = false): Finding => ({
  id,
  geometry: { type: "sphere", center: [x, 0, 0], diameterMm },
  ...(excluded ? { excluded } : {}),
});
const box = (id: string, x: number, width: number, score?: number): Finding => ({
  id,
  geometry: { type: "box", min: [x, 0, 0], max: [x + width, width, width] },
  ...(score === undefined ? {} : { score }),
});
const mark = (id: string, x: number, score: number): Finding => ({
  id,
  geometry: { type: "point", at: [x, 0, 0] },
  score,
});

function caseOf(at: number, findings: Finding[], marks: Finding[]): JoinedCase {
  return {
    id: `c${at}`,
    patient: at,
    reference: { case: `c${at}`, findings, labels: {}, quantities: {}, basis: { rule: "made", readers: [] } },
    prediction: { case: `c${at}`, status: "ok", findings: marks, scores: {}, labels: {}, quantities: {} },
  };
}

/** A small lesion 4 mm off, two lesions that share a mark, a border, a duplicate, an excluded finding, an empty case. */
const cases: JoinedCase[] = [
  caseOf(0, [sphere("l0", 0, 4)], [mark("m0", 4, 0.9)]),
  caseOf(1, [sphere("l0", 0, 12), sphere("l1", 8, 12)], [mark("m0", 3, 0.9), mark("m1", -2, 0.7)]),
  caseOf(2, [sphere("l0", 0, 20)], [mark("m0", 10, 0.8), mark("m1", 0, 0.6), mark("m2", 1, 0.2)]),
  caseOf(3, [sphere("x0", 0, 10, true)], [mark("m0", 0, 0.9), mark("m1", 90, 0.55)]),
  caseOf(4, [], []),
];
const rowsOf = (match: Partial<MatchRule> = {}, own = cases) =>
  new Map(
    matchSensitivity(own, own.length, protocolOf(match), settings).map((row): [string, MatchVariant] => [row.id, row]),
  );

/** The change that each variant makes, as its name says. */
const changes: Record<string, Partial<MatchRule>> = {
  "in-force": {},
  "radius-0": { rule: "centre-distance", minRadiusMm: 0 },
  "radius-3": { rule: "centre-distance", minRadiusMm: 3 },
  "radius-5": { rule: "centre-distance", minRadiusMm: 5 },
  "centre-in-lesion": { rule: "centre-in-lesion", minRadiusMm: 0 },
  "overlap-0.1": { rule: "overlap", overlap: { measure: "iou", atLeast: 0.1 } },
  "overlap-0.5": { rule: "overlap", overlap: { measure: "iou", atLeast: 0.5 } },
  "strict-border": { comparator: "lt" },
  "one-to-one": { assignment: "one-to-one" },
  "hit-rule": { assignment: "hit-rule" },
  greedy: { assignment: "coco" },
  "duplicates-false": { duplicates: "false-positive" },
  "duplicates-separate": { duplicates: "separate" },
  "excluded-false": { excluded: "false-positive" },
  "excluded-ignored": { excluded: "ignore" },
  "no-cap": { maxMarksPerCase: null },
};

describe("the match-rule table", () => {
  it("starts with the rule in force and holds every other one that differs", () => {
    expect([...rowsOf().keys()]).toEqual([
      "in-force",
      "radius-3",
      "radius-5",
      "strict-border",
      "hit-rule",
      "greedy",
      "duplicates-false",
      "excluded-false",
    ]);
    expect([
      ...rowsOf({
        rule: "centre-in-lesion",
        minRadiusMm: 1,
        comparator: "lt",
        assignment: "hit-rule",
        duplicates: "false-positive",
        excluded: "false-positive",
        maxMarksPerCase: 2,
      }).keys(),
    ]).toEqual([
      "in-force",
      "radius-0",
      "radius-3",
      "radius-5",
      "one-to-one",
      "greedy",
      "duplicates-separate",
      "excluded-ignored",
      "no-cap",
    ]);
  });

  it("counts by hand", () => {
    const rows = rowsOf();
    const counts = (id: string) => Object.values(rows.get(id)?.counts ?? {});
    // Found, false positives, duplicates, ignored at 0.5: the small lesion is missed by 4 mm.
    expect(counts("in-force")).toEqual([3, 2, 1, 1]);
    expect(counts("radius-3")).toEqual([3, 2, 1, 1]);
    expect(counts("radius-5")).toEqual([4, 1, 1, 1]);
    // The mark at 10 mm lies on the border; the one in the middle finds the lesion then.
    expect(counts("strict-border")).toEqual([3, 3, 0, 1]);
    expect(counts("hit-rule")).toEqual([3, 2, 2, 1]);
    expect(counts("greedy")).toEqual([2, 2, 2, 1]);
    expect(counts("duplicates-false")).toEqual([3, 3, 0, 1]);
    expect(counts("excluded-false")).toEqual([3, 3, 1, 0]);
    expect(rows.get("in-force")?.values).toEqual({
      "lesion-sensitivity": 3 / 4,
      "false-positives-per-case": 2 / 5,
      "froc-score": 3 / 4,
    });
  });

  it("gives what an evaluation under that rule gives", () => {
    const boxed = [...cases, caseOf(5, [box("l0", 0, 10)], [box("m0", 4, 10, 0.9), box("m1", 30, 3, 0.8)])];
    const rows = rowsOf({}, boxed);
    expect([...rows.keys()]).toEqual(expect.arrayContaining(["centre-in-lesion", "overlap-0.1", "overlap-0.5"]));
    for (const [id, row] of rows) {
      const change = changes[id];
      if (!change) throw new Error(`no change of ${id}`);
      const set = scoreDetection(boxed, boxed.length, protocolOf(change));
      const all = { cases: new Uint8Array(boxed.length).fill(1) };
      const units = set.units(all, settings);
      const { truePositiveAtThreshold: _, ...counts } = set.marks(all, 0.5) ?? {};
      expect(row.counts.falsePositive, id).toBe(counts.falsePositiveAtThreshold);
      expect(row.counts.duplicate, id).toBe(counts.duplicateAtThreshold);
      expect(row.counts.ignored, id).toBe(counts.ignoredAtThreshold);
      for (const [name, value] of Object.entries(row.values)) {
        const { definition, parameter } = metricByName(name);
        expect(value, `${id} ${name}`).toBe(definition.prepare(units, parameter).estimate);
      }
    }
  });

  it("counts a mark on several lesions as one in precision, as an evaluation under that rule does", () => {
    // One mark on three lesions, and one on nothing.
    const three = [sphere("a", 0, 20), sphere("b", 2, 20), sphere("c", 4, 20)];
    const own = [0, 1].map((at) => caseOf(at, three, [mark("m0", 1, 0.9), mark("m1", 90, 0.9)]));
    const precisionOf = (match: Partial<MatchRule>) => {
      const protocol = { ...protocolOf(match), metrics: ["lesion-precision"], primary: "lesion-precision" };
      const row = matchSensitivity(own, 2, protocol, settings).map(({ id, values }) => [
        id,
        values["lesion-precision"],
      ]);
      const set = scoreDetection(own, 2, protocol);
      const units = set.units({ cases: new Uint8Array(2).fill(1) }, settings);
      return {
        ...Object.fromEntries(row),
        evaluated: metricByName("lesion-precision").definition.prepare(units, null),
      };
    };
    expect(precisionOf({})).toMatchObject({
      "in-force": 0.5,
      "hit-rule": 0.5,
      evaluated: { n: { numerator: 2, denominator: 4 } },
    });
    expect(precisionOf({ assignment: "hit-rule" })).toMatchObject({
      "in-force": 0.5,
      "one-to-one": 0.5,
      evaluated: { estimate: 0.5, n: { numerator: 2, denominator: 4 } },
    });
  });

  it("says of a border what the comparator does, and of overlap nothing that holds for boxes alone", () => {
    const boxed = [caseOf(0, [box("l0", 0, 10)], [box("m0", 2, 10, 0.9)])];
    const titles = (comparator: MatchRule["comparator"]) => {
      const rows = rowsOf({ comparator, rule: "centre-in-lesion" }, boxed);
      return ["radius-0", "radius-3", "overlap-0.1"].map((id) => rows.get(id)?.title);
    };
    expect(titles("le")).toEqual([
      { "zh-CN": "中心距离不大于病灶半径", en: "distance of centres within the radius" },
      {
        "zh-CN": "中心距离不大于病灶半径，半径至少 3 mm",
        en: "distance of centres within the radius, at least 3 mm",
      },
      { "zh-CN": "交并比不小于 0.1", en: "IoU at least 0.1" },
    ]);
    expect(titles("lt")).toEqual([
      { "zh-CN": "中心距离小于病灶半径", en: "distance of centres below the radius" },
      { "zh-CN": "中心距离小于病灶半径，半径至少 3 mm", en: "distance of centres below the radius, at least 3 mm" },
      { "zh-CN": "交并比大于 0.1", en: "IoU above 0.1" },
    ]);
  });

  it("lifts the cap in cases without findings too", () => {
    const normal = caseOf(0, [], [mark("m0", 0, 0.9), mark("m1", 9, 0.8), mark("m2", 20, 0.7)]);
    const rows = rowsOf({ maxMarksPerCase: 2 }, [normal]);
    expect(rows.get("in-force")?.counts.falsePositive).toBe(2);
    expect(rows.get("greedy")?.counts.falsePositive).toBe(2);
    expect(rows.get("no-cap")?.counts.falsePositive).toBe(3);
  });

  it("leaves out lengths in mm for photographs, and overlap where marks have no size", () => {
    const flat: JoinedCase[] = [
      caseOf(
        0,
        [{ id: "l0", geometry: { type: "box", min: [0, 0], max: [10, 10] } }],
        [{ id: "m0", geometry: { type: "point", at: [5, 5] }, score: 0.9 }],
      ),
    ];
    const ids = [...rowsOf({ rule: "centre-in-lesion" }, flat).keys()];
    expect(ids).toEqual(["in-force", "radius-0", "strict-border", "hit-rule", "greedy", "duplicates-false"]);
  });

  it("counts all marks where there is no threshold, and shows no metric that needs one", () => {
    const [row] = matchSensitivity(cases, 5, protocolOf(), { ...settings, threshold: null });
    expect(row?.counts).toEqual({ lesionsFound: 3, falsePositive: 2, duplicate: 2, ignored: 1 });
    expect(row?.values["lesion-sensitivity"]).toBeNull();
    expect(row?.values["froc-score"]).toBe(3 / 4);
  });

  it("shows the primary metric first where it is one of lesions, and not at all where it is one of patients", () => {
    const keys = (primary: string) =>
      Object.keys(matchSensitivity(cases, 5, { ...protocolOf(), primary }, settings)[0]?.values ?? {});
    expect(keys("froc-sensitivity@1")[0]).toBe("froc-sensitivity@1");
    expect(keys("patient-auc")).toEqual(["lesion-sensitivity", "false-positives-per-case", "froc-score"]);
  });

  it("answers to an empty set", () => {
    const rows = matchSensitivity([], 0, protocolOf(), settings);
    expect(rows.length).toBeGreaterThan(1);
    expect(Object.values(rows[0]?.values ?? {})).toEqual([null, null, null]);
  });
});

describe("in a result", () => {
  const made: MadeCase[] = Array.from({ length: 20 }, (_, at) => ({
    patient: `p${at}`,
    lesions: at % 2 === 0 ? [{ score: at % 4 === 0 ? 0.9 : null }] : [],
    falseMarks: [0.7],
    failed: at === 1,
  }));

  it("stands the rule in force with the numbers of the metrics", () => {
    const result = evaluateMade("lung-nodule-detection", made);
    const values = result.matchSensitivity?.[0]?.values ?? {};
    expect(Object.keys(values).length).toBeGreaterThan(2);
    for (const [name, value] of Object.entries(values)) expect(value).toBe(rowOf(result, name).estimate);
  });

  it("leaves out failed cases where the protocol does", () => {
    const result = evaluateMade("lung-nodule-detection", made, { failedCases: "exclude" });
    expect(result.matchSensitivity?.[0]?.values["false-positives-per-case"]).toBe(1);
  });

  it("is disclosed only where the metrics of lesions are", () => {
    const client = (minimumCell: number) =>
      suppressed(evaluateMade("lung-nodule-detection", made, { disclosure: { minimumCell } }));
    expect(client(5).matchSensitivity?.length).toBeGreaterThan(1);
    expect("matchSensitivity" in client(50)).toBe(false);
  });

  it("is none for other tasks", () => {
    const graded = Array.from({ length: 6 }, (_, at) => ({
      patient: `p${at}`,
      grade: at % 3,
      answer: at % 3,
      score: 0.1 * at,
    }));
    expect("matchSensitivity" in evaluateMade("dr-grading", graded)).toBe(false);
  });
});

describe("masks", () => {
  const mask = (id: string, runs: number[], score?: number): Finding => ({
    id,
    geometry: { type: "mask", shape: [1, 12], runs },
    ...(score === undefined ? {} : { score }),
  });

  it("know no place: only rules of overlap are shown beside one", () => {
    const own = [caseOf(0, [mask("l0", [0, 6, 6])], [mask("m0", [2, 6, 4], 0.9)])];
    const rows = rowsOf({ rule: "overlap", overlap: { measure: "iou", atLeast: 0.3 } }, own);
    expect([...rows.keys()].filter((id) => id.startsWith("radius") || id === "centre-in-lesion")).toEqual([]);
    // 4 of 8 voxels: found at 0.5 too.
    expect(rows.get("overlap-0.5")?.counts.lesionsFound).toBe(1);
    expect(rows.get("overlap-0.1")?.counts.lesionsFound).toBe(1);
  });
});

/** The detection form: what is counted of lesions, marks, cases and patients, and what is listed of them. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Finding } from "../../src/contract/finding.js";
import type { EffectiveProtocol } from "../../src/contract/protocol.js";
import type { CountedUnits } from "../../src/metrics/index.js";
import { effectiveProtocol } from "../../src/tasks/effective-protocol.js";
import { binaryConfusion, scoreDetection, sizeOf } from "../../src/tasks/forms/detection.js";
import type { JoinedCase, ScoredSet } from "../../src/tasks/forms/scored-set.js";
import { lungNoduleDetection } from "../../src/tasks/profiles/lung-nodule-detection.js";

const base = effectiveProtocol(lungNoduleDetection, null);
const protocol: EffectiveProtocol = {
  ...base,
  exclude: { belowMm: 3, aboveMm: 30 },
  match: { ...base.match, rule: "centre-distance", minRadiusMm: 0 },
};

const lesion = (id: string, x: number, mm: number, more: Partial<Finding> = {}): Finding => ({
  id,
  geometry: { type: "sphere", center: [x, 0, 0], diameterMm: mm },
  ...more,
});
const mark = (id: string, x: number, score: number): Finding => ({
  id,
  geometry: { type: "point", at: [x, 0, 0] },
  score,
});

function joined(
  id: string,
  patient: number,
  findings: Finding[],
  marks: Finding[] | "failed" | "failed without code",
): JoinedCase {
  const answer = { case: id, scores: {}, labels: {}, quantities: {} };
  return {
    id,
    patient,
    reference: { case: id, findings, labels: {}, quantities: {}, basis: { rule: "made", readers: [] } },
    prediction:
      typeof marks === "string"
        ? {
            ...answer,
            status: "failed",
            findings: [mark("lost", 0, 1)],
            ...(marks === "failed" && { error: { code: "MODEL_TIMEOUT" as const, message: "" } }),
          }
        : { ...answer, status: "ok", findings: marks },
  };
}

/** Patients 0 (two cases), 1 (normal), 2 (failed, positive), 3 (failed, normal), 4 (mark on an excluded finding alone). */
const cases: JoinedCase[] = [
  joined(
    "c0",
    0,
    [lesion("a", 0, 10), lesion("b", 50, 10)],
    [mark("m0", 1, 0.9), mark("m1", 2, 0.9), mark("m2", 80, 0.9)],
  ),
  joined("c1", 0, [lesion("a", 0, 10)], [mark("m0", 1, 0.4)]),
  joined("c2", 1, [], [mark("m0", 1, 0.6), mark("m1", 9, 0.3)]),
  joined("c3", 2, [lesion("a", 0, 10)], "failed"),
  joined("c4", 3, [], "failed without code"),
  joined(
    "c5",
    4,
    [lesion("a", 0, 2), lesion("b", 90, 40), lesion("c", 30, 10, { excluded: true })],
    [mark("m0", 0, 0.8), mark("m1", 90, 0.7), mark("m2", 30, 0.2)],
  ),
];
const all = { cases: new Uint8Array(6).fill(1) };
const settings = { threshold: 0.5, thresholdFromTestSet: false, frocReading: "step", frocLimits: [1] } as const;
let set: ScoredSet;
let units: CountedUnits;
beforeEach(() => {
  set = scoreDetection(cases, 5, protocol);
  units = set.units(all, settings);
});

describe("marks that find a lesion", () => {
  it("are units of their own under the hit rule alone, where one may find several", () => {
    const match = { ...protocol.match, assignment: "hit-rule" } as const;
    const hits = scoreDetection(cases.slice(0, 1), 1, { ...protocol, match }).units(
      { cases: Uint8Array.of(1) },
      settings,
    );
    expect(hits.truePositives).toEqual({ patient: Int32Array.of(0), score: Float64Array.of(0.9) });
    expect(units).not.toHaveProperty("truePositives");
  });
});

describe("marks", () => {
  it("without a score are refused, by case and mark, and not taken for low ones", () => {
    const bare: Finding = { id: "m1", geometry: { type: "point", at: [1, 0, 0] } };
    const made = [joined("c0", 0, [lesion("a", 0, 10)], [mark("m0", 1, 0.9), bare])];
    expect(() => scoreDetection(made, 1, protocol)).toThrow(
      expect.objectContaining({ code: "PREDICTION_SCORE_MISSING", message: "case c0: mark m1 has no score" }),
    );
  });
});

describe("findings of one case", () => {
  const mask = (id: string, score?: number): Finding => ({
    id,
    geometry: { type: "mask", shape: [1, 4], runs: [1, 2, 1] },
    ...(score === undefined ? {} : { score }),
  });
  const flat: Finding = { id: "flat", geometry: { type: "point", at: [1, 0] }, score: 0.5 };
  const whole: Finding = { id: "whole", geometry: { type: "case" }, score: 0.5 };
  const score = (truth: Finding[], marks: Finding[], rule: "overlap" | "centre-distance" | "centre-in-lesion") => () =>
    scoreDetection([joined("c0", 0, truth, marks)], 1, { ...protocol, exclude: {}, match: { ...protocol.match, rule } })
      .findings(0)
      .map(({ id }) => id);

  it("that are masks are judged by overlap with masks, and by nothing else", () => {
    expect(score([mask("a")], [mask("m0", 0.5)], "overlap")()).toEqual(["a"]);
    expect(score([], [mask("m0", 0.5)], "overlap")()).toEqual([]);
    for (const rule of ["centre-distance", "centre-in-lesion"] as const) {
      expect(score([mask("a")], [], rule)).toThrow(
        expect.objectContaining({
          code: "TRUTH_INVALID",
          message: `case c0: finding a is a mask, which the rule ${rule} can't judge`,
        }),
      );
      expect(score([{ ...mask("a"), excluded: true }], [], rule)).toThrow(
        expect.objectContaining({ code: "TRUTH_INVALID" }),
      );
      expect(score([], [mask("m0", 0.5)], rule)).toThrow(
        expect.objectContaining({
          code: "PREDICTION_INVALID",
          message: `case c0: mark m0 is a mask, which the rule ${rule} can't judge`,
        }),
      );
    }
  });

  it("are of one space: masks of one grid, two coordinates, three, or whole cases", () => {
    expect(score([lesion("a", 0, 10)], [mask("m0", 0.5)], "overlap")).toThrow(
      expect.objectContaining({
        code: "PREDICTION_INVALID",
        message: "case c0: mark m0 is a mask of 1 x 4, another finding of 3 coordinates",
      }),
    );
    expect(score([lesion("a", 0, 10)], [mark("m0", 0, 0.5), flat], "centre-distance")).toThrow(
      expect.objectContaining({
        code: "PREDICTION_INVALID",
        message: "case c0: mark flat is of 2 coordinates, another finding of 3 coordinates",
      }),
    );
    expect(score([lesion("a", 0, 10), { ...flat, excluded: true }], [], "centre-distance")).toThrow(
      expect.objectContaining({
        code: "TRUTH_INVALID",
        message: "case c0: finding flat is of 2 coordinates, another finding of 3 coordinates",
      }),
    );
    expect(score([{ ...lesion("a", 0, 10), excluded: true }], [flat], "overlap")).toThrow(
      expect.objectContaining({ code: "PREDICTION_INVALID" }),
    );
    expect(score([flat], [flat], "centre-distance")()).toEqual(["flat"]);
    // The whole case has no place: at the origin it would find what lies there.
    expect(score([lesion("a", 0, 10)], [whole], "centre-distance")).toThrow(
      expect.objectContaining({
        code: "PREDICTION_INVALID",
        message: "case c0: mark whole is the whole case, another finding of 3 coordinates",
      }),
    );
    expect(score([whole, lesion("a", 0, 10)], [], "overlap")).toThrow(
      expect.objectContaining({ code: "TRUTH_INVALID" }),
    );
    expect(score([whole], [whole], "centre-distance")()).toEqual(["whole"]);
    const other: Finding = { ...mask("m1", 0.5), geometry: { type: "mask", shape: [2, 2], runs: [1, 2, 1] } };
    expect(score([mask("a")], [other], "overlap")).toThrow(
      expect.objectContaining({
        code: "PREDICTION_INVALID",
        message: "case c0: mark m1 is a mask of 2 x 2, another finding a mask of 1 x 4",
      }),
    );
  });
});

describe("sizes", () => {
  it("are as recorded, else of the geometry, and none of points", () => {
    expect(sizeOf(lesion("a", 0, 6, { attributes: { diameterMm: 8 } }))).toBe(8);
    expect(sizeOf(lesion("a", 0, 6, { attributes: { diameterMm: "8" } }))).toBe(6);
    expect(sizeOf(lesion("a", 0, 6))).toBe(6);
    expect(sizeOf(mark("m", 0, 1))).toBeNull();
  });

  it("on the limits of the protocol are in; points are never out of them", () => {
    const included = (finding: Finding, exclude: EffectiveProtocol["exclude"] = { belowMm: 3, aboveMm: 30 }) =>
      scoreDetection([joined("c", 0, [finding], [])], 1, { ...protocol, exclude }).findings(0).length === 1;
    expect([2.9, 3, 30, 30.1].map((mm) => included(lesion("a", 0, mm)))).toEqual([false, true, true, false]);
    expect([2.9, 99].map((mm) => included(lesion("a", 0, mm), {}))).toEqual([true, true]);
    expect(included(mark("m", 0, 1))).toBe(true);
    expect(included(lesion("a", 0, 10, { excluded: true }), {})).toBe(false);
    expect(included(lesion("a", 0, 10, { excluded: false }), {})).toBe(true);
  });
});

describe("units", () => {
  it("are lesions with the score that finds them, and false positives, each with patient and case", () => {
    expect([...(units.lesions?.score ?? [])]).toEqual([0.9, -Infinity, 0.4, -Infinity]);
    expect([...(units.lesions?.patient ?? [])]).toEqual([0, 0, 0, 2]);
    expect([...(units.falsePositives?.score ?? [])]).toEqual([0.9, 0.6, 0.3]);
    expect([...(units.falsePositives?.patient ?? [])]).toEqual([0, 1, 1]);
    expect([...units.casePatient]).toEqual([0, 0, 1, 2, 3, 4]);
    expect([...units.answered]).toEqual([1, 1, 1, 0, 0, 1]);
    const of = units.detectionCases;
    expect([...(of?.abnormal ?? [])]).toEqual([1, 1, 0, 1, 0, 0]);
    expect([...(of?.lesionCase ?? [])]).toEqual([0, 0, 1, 3]);
    expect([...(of?.falsePositiveCase ?? [])]).toEqual([0, 2, 2]);
    expect([...(of?.topScore ?? [])]).toEqual([0.9, 0.4, 0.6, -Infinity, Infinity, -Infinity]);
    expect([...(of?.topFalsePositive ?? [])]).toEqual([0.9, -Infinity, 0.6, -Infinity, Infinity, -Infinity]);
    // In c0 a mark off the lesions shares the top score.
    expect([...(of?.topOnLesion ?? [])]).toEqual([0, 1, 0, 0, 0, 0]);
  });

  it("know whether the top mark is on a lesion, whatever the order of marks", () => {
    const top = (...marks: Finding[]) => {
      const one = scoreDetection([joined("c", 0, [lesion("a", 0, 10)], marks)], 1, protocol);
      return one.units({ cases: Uint8Array.of(1) }, settings).detectionCases?.topOnLesion[0];
    };
    const [on, off, low] = [mark("on", 0, 0.9), mark("off", 80, 0.9), mark("low", 81, 0.2)];
    expect(top(on)).toBe(1);
    expect([top(on, off), top(off, on)]).toEqual([0, 0]);
    expect([top(on, low), top(low, on)]).toEqual([1, 1]);
    expect(top(on, mark("twin", 1, 0.9))).toBe(1);
    expect([top(off, mark("lower", 0, 0.5)), top(mark("lower", 0, 0.5), off)]).toEqual([0, 0]);
    expect(top()).toBe(0);
  });

  it("of patients: positive with any lesion, scored by the highest mark that is not ignored; failures count against", () => {
    const decisions = units.binary.patient;
    expect([...(decisions?.positive ?? [])]).toEqual([1, 0, 1, 0, 0]);
    expect([...(decisions?.score ?? [])]).toEqual([0.9, 0.6, -Infinity, Infinity, -Infinity]);
    expect([...(decisions?.call ?? [])]).toEqual([1, 1, 0, 1, 0]);
    expect([...(decisions?.failed ?? [])]).toEqual([0, 0, 1, 1, 0]);
    expect([...(set.units(all, { ...settings, threshold: null }).binary.patient?.call ?? [])]).toEqual([
      -1, -1, -1, -1, -1,
    ]);
    // At the score itself a patient is called.
    const calledAt = (threshold: number) => [
      ...(set.units(all, { ...settings, threshold }).binary.patient?.call ?? []),
    ];
    expect([0.6, 0.61, 0.9].map((threshold) => calledAt(threshold).slice(0, 2))).toEqual([
      [1, 1],
      [1, 0],
      [1, 0],
    ]);
    expect(decisions?.scored).toBe(true);
    expect([...(decisions?.patient ?? [])]).toEqual([0, 1, 2, 3, 4]);
    // A patient without a case of the selection is not counted.
    const part = set.units({ cases: Uint8Array.of(0, 1, 1, 0, 0, 0) }, settings);
    expect([...(part.binary.patient?.patient ?? [])]).toEqual([0, 1]);
    expect([...(part.binary.patient?.score ?? [])]).toEqual([0.4, 0.6]);
  });

  it("of findings keep the cases and all false positives, and no patients", () => {
    const only = set.units({ ...all, finding: ({ id }) => id === "b" }, settings);
    expect([...(only.lesions?.score ?? [])]).toEqual([-Infinity]);
    expect([...(only.detectionCases?.lesionCase ?? [])]).toEqual([0]);
    expect(only.falsePositives).toBe(units.falsePositives);
    expect(only.binary).toEqual({});
  });
});

describe("counts", () => {
  it("say what became of every mark, at the threshold and in all", () => {
    expect(set.marks(all, 0.5)).toEqual({
      given: 9,
      capped: 0,
      truePositive: 2,
      falsePositive: 3,
      duplicate: 1,
      ignored: 3,
      onSeveral: 0,
      lesionsFound: 2,
      lesions: 4,
      identical: 0,
      pointLesions: 0,
      truePositiveAtThreshold: 1,
      falsePositiveAtThreshold: 2,
      duplicateAtThreshold: 1,
      ignoredAtThreshold: 2,
    });
    expect(set.marks(all, null)?.falsePositiveAtThreshold).toBe(0);
    expect([set.excludedFindings(all), set.excludedFindings({ cases: Uint8Array.of(1, 1, 1, 1, 1, 0) })]).toEqual([
      3, 0,
    ]);
    expect([set.positive(0), set.positive(2), set.positive(5)]).toEqual([true, false, false]);
    expect(set.findings(0).map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("count a mark at the threshold, and those beyond the cap", () => {
    expect([0.9, 0.91].map((threshold) => set.marks(all, threshold)?.falsePositiveAtThreshold)).toEqual([1, 0]);
    expect([0.9, 0.91].map((threshold) => set.marks(all, threshold)?.truePositiveAtThreshold)).toEqual([1, 0]);
    const point: Finding = { id: "p", geometry: { type: "point", at: [70, 0, 0] } };
    const five = [0.9, 0.8, 0.7, 0.6, 0.6].map((score, at) => mark(`m${at}`, at < 3 ? 0 : 90, score));
    const capped = scoreDetection([joined("c", 0, [lesion("a", 0, 10), point], five)], 1, {
      ...protocol,
      match: { ...protocol.match, maxMarksPerCase: 4, capTies: "drop" },
    });
    expect(capped.marks({ cases: Uint8Array.of(1) }, null)).toMatchObject({
      given: 5,
      capped: 2,
      truePositive: 1,
      duplicate: 2,
      falsePositive: 0,
      lesions: 2,
      pointLesions: 1,
      lesionsFound: 1,
      identical: 0,
    });
    const twins = scoreDetection([joined("c", 0, [], [mark("m0", 1, 0.5), mark("m1", 1, 0.5)])], 1, protocol);
    expect(twins.marks({ cases: Uint8Array.of(1) }, null)?.identical).toBe(1);
  });

  it("one to one count a mark on several lesions once", () => {
    const two = [joined("c", 0, [lesion("a", 0, 12), lesion("b", 8, 12)], [mark("m0", 4, 0.9)])];
    expect(scoreDetection(two, 1, protocol).marks({ cases: Uint8Array.of(1) }, null)).toMatchObject({
      truePositive: 1,
      duplicate: 0,
      onSeveral: 1,
      lesionsFound: 1,
    });
  });

  it("under the hit rule count a mark on several lesions on each", () => {
    const two = [joined("c", 0, [lesion("a", 0, 12), lesion("b", 8, 12)], [mark("m0", 4, 0.9), mark("m1", 4, 0.8)])];
    const counts = (duplicates: "separate" | "false-positive") =>
      scoreDetection(two, 1, { ...protocol, match: { ...protocol.match, assignment: "hit-rule", duplicates } }).marks(
        { cases: Uint8Array.of(1) },
        null,
      );
    expect(counts("separate")).toMatchObject({ duplicate: 2, onSeveral: 2, lesionsFound: 2, falsePositive: 0 });
    expect(counts("false-positive")).toMatchObject({ duplicate: 0, onSeveral: 2, lesionsFound: 2, falsePositive: 1 });
  });

  it("place a threshold at a rate of false positives", () => {
    expect(set.thresholdAt(0.1, all)).toBe(Infinity);
    expect(set.thresholdAt(1 / 6, all)).toBe(0.9);
    expect(set.thresholdAt(2 / 6, all)).toBe(0.4);
    expect(set.thresholdAt(1, all)).toBe(0.3);
  });

  it("make a table of patients, failures apart; none without a threshold", () => {
    expect(set.confusion(all, settings)).toEqual([
      {
        unit: "patient",
        rows: ["positive", "negative"],
        columns: ["positive", "negative", "failed"],
        counts: [
          [1, 0, 1],
          [1, 1, 1],
        ],
      },
    ]);
    expect(set.confusion(all, { ...settings, threshold: null })).toEqual([]);
    expect(
      binaryConfusion(
        {
          patient: Int32Array.of(0, 1),
          positive: Uint8Array.of(1, 1),
          call: Int8Array.of(0, 1),
          score: Float64Array.of(0, 1),
          failed: Uint8Array.of(0, 0),
          scored: true,
        },
        "image",
      ).counts,
    ).toEqual([
      [1, 1, 0],
      [0, 0, 0],
    ]);
  });
});

describe("lists", () => {
  it("name missed lesions and false positives with their nearest counterpart, and failed cases", () => {
    const rows = set.errors(0.5);
    expect(
      rows.map(({ case: at, kind, finding, mark: own, nearest, score }) => [
        at,
        kind,
        finding?.id ?? null,
        own?.id ?? null,
        nearest,
        score,
      ]),
    ).toEqual([
      [0, "missed-lesion", "b", "m2", 30, null],
      [0, "false-positive", "b", "m2", 30, 0.9],
      [1, "missed-lesion", "a", "m0", 1, 0.4],
      [2, "false-positive", null, "m0", null, 0.6],
      [3, "failed", null, null, null, null],
      [4, "failed", null, null, null, null],
    ]);
    expect(rows.slice(4).map(({ unit, reference, answer }) => [unit, reference, answer])).toEqual([
      ["case", "1 lesions", "MODEL_TIMEOUT"],
      ["case", "0 lesions", ""],
    ]);
    expect(rows[0]).toMatchObject({ unit: "lesion", reference: "", answer: "" });
    // Without a threshold every mark is shown.
    expect(set.errors(null).map(({ case: at, kind, score }) => [at, kind, score])).toEqual([
      [0, "missed-lesion", null],
      [0, "false-positive", 0.9],
      [2, "false-positive", 0.6],
      [2, "false-positive", 0.3],
      [3, "failed", null],
      [4, "failed", null],
    ]);
    // At its very score a lesion is found and a false positive counts.
    expect(set.errors(0.4).filter(({ case: at }) => at === 1)).toEqual([]);
    expect(set.errors(0.6).filter(({ case: at }) => at === 2).length).toBe(1);
    const silent = scoreDetection([joined("c", 0, [lesion("a", 0, 10)], [])], 1, protocol);
    expect(silent.errors(0.5)).toMatchObject([{ kind: "missed-lesion", mark: null, nearest: null }]);
  });

  it("say of every lesion and case how it came out", () => {
    expect(set.outcomes(0.5).map(({ key, case: id, unit, outcome }) => [key, id, unit, outcome])).toEqual([
      ["lesion c0 a", "c0", "lesion", "found"],
      ["lesion c0 b", "c0", "lesion", "missed"],
      ["case c0", "c0", "case", "1 false positives"],
      ["lesion c1 a", "c1", "lesion", "missed"],
      ["case c1", "c1", "case", "0 false positives"],
      ["case c2", "c2", "case", "1 false positives"],
      ["lesion c3 a", "c3", "lesion", "missed"],
      ["case c3", "c3", "case", "failed"],
      ["case c4", "c4", "case", "failed"],
      ["case c5", "c5", "case", "0 false positives"],
    ]);
    const outcome = (key: string, threshold: number | null) =>
      set.outcomes(threshold).find((one) => one.key === key)?.outcome;
    expect([outcome("lesion c1 a", 0.4), outcome("lesion c1 a", null), outcome("lesion c0 b", null)]).toEqual([
      "found",
      "found",
      "missed",
    ]);
    expect([outcome("case c2", null), outcome("case c2", 0.6)]).toEqual(["2 false positives", "1 false positives"]);
  });
});

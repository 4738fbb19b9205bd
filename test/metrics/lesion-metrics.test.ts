/** Metrics of lesions, false positives and cases of a detection test: by their definitions, and at every edge. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { frocSweep, metricByName, type CountedUnits } from "../../src/metrics/index.js";

interface Case {
  readonly patient: number;
  /** Scores of lesions; null: missed. */
  readonly lesions?: readonly (number | null)[];
  readonly falsePositives?: readonly number[];
}

function unitsOf(cases: readonly Case[], changes: Partial<CountedUnits> = {}): CountedUnits {
  const lesions = cases.flatMap(({ patient, lesions = [] }, at) =>
    lesions.map((score) => ({ patient, at, score: score ?? -Infinity })),
  );
  const marks = cases.flatMap(({ patient, falsePositives = [] }, at) =>
    falsePositives.map((score) => ({ patient, at, score })),
  );
  const scored = (units: typeof lesions) => ({
    patient: Int32Array.from(units, ({ patient }) => patient),
    score: Float64Array.from(units, ({ score }) => score),
  });
  const best = (scores: readonly (number | null)[] = []) =>
    Math.max(-Infinity, ...scores.map((one) => one ?? -Infinity));
  return {
    patientCount: Math.max(0, ...cases.map(({ patient }) => patient + 1)),
    casePatient: Int32Array.from(cases, ({ patient }) => patient),
    answered: new Uint8Array(cases.length).fill(1),
    threshold: 0.5,
    thresholdFromTestSet: false,
    frocReading: "step",
    frocLimits: [0.5, 1],
    lesions: scored(lesions),
    falsePositives: scored(marks),
    detectionCases: {
      abnormal: Uint8Array.from(cases, (one) => (one.lesions?.length ? 1 : 0)),
      topScore: Float64Array.from(cases, (one) => Math.max(best(one.lesions), best(one.falsePositives))),
      topOnLesion: Uint8Array.from(cases, (one) => (best(one.lesions) > best(one.falsePositives) ? 1 : 0)),
      topFalsePositive: Float64Array.from(cases, (one) => best(one.falsePositives)),
      lesionCase: Int32Array.from(lesions, ({ at }) => at),
      falsePositiveCase: Int32Array.from(marks, ({ at }) => at),
    },
    binary: {},
    graded: {},
    prepared: new Map(),
    ...changes,
  };
}

function prepare(name: string, units: CountedUnits) {
  const { definition, parameter } = metricByName(name);
  return definition.prepare(units, parameter);
}
const valueOf = (name: string, units: CountedUnits) => prepare(name, units).estimate;

/** Five cases of four patients: three lesions found of four, four false positives. */
const example: Case[] = [
  { patient: 0, lesions: [0.9, 0.6], falsePositives: [0.7] },
  { patient: 0, lesions: [0.4], falsePositives: [] },
  { patient: 1, lesions: [null], falsePositives: [0.8] },
  { patient: 2, falsePositives: [0.6, 0.3] },
  { patient: 3 },
];

describe("an example by hand", () => {
  const units = unitsOf(example);
  const expected: Record<string, number> = {
    // Falling: 0.9 found, 0.8 false, 0.7 false, 0.6 found and false, 0.4 found, 0.3 false.
    "lesion-average-precision": (1 + 2 / 5 + 3 / 6) / 4,
    "lesion-f1": (2 * 2) / (2 + 3 + 4),
    "froc-sensitivity@0.2": 1 / 4,
    "froc-sensitivity@0.6": 3 / 4,
    "froc-score@0.2,0.6": 1 / 2,
    "froc-score": (1 / 4 + 3 / 4) / 2,
    // 1/4 up to 3 of 5 per case, then 3/4 (0.4 comes with no further false positive).
    "froc-area@0.6": 1 / 4,
    "froc-area@1": 1 / 4 + 0.4 * (2 / 4),
    // Highest false positives of normal cases: 0.6 and none. 0.9: 2, 0.6: 1.5, 0.4: 1, missed: 0.5.
    afroc: 5 / 8,
    wafroc: ((2 + 1.5) / 2 + 1 + 0.5) / 3 / 2,
    // All cases: 0.7, none, 0.8, 0.6, none. 0.9: 5, 0.6: 2.5, 0.4: 2, missed: 1.
    afroc1: 10.5 / 20,
    wafroc1: ((5 + 2.5) / 2 + 2 + 1) / 3 / 5,
    // Highest marks: 0.9, 0.4, 0.8 against 0.6 and none.
    "inferred-roc": 5 / 6,
    lroc: 3 / 6,
    "fraction-correctly-localised": 2 / 3,
    "false-positives-per-case": 3 / 5,
    "false-positives-per-normal-case": 1 / 2,
  };
  for (const [name, value] of Object.entries(expected))
    it(name, () => expect(valueOf(name, units)).toBeCloseTo(value, 14));

  it("counts what the values are made of", () => {
    expect(prepare("lesion-average-precision", units).n).toEqual({
      lesions: 4,
      falsePositives: 4,
      found: 3,
      patients: 3,
    });
    expect(prepare("lesion-f1", units).n).toEqual({ truePositives: 2, falsePositives: 3, lesions: 4, patients: 3 });
    expect(prepare("froc-area@1", units).n).toEqual({ lesions: 4, cases: 5, patients: 2 });
    expect(prepare("afroc", units).n).toEqual({ lesions: 4, cases: 5, rankedCases: 2, patients: 4 });
    expect(prepare("afroc1", units).n).toEqual({ lesions: 4, cases: 5, rankedCases: 5, patients: 4 });
    expect(prepare("lroc", units).n).toEqual({ abnormal: 3, normal: 2, patients: 4 });
    expect(prepare("fraction-correctly-localised", units).n).toEqual({ numerator: 2, denominator: 3, patients: 2 });
    expect(prepare("inferred-roc", units).n).toEqual({ positives: 3, negatives: 2, patients: 4 });
    expect(prepare("false-positives-per-normal-case", units).n).toEqual({ numerator: 1, denominator: 2, patients: 2 });
    expect(prepare("froc-score@0.2,0.6", units).n).toEqual({ lesions: 4, cases: 5, limits: 2, patients: 2 });
    for (const name of Object.keys(expected)) {
      const { patients, n } = prepare(name, units);
      if (n.patients !== undefined) expect(patients, name).toBe(n.patients);
    }
  });

  it("flags a threshold that was chosen on the test set, and a curve that ends before the limit", () => {
    const chosen = unitsOf(example, { thresholdFromTestSet: true });
    expect(prepare("lesion-f1", chosen).flags).toEqual(["threshold-from-test-set"]);
    expect(prepare("false-positives-per-normal-case", chosen).flags).toEqual(["threshold-from-test-set"]);
    expect(prepare("lesion-f1", units).flags).toBeUndefined();
    expect(prepare("froc-area@0.8", units).flags).toEqual([]);
    expect(prepare("froc-area@0.81", units).flags).toEqual(["plateau"]);
  });

  it("has intervals by resampling, but for the rate, the proportion and the ROC, which have their own", () => {
    for (const name of Object.keys(expected)) {
      const own = /false-positives|localised|inferred/.test(name);
      expect(prepare(name, units).interval === null, name).toBe(!own);
    }
    const rate = prepare("false-positives-per-normal-case", units).interval?.(0.95);
    expect(rate?.ok).toBe(true);
  });
});

describe("a threshold chosen on the test set", () => {
  it("is flagged on every figure at it, and on no other", () => {
    for (const name of ["lesion-sensitivity", "lesion-precision", "false-positives-per-case"]) {
      expect(prepare(name, unitsOf(example)).flags ?? [], name).toEqual([]);
      expect(prepare(name, unitsOf(example, { thresholdFromTestSet: true })).flags, name).toEqual([
        "threshold-from-test-set",
      ]);
    }
  });
});

describe("strata of findings", () => {
  it("share the false positives of a draw, and each has its own lesions", () => {
    const whole = unitsOf(example);
    const some = { patient: Int32Array.of(0, 1), score: Float64Array.of(0.9, -Infinity) };
    const part: CountedUnits = { ...whole, lesions: some, prepared: new Map() };
    const apart: CountedUnits = unitsOf(example, { lesions: some });
    const weights = [Uint16Array.of(2, 1, 0, 1), Uint16Array.of(3, 0, 1, 0)];
    const found: number[] = [];
    weights.forEach((weight, replicate) => {
      const name = "froc-sensitivity@0.5";
      const [, shared, own] = [whole, part, apart].map((units) => prepare(name, units).weighted(weight, replicate));
      expect(shared).toBe(own);
      found.push(shared as number);
    });
    expect(found[0]).not.toBe(found[1]);
  });
});

describe("edges", () => {
  const all = [
    "lesion-average-precision",
    "lesion-f1",
    "froc-sensitivity@1",
    "froc-score@1,2",
    "froc-area@1",
    "afroc",
    "wafroc",
    "afroc1",
    "wafroc1",
    "inferred-roc",
    "lroc",
    "fraction-correctly-localised",
    "false-positives-per-case",
    "false-positives-per-normal-case",
  ];
  const reasonOf = (name: string, units: CountedUnits) => {
    const { estimate, reason } = prepare(name, units);
    return estimate === null ? reason : null;
  };

  it("forms without marks have none of them", () => {
    const { detectionCases: _, ...rest } = unitsOf(example, { lesions: null, falsePositives: null });
    for (const name of all) {
      const froc = name.startsWith("froc-s");
      expect(reasonOf(name, rest), name).toBe(froc ? "no-positives" : "no-data");
    }
    const { detectionCases: __, ...withoutCases } = unitsOf(example);
    for (const name of [
      "afroc",
      "lroc",
      "inferred-roc",
      "fraction-correctly-localised",
      "false-positives-per-normal-case",
    ])
      expect(reasonOf(name, withoutCases), name).toBe("no-data");
  });

  it("no case, no lesion, no normal case, no threshold", () => {
    for (const name of all) {
      const none = reasonOf(name, unitsOf([]));
      const lesionsOnly = ["lesion-average-precision", "lesion-f1", "fraction-correctly-localised"].includes(name);
      expect(none, name).toBe(lesionsOnly ? "no-positives" : "no-data");
      const rate = name.startsWith("false-positives");
      expect(reasonOf(name, unitsOf([{ patient: 0, falsePositives: [0.7] }])), name).toBe(rate ? null : "no-positives");
    }
    const abnormal = unitsOf([{ patient: 0, lesions: [0.7], falsePositives: [0.6] }]);
    for (const name of ["afroc", "wafroc", "lroc", "inferred-roc", "false-positives-per-normal-case"])
      expect(reasonOf(name, abnormal), name).toBe("no-negatives");
    for (const name of ["afroc1", "wafroc1", "lesion-average-precision", "fraction-correctly-localised"])
      expect(valueOf(name, abnormal), name).toBe(1);
    for (const name of ["lesion-f1", "false-positives-per-case", "false-positives-per-normal-case"])
      expect(reasonOf(name, unitsOf(example, { threshold: null })), name).toBe("no-operating-point");
    expect(reasonOf("froc-score", unitsOf(example, { frocLimits: [] }))).toBe("no-data");
  });

  it("what is counted stands beside the reason", () => {
    const undecided = unitsOf(example, { threshold: null });
    const abnormal = unitsOf([{ patient: 0, lesions: [0.7], falsePositives: [0.6] }]);
    const normal = unitsOf([{ patient: 0, falsePositives: [0.7] }, { patient: 0 }]);
    const expected: [name: string, units: CountedUnits, reason: string, n: Record<string, number>][] = [
      ["lesion-sensitivity", undecided, "no-operating-point", { denominator: 4 }],
      ["lesion-sensitivity", normal, "no-positives", { numerator: 0, denominator: 0, patients: 0 }],
      ["lesion-precision", undecided, "no-operating-point", {}],
      ["lesion-f1", undecided, "no-operating-point", { lesions: 4 }],
      ["lesion-f1", normal, "no-positives", { lesions: 0 }],
      ["false-positives-per-case", undecided, "no-operating-point", { denominator: 5 }],
      ["false-positives-per-normal-case", undecided, "no-operating-point", { denominator: 2 }],
      ["false-positives-per-normal-case", abnormal, "no-negatives", { denominator: 0 }],
      ["lesion-average-precision", normal, "no-positives", { lesions: 0, falsePositives: 1 }],
      ["froc-area@1", normal, "no-positives", { lesions: 0, cases: 2 }],
      ["froc-sensitivity@1", normal, "no-positives", { denominator: 0 }],
      ["froc-score@1", normal, "no-positives", { denominator: 0 }],
      ["froc-score", unitsOf([]), "no-data", { denominator: 0 }],
      ["afroc", normal, "no-positives", { lesions: 0, cases: 2, rankedCases: 2 }],
      ["afroc", abnormal, "no-negatives", { lesions: 1, cases: 1, rankedCases: 0 }],
      ["lroc", normal, "no-positives", { abnormal: 0, normal: 2 }],
      ["lroc", abnormal, "no-negatives", { abnormal: 1, normal: 0 }],
      ["fraction-correctly-localised", normal, "no-positives", { numerator: 0, denominator: 0, patients: 0 }],
    ];
    for (const [name, units, reason, n] of expected) {
      const prepared = prepare(name, units);
      expect(prepared.reason, name).toBe(reason);
      expect(prepared.n, name).toEqual(n);
      expect(prepared.patients, name).toBe(0);
    }
  });

  it("lesions without a list of false positives, and the reverse, are not enough", () => {
    const names = ["lesion-precision", "lesion-f1", "lesion-average-precision", "froc-area@1"];
    for (const lists of [{ lesions: null }, { falsePositives: null }]) {
      for (const name of names) expect(reasonOf(name, unitsOf(example, lists)), name).toBe("no-data");
      for (const name of ["froc-sensitivity@1", "froc-score@1"])
        expect(reasonOf(name, unitsOf(example, lists)), name).toBe("no-positives");
      expect(frocSweep(unitsOf(example, lists))).toBeNull();
    }
    expect(reasonOf("afroc", unitsOf(example, { lesions: null }))).toBe("no-data");
    expect(reasonOf("lesion-sensitivity", unitsOf(example, { lesions: null }))).toBe("no-positives");
    expect(reasonOf("false-positives-per-case", unitsOf(example, { falsePositives: null }))).toBe("no-data");
    expect(valueOf("lesion-sensitivity", unitsOf(example, { falsePositives: null }))).toBe(2 / 4);
    expect(valueOf("false-positives-per-case", unitsOf(example, { lesions: null }))).toBe(3 / 5);
  });

  it("a mark counts from the threshold on", () => {
    const at = unitsOf([{ patient: 0, lesions: [0.5, 0.49], falsePositives: [0.5, 0.49] }]);
    expect(valueOf("lesion-sensitivity", at)).toBe(1 / 2);
    expect(valueOf("lesion-precision", at)).toBe(1 / 2);
    expect(valueOf("lesion-f1", at)).toBe(2 / 4);
    expect(valueOf("false-positives-per-case", at)).toBe(1);
  });

  it("nothing found is 0, nothing marked as well", () => {
    for (const falsePositives of [[], [0.9, 0.8]]) {
      const units = unitsOf([{ patient: 0, lesions: [null], falsePositives }, { patient: 1 }]);
      for (const name of ["lesion-average-precision", "lesion-f1", "froc-sensitivity@1", "froc-area@1", "lroc"])
        expect(valueOf(name, units), name).toBe(0);
    }
  });

  it("a draw without lesions or cases has no value", () => {
    const units = unitsOf([
      { patient: 0, lesions: [0.9] },
      { patient: 1, falsePositives: [0.6] },
    ]);
    const without = Uint16Array.of(0, 1);
    for (const name of ["lesion-average-precision", "lesion-f1", "froc-area@1", "froc-sensitivity@1", "afroc", "lroc"])
      expect(prepare(name, units).weighted(without, 0), name).toBeNaN();
    expect(prepare("froc-area@1", units).weighted(Uint16Array.of(0, 0), 1)).toBeNaN();
    expect(prepare("false-positives-per-normal-case", units).weighted(Uint16Array.of(1, 0), 2)).toBeNaN();
  });

  it("a limit that the protocol does not name is read all the same, and does not disturb the others", () => {
    const units = unitsOf(example);
    const [own, other] = [prepare("froc-sensitivity@1", units), prepare("froc-sensitivity@0.6", units)];
    const draw = Uint16Array.of(2, 0, 1, 1);
    expect([own.weighted(draw, 0), other.weighted(draw, 0)]).toEqual([1, 1]);
    expect(frocSweep(units)?.limits).toEqual([0.5, 1]);
    expect(frocSweep(units, [0.6])).toBe(frocSweep(units, [0.6]));
  });
});

describe("names", () => {
  it("froc-score takes a grid of rising positive numbers", () => {
    const { definition, parameter, title } = metricByName("froc-score@0.25,0.5,1e1");
    expect([definition.id, parameter]).toEqual(["froc-score", null]);
    expect(title).toEqual({
      "zh-CN": "FROC 得分（每例假阳性数 0.25、0.5、10 处的平均灵敏度）",
      en: "FROC score (mean sensitivity at 0.25, 0.5, 10 FP/case)",
    });
    expect(definition.formula).toEqual({
      "zh-CN": "平均每例假阳性数上限为 0.25、0.5、10 时 FROC 灵敏度的均值",
      en: "mean of the FROC sensitivities at 0.25, 0.5, 10 false positives per case",
    });
    expect(metricByName("froc-score").title.en).toBe("FROC score (mean sensitivity, CPM)");
    expect(metricByName("froc-score@2").definition.id).toBe("froc-score");
    const many = Array.from({ length: 100 }, (_, at) => at + 1);
    expect(metricByName(`froc-score@${many.join()}`).definition.id).toBe("froc-score");
    const wrong = ["", "0", "1,0.5", "1,1", "-1", "1,", "1,x", " 1", "Infinity", [...many, 101].join()];
    for (const text of wrong)
      expect(() => metricByName(`froc-score@${text}`), text).toThrow(
        expect.objectContaining({ code: "METRIC_UNKNOWN" }),
      );
    for (const name of ["afroc@1,2", "froc-sensitivity@1,2", "froc-area", "froc-area@0"])
      expect(() => metricByName(name), name).toThrow(expect.objectContaining({ code: "METRIC_UNKNOWN" }));
  });

  it("froc-area says how far it goes", () => {
    expect(metricByName("froc-area@2").title.en).toBe("Partial FROC area (mean sensitivity) up to 2 FP/case");
    expect(metricByName("froc-area@2").title["zh-CN"]).toContain("（至 2 FP/例）");
  });
});

describe("a mark that finds several lesions", () => {
  // Six cases of as many patients: one mark on three lesions at 0.9, and a false one at 0.8.
  const cases = Array.from({ length: 6 }, (_, patient) => ({
    patient,
    lesions: [0.9, 0.9, 0.9],
    falsePositives: [0.8],
  }));
  const truePositives = { patient: Int32Array.of(0, 1, 2, 3, 4, 5), score: new Float64Array(6).fill(0.9) };
  const units = unitsOf(cases, { truePositives });
  const draw = Uint16Array.of(0, 0, 3, 1, 2, 0);

  it("is one mark in precision and in what is made of it", () => {
    expect(prepare("lesion-precision", units)).toMatchObject({
      estimate: 0.5,
      n: { numerator: 6, denominator: 12, patients: 6 },
    });
    expect(valueOf("lesion-precision", unitsOf(cases))).toBe(18 / 24);
    expect(valueOf("lesion-precision", { ...units, threshold: 0.85 })).toBe(1);
    expect(valueOf("lesion-precision", { ...units, threshold: 0.95 })).toBeNull();
    // Recall 1, precision 1/2.
    const f1 = prepare("lesion-f1", units);
    expect([f1.estimate, f1.weighted(draw, 0)]).toEqual([2 / 3, 2 / 3]);
    expect(f1.n).toEqual({ truePositives: 18, truePositiveMarks: 6, falsePositives: 6, lesions: 18, patients: 6 });
    expect(valueOf("lesion-f1", { ...units, threshold: 0.95 })).toBe(0);
    expect(valueOf("lesion-average-precision", units)).toBe(1);
  });

  it("moves precision as one in the average precision, lesion by lesion the recall", () => {
    // 0.9 false; 0.8 a mark on two lesions; 0.7 false; 0.6 a mark on one; one lesion is missed.
    const mixed = unitsOf([{ patient: 0, lesions: [0.8, 0.8, 0.6, null], falsePositives: [0.9, 0.7] }], {
      truePositives: { patient: new Int32Array(2), score: Float64Array.of(0.6, 0.8) },
    });
    const prepared = prepare("lesion-average-precision", mixed);
    expect(prepared.estimate).toBeCloseTo((2 * (1 / 2) + 2 / 4) / 4, 14);
    expect(prepared.weighted(Uint16Array.of(3), 0)).toBeCloseTo((2 * (1 / 2) + 2 / 4) / 4, 14);
    // Precision 2/4, recall 3/4; above 0.7 1/2 and 2/4.
    expect(valueOf("lesion-f1", mixed)).toBeCloseTo((2 * 0.5 * 0.75) / 1.25, 14);
    expect(valueOf("lesion-f1", { ...mixed, threshold: 0.75 })).toBeCloseTo(0.5, 14);
  });
});

describe("areas of whole numbers", () => {
  /** Cases with so many lesions, a patient each, and normal cases with a low false positive. */
  const perfect = (counts: readonly number[], normal: number) =>
    unitsOf([
      ...counts.map((count, patient) => ({ patient, lesions: new Array<number>(count).fill(0.9) })),
      ...Array.from({ length: normal }, (_, at) => ({ patient: counts.length + at, falsePositives: [0.1] })),
    ]);
  const draws = (units: CountedUnits) =>
    Array.from({ length: 40 }, (_, draw) =>
      Uint16Array.from({ length: units.patientCount }, (_, at) => ((at * 7 + draw * 5) % 11) % 4),
    );
  const upTo = (most: number) => Array.from({ length: 3 * most }, (_, at) => 1 + (at % most));

  it("of a perfect detector are 1, in every draw", () => {
    for (const counts of [new Array<number>(20).fill(3), upTo(7)]) {
      const units = perfect(counts, 20);
      for (const name of ["wafroc", "wafroc1", "froc-area@0.3"]) {
        const prepared = prepare(name, units);
        expect(prepared.estimate, name).toBe(1);
        draws(units).forEach((weights, draw) => expect(prepared.weighted(weights, draw), name).toBe(1));
      }
    }
  });

  it("do not pass 1 where lesion counts have no common multiple in reach", () => {
    // The product of the primes from 7 to 47 is 2e16 and more.
    const units = perfect([7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47], 7);
    const prepared = prepare("wafroc", units);
    expect(prepared.estimate).toBeCloseTo(1, 14);
    const values = draws(units).map((weights, draw) => prepared.weighted(weights, draw));
    expect(values.filter(Number.isNaN)).toEqual([]);
    expect(Math.max(...values)).toBe(1);
    expect(Math.min(...values)).toBeGreaterThan(1 - 1e-14);
    expect(values.some((value) => value < 1)).toBe(true);
  });

  it("count lesions by the shares of their cases, whatever the counts", () => {
    // Of cases of 4 and 6 lesions half are found, and of one of 9 a third: (1/2 + 1/2 + 1/3) / 3, ties of missed ones 1/2.
    const of = (found: number, count: number) => Array.from({ length: count }, (_, at) => (at < found ? 0.9 : null));
    const units = unitsOf([
      { patient: 0, lesions: of(2, 4) },
      { patient: 1, lesions: of(3, 6) },
      { patient: 2, lesions: of(3, 9) },
      { patient: 3, falsePositives: [0.2] },
    ]);
    expect(valueOf("wafroc", units)).toBe(4 / 9);
    expect(prepare("wafroc", units).weighted(Uint16Array.of(5, 1, 0, 2), 0)).toBe(1 / 2);
    expect(prepare("wafroc", units).weighted(Uint16Array.of(0, 0, 7, 2), 0)).toBe(1 / 3);
  });

  it("of lesions at one rate do not depend on how many there are", () => {
    for (let lesions = 1; lesions <= 30; lesions++) {
      const units = unitsOf([
        { patient: 0, lesions: new Array<number>(lesions).fill(0.5), falsePositives: [0.9] },
        ...Array.from({ length: 9 }, (_, at) => ({ patient: at + 1 })),
      ]);
      // One false positive of 10 cases: two thirds of the way to 0.3 are left.
      expect(valueOf("froc-area@0.3", units)).toBe(2 / 3);
      expect(valueOf("froc-area@0.1", units)).toBe(0);
    }
  });
});

describe("laws", () => {
  const score = fc.integer({ min: 1, max: 6 }).map((n) => n / 7);
  const sets = fc
    .array(
      fc.record({
        patient: fc.integer({ min: 0, max: 3 }),
        lesions: fc.array(fc.option(score, { freq: 3 }), { maxLength: 3 }),
        falsePositives: fc.array(score, { maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 7 },
    )
    .map((cases) => unitsOf(cases));
  const points = (units: CountedUnits) => frocSweep(units)?.points() ?? [];

  it("average precision is the sum over the points of the curve", () => {
    fc.assert(
      fc.property(sets, (units) => {
        const lesions = units.lesions?.score.length ?? 0;
        if (lesions === 0) return;
        const curve = points(units);
        const sum = curve.slice(1).reduce((total, point, at) => {
          const rise = point.truePositives - (curve[at]?.truePositives ?? 0);
          return total + (rise * point.truePositives) / (point.truePositives + point.falsePositives);
        }, 0);
        expect(valueOf("lesion-average-precision", units)).toBeCloseTo(sum / lesions, 12);
      }),
    );
  });

  it("the area up to a limit is the mean of the sensitivities below it", () => {
    fc.assert(
      fc.property(sets, fc.integer({ min: 1, max: 20 }), (units, tenths) => {
        const [lesions, cases] = [units.lesions?.score.length ?? 0, units.casePatient.length];
        if (lesions === 0) return;
        const limit = tenths / 10;
        const curve = points(units);
        const area = curve.reduce((total, point, at) => {
          const from = Math.min(limit, point.falsePositives / cases);
          const to = Math.min(limit, (curve[at + 1]?.falsePositives ?? Infinity) / cases);
          return total + (to - from) * (point.truePositives / lesions);
        }, 0);
        expect(valueOf(`froc-area@${limit}`, units)).toBeCloseTo(area / limit, 12);
      }),
    );
  });

  it("AFROC and its kin are means over pairs", () => {
    const psi = (a: number, b: number) => (a > b ? 1 : a === b ? 0.5 : 0);
    fc.assert(
      fc.property(sets, (units) => {
        const { lesions, detectionCases: cases } = units;
        if (!lesions || !cases || lesions.score.length === 0) return;
        const wins = (ranked: number[], own: number[]) =>
          own.reduce(
            (sum, at) =>
              sum +
              ranked.reduce((s, one) => s + psi(lesions.score[at] as number, cases.topFalsePositive[one] as number), 0),
            0,
          ) /
          (own.length * ranked.length);
        const everyCase = [...units.casePatient.keys()];
        const normal = everyCase.filter((at) => cases.abnormal[at] === 0);
        const ofCase = (at: number) => [...lesions.score.keys()].filter((lesion) => cases.lesionCase[lesion] === at);
        for (const [suffix, ranked] of [
          ["", normal],
          ["1", everyCase],
        ] as const) {
          if (ranked.length === 0) continue;
          expect(valueOf(`afroc${suffix}`, units)).toBeCloseTo(wins([...ranked], [...lesions.score.keys()]), 12);
          const abnormal = everyCase.filter((at) => cases.abnormal[at] === 1);
          const mean = abnormal.reduce((sum, at) => sum + wins([...ranked], ofCase(at)), 0) / abnormal.length;
          expect(valueOf(`wafroc${suffix}`, units)).toBeCloseTo(mean, 12);
        }
      }),
    );
  });

  it("localisation never ranks above detection", () => {
    fc.assert(
      fc.property(sets, (units) => {
        const [roc, lroc] = [valueOf("inferred-roc", units), valueOf("lroc", units)];
        if (roc !== null && lroc !== null) expect(lroc).toBeLessThanOrEqual(roc + 1e-12);
      }),
    );
  });
});

/** The classification form: grades, decisions and scores of images and patients, and what is listed of them. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Prediction } from "../../src/contract/prediction.js";
import type { CountedUnits } from "../../src/metrics/index.js";
import { scoreClassification } from "../../src/tasks/forms/classification.js";
import type { JoinedCase, ScoredSet } from "../../src/tasks/forms/scored-set.js";
import type { Grading } from "../../src/tasks/profile.js";

const grading: Grading = {
  label: "grade",
  grades: [0, 1, 2, 3],
  positive: { title: { "zh-CN": "需转诊", en: "referable" }, score: "referable", fromGrade: 2 },
  gradable: "gradable",
};

type Answer = { grade?: unknown; score?: number; gradable?: unknown } | "failed" | "failed without code";

function image(id: string, patient: number, truth: unknown, answer: Answer): JoinedCase {
  const labels = truth === "not gradable" ? { gradable: false } : { grade: truth };
  const base = { case: id, findings: [], quantities: {} };
  const failed = typeof answer === "string";
  const given = failed ? {} : answer;
  const prediction = {
    ...base,
    status: failed ? "failed" : "ok",
    scores: given.score === undefined ? {} : { referable: given.score },
    labels: {
      ...(given.grade === undefined ? {} : { grade: given.grade }),
      ...(given.gradable === undefined ? {} : { gradable: given.gradable }),
    },
    ...(answer === "failed" ? { error: { code: "MODEL_TIMEOUT", message: "" } } : {}),
  } as Prediction;
  const reference = { ...base, labels, basis: { rule: "made", readers: [] } } as JoinedCase["reference"];
  return { id, patient, reference, prediction };
}

/**
 * Patient 0: two eyes, grades 1 and 3. Patient 1: normal, called positive. Patient 2: positive, one eye failed, the other
 * called. Patient 3: positive, all failed. Patient 4: normal, failed. Patient 5: not gradable by the reference.
 */
const images: JoinedCase[] = [
  image("a", 0, 1, { grade: 1, score: 0.2 }),
  image("b", 0, 3, { grade: 2, score: 0.9 }),
  image("c", 1, 0, { grade: 2, score: 0.6 }),
  image("d", 2, 2, "failed"),
  image("e", 2, 0, { grade: 3, score: 0.8 }),
  image("f", 3, 2, { gradable: "false", score: 0.99 }),
  image("g", 4, 0, "failed without code"),
  image("h", 5, "not gradable", { grade: 0, score: 0.7 }),
  image("i", 6, 2, { grade: 1, score: 0.3 }),
];
const patients = 7;
const all = { cases: new Uint8Array(images.length).fill(1) };
const settings = { threshold: 0.5, thresholdFromTestSet: false, frocReading: "step", frocLimits: [] } as const;
let set: ScoredSet;
let units: CountedUnits;
beforeEach(() => {
  set = scoreClassification(images, patients, grading);
  units = set.units(all, settings);
});
const list = (values: ArrayLike<number> | undefined) => Array.from(values ?? []);

describe("images", () => {
  it("are those that the reference can grade; the others are counted apart", () => {
    expect(list(units.casePatient)).toEqual([0, 0, 1, 2, 2, 3, 4, 5, 6]);
    expect(set.excludedFindings(all)).toBe(1);
    expect(set.excludedFindings({ cases: Uint8Array.from(images, (_, at) => (at < 7 ? 1 : 0)) })).toBe(0);
    expect(images.map((_, at) => set.positive(at))).toEqual([false, true, false, true, false, true, false, null, true]);
    expect(list(units.graded.image?.patient)).toEqual([0, 0, 1, 2, 2, 3, 4, 6]);
    expect(list(units.graded.image?.truth)).toEqual([1, 3, 0, 2, 0, 2, 0, 2]);
  });

  it("that failed, or that the product does not grade, have no grade, the wrong call and the worst score", () => {
    expect(list(units.answered)).toEqual([1, 1, 1, 0, 1, 0, 0, 1, 1]);
    expect(list(units.graded.image?.answer)).toEqual([1, 2, 2, -1, 3, -1, -1, 1]);
    expect(list(units.binary.image?.failed)).toEqual([0, 0, 0, 1, 0, 1, 1, 0]);
    expect(list(units.binary.image?.call)).toEqual([0, 1, 1, 0, 1, 0, 1, 0]);
    expect(list(units.binary.image?.score)).toEqual([0.2, 0.9, 0.6, -Infinity, 0.8, -Infinity, Infinity, 0.3]);
  });

  it("are called positive from the threshold on", () => {
    const at = (threshold: number) => list(set.units(all, { ...settings, threshold }).binary.image?.call)[2];
    expect([0.59, 0.6, 0.61].map(at)).toEqual([1, 1, 0]);
  });

  it("have no call without an operating point, and the failed neither", () => {
    const undecided = set.units(all, { ...settings, threshold: null });
    expect(new Set(list(undecided.binary.image?.call))).toEqual(new Set([-1]));
    expect(set.confusion(all, { ...settings, threshold: null }).map(({ rows }) => rows.length)).toEqual([4, 4]);
  });

  it("are selected by case", () => {
    const some = set.units({ cases: Uint8Array.from(images, (_, at) => (at < 3 ? 1 : 0)) }, settings);
    expect(list(some.graded.image?.truth)).toEqual([1, 3, 0]);
    expect(some.patientCount).toBe(patients);
  });
});

describe("patients", () => {
  it("have the worst grade and the highest score of their gradable images", () => {
    expect(list(units.binary.patient?.patient)).toEqual([0, 1, 2, 3, 4, 6]);
    expect(list(units.graded.patient?.truth)).toEqual([3, 0, 2, 2, 0, 2]);
    expect(list(units.binary.patient?.positive)).toEqual([1, 0, 1, 1, 0, 1]);
  });

  it("have no grade when an image failed, but may still be called by another one", () => {
    expect(list(units.graded.patient?.answer)).toEqual([2, 2, -1, -1, -1, 1]);
    expect(list(units.binary.patient?.call)).toEqual([1, 1, 1, 0, 1, 0]);
    expect(list(units.binary.patient?.score)).toEqual([0.9, 0.6, 0.8, -Infinity, Infinity, 0.3]);
  });

  it("keep a score below 0 beside an image that failed", () => {
    const seen = image("a", 0, 2, { grade: 1, score: -0.5 });
    const failed = image("b", 0, 2, "failed");
    for (const images of [
      [seen, failed],
      [failed, seen],
    ]) {
      const { patient } = scoreClassification(images, 1, grading).units(
        { cases: Uint8Array.of(1, 1) },
        { ...settings, threshold: -0.6 },
      ).binary;
      expect([list(patient?.score), list(patient?.call)]).toEqual([[-0.5], [1]]);
    }
  });

  it("stand in their order, whatever the order of images", () => {
    const mixed = scoreClassification(
      [
        image("a", 2, 3, { grade: 3, score: 0.9 }),
        image("b", 0, 0, { grade: 0, score: 0.1 }),
        image("c", 2, 1, { grade: 2, score: 0.4 }),
        image("d", 1, 2, { grade: 2, score: 0.7 }),
        image("e", 1, 3, "failed"),
      ],
      3,
      grading,
    ).units({ cases: Uint8Array.of(1, 1, 1, 1, 1) }, settings);
    expect(list(mixed.binary.patient?.patient)).toEqual([0, 1, 2]);
    expect(list(mixed.binary.patient?.score)).toEqual([0.1, 0.7, 0.9]);
    expect(list(mixed.binary.patient?.call)).toEqual([0, 1, 1]);
    expect(list(mixed.binary.patient?.failed)).toEqual([0, 1, 0]);
    expect(list(mixed.graded.patient?.truth)).toEqual([0, 3, 3]);
    expect(list(mixed.graded.patient?.answer)).toEqual([0, -1, 3]);
  });

  it("that are normal are failed by one failed image, whatever the other says", () => {
    const one = scoreClassification(
      [
        image("a", 0, 0, { grade: 0, score: 0.1 }),
        image("b", 0, 0, "failed"),
        image("c", 0, 0, { grade: 0, score: 0.3 }),
      ],
      1,
      grading,
    ).units({ cases: Uint8Array.of(1, 1, 1) }, settings);
    expect(list(one.binary.patient?.call)).toEqual([1]);
    expect(list(one.binary.patient?.score)).toEqual([Infinity]);
    expect(list(one.graded.patient?.answer)).toEqual([-1]);
  });
});

describe("answers with grades alone", () => {
  let graded: ScoredSet;
  beforeEach(() => {
    graded = scoreClassification(
      [
        image("a", 0, 2, { grade: 2 }),
        image("b", 1, 0, { grade: 1 }),
        image("c", 2, 3, "failed"),
        image("d", 3, 2, { grade: 1 }),
      ],
      4,
      grading,
    );
  });
  const every = { cases: Uint8Array.of(1, 1, 1, 1) };

  it("are called by the grade, at any threshold or none, and have no score", () => {
    const { binary } = graded.units(every, { ...settings, threshold: null });
    expect(binary.image?.scored).toBe(false);
    expect(list(binary.image?.call)).toEqual([1, 0, 0, 0]);
    expect(list(binary.image?.score)).toEqual([0, 0, -Infinity, 0]);
    expect(graded.confusion(every, { ...settings, threshold: null })).toHaveLength(4);
    expect(graded.outcomes(null).map(({ outcome }) => outcome)).toEqual([
      "positive, grade 2",
      "negative, grade 1",
      "failed, grade ",
      "negative, grade 1",
    ]);
  });

  it("are not those of which one answer has no score: that is refused, unless it is failed or declared not gradable", () => {
    const some = (second: Answer, truth: unknown = 0) =>
      scoreClassification([image("a", 0, 2, { grade: 1, score: 0.9 }), image("b", 1, truth, second)], 2, grading).units(
        { cases: Uint8Array.of(1, 1) },
        settings,
      ).binary.image;
    const refused = expect.objectContaining({
      code: "PREDICTION_INVALID",
      message: "scores.referable is given for 1 of 2 answered cases, not for b",
      hint: expect.stringContaining("labels.gradable false"),
    });
    expect(() => some({ grade: 0 })).toThrow(refused);
    // Also where the reference can't grade the image, for the product does not know.
    expect(() => some({ grade: 0 }, "not gradable")).toThrow(refused);
    expect(() => some({ score: 0 })).toThrow("labels.grade is given for 1 of 2 answered cases, not for b");
    const answered = some({ grade: 0, score: 0 });
    expect([answered?.scored, list(answered?.call)]).toEqual([true, [1, 0]]);
    expect([some("failed")?.scored, list(some("failed")?.call)]).toEqual([true, [1, 1]]);
    expect([some({ gradable: false })?.scored, list(some({ gradable: false })?.call)]).toEqual([true, [1, 1]]);
    const both = some({ gradable: false }, "not gradable");
    expect([both?.scored, list(both?.call)]).toEqual([true, [1]]);
  });

  it("that all failed rank worst, as if they had scores", () => {
    const { image: units } = scoreClassification(
      [image("a", 0, 2, "failed"), image("b", 1, 0, "failed")],
      2,
      grading,
    ).units({ cases: Uint8Array.of(1, 1) }, settings).binary;
    expect([units?.scored, list(units?.score)]).toEqual([true, [-Infinity, Infinity]]);
  });

  it("are listed where they are wrong", () => {
    expect(graded.errors(null).map(({ kind, reference, answer }) => [kind, reference, answer])).toEqual([
      ["wrong-grade", "0", "1"],
      ["failed", "3", "MODEL_TIMEOUT"],
      ["missed-positive", "2", "1"],
      ["wrong-grade", "2", "1"],
    ]);
  });
});

describe("answers with scores alone", () => {
  const made = [
    image("a", 0, 2, { score: 0.9 }),
    image("b", 1, 0, { score: 0.7 }),
    image("c", 2, 3, "failed"),
    image("d", 3, 2, { score: 0.1 }),
  ];
  const scores = scoreClassification(made, 4, grading);
  const every = { cases: Uint8Array.of(1, 1, 1, 1) };

  it("have no grades to be right or wrong, but decisions", () => {
    const { binary, graded } = scores.units(every, settings);
    expect(graded).toEqual({});
    expect(list(binary.image?.call)).toEqual([1, 1, 0, 0]);
    expect(scores.confusion(every, settings).map(({ unit, rows }) => [unit, rows.length])).toEqual([
      ["image", 2],
      ["patient", 2],
    ]);
  });

  it("are listed by their decisions", () => {
    expect(scores.errors(0.5).map(({ case: at, kind }) => [at, kind])).toEqual([
      [1, "false-alarm"],
      [2, "failed"],
      [3, "missed-positive"],
    ]);
    expect(scores.outcomes(0.5).map(({ outcome }) => outcome)).toEqual(["positive", "positive", "failed", "negative"]);
  });
});

describe("failures", () => {
  it("are cases that failed and those that the product does not grade though the reference does", () => {
    const made = [
      image("a", 0, 2, "failed"),
      image("b", 1, 2, { gradable: false, grade: 2 }),
      image("c", 2, "not gradable", { gradable: false }),
      image("d", 3, "not gradable", "failed"),
      image("e", 4, "not gradable", { grade: 1 }),
      image("f", 5, 1, { grade: 1, gradable: true }),
    ];
    const made6 = scoreClassification(made, 6, grading);
    expect(made.map((_, at) => made6.failed?.(at))).toEqual([true, true, false, true, false, false]);
    const counted = made6.units({ cases: new Uint8Array(6).fill(1) }, settings);
    expect(list(counted.answered)).toEqual([0, 0, 1, 0, 1, 1]);
  });
});

describe("lists", () => {
  it("name misses, false alarms, wrong grades and failures, image by image", () => {
    expect(set.errors(0.5).map(({ case: at, kind, unit, score, answer }) => [at, kind, unit, score, answer])).toEqual([
      [1, "wrong-grade", "image", 0.9, "2"],
      [2, "false-alarm", "image", 0.6, "2"],
      [2, "wrong-grade", "image", 0.6, "2"],
      [3, "failed", "image", null, "MODEL_TIMEOUT"],
      [4, "false-alarm", "image", 0.8, "3"],
      [4, "wrong-grade", "image", 0.8, "3"],
      [5, "failed", "image", null, "not gradable"],
      [6, "failed", "image", null, "not gradable"],
      [8, "missed-positive", "image", 0.3, "1"],
      [8, "wrong-grade", "image", 0.3, "1"],
    ]);
  });

  it("hold neither misses nor false alarms without an operating point", () => {
    expect(new Set(set.errors(null).map(({ kind }) => kind))).toEqual(new Set(["wrong-grade", "failed"]));
  });

  it("give the outcome of every gradable image", () => {
    expect(set.outcomes(0.5).map(({ key, case: id, unit, outcome }) => [key, id, unit, outcome])).toEqual([
      ["image a", "a", "image", "negative, grade 1"],
      ["image b", "b", "image", "positive, grade 2"],
      ["image c", "c", "image", "positive, grade 2"],
      ["image d", "d", "image", "failed, grade "],
      ["image e", "e", "image", "positive, grade 3"],
      ["image f", "f", "image", "failed, grade "],
      ["image g", "g", "image", "failed, grade "],
      ["image i", "i", "image", "negative, grade 1"],
    ]);
    expect(set.outcomes(null).map(({ outcome }) => outcome)).toEqual([
      "undecided, grade 1",
      "undecided, grade 2",
      "undecided, grade 2",
      "failed, grade ",
      "undecided, grade 3",
      "failed, grade ",
      "failed, grade ",
      "undecided, grade 1",
    ]);
  });

  it("count grades by the reference, failures in a column of their own, and decisions beside them", () => {
    const [ofImages, ofPatients, decisions] = set.confusion(all, settings);
    expect(ofImages).toEqual({
      unit: "image",
      rows: ["0", "1", "2", "3"],
      columns: ["0", "1", "2", "3", "failed"],
      counts: [
        [0, 0, 1, 1, 1],
        [0, 1, 0, 0, 0],
        [0, 1, 0, 0, 2],
        [0, 0, 1, 0, 0],
      ],
    });
    expect(ofPatients?.counts.flat().reduce((sum, count) => sum + count)).toBe(6);
    expect(decisions?.unit).toBe("image");
  });

  it("have neither marks nor findings", () => {
    expect(set.marks(all, 0.5)).toBeNull();
    expect(set.findings(0)).toEqual([]);
    expect(set.thresholdAt(1, all)).toBeNull();
  });
});

describe("grades", () => {
  it("outside the scale, empty or absent are refused", () => {
    const refused = (where: string) =>
      expect.objectContaining({ code: "GRADE_UNKNOWN", message: expect.stringContaining(where) });
    for (const grade of [4, 1.5, "", " ", null, undefined, "x", true, false]) {
      const call = () => scoreClassification([image("a", 0, grade, { grade: 1 })], 1, grading);
      expect(call, String(grade)).toThrow(refused("reference of a: grade is "));
    }
    for (const grade of [7, "", "  ", null, true]) {
      const call = () => scoreClassification([image("a", 0, 1, { grade })], 1, grading);
      expect(call, String(grade)).toThrow(refused("prediction of a: grade is "));
    }
  });

  it("may be written as text; an image is not gradable by false, 0 and their texts alone", () => {
    const counted = (gradable: unknown) =>
      list(
        scoreClassification([image("a", 0, "2", { grade: "1", gradable })], 1, grading).units(
          { cases: Uint8Array.of(1) },
          settings,
        ).graded.image?.answer,
      )[0];
    expect([false, "false", 0, "0"].map(counted)).toEqual([-1, -1, -1, -1]);
    expect([true, "true", 1, "no", undefined].map(counted)).toEqual([1, 1, 1, 1, 1]);
    const written = (grade: string) =>
      scoreClassification([image("a", 0, grade, { gradable: 0 })], 1, grading).errors(null)[0];
    expect(["2", "2.0", " 2"].map((grade) => written(grade)?.reference)).toEqual(["2", "2", "2"]);
  });
});

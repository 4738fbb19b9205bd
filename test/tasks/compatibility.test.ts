/** What other tools answer, by hand: PI-CAI's rows, COCO's precision, MONAI's curve, LUNA16's bounds; and where each has no answer. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import type { Finding, Geometry } from "../../src/contract/finding.js";
import { effectiveProtocol } from "../../src/tasks/effective-protocol.js";
import { maximumAssignment } from "../../src/tasks/forms/compatibility/assignment.js";
import {
  averagePrecisionOf,
  cocoMeanAveragePrecision,
  cocoPrecision,
  cocoRule,
  cocoThresholds,
} from "../../src/tasks/forms/compatibility/coco.js";
import {
  luna16Bounds,
  luna16Limits,
  luna16Rule,
  luna16Sensitivities,
} from "../../src/tasks/forms/compatibility/luna16.js";
import { frocCounts } from "../../src/tasks/forms/compatibility/events.js";
import { monaiFroc, monaiSensitivity } from "../../src/tasks/forms/compatibility/monai-froc.js";
import {
  picaiCase,
  picaiDefaults,
  picaiPeerSensitivity,
  picaiResult,
  picaiSensitivity,
  type PicaiResult,
} from "../../src/tasks/forms/compatibility/picai.js";
import { matchCase } from "../../src/tasks/forms/matching.js";
import { lungNoduleDetection } from "../../src/tasks/profiles/lung-nodule-detection.js";

describe("assignment", () => {
  /** Largest total weight of any choice of pairs. */
  function best(weights: readonly (readonly number[])[], row = 0, taken: readonly number[] = []): number {
    if (row === weights.length) return 0;
    const own = weights[row] as readonly number[];
    const choices = own.map((weight, column) =>
      taken.includes(column) ? 0 : weight + best(weights, row + 1, [...taken, column]),
    );
    return Math.max(best(weights, row + 1, taken), ...choices);
  }

  it("has the largest total weight of all", () => {
    const matrix = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })).chain(([rows, columns]) =>
      fc.array(fc.array(fc.integer({ min: 0, max: 6 }), { minLength: columns, maxLength: columns }), {
        minLength: rows,
        maxLength: rows,
      }),
    );
    fc.assert(
      fc.property(matrix, (weights) => {
        const columns = maximumAssignment(weights);
        expect(columns.length).toBe(weights.length);
        const used = columns.filter((column) => column >= 0);
        expect(new Set(used).size).toBe(used.length);
        expect(used.length).toBe(Math.min(weights.length, weights[0]?.length ?? 0));
        const total = columns.reduce((sum, column, row) => sum + (weights[row]?.[column] ?? 0), 0);
        expect(total).toBe(best(weights));
      }),
    );
  });

  it("of nothing is nothing", () => {
    expect(maximumAssignment([])).toEqual([]);
    expect(maximumAssignment([[], []])).toEqual([-1, -1]);
  });
});

describe("picai", () => {
  const row = (detection: number[], label: number[], settings = picaiDefaults) =>
    picaiCase(detection, label, [1, 1, detection.length], settings);

  it("binds a lesion by overlap alone, and leaves out or counts what else overlaps it", () => {
    // Lesion 1-6; candidates 1-3 (IoU 1/2, 0.3), 5-6 (IoU 1/3, 0.9), 9 (0.5).
    const detection = [0, 0.3, 0.2, 0.3, 0, 0.9, 0.9, 0, 0, 0.5];
    const label = [0, 1, 1, 1, 1, 1, 1, 0, 0, 0];
    const lesion = { isLesion: 1, confidence: 0.3, overlap: 0.5 };
    const alarm = (confidence: number) => ({ isLesion: 0, confidence, overlap: 0 });
    expect(row(detection, label)).toEqual({ rows: [lesion, alarm(0.5)], score: 0.9, duplicates: 1, abnormal: true });
    expect(row(detection, label, { ...picaiDefaults, duplicates: "false-positive" })).toEqual({
      rows: [lesion, alarm(0.9), alarm(0.5)],
      score: 0.9,
      duplicates: 0,
      abnormal: true,
    });
    // Dice 2 x 3 / 9.
    expect(row(detection, label, { ...picaiDefaults, overlap: "dice" }).rows[0]?.overlap).toBe(2 / 3);
    // Nothing overlaps enough: a miss, and every candidate is a false positive.
    expect(row(detection, label, { ...picaiDefaults, atLeast: 0.6 }).rows).toEqual([
      { isLesion: 1, confidence: 0, overlap: 0 },
      alarm(0.3),
      alarm(0.9),
      alarm(0.5),
    ]);
  });

  it("binds as many lesions as can be, not each to the first candidate on it", () => {
    // c: row 0 from 0 to 6, 3 voxels on each lesion; d: row 2, on the first lesion alone.
    const detection = [...[2, 2, 2, 2, 2, 2, 2], ...[0, 0, 0, 0, 0, 0, 0], ...[1, 1, 1, 0, 0, 0, 0]];
    const label = [...[1, 1, 1, 0, 1, 1, 1], ...[1, 1, 1, 0, 0, 0, 0], ...[1, 1, 1, 0, 0, 0, 0]];
    expect(picaiCase(detection, label, [1, 3, 7])).toEqual({
      rows: [
        { isLesion: 1, confidence: 1, overlap: 3 / 9 },
        { isLesion: 1, confidence: 2, overlap: 3 / 7 },
      ],
      score: 2,
      duplicates: 0,
      abnormal: true,
    });
    // Two pairs of 0.25 and 0.1 go before one of 8 / 14.
    const wide = [
      ...new Array<number>(10).fill(2),
      ...new Array<number>(10).fill(0),
      ...[1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
    ];
    const two = [...[1, 1, 1, 1, 1, 1, 1, 1, 0, 1], ...[1, 0, 0, 0, 0, 0, 0, 0, 0, 0], ...wide.slice(20)];
    expect(picaiCase(wide, two, [1, 3, 10]).rows).toEqual([
      { isLesion: 1, confidence: 1, overlap: 3 / 12 },
      { isLesion: 1, confidence: 2, overlap: 1 / 10 },
    ]);
    // At 0.4 the first lesion has no candidate.
    expect(picaiCase(detection, label, [1, 3, 7], { ...picaiDefaults, atLeast: 0.4 }).rows).toEqual([
      { isLesion: 1, confidence: 0, overlap: 0 },
      { isLesion: 1, confidence: 2, overlap: 3 / 7 },
      { isLesion: 0, confidence: 1, overlap: 0 },
    ]);
    // The least overlap itself is enough.
    expect(picaiCase(detection, label, [1, 3, 7], { ...picaiDefaults, atLeast: 3 / 7 }).rows[1]?.confidence).toBe(2);
  });

  it("an empty map on a lesion is a miss, on nothing nothing", () => {
    expect(row([0, 0], [1, 0])).toEqual({
      rows: [{ isLesion: 1, confidence: 0, overlap: 0 }],
      score: 0,
      duplicates: 0,
      abnormal: true,
    });
    expect(row([0, 0], [0, 0])).toEqual({ rows: [], score: 0, duplicates: 0, abnormal: false });
  });

  it("refuses maps that do not fill their grid, and voxels that are no number", () => {
    expect(() => picaiCase([0, NaN], [0, 1], [1, 1, 2])).toThrow(expect.objectContaining({ code: "MASK_INVALID" }));
    expect(() => picaiCase([0, 1], [0, NaN], [1, 1, 2])).toThrow(
      expect.objectContaining({ code: "MASK_INVALID", message: "voxel 1 is no number" }),
    );
    expect(() => picaiCase([0, 1], [0, 1], [1, 1, 3])).toThrow(expect.objectContaining({ code: "MASK_INVALID" }));
  });

  it("evaluates a list, and has no number without lesions or without normal cases", () => {
    const cases = [row([0.8, 0, 0], [1, 0, 0]), row([0, 0, 0], [0, 0, 1]), row([0.8, 0, 0.2], [0, 0, 0])];
    const result = picaiResult(cases);
    expect(result).toMatchObject({
      cases: 3,
      lesions: 2,
      points: [
        { truePositives: 1, falsePositives: 1, threshold: 0.8 },
        { truePositives: 1, falsePositives: 2, threshold: 0.2 },
      ],
      // The first step alone: 1/2 at precision 1/2; the missed lesion comes at confidence 0, whose precision is 0.
      averagePrecision: 0.25,
      auroc: 0.25,
      score: 0.25,
    });
    expect([0, 1 / 3, 1].map((limit) => picaiSensitivity(result, limit))).toEqual([0, 0.5, 0.5]);
    expect(result.peer.thresholds).toEqual([0.8, 0.2, 0]);
    expect(result.peer.lesionTpr).toEqual([0.5, 0.5, 0.5]);
    expect(result.peer.lesionFpr).toEqual([Math.fround(1 / 3), Math.fround(2 / 3), Infinity]);
    // In single precision 1/3 is above the limit 1/3.
    expect([1 / 3, 0.34].map((limit) => picaiPeerSensitivity(result, limit))).toEqual([0, 0.5]);
    const normal = picaiResult([row([0.5], [0])]);
    expect([normal.averagePrecision, normal.auroc, normal.score]).toEqual([null, null, null]);
    expect([0, 8].map((limit) => picaiSensitivity(normal, limit))).toEqual([null, null]);
    const abnormal = picaiResult([row([0.5], [1])]);
    expect([abnormal.averagePrecision, abnormal.auroc, abnormal.score]).toEqual([1, null, null]);
    const reasons = (result: PicaiResult) => [
      result.reasons.averagePrecision,
      result.reasons.auroc,
      result.reasons.score,
    ];
    expect(reasons(result)).toEqual([null, null, null]);
    expect(reasons(normal)).toEqual(["no-positives", "no-positives", "no-positives"]);
    expect(reasons(abnormal)).toEqual([null, "no-negatives", "no-negatives"]);
    expect(reasons(picaiResult([]))).toEqual(["no-data", "no-data", "no-data"]);
    expect(abnormal.peer).toEqual({ lesionTpr: [0, 0], lesionFpr: [0, Infinity], thresholds: [0.5] });
    expect([picaiSensitivity(abnormal, 0), picaiPeerSensitivity(abnormal, 8)]).toEqual([1, 0]);
  });

  it("joins candidates that touch at a corner", () => {
    const one = picaiCase([0.4, 0, 0, 0.9], [1, 0, 0, 1], [1, 2, 2]);
    expect(one.rows).toEqual([{ isLesion: 1, confidence: 0.9, overlap: 1 }]);
  });
});

describe("coco", () => {
  const box = (x: number, width = 10): Geometry => ({ type: "box", min: [x, 0], max: [x + width, 10] });
  const finding = (geometry: Geometry, score?: number, excluded = false): Finding => ({
    id: "f",
    geometry,
    ...(score === undefined ? {} : { score }),
    ...(excluded ? { excluded } : {}),
  });
  const lesions = [finding(box(0)), finding(box(30))];

  it("gives recall, envelope and average precision after each mark", () => {
    const marks = [finding(box(60), 0.9), finding(box(0), 0.8), finding(box(30), 0.6), finding(box(90), 0.1)];
    const precision = cocoPrecision([{ lesions, marks }], 0.5);
    expect([...precision.recall]).toEqual([0, 0.5, 1, 1]);
    [2 / 3, 2 / 3, 2 / 3, 1 / 2].forEach((value, at) => expect(precision.envelope[at]).toBeCloseTo(value, 14));
    expect(averagePrecisionOf(precision, "101-recalls")).toBeCloseTo(2 / 3, 14);
    expect(averagePrecisionOf(precision, "envelope")).toBeCloseTo(2 / 3, 14);
  });

  it("counts excluded findings as nothing: neither to be found nor false", () => {
    const excluded = finding(box(60), undefined, true);
    const marks = [finding(box(60), 0.9), finding(box(0), 0.8), finding(box(30), 0.6)];
    const precision = cocoPrecision([{ lesions: [...lesions, excluded], marks }], 0.5);
    expect([...precision.recall]).toEqual([0.5, 1]);
    expect(averagePrecisionOf(precision, "envelope")).toBeCloseTo(1, 14);
  });

  it("reads 0 beyond the last recall, and nothing without a lesion", () => {
    const half = cocoPrecision([{ lesions, marks: [finding(box(0), 0.8)] }], 0.5);
    expect(averagePrecisionOf(half, "101-recalls")).toBeCloseTo(51 / 101, 14);
    expect(averagePrecisionOf(half, "envelope")).toBeCloseTo(0.5, 14);
    const nothing = cocoPrecision([{ lesions: [], marks: [finding(box(0), 0.8)] }], 0.5);
    expect(averagePrecisionOf(nothing, "101-recalls")).toBeNull();
    expect(averagePrecisionOf(nothing, "envelope")).toBeNull();
    expect(averagePrecisionOf(cocoPrecision([{ lesions, marks: [] }], 0.5), "101-recalls")).toBe(0);
  });

  it("takes equal scores in the order of cases and rows", () => {
    const [hit, alarm] = [finding(box(0), 0.5), finding(box(60), 0.5)];
    const of = (marks: Finding[]) =>
      averagePrecisionOf(cocoPrecision([{ lesions: [finding(box(0))], marks }], 0.5), "envelope") as number;
    expect(of([hit, alarm])).toBeCloseTo(1, 14);
    expect(of([alarm, hit])).toBeCloseTo(0.5, 14);
  });

  it("counts a second mark on a lesion as false", () => {
    const twice = cocoPrecision(
      [{ lesions: [finding(box(0))], marks: [finding(box(0), 0.9), finding(box(1), 0.8)] }],
      0.5,
    );
    expect([...twice.recall]).toEqual([1, 1]);
    expect(twice.envelope[1]).toBeCloseTo(1 / 2, 14);
    // The peer adds the distance from 1 to the next number: a perfect answer stays below 1 by one step.
    expect(twice.envelope[0]).toBe(0.9999999999999998);
    expect(twice.lesions).toBe(1);
  });

  it("ignores marks on excluded findings, and keeps 100 a case", () => {
    const crowd = finding(box(60), undefined, true);
    const marks = [finding(box(60), 0.9), finding(box(0), 0.8)];
    expect(
      averagePrecisionOf(cocoPrecision([{ lesions: [finding(box(0)), crowd], marks }], 0.5), "envelope"),
    ).toBeCloseTo(1, 14);
    const many = [...Array.from({ length: 100 }, () => finding(box(60), 0.9)), finding(box(0), 0.8)];
    expect(cocoPrecision([{ lesions: [finding(box(0))], marks: many }], 0.5).recall.at(-1)).toBe(0);
  });

  it("averages over IoU thresholds", () => {
    // numpy.linspace(0.5, 0.95, 10), as pycocotools makes them: 0.9 is one place below.
    expect(cocoThresholds).toEqual([0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.8999999999999999, 0.95]);
    // Sides 143 x 2 and 143 x 1.8: an IoU of 257.4 / 286 = 0.8999999999999999, which pycocotools 2.0.11 counts (AP 0.9).
    const wide = (height: number, score?: number): Finding => ({
      id: "w",
      geometry: { type: "box", min: [0, 0], max: [143, height] },
      ...(score === undefined ? {} : { score }),
    });
    expect(cocoMeanAveragePrecision([{ lesions: [wide(2)], marks: [wide(1.8, 0.5)] }])).toBeCloseTo(0.9, 14);
    // IoU 0.7: found at five of the ten thresholds (0.5 to 0.7).
    const cases = [{ lesions: [finding(box(0))], marks: [finding(box(0, 7), 0.5)] }];
    expect(cocoMeanAveragePrecision(cases)).toBeCloseTo(0.5, 12);
    expect(cocoMeanAveragePrecision(cases, [0.6])).toBeCloseTo(1, 12);
    expect(cocoMeanAveragePrecision([{ lesions: [], marks: [] }])).toBeNull();
    // A perfect box is found at 1.
    expect(cocoMeanAveragePrecision([{ lesions, marks: [finding(box(0), 1), finding(box(30), 1)] }], [1])).toBeCloseTo(
      1,
      12,
    );
  });

  it("is a rule of the protocol", () => {
    const made = effectiveProtocol(lungNoduleDetection, {
      schema: "medassay/protocol/1",
      task: "lung-nodule-detection",
      compatibility: "coco",
    });
    const rule = (atLeast: number) => ({
      rule: "overlap",
      comparator: "le",
      minRadiusMm: 0,
      overlap: { measure: "iou", atLeast },
      assignment: "coco",
      duplicates: "false-positive",
      excluded: "ignore",
      maxMarksPerCase: 100,
      capTies: "first",
    });
    expect(made.match).toEqual(rule(0.5));
    expect([cocoRule(0.7), cocoRule(1)]).toEqual([rule(0.7), rule(1 - 1e-10)]);
  });
});

describe("what FROC functions start from", () => {
  it("is the score of every lesion, missed ones too, and of every false positive, over all cases", () => {
    const at = (id: string, x: number, score?: number): Finding => ({
      id,
      geometry: { type: "point", at: [x, 0, 0] },
      ...(score === undefined ? {} : { score }),
    });
    const rule = { ...luna16Rule, comparator: "le", minRadiusMm: 5 } as const;
    const matched = [
      matchCase([at("a", 0), at("b", 50)], [at("x", 90)], [at("m", 1, 0.9), at("n", 2, 0.8), at("o", 90, 0.7)], rule),
      matchCase([], [], [at("m", 1, 0.6)], rule),
      matchCase([], [], [], rule),
    ];
    expect(frocCounts(matched)).toEqual({ lesions: [0.9, -Infinity], falsePositives: [0.6], cases: 3 });
  });
});

describe("monai-froc", () => {
  const made = () => monaiFroc({ lesions: [0.9, 0.4, -Infinity], falsePositives: [0.6, 0.6, 0.2], cases: 4 });

  it("takes missed lesions for hits at 0, and the lowest score for no threshold", () => {
    // Scores 0, 0.2, 0.4 (single), 0.6, 0.9 (single): 0 is left out.
    const curve = made();
    expect(curve.falsePositivesPerImage).toEqual([3 / 4, 2 / 4, 2 / 4, 0, 0]);
    expect(curve.sensitivity).toEqual([2 / 3, 2 / 3, 1 / 3, 1 / 3, 0]);
  });

  it("does so beside scores below 0 too, where 0 is a threshold", () => {
    // Scores -1, 0 (the miss), 0.5, 0.75: at 0 both lesions are hits, and one mark of two is none.
    const curve = monaiFroc({ lesions: [0.75, -Infinity], falsePositives: [0.5, -1], cases: 2 });
    expect(curve).toEqual({ falsePositivesPerImage: [1 / 2, 1 / 2, 0, 0], sensitivity: [1, 1 / 2, 1 / 2, 0] });
  });

  it("is read between points, at the upper end of steps, level beyond", () => {
    const at = (limit: number) => monaiSensitivity(made(), limit);
    expect(at(0)).toBeCloseTo(1 / 3, 14);
    expect(at(0.25)).toBeCloseTo(1 / 3, 14);
    expect(at(0.5)).toBeCloseTo(2 / 3, 14);
    expect([at(0.75), at(8)]).toEqual([2 / 3, 2 / 3]);
    const slanting = monaiFroc({ lesions: [0.5, -Infinity], falsePositives: [0.5], cases: 2 });
    expect([0.125, 0.25, 0.5].map((limit) => monaiSensitivity(slanting, limit))).toEqual([0.125, 0.25, 0.5]);
  });

  it("refuses scores that are no number", () => {
    const counts = { lesions: [0.5], falsePositives: [0.5], cases: 2 };
    for (const wrong of [{ lesions: [0.5, NaN] }, { falsePositives: [NaN] }])
      expect(() => monaiFroc({ ...counts, ...wrong })).toThrow(
        expect.objectContaining({ code: "STATISTICS_ARGUMENT" }),
      );
  });

  it("has no number without lesions or without images", () => {
    expect(monaiSensitivity(monaiFroc({ lesions: [], falsePositives: [0.5], cases: 2 }), 1)).toBeNaN();
    expect(monaiSensitivity(monaiFroc({ lesions: [0.5], falsePositives: [], cases: 0 }), 1)).toBeNaN();
  });
});

describe("luna16", () => {
  it("reads between points, and gives nothing where nothing is found", () => {
    const counts = { lesions: [0.9, 0.5, -Infinity], falsePositives: [0.5, 0.5], cases: 4 };
    // From (0, 1/3) to (1/2, 2/3) in one step.
    const read = luna16Sensitivities(counts, [0.125, 0.25, 0.5, 1]);
    [1 / 3 + 1 / 12, 1 / 3 + 1 / 6, 2 / 3, 2 / 3].forEach((value, at) => expect(read[at]).toBeCloseTo(value, 14));
    expect(luna16Sensitivities(counts).length).toBe(luna16Limits.length);
    expect(luna16Sensitivities({ ...counts, lesions: [-Infinity] }, [1, 2])).toEqual([null, null]);
    expect(luna16Sensitivities({ ...counts, lesions: [] }, [1])).toEqual([null]);
  });

  it("picks bounds among the sorted values", () => {
    const values = Array.from({ length: 100 }, (_, at) => (at * 37) % 100);
    expect(luna16Bounds(values)).toEqual([2, 97]);
    expect(luna16Bounds([5, 3])).toEqual([3, 5]);
    expect(luna16Bounds([4])).toEqual([4, 4]);
  });

  it("is a rule of the protocol", () => {
    const made = effectiveProtocol(lungNoduleDetection, {
      schema: "medassay/protocol/1",
      task: "lung-nodule-detection",
      compatibility: "luna16",
      match: { minRadiusMm: 9 },
    });
    expect(made.match).toEqual(luna16Rule);
  });
});

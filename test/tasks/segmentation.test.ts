/** The segmentation form: masks in findings to metrics of a set, with empty masks and failures counted by kind. */
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/contract/finding.js";
import type { SegmentationRule } from "../../src/contract/protocol.js";
import type { MetricResult } from "../../src/contract/result.js";
import { judgeCriteria } from "../../src/evaluation/criteria.js";
import { effectiveProtocol } from "../../src/tasks/effective-protocol.js";
import { scoreSegmentation, usualSegmentation } from "../../src/tasks/forms/segmentation.js";
import { lungNoduleDetection } from "../../src/tasks/profiles/lung-nodule-detection.js";
import { estimateMade, scoreMade, type MadeForm, type MadeFormCase } from "./made-forms.js";

const shape = [1, 10];
const spacing = [2, 0.5];

/** A bar of pixels `from` to `to` (the last not included) on a row of 10. */
function bar(from: number, to: number, label = "liver", grid = spacing): Finding {
  const runs = to === 10 ? [from, to - from] : [from, to - from, 10 - to];
  return { id: `m${from}-${to}`, label, geometry: { type: "mask", shape, spacing: grid, runs } };
}

const pair = (truth: Finding[], answer: Finding[] | null): MadeFormCase => ({
  truth: { findings: truth },
  answer: answer === null ? null : { findings: answer },
});

const metrics = [
  "dice",
  "dice-median",
  "dice-percentile@25",
  "iou",
  "voxel-recall",
  "voxel-precision",
  "volumetric-similarity",
  "volume-difference",
  "relative-volume-difference",
  "hd",
  "hd-penalised",
  "hd-median",
  "hd-percentile@90",
  "hd95",
  "assd",
  "masd",
  "nsd@0.5",
  "nsd-median@0.5",
  "boundary-iou",
  "cl-dice",
  "lesion-wise-dice",
  "pooled-dice",
  "mask-lesion-recall",
  "mask-lesion-precision",
  "answered-rate",
];
const made: MadeForm = { form: "segmentation", classes: ["liver"], metrics };

/** Dice 1, 2/3, 1/2 ...: bars of 2 pixels against bars of 2, 4, 6 with the same start. */
const found: MadeFormCase[] = [2, 4, 6, 8, 9].map((to) => pair([bar(0, 2)], [bar(0, to)]));
const diceOf = [1, 4 / 6, 4 / 8, 4 / 10, 4 / 11];
const meanOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("a set of masks", () => {
  it("is summarised by mean, median and percentile over cases", () => {
    const rows = estimateMade(made, found, "liver");
    expect(rows.get("dice")?.estimate).toBeCloseTo(meanOf(diceOf), 12);
    expect(rows.get("dice-median")?.estimate).toBeCloseTo(0.5, 12);
    expect(rows.get("dice-percentile@25")?.estimate).toBeCloseTo(0.4, 12);
    expect(rows.get("pooled-dice")?.estimate).toBeCloseTo((2 * 10) / (10 + 29), 12);
    expect(rows.get("voxel-recall")?.estimate).toBe(1);
    expect(rows.get("voxel-precision")?.estimate).toBeCloseTo(meanOf([1, 2 / 4, 2 / 6, 2 / 8, 2 / 9]), 12);
    expect(rows.get("iou")?.estimate).toBeCloseTo(meanOf([1, 2 / 4, 2 / 6, 2 / 8, 2 / 9]), 12);
    // Pixels are 1 mm²; the answers have 0, 2, 4, 6, 7 pixels too many.
    expect(rows.get("volume-difference")?.estimate).toBeCloseTo(3.8, 12);
    expect(rows.get("relative-volume-difference")?.estimate).toBeCloseTo(1.9, 12);
    // The far end lies 0, 2, 4, 6, 7 pixels of 0.5 mm away.
    expect(rows.get("hd")?.estimate).toBeCloseTo(1.9, 12);
    expect(rows.get("hd-median")?.estimate).toBeCloseTo(2, 12);
    expect(rows.get("hd-percentile@90")?.estimate).toBeCloseTo(3.3, 12);
    // The pixels too many lie 0.5, 1, 1.5 ... mm away: 1.5, 5, 10.5 and 14 mm together; all other distances are 0.
    expect(rows.get("assd")?.estimate).toBeCloseTo(meanOf([0, 1.5 / 6, 5 / 8, 10.5 / 10, 14 / 11]), 12);
    expect(rows.get("masd")?.estimate).toBeCloseTo(meanOf([0, 1.5 / 4, 5 / 6, 10.5 / 8, 14 / 9]) / 2, 12);
    // By interpolation between the distances in order: 95 % of the way along 4, 6, 8 and 9 pixels.
    expect(rows.get("hd95")?.estimate).toBeCloseTo(meanOf([0, 0.925, 1.875, 2.825, 3.3]), 12);
    // Within 0.5 mm: both pixels of the reference, and three of the answer.
    expect(rows.get("nsd@0.5")?.estimate).toBeCloseTo(meanOf([1, 5 / 6, 5 / 8, 5 / 10, 5 / 11]), 12);
    expect(rows.get("nsd-median@0.5")?.estimate).toBeCloseTo(5 / 8, 12);
    expect(rows.get("volumetric-similarity")?.estimate).toBeCloseTo(meanOf([1, 4 / 6, 4 / 8, 4 / 10, 4 / 11]), 12);
    expect(rows.get("mask-lesion-recall")?.estimate).toBe(1);
  });

  it("carries intervals over patients, never without width", () => {
    const rows = estimateMade(made, found, "liver");
    const dice = rows.get("dice");
    expect(dice?.interval?.method).toBe("bootstrap_percentile");
    expect(Number(dice?.interval?.low)).toBeLessThan(Number(dice?.estimate));
    expect(Number(dice?.interval?.high)).toBeGreaterThan(Number(dice?.estimate));
    expect(dice?.n).toMatchObject({ cases: 5, valued: 5, patients: 5, failed: 0, bothEmpty: 0 });
    expect(rows.get("voxel-recall")).toMatchObject({ interval: null, notEstimable: { reason: "zero-variance" } });
    expect(rows.get("mask-lesion-recall")?.interval?.method).toBe("wilson");
  });

  it("counts empty masks by kind: agreement 0 with one, none with two, distances with neither", () => {
    const rows = estimateMade(made, [...found, pair([bar(0, 2)], []), pair([], [bar(0, 2)]), pair([], [])], "liver");
    expect(rows.get("dice")?.n).toMatchObject({
      cases: 8,
      valued: 7,
      bothEmpty: 1,
      referenceEmpty: 1,
      predictionEmpty: 1,
    });
    expect(rows.get("dice")?.estimate).toBeCloseTo(diceOf.reduce((a, b) => a + b, 0) / 7, 12);
    expect(rows.get("voxel-recall")?.n).toMatchObject({ valued: 6 });
    expect(rows.get("voxel-recall")?.estimate).toBeCloseTo(5 / 6, 12);
    expect(rows.get("hd")?.n).toMatchObject({ cases: 8, valued: 5 });
    expect(rows.get("hd")?.estimate).toBeCloseTo(1.9, 12);
    // Two of seven cases have the diagonal of 2 x 5 mm.
    expect(rows.get("hd-penalised")?.estimate).toBeCloseTo((9.5 + 2 * Math.sqrt(4 + 25)) / 7, 12);
    expect(rows.get("hd-median")?.estimate).toBeCloseTo(3, 12);
    expect(rows.get("hd-percentile@90")).toMatchObject({
      estimate: null,
      notEstimable: { reason: "reference-empty" },
    });
    expect(rows.get("volume-difference")?.n).toMatchObject({ valued: 8 });
    expect(rows.get("mask-lesion-precision")?.n).toMatchObject({ numerator: 5, denominator: 6 });
  });

  it("takes two empty masks as full agreement where the protocol says so", () => {
    const segmentation: SegmentationRule = { ...usualSegmentation, bothEmpty: 1 };
    const rows = estimateMade({ ...made, protocol: { segmentation } }, [...found, pair([], [])], "liver");
    for (const name of ["dice", "nsd@0.5", "boundary-iou", "cl-dice", "iou", "volumetric-similarity"]) {
      expect(rows.get(name)?.n, name).toMatchObject({ valued: 6, bothEmpty: 1 });
    }
    expect(rows.get("dice")?.estimate).toBeCloseTo((meanOf(diceOf) * 5 + 1) / 6, 12);
    expect(rows.get("hd")?.n).toMatchObject({ valued: 5 });
  });

  it("counts masks that are missed, or matched by nothing, as a Dice of lesions of 0", () => {
    const half = (answer: Finding[], rule: Partial<SegmentationRule> = {}) => {
      const cases = [...found, ...found.map(() => pair([bar(0, 2)], answer))];
      const segmentation = { ...usualSegmentation, ...rule };
      return estimateMade({ ...made, protocol: { segmentation } }, cases, "liver").get("lesion-wise-dice");
    };
    expect(half([])).toMatchObject({ n: { valued: 10 } });
    expect(half([])?.estimate).toBeCloseTo(meanOf(diceOf) / 2, 12);
    expect(half([bar(7, 9)])?.estimate).toBeCloseTo(meanOf(diceOf) / 2, 12);
    const nothing = [...found, ...found.map(() => pair([], []))];
    const at = (bothEmpty: null | 1) => {
      const segmentation = { ...usualSegmentation, bothEmpty };
      return estimateMade({ ...made, protocol: { segmentation } }, nothing, "liver").get("lesion-wise-dice");
    };
    expect(at(null)).toMatchObject({ n: { valued: 5 } });
    expect(at(1)?.estimate).toBeCloseTo((meanOf(diceOf) + 1) / 2, 12);
  });

  it("opens the interval of a median where draws fall on cases without a distance", () => {
    const distances = [3, 4, 5, 6, 7, 8].map((to) => pair([bar(0, 2)], [bar(0, to)]));
    const missed = [1, 2, 3, 4, 5].map(() => pair([bar(0, 2)], []));
    const cases = [...distances, ...missed];
    const median = estimateMade(made, cases, "liver").get("hd-median");
    // The sixth of eleven: 6 pixels of 0.5 mm. More than 2.5 % of draws have more missed than measured cases.
    expect(median).toMatchObject({ estimate: 3, interval: { high: "Infinity" } });
    expect(Number(median?.interval?.low)).toBeGreaterThanOrEqual(0.5);
    expect(median?.flags).not.toContain("degenerate-replicates");
    const criterion = { metric: "hd-median", stratum: { class: "liver" }, compare: "upper", atMost: 1e6 } as const;
    const protocol = { ...effectiveProtocol(lungNoduleDetection, null), acceptance: [criterion] };
    expect(judgeCriteria(protocol, [median as MetricResult]).verdict).toBe("fail");
  });

  it("leaves masks that fill an open image out, whose surface is nowhere", () => {
    const segmentation: SegmentationRule = { ...usualSegmentation, edge: "open" };
    const full = [1, 2, 3, 4].map(() => pair([bar(0, 10)], [bar(0, 10)]));
    const rows = estimateMade({ ...made, protocol: { segmentation } }, [...found, ...full], "liver");
    const without = estimateMade({ ...made, protocol: { segmentation } }, found, "liver");
    for (const name of ["hd", "hd-median", "hd-penalised"]) {
      expect(rows.get(name)?.n, name).toMatchObject({ cases: 9, valued: 5 });
      expect(rows.get(name)?.estimate, name).toBe(without.get(name)?.estimate);
    }
  });

  it("counts failures against the product: agreement 0, no distance, ranked last", () => {
    const failed = [pair([bar(0, 2)], null), pair([], null)];
    const rows = estimateMade(made, [...found, ...failed], "liver");
    expect(rows.get("dice")?.n).toMatchObject({ valued: 7, failed: 2, predictionEmpty: 1, bothEmpty: 1 });
    expect(rows.get("dice")?.estimate).toBeCloseTo((meanOf(diceOf) * 5) / 7, 12);
    expect(rows.get("dice")?.flags).not.toContain("failed-left-out");
    expect(rows.get("nsd@0.5")?.n).toMatchObject({ valued: 7 });
    expect(rows.get("nsd@0.5")?.flags).not.toContain("failed-left-out");
    expect(rows.get("hd")).toMatchObject({ n: { valued: 5 } });
    expect(rows.get("hd")?.flags).toContain("failed-left-out");
    // Between nothing and no answer there is no distance, as there is none between nothing and an empty answer.
    expect(rows.get("hd-penalised")?.n).toMatchObject({ valued: 6 });
    expect(rows.get("hd-median")?.n).toMatchObject({ valued: 6 });
    expect(rows.get("hd-median")?.estimate).toBeCloseTo(2.5, 12);
    expect(rows.get("hd-median")?.flags).toContain("failed-left-out");
    expect(rows.get("volume-difference")?.flags).toContain("failed-left-out");
    expect(rows.get("pooled-dice")?.estimate).toBeCloseTo(20 / (12 + 29), 12);
    expect(rows.get("mask-lesion-recall")?.n).toMatchObject({ numerator: 5, denominator: 6 });
    const bothEmpty: SegmentationRule = { ...usualSegmentation, bothEmpty: 1 };
    const generous = estimateMade({ ...made, protocol: { segmentation: bothEmpty } }, [...found, ...failed], "liver");
    expect(generous.get("dice")?.estimate).toBeCloseTo((meanOf(diceOf) * 5) / 7, 12);
  });

  it("leaves failures out where the protocol excludes them", () => {
    const rows = estimateMade(
      { ...made, protocol: { failedCases: "exclude" } },
      [...found, pair([bar(0, 2)], null)],
      "liver",
    );
    expect(rows.get("dice")?.n).toMatchObject({ cases: 5, failed: 0 });
  });

  it("has no value, and says why, where no case has one", () => {
    const all = (truth: Finding[], answer: Finding[]) =>
      estimateMade(
        made,
        Array.from({ length: 6 }, () => pair(truth, answer)),
        "liver",
      );
    expect(all([], []).get("dice")?.notEstimable?.reason).toBe("both-empty");
    expect(all([], []).get("pooled-dice")?.notEstimable?.reason).toBe("both-empty");
    expect(all([], [bar(0, 1)]).get("hd")?.notEstimable?.reason).toBe("reference-empty");
    expect(all([], [bar(0, 1)]).get("mask-lesion-recall")?.notEstimable?.reason).toBe("no-positives");
    expect(all([bar(0, 1)], []).get("hd")?.notEstimable?.reason).toBe("prediction-empty");
    expect(all([bar(0, 1)], []).get("hd-median")?.notEstimable?.reason).toBe("prediction-empty");
    expect(all([bar(0, 1)], []).get("mask-lesion-precision")?.notEstimable?.reason).toBe("zero-denominator");
    expect(estimateMade(made, [], "liver").get("dice")?.notEstimable?.reason).toBe("no-data");
    expect(estimateMade(made, [], "liver").get("pooled-dice")?.notEstimable?.reason).toBe("no-data");
  });

  it("is measured by the surface and at the edge that the protocol declares", () => {
    const at = (rule: Partial<SegmentationRule>) => {
      const segmentation = { ...usualSegmentation, ...rule };
      const rows = estimateMade({ ...made, protocol: { segmentation } }, found, "liver");
      return (name: string) => rows.get(name)?.estimate;
    };
    // Bars of one row: their border voxels are all of them; their outline also counts the long sides.
    expect(at({})("nsd@0.5")).not.toBeCloseTo(at({ surface: "surfel-area" })("nsd@0.5") as number, 6);
    expect(at({ surface: "surfel-area" })("hd")).toBeCloseTo(1.9, 12);
    // Without the edge of the image a bar has two ends at most: that at pixel 0 is cut.
    expect(at({ edge: "open" })("assd")).toBeCloseTo(1.9, 12);
  });

  it("joins lesions by the connectivity, drops small ones, and matches at the overlap that the protocol declares", () => {
    const two = [pair([bar(0, 2), bar(4, 5)], [bar(0, 5)])];
    const cases = [...two, ...two, ...two, ...two, ...two];
    const count = (rule: Partial<SegmentationRule>, name: string) => {
      const segmentation = { ...usualSegmentation, ...rule };
      return estimateMade({ ...made, protocol: { segmentation } }, cases, "liver").get(name)?.n;
    };
    expect(count({}, "mask-lesion-recall")).toMatchObject({ numerator: 5, denominator: 10 });
    expect(count({ leastVolume: 2 }, "mask-lesion-recall")).toMatchObject({ numerator: 5, denominator: 5 });
    expect(count({ leastIou: 0.5 }, "mask-lesion-recall")).toMatchObject({ numerator: 0, denominator: 10 });
    expect(count({ connectivity: 4 }, "mask-lesion-precision")).toMatchObject({ numerator: 5, denominator: 5 });
    // Two pixels that touch at a corner.
    const diagonal: Finding = {
      id: "m",
      label: "liver",
      geometry: { type: "mask", shape: [2, 2], runs: [0, 1, 2, 1] },
    };
    const lesionsAt = (connectivity: SegmentationRule["connectivity"]) => {
      const segmentation = { ...usualSegmentation, connectivity };
      const { set, overall, settings } = scoreMade({ ...made, protocol: { segmentation } }, [
        pair([diagonal], [diagonal]),
      ]);
      const masks = set.units({ ...overall, label: "liver" }, settings).masks;
      return [masks?.lesions[0], masks?.components[0], masks?.matched[0]];
    };
    expect([lesionsAt(null), lesionsAt(8), lesionsAt(4)]).toEqual([
      [1, 1, 1],
      [1, 1, 1],
      [2, 2, 2],
    ]);
  });

  it("has a structure for every label, made of all masks that carry it", () => {
    const set = [pair([bar(0, 2), bar(3, 4), bar(6, 8, "spleen")], [bar(0, 4), bar(8, 9, "spleen")])];
    const cases = Array.from({ length: 5 }, () => set[0] as MadeFormCase);
    const both: MadeForm = { ...made, classes: ["liver", "spleen"] };
    expect(estimateMade(both, cases, "liver").get("dice")?.estimate).toBeCloseTo(6 / 7, 12);
    expect(estimateMade(both, cases, "spleen").get("dice")?.estimate).toBe(0);
    const { set: scored } = scoreMade(both, cases);
    expect(scored.positive(0)).toBe(true);
    expect(scored.positive(0, "spleen")).toBe(true);
    expect(scoreMade(both, [pair([], [bar(0, 1)])]).set.positive(0)).toBe(false);
    // One structure is enough, found or not.
    const { set: missed } = scoreMade(both, [pair([bar(0, 1, "spleen")], [])]);
    expect([missed.positive(0), missed.positive(0, "spleen"), missed.positive(0, "liver")]).toEqual([
      true,
      true,
      false,
    ]);
    expect(scoreMade(both, [pair([bar(0, 1)], [bar(0, 1)])]).set.positive(0, "spleen")).toBe(false);
  });

  it("lists failures, missed structures and structures that are not there", () => {
    const { set } = scoreMade(made, [
      pair([bar(0, 2)], [bar(0, 2)]),
      pair([bar(0, 2)], []),
      pair([], [bar(0, 2)]),
      pair([], []),
      pair([bar(0, 2)], null),
      { truth: { findings: [bar(0, 2)] }, answer: "silent" },
    ]);
    expect(set.errors(null).map(({ case: at, kind, reference, answer }) => [at, kind, reference, answer])).toEqual([
      [1, "missed-positive", "liver", "empty"],
      [2, "false-alarm", "empty", "liver"],
      [4, "failed", "liver", "MODEL_CRASHED"],
      [5, "failed", "liver", ""],
    ]);
    expect(set.outcomes(null).map(({ key, outcome }) => [key, outcome])).toEqual([
      ["case c0 liver", "Dice 1"],
      ["case c1 liver", "prediction-empty"],
      ["case c2 liver", "reference-empty"],
      ["case c3 liver", "both-empty"],
      ["case c4 liver", "failed"],
      ["case c5 liver", "failed"],
    ]);
    const noMark = { finding: null, mark: null, nearest: null, score: null };
    for (const row of set.errors(null)) expect(row).toMatchObject({ unit: "case", ...noMark });
    expect(set.outcomes(null).map(({ case: id, unit }) => `${unit} ${id}`)).toEqual(
      [0, 1, 2, 3, 4, 5].map((at) => `case c${at}`),
    );
  });

  it("takes nothing from a failed answer, whatever it holds", () => {
    const protocol = { ...effectiveProtocol(lungNoduleDetection, null), metrics: ["dice", "hd"], primary: "dice" };
    const line = { case: "c", labels: {}, quantities: {}, findings: [bar(0, 2)] };
    const basis = { rule: "made", readers: [] };
    const joined = (["failed", "ok"] as const).map((status, patient) => ({
      id: "c",
      patient,
      reference: { ...line, basis },
      prediction: { ...line, scores: {}, status },
    }));
    const set = scoreSegmentation(joined, 2, ["liver"], protocol);
    const units = set.units(
      { cases: Uint8Array.of(1, 1), label: "liver" },
      { threshold: null, thresholdFromTestSet: false, frocReading: "step", frocLimits: [] },
    );
    expect([...units.answered]).toEqual([0, 1]);
    expect([[...units.casePatient], [...(units.masks?.patient ?? [])]]).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect(units.masks).toMatchObject({ state: ["prediction-empty", "both"], failed: Uint8Array.of(1, 0) });
    expect([...(units.masks?.falseNegative ?? [])]).toEqual([2, 0]);
    expect(["dice", "hd"].map((name) => [...(units.masks?.values.get(name) ?? [])])).toEqual([
      [0, 1],
      [Number.NaN, 0],
    ]);
  });

  it("measures what the protocol asks for and no more", () => {
    const keys = (...names: string[]) => {
      const { set, overall, settings } = scoreMade({ ...made, metrics: names }, found);
      const units = set.units({ ...overall, label: "liver" }, settings).masks;
      return { measured: [...(units?.values.keys() ?? [])].slice(7), lesions: units?.lesions[0] };
    };
    expect(keys("dice")).toEqual({ measured: [], lesions: 0 });
    expect(keys("pooled-dice", "boundary-iou-median")).toEqual({ measured: ["boundary-iou"], lesions: 0 });
    expect(keys("cl-dice")).toEqual({ measured: ["cl-dice"], lesions: 0 });
    const surface = ["hd", "hd95", "assd", "masd"];
    for (const name of ["hd", "hd95-median", "assd-penalised", "masd-percentile@5"]) {
      expect(keys(name)).toEqual({ measured: surface, lesions: 0 });
    }
    expect(keys("nsd@1", "nsd-median@2", "nsd@2")).toEqual({ measured: [...surface, "nsd@1", "nsd@2"], lesions: 0 });
    for (const name of ["mask-lesion-recall", "mask-lesion-precision", "lesion-wise-dice"]) {
      expect(keys(name)).toEqual({ measured: ["lesion-wise-dice"], lesions: 1 });
    }
  });

  it("has neither marks, confusion, findings nor a threshold", () => {
    const { set, overall, settings } = scoreMade(made, found);
    expect(set.marks(overall, null)).toBeNull();
    expect(set.confusion(overall, settings)).toEqual([]);
    expect(set.findings(0)).toEqual([]);
    expect(set.thresholdAt(1, overall)).toBeNull();
    expect(set.excludedFindings(overall)).toBe(0);
    expect(set.units(overall, settings).masks).toBeUndefined();
  });
});

describe("masks that can't be compared", () => {
  const refused = (cases: MadeFormCase[], code: string) =>
    expect(() => scoreMade(made, cases)).toThrow(expect.objectContaining({ code }));

  it("are refused with the case: runs that don't fill the grid, grids that differ", () => {
    const broken: Finding = { id: "x", label: "liver", geometry: { type: "mask", shape, spacing, runs: [3, 4] } };
    refused([pair([bar(0, 2)], [broken])], "PREDICTION_INVALID");
    refused([pair([broken], [])], "TRUTH_INVALID");
    refused([pair([bar(0, 2)], [bar(0, 2, "liver", [2, 0.6])])], "PREDICTION_INVALID");
    refused([pair([bar(0, 2), bar(4, 5, "liver", [2, 0.6])], [])], "TRUTH_INVALID");
    refused([pair([], [bar(0, 2), bar(4, 5, "liver", [2, 0.6])])], "PREDICTION_INVALID");
    const turned: Finding = { id: "x", label: "liver", geometry: { type: "mask", shape: [2, 5], spacing, runs: [10] } };
    expect(() => scoreMade(made, [pair([bar(0, 2)], [turned])])).toThrow(
      expect.objectContaining({
        code: "PREDICTION_INVALID",
        message:
          "prediction of c0, mask x lies on 2 x 5 voxels of 2 x 0.5 mm, another mask on 1 x 10 voxels of 2 x 0.5 mm",
      }),
    );
    expect(() => scoreMade(made, [pair([bar(0, 2)], [broken])])).toThrow(/prediction of c0, mask x.*runs cover 7/);
  });

  it("lie on one grid where a spacing is left out on one side and 1 mm on the other", () => {
    const mask = (runs: number[], more: object): Finding => ({
      id: "m",
      label: "liver",
      geometry: { type: "mask", shape, runs, ...more },
    });
    const { set } = scoreMade(made, [pair([mask([0, 2, 8], {})], [mask([1, 2, 7], { spacing: [1, 1] })])]);
    expect(set.outcomes(null)[0]?.outcome).toBe("Dice 0.5");
    const { set: turned } = scoreMade(made, [pair([mask([0, 2, 8], { spacing: [1, 1] })], [mask([1, 2, 7], {})])]);
    expect(turned.outcomes(null)[0]?.outcome).toBe("Dice 0.5");
    refused([pair([mask([0, 2, 8], {})], [mask([1, 2, 7], { spacing: [1, 2] })])], "PREDICTION_INVALID");
    refused([pair([mask([0, 2, 8], { spacing: [1, 2] })], [mask([1, 2, 7], {})])], "PREDICTION_INVALID");
  });

  it("are not masks: points and masks of other labels are no part of the structure", () => {
    const point: Finding = { id: "p", label: "liver", geometry: { type: "point", at: [1, 2] } };
    const { set } = scoreMade(made, [pair([bar(0, 2), point], [bar(0, 2), bar(5, 8, "other"), point])]);
    expect(set.outcomes(null)[0]?.outcome).toBe("Dice 1");
  });
});

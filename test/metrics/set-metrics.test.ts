/** Metrics of masks and quantities: what their names mean, and what they say where there is nothing of their kind. */
import { describe, expect, it } from "vitest";
import {
  measureOfMetric,
  metricByName,
  metrics,
  type CountedUnits,
  type MaskState,
  type MaskUnits,
} from "../../src/metrics/index.js";
import { weightedMean } from "../../src/stats/summation.js";
import { maskUnitsOf, quantityUnitsOf } from "./made-units.js";

const nothing: CountedUnits = {
  patientCount: 3,
  casePatient: Int32Array.of(0, 1, 2),
  answered: Uint8Array.of(1, 1, 1),
  threshold: null,
  thresholdFromTestSet: false,
  frocReading: "step",
  lesions: null,
  falsePositives: null,
  binary: {},
  graded: {},
  frocLimits: [],
  prepared: new Map(),
};

const quantityMetrics = [
  "bias",
  "mean-absolute-error",
  "root-mean-square-error",
  "within-tolerance@5",
  "within-relative-tolerance@0.1",
  "quantity-icc",
  "concordance-correlation",
  "limit-of-agreement-lower",
  "limit-of-agreement-upper",
];
const ofMasks = [...metrics.keys()].filter((id) => measureOfMetric(id) !== undefined);

describe("metrics of masks and quantities", () => {
  it("have no data in forms of another kind", () => {
    const names = [...ofMasks, "pooled-dice", "mask-lesion-recall", "mask-lesion-precision"];
    for (const id of names) {
      const definition = metrics.get(id);
      expect(definition?.prepare(nothing, definition.parameter?.example ?? null), id).toMatchObject({
        estimate: null,
        reason: "no-data",
      });
    }
    for (const name of quantityMetrics) {
      const { definition, parameter } = metricByName(name);
      expect(definition.prepare(nothing, parameter), name).toMatchObject({ estimate: null, reason: "no-data" });
    }
  });

  it("summarise every measure by mean and median; by percentile where no tolerance takes the place of the number", () => {
    expect(ofMasks.filter((id) => measureOfMetric(id) === "dice")).toEqual(["dice", "dice-median", "dice-percentile"]);
    expect(ofMasks.filter((id) => measureOfMetric(id) === "nsd")).toEqual(["nsd", "nsd-median"]);
    expect(ofMasks.filter((id) => measureOfMetric(id) === "hd95")).toEqual([
      "hd95",
      "hd95-penalised",
      "hd95-median",
      "hd95-percentile",
    ]);
    expect(ofMasks.filter((id) => measureOfMetric(id) === "volume-difference")).toHaveLength(3);
    expect(measureOfMetric("pooled-dice")).toBeUndefined();
  });

  it("take percentiles between 0 and 100 and tolerances from 0", () => {
    for (const name of ["dice-percentile@0", "dice-percentile@100", "dice-percentile", "dice@5", "nsd", "nsd@-1"]) {
      expect(() => metricByName(name), name).toThrow(expect.objectContaining({ code: "METRIC_UNKNOWN" }));
    }
    expect(metricByName("dice-percentile@2.5")).toMatchObject({
      parameter: 2.5,
      title: { en: "Dice coefficient, percentile 2.5", "zh-CN": "Dice 系数 P2.5" },
    });
    expect(metricByName("nsd-median@0")).toMatchObject({
      title: { en: "Normalised surface distance, median at 0 mm", "zh-CN": "归一化表面 Dice 系数中位数（0 mm）" },
    });
    expect(metricByName("within-tolerance@0").title.en).toBe("Share with an error up to 0");
  });

  it("say which way is better and where their scale ends", () => {
    const kinds = (id: string) => {
      const { kind, higherIsBetter } = metricByName(id).definition;
      return [kind, higherIsBetter];
    };
    expect(kinds("dice")).toEqual(["index", true]);
    expect(kinds("hd95-penalised")).toEqual(["rate", false]);
    expect(kinds("volume-difference-median")).toEqual(["number", null]);
    expect(kinds("mean-absolute-error")).toEqual(["rate", false]);
    expect(kinds("bias")).toEqual(["number", null]);
    expect(kinds("mask-lesion-precision")).toEqual(["proportion", true]);
    expect(kinds("pooled-dice")).toEqual(["index", true]);
    expect(quantityMetrics.filter((name) => kinds(name)[1])).toEqual([
      "within-tolerance@5",
      "within-relative-tolerance@0.1",
      "quantity-icc",
      "concordance-correlation",
    ]);
  });

  it("rank missing distances last, by patient in every draw", () => {
    const image = (patient: number, score: number, answer: number) => ({ patient, score, truth: 2, answer });
    const masks = maskUnitsOf([image(0, 0.1, 2), image(1, 0.2, 2), image(2, 0.3, 2), image(2, 0.3, 0)]);
    const prepare = (name: string) => {
      const { definition, parameter } = metricByName(name);
      return definition.prepare({ ...nothing, masks }, parameter);
    };
    // Distances 1, 2, 3 and none.
    expect(prepare("hd-median").estimate).toBe(2.5);
    expect(prepare("hd-percentile@40").estimate).toBeCloseTo(2.2, 12);
    expect(prepare("hd-percentile@70")).toMatchObject({ estimate: null, reason: "prediction-empty", patients: 3 });
    expect(prepare("hd").estimate).toBe(2);
    expect(prepare("hd-penalised").estimate).toBe((6 + 102) / 4);
    expect(prepare("hd-median").weighted(Uint16Array.of(1, 1, 0), 0)).toBe(1.5);
    expect(prepare("hd-median").weighted(Uint16Array.of(0, 0, 2), 0)).toBe(Infinity);
    expect(prepare("hd-median").weighted(Uint16Array.of(0, 0, 0), 0)).toBeNaN();
    expect(prepare("hd").weighted(Uint16Array.of(0, 0, 2), 0)).toBe(3);
    expect(prepare("hd").weighted(Uint16Array.of(0, 0, 0), 0)).toBeNaN();
  });

  it("let nothing stand for a distance but the lack of one of the two masks", () => {
    const units = (state: MaskState, failed: 0 | 1, diagonal: number): MaskUnits => ({
      ...maskUnitsOf([1, 2, 3].map((truth, patient) => ({ patient, score: truth / 10, truth, answer: 1 }))),
      state: ["both", "both", state],
      failed: Uint8Array.of(0, 0, failed),
      diagonal: Float64Array.of(100, 100, diagonal),
      values: new Map([["hd", Float64Array.of(1, 2, Number.NaN)]]),
    });
    const shown = (masks: MaskUnits) =>
      ["hd", "hd-penalised", "hd-median"].map((name) => {
        const { estimate, n, flags = [] } = metricByName(name).definition.prepare({ ...nothing, masks }, null);
        return [estimate, n.valued, ...flags];
      });
    // Masks that fill an open image have no surface, however well they agree.
    expect(shown(units("both", 0, 100))).toEqual([
      [1.5, 2],
      [1.5, 2],
      [1.5, 2],
    ]);
    // A failed answer is an empty mask, and two of those have no distance, whether the size of the image is known or not.
    for (const diagonal of [100, Number.NaN]) {
      expect(shown(units("both-empty", 1, diagonal))).toEqual([
        [1.5, 2, "failed-left-out"],
        [1.5, 2, "failed-left-out"],
        [1.5, 2, "failed-left-out"],
      ]);
    }
    for (const state of ["reference-empty", "prediction-empty"] as const) {
      expect(shown(units(state, 0, 100)), state).toEqual([
        [1.5, 2],
        [(1 + 2 + 100) / 3, 3],
        [2, 3],
      ]);
    }
  });

  it("have a mean of equal values that is that value, in every draw", () => {
    for (const [truePositive, all] of [
      [3, 10],
      [2, 3],
      [1, 10],
      [7, 9],
    ] as const) {
      const share = truePositive / all;
      const images = Array.from({ length: 11 }, (_, patient) => ({ patient, score: share, truth: 2, answer: 2 }));
      const prepared = metricByName("iou").definition.prepare({ ...nothing, masks: maskUnitsOf(images) }, null);
      expect(prepared.estimate).toBe(share);
      for (const weights of [
        [1, 3, 0, 2, 0, 0, 1, 1, 0, 3, 0],
        [0, 0, 7, 0, 1, 0, 0, 0, 0, 0, 3],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
      ])
        expect(prepared.weighted(Uint16Array.from(weights), 0)).toBe(share);
    }
  });

  it("weigh no empty draw and no value of weight 0", () => {
    expect(weightedMean([1, 2, 4], [1, 0, 2])).toBe(3);
    expect(weightedMean([1, 2, 4], [0, 5, 0])).toBe(2);
    expect(weightedMean([1e300, 2, 4], [0, 1, 1])).toBe(3);
    expect(weightedMean([1, 2], [0, 0])).toBeNaN();
    expect(weightedMean([], [])).toBeNaN();
  });

  it("say in one piece what they mean in Chinese", () => {
    const title = (name: string) => metricByName(name).title["zh-CN"];
    expect(title("lesion-wise-dice")).toBe("匹配病灶 Dice 系数均值");
    expect(title("cl-dice")).toBe("中心线 Dice 系数均值");
    expect(title("f1")).toBe("图像级 F1 值");
    expect(title("patient-auc")).toBe("患者级 ROC 曲线下面积");
    expect(title("sensitivity")).toBe("图像级灵敏度");
    expect(title("quadratic-kappa")).toBe("图像级二次加权 Kappa 系数");
    expect(title("cohen-kappa")).toBe("图像级 Kappa 系数");
    for (const { title: of, id } of metrics.values()) {
      expect(of["zh-CN"], id).not.toMatch(/[\u4e00-\u9fff][A-Za-z]|均值均值/);
    }
  });

  it("say at their edges what becomes of an empty reference, where that matters", () => {
    const edges = (id: string) => metricByName(id).definition.edges;
    expect(edges("volume-difference")).toBe("a failed case is left out and flagged");
    expect(edges("relative-volume-difference")).toMatch(/^empty reference: left out/);
    expect(edges("lesion-wise-dice")).toMatch(/^one mask empty or nothing matched: 0;/);
    expect(edges("dice")).toMatch(/^one mask empty: 0 \(shares/);
    expect(edges("hd-median")).toMatch(/ranked last/);
  });

  it("have no number in a draw without an answered quantity", () => {
    const quantities = quantityUnitsOf([
      { patient: 0, score: 0.5, truth: 1, answer: 1 },
      { patient: 1, score: 0.5, truth: 2, answer: 3 },
      { patient: 2, score: 0.5, truth: 3, answer: -1 },
    ]);
    for (const name of quantityMetrics.filter((one) => !one.startsWith("within"))) {
      const prepared = metricByName(name).definition.prepare({ ...nothing, quantities }, null);
      expect(prepared.estimate, name).not.toBeNull();
      expect(prepared.weighted(Uint16Array.of(0, 0, 3), 0), name).toBeNaN();
    }
    // One pair has no spread.
    const icc = metricByName("quantity-icc").definition.prepare({ ...nothing, quantities }, null);
    expect(icc.weighted(Uint16Array.of(1, 0, 2), 0)).toBeNaN();
    expect(icc.n).toEqual({ cases: 3, valued: 2, failed: 1, patients: 2 });
  });
});

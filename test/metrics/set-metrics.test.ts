/** Metrics of masks and quantities: what their names mean, and what they say where there is nothing of their kind. */
import { describe, expect, it } from "vitest";
import { measureOfMetric, metricByName, metrics, type CountedUnits } from "../../src/metrics/index.js";
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
      title: { en: "Normalised surface distance, median at 0 mm", "zh-CN": "归一化表面距离中位数（0 mm）" },
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
    expect(prepare("hd-median").weighted(Uint16Array.of(0, 0, 2), 0)).toBeNaN();
    expect(prepare("hd").weighted(Uint16Array.of(0, 0, 2), 0)).toBe(3);
    expect(prepare("hd").weighted(Uint16Array.of(0, 0, 0), 0)).toBeNaN();
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

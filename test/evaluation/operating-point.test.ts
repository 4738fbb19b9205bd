/** An operating point at a rate of false positives on the test set: the threshold that keeps it, or one above all scores. */
import { describe, expect, it } from "vitest";
import { result as resultDocument } from "../../src/contract/result.js";
import { evaluateMade, rowOf, type MadeCase } from "./made-set.js";

const metrics = ["lesion-sensitivity", "false-positives-per-case", "lesion-f1", "froc-sensitivity@0.125"];
const at = (rate: number, cases: readonly MadeCase[]) =>
  evaluateMade("lung-nodule-detection", cases, {
    operatingPoint: { falsePositivesPerCase: rate },
    metrics,
    strata: [],
  });
const values = (evaluated: ReturnType<typeof at>) => metrics.map((name) => rowOf(evaluated, name)?.estimate);

describe("an operating point at a rate of false positives", () => {
  /** Twelve lesions found at 0.8, and a false mark at 0.9 in every case. */
  const noisy = Array.from({ length: 24 }, (_, n): MadeCase => ({
    patient: `p${n}`,
    lesions: n < 12 ? [{ score: 0.8 }] : [],
    falseMarks: [0.9],
  }));

  it("is the lowest threshold that keeps it", () => {
    const evaluated = at(1, noisy);
    expect(evaluated.threshold).toBe(0.8);
    expect(rowOf(evaluated, "lesion-sensitivity")?.estimate).toBe(1);
    expect(evaluated.curves[0]?.operatingPoint).toEqual({ x: 1, y: 1, threshold: 0.8 });
  });

  it("that no threshold keeps lies above all scores, where nothing is found and nothing false", () => {
    const evaluated = at(0.125, noisy);
    expect(evaluated.threshold).toBe("Infinity");
    expect(values(evaluated)).toEqual([0, 0, 0, 0]);
    expect(evaluated.sample.marks).toMatchObject({
      truePositive: 12,
      truePositiveAtThreshold: 0,
      falsePositiveAtThreshold: 0,
    });
    expect(evaluated.curves[0]?.operatingPoint).toEqual({ x: 0, y: 0, threshold: "Infinity" });
    // As a file it reads back the same.
    expect(resultDocument.type.parse(JSON.parse(JSON.stringify(evaluated))).threshold).toBe("Infinity");
  });

  it("of a product without marks is there too", () => {
    const silent = noisy.map(({ patient, lesions = [] }): MadeCase => ({
      patient,
      lesions: lesions.map(() => ({ score: null })),
    }));
    const evaluated = at(1, silent);
    expect(evaluated.threshold).toBe("Infinity");
    expect(values(evaluated)).toEqual([0, 0, 0, 0]);
  });
});

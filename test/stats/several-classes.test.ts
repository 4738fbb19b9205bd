/** Measures over several classes and labels: which classes are averaged, and what happens to those without a value. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import {
  averagePrecision,
  cohenKappa,
  multiclassAuc,
  multiclassValues,
  multilabelRanking,
  multilabelValues,
  rocAuc,
  rocPoints,
} from "../../src/stats/index.js";
import { ok, reasonOf } from "./outcomes.js";

const none = (reason: string) => ({ ok: false, reason });

describe("one class a case", () => {
  it("classes that never occur or are never called have no value; means say how many classes they are made of", () => {
    const r = ok(
      multiclassValues([
        [3, 1, 0],
        [1, 5, 0],
        [0, 2, 0],
      ]),
    );
    expect(r.total).toBe(12);
    expect(r.accuracy).toBeCloseTo(8 / 12, 14);
    expect(r.perClass[0]).toEqual({ precision: 3 / 4, recall: 3 / 4, f1: 6 / 8, support: 4 });
    expect(r.perClass[2]).toEqual({ precision: none("zero-denominator"), recall: 0, f1: 0, support: 2 });
    expect(r.macro.precision).toEqual({ value: (3 / 4 + 5 / 8) / 2, classes: 2 });
    expect(r.macro.recall.classes).toBe(3);
    expect(r.macroZero.precision).toBeCloseTo((3 / 4 + 5 / 8) / 3, 14);
    expect(r.weighted.precision).toBeCloseTo((4 * (3 / 4) + 6 * (5 / 8)) / 12, 14);
    expect(r.balancedAccuracy).toBeCloseTo((3 / 4 + 5 / 6) / 3, 14);
    const absent = ok(
      multiclassValues([
        [3, 1, 0],
        [1, 5, 0],
        [0, 0, 0],
      ]),
    );
    expect(absent.perClass[2]).toEqual({
      precision: none("zero-denominator"),
      recall: none("no-positives"),
      f1: none("zero-denominator"),
      support: 0,
    });
    expect(absent.macro.f1.classes).toBe(2);
    expect(absent.balancedAccuracy).toBeCloseTo((3 / 4 + 5 / 6) / 2, 14);
  });

  it("a class alone has no balanced accuracy and no correlation; calls all alike have no correlation", () => {
    const alone = ok(multiclassValues([[3, 2], [0, 0]])); // prettier-ignore
    expect(alone.balancedAccuracy).toEqual(none("no-negatives"));
    expect(alone.mcc).toEqual(none("zero-denominator"));
    const alike = ok(multiclassValues([[3, 0], [2, 0]])); // prettier-ignore
    expect(alike.mcc).toEqual(none("zero-denominator"));
    expect(alike.balancedAccuracy).toBe(0.5);
    expect(reasonOf(multiclassValues([[0, 0], [0, 0]]))).toBe("no-data"); // prettier-ignore
  });

  it("all right is a correlation of exactly 1", () => {
    for (const n of [2, 3, 5, 7, 11, 13, 1e6 + 3]) {
      expect(ok(multiclassValues([[n, 0, 0], [0, 3, 0], [0, 0, n + 1]])).mcc).toBe(1); // prettier-ignore
    }
  });

  it("two classes have the measures of a 2 x 2 table", () => {
    const r = ok(multiclassValues([[90, 10], [20, 80]])); // prettier-ignore
    expect(r.mcc).toBeCloseTo(0.7035264706814484, 12);
    expect(r.balancedAccuracy).toBeCloseTo(0.85, 14);
    expect(r.kappa).toBe(ok(cohenKappa([[90, 10], [20, 80]])).kappa); // prettier-ignore
  });

  it("renaming classes renames their measures and nothing else", () => {
    const table = fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 3, maxLength: 3 }), {
      minLength: 3,
      maxLength: 3,
    });
    fc.assert(
      fc.property(table, (rows) => {
        const turned = [...rows].reverse().map((row) => [...row].reverse());
        const [a, b] = [multiclassValues(rows), multiclassValues(turned)];
        if (!a.ok || !b.ok) return expect(b).toEqual(a);
        expect([...b.perClass].reverse()).toEqual(a.perClass);
        for (const name of ["mcc", "balancedAccuracy", "accuracy"] as const) {
          if (typeof a[name] === "number") expect(b[name]).toBeCloseTo(a[name], 12);
          else expect(b[name]).toEqual(a[name]);
        }
        expect(b.weighted.f1).toBeCloseTo(a.weighted.f1, 12);
        expect(b.macroZero.recall).toBeCloseTo(a.macroZero.recall, 12);
      }),
    );
  });

  it("areas: one class against the rest, pairs of classes, all pairs of case and class", () => {
    const truth = [0, 0, 1, 1, 2];
    const scores = [
      [0.8, 0.1, 0.1],
      [0.3, 0.4, 0.3],
      [0.2, 0.7, 0.1],
      [0.5, 0.3, 0.2],
      [0.1, 0.2, 0.7],
    ];
    const r = ok(multiclassAuc(truth, scores, 3));
    // class 0: 0.8, 0.3 against 0.2, 0.5, 0.1; class 1: 0.7, 0.3 against 0.1, 0.4, 0.2
    expect(r.perClass).toEqual([5 / 6, 5 / 6, 1]);
    expect(r.macro).toEqual({ value: (5 / 6 + 5 / 6 + 1) / 3, classes: 3 });
    expect(r.weighted.value).toBeCloseTo((2 * (5 / 6) + 2 * (5 / 6) + 1) / 5, 14);
    // pairs 01: (3/4 + 3/4)/2, 02: both 1, 12: both 1
    expect(r.handTill.classes).toBe(3);
    expect(r.handTill.value).toBeCloseTo((3 / 4 + 1 + 1) / 3, 14);
    const pooled = scores.flatMap((row, i) => row.map((score, c) => [score, truth[i] === c ? 1 : 0] as const));
    const micro = rocAuc(
      pooled.filter(([, own]) => own === 1).map(([score]) => score),
      pooled.filter(([, own]) => own === 0).map(([score]) => score),
    );
    expect(r.micro).toBe(ok(micro).auc);
  });

  it("classes that do not occur are left out of mean areas; with one class alone there is none", () => {
    const r = ok(multiclassAuc([0, 0, 1], [[0.9, 0.1, 0], [0.4, 0.3, 0.3], [0.6, 0.4, 0]], 3)); // prettier-ignore
    expect(r.perClass).toEqual([0.5, 1, none("no-positives")]);
    expect(r.macro).toEqual({ value: 0.75, classes: 2 });
    expect(r.weighted.value).toBeCloseTo((2 * 0.5 + 1) / 3, 14);
    expect(r.handTill).toEqual({ value: 0.75, classes: 1 });
    const alone = ok(multiclassAuc([1, 1], [[0.1, 0.9], [0.2, 0.8]], 2)); // prettier-ignore
    expect(alone.perClass).toEqual([none("no-positives"), none("no-negatives")]);
    expect(alone.macro).toEqual({ value: none("no-positives"), classes: 0 });
    const first = ok(multiclassAuc([0, 0], [[0.1, 0.9], [0.2, 0.8]], 2)); // prettier-ignore
    expect(first.perClass).toEqual([none("no-negatives"), none("no-positives")]);
    expect(first.macro.value, "the reason that stands first in the list").toEqual(none("no-positives"));
    expect(reasonOf(multiclassAuc([], [], 2))).toBe("no-data");
  });

  it("refuses other classes, and lists of unequal length", () => {
    const row = [0.5, 0.5];
    for (const classes of [1, 1.5, 1001]) expect(() => multiclassAuc([0], [row], classes)).toThrow("classes");
    expect(ok(multiclassAuc([0], [Array<number>(1000).fill(0)], 1000)).perClass).toHaveLength(1000);
    for (const wrong of [-1, 2, 0.5]) expect(() => multiclassAuc([wrong], [row], 2)).toThrow("class");
    expect(() => multiclassAuc([0, 1], [row], 2)).toThrow("length-mismatch");
    expect(() => multiclassAuc([0], [[0.5]], 2)).toThrow("length-mismatch");
  });
});

describe("several labels a case", () => {
  const truth = [[1, 0, 0], [1, 1, 0], [0, 0, 0], [0, 1, 0]]; // prettier-ignore
  const calls = [[1, 0, 0], [0, 1, 1], [0, 0, 0], [0, 1, 0]]; // prettier-ignore

  it("counts, means over labels with a value, and over cases", () => {
    const r = ok(multilabelValues(truth, calls));
    expect(r).toMatchObject({ cases: 4, tp: [1, 2, 0], fp: [0, 0, 1], fn: [1, 0, 0] });
    expect(r.f1).toEqual([2 / 3, 1, 0]);
    expect(r.f1Macro).toEqual({ value: (2 / 3 + 1 + 0) / 3, classes: 3 });
    expect(r.f1Micro).toBeCloseTo(6 / 8, 14);
    expect(r.f1Samples, "a case without labels on either side counts as 0").toBeCloseTo((1 + 2 / 4 + 0 + 1) / 4, 14);
    expect(r.subsetAccuracy).toBe(3 / 4);
    expect(r.hammingLoss).toBe(2 / 12);
  });

  it("a label that neither occurs nor is called has no F1 and is left out of the mean", () => {
    const r = ok(multilabelValues([[1, 0], [1, 0]], [[1, 0], [0, 0]])); // prettier-ignore
    expect(r.f1).toEqual([2 / 3, none("zero-denominator")]);
    expect(r.f1Macro).toEqual({ value: 2 / 3, classes: 1 });
    const nothing = ok(multilabelValues([[0]], [[0]]));
    expect(nothing.f1Micro).toEqual(none("zero-denominator"));
    expect(nothing).toMatchObject({ subsetAccuracy: 1, hammingLoss: 0, f1Samples: 0 });
  });

  it("areas and average precisions by label, their means, and of all pairs of case and label", () => {
    const scores = [[0.9, 0.2, 0.1], [0.3, 0.8, 0.2], [0.4, 0.3, 0.3], [0.1, 0.7, 0.4]]; // prettier-ignore
    const r = ok(multilabelRanking(truth, scores));
    expect(r.auc).toEqual([3 / 4, 1, none("no-positives")]);
    expect(r.aucMacro).toEqual({ value: 7 / 8, classes: 2 });
    const [first, , third] = r.ap;
    expect(first).toBeCloseTo((1 + 2 / 3) / 2, 14);
    expect(third).toEqual(none("no-positives"));
    expect(r.apMacro.classes).toBe(2);
    const [labels, values] = [truth.flat(), scores.flat()];
    expect(r.apMicro).toBe(ok(averagePrecision(rocPoints(labels, values))).value);
    expect(r.aucMicro).toBeCloseTo(
      ok(
        rocAuc(
          values.filter((_, i) => labels[i] === 1),
          values.filter((_, i) => labels[i] === 0),
        ),
      ).auc,
      14,
    );
  });

  it("without cases or labels there is nothing, and lists of another shape or with other labels are refused", () => {
    for (const f of [multilabelValues, multilabelRanking]) {
      expect(reasonOf(f([], []))).toBe("no-data");
      expect(reasonOf(f([[]], [[]]))).toBe("no-data");
      expect(() => f([[1]], [])).toThrow("length-mismatch");
      expect(() => f([[1], [1, 0]], [[1], [1, 0]])).toThrow("length-mismatch");
      expect(() => f([[1, 0]], [[1]])).toThrow("length-mismatch");
      expect(() => f([[2]], [[1]])).toThrow("label-not-binary");
    }
    expect(() => multilabelValues([[1]], [[0.5]])).toThrow("label-not-binary");
    expect(() => multilabelRanking([[1]], [[NaN]])).toThrow("non-finite-score");
  });
});

/** Another spelling of a name, and what is no number, are refused: each would silently give other numbers. */
import { describe, expect, it } from "vitest";
import * as stats from "../../src/stats/index.js";

const table = [
  [5, 1],
  [2, 4],
];
const ratings = [
  [1, 2],
  [2, 2],
  [1, 1],
];
const rows = [
  [1, 2],
  [2, 4],
  [5, 6],
];
const curve = stats.rocPoints([0, 1, 0, 1], [1, 2, 3, 4]);

/** A word where a type allows others only. */
const name = (word: string): never => word as never;

describe("a name that is none of those that are known", () => {
  const calls: [string, () => unknown][] = [
    ["weights of kappa", () => stats.cohenKappa(table, name("identity"))],
    ["weights of kappa in other letters", () => stats.cohenKappa(table, name("Linear"))],
    ["weights of clustered kappa", () => stats.clusteredKappa(["a", "b"], [0, 1], [0, 1], 2, name("ordinal"))],
    ["weights of several readers", () => stats.multiRaterAgreement(ratings, [1, 2], name("none"))],
    ["level of measurement", () => stats.krippendorffAlpha(ratings, name("Nominal"))],
    ["level of measurement of an interval", () => stats.krippendorffInterval(ratings, name("Nominal"), { seed: 1n })],
    ["alternative", () => stats.binomialTest(3, 9, 0.5, name("lower"))],
    ["axis", () => stats.partialAuc(curve, name("FPR"), [0, 0.5])],
    ["form of a coefficient", () => stats.icc(rows, name("A1"))],
    ["variant of limits", () => stats.blandAltman([1, 2, 3], [2, 2, 4], name("Exact"))],
    ["rule of bins", () => stats.reliability([0, 1], [0.2, 0.7], name("equal"))],
    ["grouping", () => stats.hosmerLemeshow([0, 1], [0.2, 0.7], name("quantiles"))],
    ["quantile of over-dispersed counts", () => stats.quasiPoisson([1, 2, 4], null, 0.95, name("T"))],
  ];
  it.each(calls)("is refused: %s", (_, call) => {
    expect(call).toThrow(/is none of/);
  });

  it("but each known one is taken", () => {
    for (const weights of ["none", "linear", "quadratic"] as const) {
      expect(stats.cohenKappa(table, weights)).toMatchObject({ ok: true });
    }
    for (const weights of ["identity", "linear", "quadratic", "ordinal"] as const) {
      expect(stats.multiRaterAgreement(ratings, [1, 2], weights)).toMatchObject({ ok: true });
    }
    for (const level of ["nominal", "ordinal", "interval", "ratio"] as const) {
      expect(stats.krippendorffAlpha(ratings, level)).toMatchObject({ ok: true });
    }
    for (const alternative of ["two-sided", "less", "greater"] as const) {
      expect(stats.binomialTest(3, 9, 0.5, alternative)).toMatchObject({ ok: true });
    }
    for (const axis of ["fpr", "tpr"] as const) {
      expect(stats.partialAuc(curve, axis, [0, 0.5])).toMatchObject({ ok: true });
    }
    for (const form of ["1,1", "1,k", "C,1", "C,k", "A,1", "A,k"] as const) {
      expect(stats.icc(rows, form)).toMatchObject({ ok: true });
    }
    for (const rule of ["width", "width-right-closed", "mass"] as const) {
      expect(stats.reliability([0, 1], [0.2, 0.7], rule)).toMatchObject({ ok: true });
    }
  });
});

describe("null where a number belongs", () => {
  const nothing = name(null as unknown as string);
  const missing: [string, () => unknown][] = [
    ["Brier score", () => stats.brierScore([0, 1], [0.5, nothing])],
    ["Brier score of undefined", () => stats.brierScore([0, 1], [0.5, name(undefined as unknown as string)])],
    ["reliability", () => stats.reliability([0, 1], [0.5, nothing])],
    ["net benefit", () => stats.netBenefit([0, 1], [0.5, nothing], 0.3)],
    ["observed and expected", () => stats.observedExpectedRatio([0, 1], [0.5, nothing])],
    ["Hosmer-Lemeshow", () => stats.hosmerLemeshow([0, 1], [0.5, nothing])],
    [
      "several classes",
      () =>
        stats.multiclassAuc(
          [0, 1],
          [
            [0.5, 0.5],
            [0.2, nothing],
          ],
          2,
        ),
    ],
  ];
  it.each(missing)("is a missing score: %s", (_, call) => {
    expect(call).toThrow(/missing-score: score 1/);
  });

  it.each<[string, () => unknown]>([
    ["p-values", () => stats.holm([0.01, nothing])],
    ["differences", () => stats.signFlipTest([1, nothing])],
    ["counts", () => stats.wilson(nothing, 10)],
  ])("is refused: %s", (_, call) => {
    expect(call).toThrow(expect.objectContaining({ code: "STATISTICS_ARGUMENT" }) as Error);
  });
});

describe("a paired interval without width", () => {
  it("is none by Newcombe's method 8 where no pair differs and both outcomes are as frequent", () => {
    expect(stats.newcombePairedDifference(5, 0, 0, 5, 0.95, 8)).toEqual({ ok: false, reason: "zero-variance" });
    expect(stats.newcombePairedDifference(5, 0, 0, 5, 0.95)).toMatchObject({ ok: true });
    // Limits of Wilson's interval of 4/10 are not as far on both sides.
    expect(stats.newcombePairedDifference(4, 0, 0, 6, 0.95, 8)).toMatchObject({ ok: true });
    expect(stats.newcombePairedDifference(5, 1, 1, 5, 0.95, 8)).toMatchObject({ ok: true });
  });
});

describe("limits of agreement with several pairs a subject", () => {
  it("hold the share that is asked for, whatever the level of their intervals", () => {
    const data = [
      ["a", "a", "b", "b", "c", "c"],
      [1, 2, 3, 4, 5, 6],
      [1, 3, 3, 6, 5, 6],
    ] as const;
    const wide = stats.repeatedBlandAltman(...data, 0.95);
    const narrow = stats.repeatedBlandAltman(...data, 0.8, 0.95);
    if (!wide.ok || !narrow.ok || "reason" in wide.mover || "reason" in narrow.mover) throw new Error("no limits");
    expect(narrow.varyingTruth).toEqual(wide.varyingTruth);
    expect(narrow.mover.limits).toEqual(wide.mover.limits);
    expect(narrow.mover.varianceInterval).not.toEqual(wide.mover.varianceInterval);
    expect(() => stats.repeatedBlandAltman(...data, 0.95, 1)).toThrow(/level/);
  });
});

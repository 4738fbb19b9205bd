/** The 2x2 table of a diagnostic test: values by hand, intervals at any level, and a reason for every empty cell. */
import { describe, expect, it } from "vitest";
import { MedassayError } from "../../src/contract/errors.js";
import {
  diagnosticValues,
  likelihoodRatios,
  predictiveValuesAt,
  tableFormulas,
  youdenIntervals,
  type DiagnosticTable,
} from "../../src/stats/diagnostic-table.js";
import { normalQuantile } from "../../src/stats/normal.js";
import { wilson } from "../../src/stats/proportion.js";
import { ok, refused } from "./tables.js";

const close = (value: number): number => expect.closeTo(value, 12) as number;
const table = (tp: number, fp: number, fn: number, tn: number): DiagnosticTable => ({ tp, fp, fn, tn });
const interval = (low: number, high: number, level: number, method: string): object => ({
  ok: true,
  low: close(low),
  high: close(high),
  level,
  method,
});
const noData = refused("no-data");
const noPositives = refused("no-positives");
const noNegatives = refused("no-negatives");
const zeroDenominator = refused("zero-denominator");
const zeroCell = refused("zero-cell");
const zeroVariance = refused("zero-variance");

/** 40 with the disease, of which 30 are found; 60 without, of which 52 are left alone. */
const usual = table(30, 8, 10, 52);
/** Tables in which a class, a call, or all is missing; what makes an interval of a ratio impossible. */
const empty = table(0, 0, 0, 0);
const wellOnly = table(0, 3, 0, 5);
const illOnly = table(2, 0, 3, 0);
const allCalled = table(4, 6, 0, 0);
const noneCalled = table(0, 0, 4, 6);
const perfect = table(4, 0, 0, 6);
const reversed = table(0, 6, 4, 0);

describe("values of a diagnostic table", () => {
  it("have a correlation of exactly 1 where all are right, and -1 where none is", () => {
    for (let a = 1; a < 60; a++) {
      for (const b of [1, 2, 3, 7, 10, 97, 1e9 + 7]) {
        expect(diagnosticValues({ tp: a, fp: 0, fn: 0, tn: b }).mcc).toBe(1);
        expect(diagnosticValues({ tp: 0, fp: a, fn: b, tn: 0 }).mcc).toBe(-1);
        expect(tableFormulas.mcc({ tp: a / 3, fp: 0, fn: 0, tn: b / 7 })).toBe(1);
      }
    }
    expect(tableFormulas.mcc({ tp: 0, fp: 0, fn: 0, tn: 3 })).toBeNaN();
    // 2^53 cases: no product is beyond all numbers
    expect(diagnosticValues({ tp: 2 ** 51, fp: 2 ** 51, fn: 2 ** 51, tn: 2 ** 51 }).mcc).toBe(0);
  });

  it("are those of the definitions", () => {
    expect(diagnosticValues(usual)).toEqual({
      sensitivity: 30 / 40,
      specificity: 52 / 60,
      accuracy: 82 / 100,
      balancedAccuracy: close((30 / 40 + 52 / 60) / 2),
      ppv: 30 / 38,
      npv: 52 / 62,
      f1: 60 / 78,
      prevalence: 40 / 100,
      mcc: close((30 * 52 - 8 * 10) / Math.sqrt(38 * 40 * 60 * 62)),
      // agreement 0.82, by chance (38·40 + 62·60)/100²
      kappa: close((0.82 - 0.524) / (1 - 0.524)),
    });
  });

  it.each([
    [
      "of nothing",
      empty,
      {
        sensitivity: noData,
        specificity: noData,
        accuracy: noData,
        balancedAccuracy: noData,
        ppv: noData,
        npv: noData,
        f1: noData,
        prevalence: noData,
        mcc: noData,
        kappa: noData,
      },
    ],
    [
      "without the ill",
      wellOnly,
      {
        sensitivity: noPositives,
        specificity: 5 / 8,
        accuracy: 5 / 8,
        balancedAccuracy: noPositives,
        ppv: 0,
        npv: 1,
        f1: 0,
        prevalence: 0,
        mcc: zeroDenominator,
        kappa: 0,
      },
    ],
    [
      "without the well",
      illOnly,
      {
        sensitivity: 2 / 5,
        specificity: noNegatives,
        accuracy: 2 / 5,
        balancedAccuracy: noNegatives,
        ppv: 1,
        npv: 0,
        f1: 4 / 7,
        prevalence: 1,
        mcc: zeroDenominator,
        kappa: 0,
      },
    ],
    [
      "in which all are called",
      allCalled,
      {
        sensitivity: 1,
        specificity: 0,
        accuracy: 0.4,
        balancedAccuracy: 0.5,
        ppv: 0.4,
        npv: zeroDenominator,
        f1: 8 / 14,
        prevalence: 0.4,
        mcc: zeroDenominator,
        kappa: 0,
      },
    ],
    [
      "in which none is called",
      noneCalled,
      {
        sensitivity: 0,
        specificity: 1,
        accuracy: 0.6,
        balancedAccuracy: 0.5,
        ppv: zeroDenominator,
        npv: 0.6,
        f1: 0,
        prevalence: 0.4,
        mcc: zeroDenominator,
        kappa: 0,
      },
    ],
    [
      "of the well left alone",
      table(0, 0, 0, 7),
      {
        sensitivity: noPositives,
        specificity: 1,
        accuracy: 1,
        balancedAccuracy: noPositives,
        ppv: zeroDenominator,
        npv: 1,
        f1: zeroDenominator,
        prevalence: 0,
        mcc: zeroDenominator,
        kappa: refused("one-category"),
      },
    ],
  ])("%s have reasons", (_, given, values) => {
    expect(diagnosticValues(given)).toEqual(values);
  });
});

describe("likelihood ratios and odds ratio", () => {
  it("have log intervals", () => {
    const z = normalQuantile(0.95);
    const around = (value: number, variance: number, method: string): object => ({
      value: close(value),
      interval: interval(
        value * Math.exp(-z * Math.sqrt(variance)),
        value * Math.exp(z * Math.sqrt(variance)),
        0.9,
        method,
      ),
    });
    expect(likelihoodRatios(usual, 0.9)).toEqual({
      positive: around(0.75 / (8 / 60), 1 / 30 - 1 / 40 + 1 / 8 - 1 / 60, "lr_log"),
      negative: around(0.25 / (52 / 60), 1 / 10 - 1 / 40 + 1 / 52 - 1 / 60, "lr_log"),
      oddsRatio: around((30 * 52) / (8 * 10), 1 / 30 + 1 / 8 + 1 / 10 + 1 / 52, "odds_ratio_woolf"),
    });
  });

  const without = (value: unknown, interval: object): object => ({ value, interval });
  it.each([
    ["no false alarm", table(3, 0, 1, 6), zeroDenominator, close(0.25), zeroDenominator],
    ["no hit", table(0, 2, 4, 4), 0, close(1 / (4 / 6)), 0],
    ["no miss", table(4, 2, 0, 4), close(1 / (2 / 6)), 0, zeroDenominator],
    ["no one left alone", table(3, 6, 1, 0), close(0.75), zeroDenominator, 0],
    ["none called", noneCalled, zeroDenominator, 1, zeroDenominator],
    ["all called", allCalled, 1, zeroDenominator, zeroDenominator],
    ["all right", perfect, zeroDenominator, 0, zeroDenominator],
    ["all wrong", reversed, 0, zeroDenominator, 0],
  ])("with %s lack what an empty cell takes", (_, given, positive, negative, odds) => {
    const r = likelihoodRatios(given);
    expect(r.positive.value).toEqual(positive);
    expect(r.negative.value).toEqual(negative);
    expect(r.oddsRatio).toEqual(without(odds, zeroCell));
    const [hits, misses] = [given.tp > 0 && given.fp > 0, given.fn > 0 && given.tn > 0];
    // Everybody called, or nobody: the ratio is 1 whatever the sample
    const certain = given === allCalled || given === noneCalled;
    if (hits && !certain) expect(ok(r.positive.interval).method).toBe("lr_log");
    else expect(r.positive.interval).toEqual(hits ? zeroVariance : zeroCell);
    if (misses && !certain) expect(ok(r.negative.interval).method).toBe("lr_log");
    else expect(r.negative.interval).toEqual(misses ? zeroVariance : zeroCell);
  });

  it.each([
    [empty, noData],
    [wellOnly, noPositives],
    [illOnly, noNegatives],
  ])("need both classes: %o", (given, reason) => {
    const none = without(reason, reason);
    expect(likelihoodRatios(given)).toEqual({ positive: none, negative: none, oddsRatio: none });
    expect(predictiveValuesAt(given, 0.1)).toEqual({ ppv: none, npv: none });
    expect(youdenIntervals(given)).toEqual({
      youden: reason,
      wald: reason,
      newcombe: reason,
      balancedAccuracyWald: reason,
      balancedAccuracyNewcombe: reason,
    });
  });
});

describe("Youden's index and balanced accuracy", () => {
  it("have Wald's interval and that of two Wilson intervals, one the half of the other", () => {
    const [se, sp] = [30 / 40, 52 / 60];
    const j = se + sp - 1;
    const half = normalQuantile(0.95) * Math.sqrt((se * (1 - se)) / 40 + (sp * (1 - sp)) / 60);
    const [a, b] = [wilson(30, 40, 0.9), wilson(52, 60, 0.9)];
    const low = j - Math.sqrt((se - a.low) * (se - a.low) + (sp - b.low) * (sp - b.low));
    const high = j + Math.sqrt((a.high - se) * (a.high - se) + (b.high - sp) * (b.high - sp));
    expect(youdenIntervals(usual, 0.9)).toEqual({
      youden: close(j),
      wald: interval(j - half, j + half, 0.9, "youden_wald"),
      newcombe: interval(low, high, 0.9, "youden_newcombe"),
      balancedAccuracyWald: interval((j - half + 1) / 2, (j + half + 1) / 2, 0.9, "balanced_accuracy_wald"),
      balancedAccuracyNewcombe: interval((low + 1) / 2, (high + 1) / 2, 0.9, "balanced_accuracy_newcombe"),
    });
  });

  it("are cut at what they can be", () => {
    const good = youdenIntervals(table(9, 1, 0, 9));
    expect(ok(good.wald).high).toBe(1);
    expect(ok(good.balancedAccuracyWald).high).toBe(1);
    const bad = youdenIntervals(table(0, 9, 9, 1));
    expect(ok(bad.wald).low).toBe(-1);
    expect(ok(bad.balancedAccuracyWald).low).toBe(0);
    // Half the classes wrong: nothing to cut, and the index is negative.
    const chance = youdenIntervals(table(10, 30, 30, 10));
    expect(ok(chance.wald).low).toBeCloseTo(-0.5 - 1.959963984540054 * Math.sqrt(0.1875 / 20), 12);
  });

  it.each([
    [perfect, 1],
    [reversed, -1],
    [allCalled, 0],
    [noneCalled, 0],
  ])("without variance keep Newcombe's interval: %o", (given, j) => {
    const r = youdenIntervals(given);
    expect(r).toMatchObject({ youden: j, wald: zeroVariance, balancedAccuracyWald: zeroVariance });
    const [a, b] = [wilson(given.tp, 4, 0.95), wilson(given.tn, 6, 0.95)];
    const [se, sp] = [given.tp / 4, given.tn / 6];
    const [low, high] = [j - Math.hypot(se - a.low, sp - b.low), j + Math.hypot(a.high - se, b.high - sp)];
    expect(r.newcombe).toEqual(interval(low, high, 0.95, "youden_newcombe"));
    expect(r.balancedAccuracyNewcombe).toEqual(
      interval((low + 1) / 2, (high + 1) / 2, 0.95, "balanced_accuracy_newcombe"),
    );
  });
});

describe("predictive values at a declared prevalence", () => {
  const expit = (u: number): number => 1 / (1 + Math.exp(-u));
  const logit = (p: number): number => Math.log(p / (1 - p));
  /** Bayes, and the variance of the logit by the delta method. */
  function byHand(se: number, sp: number, n1: number, n0: number, prevalence: number, z: number) {
    const ppv = (se * prevalence) / (se * prevalence + (1 - sp) * (1 - prevalence));
    const npv = (sp * (1 - prevalence)) / (sp * (1 - prevalence) + (1 - se) * prevalence);
    const halfPpv = z * Math.sqrt((1 - se) / se / n1 + sp / (1 - sp) / n0);
    const halfNpv = z * Math.sqrt(se / (1 - se) / n1 + (1 - sp) / sp / n0);
    const part = (value: number, half: number, method: string, level: number): object => ({
      value: close(value),
      interval: interval(expit(logit(value) - half), expit(logit(value) + half), level, method),
    });
    return (method: string, level: number): object => ({
      ppv: part(ppv, halfPpv, method, level),
      npv: part(npv, halfNpv, method, level),
    });
  }

  it("have logit intervals, plain and adjusted", () => {
    const z = normalQuantile(0.95);
    expect(predictiveValuesAt(usual, 0.02, false, 0.9)).toEqual(
      byHand(30 / 40, 52 / 60, 40, 60, 0.02, z)("predictive_logit", 0.9),
    );
    const extra = z * z;
    const [n1, n0] = [40 + extra, 60 + extra];
    expect(predictiveValuesAt(usual, 0.3, true, 0.9)).toEqual(
      byHand((30 + extra / 2) / n1, (52 + extra / 2) / n0, n1, n0, 0.3, z)("predictive_logit_adjusted", 0.9),
    );
    const usualLevel = byHand(30 / 40, 52 / 60, 40, 60, 0.02, normalQuantile(0.975));
    expect(predictiveValuesAt(usual, 0.02)).toEqual(usualLevel("predictive_logit", 0.95));
  });

  it("with an empty cell have no interval, unless adjusted", () => {
    const cases: [DiagnosticTable, unknown, object | null, unknown, object | null][] = [
      [perfect, 1, zeroCell, 1, zeroCell],
      [reversed, 0, zeroCell, 0, zeroCell],
      // Nothing is learnt from calling all, or none: the prevalence remains.
      [allCalled, close(0.1), zeroVariance, zeroDenominator, zeroCell],
      [noneCalled, zeroDenominator, zeroCell, close(0.9), zeroVariance],
      [table(3, 0, 1, 6), 1, zeroCell, close(0.9 / (0.9 + 0.25 * 0.1)), null],
      [table(4, 2, 0, 4), close(0.1 / (0.1 + 0.9 / 3)), null, 1, zeroCell],
    ];
    for (const [given, ppv, ppvInterval, npv, npvInterval] of cases) {
      const r = predictiveValuesAt(given, 0.1);
      expect([r.ppv.value, r.npv.value]).toEqual([ppv, npv]);
      if (ppvInterval === null) expect(ok(r.ppv.interval).method).toBe("predictive_logit");
      else expect(r.ppv.interval).toEqual(ppvInterval);
      if (npvInterval === null) expect(ok(r.npv.interval).method).toBe("predictive_logit");
      else expect(r.npv.interval).toEqual(npvInterval);
      const adjusted = predictiveValuesAt(given, 0.1, true);
      for (const part of [adjusted.ppv, adjusted.npv]) {
        expect(ok(part.interval).low).toBeLessThan(part.value as number);
        expect(ok(part.interval).high).toBeGreaterThan(part.value as number);
      }
    }
  });
});

it("tables of anything but counts, levels and prevalences at their ends are refused", () => {
  for (const wrong of [table(-1, 1, 1, 1), table(1, 0.5, 1, 1), table(1, 1, NaN, 1), table(1, 1, 1, Infinity)]) {
    for (const f of [
      diagnosticValues,
      likelihoodRatios,
      youdenIntervals,
      (t: DiagnosticTable) => predictiveValuesAt(t, 0.1),
    ])
      expect(() => f(wrong)).toThrow(MedassayError);
  }
  for (const level of [0, 1]) {
    expect(() => likelihoodRatios(empty, level)).toThrow(MedassayError);
    expect(() => youdenIntervals(empty, level)).toThrow(MedassayError);
    expect(() => predictiveValuesAt(empty, 0.1, false, level)).toThrow(MedassayError);
  }
  for (const prevalence of [0, 1, NaN]) expect(() => predictiveValuesAt(empty, prevalence)).toThrow(MedassayError);
});

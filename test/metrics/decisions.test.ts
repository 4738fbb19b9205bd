/** Metrics of the calls at the operating threshold: values, intervals, edges and laws. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { metricByName } from "../../src/metrics/index.js";
import { decided, limitsOf, measured, tableUnits, type MadeUnit } from "./decided-units.js";

const names = [
  "balanced-accuracy",
  "mcc",
  "youden",
  "lr-positive",
  "lr-negative",
  "ppv-at-prevalence@0.01",
  "npv-at-prevalence@0.01",
];
const ofTable = (name: string, tp: number, fp: number, fn: number, tn: number) =>
  measured(name, decided(tableUnits(tp, fp, fn, tn)));

const closeTo = (got: ReturnType<typeof limitsOf>, low: number, high: number) => {
  expect(got).not.toBeNull();
  expect(got?.[0]).toBeCloseTo(low, 10);
  expect(got?.[1]).toBeCloseTo(high, 10);
};

describe("metrics of 80 hits, 10 false alarms, 20 misses and 90 right rejections", () => {
  // By the formulas of the sources; tables as scikit-learn and epiR give them, limits of ratios from the likelihood equation at 40 digits.
  const expected: [name: string, value: number, limits: [number, number] | null, method: string | null][] = [
    ["balanced-accuracy", 0.85, [0.79207575578625355, 0.8901384969264013], "balanced_accuracy_newcombe"],
    ["mcc", 0.7035264706814484, null, null],
    ["youden", 0.7, [0.5841515115720529, 0.7802769938528026], "youden_newcombe"],
    ["lr-positive", 8, [4.5437298025849372, 14.589366343970825], "ratio_koopman"],
    ["lr-negative", 2 / 9, [0.14750036116493941, 0.32317860725345074], "ratio_koopman"],
    ["ppv-at-prevalence@0.01", 0.07476635514018692, [0.04262402656894415, 0.12790857260540803], "predictive_logit"],
    ["npv-at-prevalence@0.01", 0.9977603583426652, [0.9966711613479056, 0.9984937083711061], "predictive_logit"],
  ];
  for (const [name, value, limits, method] of expected) {
    it(name, () => {
      const prepared = ofTable(name, 80, 10, 20, 90);
      expect(prepared.estimate).toBeCloseTo(value, 12);
      expect(prepared.n).toEqual({ positives: 100, negatives: 100, patients: 200 });
      expect(prepared.patients).toBe(200);
      expect(prepared.flags ?? []).toEqual([]);
      if (limits === null) expect(prepared.interval).toBeNull();
      else {
        closeTo(limitsOf(prepared), ...limits);
        expect(prepared.interval?.(0.95)).toMatchObject({ ok: true, level: 0.95, method });
        const wide = prepared.interval?.(0.99);
        expect(wide?.ok && wide.low < limits[0] && wide.high > limits[1]).toBe(true);
      }
    });
  }
});

describe("patients with several images", () => {
  const units: MadeUnit[] = tableUnits(8, 3, 2, 7).map((unit) => ({ ...unit, patient: unit.patient >> 1 }));

  for (const name of names) {
    it(`${name} is the same number, with percentiles of patient resamples`, () => {
      const prepared = measured(name, decided(units));
      expect(prepared.estimate).toBe(ofTable(name, 8, 3, 2, 7).estimate);
      expect(prepared.n).toEqual({ positives: 10, negatives: 10, patients: 10 });
      expect(prepared.interval).toBeNull();
    });
  }

  it("each draw of patients is counted anew, and once for all metrics", () => {
    const set = decided(units);
    const [first, second] = ["balanced-accuracy", "youden"].map((name) => measured(name, set));
    const weights = new Uint16Array(10).fill(1);
    expect(first?.weighted(weights, 0)).toBeCloseTo(0.75, 12);
    expect(second?.weighted(weights, 0)).toBeCloseTo(0.5, 12);
    // hits lie in the patients 0 to 3
    weights.fill(2, 0, 4);
    expect(first?.weighted(weights, 0), "the same draw is not counted again").toBeCloseTo(0.75, 12);
    expect(first?.weighted(weights, 1)).toBeCloseTo((16 / 18 + 0.7) / 2, 12);
    expect(second?.weighted(weights, 1)).toBeCloseTo(16 / 18 + 0.7 - 1, 12);
    expect(first?.weighted(new Uint16Array(10), 2)).toBeNaN();
  });
});

describe("edges", () => {
  const reasons: [name: string, table: [number, number, number, number], reason: string][] = [
    ["balanced-accuracy", [0, 0, 0, 0], "no-data"],
    ["balanced-accuracy", [0, 2, 0, 3], "no-positives"],
    ["balanced-accuracy", [2, 0, 3, 0], "no-negatives"],
    ["youden", [0, 0, 0, 0], "no-data"],
    ["youden", [0, 2, 0, 3], "no-positives"],
    ["youden", [2, 0, 3, 0], "no-negatives"],
    ["mcc", [0, 0, 0, 0], "no-data"],
    ["mcc", [0, 0, 5, 5], "zero-denominator"],
    ["mcc", [5, 5, 0, 0], "zero-denominator"],
    ["mcc", [0, 2, 0, 3], "zero-denominator"],
    ["lr-positive", [0, 2, 0, 3], "no-positives"],
    ["lr-positive", [3, 0, 2, 5], "zero-denominator"],
    ["lr-negative", [3, 5, 2, 0], "zero-denominator"],
    ["lr-negative", [2, 0, 3, 0], "no-negatives"],
    ["ppv-at-prevalence@0.01", [0, 0, 5, 5], "zero-denominator"],
    ["npv-at-prevalence@0.01", [5, 5, 0, 0], "zero-denominator"],
    ["ppv-at-prevalence@0.01", [0, 2, 0, 3], "no-positives"],
    ["npv-at-prevalence@0.01", [0, 0, 0, 0], "no-data"],
  ];
  for (const [name, table, reason] of reasons) {
    it(`${name} of ${table.join(", ")}: ${reason}`, () => {
      const prepared = ofTable(name, ...table);
      expect(prepared.estimate).toBeNull();
      expect(prepared.reason).toBe(reason);
      expect(prepared.patients).toBe(table.reduce((sum, count) => sum + count, 0));
    });
  }

  it("a likelihood ratio has an interval where the log method has none", () => {
    const lone: [name: string, table: [number, number, number, number], value: number][] = [
      ["lr-positive", [0, 2, 5, 3], 0],
      ["lr-negative", [5, 2, 0, 3], 0],
      ["lr-positive", [5, 5, 0, 0], 1],
    ];
    for (const [name, table, value] of lone) {
      const prepared = ofTable(name, ...table);
      expect(prepared.estimate).toBe(value);
      const [low, high] = limitsOf(prepared) as [number, number];
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThan(value);
      expect(low === 0).toBe(value === 0);
    }
  });

  it("a perfect product has an interval below 1", () => {
    for (const name of ["balanced-accuracy", "youden"]) {
      const prepared = ofTable(name, 6, 0, 0, 6);
      expect(prepared.estimate).toBe(1);
      const limits = limitsOf(prepared) as [number, number];
      expect(limits[0]).toBeGreaterThan(0.4);
      expect(limits[0]).toBeLessThan(0.9);
      expect(limits[1]).toBe(1);
    }
  });

  it("a predictive value with an empty cell has the adjusted interval, up to the estimate", () => {
    const certain = ofTable("ppv-at-prevalence@0.05", 9, 0, 1, 30);
    expect(certain.estimate).toBe(1);
    expect(certain.interval?.(0.95)).toMatchObject({ ok: true, high: 1, method: "predictive_logit_adjusted" });
    expect((limitsOf(certain) as [number, number])[0]).toBeGreaterThan(0.05);
    const never = ofTable("ppv-at-prevalence@0.05", 0, 3, 10, 27);
    expect(never.estimate).toBe(0);
    expect(never.interval?.(0.95)).toMatchObject({ ok: true, low: 0, method: "predictive_logit_adjusted" });
    expect((limitsOf(never) as [number, number])[1]).toBeLessThan(0.2);
    const all = ofTable("ppv-at-prevalence@0.05", 5, 5, 0, 0);
    expect(all.estimate).toBeCloseTo(0.05, 12);
    expect(all.interval?.(0.95)).toMatchObject({ ok: true, method: "predictive_logit_adjusted" });
  });

  it("without an operating point nothing is called; a single unit without a call is enough", () => {
    const all = decided(tableUnits(3, 1, 1, 3), null);
    const one = decided(tableUnits(3, 1, 1, 3));
    one.binary.image!.call[5] = -1;
    for (const name of [...names, "sensitivity", "specificity", "ppv", "npv", "accuracy", "f1"]) {
      for (const units of [all, one]) {
        const prepared = measured(name, units);
        expect(prepared.reason, name).toBe("no-operating-point");
        expect(prepared.n, name).toEqual({ units: 8 });
      }
    }
  });

  it("shares of nothing have the reason of their denominator", () => {
    const counts = { numerator: 0, denominator: 0, patients: 0 };
    const reasons: [name: string, table: [number, number, number, number], reason: string][] = [
      ["sensitivity", [0, 2, 0, 3], "no-positives"],
      ["specificity", [2, 0, 3, 0], "no-negatives"],
      ["ppv", [0, 0, 5, 5], "zero-denominator"],
      ["npv", [5, 5, 0, 0], "zero-denominator"],
      ["accuracy", [0, 0, 0, 0], "no-data"],
      ["f1", [0, 0, 0, 4], "zero-denominator"],
    ];
    for (const [name, table, reason] of reasons) {
      const prepared = ofTable(name, ...table);
      expect(prepared, name).toMatchObject({ estimate: null, reason, patients: 0, interval: null });
      expect(prepared.n, name).toEqual(counts);
    }
  });

  it("F1 of several images of one patient has a value, and no interval with the reason alone", () => {
    const images = tableUnits(3, 1, 1, 3).map((unit) => ({ ...unit, patient: 0 }));
    const prepared = measured("f1", decided(images));
    expect(prepared.estimate).toBe(0.75);
    expect(prepared.interval?.(0.95)).toEqual({ ok: false, reason: "too-few-clusters" });
  });

  it("a threshold chosen on the test set is flagged, and units of another level are not there", () => {
    const set = { ...decided(tableUnits(3, 1, 1, 3)), thresholdFromTestSet: true };
    for (const name of names) {
      expect(measured(name, set).flags).toEqual(["threshold-from-test-set"]);
      expect(measured(`patient-${name}`, set).reason).toBe("no-data");
    }
  });

  it("a prevalence lies between 0 and 1", () => {
    for (const wrong of ["", "@0", "@1", "@1.5", "@-0.1", "@x", "@0.1@0.2"]) {
      expect(() => metricByName(`ppv-at-prevalence${wrong}`)).toThrow("there is no metric");
    }
    expect(metricByName("npv-at-prevalence@0.02").title).toEqual({
      "zh-CN": "图像级阴性预测值（按患病率 0.02 推算）",
      en: "Image-level negative predictive value at a prevalence of 0.02",
    });
  });
});

describe("laws", () => {
  const count = fc.integer({ min: 1, max: 30 });
  const table = fc.tuple(count, count, count, count);
  const value = (name: string, [tp, fp, fn, tn]: readonly [number, number, number, number]) =>
    ofTable(name, tp, fp, fn, tn).estimate as number;

  it("with classes and calls exchanged, the metrics of both classes stay and the others change places", () => {
    fc.assert(
      fc.property(table, ([tp, fp, fn, tn]) => {
        const [own, other] = [
          [tp, fp, fn, tn],
          [tn, fn, fp, tp],
        ] as const;
        for (const name of ["balanced-accuracy", "mcc", "youden"]) {
          expect(value(name, other)).toBeCloseTo(value(name, own), 12);
        }
        expect(value("lr-positive", other)).toBeCloseTo(1 / value("lr-negative", own), 9);
        expect(value("npv-at-prevalence@0.8", other)).toBeCloseTo(value("ppv-at-prevalence@0.2", own), 12);
      }),
    );
  });

  it("with calls exchanged alone, correlation and Youden's index change sign", () => {
    fc.assert(
      fc.property(table, ([tp, fp, fn, tn]) => {
        expect(value("mcc", [fn, tn, tp, fp])).toBeCloseTo(-value("mcc", [tp, fp, fn, tn]), 12);
        expect(value("youden", [fn, tn, tp, fp])).toBeCloseTo(-value("youden", [tp, fp, fn, tn]), 12);
      }),
    );
  });

  it("predictive values rise with the prevalence declared, and at the set's own are those of the set", () => {
    fc.assert(
      fc.property(table, ([tp, fp, fn, tn]) => {
        const prevalence = (tp + fn) / (tp + fp + fn + tn);
        expect(value(`ppv-at-prevalence@${prevalence}`, [tp, fp, fn, tn])).toBeCloseTo(tp / (tp + fp), 12);
        expect(value(`npv-at-prevalence@${prevalence}`, [tp, fp, fn, tn])).toBeCloseTo(tn / (tn + fn), 12);
        const rising = [0.01, 0.1, 0.5, 0.9].map((at) => value(`ppv-at-prevalence@${at}`, [tp, fp, fn, tn]));
        expect(rising).toEqual([...rising].sort((a, b) => a - b));
      }),
    );
  });

  it("intervals hold the estimate and narrow with more patients alike", () => {
    fc.assert(
      fc.property(table, ([tp, fp, fn, tn]) => {
        for (const name of names) {
          const once = ofTable(name, tp, fp, fn, tn);
          const limits = limitsOf(once);
          if (limits === null || typeof limits === "string") continue;
          expect(limits[0]).toBeLessThanOrEqual(once.estimate as number);
          expect(limits[1]).toBeGreaterThanOrEqual(once.estimate as number);
          const more = ofTable(name, 9 * tp, 9 * fp, 9 * fn, 9 * tn);
          const narrower = limitsOf(more) as [number, number];
          expect(more.estimate).toBeCloseTo(once.estimate as number, 12);
          expect(narrower[1] - narrower[0]).toBeLessThan(limits[1] - limits[0]);
        }
      }),
      { numRuns: 50 },
    );
  });
});

/** Metrics of scores as probabilities: values, intervals, edges and laws. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { metricByName, type CountedUnits } from "../../src/metrics/index.js";
import { decided, limitsOf, measured, scoredUnits, type MadeUnit } from "./decided-units.js";

const names = ["brier", "ece@10", "ece-equal-mass@10", "calibration-slope", "calibration-intercept"];
const labels = [0, 0, 1, 0, 0, 1, 0, 1, 0, 1, 1, 0, 1, 1];
const scores = [0.08, 0.12, 0.2, 0.25, 0.31, 0.4, 0.45, 0.55, 0.6, 0.7, 0.75, 0.86, 0.9, 0.97];
const of = (name: string, own: readonly MadeUnit[]) => measured(name, decided(own));
const valueOf = (name: string, own: readonly number[], probabilities: readonly number[]) =>
  of(name, scoredUnits(own, probabilities)).estimate as number;

describe("metrics of fourteen probabilities", () => {
  // Made with numpy: Newton's method for the two models, bins by the definitions.
  const expected: [name: string, value: number, limits: [number, number] | null, method?: string][] = [
    ["brier", 0.20338571428571425, null],
    ["ece@5", 0.13, null],
    ["ece@10", 0.2714285714285714, null],
    ["ece-equal-mass@5", 0.12, null],
    ["ece-equal-mass@10", 0.2714285714285714, null],
    ["calibration-slope", 0.7061302842081376, [-0.18206856295014995, 1.5943291313664252], "recalibration_wald"],
    [
      "calibration-intercept",
      -0.059552194167019804,
      [-1.3383893893986774, 1.2192850010646377],
      "calibration_in_the_large_wald",
    ],
  ];
  for (const [name, value, limits, method] of expected) {
    it(name, () => {
      const prepared = of(name, scoredUnits(labels, scores));
      expect(prepared.estimate).toBeCloseTo(value, 12);
      expect(prepared.n).toEqual({ positives: 7, negatives: 7, failed: 0, patients: 14 });
      expect(prepared.patients).toBe(14);
      expect(prepared.flags).toEqual([]);
      const found = limitsOf(prepared);
      if (limits === null) return expect(found).toBeNull();
      expect(found?.[0]).toBeCloseTo(limits[0], 10);
      expect(found?.[1]).toBeCloseTo(limits[1], 10);
      expect(prepared.interval?.(0.9)).toMatchObject({ ok: true, level: 0.9, method });
      const narrow = prepared.interval?.(0.9);
      expect(narrow?.ok && narrow.low > limits[0] && narrow.high < limits[1]).toBe(true);
    });
  }

  it("a probability on the border of two bins of equal width is in the upper one, 1 in the last", () => {
    expect(valueOf("ece@2", [0, 1], [0.4, 0.5])).toBeCloseTo((0.4 + 0.5) / 2, 14);
    expect(valueOf("ece@2", [0, 1, 0], [0.4, 0.5, 1])).toBeCloseTo((0.4 + 0.5) / 3, 14);
  });

  it("equal probabilities stay in one bin of equal mass", () => {
    expect(valueOf("ece-equal-mass@2", [1, 0, 1, 0], [0.2, 0.2, 0.2, 0.8])).toBeCloseTo(
      (Math.abs(0.6 - 2) + 0.8) / 4,
      14,
    );
  });

  it("calibrated groups have slope 1 and intercept 0", () => {
    const groups: [number, number, number][] = [
      [0.2, 1, 5],
      [0.6, 3, 5],
      [0.8, 4, 5],
    ];
    const rows = groups.flatMap(([p, hits, n]) =>
      Array.from({ length: n }, (_, at) => [at < hits ? 1 : 0, p] as const),
    );
    const [own, probabilities] = [rows.map(([label]) => label), rows.map(([, p]) => p)];
    expect(valueOf("calibration-slope", own, probabilities)).toBeCloseTo(1, 12);
    expect(valueOf("calibration-intercept", own, probabilities)).toBeCloseTo(0, 12);
    expect(valueOf("ece@10", own, probabilities)).toBeCloseTo(0, 14);
  });

  it("too extreme probabilities have a slope below 1, too high ones an intercept below 0", () => {
    const extreme = scores.map((p) => 1 / (1 + ((1 - p) / p) ** 3));
    expect(valueOf("calibration-slope", labels, extreme)).toBeCloseTo(0.7061302842081376 / 3, 10);
    const high = scores.map((p) => 1 / (1 + (1 - p) / p / Math.exp(2)));
    expect(valueOf("calibration-intercept", labels, high)).toBeCloseTo(-0.059552194167019804 - 2, 10);
    expect(valueOf("calibration-slope", labels, high)).toBeCloseTo(0.7061302842081376, 10);
  });
});

describe("patients with several images", () => {
  const paired = scoredUnits(labels, scores).map((unit) => ({ ...unit, patient: unit.patient % 7 }));

  it("have the same numbers with percentiles of patient resamples", () => {
    for (const name of names) {
      const prepared = of(name, paired);
      expect(prepared.estimate).toBe(of(name, scoredUnits(labels, scores)).estimate);
      expect(prepared.n).toEqual({ positives: 7, negatives: 7, failed: 0, patients: 7 });
      expect(prepared.interval).toBeNull();
    }
  });

  it("a draw without both classes has no model, but an error", () => {
    // patient 0 has the images 0 and 7: one of each class; patient 1 the images 1 and 8: both negative
    const weights = Uint16Array.from([0, 2, 0, 0, 0, 0, 0]);
    const values = names.map((name) => of(name, paired).weighted(weights, 0));
    expect(values[0]).toBeCloseTo((0.12 ** 2 + 0.6 ** 2) / 2, 14);
    expect(values[1]).toBeCloseTo((0.12 + 0.6) / 2, 14);
    expect(values[2]).toBeCloseTo((0.12 + 0.6) / 2, 14);
    expect(values[3]).toBeNaN();
    expect(values[4]).toBeNaN();
    for (const name of names) expect(of(name, paired).weighted(new Uint16Array(7), 1)).toBeNaN();
  });

  it("a draw that separates the classes has no slope, but an intercept; one probability alone neither slope", () => {
    // patient 0: 0.08 (0) and 0.55 (1)
    const apart = Uint16Array.from([3, 0, 0, 0, 0, 0, 0]);
    expect(of("calibration-slope", paired).weighted(apart, 0)).toBeNaN();
    const large = of("calibration-intercept", paired).weighted(apart, 0);
    const logit = (p: number) => Math.log(p / (1 - p));
    // the expected numbers of positives must be one in two: the two logits are moved to either side of 0
    expect(large).toBeCloseTo(-(logit(0.08) + logit(0.55)) / 2, 10);
    const constant = scoredUnits([0, 1, 0, 1], [0.3, 0.3, 0.6, 0.8]);
    expect(of("calibration-slope", constant).weighted(Uint16Array.from([1, 2, 0, 0]), 0)).toBeNaN();
  });
});

describe("edges", () => {
  const reasons: [string, readonly number[], readonly number[], Partial<Record<string, string | null>>][] = [
    ["no unit", [], [], { brier: "no-data", "ece@10": "no-data", "calibration-slope": "no-data" }],
    [
      "positives only",
      [1, 1],
      [0.3, 0.6],
      { brier: null, "calibration-slope": "no-negatives", "calibration-intercept": "no-negatives" },
    ],
    [
      "negatives only",
      [0, 0],
      [0.3, 0.6],
      { "ece@10": null, "calibration-slope": "no-positives", "calibration-intercept": "no-positives" },
    ],
    [
      "all equal",
      [0, 1, 1],
      [0.5, 0.5, 0.5],
      { brier: null, "calibration-slope": "zero-variance", "calibration-intercept": null },
    ],
    [
      "classes apart",
      [0, 0, 1, 1],
      [0.1, 0.2, 0.3, 0.4],
      { "calibration-slope": "separated", "calibration-intercept": null },
    ],
    ["classes apart, the wrong way", [1, 1, 0, 0], [0.1, 0.2, 0.3, 0.4], { "calibration-slope": "separated" }],
    ["classes that touch", [0, 0, 1, 1], [0.1, 0.3, 0.3, 0.4], { "calibration-slope": "separated" }],
    [
      "a certainty",
      [0, 1, 0, 1],
      [0, 0.3, 0.5, 0.4],
      { brier: null, "ece@10": null, "calibration-slope": "infinite-logit", "calibration-intercept": "infinite-logit" },
    ],
    ["a score above 1", [0, 1], [0.3, 1.2], Object.fromEntries(names.map((name) => [name, "no-scores"]))],
    ["a score below 0", [0, 1], [-0.1, 0.2], Object.fromEntries(names.map((name) => [name, "no-scores"]))],
    ["a patient without marks", [0, 1], [-Infinity, 0.2], Object.fromEntries(names.map((name) => [name, "no-scores"]))],
  ];
  for (const [what, own, probabilities, expected] of reasons) {
    it(`${what}: ${[...new Set(Object.values(expected))].map((reason) => reason ?? "a number").join(", ")}`, () => {
      for (const [name, reason] of Object.entries(expected)) {
        const prepared = of(name, scoredUnits(own, probabilities));
        if (reason === null) expect(prepared.estimate, name).not.toBeNull();
        else expect(prepared.reason, name).toBe(reason);
        expect(prepared.n.patients).toBe(own.length);
      }
    });
  }

  it("one class outweighs scores that are no probabilities, where both classes are needed", () => {
    expect(of("calibration-slope", scoredUnits([1, 1], [2, 3])).reason).toBe("no-negatives");
    expect(of("calibration-intercept", scoredUnits([0, 0], [2, 3])).reason).toBe("no-positives");
    expect(of("brier", scoredUnits([0, 0], [2, 3])).reason).toBe("no-scores");
  });

  it("failed images are left out and counted", () => {
    const failed: MadeUnit[] = [
      { patient: 14, positive: 1, score: -Infinity, failed: true },
      { patient: 3, positive: 0, score: Infinity, failed: true },
    ];
    for (const name of names) {
      const prepared = of(name, [...failed, ...scoredUnits(labels, scores)]);
      expect(prepared.estimate).toBe(of(name, scoredUnits(labels, scores)).estimate);
      expect(prepared.n).toEqual({ positives: 7, negatives: 7, failed: 2, patients: 14 });
      expect(prepared.flags).toEqual(["failed-left-out"]);
      expect(of(name, failed).reason).toBe("no-data");
    }
  });

  it("a failed image whose patient has a score all the same counts", () => {
    const rescued: MadeUnit[] = [
      ...scoredUnits(labels, scores),
      { patient: 14, positive: 1, score: 0.9, failed: true },
    ];
    expect(of("brier", rescued).n).toEqual({ positives: 8, negatives: 7, failed: 0, patients: 15 });
  });

  it("answers without scores, and flags of scores", () => {
    const set = decided(scoredUnits(labels, scores));
    const image = set.binary.image!;
    const without: CountedUnits = { ...set, binary: { image: { ...image, scored: false } } };
    const doubted: CountedUnits = {
      ...set,
      binary: { image: { ...image, scoreFlags: ["scores-contradict-decisions"] } },
    };
    for (const name of names) {
      expect(measured(name, without).reason).toBe("no-scores");
      expect(
        measured(name, {
          ...without,
          binary: {
            image: {
              ...image,
              patient: new Int32Array(0),
              positive: new Uint8Array(0),
              score: new Float64Array(0),
              failed: new Uint8Array(0),
              scored: false,
            },
          },
        }).reason,
      ).toBe("no-data");
      expect(measured(name, doubted).flags).toEqual(["scores-contradict-decisions"]);
    }
  });

  it("the number of bins is a whole one, up to 1,000", () => {
    for (const id of ["ece", "ece-equal-mass"]) {
      for (const wrong of ["", "@0", "@1.5", "@1001"]) {
        expect(() => metricByName(id + wrong)).toThrow("there is no metric");
      }
      expect(metricByName(`${id}@1`).parameter).toBe(1);
      expect(metricByName(`${id}@1000`).parameter).toBe(1000);
    }
    expect(metricByName("ece-equal-mass@15").title).toEqual({
      "zh-CN": "图像级期望校准误差（ECE）（15 个等频分箱）",
      en: "Image-level expected calibration error (15 bins of equal mass)",
    });
  });
});

describe("laws", () => {
  const sample = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 1, max: 19 })), { minLength: 1, maxLength: 40 })
    .map((rows) => {
      // overlapping classes, so that every model has its maximum
      const all: (readonly [number, number])[] = [[1, 4], [0, 12], [1, 15], [0, 3], ...rows];
      return { labels: all.map(([label]) => label), scores: all.map(([, twentieths]) => twentieths / 20) };
    });

  it("with classes exchanged, errors and slope stay, the intercept changes sign", () => {
    fc.assert(
      fc.property(sample, (set) => {
        const other = [set.labels.map((label) => 1 - label), set.scores.map((p) => 1 - p)] as const;
        expect(valueOf("brier", ...other)).toBeCloseTo(valueOf("brier", set.labels, set.scores), 12);
        expect(valueOf("calibration-slope", ...other)).toBeCloseTo(
          valueOf("calibration-slope", set.labels, set.scores),
          8,
        );
        expect(valueOf("calibration-intercept", ...other)).toBeCloseTo(
          -valueOf("calibration-intercept", set.labels, set.scores),
          8,
        );
      }),
    );
  });

  it("do not change with the order of the images", () => {
    fc.assert(
      fc.property(sample, (set) => {
        for (const name of names) {
          const turned = valueOf(name, [...set.labels].reverse(), [...set.scores].reverse());
          expect(turned).toBeCloseTo(valueOf(name, set.labels, set.scores), 9);
        }
      }),
    );
  });

  it("do not change when each image is there twice, but for bins of equal mass, whose borders move", () => {
    fc.assert(
      fc.property(sample, (set) => {
        for (const name of names) {
          if (name.startsWith("ece-equal-mass")) continue;
          const twice = valueOf(name, [...set.labels, ...set.labels], [...set.scores, ...set.scores]);
          expect(twice).toBeCloseTo(valueOf(name, set.labels, set.scores), 9);
        }
      }),
    );
  });

  it("recalibrated probabilities have slope 1 and intercept 0; one bin's error is the distance of two means", () => {
    fc.assert(
      fc.property(sample, (set) => {
        const large = valueOf("calibration-intercept", set.labels, set.scores);
        const moved = set.scores.map((p) => 1 / (1 + ((1 - p) / p) * Math.exp(-large)));
        expect(valueOf("calibration-intercept", set.labels, moved)).toBeCloseTo(0, 8);
        const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
        const gap = Math.abs(mean(set.labels) - mean(set.scores));
        expect(valueOf("ece@1", set.labels, set.scores)).toBeCloseTo(gap, 12);
        expect(valueOf("ece-equal-mass@1", set.labels, set.scores)).toBeCloseTo(gap, 12);
        expect(valueOf("ece@10", set.labels, set.scores)).toBeGreaterThanOrEqual(gap - 1e-12);
      }),
    );
  });
});

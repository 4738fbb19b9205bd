/** Metrics of grades: values, intervals, edges and laws. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { gradedUnits, limitsOf, measured } from "./decided-units.js";

const agreements = ["cohen-kappa", "linear-kappa", "quadratic-kappa", "gwet-ac1", "gwet-ac2"];
const names = ["grade-accuracy", "grade-macro-f1", ...agreements];

/** One unit for each count of a table of reference (rows) by answer. */
const pairsOf = (table: readonly (readonly number[])[]) =>
  table.flatMap((row, i) => row.flatMap((count, j) => Array.from({ length: count }, (): [number, number] => [i, j])));

const table = [
  [10, 3, 0],
  [2, 8, 2],
  [1, 1, 3],
];

describe("metrics of thirty graded images", () => {
  it("share of equal grades and macro F1", () => {
    const units = gradedUnits(pairsOf(table), 3);
    expect(measured("grade-accuracy", units).estimate).toBe(0.7);
    const f1 = measured("grade-macro-f1", units);
    expect(f1.estimate).toBeCloseTo((20 / 26 + 16 / 24 + 6 / 10) / 3, 14);
    expect(f1.n).toEqual({ units: 30, grades: 3, patients: 30 });
    expect(f1.flags).toBeUndefined();
    expect(f1.interval).toBeNull();
  });

  const [rows, columns] = [
    [13, 12, 5],
    [13, 12, 5],
  ];
  const weights: Record<string, (i: number, j: number) => number> = {
    none: (i, j) => (i === j ? 1 : 0),
    linear: (i, j) => 1 - Math.abs(i - j) / 2,
    quadratic: (i, j) => 1 - ((i - j) / 2) ** 2,
  };
  const sum = (of: (i: number, j: number) => number) =>
    [0, 1, 2].flatMap((i) => [0, 1, 2].map((j) => of(i, j))).reduce((total, value) => total + value, 0);
  for (const [name, kind, family] of [
    ["cohen-kappa", "none", "kappa"],
    ["linear-kappa", "linear", "kappa"],
    ["quadratic-kappa", "quadratic", "kappa"],
    ["gwet-ac1", "none", "gwet"],
    ["gwet-ac2", "quadratic", "gwet"],
  ] as const) {
    it(`${name} by its definition`, () => {
      const w = weights[kind]!;
      const po = sum((i, j) => w(i, j) * table[i]![j]!) / 30;
      const share = rows!.map((row, i) => (row + columns![i]!) / 60);
      const pe =
        family === "kappa"
          ? sum((i, j) => w(i, j) * rows![i]! * columns![j]!) / 900
          : (sum(w) / 6) * share.reduce((total, p) => total + p * (1 - p), 0);
      const prepared = measured(name, gradedUnits(pairsOf(table), 3));
      expect(prepared.estimate).toBeCloseTo((po - pe) / (1 - pe), 12);
      expect(prepared.n).toEqual({ units: 30, failed: 0, patients: 30 });
      expect(prepared.flags).toBeUndefined();
      const [low, high] = limitsOf(prepared) as [number, number];
      expect(low).toBeLessThan((po - pe) / (1 - pe));
      expect(high).toBeGreaterThan((po - pe) / (1 - pe));
      expect(prepared.interval?.(0.8)).toMatchObject({
        ok: true,
        level: 0.8,
        method: family === "kappa" ? "kappa_adjusted_wald" : "gwet_linearised_t",
      });
    });
  }

  it("the kappa paradox: agreement of 94 % with a kappa below 0 and an AC1 near it", () => {
    const paradox = gradedUnits(
      pairsOf([
        [118, 5],
        [2, 0],
      ]),
      2,
    );
    expect(measured("cohen-kappa", paradox).estimate).toBeCloseTo(-0.023, 3);
    expect(measured("gwet-ac1", paradox).estimate).toBeCloseTo(0.941, 3);
  });
});

describe("edges", () => {
  it("failed images are misses for F1, and left out of agreement", () => {
    const failed = [...pairsOf(table), [0, -1], [2, -1]] as [number, number][];
    const units = gradedUnits(failed, 3);
    const f1 = measured("grade-macro-f1", units);
    expect(f1.estimate).toBeCloseTo((20 / 27 + 16 / 24 + 6 / 11) / 3, 14);
    expect(f1.n).toEqual({ units: 32, grades: 3, patients: 32 });
    for (const name of agreements) {
      const prepared = measured(name, units);
      expect(prepared.estimate).toBe(measured(name, gradedUnits(pairsOf(table), 3)).estimate);
      expect(prepared.n).toEqual({ units: 30, failed: 2, patients: 32 });
      expect(prepared.flags).toEqual(["failed-left-out"]);
    }
  });

  it("no image, no grades, and failed ones only", () => {
    for (const name of names) {
      expect(measured(name, gradedUnits([], 3)).reason).toBe("no-data");
      expect(measured(`patient-${name}`, gradedUnits([[0, 0]], 3)).reason).toBe("no-data");
      const answered = { ...gradedUnits([], 3), graded: {}, casePatient: Int32Array.of(0, 1) };
      expect(measured(name, answered).reason).toBe("not-recorded");
    }
    for (const name of agreements) {
      expect(measured(name, gradedUnits([[1, -1]], 3)).reason).toBe("no-data");
      expect(measured(name, gradedUnits([[0, -1]], 1)).reason).toBe("no-data");
    }
    expect(measured("grade-macro-f1", gradedUnits([[1, -1]], 3)).estimate).toBe(0);
  });

  it("one category: kappa has no value, Gwet's coefficient is 1 without an interval", () => {
    const units = gradedUnits(pairsOf([[9, 0], [0, 0]]), 2); // prettier-ignore
    for (const name of ["cohen-kappa", "linear-kappa", "quadratic-kappa"]) {
      expect(measured(name, units).reason).toBe("one-category");
      expect(measured(name, units).patients).toBe(9);
    }
    for (const name of ["gwet-ac1", "gwet-ac2"]) {
      expect(measured(name, units).estimate).toBe(1);
      expect(limitsOf(measured(name, units))).toBe("zero-variance");
    }
    for (const name of agreements) expect(measured(name, gradedUnits([[0, 0]], 1)).reason).toBe("one-category");
  });

  it("perfect agreement is 1; kappa has an interval that ends there, Gwet's coefficient none", () => {
    const units = gradedUnits(pairsOf([[4, 0], [0, 5]]), 2); // prettier-ignore
    for (const name of agreements) {
      expect(measured(name, units).estimate).toBe(1);
      const limits = limitsOf(measured(name, units));
      expect(limits).toEqual(name.endsWith("kappa") ? [expect.closeTo(0.3066, 4), 1] : "zero-variance");
    }
    expect(measured("grade-macro-f1", units).estimate).toBe(1);
  });

  it("a grade that neither occurs nor is given is left out of macro F1, and flagged", () => {
    const f1 = measured("grade-macro-f1", gradedUnits(pairsOf([[2, 1], [1, 4]]), 4)); // prettier-ignore
    expect(f1.estimate).toBeCloseTo((4 / 6 + 8 / 10) / 2, 14);
    expect(f1.n).toEqual({ units: 8, grades: 2, patients: 8 });
    expect(f1.flags).toEqual(["classes-left-out"]);
  });

  it("several images of a patient: percentiles of patient resamples, each draw counted once", () => {
    const pairs = pairsOf(table);
    const units = gradedUnits(
      pairs,
      3,
      pairs.map((_, at) => at >> 1),
    );
    for (const name of agreements) {
      const prepared = measured(name, units);
      expect(prepared.estimate).toBe(measured(name, gradedUnits(pairs, 3)).estimate);
      expect(prepared.n).toEqual({ units: 30, failed: 0, patients: 15 });
      expect(prepared.interval).toBeNull();
    }
    const [kappa, f1] = ["cohen-kappa", "grade-macro-f1"].map((name) => measured(name, units));
    const ones = new Uint16Array(15).fill(1);
    expect(kappa?.weighted(ones, 0)).toBeCloseTo(kappa?.estimate as number, 14);
    expect(f1?.weighted(ones, 0)).toBe(f1?.estimate);
    // The first five patients have all ten images of grade 0 that were graded 0.
    const first = Uint16Array.from({ length: 15 }, (_, at) => (at < 5 ? 1 : 0));
    expect(f1?.weighted(first, 0), "the same draw is not counted again").toBe(f1?.estimate);
    expect(f1?.weighted(first, 1)).toBe(1);
    expect(kappa?.weighted(first, 1)).toBeNaN();
    expect(f1?.weighted(new Uint16Array(15), 2)).toBeNaN();
  });
});

describe("laws", () => {
  const pair = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 }));
  const sample = fc
    .array(pair, { minLength: 2, maxLength: 40 })
    .map((rows) => [[0, 0], [0, 2], [3, 1], ...rows] as const);
  const value = (name: string, pairs: readonly (readonly [number, number])[]) =>
    measured(name, gradedUnits(pairs, 4)).estimate as number;

  it("turning the scale round changes nothing", () => {
    fc.assert(
      fc.property(sample, (pairs) => {
        for (const name of names) {
          const turned = pairs.map(([truth, answer]): [number, number] => [3 - truth, 3 - answer]);
          expect(value(name, turned)).toBeCloseTo(value(name, pairs), 12);
        }
      }),
    );
  });

  it("exchanging reference and answer changes nothing in agreement and F1", () => {
    fc.assert(
      fc.property(sample, (pairs) => {
        for (const name of names) {
          const exchanged = pairs.map(([truth, answer]): [number, number] => [answer, truth]);
          expect(value(name, exchanged)).toBeCloseTo(value(name, pairs), 12);
        }
      }),
    );
  });

  it("renaming grades changes only what weighs their distance", () => {
    fc.assert(
      fc.property(sample, (pairs) => {
        const renamed = pairs.map(([truth, answer]): [number, number] => [(truth + 1) % 4, (answer + 1) % 4]);
        for (const name of ["grade-accuracy", "grade-macro-f1", "cohen-kappa", "gwet-ac1"]) {
          expect(value(name, renamed)).toBeCloseTo(value(name, pairs), 12);
        }
      }),
    );
  });

  it("every image twice gives the same values, in any order", () => {
    fc.assert(
      fc.property(sample, (pairs) => {
        for (const name of names) {
          expect(value(name, [...pairs, ...[...pairs].reverse()])).toBeCloseTo(value(name, pairs), 12);
        }
      }),
    );
  });
});

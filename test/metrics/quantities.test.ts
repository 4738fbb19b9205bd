/** Quantities: differences that meet a tolerance but for rounding, and sets too small for a spread. */
import { describe, expect, it } from "vitest";
import { metricByName } from "../../src/metrics/index.js";
import { nothing } from "./worked/worked.js";

/** One case a patient; NaN: failed. */
const prepare = (name: string, reference: readonly number[], answer: readonly number[]) => {
  const { definition, parameter } = metricByName(name);
  const quantities = {
    patient: Int32Array.from(reference.keys()),
    reference: Float64Array.from(reference),
    answer: Float64Array.from(answer),
  };
  return definition.prepare({ ...nothing, patientCount: reference.length, quantities }, parameter);
};
const within = (tolerance: number, reference: number, answer: number) =>
  prepare(`within-tolerance@${tolerance}`, [reference], [answer]).estimate === 1;

describe("a tolerance", () => {
  it("is met by a difference that only rounding puts beyond it, on either side", () => {
    expect(1.1 - 1).toBeGreaterThan(0.1);
    expect(within(0.1, 1, 1.1)).toBe(true);
    expect(within(0.1, 1.1, 1)).toBe(true);
    expect(within(0.1, -1, -1.1)).toBe(true);
    expect(within(0.1, -1.1, -1)).toBe(true);
    expect(within(0, 0.1 + 0.2, 0.3)).toBe(true);
  });

  it("is not met by a difference that is beyond it, however small both are", () => {
    expect(within(0.1, 1, 1.1 + 1e-9)).toBe(false);
    expect(within(0.1, 1.1 + 1e-9, 1)).toBe(false);
    expect(within(1e-7, 1e-6, 1.2e-6)).toBe(false);
    expect(within(0, 1e-6, 2e-6)).toBe(false);
    expect(within(0, 5, 5)).toBe(true);
  });

  it("relative to the reference takes its size, not its sign", () => {
    const share = (reference: number, answer: number) =>
      prepare("within-relative-tolerance@0.1", [reference], [answer]).estimate;
    expect(share(-40, -44)).toBe(1);
    expect(share(-40, -44.1)).toBe(0);
    expect(share(40, 36)).toBe(1);
    expect(share(0, 0)).toBe(1);
    expect(share(0, 0.001)).toBe(0);
  });

  it("is not met by a failed case", () => {
    const prepared = prepare("within-tolerance@1e9", [1, 2], [1, Number.NaN]);
    expect(prepared.estimate).toBe(1 / 2);
    expect(prepared.n).toEqual({ numerator: 1, denominator: 2, patients: 2 });
  });
});

describe("sets without a spread", () => {
  it("one case has a bias and errors, and neither a correlation nor limits", () => {
    for (const name of ["bias", "mean-absolute-error", "root-mean-square-error"])
      expect(prepare(name, [3], [5]).estimate, name).toBe(2);
    expect(prepare("bias", [3], [5]).interval?.(0.95)).toEqual({ ok: false, reason: "too-few" });
    for (const name of ["quantity-icc", "concordance-correlation"]) {
      const prepared = prepare(name, [3], [5]);
      expect(prepared, name).toMatchObject({ estimate: null, reason: "too-few", patients: 1 });
      expect(prepared.n, name).toEqual({ cases: 1, valued: 1, failed: 0, patients: 1 });
    }
    for (const end of ["lower", "upper"])
      expect(prepare(`limit-of-agreement-${end}`, [3], [5]).reason, end).toBe("too-few");
  });

  it("equal differences have limits at the bias, without an interval", () => {
    for (const end of ["lower", "upper"]) {
      const prepared = prepare(`limit-of-agreement-${end}`, [1, 2, 4], [3, 4, 6]);
      expect(prepared.estimate, end).toBe(2);
      expect(prepared.interval?.(0.95), end).toEqual({ ok: false, reason: "zero-variance" });
    }
    for (const name of ["quantity-icc", "concordance-correlation"])
      expect(prepare(name, [2, 2], [2, 2]).reason, name).toBe("zero-variance");
  });

  it("no case is no data", () => {
    for (const name of ["within-tolerance@1", "within-relative-tolerance@1", "bias"])
      expect(prepare(name, [], []), name).toMatchObject({ estimate: null, reason: "no-data", patients: 0 });
  });

  it("failed cases alone are no data", () => {
    for (const name of ["bias", "mean-absolute-error", "quantity-icc", "limit-of-agreement-lower"]) {
      const prepared = prepare(name, [1, 2], [Number.NaN, Number.NaN]);
      expect(prepared, name).toMatchObject({ estimate: null, reason: "no-data", patients: 0 });
      expect(prepared.n, name).toEqual({ cases: 2, valued: 0, failed: 2, patients: 0 });
    }
  });
});

describe("limits of agreement where a patient has several cases", () => {
  const limits = (patient: readonly number[], difference: readonly number[]) =>
    (["lower", "upper"] as const).map((end) => {
      const quantities = {
        patient: Int32Array.from(patient),
        reference: new Float64Array(patient.length).fill(50),
        answer: Float64Array.from(difference, (value) => 50 + value),
      };
      return metricByName(`limit-of-agreement-${end}`).definition.prepare(
        { ...nothing, patientCount: Math.max(...patient) + 1, quantities },
        null,
      );
    });
  const z = 1.959963984540054;

  it("add the variance between patients to that within them, however many cases one of them has", () => {
    // Differences -3, -1; 1, 3; 0 four times. Bias 0. MSB = (2 x 4 + 2 x 4 + 0) / 2 = 8, MSW = (2 + 2 + 0) / (8 - 3) = 0.8;
    // divisor (64 - (4 + 4 + 16)) / (2 x 8) = 2.5; between (8 - 0.8) / 2.5 = 2.88; s² = 3.68. Pooled it would be 20 / 7.
    const [lower, upper] = limits([0, 0, 1, 1, 2, 2, 2, 2], [-3, -1, 1, 3, 0, 0, 0, 0]);
    expect(lower?.estimate).toBeCloseTo(-z * Math.sqrt(3.68), 12);
    expect(upper?.estimate).toBeCloseTo(z * Math.sqrt(3.68), 12);
    expect(upper?.interval).toBeNull();
  });

  it("take a patient that is drawn twice for two", () => {
    const [, upper] = limits([0, 0, 1, 1, 2], [-3, -1, 1, 3, 0]);
    const [, again] = limits([0, 0, 1, 1, 2, 2, 3], [-3, -1, -3, -1, 1, 3, 0]);
    expect(upper?.weighted(Uint16Array.of(2, 1, 1), 0)).toBeCloseTo(again?.estimate as number, 12);
    // Only patients with one case: the usual s.
    expect(upper?.weighted(Uint16Array.of(0, 0, 3), 0)).toBe(0);
    const [, single] = limits([0, 1, 2, 3, 3], [-2, 0, 2, 5, 6]);
    expect(single?.weighted(Uint16Array.of(1, 1, 1, 0), 0)).toBeCloseTo(2 * z, 12);
    // One patient: nothing between.
    expect(upper?.weighted(Uint16Array.of(1, 0, 0), 0)).toBeNaN();
  });

  it("need a second patient", () => {
    const [lower] = limits([0, 0, 0], [1, 2, 3]);
    expect(lower).toMatchObject({ estimate: null, reason: "too-few-clusters" });
  });
});

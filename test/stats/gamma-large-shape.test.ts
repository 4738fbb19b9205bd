/** The gamma distribution with shapes from 1e6 on, and at the ends of the numbers. */
import { describe, expect, it } from "vitest";
import { gammaQuantile, gammaTails, garwood, poissonTails, type Tails } from "../../src/stats/index.js";
import { ok } from "./tables.js";

const share = (got: number, expected: number): number => Math.abs(got / expected - 1);

describe("gamma tails with large shapes", () => {
  // The density integrated by mpmath with 40 digits, over pieces of a standard deviation and less.
  it.each([
    [999999, 997999.0010000003, 0.0226961139797159, 0.977303886020284],
    [1e6, 963000, 1.641943870776415e-307, 1],
    [1e6, 995000, 2.74958035927007e-7, 0.999999725041964],
    [1e6, 1036000, 1, 1.578780450425548e-277],
    [3e7, 29998356.832327485, 0.3821096996019559, 0.617890300398044],
    [1e9, 1000379473.3192202, 1, 1.809122712747886e-33],
    [1e12, 1e12 - 2e6, 0.0227500779571856, 0.9772499220428143],
    [1e15, 999999367544468, 2.753391985411928e-89, 1],
    [1e15, 1000000031622776.6, 0.8413447462469536, 0.1586552537530463],
  ])("shape %d, %d: 12 digits of both", (shape, x, lower, upper) => {
    const tails = gammaTails(x, shape);
    expect(share(tails.lower, lower)).toBeLessThan(1e-12);
    expect(share(tails.upper, upper)).toBeLessThan(1e-12);
  });

  it("are 0 and 1 where the smaller one is below the smallest number", () => {
    for (const shape of [1e6, 1e12, 1e300]) {
      expect(gammaTails(shape - 41 * Math.sqrt(shape) - shape * 1e-15, shape)).toEqual({ lower: 0, upper: 1 });
      expect(gammaTails(shape + 41 * Math.sqrt(shape) + shape * 1e-15, shape)).toEqual({ lower: 1, upper: 0 });
    }
    // 38 standard deviations: e^-722 and e^-718, numbers still.
    expect(gammaTails(1e12 - 38e6, 1e12).lower).toBeGreaterThan(0);
    expect(gammaTails(1e12 + 38e6, 1e12).upper).toBeGreaterThan(0);
  });

  it("pass from the series to the expansion without a step", () => {
    const below = 1e6 * (1 - 2 ** -53);
    for (const x of [985000, 999000, 1e6, 1001000, 1015000]) {
      const [one, other]: [Tails, Tails] = [gammaTails(x, below), gammaTails(x, 1e6)];
      // The shapes differ by 1e-16 of themselves, which moves a tail 15 deviations away by 2e-12.
      expect(share(one.lower, other.lower)).toBeLessThan(1e-11);
      expect(share(one.upper, other.upper)).toBeLessThan(1e-11);
    }
  });

  it("are probabilities for all shapes and values that there are", () => {
    const numbers = [5e-324, 1e-308, 1e-300, 1e-10, 0.5, 1, 5, 1e5, 1e6, 1e15, 1e30, 1e150, 1e300, 1.7e308];
    for (const shape of numbers) {
      for (const x of [0, ...numbers, Infinity]) {
        const { lower, upper } = gammaTails(x, shape);
        expect(lower >= 0 && lower <= 1 && upper >= 0 && upper <= 1, `${x}, ${shape}`).toBe(true);
        expect(lower + upper).toBeCloseTo(1, 12);
      }
      for (const p of [1e-300, 1e-9, 0.3, 0.9]) expect(gammaQuantile(p, shape)).toBeGreaterThanOrEqual(0);
    }
    expect(gammaTails(1.7e308, 1.7e308)).toEqual({ lower: 0.5, upper: 0.5 });
    // The upper tail of a shape a near 0 is a E1(x): 5e-324 times 0.001 is none.
    expect(gammaTails(5, 5e-324)).toEqual({ lower: 1, upper: 0 });
  });

  it("make limits of counts whose width is right: ± 1.96 roots of the count", () => {
    const { low, high } = ok(garwood(1e14, 1));
    expect(share((high - low) / 2, 1.959963984540054e7)).toBeLessThan(1e-6);
    expect(share(poissonTails(1e13 - 6324555, 1e13).lower, 0.02275)).toBeLessThan(1e-4);
  });
});

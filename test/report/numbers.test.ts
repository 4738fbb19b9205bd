/** Numbers are printed by GB/T 8170-2008: rounded once, half to even, from exact values. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import {
  countsOf,
  decimalOf,
  exactEstimate,
  formatAgainstLimit,
  formatDifference,
  formatInterval,
  formatValue,
  roundTo,
  subtract,
} from "../../src/report/numbers.js";

const share = (k: number, n: number) => ({ numerator: BigInt(k), denominator: BigInt(n) });

describe("rounding by GB/T 8170-2008", () => {
  // Values of the standard's own tables, recomputed in decimal arithmetic.
  const cases: readonly (readonly [number, number, string])[] = [
    [12.1498, 0, "12"],
    [12.1498, 1, "12.1"],
    [10.5002, 0, "11"],
    [1.05, 1, "1.0"],
    [0.35, 1, "0.4"],
    [-0.0365, 3, "−0.036"],
    [8.53459, 2, "8.53"],
    [0.9205, 3, "0.920"],
    [0.8995, 3, "0.900"],
    [2.5, 0, "2"],
    [3.5, 0, "4"],
    [-2.5, 0, "−2"],
    [1e-9, 3, "0.000"],
    [-0.0004, 3, "0.000"],
    [1.5e21, 0, "1500000000000000000000"],
    [0, 2, "0.00"],
  ];
  it.each(cases)("%d to %d decimals is %s", (value, decimals, text) => {
    expect(roundTo(decimalOf(value), decimals)).toBe(text);
  });

  it("differs from the binary rounding of the language where a half is not exact in binary", () => {
    expect((1.005).toFixed(2)).toBe("1.00");
    expect(roundTo(decimalOf(1.015), 2)).toBe("1.02");
    expect((1.015).toFixed(2)).toBe("1.01");
  });

  it("never moves a value by more than half of the last place, and goes to the even digit at exactly half", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.integer({ min: 1, max: 2000 }), (k, n) => {
        const text = roundTo(share(k, n), 1).replace("−", "-");
        const tenths = BigInt(text.replace(".", "").replace(/^(-?)0+(?=\d)/, "$1"));
        // |10k/n - tenths| <= 1/2, in integers.
        const error = 10n * BigInt(k) - tenths * BigInt(n);
        const twice = error < 0n ? -2n * error : 2n * error;
        expect(twice <= BigInt(n)).toBe(true);
        if (twice === BigInt(n)) expect(tenths % 2n).toBe(0n);
      }),
    );
  });
});

describe("proportions", () => {
  it("are percents with one decimal, from their integers", () => {
    expect(formatValue(share(171, 186), "proportion")).toBe("91.9 %");
    expect(formatValue(share(1, 16), "proportion")).toBe("6.2 %");
    expect(formatValue(share(3, 16), "proportion")).toBe("18.8 %");
    expect(formatValue(share(0, 7), "proportion")).toBe("0.0 %");
    expect(formatValue(share(7, 7), "proportion")).toBe("100.0 %");
  });

  it("use the integers of the result only where they give the estimate", () => {
    expect(countsOf({ estimate: 171 / 186, n: { numerator: 171, denominator: 186 } })).toEqual({
      numerator: 171,
      denominator: 186,
    });
    expect(countsOf({ estimate: 0.9, n: { numerator: 171, denominator: 186 } })).toBeNull();
    expect(countsOf({ estimate: null, n: { numerator: 0, denominator: 0 } })).toBeNull();
    expect(countsOf({ estimate: 1, n: { numerator: 1.5, denominator: 1.5 } })).toBeNull();
    expect(exactEstimate({ estimate: 0.0625, n: {} })).toEqual(decimalOf(0.0625));
  });

  it("have intervals rounded to nearest, with another dash where an end is negative", () => {
    expect(formatInterval({ low: 0.8714, high: 0.9506 }, "proportion")).toBe("87.1 %–95.1 %");
    expect(formatInterval({ low: -0.035, high: 0.006 }, "index")).toBe("−0.035 … 0.006");
    expect(formatInterval({ low: 0.5, high: "Infinity" }, "rate")).toBe("0.50–∞");
  });

  it("differ by unrounded values: 62/64 and 71/78 and 38/44 against 171/186", () => {
    const overall = share(171, 186);
    const delta = (k: number, n: number) => formatDifference(subtract(share(k, n), overall), "proportion");
    expect(delta(62, 64)).toBe("+4.9");
    expect(delta(71, 78)).toBe("−0.9");
    expect(delta(38, 44)).toBe("−5.6");
    expect(delta(171, 186)).toBe("0.0");
  });
});

describe("other kinds", () => {
  it("rates have two decimals, indices three, p three or <0.001", () => {
    expect(formatValue(share(296, 340), "rate")).toBe("0.87");
    expect(formatValue(0.9205, "index")).toBe("0.920");
    expect(formatValue(0.26684, "p")).toBe("0.267");
    expect(formatValue(0.0009999, "p")).toBe("<0.001");
    expect(formatValue(0.001, "p")).toBe("0.001");
    expect(formatValue(1, "p")).toBe("1.000");
  });
});

describe("a value beside its limit", () => {
  it("carries (+) or (−) where rounding brings it onto the limit without being equal", () => {
    expect(formatAgainstLimit(0.919354, 0.92, "score")).toEqual({ value: "0.919", limit: "0.920" });
    expect(formatAgainstLimit(share(1837, 2000), 0.9185, "proportion")).toEqual({ value: "91.85 %", limit: "91.85 %" });
    expect(formatAgainstLimit(share(4501, 5001), 0.9, "proportion")).toEqual({ value: "90.0 %(+)", limit: "90.0 %" });
    expect(formatAgainstLimit(share(4499, 5000), 0.9, "proportion")).toEqual({ value: "90.0 %(−)", limit: "90.0 %" });
    expect(formatAgainstLimit(0.9, 0.9, "proportion")).toEqual({ value: "90.0 %", limit: "90.0 %" });
  });

  it("has as many decimals as a limit that has more than usual", () => {
    expect(formatAgainstLimit(0.925549, 0.9255, "proportion")).toEqual({ value: "92.55 %(+)", limit: "92.55 %" });
    expect(formatAgainstLimit("Infinity", 1, "rate")).toEqual({ value: "∞", limit: "1.00" });
  });
});

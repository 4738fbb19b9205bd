/** What a limit asks for: rounding neither passes nor fails a product. */
import { describe, expect, it } from "vitest";
import type { EffectiveProtocol } from "../../src/contract/protocol.js";
import type { MetricResult } from "../../src/contract/result.js";
import { judgeCriteria } from "../../src/evaluation/criteria.js";
import { isAbove, isEqual } from "../../src/evaluation/limits.js";

const verdictOf = (estimate: number, limit: object): string => {
  const criterion = { metric: "m", stratum: {}, compare: "estimate", ...limit };
  const row = { metric: "m", stratum: {}, estimate, interval: null } as unknown as MetricResult;
  return judgeCriteria({ acceptance: [criterion] } as unknown as EffectiveProtocol, [row]).verdict;
};

describe("a limit", () => {
  it("is kept by a value that equals it but for the last digits", () => {
    // Nineteen of twenty and seventeen of twenty, halved as fractions: 0.8999999999999999
    for (const value of [0.9, 0.8999999999999999, (19 / 20 + 17 / 20) / 2, 0.95]) {
      expect(verdictOf(value, { atLeast: 0.9 })).toBe("pass");
    }
    for (const value of [0.1 + 0.2, 0.3, 0.2]) expect(verdictOf(value, { atMost: 0.3 })).toBe("pass");
  });

  it("is missed by a value that lies beyond it by more", () => {
    for (const value of [0.9 - 1e-11, 0.5]) expect(verdictOf(value, { atLeast: 0.9 })).toBe("fail");
    for (const value of [0.3 + 1e-11, 0.5]) expect(verdictOf(value, { atMost: 0.3 })).toBe("fail");
  });

  it("is measured in shares of large values", () => {
    expect([isEqual(1e6, 1e6 + 1e-7), isEqual(1e6, 1e6 + 1e-5), isEqual(-1e6, -1e6 - 1e-7)]).toEqual([
      true,
      false,
      true,
    ]);
    expect([isAbove(1e6 + 1e-5, 1e6), isAbove(1e6 + 1e-7, 1e6), isAbove(1e6 - 1e-5, 1e6)]).toEqual([
      true,
      false,
      false,
    ]);
    expect([isEqual(Infinity, Infinity), isEqual(Infinity, 5), isEqual(5, Infinity)]).toEqual([true, false, false]);
    expect([isAbove(Infinity, 10), isAbove(10, Infinity), isAbove(-Infinity, 10)]).toEqual([true, false, false]);
  });
});

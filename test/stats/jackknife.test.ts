/** The jackknife: by hand, for means, and where units can't be spared. */
import { describe, expect, it } from "vitest";
import { jackknifeSe, leaveOneOut } from "../../src/stats/index.js";

describe("the jackknife", () => {
  it("of a mean is its standard error", () => {
    const values = [1, 4, 4, 7];
    const mean = (weights: Uint16Array) => {
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return values.reduce((sum, value, at) => sum + value * (weights[at] as number), 0) / total;
    };
    const without = leaveOneOut(mean, values.length);
    expect([...without]).toEqual([5, 4, 4, 3]);
    // Sample variance 6 of 4 values: se = sqrt(6 / 4).
    expect(jackknifeSe(without)).toEqual({ ok: true, se: Math.sqrt(1.5), valid: 4 });
  });

  it("names every draw differently, and none as a bootstrap does", () => {
    const draws: number[] = [];
    leaveOneOut((_, draw) => draws.push(draw), 3);
    expect(new Set(draws).size).toBe(3);
    for (const draw of draws) expect(draw).toBeLessThan(-1);
  });

  it("leaves out units without which there is no estimate, and says so", () => {
    const outcome = jackknifeSe([1, Number.NaN, 3]);
    expect(outcome).toEqual({ ok: true, se: 1, valid: 2, flags: ["degenerate-replicates"] });
    for (const values of [[], [1], [1, Number.NaN]])
      expect(jackknifeSe(values)).toEqual({ ok: false, reason: "too-few" });
  });
});

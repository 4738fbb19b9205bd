/** Exact intervals keep their level everywhere: by enumeration on a part of the grid of `bench/coverage`. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { binomialPmf, clopperPearson, garwood, poissonPmf, rateRatioExact } from "../../src/stats/index.js";

/** Errors of both sides at a true value: probability that the interval lies above, and below it. */
function errorsAt(
  truth: number,
  intervals: readonly { low: number; high: number }[],
  probability: (x: number) => number,
) {
  let [above, below] = [0, 0];
  intervals.forEach(({ low, high }, x) => {
    if (low > truth) above += probability(x);
    if (high < truth) below += probability(x);
  });
  return { above, below };
}

/** Just beside every limit, where the errors are largest. */
const beside = (intervals: readonly { low: number; high: number }[]) =>
  intervals.flatMap(({ low, high }) => [low, high].flatMap((limit) => [limit * (1 - 1e-9), limit * (1 + 1e-9)]));

describe("exact intervals", () => {
  it.each([0.9, 0.95])(
    "of a proportion (Clopper-Pearson, %d) err by at most half of the rest on either side",
    (level) => {
      for (const n of [1, 2, 3, 5, 10, 17, 30, 64, 100, 200]) {
        const intervals = Array.from({ length: n + 1 }, (_, x) => clopperPearson(x, n, level));
        for (const p of beside(intervals).filter((value) => value > 0 && value < 1)) {
          const { above, below } = errorsAt(p, intervals, (x) => binomialPmf(x, n, p));
          expect(Math.max(above, below), `n ${n}, p ${p}`).toBeLessThanOrEqual((1 - level) / 2 + 1e-9);
        }
      }
    },
  );

  it.each([0.9, 0.95])("of a Poisson rate (Garwood, %d) err by at most half of the rest on either side", (level) => {
    const intervals = Array.from({ length: 150 }, (_, x) => garwood(x, 1, level));
    for (const mean of beside(intervals).filter((value) => value > 0 && value < 60)) {
      const { above, below } = errorsAt(mean, intervals, (x) => poissonPmf(x, mean));
      expect(Math.max(above, below), `mean ${mean}`).toBeLessThanOrEqual((1 - level) / 2 + 1e-9);
    }
  });

  it("of a ratio of rates err by at most half of the rest on either side", () => {
    for (const [first, second] of [
      [0.5, 0.5],
      [1, 5],
      [3, 4],
      [12, 5],
    ] as const) {
      let [above, below] = [0, 0];
      for (let x1 = 0; x1 <= 60; x1++) {
        for (let x2 = 0; x2 <= 60; x2++) {
          const { interval } = rateRatioExact(x1, 1, x2, 2) as { interval: { low: number; high: number } };
          const probability = poissonPmf(x1, first) * poissonPmf(x2, second);
          if (interval.low > first / (second / 2)) above += probability;
          if (interval.high < first / (second / 2)) below += probability;
        }
      }
      expect(Math.max(above, below)).toBeLessThanOrEqual(0.025);
    }
  });

  it("have no shortfall in the published figures", () => {
    const rows = readFileSync(new URL("../../docs/coverage.md", import.meta.url), "utf8").split("\n");
    const exact = rows.filter((row) => /^\| `\w+` \(exact/.test(row) && !row.includes("normal"));
    expect(exact.length).toBeGreaterThanOrEqual(3);
    for (const row of exact) {
      const head = rows.slice(0, rows.indexOf(row)).findLast((line) => line.startsWith("| method")) as string;
      const column = head.split(" | ").indexOf("worst shortfall");
      expect(row.split(" | ")[column], row).toBe("0.000");
    }
  });
});

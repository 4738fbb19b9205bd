/** Two binnings of one attribute are two dimensions: in tests of differences, in sums that hide small cells, and in the report. */
import { describe, expect, it } from "vitest";
import type { MetricResult, StratumKey } from "../../src/contract/result.js";
import { dimensionsOf } from "../../src/evaluation/dimensions.js";
import { heterogeneity } from "../../src/evaluation/heterogeneity.js";
import { hiddenStrata } from "../../src/evaluation/hidden-cells.js";
import { byDimension, dimensionName } from "../../src/report/strata.js";
import { noduleResult } from "../report/fixtures.js";

const two = { attribute: "mm", bins: ["[0,2]", "(2,inf)"] };
const three = { attribute: "mm", bins: ["[0,1]", "(1,2]", "(2,inf)"] };
const mm = (...cells: string[]): StratumKey[] => cells.map((cell) => ({ mm: cell }));
const [first, second] = ["mm [0,2] (2,inf)", "mm [0,1] (1,2] (2,inf)"] as const;

describe("the dimension of a stratum", () => {
  it("is its attributes, where one definition has them", () => {
    const keys = [{}, { site: "A" }, { mm: "[0,2]" }, { site: "A", mm: "[0,2]" }, { class: "AF" }];
    expect(dimensionsOf(keys, ["site", two, { cross: ["site", two] }])).toEqual([
      "",
      "site",
      "mm",
      "site x mm",
      "class",
    ]);
  });
  it("has the bins, where several have", () => {
    const keys = mm("[0,2]", "(2,inf)", "not recorded", "[0,1]", "(1,2]", "(2,inf)", "not recorded");
    expect(dimensionsOf(keys, [two, three])).toEqual([first, first, first, second, second, second, second]);
  });
  it("follows the order of a result for cells that both can have", () => {
    const shared = { attribute: "mm", bins: ["[0,2]"] };
    const keys = mm("[0,2]", "(2,inf)", "[0,2]", "outside the bins", "not recorded");
    const third = "mm [0,2]";
    expect(dimensionsOf(keys, [two, shared])).toEqual([first, first, third, third, third]);
    expect(dimensionsOf(mm("[0,2]", "outside the bins", "[0,2]", "(2,inf)"), [shared, two])).toEqual([
      third,
      third,
      first,
      first,
    ]);
  });
  it("tells values from bins", () => {
    const values = mm("1", "1.5", "not recorded", "[0,2]", "(2,inf)", "not recorded");
    expect(dimensionsOf(values, ["mm", two])).toEqual(["mm", "mm", "mm", first, first, first]);
    expect(dimensionsOf(mm("[0,2]", "(2,inf)", "1", "1.5"), [two, "mm"])).toEqual([first, first, "mm", "mm"]);
  });
  it("of a crossing has the bins of each axis", () => {
    const keys = [
      { site: "A", mm: "[0,2]" },
      { site: "B", mm: "(2,inf)" },
      { site: "A", mm: "[0,1]" },
    ];
    const cross = [
      { cross: ["site", two] as [string, typeof two] },
      { cross: ["site", three] as [string, typeof three] },
    ];
    const [a, b] = ["site x mm [0,2] (2,inf)", "site x mm [0,1] (1,2] (2,inf)"];
    expect(dimensionsOf(keys, cross)).toEqual([a, a, b]);
  });
});

describe("two binnings", () => {
  const row = (cell: string, estimate: number): MetricResult => ({
    metric: "sensitivity",
    stratum: { mm: cell },
    unit: "image",
    n: {},
    estimate,
    interval: { low: estimate - 0.1, high: estimate + 0.1, level: 0.95, method: "wilson" },
    flags: [],
  });

  it("are two tests of differences, each of its own strata", () => {
    const rows = [row("[0,2]", 0.6), row("(2,inf)", 0.8), row("[0,1]", 0.5), row("(1,2]", 0.6), row("(2,inf)", 0.7)];
    const tests = heterogeneity(rows, "sensitivity", ["mm"], [two, three]);
    // Equal errors e = 0.1 / 1.959964: Q is the sum of squares about the mean over e², 0.02 and 0.02 over 0.0026031.
    expect(tests.map(({ dimension, df }) => [dimension, df])).toEqual([
      [first, 1],
      [second, 2],
    ]);
    for (const { statistic } of tests) expect(statistic).toBeCloseTo(7.683, 3);
  });
  it("add up by themselves, so that a small cell can't be had from the total", () => {
    const sizes: [string, number, string][] = [
      ["[0,2]", 3, first],
      ["(2,inf)", 97, first],
      ["[0,1]", 30, second],
      ["(1,2]", 30, second],
      ["(2,9]", 40, second],
    ];
    const cells = sizes.map(([cell, size, dimension]) => ({ key: { mm: cell }, size, dimension }));
    // 100 - 97 would give the hidden 3.
    expect(hiddenStrata([[{ key: {}, size: 100 }, ...cells]], 10)).toEqual(
      new Set(['[["mm","[0,2]"]]', '[["mm","(2,inf)"]]']),
    );
  });
  it("stand apart in the report, by name", () => {
    const result = noduleResult();
    const { context } = result;
    const changed = { ...result, context: { ...context, protocol: { ...context.protocol, strata: [two, three] } } };
    const groups = byDimension(
      changed,
      [{}, ...mm("[0,2]", "(2,inf)", "[0,1]", "(2,inf)")].map((stratum) => ({ stratum })),
    );
    expect([...groups].map(([dimension, rows]) => [dimension, rows.length])).toEqual([
      [first, 2],
      [second, 2],
    ]);
    expect(dimensionName(result, first)).toEqual({ "zh-CN": "mm：[0,2] (2,inf)", en: "mm: [0,2] (2,inf)" });
    // An attribute that ends in x is no crossing.
    expect(dimensionName(result, "sex x site")).toMatchObject({ en: "Sex × site" });
  });
});

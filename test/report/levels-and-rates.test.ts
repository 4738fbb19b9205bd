/** The level that a report states is that of its intervals; only sensitivities at false-positive rates stand at rates. */
import { describe, expect, it } from "vitest";
import type { MetricResult, Result } from "../../src/contract/result.js";
import { cellText, type Block, type Section } from "../../src/report/document.js";
import { buildReport, renderAll, reportInput } from "../../src/report/report.js";
import { levelText } from "../../src/report/wording/metric-line.js";
import { noduleComparison, noduleResult, noduleRun, proportion, signedConfig } from "./fixtures.js";

/** First column of a table, in English. */
function names(sections: readonly Section[], id: string): string[] {
  const tables = sections
    .flatMap(({ blocks }) => blocks)
    .filter((block): block is Extract<Block, { type: "table" }> => block.type === "table" && block.id === id);
  return tables.flatMap(({ rows }) =>
    rows.flatMap((row) =>
      "group" in row
        ? []
        : row.map((cell) => {
            const text = cellText(cell);
            return typeof text === "string" ? text : text.en;
          }),
    ),
  );
}

const reportOf = (result: Result) =>
  buildReport(reportInput(noduleRun(result), result, "result.json", null, signedConfig())).sections;

describe("metrics that take a number", () => {
  const title = (en: string) => ({
    title: { "zh-CN": en, en },
    formula: { "zh-CN": "", en: "" },
    higherIsBetter: true,
    source: "",
  });
  const made = (): Result => {
    const result = noduleResult();
    const calibration: MetricResult = {
      metric: "ece@10",
      stratum: {},
      unit: "image",
      n: { units: 100, patients: 100 },
      estimate: 0.0875,
      interval: null,
      flags: [],
    };
    const metrics = [
      calibration,
      proportion("ppv-at-prevalence@0.1", 3, 10),
      proportion("sensitivity-at-specificity@0.9", 7, 10),
    ];
    const metricTitles = {
      ...result.context.metricTitles,
      "ece@10": { ...title("Expected calibration error, 10 bins"), kind: "index" as const },
      "ppv-at-prevalence@0.1": { ...title("PPV at 10 % prevalence"), kind: "proportion" as const },
      "sensitivity-at-specificity@0.9": { ...title("Sensitivity at specificity 0.9"), kind: "proportion" as const },
    };
    return { ...result, context: { ...result.context, metricTitles }, metrics: [...result.metrics, ...metrics] };
  };
  const sections = reportOf(made());

  it("stand in T1 and T5 by their own titles and kinds, unless the number is a rate of false positives", () => {
    for (const table of ["T1", "T5"]) {
      const cells = names(sections, table).join("\n");
      expect(cells).toMatch(/Expected calibration error, 10 bins[^]*?0\.088/);
      expect(cells).toMatch(/PPV at 10 % prevalence[^]*?30\.0 %/);
      expect(cells).toMatch(/Sensitivity at specificity 0\.9[^]*?70\.0 %/);
      expect(cells).not.toContain("Sensitivity at 1 FP/case");
    }
  });
  it("stand in T6 only where it is", () => {
    const table = sections
      .flatMap(({ blocks }) => blocks)
      .find((block): block is Extract<Block, { type: "table" }> => block.type === "table" && block.id === "T6");
    expect(table?.columns.map(({ title: column }) => column)).toEqual([
      "FPPI",
      "1/8",
      "1",
      { "zh-CN": "平均", en: "Mean" },
    ]);
  });
});

describe("the level of intervals", () => {
  it("is written without what binary fractions leave behind", () => {
    expect([0.95, 0.9, 0.975, 1 - 0.07, 1 - 0.1, 0.9995].map(levelText)).toEqual([
      "95 %",
      "90 %",
      "97.5 %",
      "93 %",
      "90 %",
      "99.95 %",
    ]);
  });
  it("is the one of the plan in every table, figure and statement; differences have that of the comparison", () => {
    const result = noduleResult();
    const { protocol } = result.context;
    const at90 = (entry: MetricResult): MetricResult =>
      entry.interval === null ? entry : { ...entry, interval: { ...entry.interval, level: 0.9 } };
    const changed: Result = {
      ...result,
      context: { ...result.context, protocol: { ...protocol, intervals: { ...protocol.intervals, level: 0.9 } } },
      // Agreement of readers is not a matter of the plan: it has intervals of its own.
      agreement: [],
      metrics: result.metrics.map(at90),
    };
    const run = noduleRun(changed);
    run.protocol = { ...run.protocol, comparison: { ...run.protocol.comparison, alpha: 0.2 } };
    const files = renderAll(reportInput(run, changed, "result.json", noduleComparison(changed), signedConfig()), [
      "zh-CN",
      "en",
    ]);
    const html = files.get("report.html") ?? "";
    expect(html).toContain("90 % 置信区间");
    expect(html).toContain("Sampling uncertainty is given by 90 % intervals");
    expect(html).toContain("lines: 90 % intervals");
    expect(html).toContain("bars are 90 % intervals");
    expect(html).toContain("Difference (80 % CI)");
    expect(html).toContain("lines: 80 % intervals");
    for (const text of [html, files.get("summary.md") ?? "", files.get("comparison.html") ?? ""])
      expect(text).not.toMatch(/95 % (?:置信区间|CI|intervals)/);
  });
});

/** The table of other match rules: after the strata, in both languages, with the rule in force first; left out where there is none. */
import { describe, expect, it } from "vitest";
import type { Result } from "../../src/contract/result.js";
import { buildReport, renderAll, reportInput } from "../../src/report/report.js";
import { noduleResult, noduleRun, signedConfig } from "./fixtures.js";

const rules: NonNullable<Result["matchSensitivity"]> = [
  {
    id: "in-force",
    title: { "zh-CN": "计划规定的规则", en: "the rule of the plan" },
    values: { "lesion-sensitivity": 171 / 186, "false-positives-per-case": 296 / 340 },
    counts: { lesionsFound: 171, falsePositive: 296, duplicate: 14, ignored: 9 },
  },
  {
    id: "radius-5",
    title: { "zh-CN": "半径至少 5 mm", en: "radius at least 5 mm" },
    values: { "lesion-sensitivity": 177 / 186, "false-positives-per-case": null },
    counts: { lesionsFound: 177, falsePositive: 288, duplicate: 16, ignored: 9 },
  },
];
const inputOf = (result: Result) => reportInput(noduleRun(result), result, "result.json", null, signedConfig());
const htmlOf = (result: Result) => renderAll(inputOf(result), ["zh-CN", "en"]).get("report.html") ?? "";
const plain = noduleResult();

describe("dependence on the match rule", () => {
  it("stands after the strata", () => {
    const ids = buildReport(inputOf({ ...plain, matchSensitivity: rules })).sections.map(({ id }) => id);
    expect(ids.indexOf("match-rule")).toBe(ids.indexOf("t7") + 1);
  });

  it("shows every rule with its numbers in both languages, and a sign where there is no number", () => {
    const html = htmlOf({ ...plain, matchSensitivity: rules });
    for (const text of ["the rule of the plan", "计划规定的规则", "radius at least 5 mm", "半径至少 5 mm"])
      expect(html).toContain(text);
    for (const value of ["91.9 %", "95.2 %", "0.87", "171", "177", "288", "16"]) expect(html).toContain(`>${value}<`);
    expect(html).toContain("Verdicts are made by the rule of the plan alone.");
    expect(html).toContain("Counts are of marks with a score of at least 0.42.");
    const above = htmlOf({ ...plain, threshold: "Infinity", matchSensitivity: rules });
    for (const text of ["The threshold lies above all scores: no mark is counted.", "阈值高于全部评分，无标记计入。"])
      expect(above).toContain(text);
    expect(htmlOf({ ...plain, threshold: null, matchSensitivity: rules })).toContain("Counts are of all marks.");
  });

  it("is left out where there is none", () => {
    for (const result of [plain, { ...plain, matchSensitivity: [] }]) {
      const ids = buildReport(inputOf(result)).sections.map(({ id }) => id);
      expect(ids).not.toContain("match-rule");
    }
  });
});

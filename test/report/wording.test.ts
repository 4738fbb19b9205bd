/** What a reader of one language, or of a narrow chart, gets to see: gates, counts, notes, labels that fit. */
import { describe, expect, it } from "vitest";
import type { IndexedCase } from "../../src/contract/case-index.js";
import type { Result } from "../../src/contract/result.js";
import type { Reference } from "../../src/contract/reading.js";
import { composition } from "../../src/datasets/gates/composition.js";
import { compositionChart } from "../../src/report/charts/composition.js";
import { forestChart } from "../../src/report/charts/forest.js";
import { fitted, labelWidth } from "../../src/report/charts/svg.js";
import { inLanguage, type Block, type Text } from "../../src/report/document.js";
import { buildReport, renderAll, reportInput } from "../../src/report/report.js";
import { gateText } from "../../src/report/wording/gates.js";
import { changedUnitName, outcomeText } from "../../src/report/wording/outcomes.js";
import { taskProfile } from "../../src/tasks/profiles/index.js";
import { noduleComparison, noduleResult, noduleRun, signedConfig } from "./fixtures.js";

const both = ["zh-CN", "en"] as const;
const inputOf = (result: Result) => reportInput(noduleRun(result), result, "result.json", null, signedConfig());
const sectionText = (result: Result, id: string): string =>
  JSON.stringify(buildReport(inputOf(result)).sections.find((section) => section.id === id));

type Gate = Result["context"]["gates"][number];
const gate = (message: string): Gate => ({
  code: "COMPOSITION",
  severity: "warning",
  cases: [],
  files: [],
  message,
  remedy: "",
});

describe("findings of the quality gates", () => {
  const result = { ...noduleResult(), suppressed: false };

  it("all have a Chinese sentence where the composition falls short", () => {
    const cases = ["a", "b", "c"].map((id): IndexedCase => ({
      id,
      patient: id,
      site: id === "c" ? "s2" : "s1",
      kind: "none",
      files: [],
      attributes: {},
      issues: [],
    }));
    const references = cases.map((indexed) => ({ case: indexed.id, labels: {}, findings: [] }) as unknown as Reference);
    for (const task of ["ecg-diagnosis", "dr-grading", "lung-nodule-detection"]) {
      const findings = composition(cases, references, taskProfile(task), false);
      expect(findings.length).toBeGreaterThan(3);
      for (const finding of findings) {
        const text = gateText(result, finding);
        expect(text, finding.message).toHaveProperty("zh-CN", expect.stringMatching(/[\u4e00-\u9fff]/));
      }
    }
  });

  it("say how many positive cases there are, but not in the client's copy", () => {
    const { positiveCases, cases } = result.sample;
    const fewer = gate("fewer positive cases than the 600 asked for");
    expect(gateText(result, fewer)).toEqual({
      "zh-CN": `阳性病例 ${positiveCases}，要求至少 600`,
      en: `${positiveCases} positive cases, at least 600 are asked for`,
    });
    expect(gateText(result, gate("fewer negative cases than the 600 asked for"))).toHaveProperty(
      "en",
      `${cases - positiveCases} negative cases, at least 600 are asked for`,
    );
    expect(gateText({ ...result, suppressed: true }, fewer)).toEqual({
      "zh-CN": "阳性病例少于要求的 600",
      en: fewer.message,
    });
    expect(gateText(result, gate("fewer positive cases of AF than the 100 asked for"))).toEqual({
      "zh-CN": "AF 阳性病例少于要求的 100",
      en: "fewer positive cases of AF than the 100 asked for",
    });
  });

  it("stay as they are where they have no Chinese form", () => {
    expect(gateText(result, gate("a, b share SOP Instance UIDs"))).toBe("a, b share SOP Instance UIDs");
  });

  it("that name no case have a dash for their number", () => {
    const context = { ...result.context, gates: [gate("3 cases, at least 10 are asked for")] };
    const blocks = buildReport(inputOf({ ...result, context })).sections.find(({ id }) => id === "t3")?.blocks ?? [];
    const rows = blocks.flatMap((block: Block) => (block.type === "table" ? block.rows : []));
    const row = rows.find((one) => JSON.stringify(one).includes("COMPOSITION"));
    expect(row).toEqual([
      { text: "COMPOSITION", mono: true },
      { "zh-CN": "警告", en: "warning" },
      "—",
      { "zh-CN": "病例 3，要求至少 10", en: "3 cases, at least 10 are asked for" },
    ]);
  });
});

describe("labels of charts", () => {
  const name = { "zh-CN": "一度房室传导阻滞（1dAVb）", en: "first-degree atrioventricular block (1dAVb)" };

  it("are shortened in the middle until they fit, with the code of a class whole", () => {
    expect(fitted(name, both, 1000)).toEqual(name);
    const cut = fitted(name, both, 190, 11);
    expect(labelWidth(cut, both, 11)).toBeLessThanOrEqual(190);
    expect(cut).toHaveProperty("zh-CN", expect.stringMatching(/^一.*…（1dAVb）$/));
    expect(cut).toHaveProperty("en", expect.stringMatching(/^f.*…\(1dAVb\)$/));
    expect(fitted(name, ["en"], 500)).toEqual(name);
  });

  it("end shortening at three characters", () => {
    expect(fitted("abcdefgh", ["en"], 1)).toHaveProperty("en", "a…h");
  });

  it("stay on their side of the bars of the composition, in two languages and in one", () => {
    const groups = [{ name: "class", bars: [{ name, share: 0.5, text: "414 (50.1 %)" }] }];
    expect(compositionChart(groups, "", both)).toContain("（1dAVb）</tspan>");
    expect(compositionChart(groups, "", both)).toContain("(1dAVb)</tspan>");
    expect(compositionChart(groups, "", ["en"])).toMatch(/>first-.*…\(1dAVb\)<\/text>/);
  });

  it("of a group of a forest hide the axis where they are long", () => {
    const options = { axisTitle: "", reference: null, bounds: [0, 1] as const, tickText: String, nTitle: "" };
    const row = { name: "a", n: "", value: 0.5, low: 0.4, high: 0.6, text: "" };
    const white = (group: string) =>
      forestChart([{ group }, row], options, "", both).match(/height="21" fill="#fff"/g)?.length ?? 0;
    expect(white("FROC score")).toBe(0);
    expect(white("mean sensitivity at seven rates of false positives per case, from 1/8 to 8 by scan")).toBe(1);
  });
});

describe("one language", () => {
  it("is that of the watermark", () => {
    const open: Result = { ...noduleResult(), openTruth: true, attempt: null };
    const mark = (languages: readonly ("zh-CN" | "en")[]) =>
      /class="watermark" aria-hidden="true">([^<]*)</.exec(
        renderAll(inputOf({ ...open, inputs: { ...open.inputs, truthCommitment: null } }), languages).get(
          "report.html",
        ) ?? "",
      )?.[1];
    expect(mark(["en"])).toBe("OPEN");
    expect(mark(["zh-CN"])).toBe("真值公开");
    expect(mark(both)).toBe("真值公开 OPEN");
  });
});

describe("what does not concern the task", () => {
  const nodules = noduleResult();
  const of = (form: string): Result => ({
    ...nodules,
    context: { ...nodules.context, task: { ...nodules.context.task, form } },
  });

  it("is left out of the conditions and of the printed plan", () => {
    expect(sectionText(nodules, "t5")).toContain("lesions missed");
    expect(sectionText(of("classification"), "t5")).not.toContain("lesions missed");
    expect(sectionText(of("sequence"), "t5")).toContain("beats and episodes missed");
    expect(sectionText(of("measurement"), "t5")).not.toContain("lesions missed");
    expect(sectionText(nodules, "annexes")).toContain("centre-in-lesion");
    const annexes = sectionText(of("classification"), "annexes");
    expect(annexes).not.toContain("rule: centre-in-lesion");
    expect(annexes).toContain("(match) is left out");
  });
});

it("the rule for the worst stratum stands wherever one is named", () => {
  const rule = "of strata of one dimension with at least 10 patients";
  for (const id of ["summary", "t7"]) expect(sectionText(noduleResult(), id), id).toContain(rule);
});

describe("units whose outcome a comparison changes", () => {
  const chinese = (text: Text) => inLanguage(text, "zh-CN");
  it("have both languages, whatever the task", () => {
    const texts: [outcome: string, zh: string, en: string][] = [
      ["found", "检出", "found"],
      ["missed", "漏检", "missed"],
      ["12 false positives", "假阳性 12 个", "false positives: 12"],
      ["positive, grade 3", "阳性，等级 3", "positive, grade 3"],
      ["undecided, grade ", "未判定", "undecided"],
      ["failed, grade ", "失败", "failed"],
      ["negative", "阴性", "negative"],
      ["prediction-empty", "预测分割为空", "the predicted mask is empty"],
      [
        "3 beats missed, 2 extra, 1 of another class",
        "漏检搏动 3，多检 2，类别不符 1",
        "3 beats missed, 2 extra, 1 of another class",
      ],
      ["Dice 0.75", "Dice 0.75", "Dice 0.75"],
      ["41.5", "41.5", "41.5"],
    ];
    for (const [outcome, zh, en] of texts)
      expect([chinese(outcomeText(outcome)), inLanguage(outcomeText(outcome), "en")], outcome).toEqual([zh, en]);
  });

  it("are named with their class or their number in the case", () => {
    const nodules = noduleResult();
    const title = { "zh-CN": "心房颤动", en: "atrial fibrillation" };
    const classes = [{ id: "AF", title }];
    const valueTitles = { class: { AF: title } };
    const task = { ...nodules.context.task, classes };
    const labels = { ...nodules, context: { ...nodules.context, task, valueTitles } };
    expect(changedUnitName(nodules, "image")).toEqual({ "zh-CN": "图像", en: "image" });
    expect(changedUnitName(nodules, "lesion f-12")).toEqual({ "zh-CN": "病灶 f-12", en: "lesion f-12" });
    expect(chinese(changedUnitName(nodules, "case AF"))).toBe("病例 AF");
    expect(chinese(changedUnitName(labels, "case AF"))).toContain("心房颤动");
  });

  it("stand in annex X of the custodian's copy", () => {
    const nodules = noduleResult();
    const { cases, ...rest } = noduleComparison(nodules);
    const list = [{ case: "c1", unit: "lesion f-12", baseline: "missed", candidate: "found" }];
    const result = { ...nodules, suppressed: false };
    const input = { ...inputOf(result), comparison: { ...rest, cases: { ...cases, list } } };
    const annexes = buildReport(input).sections.find(({ id }) => id === "annexes");
    const row = ["c1", changedUnitName(result, "lesion f-12"), outcomeText("missed"), outcomeText("found")];
    expect(JSON.stringify(annexes)).toContain(JSON.stringify(row));
  });
});

it("definitions are given in the language of the reader, once for all metrics that share one, or left open", () => {
  const nodules = noduleResult();
  const annexes = sectionText(nodules, "annexes");
  const rates = { "zh-CN": "假阳性标记数 / 病例数", en: "FP / cases" };
  expect(annexes).toContain(
    JSON.stringify([nodules.context.metricTitles["false-positives-per-case"]?.title, rates]).slice(1, -1),
  );
  const titles = ["froc-sensitivity@0.125", "froc-sensitivity@1"].map((id) => nodules.context.metricTitles[id]?.title);
  for (const title of titles) expect(annexes).toContain(JSON.stringify([title, "—", "—"]));
  const chinese = renderAll(inputOf(nodules), ["zh-CN"]).get("report.html") as string;
  expect(chinese).toContain(rates["zh-CN"]);
  expect(chinese).not.toContain(rates.en);
});

it("definitions cite what is published, not files of this repository", () => {
  expect(sectionText(noduleResult(), "annexes")).not.toContain("docs/");
});

/** The report of a result: what stands in it, what must never stand in it. */
import { describe, expect, it } from "vitest";
import type { Result } from "../../src/contract/result.js";
import type { Block, Cell, Section, Text } from "../../src/report/document.js";
import { cellText } from "../../src/report/document.js";
import { buildReport, renderAll, reportInput } from "../../src/report/report.js";
import { conclusion } from "../../src/report/wording/criteria.js";
import { limitsOfUse } from "../../src/report/wording/limits.js";
import { hashDocument } from "../../src/storage/canonical-json.js";
import { noduleComparison, noduleResult, noduleRun, proportion, signedConfig } from "./fixtures.js";

const both = ["zh-CN", "en"] as const;

function inputOf(result: Result, compared = false, config = signedConfig()) {
  return reportInput(noduleRun(result), result, "result.json", compared ? noduleComparison(result) : null, config);
}

function htmlOf(result: Result, compared = false, config = signedConfig()): string {
  return renderAll(inputOf(result, compared, config), both).get("report.html") ?? "";
}

function words(text: Text): string {
  return typeof text === "string" ? text : `${text["zh-CN"]} | ${text.en}`;
}

/** Rows of the table with this id, as texts. */
function tableOf(sections: readonly Section[], id: string): string[][] {
  const tables = sections
    .flatMap(({ blocks }) => blocks)
    .filter((block): block is Extract<Block, { type: "table" }> => block.type === "table" && block.id === id);
  return tables.flatMap(({ rows }) =>
    rows.map((row) => ("group" in row ? [`# ${words(row.group)}`] : row.map((cell: Cell) => words(cellText(cell))))),
  );
}

describe("the order of a report", () => {
  it("is cover, notes, summary page, T1 to T12, statements, end mark, annexes, end mark", () => {
    expect(buildReport(inputOf(noduleResult())).sections.map(({ id }) => id)).toEqual([
      "cover",
      "notes",
      "summary",
      ...Array.from({ length: 12 }, (_, at) => `t${at + 1}`),
      "statements",
      "end-of-body",
      "annexes",
      "end",
    ]);
  });

  it("says why a table has no data", () => {
    const result = noduleResult();
    const html = htmlOf({ ...result, agreement: [], curves: [], heterogeneity: [], metrics: [] });
    expect(html).toContain("not part of this plan, not tested");
    expect(html).toContain("T10 comparison (B9): not part of this plan");
    expect(html).toContain("none could be measured");
    expect(html).toContain("The plan names no strata");
  });

  it("has all thirteen statements", () => {
    const html = htmlOf(noduleResult());
    for (let at = 1; at <= 13; at++) expect(html).toContain(`M${at} `);
  });
});

describe("numbers of the examples", () => {
  const sections = buildReport(inputOf(noduleResult())).sections;

  it("stand in T1 with counts, interval and verdict", () => {
    const [first, second] = tableOf(sections, "T1");
    expect(first?.[1]).toBe("病灶级召回率（B1） | Lesion sensitivity (B1)");
    expect(first?.[3]).toContain("≥ 90.0 %");
    expect(first?.[3]).toContain("R1");
    expect(first?.[4]).toBe("91.9 %（171/186），95 % CI 87.1 %–95.1 % | 91.9 % (171/186), 95 % CI 87.1 %–95.1 %");
    expect(first?.[5]).toBe("符合 | conforms");
    expect(second?.[4]).toContain("0.87（296/340）");
  });

  it("stand in T7 with differences from unrounded values, marks, and masked cells", () => {
    const rows = tableOf(sections, "T7");
    const row = (name: string) => rows.find(([first]) => first === name || first?.startsWith(`${name} |`));
    expect(row("(0, 1)")?.slice(1, 6)).toEqual(["64", "96.9 %", "62/64", "89.3 %–99.1 %", "+4.9"]);
    expect(row("[1, 2]")?.slice(1, 6)).toEqual(["78", "91.0 %", "71/78", "82.6 %–95.6 %", "−0.9"]);
    expect(row("≥ 5")?.slice(1, 6)).toEqual(["44", "86.4 %", "38/44", "73.3 %–93.6 %", "−5.6"]);
    expect(row("≥ 5")?.[6]).toBe("worst");
    expect(row("calcified")?.slice(1)).toEqual(["隐去 | masked", "隐去 | masked", "—", "—", "—", "n<10"]);
    expect(row("cavitary")?.[2]).toBe("未判定 | ND");
    expect(row("cavitary")?.[6]).toBe("no-positives");
  });

  it("say when strata add up to the whole, and when they can't be added", () => {
    const notes = htmlOf(noduleResult());
    expect(notes).toContain("Sums of strata against the whole of 186: slice thickness (mm) equal.");
  });

  it("name AUC with three decimals and half to even", () => {
    expect(tableOf(sections, "T5").find(([first]) => first?.includes("AUC"))?.[2]).toBe("0.920");
  });
});

describe("the conclusion", () => {
  const result = noduleResult();
  const sentences = (changed: Result) => conclusion(changed).map((sentence) => sentence.en);
  const withVerdicts = (...verdicts: ("pass" | "fail" | "undetermined")[]): Result => ({
    ...result,
    criteria: result.criteria.map((judged, at) => ({ ...judged, verdict: verdicts[at] ?? "pass" })),
  });

  it("says that all items conform, and ends with its limits", () => {
    expect(sentences(result)).toEqual([
      'By the plan "Plan for pulmonary nodule detection" (version 1.2), all 2 items tested meet the specified pass criteria.',
      "The conclusion applies to the version and data set listed.",
    ]);
  });
  it("lists what does not conform", () => {
    expect(sentences(withVerdicts("fail", "pass"))[0]).toContain(
      "1 of 2 items does not meet the criteria: Lesion sensitivity.",
    );
    expect(conclusion(withVerdicts("fail", "fail"))[0]?.["zh-CN"]).toContain(
      "所检 2 项中 2 项不符合：病灶级召回率、平均每例假阳性数。",
    );
  });
  it("lists what was not decided, and never counts it as met", () => {
    const some = sentences(withVerdicts("pass", "undetermined"));
    expect(some[0]).toContain("1 of 2 items tested meet");
    expect(some[1]).toBe("Of these, 1 was not decided for lack of data: False positives per case.");
    expect(sentences(withVerdicts("undetermined", "undetermined"))[0]).toContain(
      "none of the 2 items could be decided",
    );
  });
  it("says that results are for information where there are no criteria", () => {
    expect(sentences({ ...result, criteria: [] })[0]).toBe(
      "No pass criteria were specified; results are for information.",
    );
  });
  it("prints what evaluation decided, whatever the numbers say", () => {
    const html = htmlOf(withVerdicts("fail", "fail"));
    expect(html).toContain('✗ <span class="zh" lang="zh-CN">不符合</span>');
  });
});

describe("marks and words that may not stand in a report", () => {
  it("never calls itself a registration test, in no kind", () => {
    for (const kind of ["presubmission", "commissioned", "benchmark", "regression"]) {
      const { title } = buildReport(inputOf(noduleResult(), false, signedConfig({ kind })));
      expect(title["zh-CN"]).not.toContain("注册检验");
      expect(title.en.toLowerCase()).not.toContain("registration test");
    }
  });
  it("carries no accreditation marks and no promises", () => {
    const html = htmlOf(noduleResult(), true);
    expect(html).not.toMatch(/CMA|CNAS|ilac|产品合格|certified|is qualified|meets NMPA/i);
  });
  it("loads nothing from outside and runs no script", () => {
    const html = htmlOf(noduleResult(), true);
    expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(/i);
    expect(html.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:\/\//);
  });
});

describe("circumstances that a reader must see", () => {
  const sealed = noduleResult();
  const open: Result = {
    ...sealed,
    openTruth: true,
    attempt: null,
    inputs: { ...sealed.inputs, truthCommitment: null },
  };
  it("open truth is stamped on the cover, on every screen and on every printed page", () => {
    const html = htmlOf(open);
    expect(html).toContain('<div class="stamp-banner" role="note"><span class="zh" lang="zh-CN">真值公开</span>');
    expect(html).toContain('<div class="watermark" aria-hidden="true">真值公开 OPEN</div>');
    expect(html).toMatch(/@top-center\{content:"[^"]*OPEN/);
    expect(html).toContain('<span class="stamp"><span class="zh" lang="zh-CN">真值公开</span>');
    expect(html).toContain("no statement of blinding can be made");
    expect(htmlOf(sealed)).not.toContain('<div class="stamp-banner"');
  });
  it("synthetic and public data are marked", () => {
    const of = (provenance: "synthetic" | "public") =>
      htmlOf({ ...sealed, context: { ...sealed.context, card: { ...sealed.context.card, provenance } } });
    expect(of("synthetic")).toContain("SYNTHETIC DATA");
    expect(of("public")).toContain("its data may have been used in training");
    expect(htmlOf(sealed)).not.toContain("SYNTHETIC DATA");
  });
  it("the attempt, the failures and the digest of the result are printed", () => {
    const html = htmlOf(sealed);
    expect(html).toContain("attempt 2 of 5");
    expect(html).toContain("2 cases could not be processed (case deadline exceeded 2)");
    expect(html).toContain(hashDocument(sealed));
  });
  it("the worst stratum is named on the summary page", () => {
    const summary = buildReport(inputOf(sealed)).sections.find(({ id }) => id === "summary");
    expect(JSON.stringify(summary)).toContain(
      "Worst stratum (Lesion sensitivity; of strata of one dimension with at least 10 patients): slice thickness (mm): ≥ 5, 86.4 % (38/44), 95 % CI 73.3 %–93.6 %; overall 91.9 %.",
    );
  });
  it("limits of use follow from strata whose interval lies below the whole", () => {
    expect(limitsOfUse(sealed).map(words).join()).not.toContain("worse than overall");
    const bad: Result = {
      ...sealed,
      metrics: sealed.metrics.map((metric) =>
        metric.stratum.sliceThickness === "[5,inf)" ? proportion("lesion-sensitivity", 20, 44, metric.stratum) : metric,
      ),
    };
    expect(limitsOfUse(bad).map(words).join()).toContain(
      "Lesion sensitivity is worse than overall in ≥ 5: 45.5 % (20/44)",
    );
  });
});

describe("names that come from strangers", () => {
  const nasty = `<img src=x onerror=alert(1)>"'&\u202e|=HYPERLINK("x")`;
  const result = noduleResult();
  const hostile: Result = {
    ...result,
    context: {
      ...result.context,
      manifest: {
        ...result.context.manifest,
        vendor: nasty,
        product: { ...result.context.manifest.product, name: { "zh-CN": nasty, en: `</style><script>x</script>` } },
      },
      attributeTitles: { type: { "zh-CN": nasty, en: nasty } },
    },
    metrics: [...result.metrics, proportion("lesion-sensitivity", 9, 12, { type: "=cmd|' /C calc'!A0" })],
    criteria: result.criteria.map((judged) => ({ ...judged, reason: "=HYPERLINK(1)" })),
  };
  const files = renderAll(inputOf(hostile, false, signedConfig({ number: '"}</style><script>x' })), both);

  it("are text in HTML, SVG and page headers, never markup", () => {
    const html = files.get("report.html") ?? "";
    expect(html).not.toMatch(/<img|<script|onerror=alert\(1\)>"/i);
    expect(html).toContain("&lt;img src=x onerror=alert(1)&gt;");
    expect(html.match(/<\/style>/g)).toHaveLength(1);
  });
  it("can't turn the direction of a line", () => {
    for (const text of files.values()) expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
  });
  it("are no formulas in CSV", () => {
    const strata = files.get("strata.csv") ?? "";
    expect(strata).toContain("type==cmd");
    expect(files.get("criteria.csv")).toContain("'=HYPERLINK(1)");
    for (const line of strata.split("\n")) expect(line).not.toMatch(/(^|,)"?[=+@]/);
  });
  it("are no markup in Markdown", () => {
    const markdown = files.get("summary.md") ?? "";
    expect(markdown).not.toMatch(/<img|<script/);
    expect(markdown).toContain("&lt;img src=x onerror=alert(1)&gt;");
  });
});

describe("the client's copy", () => {
  it("masks in CSV what is masked in the tables, and carries no case list", () => {
    const result = noduleResult();
    const files = renderAll(inputOf(result, true), both);
    const masked = (files.get("strata.csv") ?? "").split("\n").find((line) => line.includes("calcified"));
    expect(masked).toBe("lesion-sensitivity,type=calcified,lesion,,,,,,,,,,suppressed");
    expect(files.get("report.html")).toContain("The client&#39;s copy carries no case list.");
  });
  it("leaves out compared strata that are masked", () => {
    const result = noduleResult();
    const compared = noduleComparison(result);
    const [first] = compared.differences;
    if (!first) throw new Error("the fixture has a difference");
    compared.differences.push({ ...first, stratum: { type: "calcified" }, difference: 0.777 });
    const input = reportInput(noduleRun(result), result, "result.json", compared, signedConfig());
    expect(renderAll(input, both).get("differences.csv")).not.toContain("0.777");
    const custodian = { ...result, suppressed: false };
    const whole = reportInput(noduleRun(custodian), custodian, "result.json", compared, signedConfig());
    expect(renderAll(whole, both).get("differences.csv")).toContain("0.777");
  });
});

describe("the comparison", () => {
  it("prints pairs, test, difference, margin and change code", () => {
    const text = tableOf(buildReport(inputOf(noduleResult(), true)).sections, "T10")
      .map((row) => row.join(" :: "))
      .join("\n");
    expect(text).toContain("both right 300; only baseline 9; only candidate 4; both wrong 27");
    expect(text).toContain("exact McNemar test; p = 0.267; α = 0.05");
    expect(text).toContain("−1.5 percentage points (−3.5 … +0.6)");
    expect(text).toContain("−3.0 percentage points");
    expect(text).toContain("C4: no significant change detected, but the sample does not support equivalence");
    expect(text).toContain("weights changed");
    expect(text).toContain("不能得出结论 | inconclusive");
  });
  it("prints the failed cases of both, and refuses a candidate beyond the limit in tables, comparison.md and JUnit", () => {
    const result = noduleResult();
    const compared = noduleComparison(result);
    const made = (failed: typeof compared.failed) => {
      const input = reportInput(noduleRun(result), result, "result.json", { ...compared, failed }, signedConfig());
      const rows = tableOf(buildReport(input).sections, "T10").map((row) => row.join(" :: "));
      const files = renderAll(input, both);
      const text = (name: string) => files.get(name) ?? "";
      return { rows: rows.filter((row) => row.includes("Failed cases")), text };
    };
    const refused = "The candidate failed on more cases than the plan allows";
    const allowed = made({ cases: 340, baseline: 20, candidate: 17, allowed: 0.05 });
    expect(allowed.rows).toHaveLength(1);
    expect(allowed.rows[0]).toContain("基线 20/340，候选 17/340；计划允许的最大比例 5.0 %");
    expect(allowed.rows[0]).toContain("baseline 20/340, candidate 17/340; the plan allows at most 5.0 %");
    expect(allowed.text("comparison.md")).not.toContain(refused);
    expect(allowed.text("junit.xml")).toMatch(
      /name="failed cases of the candidate">\s*<system-out>candidate 17, baseline 20 of 340; at most a share of 0.05 may fail</,
    );
    const beyond = made({ cases: 340, baseline: 17, candidate: 18, allowed: 0.05 });
    expect(beyond.rows).toHaveLength(2);
    expect(beyond.rows[1]).toContain("候选版本未能处理的病例超过评测计划的允许比例");
    expect(beyond.rows[1]).toContain(refused);
    expect(beyond.text("comparison.md")).toContain(refused);
    expect(beyond.text("junit.xml")).toMatch(
      /name="failed cases of the candidate">\s*<failure message="candidate 18, baseline 17 of 340;/,
    );
    const notCounted = made(null);
    expect(notCounted.rows).toEqual([]);
    expect(notCounted.text("junit.xml")).not.toContain("failed cases of the candidate");
  });
  it("is left out where the predictions are others", () => {
    const result = noduleResult();
    const other = noduleComparison(result);
    other.candidate.predictionsHash = "f".repeat(64);
    const input = reportInput(noduleRun(result), result, "result.json", other, signedConfig());
    expect(input.comparison).toBeNull();
    expect(renderAll(input, both).has("comparison.html")).toBe(false);
  });
});

describe("documents that don't belong together", () => {
  it("are refused", () => {
    const result = noduleResult();
    const run = noduleRun(result);
    const [submission] = run.submissions;
    if (!submission) throw new Error("the fixture has a submission");
    submission.predictionsHash = "e".repeat(64);
    expect(() => reportInput(run, result, "result.json", null, signedConfig())).toThrow(/belong together/);
    const other = noduleRun(result);
    other.openTruth = true;
    expect(() => reportInput(other, result, "result.json", null, signedConfig())).toThrow(/truth was open/);
  });
});

describe("figures", () => {
  it("draw a curve of many points to its end", () => {
    const result = noduleResult();
    const [curve] = result.curves;
    if (!curve) throw new Error("the fixture has a curve");
    const points = Array.from({ length: 3000 }, (_, at): [number, number, number] => [
      at / 300,
      Math.min(1, 0.3 + at / 4500),
      1 - at / 3000,
    ]);
    const html = htmlOf({ ...result, curves: [{ ...curve, points }] });
    const path = /<path d="(M[^"]*)" fill="none" stroke="#1f4e79"/.exec(html)?.[1] ?? "";
    // 8 false positives per case is the right end of the axis, at x = 618; the curve runs on beyond it.
    expect(path.length).toBeGreaterThan(4000);
    expect(path).toMatch(/[LH]618[,L\d.]*$/);
  });
  it("show the primary metric by stratum also where it is a sensitivity at a stated rate", () => {
    const result = noduleResult();
    const rate = "froc-sensitivity@1";
    const html = htmlOf({
      ...result,
      context: { ...result.context, protocol: { ...result.context.protocol, primary: rate } },
      metrics: [...result.metrics, proportion(rate, 30, 40, { sliceThickness: "[1,2]" })],
    });
    expect(html).toContain("Forest plot of strata: Sensitivity at 1 FP/case");
    expect(html).toContain("Sensitivity at 1 FP/case (primary)");
  });
});

describe("rendering", () => {
  it("gives the same bytes for the same documents", () => {
    const first = renderAll(inputOf(noduleResult(), true), both);
    const second = renderAll(inputOf(noduleResult(), true), both);
    expect([...second]).toEqual([...first]);
  });
  it("in one language leaves the other out", () => {
    const english = renderAll(inputOf(noduleResult()), ["en"]).get("report.html") ?? "";
    expect(english).not.toContain("检验结论");
    expect(english).toContain("Conclusion");
    expect(english).not.toContain('name="language"');
    const chinese = renderAll(inputOf(noduleResult()), ["zh-CN"]).get("report.html") ?? "";
    expect(chinese).toContain("检验结论");
    expect(chinese).not.toContain("Summary page");
  });
  it("counts verdicts in JUnit", () => {
    const result = noduleResult();
    const xml =
      renderAll(
        inputOf({
          ...result,
          criteria: result.criteria.map((judged, at) => ({ ...judged, verdict: at === 0 ? "fail" : "undetermined" })),
        }),
        both,
      ).get("junit.xml") ?? "";
    expect(xml).toContain('tests="3" failures="1" errors="0" skipped="1"');
    expect(xml.match(/<failure /g)).toHaveLength(1);
    expect(xml).toContain("required ≥ 90.0 %; found 91.9 % (171/186)");
    expect(xml).toMatch(/name="failed cases">\s*<system-out>2 of 340; at most a share of 0.05 may fail</);
  });
  it("refuses an item that failed on more cases than the plan allows, on the summary page, in T5, summary.md and JUnit", () => {
    const made = (failed: number) => {
      const result = noduleResult();
      result.sample.failed = failed;
      result.sample.failures = { CASE_DEADLINE: failed };
      const files = renderAll(inputOf(result), both);
      return (name: string) => files.get(name) ?? "";
    };
    const refused = "18 of 340 cases failed, more than the 5.0 % that the plan allows: the item is refused";
    const limit = "the plan allows at most 5.0 %";
    const beyond = made(18);
    expect(beyond("summary.md")).toContain(refused);
    expect(beyond("summary.md")).toContain("未能处理的病例 18/340，超过评测计划允许的最大比例 5.0 %");
    expect(beyond("report.html")).toContain(refused);
    expect(beyond("report.html")).toContain("计划允许的最大比例 5.0 %，已超出");
    expect(beyond("report.html")).toContain(`${limit}, which is exceeded`);
    expect(beyond("junit.xml")).toMatch(/name="failed cases">\s*<failure message="18 of 340;/);
    const allowed = made(17);
    expect(allowed("summary.md")).not.toContain("is refused");
    expect(allowed("report.html")).toContain(limit);
    expect(allowed("report.html")).not.toContain("which is exceeded");
    expect(allowed("junit.xml")).not.toContain("<failure");
  });
});

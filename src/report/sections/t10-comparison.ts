/** T10: comparison of two versions (B9): paired differences, structural change, verdict and change codes. Also stands alone as comparison.html. */
import type { Bilingual } from "../../contract/common.js";
import { isCandidateBeyondFailedCases, type Comparison, type Difference } from "../../contract/comparison.js";
import { reasonTexts } from "../../contract/reasons.js";
import type { Result } from "../../contract/result.js";
import { forestChart, type ForestRow } from "../charts/forest.js";
import { inLanguage, join, paragraph, say, type Block, type Row, type Text } from "../document.js";
import { metricInfo, type ReportInput, type SectionDefinition } from "../input.js";
import { decimalOf, formatDifference, formatInterval, formatValue, type MetricKind } from "../numbers.js";
import { stratumPhrase } from "../strata.js";
import { intervalTitle, levelText, masked, none, withLevel } from "../wording/metric-line.js";
import { changeText, claimName, comparisonVerdictName, equalityName, methodName } from "../wording/names.js";

const title = say("比较", "Comparison");

export const comparisonSection: SectionDefinition = {
  id: "t10",
  build: (input) => {
    if (!input.comparison)
      return {
        id: "t10",
        title,
        blocks: [
          paragraph(
            say("T10 算法性能比较（B9）：不在本次评测计划内。", "T10 comparison (B9): not part of this plan."),
            "muted",
          ),
        ],
      };
    return { id: "t10", title, newPage: true, blocks: comparisonBlocks(input, input.comparison) };
  },
};

/** Everything about one comparison. */
export function comparisonBlocks({ result, comparisonRole, run }: ReportInput, comparison: Comparison): Block[] {
  const { baseline, candidate } = comparison;
  const level = 1 - run.protocol.comparison.alpha;
  const primary = comparison.differences.find(
    (difference) => difference.metric === comparison.primary && Object.keys(difference.stratum).length === 0,
  );
  const rows: Row[] = [
    [say("基线（注册版本）", "Baseline (registered version)"), side(baseline)],
    [say("候选版本", "Candidate"), side(candidate)],
    [
      say("本报告的样品", "Item of this report"),
      comparisonRole === "baseline"
        ? say("基线", "baseline")
        : comparisonRole === "candidate"
          ? say("候选版本", "candidate")
          : none,
    ],
    [
      say("样本", "Sample"),
      comparison.inputs
        ? say(
            `同一数据集、索引、真值与计划：${comparison.paired ? "是（配对）" : "否（非配对）"}；数据集 ${comparison.inputs.dataset}，索引 SHA-256 ${comparison.inputs.indexHash}`,
            `same set, index, truth and plan: ${comparison.paired ? "yes (paired)" : "no (unpaired)"}; set ${comparison.inputs.dataset}, index SHA-256 ${comparison.inputs.indexHash}`,
          )
        : say("不相同", "not the same"),
    ],
  ];
  if (comparison.notComparable.length > 0)
    rows.push([say("不可比较的原因", "Why they can't be compared"), comparison.notComparable.join("; ")]);
  if (primary) {
    const kind = kindOf(result, primary);
    rows.push([
      say("配对结果（主要指标）", "Paired outcomes (primary)"),
      primary.pairs
        ? say(
            `均正确 ${primary.pairs.both}；仅基线正确 ${primary.pairs.onlyBaseline}；仅候选正确 ${primary.pairs.onlyCandidate}；均错误 ${primary.pairs.neither}`,
            `both right ${primary.pairs.both}; only baseline ${primary.pairs.onlyBaseline}; only candidate ${primary.pairs.onlyCandidate}; both wrong ${primary.pairs.neither}`,
          )
        : none,
    ]);
    const { alpha, multiplicity } = run.protocol.comparison;
    const multiplicityText =
      multiplicity === "holm"
        ? say("Holm 校正", "Holm")
        : say("一个主要指标，其余为描述性", "one primary metric, the rest descriptive");
    const test = primary.test === null ? say(none, none) : methodName(primary.test);
    rows.push([
      say("检验", "Test"),
      say(
        `${test["zh-CN"]}；p ${pText(primary.p)}；α = ${alpha}；多重性：${multiplicityText["zh-CN"]}`,
        `${test.en}; p ${pText(primary.p)}; α = ${alpha}; multiplicity: ${multiplicityText.en}`,
      ),
    ]);
    rows.push([withLevel(say("差值", "Difference"), level), differenceText(primary, kind)]);
    rows.push([say("预设界值", "Margin"), marginText(primary, kind)]);
  }
  const { graph, weights, preprocess, postprocess, threshold } = comparison.hashes;
  const part = (name: Text, word: string): Text => join([name, equalityName(word)], " ");
  rows.push([
    say("结构改变", "Structural change"),
    join([
      part(say("计算图", "graph"), graph),
      part(say("权重", "weights"), weights),
      part(say("前处理", "preprocessing"), preprocess),
      part(say("后处理", "postprocessing"), postprocess),
      part(say("阈值", "threshold"), threshold),
    ]),
  ]);
  for (const code of comparison.changeCodes)
    rows.push([
      say("结论代码", "Change code"),
      say(
        `${code}：${changeText(code)["zh-CN"]}${insideMargin(code, primary)["zh-CN"]}`,
        `${code}: ${changeText(code).en}${insideMargin(code, primary).en}`,
      ),
    ]);
  const verdict = comparisonVerdictName(comparison.verdict);
  rows.push([say("总体结论", "Verdict"), { text: verdict, tone: "strong" }]);
  const { versionChange } = comparison;
  const agrees =
    versionChange.agrees === null
      ? say("无法判断", "can't be told")
      : versionChange.agrees
        ? say("与实测改变相符", "agrees with the measured change")
        : say("与实测改变不符", "does not agree with the measured change");
  rows.push([
    say("版本号声明的改变", "What the versions claim"),
    say(
      `${versionChange.from} → ${versionChange.to}：${claimName(versionChange.claims)["zh-CN"]}，${agrees["zh-CN"]}。${versionChange.explanation["zh-CN"]}`,
      `${versionChange.from} → ${versionChange.to}: ${claimName(versionChange.claims).en}, ${agrees.en}. ${versionChange.explanation.en}`,
    ),
  ]);
  rows.push([say("结果改变的单位数", "Units with another outcome"), String(comparison.cases.changed)]);
  if (comparison.cases.leftOut > 0) {
    rows.push([
      say("两个样品均不计入的病例（任一样品未处理）", "Cases left out of both (one of the two failed on them)"),
      String(comparison.cases.leftOut),
    ]);
  }
  if (comparison.failed !== null) rows.push([say("未能处理的病例", "Failed cases"), failedText(comparison.failed)]);
  if (isCandidateBeyondFailedCases(comparison)) {
    const text = say(
      "候选版本未能处理的病例超过评测计划的允许比例：无论上述结论如何，均不予通过。",
      "The candidate failed on more cases than the plan allows: it is refused, whatever the verdict above.",
    );
    rows.push([say("未能处理的病例：判定", "Failed cases: finding"), { text, tone: "strong" }]);
  }
  const blocks: Block[] = [
    {
      type: "table",
      id: "T10",
      caption: say("算法性能比较（B9）", "Comparison (B9)"),
      columns: [{ title: say("项目", "Item"), width: 26 }, { title: say("内容", "Content") }],
      rows,
      notes: [
        say(
          "本表陈述数据事实；监管路径由生产单位判断。",
          "The table states facts about data; the regulatory path is the manufacturer's decision.",
        ),
      ],
    },
  ];
  if (comparison.differences.length > 0) {
    blocks.push(differenceTable(result, comparison, level));
    blocks.push(...differenceForests(result, comparison, level));
  }
  return blocks;
}

function side({ submission, version, product, modelSha256, predictionsHash }: Comparison["baseline"]): Text {
  const text = `${submission}, ${version.release} / ${version.complete}; ${
    modelSha256 === null ? `predictions SHA-256 ${predictionsHash}` : `SHA-256 ${modelSha256}`
  }`;
  return say(`${product["zh-CN"]}，${text}`, `${product.en}, ${text}`);
}

function failedText({ cases, baseline, candidate, allowed }: NonNullable<Comparison["failed"]>): Text {
  const limit = formatValue(decimalOf(allowed), "proportion");
  return say(
    `基线 ${baseline}/${cases}，候选 ${candidate}/${cases}；计划允许的最大比例 ${limit}`,
    `baseline ${baseline}/${cases}, candidate ${candidate}/${cases}; the plan allows at most ${limit}`,
  );
}

/** How the differences of a metric are printed: by the result's own table of metrics, else as an index. */
function kindOf(result: Result, { metric }: Difference): MetricKind {
  return metricInfo(result, metric).kind;
}

function pText(p: number | null): string {
  if (p === null) return none;
  const text = formatValue(p, "p");
  return text.startsWith("<") ? text.replace("<", "< ") : `= ${text}`;
}

/** The title in the result, which names a parameter such as a rate; else the comparison's own. */
function titleOf(result: Result, difference: Difference): Bilingual {
  return result.context.metricTitles[difference.metric]?.title ?? difference.title;
}

function unitOf(kind: MetricKind): Text {
  return kind === "proportion" ? say(" 个百分点", " percentage points") : "";
}

function differenceText(difference: Difference, kind: MetricKind): Text {
  if (difference.difference === null) {
    const reason = difference.notEstimable ? reasonTexts[difference.notEstimable.reason] : reasonTexts["no-data"];
    return say(`未判定（${reason["zh-CN"]}）`, `ND (${reason.en})`);
  }
  const unit = unitOf(kind);
  const interval = difference.interval ? bounds(difference.interval, kind) : null;
  const value = formatDifference(difference.difference, kind);
  return say(
    `${value}${inLanguage(unit, "zh-CN")}${interval ? `（${interval}）` : ""}`,
    `${value}${inLanguage(unit, "en")}${interval ? ` (${interval})` : ""}`,
  );
}

function bounds(interval: NonNullable<Difference["interval"]>, kind: MetricKind): string {
  const end = (bound: number | "Infinity" | "-Infinity"): string =>
    typeof bound === "number"
      ? formatDifference(bound, kind)
      : (formatInterval({ low: bound, high: bound }, kind).split(/–| … /)[0] ?? "");
  return `${end(interval.low)} … ${end(interval.high)}`;
}

/** The largest loss that is still non-inferior, with the sign of a loss; none where a difference is neither. */
function signedMargin({ margin, higherIsBetter }: Difference, kind: MetricKind): string {
  if (higherIsBetter === null) return none;
  return margin === 0 ? "0" : formatDifference(higherIsBetter ? -margin : margin, kind);
}

function marginText(difference: Difference, kind: MetricKind): Text {
  const unit = unitOf(kind);
  const signed = signedMargin(difference, kind);
  return say(`${signed}${inLanguage(unit, "zh-CN")}`, `${signed}${inLanguage(unit, "en")}`);
}

/** C2 and C3 hold whenever the difference is significant; the text adds where the interval lies inside the margin. */
function insideMargin(code: string, primary: Difference | undefined): { "zh-CN": string; en: string } {
  if ((code !== "C2" && code !== "C3") || !primary?.interval) return say("", "");
  const { low, high } = primary.interval;
  const inside =
    typeof low === "number" && typeof high === "number" && low >= -primary.margin && high <= primary.margin;
  return inside ? say("；差异置信区间位于预设界值内", "; the interval lies inside the predefined margin") : say("", "");
}

function differenceTable(result: Result, comparison: Comparison, level: number): Block {
  const shown = comparison.differences.slice(0, 120);
  return {
    type: "table",
    id: "T10-2",
    caption: say("差值（候选 − 基线）", "Differences (candidate − baseline)"),
    columns: [
      { title: say("指标 / 分层", "Metric / stratum"), width: 26 },
      { title: say("基线", "Baseline"), align: "end" },
      { title: say("候选", "Candidate"), align: "end" },
      { title: say("差值", "Difference"), align: "end" },
      { title: intervalTitle(level), align: "end" },
      { title: say("p（校正 p）", "p (adjusted)"), align: "end" },
      { title: say("界值", "Margin"), align: "end" },
      { title: say("结论", "Verdict"), align: "center" },
    ],
    rows: shown.map((difference) => {
      const kind = kindOf(result, difference);
      const overall = Object.keys(difference.stratum).length === 0;
      const stratum = stratumPhrase(result, difference.stratum);
      const name: Text = overall
        ? titleOf(result, difference)
        : say(
            `${titleOf(result, difference)["zh-CN"]}，${inLanguage(stratum, "zh-CN")}`,
            `${titleOf(result, difference).en}, ${inLanguage(stratum, "en")}`,
          );
      const suppressed = result.suppressed && difference.difference === null && difference.notEstimable === undefined;
      return [
        difference.metric === comparison.primary && overall ? { text: name, tone: "strong" } : name,
        value(difference.baseline, kind),
        value(difference.candidate, kind),
        suppressed
          ? masked
          : difference.difference === null
            ? differenceText(difference, kind)
            : formatDifference(difference.difference, kind),
        difference.interval ? bounds(difference.interval, kind) : none,
        difference.p === null
          ? none
          : `${formatValue(difference.p, "p")}${difference.adjustedP === null ? "" : ` (${formatValue(difference.adjustedP, "p")})`}`,
        signedMargin(difference, kind),
        difference.verdict === null ? none : comparisonVerdictName(difference.verdict),
      ];
    }),
    notes: [
      say("比例的差值与界值以百分点表示。", "Differences and margins of proportions are in percentage points."),
      ...(comparison.differences.length > shown.length
        ? [
            say(
              `另有 ${comparison.differences.length - shown.length} 行见 differences.csv。`,
              `${comparison.differences.length - shown.length} more rows: differences.csv.`,
            ),
          ]
        : []),
    ],
  };
}

function value(estimate: number | null, kind: MetricKind): string {
  return estimate === null ? none : formatValue(decimalOf(estimate), kind);
}

function differenceRow(result: Result, difference: Difference, kind: MetricKind): ForestRow {
  const { interval } = difference;
  const end = (bound: number | "Infinity" | "-Infinity"): number =>
    bound === "Infinity" ? Infinity : bound === "-Infinity" ? -Infinity : bound;
  const estimated = difference.difference !== null;
  return {
    name: stratumPhrase(result, difference.stratum),
    n: "",
    value: difference.difference,
    low: interval ? end(interval.low) : null,
    high: interval ? end(interval.high) : null,
    text: estimated
      ? `${formatDifference(difference.difference ?? 0, kind)}${interval ? ` (${bounds(interval, kind)})` : ""}`
      : say("未判定", "ND"),
  };
}

/** One forest of paired differences for each metric that is compared in more than one place, one for the rest together by kind. */
function differenceForests(result: Result, comparison: Comparison, level: number): Block[] {
  const byKind = new Map<MetricKind, Difference[]>();
  for (const difference of comparison.differences) {
    const kind = kindOf(result, difference);
    byKind.set(kind, [...(byKind.get(kind) ?? []), difference]);
  }
  return [...byKind].map(([kind, differences], index) => {
    const shown = differences.slice(0, 38);
    const directed = shown.filter(({ higherIsBetter }) => higherIsBetter !== null);
    const margins = new Set(directed.map(({ margin, higherIsBetter }) => (higherIsBetter ? -margin : margin)));
    const [margin] = margins;
    const rows: ForestRow[] = [];
    for (const metric of new Set(shown.map((difference) => difference.metric))) {
      const own = shown.filter((difference) => difference.metric === metric);
      const [first] = own;
      if (first) rows.push({ group: titleOf(result, first) });
      for (const difference of own) rows.push(differenceRow(result, difference, kind));
    }
    const unit =
      kind === "proportion"
        ? say("差值，百分点（候选 − 基线）", "difference, percentage points (candidate − baseline)")
        : say("差值（候选 − 基线）", "difference (candidate − baseline)");
    return {
      type: "figure" as const,
      id: `T10-F${index + 1}`,
      caption: say("配对差值", "Paired differences"),
      description: say(
        `方块为差值，横线为 ${levelText(level)} 置信区间，虚线为无差异${margins.size === 1 ? "，点线为预设界值" : ""}。`,
        `Squares: differences; lines: ${levelText(level)} intervals; broken line: no difference${margins.size === 1 ? "; dotted line: margin" : ""}.`,
      ),
      draw: (languages) =>
        forestChart(
          rows,
          {
            axisTitle: unit,
            reference: { value: 0, name: say("无差异", "no difference") },
            ...(margins.size === 1 && margin !== undefined && margin !== 0
              ? { margin: { value: margin, name: say("界值", "margin") } }
              : {}),
            bounds: [null, null],
            tickText: (tick) =>
              formatDifference(
                kind === "proportion" ? Math.round(tick * 1000) / 1000 : tick,
                kind,
                kind === "proportion" ? 0 : 2,
              ).replace(/^\+(0(\.0+)?)$/, "$1"),
            nTitle: "",
          },
          say("配对差值", "Paired differences"),
          languages,
        ),
    };
  });
}

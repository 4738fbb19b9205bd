/** T7: results by stratum with difference from the whole, heterogeneity tests, forest plot of the primary metric. */
import type { MetricResult, Result } from "../../contract/result.js";
import { forestChart, type ForestRow } from "../charts/forest.js";
import { join, paragraph, say, type Block, type Row, type Text } from "../document.js";
import { findMetric, isMasked, metricInfo, type SectionDefinition } from "../input.js";
import { exactEstimate, formatDifference, formatInterval, formatValue, subtract } from "../numbers.js";
import { dimensionName, strataOf, stratumName } from "../strata.js";
import { isRateTarget } from "../rate-targets.js";
import { classIn, classKey, hasClasses, isClass } from "../wording/classes.js";
import { worstStratumRule, worstStratumText } from "../wording/limits.js";
import {
  countText,
  intervalText,
  intervalTitle,
  levelOf,
  levelText,
  marksOf,
  masked,
  none,
  shortValueText,
  sizeOf,
  valueText,
} from "../wording/metric-line.js";
import { methodName } from "../wording/names.js";

/** Rows of one metric; the rest is in strata.csv. */
const mostRows = 160;
/** Metrics that are printed by stratum, the primary one first; all are in strata.csv. */
const mostMetrics = 4;
/** Rows of one figure, so that it fits a page. */
const mostForestRows = 40;

export const strata: SectionDefinition = {
  id: "t7",
  build: ({ result }) => {
    const { primary, metrics } = result.context.protocol;
    const order = [primary, ...metrics.filter((metric) => metric !== primary)];
    // Classes alone stand in T5.
    const stratified = result.metrics.filter(
      ({ stratum }) => Object.keys(stratum).length > 0 && !isClass(result, stratum),
    );
    const present = new Set(stratified.map(({ metric }) => metric));
    const listed = [
      ...order.filter((metric) => present.has(metric)),
      ...[...present].filter((metric) => !order.includes(metric)),
    ];
    const shown = inTurn(
      result,
      listed.filter((metric) => metric === primary || !isRateTarget(metric)),
    );
    const blocks: Block[] = [];
    if (shown.length === 0) blocks.push(paragraph(say("计划未规定分层。", "The plan names no strata."), "muted"));
    else {
      if (result.worstStratum) blocks.push(paragraph(worstStratumText(result, result.worstStratum), "notice"));
      if (shown.includes(primary)) blocks.push(...forests(result, primary));
      shown.slice(0, mostMetrics).forEach((metric, index) => {
        blocks.push(stratumTable(result, metric, index));
        if (index === 0) blocks.push(heterogeneityTable(result));
      });
      if (shown.length > mostMetrics)
        blocks.push(
          paragraph(
            say(
              `另有 ${shown.length - mostMetrics} 个指标的分层结果见 strata.csv。`,
              `Strata of ${shown.length - mostMetrics} more metrics: strata.csv.`,
            ),
            "muted",
          ),
        );
    }
    return { id: "t7", title: say("分层结果", "Stratified results"), newPage: true, blocks: [...blocks] };
  },
};

/** Tasks with classes: metrics over all classes and metrics by class take turns, so that both are printed. */
function inTurn(result: Result, metrics: readonly string[]): string[] {
  if (!hasClasses(result)) return [...metrics];
  const over = metrics.filter((metric) => findMetric(result, metric) !== undefined);
  const byClass = metrics.filter((metric) => findMetric(result, metric) === undefined);
  const turns = Math.max(over.length, byClass.length);
  return Array.from({ length: turns }, (_, at) => [over[at], byClass[at]])
    .flat()
    .filter((metric) => metric !== undefined);
}

function stratumTable(result: Result, metric: string, index: number): Block {
  const { title, kind } = metricInfo(result, metric);
  const classes = hasClasses(result);
  const whole = findMetric(result, metric);
  const rows: Row[] = [];
  const notes: Text[] = [];
  const sums: Text[] = [];
  let left = 0;
  if (whole)
    rows.push([
      { text: say("总体", "Overall"), tone: "strong" },
      sizeCell(whole),
      { text: valueText(result, whole), tone: "strong" },
      countText(whole),
      intervalText(result, whole),
      none,
      markText(result, whole, []),
    ]);
  for (const [dimension, entries] of strataOf(result, metric)) {
    if (entries.every(({ stratum }) => isClass(result, stratum))) continue;
    rows.push({ group: dimensionName(result, dimension) });
    for (const entry of entries) {
      if (rows.length > mostRows) {
        left++;
        continue;
      }
      const exact = isMasked(entry) ? null : exactEstimate(entry);
      // A class of a crossing is held against the class.
      const id = classIn(result, entry.stratum);
      const base = id === null ? whole : findMetric(result, metric, classKey(id));
      const overall = base && !isMasked(base) ? exactEstimate(base) : null;
      rows.push([
        stratumName(result, entry.stratum),
        sizeCell(entry),
        shortValueText(result, entry),
        countText(entry),
        intervalText(result, entry),
        exact && overall ? formatDifference(subtract(exact, overall), kind) : none,
        markText(result, entry, ownFlags(result, entry, base), whole),
      ]);
    }
    if (metric === result.context.protocol.primary) {
      const check = sumCheck(result, dimension, entries, whole);
      if (check) sums.push(check);
    }
  }
  if (sums.length > 0) {
    const all = join(sums);
    const total = String(whole?.n.denominator ?? 0);
    notes.push(
      say(`分层合计与总体 ${total}：${all["zh-CN"]}。`, `Sums of strata against the whole of ${total}: ${all.en}.`),
    );
  }
  notes.push(...markLegend(result, [...(whole ? [whole] : []), ...[...strataOf(result, metric).values()].flat()]));
  if (left > 0) notes.push(say(`另有 ${left} 行见 strata.csv。`, `${left} more rows: strata.csv.`));
  if (index === 0)
    notes.push(
      say(
        `Δ：与总体${classes ? "（类别各行：该类别）" : ""}之差，由未修约值计算，比例以百分点表示。CI：区间不含总体值。worst：最差分层（${worstStratumRule["zh-CN"]}）。`,
        `Δ: difference from the whole${classes ? " (in rows of a class: from that class)" : ""}, from unrounded values, proportions in percentage points. CI: the interval leaves out the overall value. worst: the worst stratum (${worstStratumRule.en}).`,
      ),
    );
  return {
    type: "table",
    id: index === 0 ? "T7" : `T7-${index + 1}`,
    caption: say(`分层结果：${title["zh-CN"]}`, `Stratified results: ${title.en}`),
    columns: [
      { title: say("维度 / 分层", "Dimension / stratum"), width: 29, inline: true },
      { title: "n", width: 7, align: "end", inline: true },
      { title: say("结果", "Result"), width: 13, align: "end", inline: true },
      { title: "k/n", width: 10, align: "end" },
      { title: intervalTitle(levelOf(result)), width: 16, align: "end" },
      { title: say("与总体差 Δ", "Δ overall"), width: 10, align: "end" },
      { title: say("标记", "Flag"), width: 15 },
    ],
    rows,
    notes,
  };
}

/** Marks of a row; what holds for the whole already stands in its row. */
function markText(result: Result, metric: MetricResult, own: readonly string[], whole?: MetricResult): string {
  const least = result.context.protocol.disclosure.minimumCell;
  const known = new Set(whole ? marksOf(whole, least).map(({ mark }) => mark) : []);
  const marks = marksOf(metric, least).filter(({ mark }) => mark === "n<30" || !known.has(mark));
  const all = [...own, ...marks.map(({ mark }) => mark)];
  return all.length === 0 ? none : all.join(", ");
}

/** The marks that a table uses, with their meanings. */
function markLegend(result: Result, metrics: readonly MetricResult[]): Text[] {
  const meanings = new Map<string, Text>();
  for (const metric of metrics)
    for (const { mark, meaning } of marksOf(metric, result.context.protocol.disclosure.minimumCell))
      meanings.set(mark, meaning);
  if (meanings.size === 0) return [];
  return [join([...meanings].map(([mark, meaning]) => join([mark, meaning], say("：", ": "))))];
}

function sizeCell(metric: MetricResult): Text {
  if (isMasked(metric)) return masked;
  const size = sizeOf(metric);
  return size === null ? none : String(size);
}

function ownFlags(result: Result, metric: MetricResult, whole: MetricResult | undefined): string[] {
  const flags: string[] = [];
  const worst = result.worstStratum;
  if (worst?.metric === metric.metric && sameStratum(worst.stratum, metric.stratum)) flags.push("worst");
  const overall = whole?.estimate ?? null;
  if (overall !== null && metric.interval && !isMasked(metric)) {
    const { low, high } = metric.interval;
    if ((typeof low === "number" && low > overall) || (typeof high === "number" && high < overall)) flags.push("CI");
  }
  return flags;
}

function sameStratum(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

/** Sums of strata against the whole; nothing where cells are masked or there are no counts. */
function sumCheck(
  result: Result,
  dimension: string,
  entries: readonly MetricResult[],
  whole: MetricResult | undefined,
): Text | null {
  const total = whole?.n.denominator;
  if (total === undefined || entries.some((entry) => isMasked(entry) || entry.n.denominator === undefined)) return null;
  const sum = entries.reduce((so, entry) => so + (entry.n.denominator ?? 0), 0);
  const name = dimensionName(result, dimension);
  const verdict =
    sum === total ? say("一致", "equal") : say(`${sum}，该维度不划分全体`, `${sum}, does not partition the whole`);
  return join([name, verdict], " ");
}

function heterogeneityTable(result: Result): Block {
  if (result.heterogeneity.length === 0)
    return paragraph(
      say(
        "异质性检验：各维度的有效分层不足两个，未作检验。",
        "Heterogeneity: no dimension has two strata that can be compared; not tested.",
      ),
      "muted",
    );
  const { title } = metricInfo(result, result.heterogeneity[0]?.metric ?? result.context.protocol.primary);
  const methods = [...new Set(result.heterogeneity.map(({ method }) => method))];
  return {
    type: "table",
    caption: say(`异质性检验：${title["zh-CN"]}`, `Heterogeneity between strata: ${title.en}`),
    columns: [
      { title: say("维度", "Dimension"), width: 40, inline: true },
      { title: say("统计量（自由度）", "Statistic (df)"), align: "end" },
      { title: "p", align: "end" },
      { title: say("校正 p", "Adjusted p"), align: "end" },
    ],
    rows: result.heterogeneity.map((test) => [
      dimensionName(result, test.dimension),
      `${formatValue(test.statistic, "rate")} (${test.df})`,
      formatValue(test.p, "p"),
      formatValue(test.adjustedP, "p"),
    ]),
    notes: methods.map((method) => {
      const name = methodName(method);
      return say(`方法：${name["zh-CN"]}。`, `Method: ${name.en}.`);
    }),
  };
}

function forests(result: Result, metric: string): Block[] {
  const { title, kind } = metricInfo(result, metric);
  const whole = findMetric(result, metric);
  const level = levelText(levelOf(result));
  const groups = [...strataOf(result, metric)].filter(
    ([dimension, entries]) => !dimension.includes(" x ") && entries.length <= mostForestRows,
  );
  const pages: { rows: ForestRow[] }[] = [];
  for (const [dimension, entries] of groups) {
    const rows: ForestRow[] = [
      { group: dimensionName(result, dimension) },
      ...entries.map((entry) => forestRow(result, entry)),
    ];
    const page = pages.at(-1);
    if (page && page.rows.length + rows.length <= mostForestRows) page.rows.push(...rows);
    else pages.push({ rows });
  }
  const overallRow: ForestRow[] = whole ? [{ ...forestRow(result, whole), name: say("总体", "Overall") }] : [];
  const bounds: readonly [number | null, number | null] =
    kind === "proportion" ? [0, 1] : kind === "rate" ? [0, null] : kind === "number" ? [null, null] : [null, 1];
  return pages.map(({ rows }, index) => ({
    type: "figure" as const,
    id: `F4${pages.length > 1 ? `-${index + 1}` : ""}`,
    caption: say(`分层森林图：${title["zh-CN"]}`, `Forest plot of strata: ${title.en}`),
    description: say(
      `方块为点估计，横线为 ${level} 置信区间，虚线为总体值；箭头表示区间超出坐标轴；空心方块为最差分层（${worstStratumRule["zh-CN"]}）。`,
      `Squares: estimates; lines: ${level} intervals; broken line: overall; arrows: the interval goes beyond the axis; open square: worst stratum (${worstStratumRule.en}).`,
    ),
    draw: (languages) =>
      forestChart(
        [...overallRow, ...rows],
        {
          axisTitle: title,
          reference:
            whole === undefined || whole.estimate === null
              ? null
              : { value: whole.estimate, name: say("总体", "overall") },
          bounds,
          tickText: (value) =>
            kind === "proportion" ? `${Math.round(value * 1000) / 10} %` : String(Math.round(value * 1000) / 1000),
          nTitle: "n",
        },
        say("分层森林图", "Forest plot of strata"),
        languages,
      ),
  }));
}

function forestRow(result: Result, metric: MetricResult): Exclude<ForestRow, { group: Text }> {
  const { kind } = metricInfo(result, metric.metric);
  const name = stratumName(result, metric.stratum);
  if (isMasked(metric)) return { name, n: "", value: null, low: null, high: null, text: masked };
  const size = sizeOf(metric);
  const n = size === null ? "" : String(size);
  if (metric.estimate === null) return { name, n, value: null, low: null, high: null, text: say("未判定", "ND") };
  const { interval } = metric;
  const worst =
    result.worstStratum?.metric === metric.metric && sameStratum(result.worstStratum.stratum, metric.stratum);
  const exact = exactEstimate(metric) ?? metric.estimate;
  const value = formatValue(exact, kind);
  const unitless = (text: string): string => text.replaceAll(" %", "");
  return {
    name,
    n,
    value: metric.estimate,
    low: interval ? (typeof interval.low === "number" ? interval.low : -Infinity) : null,
    high: interval ? (typeof interval.high === "number" ? interval.high : Infinity) : null,
    text: interval ? `${value} (${unitless(formatInterval(interval, kind))})` : value,
    ...(worst ? { mark: say("最差", "worst") } : {}),
  };
}

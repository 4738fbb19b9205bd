/** Performance class by class: of yes/no labels counts, then the metrics with their intervals. */
import type { MetricResult, Result } from "../../contract/result.js";
import { inLanguage, join, say, type Block, type Cell, type Text } from "../document.js";
import { findMetric, metricInfo } from "../input.js";
import {
  classesOf,
  classKey,
  classMetrics,
  className,
  hasDecisions,
  isClass,
  valueWithInterval,
} from "../wording/classes.js";
import { levelOf, marksOf, masked, none, withLevel } from "../wording/metric-line.js";
import { methodLegend } from "../wording/names.js";

/** Metrics of one table. */
const mostColumns = 6;

export function classTables(result: Result): Block[] {
  const metrics = classMetrics(result);
  const tables = Math.ceil(metrics.length / mostColumns);
  const columns = Math.ceil(metrics.length / tables);
  const pages = Array.from({ length: tables }, (_, at) => metrics.slice(at * columns, (at + 1) * columns));
  return [
    ...(hasDecisions(result) ? [countTable(result)] : []),
    ...pages.map((page, at) => metricTable(result, page, at)),
  ];
}

/** Decisions against the reference. */
function countTable(result: Result): Block {
  return {
    type: "table",
    id: "T5-C1",
    caption: say("各类别判定与参考标准", "Decisions against the reference, by class"),
    columns: [
      { title: say("类别", "Class"), width: 40, inline: true },
      { title: say("真阳性", "TP"), align: "end" },
      { title: say("假阳性", "FP"), align: "end" },
      { title: say("假阴性", "FN"), align: "end" },
      { title: say("真阴性", "TN"), align: "end" },
      { title: say("未处理", "Failed"), align: "end" },
    ],
    rows: classesOf(result).map((id): Cell[] => {
      const name = className(result, id);
      const table = result.confusion.find(({ stratum }) => isClass(result, stratum) && stratum.class === id);
      if (!table) return [name, result.suppressed ? masked : none, none, none, none, none];
      const [[tp = 0, fn = 0, failed = 0] = [], [fp = 0, tn = 0, failedToo = 0] = []] = table.counts;
      return [name, ...[tp, fp, fn, tn, failed + failedToo].map(String)];
    }),
  };
}

function metricTable(result: Result, metrics: readonly string[], at: number): Block {
  const rows = classesOf(result).map((id) => ({
    id,
    found: metrics.map((metric) => findMetric(result, metric, classKey(id))),
  }));
  const all = rows.flatMap(({ found }) => found.flatMap((row) => row ?? []));
  const methods = all.flatMap(({ interval }) => (interval ? [interval.method] : []));
  return {
    type: "table",
    id: `T5-C${at + 2}`,
    caption: withLevel(say("各类别性能", "Performance by class"), levelOf(result)),
    columns: [
      { title: say("类别", "Class"), width: 22, inline: true },
      ...metrics.map((metric) => ({ title: metricInfo(result, metric).title, align: "end" as const })),
    ],
    rows: rows.map(({ id, found }) => [className(result, id), ...found.map((row) => valueWithInterval(result, row))]),
    notes: [...(methods.length === 0 ? [] : [methodLegend(methods)]), ...markNotes(result, all)],
  };
}

/** What must be known about numbers, with the classes and metrics that it holds for. */
function markNotes(result: Result, rows: readonly MetricResult[]): Text[] {
  const byMark = new Map<string, { meaning: Text; classes: Map<string, Text[]> }>();
  for (const row of rows) {
    for (const { mark, meaning } of marksOf(row, result.context.protocol.disclosure.minimumCell)) {
      const entry = byMark.get(mark) ?? { meaning, classes: new Map<string, Text[]>() };
      byMark.set(mark, entry);
      const id = row.stratum.class ?? "";
      const titles = entry.classes.get(id) ?? [];
      entry.classes.set(id, titles);
      titles.push(metricInfo(result, row.metric).title);
    }
  }
  return [...byMark.values()].map(({ meaning, classes }) => {
    const list = join(
      [...classes].map(([id, titles]) => {
        const joined = join(titles, say("、", ", "));
        return say(`${id}（${joined["zh-CN"]}）`, `${id} (${joined.en})`);
      }),
      say("，", ", "),
    );
    return say(
      `${inLanguage(meaning, "zh-CN")}：${list["zh-CN"]}。`,
      `${capitalised(inLanguage(meaning, "en"))}: ${list.en}.`,
    );
  });
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

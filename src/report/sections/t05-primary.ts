/** T5: performance over the whole sample, with the matching rule, the operating point, counts of marks and failures below. */
import type { Bilingual } from "../../contract/common.js";
import { isResultBeyondFailedCases, type MetricResult, type Result } from "../../contract/result.js";
import { confusionChart } from "../charts/confusion.js";
import { inLanguage, join, say, type Block, type Cell, type Row, type Text } from "../document.js";
import { isMasked, metricInfo, overallMetrics, type SectionDefinition } from "../input.js";
import { judgedText, requirementText, ruleOf } from "../wording/criteria.js";
import { countText, intervalText, intervalTitle, marksOf, none, sizeOf, valueText } from "../wording/metric-line.js";
import { failureName, markName, methodLegend, shortMethodName, unitName } from "../wording/names.js";
import { thresholdName } from "../wording/threshold.js";
import { stratumPhrase } from "../strata.js";
import { formatValue } from "../numbers.js";
import { isRateTarget } from "../rate-targets.js";
import { decisionSource, hasClasses, hasDecisions } from "../wording/classes.js";
import { classTables } from "./t05-classes.js";
import { verdictCell } from "./t01-items.js";

export const primary: SectionDefinition = {
  id: "t5",
  build: (input) => {
    const { result } = input;
    const { protocol } = result.context;
    const rows: Row[] = [];
    for (const metric of overallMetrics(result)) {
      if (isRateTarget(metric.metric) && metric.metric !== protocol.primary) continue;
      const { title } = metricInfo(result, metric.metric);
      const first = metric.metric === protocol.primary;
      const name: Text = first ? say(`${title["zh-CN"]}（主要指标）`, `${title.en} (primary)`) : title;
      const judged = result.criteria.filter(
        ({ criterion }) => criterion.metric === metric.metric && Object.keys(criterion.stratum ?? {}).length === 0,
      );
      const base = [
        first ? { text: name, tone: "strong" as const } : name,
        unitName(metric.unit),
        first ? { text: valueText(result, metric), tone: "strong" as const } : valueText(result, metric),
        countText(metric) === none ? sizeText(metric) : countText(metric),
        intervalText(result, metric),
        metric.interval ? shortMethodName(metric.interval.method) : none,
      ] as const;
      if (judged.length === 0) rows.push([...base, none, "R4", verdictCell("information")]);
      for (const criterion of judged) {
        const value = judgedText(result, criterion);
        const requirement = requirementText(result, criterion);
        rows.push([
          ...base,
          /\([+\u2212]\)/.test(inLanguage(value, "en"))
            ? say(
                `${requirement["zh-CN"]}；判定值 ${inLanguage(value, "zh-CN")}`,
                `${requirement.en}; judged ${inLanguage(value, "en")}`,
              )
            : requirement,
          ruleOf(criterion.criterion),
          verdictCell(criterion.verdict),
        ]);
      }
    }
    const blocks: Block[] = [
      {
        type: "table",
        id: "T5",
        caption: say("主要性能", "Primary performance"),
        columns: [
          { title: say("指标", "Metric"), width: 16 },
          { title: say("单位", "Unit"), width: 8 },
          { title: say("结果", "Result"), width: 11, align: "end" },
          { title: "k/n", width: 10, align: "end" },
          { title: intervalTitle(protocol.intervals.level), width: 14, align: "end" },
          { title: say("方法", "Method"), width: 14 },
          { title: say("通过准则", "Criterion"), width: 10 },
          { title: say("规则", "Rule"), width: 6, align: "center" },
          { title: say("结论", "Verdict"), width: 12, align: "center" },
        ],
        rows:
          rows.length === 0 ? [[say("无结果", "no results"), none, none, none, none, none, none, none, none]] : rows,
        notes: [...legend(result), ...flagNotes(result)],
      },
      {
        type: "table",
        plain: true,
        caption: say("判定条件与计数", "Conditions and counts"),
        columns: [{ title: say("项目", "Item"), width: 28 }, { title: say("内容", "Content") }],
        rows: conditions(result),
      },
      ...(hasClasses(result) ? classTables(result) : []),
      ...markTable(result),
      ...confusionFigures(result),
    ];
    return { id: "t5", title: say("主要性能", "Primary performance"), newPage: true, blocks };
  },
};

/** What the short names of interval methods stand for. */
function legend(result: Result): Bilingual[] {
  const methods = overallMetrics(result).flatMap(({ interval }) => (interval ? [interval.method] : []));
  return methods.length === 0 ? [] : [methodLegend(methods)];
}

/** What must be known about numbers of the table, with the metrics that it holds for. */
function flagNotes(result: Result): Bilingual[] {
  const byMark = new Map<string, { meaning: Text; names: Text[] }>();
  for (const metric of overallMetrics(result)) {
    if (isRateTarget(metric.metric) && metric.metric !== result.context.protocol.primary) continue;
    for (const { mark, meaning } of marksOf(metric, result.context.protocol.disclosure.minimumCell)) {
      const entry = byMark.get(mark) ?? { meaning, names: [] };
      entry.names.push(metricInfo(result, metric.metric).title);
      byMark.set(mark, entry);
    }
  }
  return [...byMark.values()].map(({ meaning, names }) => {
    const list = join(names, say("、", ", "));
    return say(`${list["zh-CN"]}：${inLanguage(meaning, "zh-CN")}。`, `${list.en}: ${inLanguage(meaning, "en")}.`);
  });
}

function sizeText(metric: MetricResult): Text {
  const size = sizeOf(metric);
  return size === null || isMasked(metric) ? none : `n = ${size}`;
}

function conditions(result: Result): Row[] {
  const { protocol, matching } = result.context;
  const rows: Row[] = [
    [say("匹配规则", "Matching rule"), matching ?? say("—（非检出任务）", "— (not a detection task)")],
    [say("工作点", "Operating point"), hasDecisions(result) ? decisionSource(result) : operatingPoint(result)],
    [
      say("未处理病例的计入方式", "How failed cases count"),
      protocol.failedCases === "count-against" ? failedCounting(result) : say("不纳入统计", "left out"),
    ],
    [say("未处理病例", "Failed cases"), failures(result)],
  ];
  rows.push([
    say("区间", "Intervals"),
    say(
      `置信水平 ${protocol.intervals.level}；按${protocol.intervals.cluster === "patient" ? "患者" : "病例"}聚类；重抽样 ${protocol.intervals.replicates} 次，随机种子 ${protocol.intervals.seed}`,
      `level ${protocol.intervals.level}; clustered by ${protocol.intervals.cluster}; ${protocol.intervals.replicates} replicates, seed ${protocol.intervals.seed}`,
    ),
  ]);
  rows.push([say("指标定义", "Definitions"), say("见附录 B", "see annex B")]);
  return rows;
}

/** What a failed case counts as, in the units of the task's form. */
function failedCounting({ context }: Result): Bilingual {
  const called =
    context.task.caseUnit === "image"
      ? say(
          "阳性计为阴性判定，阴性计为阳性判定",
          "a positive image or patient called negative, a negative one positive",
        )
      : say("阳性病例计为阴性判定，阴性病例计为阳性判定", "a positive case called negative, a negative one positive");
  switch (context.task.form) {
    case "detection":
      return say(
        "计为不利结果：病灶计为漏检，阳性患者计为阴性判定，阴性患者计为阳性判定",
        "against the product: lesions missed; a positive patient called negative, a negative one positive",
      );
    case "classification":
      return say(`计为不利结果：${called["zh-CN"]}`, `against the product: ${called.en}`);
    case "sequence":
      return say("计为不利结果：搏动与发作计为漏检", "against the product: beats and episodes missed");
    default:
      return say("计为不利结果", "against the product");
  }
}

/** What became of the marks: at the operating point, and of all that were given. */
function markTable({ sample }: Result): Block[] {
  if (!sample.marks) return [];
  const suffix = "AtThreshold";
  const counts = sample.marks;
  const rows = Object.keys(counts)
    .filter((code) => !code.endsWith(suffix))
    .map((code): Row => {
      const atThreshold = counts[`${code}${suffix}`];
      return [markName(code), atThreshold === undefined ? none : String(atThreshold), String(counts[code] ?? 0)];
    });
  if (rows.length === 0) return [];
  return [
    {
      type: "table",
      caption: say("标记的去向", "What became of the marks"),
      columns: [
        { title: say("类别", "Kind"), width: 52 },
        { title: say("工作点", "At the operating point"), align: "end" },
        { title: say("全部", "All"), align: "end" },
      ],
      rows,
    },
  ];
}

function operatingPoint(result: Result): Text {
  const rule = result.context.protocol.operatingPoint;
  const name = result.threshold === null ? null : thresholdName(result.threshold);
  const at = name === null ? say("无", "none") : say(`阈值 ${name["zh-CN"]}`, `threshold ${name.en}`);
  if (rule === "none") return say("计划未规定工作点", "the plan sets no operating point");
  if (rule === "submission") return say(`样品声明的工作点：${at["zh-CN"]}`, `as declared by the submission: ${at.en}`);
  if ("threshold" in rule) return say(`计划规定：${at["zh-CN"]}`, `set by the plan: ${at.en}`);
  return say(
    `平均每例假阳性数不超过 ${rule.falsePositivesPerCase} 处，在测试集上选定：${at["zh-CN"]}`,
    `at ${rule.falsePositivesPerCase} false positives per case, chosen on the test set: ${at.en}`,
  );
}

/** `2 (case deadline exceeded 2); the plan allows at most 5.0 %`, or none; strong where there are more. */
function failures(result: Result): Cell {
  const { failed } = result.sample;
  if (failed === 0) return say("0（无）", "0 (none)");
  const list = failureKinds(result);
  const limit = formatValue(result.context.protocol.maxFailedCases, "proportion");
  const text = say(
    `${failed}（${list["zh-CN"]}）；计划允许的最大比例 ${limit}`,
    `${failed} (${list.en}); the plan allows at most ${limit}`,
  );
  if (!isResultBeyondFailedCases(result)) return text;
  return { text: say(`${text["zh-CN"]}，已超出`, `${text.en}, which is exceeded`), tone: "strong" };
}

/** That the product is refused for its failed cases, whatever the verdict; null where the plan allows them. */
export function tooManyFailed(result: Result): Bilingual | null {
  if (!isResultBeyondFailedCases(result)) return null;
  const { cases, failed } = result.sample;
  const limit = formatValue(result.context.protocol.maxFailedCases, "proportion");
  return say(
    `未能处理的病例 ${failed}/${cases}，超过评测计划允许的最大比例 ${limit}：无论上述结论如何，均不予通过。`,
    `${failed} of ${cases} cases failed, more than the ${limit} that the plan allows: the item is refused, whatever the conclusion above.`,
  );
}

/** Failed cases by what went wrong. */
export function failureKinds({ sample }: Pick<Result, "sample">): Bilingual {
  return join(Object.entries(sample.failures).map(([code, count]) => join([failureName(code), String(count)], " ")));
}

function confusionFigures(result: Result): Block[] {
  return result.confusion
    .filter(({ stratum }) => Object.keys(stratum).length === 0)
    .map((confusion, index) => {
      const unit = unitName(confusion.unit);
      const names = {
        ...result.context.valueTitles.icdr,
        ...result.context.valueTitles.grade,
        ...result.context.valueTitles.label,
      };
      const nameOf = (value: string): Text => names[value] ?? classNames[value] ?? value;
      const caption = say(`混淆矩阵（${unit["zh-CN"]}级）`, `Confusion matrix (by ${unit.en})`);
      return {
        type: "figure" as const,
        id: `T5-${index + 1}`,
        caption,
        description: say(
          `行为参考标准，列为产品判定；格内为数量与行内占比。${inLanguage(stratumPhrase(result, {}), "zh-CN")}。`,
          `Rows: reference; columns: answer; each cell holds the count and its share of the row. ${inLanguage(stratumPhrase(result, {}), "en")}.`,
        ),
        draw: (languages) => confusionChart(confusion, nameOf, caption, languages),
      } satisfies Block;
    });
}

const classNames: Readonly<Record<string, Text>> = {
  positive: say("阳性", "positive"),
  negative: say("阴性", "negative"),
  "0": say("0 级", "grade 0"),
  "1": say("1 级", "grade 1"),
  "2": say("2 级", "grade 2"),
  "3": say("3 级", "grade 3"),
  "4": say("4 级", "grade 4"),
};

/** Classes of a task (labels, structures, quantities): their names, their results, and what stands out among them. */
import type { Bilingual } from "../../contract/common.js";
import type { MetricResult, Result, StratumKey } from "../../contract/result.js";
import { inLanguage, join, say, type Text } from "../document.js";
import { findMetric, isMasked, metricInfo } from "../input.js";
import { formatInterval, formatValue } from "../numbers.js";
import { stratumName } from "../strata.js";
import { fullText, valueText } from "./metric-line.js";

/** The attribute that results by class stand under. */
const attribute = "class";

/** Results stand by class: labels, structures, quantities. */
export const hasClasses = ({ context }: Result): boolean => context.task.classes !== undefined;

/** The classes are yes/no labels that the product decides. */
export const hasDecisions = (result: Result): boolean =>
  hasClasses(result) && result.context.task.form === "classification";

export function classesOf({ context }: Result): readonly string[] {
  return (context.task.classes ?? []).map(({ id }) => id);
}

export const classKey = (id: string): StratumKey => ({ [attribute]: id });

/** `AF` of a stratum that is a class, crossed or not; else null. */
export function classIn(result: Result, stratum: StratumKey): string | null {
  return hasClasses(result) ? (stratum[attribute] ?? null) : null;
}

/** True where a stratum is a class and nothing besides. */
export function isClass(result: Result, stratum: StratumKey): boolean {
  return classIn(result, stratum) !== null && Object.keys(stratum).length === 1;
}

export function className(result: Result, id: string): Text {
  return stratumName(result, classKey(id));
}

/** Metrics that are there by class, in the order of the protocol. */
export function classMetrics(result: Result): string[] {
  const found = new Set(result.metrics.filter(({ stratum }) => isClass(result, stratum)).map(({ metric }) => metric));
  return [...found];
}

/** `92.9 % (77.4 %–98.0 %)` without counts, for narrow cells. */
export function valueWithInterval(result: Result, metric: MetricResult | undefined): Text {
  if (metric === undefined) return "—";
  const value = valueText(result, metric);
  if (isMasked(metric) || metric.interval === null) return value;
  const { kind } = metricInfo(result, metric.metric);
  const unitless = formatInterval(metric.interval, kind).replaceAll(" %", "");
  return `${inLanguage(value, "en")}\n(${unitless})`;
}

/** `Lowest sensitivity by class: atrial fibrillation (AF), 76.9 % (10/13), 95 % CI 49.7 %–91.8 %.` */
export function lowestClassText(result: Result, metric: string): Bilingual | null {
  const rows = classesOf(result).flatMap((id) => {
    const row = findMetric(result, metric, classKey(id));
    return row && row.estimate !== null && !isMasked(row) ? [{ id, row, estimate: row.estimate }] : [];
  });
  if (rows.length < 2) return null;
  const lowest = rows.reduce((least, one) => (one.estimate < least.estimate ? one : least));
  const { title } = metricInfo(result, metric);
  const name = className(result, lowest.id);
  const text = fullText(result, lowest.row);
  return say(
    `${title["zh-CN"]}最低的类别：${inLanguage(name, "zh-CN")}，${inLanguage(text, "zh-CN")}。`,
    `Lowest ${title.en.toLowerCase()} by class: ${inLanguage(name, "en")}, ${inLanguage(text, "en")}.`,
  );
}

/** The classes whose scores and decisions contradict each other, in a sentence; null: none. */
export function contradictedClasses(result: Result): Bilingual | null {
  const classes = (result.decisionConsistency ?? []).flatMap(({ stratum, consistent }) => {
    const id = classIn(result, stratum);
    return consistent || id === null ? [] : [id];
  });
  if (classes.length === 0) return null;
  return say(
    `评分与产品自身的判定不一致的类别：${classes.join("、")}（见 T6）。`,
    `Scores and the product's own decisions differ for: ${classes.join(", ")} (see T6).`,
  );
}

/** As {@link contradictedClasses}, with what it means. */
export function contradictionText(result: Result): Bilingual | null {
  const classes = contradictedClasses(result);
  if (classes === null) return null;
  return say(
    `${classes["zh-CN"].replace("（见 T6）", "")}没有一个阈值能由评分得出所提交的判定，二者可能来自不同的运行；AUC 描述评分，其余指标描述判定。`,
    `${classes.en.replace(" (see T6)", "")} No threshold on the scores gives the decisions that were handed in; they may come from different runs. AUC describes the scores, all other numbers the decisions.`,
  );
}

/** Where the decisions of a multi-label product come from. */
export function decisionSource(result: Result): Bilingual {
  const rule = result.context.protocol.operatingPoint;
  const point = result.context.manifest.operatingPoint;
  if (rule === "none") return say("计划未规定工作点", "the plan sets no operating point");
  if (rule !== "submission")
    return "threshold" in rule
      ? say(
          `计划规定：各类别评分不低于 ${rule.threshold}`,
          `set by the plan: score of a class at least ${rule.threshold}`,
        )
      : say(
          "计划规定的工作点不适用于多标签任务",
          "the operating point of the plan does not apply to multi-label tasks",
        );
  const single = Object.entries(point?.thresholds ?? {}).map(([id, value]) => `${id} ${value}`);
  const common = point?.threshold === undefined ? [] : [String(point.threshold)];
  const declared = [...common, ...single].join(", ");
  const own = say("样品提交的判定（标签）", "decisions that the submission handed in (labels)");
  if (declared === "") return own;
  return say(
    `${own["zh-CN"]}；无标签的类别按声明的阈值：${declared}`,
    `${own.en}; classes without them by the declared thresholds: ${declared}`,
  );
}

/** `AF 13/827 (1.6 %)` of every class. */
export function prevalenceByClass(result: Result): Bilingual {
  const parts = classesOf(result).map((id): Text => {
    const row = result.sample.composition.find(({ stratum }) => isClass(result, stratum) && stratum[attribute] === id);
    if (!row) return say(`${id} 隐去`, `${id} masked`);
    const { positiveCases, cases } = row;
    const share =
      cases === 0 ? "—" : formatValue({ numerator: BigInt(positiveCases), denominator: BigInt(cases) }, "proportion");
    return `${id} ${positiveCases}/${cases} (${share})`;
  });
  return join(parts, say("，", ", "));
}

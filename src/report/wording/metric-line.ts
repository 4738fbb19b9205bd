/** How a result of a metric is worded: value, counts, interval, or why there is none. */
import type { Bilingual } from "../../contract/common.js";
import type { MetricResult, Result, ResultInterval } from "../../contract/result.js";
import { flagTexts, reasonTexts } from "../../contract/reasons.js";
import { join, say, type Text } from "../document.js";
import { isMasked, metricInfo } from "../input.js";
import { countsOf, decimalOf, exactEstimate, formatInterval, formatValue, roundTo } from "../numbers.js";

export const masked = say("隐去", "masked");
/** Not applicable. */
export const none = "—";
/** Not recorded. */
export const unrecorded = "/";

/** `95 %`, `97.5 %`; four decimals, so that what 1 - alpha leaves behind does not show. */
export function levelText(level: number): string {
  const percent = decimalOf(level);
  const text = roundTo({ numerator: percent.numerator * 100n, denominator: percent.denominator }, 4);
  return `${text.replace(/\.?0+$/, "")} %`;
}

/** `95 % CI`, at the head of a column of intervals. */
export function intervalTitle(level: number): Bilingual {
  return say(`${levelText(level)} 置信区间`, `${levelText(level)} CI`);
}

/** `Performance by class (95 % CI)`. */
export function withLevel(text: Bilingual, level: number): Bilingual {
  const title = intervalTitle(level);
  return say(`${text["zh-CN"]}（${title["zh-CN"]}）`, `${text.en} (${title.en})`);
}

/** Level of the intervals of a result. */
export function levelOf(result: Result): number {
  return result.context.protocol.intervals.level;
}

/** Value alone: `91.9 %`; or masked; or ND, whose reason {@link marksOf} gives. */
export function shortValueText(result: Result, metric: MetricResult): Text {
  return metric.estimate === null && !isMasked(metric) ? say("未判定", "ND") : valueText(result, metric);
}

/** Value alone: `91.9 %`; or masked; or ND with the reason. */
export function valueText(result: Result, metric: MetricResult): Text {
  if (isMasked(metric)) return masked;
  const exact = exactEstimate(metric);
  if (exact === null) return notEstimable(metric);
  return formatValue(exact, metricInfo(result, metric.metric).kind);
}

function notEstimable(metric: Pick<MetricResult, "notEstimable">): Text {
  const reason = metric.notEstimable ? reasonTexts[metric.notEstimable.reason] : reasonTexts["no-data"];
  return say(`未判定（${reason["zh-CN"]}）`, `ND (${reason.en})`);
}

/** `171/186`; of rates total and cases; `—` where there are no counts. */
export function countText(metric: MetricResult): Text {
  if (isMasked(metric)) return none;
  const counts = countsOf(metric);
  if (counts) return `${counts.numerator}/${counts.denominator}`;
  const { numerator, denominator } = metric.n;
  if (metric.estimate === null && numerator !== undefined && denominator !== undefined)
    return `${numerator}/${denominator}`;
  return none;
}

/** Number of units that a result rests on. */
export function sizeOf(metric: MetricResult): number | null {
  const { denominator, units, cases, images, patients, lesions, positives, negatives } = metric.n;
  const classes = positives !== undefined && negatives !== undefined ? positives + negatives : undefined;
  return (
    denominator ?? units ?? lesions ?? classes ?? metric.n[`${metric.unit}s`] ?? cases ?? images ?? patients ?? null
  );
}

/** `87.1 %–95.1 %`, or `—`. */
export function intervalText(result: Result, metric: MetricResult): Text {
  if (isMasked(metric) || metric.interval === null) return none;
  return formatInterval(metric.interval, metricInfo(result, metric.metric).kind);
}

/** `91.9 %（171/186），95 % CI 87.1 %–95.1 %`. */
export function fullText(result: Result, metric: MetricResult): Text {
  const value = valueText(result, metric);
  if (isMasked(metric) || metric.estimate === null) return value;
  const counts = countsOf(metric);
  const counted = counts ? `${counts.numerator}/${counts.denominator}` : null;
  const interval = metric.interval ? intervalPhrase(result, metric, metric.interval) : null;
  const zh = `${value as string}${counted ? `（${counted}）` : ""}${interval ? `，${interval}` : ""}`;
  const en = `${value as string}${counted ? ` (${counted})` : ""}${interval ? `, ${interval}` : ""}`;
  return zh === en ? zh : say(zh, en);
}

function intervalPhrase(result: Result, metric: MetricResult, interval: ResultInterval): string {
  return `${levelText(interval.level)} CI ${formatInterval(interval, metricInfo(result, metric.metric).kind)}`;
}

/** Marks of a number in a table, and what each of them means. */
export function marksOf(
  metric: MetricResult,
  minimumCell: number,
): readonly { readonly mark: string; readonly meaning: Text }[] {
  const marks = metric.flags.map((flag) => {
    if (flag === "suppressed")
      return {
        mark: `n<${minimumCell}`,
        meaning: say(
          "数量过小，或可由其他单元格推出，已隐去",
          "masked: too few units, or one that others would give away",
        ),
      };
    return { mark: flag === "small-sample" ? "n<30" : flag, meaning: flagTexts[flag] };
  });
  const reason = metric.notEstimable?.reason;
  if (reason !== undefined) marks.push({ mark: reason, meaning: reasonTexts[reason] });
  return marks;
}

/** What must be known about a number, in words; `—` where there is nothing. */
export function flagText(metric: MetricResult): Text {
  return metric.flags.length === 0 ? none : join(metric.flags.map((flag) => flagTexts[flag]));
}

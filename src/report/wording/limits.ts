/** Worst stratum and suggested limits of use (M8), read off the factor analysis of the result. */
import type { Bilingual } from "../../contract/common.js";
import type { MetricResult, Result } from "../../contract/result.js";
import { worstStratumPatients } from "../../evaluation/heterogeneity.js";
import { inLanguage, join, say, type Text } from "../document.js";
import { findMetric, isMasked, metricInfo } from "../input.js";
import { exactEstimate, formatValue } from "../numbers.js";
import { dimensionName, strataOf, stratumName, stratumPhrase } from "../strata.js";
import { classesOf, classKey } from "./classes.js";
import { fullText } from "./metric-line.js";

/** Which strata can be the worst: smaller ones may show lower numbers. */
export const worstStratumRule: Bilingual = say(
  `仅在患者数不少于 ${worstStratumPatients} 的单一维度分层中选取`,
  `of strata of one dimension with at least ${worstStratumPatients} patients`,
);

/** `Worst stratum (sensitivity; of strata of …): thickness: ≥ 5, 86.4 %; overall 91.9 %.` */
export function worstStratumText(result: Result, worst: NonNullable<Result["worstStratum"]>): Bilingual {
  const { title, kind } = metricInfo(result, worst.metric);
  const stratum = stratumPhrase(result, worst.stratum);
  const metric = findMetric(result, worst.metric, worst.stratum);
  const value = metric ? fullText(result, metric) : formatValue(worst.estimate, kind);
  const whole = findMetric(result, worst.metric);
  const overall = formatValue((whole && exactEstimate(whole)) ?? worst.overall, kind);
  return say(
    `最差分层（${title["zh-CN"]}；${worstStratumRule["zh-CN"]}）：${inLanguage(stratum, "zh-CN")}，${inLanguage(value, "zh-CN")}；总体 ${overall}。`,
    `Worst stratum (${title.en}; ${worstStratumRule.en}): ${inLanguage(stratum, "en")}, ${inLanguage(value, "en")}; overall ${overall}.`,
  );
}

/** True where the interval of a stratum does not hold the overall value, and the stratum is on the bad side of it. */
function worseThan(overall: number, metric: MetricResult, higherIsBetter: boolean): boolean {
  if (isMasked(metric) || !metric.interval) return false;
  const { low, high } = metric.interval;
  if (higherIsBetter) return typeof high === "number" && high < overall;
  return typeof low === "number" && low > overall;
}

/**
 * Suggested limits of use: dimensions in which the primary metric differs (adjusted p below 1 - level) with their strata that are worse than the whole,
 * then dimensions with strata too small for a statement.
 */
export function limitsOfUse(result: Result): readonly Text[] {
  const { primary, intervals } = result.context.protocol;
  const whole = findMetric(result, primary);
  if (!whole || whole.estimate === null) return [];
  const overall = whole.estimate;
  const { title, higherIsBetter } = metricInfo(result, primary);
  if (higherIsBetter === null) return [];
  const limits: Text[] = [];
  const small: Text[] = [];
  for (const [dimension, strata] of strataOf(result, primary)) {
    const name = dimensionName(result, dimension);
    const test = result.heterogeneity.find((entry) => entry.metric === primary && entry.dimension === dimension);
    const differs = test !== undefined && test.adjustedP < 1 - intervals.level;
    const worse = strata.filter((metric) => worseThan(overall, metric, higherIsBetter));
    if (worse.length > 0 && worse.length <= 6) {
      const list = join(
        worse.map((metric) => {
          const text = fullText(result, metric);
          const stratum = stratumName(result, metric.stratum);
          return say(
            `${inLanguage(stratum, "zh-CN")}：${inLanguage(text, "zh-CN")}`,
            `${inLanguage(stratum, "en")}: ${inLanguage(text, "en")}`,
          );
        }),
      );
      const p = test ? `p = ${formatValue(test.adjustedP, "p")}`.replace("= <", "< ") : null;
      limits.push(
        say(
          `按${inLanguage(name, "zh-CN")}，${title["zh-CN"]}低于总体水平的分层（${list["zh-CN"]}）${differs && p ? `，差异有统计学意义（校正 ${p}）` : ""}：建议在使用说明中提示，结果须由医师复核`.replace(
            "低于总体",
            higherIsBetter ? "低于总体" : "劣于总体",
          ),
          `${inLanguage(name, "en")}: ${title.en} is worse than overall in ${list.en}${differs && p ? `; the dimension matters (adjusted ${p})` : ""}: warn in the instructions for use and have answers there checked by a physician`,
        ),
      );
    } else if (differs) {
      const worst = worstOf(strata, higherIsBetter);
      if (worst) {
        const text = fullText(result, worst);
        const stratum = stratumName(result, worst.stratum);
        limits.push(
          say(
            `${title["zh-CN"]}随${inLanguage(name, "zh-CN")}变化（校正 p ${pText(test.adjustedP)}），最差分层为 ${inLanguage(stratum, "zh-CN")}：${inLanguage(text, "zh-CN")}`,
            `${title.en} varies with ${inLanguage(name, "en")} (adjusted p ${pText(test.adjustedP)}); worst in ${inLanguage(stratum, "en")}: ${inLanguage(text, "en")}`,
          ),
        );
      }
    }
    const weak = strata.filter(
      (metric) => metric.estimate === null || isMasked(metric) || metric.flags.includes("small-sample"),
    );
    if (weak.length > 0 && !dimension.includes(" x "))
      small.push(
        say(
          `${inLanguage(name, "zh-CN")} ${weak.length}/${strata.length}`,
          `${inLanguage(name, "en")} ${weak.length}/${strata.length}`,
        ),
      );
  }
  const weakClasses = smallClasses(result);
  if (weakClasses.length > 0)
    small.push(say(`类别（${weakClasses.join("、")}）`, `classes (${weakClasses.join(", ")})`));
  if (small.length > 0) {
    const list = join(small, say("、", ", "));
    limits.push(
      say(
        `样本不足、不支持单独性能声明的分层数：${list["zh-CN"]}`,
        `strata too small for a performance claim of their own: ${list.en}`,
      ),
    );
  }
  return limits;
}

/** Classes of a multi-label task with too few positive cases for a statement of their own. */
function smallClasses(result: Result): string[] {
  return classesOf(result).filter((id) => {
    const metric = findMetric(result, "sensitivity", classKey(id));
    return metric && (metric.estimate === null || isMasked(metric) || metric.flags.includes("small-sample"));
  });
}

function pText(p: number): string {
  const text = formatValue(p, "p");
  return text.startsWith("<") ? text.replace("<", "< ") : `= ${text}`;
}

function worstOf(strata: readonly MetricResult[], higherIsBetter: boolean): MetricResult | undefined {
  let worst: MetricResult | undefined;
  for (const metric of strata) {
    if (metric.estimate === null || isMasked(metric)) continue;
    if (worst === undefined || worst.estimate === null) worst = metric;
    else if (higherIsBetter ? metric.estimate < worst.estimate : metric.estimate > worst.estimate) worst = metric;
  }
  return worst;
}

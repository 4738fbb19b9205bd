/** Acceptance criteria and the conclusion in words. The verdicts are the result's own; nothing is judged here. */
import type { Bilingual } from "../../contract/common.js";
import type { CriterionResult, Result } from "../../contract/result.js";
import { reasonTexts } from "../../contract/reasons.js";
import { inLanguage, join, say, type Text } from "../document.js";
import { findMetric, isMasked, metricInfo } from "../input.js";
import { exactEstimate, formatAgainstLimit } from "../numbers.js";
import { stratumPhrase } from "../strata.js";
import { fullText, levelText } from "./metric-line.js";

/** R1: the estimate is judged; R2: an end of its interval is. */
export function ruleOf(criterion: CriterionResult["criterion"]): "R1" | "R2" {
  return criterion.compare === "estimate" ? "R1" : "R2";
}

function limitOf(criterion: CriterionResult["criterion"]): { sign: "≥" | "≤"; limit: number } {
  return criterion.atLeast !== undefined
    ? { sign: "≥", limit: criterion.atLeast }
    : { sign: "≤", limit: criterion.atMost ?? 0 };
}

/** `Lesion sensitivity`, with its stratum where it has one. */
export function criterionName(result: Result, criterion: CriterionResult["criterion"]): Text {
  const { title } = metricInfo(result, criterion.metric);
  if (!criterion.stratum || Object.keys(criterion.stratum).length === 0) return title;
  const stratum = stratumPhrase(result, criterion.stratum);
  return say(`${title["zh-CN"]}（${inLanguage(stratum, "zh-CN")}）`, `${title.en} (${inLanguage(stratum, "en")})`);
}

/** `≥ 90.0 %`; of bounds `95 % CI lower limit ≥ 85.0 %`. */
export function requirementText(result: Result, { criterion, value }: CriterionResult): Bilingual {
  const { sign, limit } = limitOf(criterion);
  const { kind } = metricInfo(result, criterion.metric);
  const text = `${sign} ${formatAgainstLimit(value ?? limit, limit, kind).limit}`;
  if (criterion.compare === "estimate") return say(text, text);
  const level = levelText(result.context.protocol.intervals.level);
  return criterion.compare === "lower"
    ? say(`${level} 置信下限 ${text}`, `lower ${level} limit ${text}`)
    : say(`${level} 置信上限 ${text}`, `upper ${level} limit ${text}`);
}

/** The value that was judged, printed so that it can be held against the limit. */
export function judgedText(result: Result, judged: CriterionResult): Text {
  if (judged.value === null) return "ND";
  const { limit } = limitOf(judged.criterion);
  const { kind } = metricInfo(result, judged.criterion.metric);
  const metric = findMetric(result, judged.criterion.metric, judged.criterion.stratum ?? {});
  if (metric && isMasked(metric)) return say("隐去", "masked");
  const exact = metric && judged.criterion.compare === "estimate" ? exactEstimate(metric) : null;
  return formatAgainstLimit(exact ?? judged.value, limit, kind).value;
}

/** The result beside a criterion: judged value, counts and interval. */
export function criterionResultText(result: Result, judged: CriterionResult): Text {
  const metric = findMetric(result, judged.criterion.metric, judged.criterion.stratum ?? {});
  if (!metric) return judgedText(result, judged);
  const full = fullText(result, metric);
  const value = judgedText(result, judged);
  if (judged.value === null || isMasked(metric)) return full;
  if (judged.criterion.compare !== "estimate") return join([value, full]);
  const shown = inLanguage(value, "en");
  return /\([+\u2212]\)$/.test(shown) ? join([value, full]) : full;
}

/** Why an item was not judged. */
export function undecidedReason(result: Result, judged: CriterionResult): Text {
  const metric = findMetric(result, judged.criterion.metric, judged.criterion.stratum ?? {});
  const reason = judged.reason ?? metric?.notEstimable?.reason;
  if (reason === undefined) return say("数据不足", "not enough data");
  return (reasonTexts as Readonly<Record<string, Bilingual>>)[reason] ?? reason;
}

/** The conclusion (检验结论), sentence by sentence. */
export function conclusion(result: Result): readonly Bilingual[] {
  const { protocol } = result.context;
  const plan = { "zh-CN": protocol.title?.["zh-CN"] ?? protocol.id, en: protocol.title?.en ?? protocol.id };
  const zhPlan = `依据《${plan["zh-CN"]}》（版本 ${protocol.version}）`;
  const enPlan = `By the plan "${plan.en}" (version ${protocol.version})`;
  const count = result.criteria.length;
  const failed = result.criteria.filter(({ verdict }) => verdict === "fail");
  const undecided = result.criteria.filter(({ verdict }) => verdict === "undetermined");
  const names = (judged: readonly CriterionResult[]): Bilingual =>
    join(
      judged.map(({ criterion }) => criterionName(result, criterion)),
      say("、", ", "),
    );
  const sentences: Bilingual[] = [];
  if (count === 0)
    sentences.push(
      say("本次评测未规定通过准则，结果仅供参考。", "No pass criteria were specified; results are for information."),
    );
  else if (failed.length > 0) {
    const list = names(failed);
    sentences.push(
      say(
        `${zhPlan}，所检 ${count} 项中 ${failed.length} 项不符合：${list["zh-CN"]}。`,
        `${enPlan}, ${failed.length} of ${count} items ${failed.length === 1 ? "does" : "do"} not meet the criteria: ${list.en}.`,
      ),
    );
  } else if (undecided.length === 0)
    sentences.push(
      say(
        `${zhPlan}，所检项目共 ${count} 项，均符合规定的通过准则。`,
        `${enPlan}, all ${count} items tested meet the specified pass criteria.`,
      ),
    );
  else if (undecided.length < count)
    sentences.push(
      say(
        `${zhPlan}，所检 ${count} 项中 ${count - undecided.length} 项符合规定的通过准则。`,
        `${enPlan}, ${count - undecided.length} of ${count} items tested meet the specified pass criteria.`,
      ),
    );
  if (undecided.length > 0) {
    const list = names(undecided);
    const all = undecided.length === count;
    sentences.push(
      say(
        `${all ? `${zhPlan}，所检 ${count} 项均` : `其中 ${undecided.length} 项`}因数据不足未作判定：${list["zh-CN"]}。`,
        `${all ? `${enPlan}, none of the ${count} items` : `Of these, ${undecided.length}`} ${
          all ? "could be decided" : undecided.length === 1 ? "was not decided" : "were not decided"
        } for lack of data: ${list.en}.`,
      ),
    );
  }
  sentences.push(
    say("上述结论仅针对本报告所列版本与数据集。", "The conclusion applies to the version and data set listed."),
  );
  return sentences;
}

/** T6: operating points and curves: sensitivity at stated false-positive rates, FROC, ROC. */
import type { Bilingual } from "../../contract/common.js";
import type { Curve, Result } from "../../contract/result.js";
import { frocChart, type FrocPoint } from "../charts/froc.js";
import { rocChart } from "../charts/roc.js";
import { inLanguage, join, paragraph, say, type Block, type Cell, type Row, type Text } from "../document.js";
import { isMasked, metricInfo, overallMetrics, type SectionDefinition } from "../input.js";
import { formatValue, roundTo, decimalOf } from "../numbers.js";
import { rateTargets } from "../rate-targets.js";
import { classIn, className, contradictionText, decisionSource, hasDecisions, isClass } from "../wording/classes.js";
import { flagText, intervalText, intervalTitle, levelOf, levelText, none, valueText } from "../wording/metric-line.js";
import { countName, methodName, unitName } from "../wording/names.js";
import { thresholdName } from "../wording/threshold.js";

/** What must be known about the numbers, each with the rates that it holds for. */
function flagNotes(targets: ReturnType<typeof rateTargets>): Bilingual[] {
  const byFlag = new Map<string, { flag: Text; rates: string[] }>();
  for (const { rate, metric } of targets) {
    if (metric.flags.length === 0) continue;
    const flag = flagText(metric);
    const entry = byFlag.get(inLanguage(flag, "en")) ?? { flag, rates: [] };
    entry.rates.push(rateText(rate));
    byFlag.set(inLanguage(flag, "en"), entry);
  }
  return [...byFlag.values()].map(({ flag, rates }) =>
    say(`${rates.join("、")}：${inLanguage(flag, "zh-CN")}。`, `${rates.join(", ")}: ${inLanguage(flag, "en")}.`),
  );
}

/** Fractions of rates below one, as the field writes them. */
function rateText(rate: number): string {
  const inverse = 1 / rate;
  return rate < 1 && Number.isInteger(inverse) ? `1/${inverse}` : String(rate);
}

export const curves: SectionDefinition = {
  id: "t6",
  build: ({ result }) => {
    const blocks: Block[] = [];
    const targets = rateTargets(result);
    const mean = overallMetrics(result).find(({ metric }) =>
      /^(froc-score|cpm|froc-mean|mean-sensitivity.*)$/.test(metric),
    );
    if (targets.length > 0) {
      const rows: Row[] = [
        [
          say("召回率", "Sensitivity"),
          ...targets.map(({ metric }) => valueText(result, metric)),
          mean ? valueText(result, mean) : none,
        ],
        [
          intervalTitle(levelOf(result)),
          ...targets.map(({ metric }) => intervalText(result, metric)),
          mean ? intervalText(result, mean) : none,
        ],
      ];
      blocks.push({
        type: "table",
        id: "T6",
        caption: say("规定假阳性率处的召回率", "Sensitivity at stated false-positive rates"),
        columns: [
          { title: "FPPI", width: 12 },
          ...targets.map(({ rate }) => ({ title: rateText(rate), align: "center" as const })),
          { title: say("平均", "Mean"), align: "center" as const },
        ],
        rows,
        notes: [
          ...(targets[0]?.metric.interval ? [methodNote(targets[0].metric.interval.method)] : []),
          ...flagNotes(targets),
          interpolationNote(result.context.protocol.compatibility),
        ],
      });
    }
    const frocs = result.curves.filter(({ kind, stratum }) => kind === "froc" && Object.keys(stratum).length === 0);
    const rocs = result.curves.filter(
      ({ kind, stratum }) => kind === "roc" && (Object.keys(stratum).length === 0 || isClass(result, stratum)),
    );
    frocs.forEach((curve, index) => blocks.push(froc(curve, index)));
    rocs.forEach((curve, index) => blocks.push(roc(curve, index)));
    if (hasDecisions(result)) blocks.unshift(...decisionBlocks(result));
    else if (targets.length === 0) blocks.unshift(operatingTable());
    if (frocs.length + rocs.length === 0)
      blocks.push(
        paragraph(
          say(
            "曲线：产品未输出评分，或计划未规定需评分的指标，未绘制。",
            "Curves: not drawn; the answers carry no score, or the plan names no metric that needs one.",
          ),
          "muted",
        ),
      );
    return { id: "t6", title: say("工作点与曲线", "Operating points and curves"), newPage: true, blocks };

    function operatingTable(): Block {
      const wanted = overallMetrics(result).filter(({ metric }) =>
        /auc|sensitivity|specificity|ppv|npv|predictive/.test(metric),
      );
      return {
        type: "table",
        id: "T6",
        caption: say("工作点", "Operating point"),
        columns: [
          { title: say("指标", "Metric") },
          { title: say("单位", "Unit") },
          { title: say("结果", "Result"), align: "end" },
          { title: intervalTitle(levelOf(result)), align: "end" },
        ],
        rows:
          wanted.length === 0
            ? [[say("未规定工作点指标", "no metric of an operating point in the plan"), none, none, none]]
            : wanted.map((metric) => [
                metricInfo(result, metric.metric).title,
                unitName(metric.unit),
                valueText(result, metric),
                intervalText(result, metric),
              ]),
        notes: [
          result.threshold === null
            ? say("阈值：无。", "Threshold: none.")
            : say(
                `阈值：${thresholdName(result.threshold)["zh-CN"]}。`,
                `Threshold: ${thresholdName(result.threshold).en}.`,
              ),
        ],
      };
    }

    function froc(curve: Curve, index: number): Block {
      const points: FrocPoint[] = targets.flatMap(({ rate, metric }) =>
        metric.estimate === null || isMasked(metric)
          ? []
          : [{ x: rate, y: metric.estimate, low: finite(metric.interval?.low), high: finite(metric.interval?.high) }],
      );
      const unit = unitName(curve.unit);
      const perCase =
        result.context.task.caseUnit === "image"
          ? say("平均每图假阳性数", "false positives per image")
          : say("平均每例假阳性数", "false positives per case");
      const counts = countsText(curve);
      const level = levelText(levelOf(result));
      return {
        type: "figure",
        id: `F2${frocs.length > 1 ? `-${index + 1}` : ""}`,
        caption: say(`FROC 曲线（${unit["zh-CN"]}级）`, `FROC curve (by ${unit.en})`),
        description: say(
          `横轴为平均每例假阳性数（对数，自 1/8 起），阶梯函数，不插值；竖线为 ${level} 置信区间。${operatingText(curve, "rate")["zh-CN"]}${counts["zh-CN"]}`,
          `False positives per case on a logarithmic axis from 1/8; exact step function, not interpolated; bars are ${level} intervals. ${operatingText(curve, "rate").en}${counts.en}`,
        ),
        draw: (languages) => frocChart(curve, points, perCase, say("FROC 曲线", "FROC curve"), languages),
      };
    }

    function roc(curve: Curve, index: number): Block {
      const unit = unitName(curve.unit);
      const counts = countsText(curve);
      const id = classIn(result, curve.stratum);
      const name = id === null ? null : className(result, id);
      return {
        type: "figure",
        id: `F1${rocs.length > 1 ? `-${index + 1}` : ""}`,
        caption:
          name === null
            ? say(`ROC 曲线（${unit["zh-CN"]}级）`, `ROC curve (by ${unit.en})`)
            : say(`ROC 曲线：${inLanguage(name, "zh-CN")}`, `ROC curve: ${inLanguage(name, "en")}`),
        description: say(
          `虚线为无判别力的对角线。${operatingText(curve, "share")["zh-CN"]}${counts["zh-CN"]}`,
          `The broken line is chance. ${operatingText(curve, "share").en}${counts.en}`,
        ),
        draw: (languages) => rocChart(curve, say("ROC 曲线", "ROC curve"), languages),
      };
    }
  },
};

/** Multi-label: where decisions come from, and whether they can come from the scores. */
function decisionBlocks(result: Result): Block[] {
  const rows = (result.decisionConsistency ?? []).map(
    ({ stratum, highestNegative, lowestPositive, consistent }): Cell[] => [
      className(result, classIn(result, stratum) ?? ""),
      scoreText(highestNegative),
      scoreText(lowestPositive),
      consistent
        ? say("一致：存在这样的阈值", "consistent: such a threshold exists")
        : { text: say("不一致：不存在这样的阈值", "inconsistent: no such threshold exists"), tone: "fail" },
    ],
  );
  const source = decisionSource(result);
  const blocks: Block[] = [paragraph(say(`判定来源：${source["zh-CN"]}。`, `Decisions come from: ${source.en}.`))];
  const contradiction = contradictionText(result);
  if (contradiction) blocks.push(paragraph(contradiction, "notice"));
  if (rows.length > 0)
    blocks.push({
      type: "table",
      id: "T6",
      caption: say(
        "评分与判定的一致性：有无阈值能由评分得出判定",
        "Scores against decisions: does a threshold on the scores give the decisions?",
      ),
      columns: [
        { title: say("类别", "Class"), width: 34, inline: true },
        { title: say("判为阴性者的最高评分", "Highest score called negative"), align: "end" },
        { title: say("判为阳性者的最低评分", "Lowest score called positive"), align: "end" },
        { title: say("结果", "Finding") },
      ],
      rows,
    });
  return blocks;
}

function scoreText(score: number | null): string {
  return score === null ? none : roundTo(decimalOf(score), 4);
}

function finite(bound: number | string | undefined): number | null {
  return typeof bound === "number" ? bound : null;
}

function methodNote(method: string): Text {
  const name = methodName(method);
  return say(`区间方法：${name["zh-CN"]}。`, `Interval method: ${name.en}.`);
}

function interpolationNote(compatibility: string): Text {
  return compatibility === "luna16"
    ? say(
        "兼容模式 luna16：点间线性插值，曲线末端之后取末值。",
        "Compatibility mode luna16: linear between points; beyond the last point its value holds.",
      )
    : say(
        "阶梯函数，不插值；曲线末端之后取末值并加注。",
        "Step function, no interpolation; beyond the last point its value holds, and is flagged.",
      );
}

function operatingText(curve: Curve, x: "rate" | "share"): { "zh-CN": string; en: string } {
  const at = curve.operatingPoint;
  if (!at) return say("未标工作点。", "No operating point. ");
  const y = formatValue(at.y, "proportion");
  const { threshold: value } = at;
  const rounded = (score: number) => roundTo(decimalOf(score), 4).replace(/\.?0+$/, "");
  const threshold = value === null ? null : thresholdName(value, rounded);
  if (x === "rate") {
    const rate = formatValue(at.x, "rate");
    return say(
      `工作点：阈值 ${threshold?.["zh-CN"]}，每例假阳性 ${rate}，灵敏度 ${y}。`,
      `Operating point: threshold ${threshold?.en}, ${rate} false positives per case, sensitivity ${y}. `,
    );
  }
  const specificity = formatValue(1 - at.x, "proportion");
  if (threshold === null)
    return say(
      `产品自身的判定：灵敏度 ${y}，特异度 ${specificity}。`,
      `Decisions of the product: sensitivity ${y}, specificity ${specificity}. `,
    );
  return say(
    `工作点：阈值 ${threshold["zh-CN"]}，灵敏度 ${y}，特异度 ${specificity}。`,
    `Operating point: threshold ${threshold.en}, sensitivity ${y}, specificity ${specificity}. `,
  );
}

/** `n: positives 28, negatives 799`, in both languages. */
function countsText(curve: Curve): Bilingual {
  const counts = Object.entries(curve.n).map(([name, count]) => join([countName(name), String(count)], " "));
  if (counts.length === 0) return say("", "");
  const list = join(counts, say("，", ", "));
  return say(`n：${list["zh-CN"]}。`, `n: ${list.en}.`);
}

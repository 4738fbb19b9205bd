/** T1: item summary, one line per criterion with requirement, result and verdict; what had no criterion is for information. */
import { inLanguage, say, type Block, type Cell, type Row, type Text, type Tone } from "../document.js";
import { metricInfo, overallMetrics, type SectionDefinition } from "../input.js";
import { isRateTarget } from "../rate-targets.js";
import { criterionName, criterionResultText, requirementText, ruleOf, undecidedReason } from "../wording/criteria.js";
import { fullText, none } from "../wording/metric-line.js";
import { shortMethodName, verdictName } from "../wording/names.js";
import { findMetric } from "../input.js";

/** Verdict with its tone; words carry the meaning. */
export function verdictCell(verdict: "pass" | "fail" | "undetermined" | "information"): Cell {
  const tone: Tone = verdict === "information" ? "muted" : verdict;
  return { text: verdictName(verdict), tone };
}

export const itemSummary: SectionDefinition = {
  id: "t1",
  build: (input) => {
    const { result } = input;
    const rows: Row[] = [];
    let number = 0;
    for (const judged of result.criteria) {
      const { criterion } = judged;
      const requirement = requirementText(result, judged);
      const metric = findMetric(result, criterion.metric, criterion.stratum ?? {});
      rows.push([
        String(++number),
        withCode(criterionName(result, criterion), "B1"),
        criterion.clause ?? criterion.id ?? none,
        say(
          `${requirement["zh-CN"]}，全数值比较，${ruleOf(criterion)}`,
          `${requirement.en}, unrounded, ${ruleOf(criterion)}`,
        ),
        criterionResultText(result, judged),
        verdictCell(judged.verdict),
        judged.verdict === "undetermined"
          ? undecidedReason(result, judged)
          : metric?.interval
            ? shortMethodName(metric.interval.method)
            : none,
      ]);
    }
    const judgedMetrics = new Set(
      result.criteria
        .filter(({ criterion }) => Object.keys(criterion.stratum ?? {}).length === 0)
        .map(({ criterion }) => criterion.metric),
    );
    for (const metric of overallMetrics(result)) {
      if (
        judgedMetrics.has(metric.metric) ||
        (isRateTarget(metric.metric) && metric.metric !== result.context.protocol.primary)
      )
        continue;
      rows.push([
        String(++number),
        withCode(metricInfo(result, metric.metric).title, "B1"),
        none,
        say("未规定，R4", "none, R4"),
        fullText(result, metric),
        verdictCell("information"),
        metric.interval ? shortMethodName(metric.interval.method) : none,
      ]);
    }
    const { repeat } = input.submissionRun;
    if (repeat)
      rows.push([
        String(++number),
        say("重复性（B3）", "Repeatability (B3)"),
        none,
        say("未规定，R4", "none, R4"),
        say(`${repeat.equal}/${repeat.cases} 例逐字节一致`, `${repeat.equal}/${repeat.cases} cases equal to the byte`),
        verdictCell("information"),
        say("见 T8", "see T8"),
      ]);
    const blocks: Block[] = [
      {
        type: "table",
        id: "T1",
        caption: say("检验项目汇总", "Item summary"),
        columns: [
          { title: say("序号", "No"), width: 5, align: "center" },
          { title: say("检验项目", "Item"), width: 20 },
          { title: say("标准条款", "Clause"), width: 11 },
          { title: say("标准要求", "Requirement"), width: 16 },
          { title: say("检验结果", "Result"), width: 22 },
          { title: say("单项结论", "Verdict"), width: 11, align: "center" },
          { title: say("备注", "Remarks"), width: 15 },
        ],
        rows,
        notes: [
          say(
            "R1：点估计值与限值比较；R2：置信限与限值比较；R4：描述性结果，不作判定。",
            "R1: the point estimate is held against the limit; R2: the confidence limit is; R4: descriptive, not judged.",
          ),
        ],
      },
    ];
    return { id: "t1", title: say("检验项目汇总", "Item summary"), newPage: true, blocks };
  },
};

function withCode(name: Text, code: string): Text {
  return say(`${inLanguage(name, "zh-CN")}（${code}）`, `${inLanguage(name, "en")} (${code})`);
}

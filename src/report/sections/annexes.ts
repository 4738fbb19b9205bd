/** Annexes: plan, definitions, data-set statement, sampling, components, configuration, verification, case list. */
import { stringify } from "yaml";
import type { Bilingual } from "../../contract/common.js";
import type { Result } from "../../contract/result.js";
import { heading, join, paragraph, say, type Block, type Row, type Text } from "../document.js";
import { metricInfo, overallMetrics, type SectionDefinition } from "../input.js";
import { none } from "../wording/metric-line.js";
import { changedUnitName, outcomeText } from "../wording/outcomes.js";

export const annexes: SectionDefinition = {
  id: "annexes",
  build: ({ comparison, digest, result, submissionRun }) => {
    const { protocol, card, task } = result.context;
    const detects = task.form === "detection";
    const { match: _, ...withoutMatch } = protocol;
    const used = new Set([...protocol.metrics, ...overallMetrics(result).map(({ metric }) => metric)]);
    const byDefinition = new Map<string, { titles: Text[]; formula: Bilingual; source: string }>();
    for (const metric of used) {
      const { title, formula, source } = metricInfo(result, metric);
      const key = formula.en === "" ? metric : `${formula.en}\n${source}`;
      const entry = byDefinition.get(key) ?? { titles: [], formula, source };
      entry.titles.push(title);
      byDefinition.set(key, entry);
    }
    const definitions: Row[] = [...byDefinition.values()].map(({ titles, formula, source }) => [
      join(titles, say("、", ", ")),
      formula.en === "" ? none : formula,
      source || none,
    ]);
    const blocks: Block[] = [
      heading(say("附录 A 评测计划", "Annex A – Test plan"), 3),
      paragraph(
        say(
          `${protocol.id} 版本 ${protocol.version}，SHA-256 ${result.inputs.protocolHash}。内容见附录 F。`,
          `${protocol.id} version ${protocol.version}, SHA-256 ${result.inputs.protocolHash}. Printed in annex F.`,
        ),
      ),
      heading(say("附录 B 匹配规则与指标定义", "Annex B – Matching rule and metric definitions"), 3),
      paragraph(
        result.context.matching ?? say("无匹配规则（非检出任务）。", "No matching rule (not a detection task)."),
      ),
      {
        type: "table",
        columns: [
          { title: say("指标", "Metric"), width: 28 },
          { title: say("定义（公式）", "Definition (formula)"), width: 42 },
          { title: say("来源", "Source") },
        ],
        rows: definitions,
      },
      heading(say("附录 C 数据集说明", "Annex C – Data-set statement"), 3),
      paragraph(card.citation ?? say("见 T3、T4。", "See T3 and T4.")),
      ...(card.sites.length > 0
        ? ([
            {
              type: "table",
              columns: [
                { title: say("机构编号", "Site") },
                { title: say("名称", "Name") },
                { title: say("地区", "Region") },
                { title: say("级别", "Level") },
              ],
              rows: card.sites
                .slice(0, 100)
                .map(({ id, name, region, level }) => [id, name, region ?? "/", level ?? "/"]),
            },
          ] satisfies Block[])
        : []),
      heading(say("附录 D 抽样记录", "Annex D – Sampling record"), 3),
      paragraph(say("未抽样：使用数据集的全部病例。", "No sampling: all cases of the set were used.")),
      heading(say("附录 E 组件清单", "Annex E – Component list"), 3),
      paragraph(
        submissionRun.model
          ? say(
              `模型算子：${operators(submissionRun.model.operators)}。样品的软件组件清单未提交。`,
              `Operators of the model: ${operators(submissionRun.model.operators)}. No bill of materials of the item was handed in.`,
            )
          : say("未提交软件组件清单。", "No bill of materials was handed in."),
      ),
      heading(say("附录 F 配置", "Annex F – Configuration"), 3),
      ...(detects
        ? []
        : [
            paragraph(
              say(
                "仅适用于病灶检出任务的条款（match）未列出。",
                "The section that concerns lesion detection alone (match) is left out.",
              ),
              "muted",
            ),
          ]),
      { type: "code", text: stringify(detects ? protocol : withoutMatch, { lineWidth: 110 }) },
      heading(say("附录 G 核验", "Annex G – Verification"), 3),
      paragraph(
        say(
          `结果文件 result.json 的规范化 JSON（RFC 8785）的 SHA-256 为 ${digest}。使用 medassay verify 可由预测结果与真值复算本报告的全部数字。`,
          `The SHA-256 of the canonical JSON (RFC 8785) of result.json is ${digest}. medassay verify recomputes every number of this report from predictions and truth.`,
        ),
      ),
      heading(say("附录 X 病例清单", "Annex X – Case list"), 3),
      caseList(result, comparison?.cases.list ?? null),
    ];
    return { id: "annexes", title: say("附录", "Annexes"), newPage: true, blocks };
  },
};

function operators(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
}

type ChangedCase = {
  readonly case: string;
  readonly unit: string;
  readonly baseline: string;
  readonly candidate: string;
};

function caseList(result: Result, changed: readonly ChangedCase[] | null): Block {
  if (result.suppressed)
    return paragraph(say("委托方版不含病例清单。", "The client's copy carries no case list."), "muted");
  if (!changed || changed.length === 0)
    return paragraph(
      say(
        "逐例错误清单（errors.csv）由保管方保存，不随报告发放。",
        "The list of single errors (errors.csv) stays with the custodian and is not part of the report.",
      ),
      "muted",
    );
  return {
    type: "table",
    caption: say("比较中结果改变的单位", "Units with another outcome in the comparison"),
    columns: [
      { title: say("病例", "Case") },
      { title: say("单位", "Unit") },
      { title: say("基线", "Baseline") },
      { title: say("候选", "Candidate") },
    ],
    rows: changed
      .slice(0, 100)
      .map((entry) => [
        entry.case,
        changedUnitName(result, entry.unit),
        outcomeText(entry.baseline),
        outcomeText(entry.candidate),
      ]),
    ...(changed.length > 100
      ? { notes: [say(`另有 ${changed.length - 100} 个未列出。`, `${changed.length - 100} more are not listed.`)] }
      : {}),
  };
}

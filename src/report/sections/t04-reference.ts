/** T4: annotation and reference standard: readers, rounds, rule, agreement before arbitration. */
import type { AgreementResult, Result } from "../../contract/result.js";
import { reasonTexts } from "../../contract/reasons.js";
import { join, paragraph, say, type Block, type Row, type Text } from "../document.js";
import type { SectionDefinition } from "../input.js";
import { formatInterval, formatValue, type NumberKind } from "../numbers.js";
import { levelText, none, unrecorded } from "../wording/metric-line.js";
import { countName, designName, methodLegend, roleName, shortMethodName } from "../wording/names.js";

export const reference: SectionDefinition = {
  id: "t4",
  build: ({ result }) => {
    const { card } = result.context;
    const readers = card.annotators.filter(({ role }) => role === "reader");
    const years = card.annotators.flatMap(({ years }) => (years === undefined ? [] : [years]));
    // The reference came with the set: the readers of the panel are held against it, whoever made it.
    const compared = card.annotation.design === "imported" && result.readerPanel !== undefined;
    const rows: Row[] = [
      [say("参考标准形成方式", "How the reference was made"), designName(card.annotation.design)],
      [say("分歧处理规则", "Disagreement rule"), adjudicationText(result)],
      [
        say("标注人员", "Annotators"),
        card.annotators.length === 0
          ? unrecorded
          : compared
            ? say(
                `未记录。另有 ${card.annotators.length} 名阅片者的阅片记录，与参考标准比较（见“产品与阅片者”）`,
                `not recorded. Besides, readings of ${card.annotators.length} readers, compared with the reference (see "Product and readers")`,
              )
            : say(
                `阅片者 ${readers.length} 名，仲裁者 ${card.annotators.length - readers.length} 名`,
                `${readers.length} readers, ${card.annotators.length - readers.length} arbiters`,
              ),
      ],
      [
        say("工作年限（范围）", "Years of practice (range)"),
        years.length === 0
          ? unrecorded
          : years.length === 1
            ? String(years[0])
            : `${Math.min(...years)}–${Math.max(...years)}`,
      ],
      [say("说明", "Remarks"), noteText(card.annotation.note)],
    ];
    const blocks: Block[] = [
      {
        type: "table",
        id: "T4",
        caption: say("标注与参考标准", "Annotation and reference standard"),
        columns: [{ title: say("项目", "Item"), width: 30 }, { title: say("内容", "Content") }],
        rows,
      },
    ];
    if (card.annotators.length > 0)
      blocks.push({
        type: "table",
        caption: compared ? say("用于比较的阅片者", "Readers for comparison") : say("标注人员", "Annotators"),
        columns: [
          { title: say("编号", "Id") },
          { title: say("角色", "Role") },
          { title: say("资质", "Qualification") },
          { title: say("年限", "Years"), align: "end" },
          { title: say("培训", "Training") },
        ],
        rows: card.annotators.map(({ id, role, qualification, years: practice, training }) => [
          id,
          roleName(role),
          qualification ?? unrecorded,
          practice === undefined ? unrecorded : String(practice),
          training ?? unrecorded,
        ]),
      });
    if (result.agreement.length === 0)
      blocks.push(
        paragraph(
          say(
            result.readerPanel
              ? "阅片者一致性：见“产品与阅片者”。"
              : "阅片者一致性：数据集未包含逐人阅片记录，无法计算。",
            result.readerPanel
              ? 'Reader agreement: see "Product and readers".'
              : "Reader agreement: the set carries no readings of single readers; none could be measured.",
          ),
          "muted",
        ),
      );
    else
      blocks.push({
        type: "table",
        caption: say("仲裁前阅片者一致性", "Reader agreement before arbitration"),
        columns: [
          { title: say("指标", "Measure"), width: 25 },
          { title: say("比较对象", "Between"), width: 22 },
          { title: say("结果", "Result"), align: "end" },
          { title: say("95 % 置信区间", "95 % CI"), align: "end" },
          { title: say("方法", "Method") },
          { title: say("数量", "n"), width: 16 },
        ],
        rows: result.agreement.slice(0, 60).map(agreementRow),
        notes: [methodLegend(result.agreement.flatMap(({ interval }) => (interval ? [interval.method] : [])))],
      });
    return { id: "t4", title: say("标注与参考标准", "Annotation and reference standard"), newPage: true, blocks };
  },
};

/** The remark of the card; of the sentence that importers write, the Chinese as well. */
function noteText(note: string | undefined): Text {
  if (note === undefined) return none;
  const table =
    /^Reference standard from (.+)\. Readers who took part in making it agree with it more than others would\.$/.exec(
      note,
    );
  return table ? say(`参考标准取自 ${table[1]}。参与制定参考标准的阅片者与其一致程度会偏高。`, note) : note;
}

/** Kind of number of an agreement measure, by its name. */
function kindOf(measure: string): NumberKind {
  if (/^alpha|kappa/.test(measure)) return "index";
  if (/mm|bland|bias|limit|diameter/i.test(measure)) return "millimetre";
  if (/agreement|proportion|positive/i.test(measure)) return "proportion";
  return "index";
}

function agreementRow(entry: AgreementResult): Row {
  const kind = kindOf(entry.measure);
  const unit = kind === "millimetre" ? " mm" : "";
  const rounds = entry.rounds.length > 0 ? entry.rounds.join("/") : null;
  const between: Text =
    rounds === null
      ? entry.between.join(" – ")
      : say(`${entry.between.join(" – ")}，第 ${rounds} 轮`, `${entry.between.join(" – ")}, round ${rounds}`);
  const numbers = Object.entries(entry.n).map(([name, count]) => join([countName(name), String(count)], " "));
  const counts = numbers.length === 0 ? none : join(numbers, say("，", ", "));
  if (entry.estimate === null) {
    const reason = entry.notEstimable ? reasonTexts[entry.notEstimable.reason] : reasonTexts["no-data"];
    return [entry.title, between, say(`未判定（${reason["zh-CN"]}）`, `ND (${reason.en})`), none, none, counts];
  }
  return [
    entry.title,
    between,
    `${formatValue(entry.estimate, kind)}${unit}`,
    entry.interval
      ? `${formatInterval(entry.interval, kind)}${unit}${entry.interval.level === 0.95 ? "" : ` (${levelText(entry.interval.level)})`}`
      : none,
    entry.interval ? shortMethodName(entry.interval.method) : none,
    counts,
  ];
}

function adjudicationText(result: Result): Text {
  const rule = result.context.card.annotation.adjudication;
  if (!rule) return unrecorded;
  const parts: Text[] = [];
  if (rule.rule === "vote") {
    const votes = rule.atLeast;
    parts.push(
      votes === undefined
        ? say("投票", "votes")
        : say(`至少 ${votes} 名阅片者标出`, `marked by at least ${votes} readers`),
    );
  } else
    parts.push(
      say("两名阅片者一致者成立，分歧由仲裁者裁定", "what both readers marked stands; an arbiter decides on the rest"),
    );
  if (rule.pairing) {
    const { factor, minDistanceMm } = rule.pairing;
    const byRadii = rule.pairing.rule === "sum-of-radii-single-link";
    parts.push(
      say(
        byRadii
          ? `标记的中心距小于半径之和的 ${factor} 倍时归为同一病灶（单连接）`
          : `标记的中心距小于较大半径的 ${factor} 倍时归为同一病灶${minDistanceMm > 0 ? `（至少 ${minDistanceMm} mm）` : ""}`,
        byRadii
          ? `marks whose centres are closer than ${factor} times the sum of their radii are one lesion (single link)`
          : `marks whose centres are closer than ${factor} times the larger radius are one lesion${minDistanceMm > 0 ? ` (at least ${minDistanceMm} mm)` : ""}`,
      ),
    );
  }
  parts.push(say("尺寸取平均；标签取多数", "size: mean; label: majority"));
  return join(parts);
}

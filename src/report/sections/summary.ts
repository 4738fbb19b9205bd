/** The summary page (首页): identity of item, data and test, conclusion, digest, signatures. */
import type { Bilingual } from "../../contract/common.js";
import type { Result } from "../../contract/result.js";
import { inLanguage, join, paragraph, say, type Block, type Cell, type Text } from "../document.js";
import {
  clientName,
  dayOf,
  findMetric,
  metricInfo,
  productName,
  type ReportInput,
  type SectionDefinition,
} from "../input.js";
import { conclusion } from "../wording/criteria.js";
import { contradictedClasses, lowestClassText } from "../wording/classes.js";
import { fullText, none, unrecorded } from "../wording/metric-line.js";
import { provenanceName } from "../wording/names.js";
import { worstStratumText } from "../wording/limits.js";
import { modelIdentity } from "./t02-item.js";
import { tooManyFailed } from "./t05-primary.js";

export const summary: SectionDefinition = {
  id: "summary",
  build: (input) => {
    const { config, digest, releasedDigest, result } = input;
    const blocks: Block[] = [
      {
        type: "table",
        plain: true,
        columns: [{ title: say("栏目", "Field"), width: 33 }, { title: say("内容", "Content") }],
        rows: identity(input),
      },
      { type: "heading", level: 3, text: say("检验结论", "Conclusion") },
      paragraph(join(conclusion(result), say("", " ")), "conclusion"),
    ];
    const refused = tooManyFailed(result);
    if (refused) blocks.push(paragraph(refused, "conclusion"));
    const key = keyResult(result);
    const lowest = lowestClassText(result, "sensitivity");
    const found = [...(key ? [key] : []), ...(lowest ? [lowest] : [])];
    if (found.length > 0) blocks.push(paragraph(join(found, say("", " "))));
    if (result.worstStratum) blocks.push(paragraph(worstStratumText(result, result.worstStratum)));
    blocks.push({
      type: "table",
      plain: true,
      columns: [{ title: say("栏目", "Field"), width: 33 }, { title: say("内容", "Content") }],
      rows: [
        [say("备注", "Remarks"), remarks(input)],
        [say("报告数字摘要", "Report digest"), { text: `SHA-256 ${digest}`, mono: true }],
        ...(releasedDigest === digest
          ? []
          : [
              [
                say("发布日志登记的结果摘要", "Digest in the log of releases"),
                { text: `SHA-256 ${releasedDigest}`, mono: true },
              ] as const,
            ]),
      ],
    });
    if (config.kind === "regression")
      blocks.push(paragraph(say("自动生成的记录，无签署。", "Automatic record, not signed."), "muted"));
    else
      blocks.push({
        type: "signatures",
        fields: [
          { role: say("编制", "Prepared"), name: config.signatories.prepared ?? "" },
          { role: say("审核", "Reviewed"), name: config.signatories.reviewed ?? "" },
          { role: say("批准", "Approved"), name: config.signatories.approved ?? "" },
          { role: say("签发日期", "Issued"), name: config.date ?? "" },
        ],
      });
    return { id: "summary", title: say("首页", "Summary page"), newPage: true, blocks };
  },
};

/** The primary metric in a sentence. */
function keyResult(result: Result): Text | null {
  const { primary } = result.context.protocol;
  const metric = findMetric(result, primary);
  if (!metric) return null;
  const { title } = metricInfo(result, primary);
  const text = fullText(result, metric);
  return say(
    `主要指标（${title["zh-CN"]}）：${inLanguage(text, "zh-CN")}。`,
    `Primary metric (${title.en}): ${inLanguage(text, "en")}.`,
  );
}

function identity(input: ReportInput): (readonly [Text, Cell])[] {
  const { config, result, run } = input;
  const { card, manifest, protocol, task } = result.context;
  const { release, complete } = manifest.product.version;
  const title: Bilingual = protocol.title ?? say(protocol.id, protocol.id);
  const days =
    run.endedAt && dayOf(run.endedAt) !== dayOf(run.startedAt)
      ? `${dayOf(run.startedAt)} – ${dayOf(run.endedAt)}`
      : dayOf(run.startedAt);
  const place = config.place ?? unrecorded;
  const repeated = input.submissionRun.repeat !== null;
  return [
    [say("样品名称", "Item"), productName(result)],
    [say("样品编号", "Item number"), config.itemNumber ?? unrecorded],
    [say("型号规格", "Model / specification"), manifest.product.model],
    [say("软件发布版本 / 完整版本", "Release / complete version"), `${release} / ${complete}`],
    [say("模型文件标识", "Model file"), modelIdentity(input)],
    [say("委托方 / 地址", "Client / address"), `${clientName(input)} / ${config.client?.address ?? none}`],
    [say("生产单位", "Manufacturer"), manifest.vendor],
    [say("预期用途摘要（委托方提供）", "Intended use (from the client)"), manifest.product.intendedUse ?? unrecorded],
    [
      say("被测核心功能 / 算法类型", "Core function / algorithm type tested"),
      say(`${task.title["zh-CN"]} / ${formName(task)["zh-CN"]}`, `${task.title.en} / ${formName(task).en}`),
    ],
    [say("样品接收日期", "Date of receipt"), config.received ?? unrecorded],
    [
      say("评测日期 / 地点", "Dates / place of test"),
      say(`${days} / ${inLanguage(place, "zh-CN")}`, `${days} / ${inLanguage(place, "en")}`),
    ],
    [
      say("评测依据", "Basis"),
      say(
        `《${title["zh-CN"]}》，${protocol.id} 版本 ${protocol.version}（摘要见 T11）`,
        `"${title.en}", ${protocol.id} version ${protocol.version} (hash in T11)`,
      ),
    ],
    [
      say("测试数据集", "Test data set"),
      say(
        `${card.title["zh-CN"]}（${card.id} 版本 ${card.version}，${provenanceName(card.provenance)["zh-CN"]}），${result.sample.cases} ${caseNoun(task.caseUnit)["zh-CN"]}，${result.sample.patients} 名患者`,
        `${card.title.en} (${card.id} version ${card.version}, ${provenanceName(card.provenance).en}), ${result.sample.cases} ${caseNoun(task.caseUnit).en}, ${result.sample.patients} patients`,
      ),
    ],
    [say("评测次数", "Attempt"), attemptText(input)],
    [
      say("评测项目", "Items"),
      say(
        `B1 算法性能评估（T5、T6）；B8 影响因素分析（T7）${repeated ? "；B3 重复性（T8）" : ""}${input.comparison ? "；B9 算法性能比较（T10）" : ""}`,
        `B1 performance evaluation (T5, T6); B8 influence-factor analysis (T7)${repeated ? "; B3 repeatability (T8)" : ""}${input.comparison ? "; B9 comparison (T10)" : ""}`,
      ),
    ],
  ];
}

/** Attempt number of this product on this set. */
export function attemptText({ result }: Pick<ReportInput, "result">): Text {
  if (result.attempt === null) return say("真值公开的运行不计次数", "not counted: the truth was open");
  const { limit } = result.context.protocol.attempts;
  return limit === null
    ? say(`第 ${result.attempt} 次（未设上限）`, `attempt ${result.attempt} (no limit set)`)
    : say(`第 ${result.attempt} 次，上限 ${limit} 次`, `attempt ${result.attempt} of ${limit}`);
}

/** 例 or 张 with their English nouns. */
export function caseNoun(unit: string): Bilingual {
  return unit === "image" ? say("张图像", "images") : say("例", "cases");
}

function formName({ form, classes }: Result["context"]["task"]): Bilingual {
  if (classes && form === "classification") return say("分类（多标签）", "classification (multi-label)");
  if (form === "detection") return say("病灶检出", "lesion detection");
  if (form === "classification") return say("分类 / 分级", "classification / grading");
  if (form === "sequence") return say("时序事件检出", "detection of events in time");
  return say(form, form);
}

function remarks({ config, result, run }: ReportInput): Text {
  const all: Text[] = [];
  if (result.openTruth)
    all.push(
      say(
        "真值公开（OPEN）：本次评测不具盲态，结果不能代替封闭数据集上的评测。",
        "OPEN truth: this test was not blinded; it can't stand for a test on a sealed set.",
      ),
    );
  if (result.context.card.provenance === "synthetic")
    all.push(
      say(
        "数据由程序合成，结果不代表临床性能。",
        "The data are synthetic; results do not represent clinical performance.",
      ),
    );
  if (run.kind === "score")
    all.push(
      say(
        "产品的结果在别处产生并提交，本机构未运行模型。",
        "The answers were made elsewhere and handed in; the model was not run by us.",
      ),
    );
  const contradiction = contradictedClasses(result);
  if (contradiction) all.push(contradiction);
  if (result.suppressed) all.push(say("委托方版：小样本单元格已隐去。", "Client's copy: small cells are masked."));
  all.push(
    config.deviations.length === 0
      ? say("偏离：无。", "Deviations: none.")
      : say(`偏离：${config.deviations.join("；")}`, `Deviations: ${config.deviations.join("; ")}`),
  );
  all.push(...config.remarks);
  return join(all, say("", " "));
}

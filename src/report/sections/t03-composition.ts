/** T3: composition of the test set by dimension, flow of cases, data quality, waivers, joined tables. */
import type { Bilingual } from "../../contract/common.js";
import type { CompositionRow, Result, StratumKey } from "../../contract/result.js";
import { compositionChart, type CompositionBar } from "../charts/composition.js";
import { join, say, type Block, type Row, type Text } from "../document.js";
import type { SectionDefinition } from "../input.js";
import { formatValue } from "../numbers.js";
import { attributeName, byDimension, dimensionName, strataOf, stratumName } from "../strata.js";
import { masked, none, unrecorded } from "../wording/metric-line.js";
import { failureName, provenanceName, severityName } from "../wording/names.js";
import { classIn, hasClasses, hasDecisions } from "../wording/classes.js";
import { gateText } from "../wording/gates.js";
import { caseNoun } from "./summary.js";

/** Rows of the table; the rest is in the CSV file. */
const mostRows = 300;

/** Strata that results name but this copy doesn't count: they were masked at evaluation. */
function maskedStrata(result: Result, dimension: string): StratumKey[] {
  if (!result.suppressed) return [];
  const keyOf = (stratum: StratumKey): string => JSON.stringify(Object.entries(stratum));
  const counted = new Set(result.sample.composition.map(({ stratum }) => keyOf(stratum)));
  const hidden = new Map<string, StratumKey>();
  for (const metric of new Set(result.metrics.map(({ metric: name }) => name)))
    for (const { stratum } of strataOf(result, metric).get(dimension) ?? [])
      if (!counted.has(keyOf(stratum))) hidden.set(keyOf(stratum), stratum);
  return [...hidden.values()];
}

export const composition: SectionDefinition = {
  id: "t3",
  build: ({ result }) => {
    const { card, task, joins } = result.context;
    const { sample } = result;
    const detection = task.form === "detection";
    const rows: Row[] = [];
    const groups: { name: Text; bars: CompositionBar[] }[] = [];
    let left = 0;
    for (const [dimension, entries] of byDimension(result, sample.composition)) {
      const name = dimensionName(result, dimension);
      const ofClasses = entries.some(({ stratum }) => classIn(result, stratum) !== null);
      const ofFindings = !ofClasses && isOfFindings(result, entries);
      const whole = ofFindings ? sample.findings : sample.cases;
      const bars: CompositionBar[] = [];
      const add = (row: Row): void => void (rows.length > mostRows ? left++ : rows.push(row));
      rows.push({ group: name });
      for (const row of entries) {
        const stratum = stratumName(result, row.stratum);
        const part = ofClasses ? row.positiveCases : ofFindings ? row.findings : row.cases;
        const all = ofClasses ? row.cases : whole;
        const share = all > 0 ? part / all : null;
        const shareText =
          all > 0 ? formatValue({ numerator: BigInt(part), denominator: BigInt(all) }, "proportion") : none;
        bars.push({ name: stratum, share, text: `${part} (${shareText})` });
        add([
          stratum,
          String(row.cases),
          String(row.patients),
          String(row.positiveCases),
          ...(detection ? [String(row.findings)] : []),
          shareText,
        ]);
      }
      for (const key of maskedStrata(result, dimension)) {
        const stratum = stratumName(result, key);
        bars.push({ name: stratum, share: null, text: masked });
        add([stratum, masked, none, none, ...(detection ? [none] : []), none]);
      }
      if (!dimension.includes(" x ") && bars.length <= 12) groups.push({ name, bars });
    }
    const sitesText =
      sample.sites === 0
        ? say("机构未记录", "sites not recorded")
        : say(`${sample.sites} 家机构`, `${sample.sites} sites`);
    const found = hasDecisions(result)
      ? say("（至少一类）", " (in one class at least)")
      : detection
        ? say(
            `；病灶 ${sample.findings}，另有排除的所见 ${sample.excludedFindings}`,
            `; lesions ${sample.findings}, with ${sample.excludedFindings} excluded findings besides`,
          )
        : say(
            `；参考标准为不可分级者 ${sample.excludedFindings}`,
            `; not gradable by the reference ${sample.excludedFindings}`,
          );
    const blocks: Block[] = [
      {
        type: "table",
        plain: true,
        columns: [{ title: say("项目", "Item"), width: 30 }, { title: say("内容", "Content") }],
        rows: [
          [
            say("数据集", "Data set"),
            say(
              `${card.title["zh-CN"]}，${card.id}，版本 ${card.version}`,
              `${card.title.en}, ${card.id}, version ${card.version}`,
            ),
          ],
          [say("来源性质", "Provenance"), provenanceName(card.provenance)],
          [say("保管方 / 许可", "Custodian / licence"), join([stated(card.owner), stated(card.licence)], " / ")],
          [say("采集时间", "Acquisition period"), card.collection.period ?? unrecorded],
          [say("纳入标准", "Inclusion"), card.collection.inclusion ?? unrecorded],
          [say("排除标准", "Exclusion"), card.collection.exclusion ?? unrecorded],
          [say("去标识化", "De-identification"), card.collection.deidentification ?? unrecorded],
          [say("伦理审批", "Ethics approval"), ethics(result)],
          [say("引用", "Citation"), card.citation ?? none],
          [
            say("样本", "Sample"),
            say(
              `${sample.cases} ${caseNoun(task.caseUnit)["zh-CN"]}，${sample.patients} 名患者，${sitesText["zh-CN"]}；阳性 ${sample.positiveCases}${found["zh-CN"]}`,
              `${sample.cases} ${caseNoun(task.caseUnit).en}, ${sample.patients} patients, ${sitesText.en}; positive ${sample.positiveCases}${found.en}`,
            ),
          ],
          [
            say("患者标识缺失", "Patients not identified"),
            sample.assumedPatients === 0
              ? say("无", "none")
              : say(
                  `${sample.assumedPatients} 例按独立患者处理`,
                  `${sample.assumedPatients} cases taken as patients of their own`,
                ),
          ],
          [say("病例流程", "Flow of cases"), flow(result)],
        ],
      },
      {
        type: "table",
        id: "T3",
        caption: say("测试数据集组成", "Data set composition"),
        columns: [
          { title: say("维度 / 分层", "Dimension / stratum"), width: 38, inline: true },
          { title: say("病例数", "Cases"), align: "end" },
          { title: say("患者数", "Patients"), align: "end" },
          { title: say("阳性", "Positive"), align: "end" },
          ...(detection ? [{ title: say("病灶数", "Lesions"), align: "end" as const }] : []),
          { title: say("占比", "Share"), align: "end" },
        ],
        rows: rows.slice(0, mostRows + 1),
        notes: [
          hasClasses(result)
            ? say(
                "类别各行的占比为该类别阳性病例的占比，其余为病例占比；未规定声明比例。",
                "Share: of positive cases in rows of a class, else of all cases; no target shares were declared.",
              )
            : say(
                "病灶级维度的占比按病灶计，其余按病例计；未规定声明比例。",
                "Share by lesions in dimensions of lesions, else by cases; no target shares were declared.",
              ),
          ...origins(result),
          ...(left > 0 ? [say(`另有 ${left} 行见 composition.csv。`, `${left} more rows: composition.csv.`)] : []),
        ],
      },
    ];
    if (groups.length > 0)
      blocks.push({
        type: "figure",
        id: "T3-1",
        caption: say("测试数据集组成", "Composition of the test set"),
        description: say("各维度分层的数量与占比。", "Number and share of the strata of each dimension."),
        draw: (languages) => compositionChart(groups, say("数据集组成", "Composition"), languages),
      });
    blocks.push(quality(result));
    if (card.waivers.length > 0)
      blocks.push({
        type: "table",
        caption: say("数据集负责方接受的质控错误", "Gate errors that the owner accepts"),
        columns: [
          { title: say("代码", "Code"), width: 26 },
          { title: say("病例", "Cases"), width: 24 },
          { title: say("理由", "Reason") },
        ],
        rows: card.waivers.map(({ code, cases, reason }) => [
          { text: code, mono: true },
          result.suppressed ? masked : (cases?.slice(0, 20).join(", ") ?? say("全部", "all")),
          reason,
        ]),
      });
    if (joins.length > 0)
      blocks.push({
        type: "table",
        caption: say("属性表的连接", "Joined attribute tables"),
        columns: [
          { title: say("表", "Table") },
          { title: say("已连接", "Joined"), align: "end" },
          { title: say("未记录", "Not recorded"), align: "end" },
          { title: say("未使用", "Unused"), align: "end" },
        ],
        rows: joins.map(({ table, joined, notRecorded, unused }) => [
          table,
          String(joined),
          String(notRecorded),
          String(unused),
        ]),
      });
    return { id: "t3", title: say("测试数据集组成", "Data set composition"), newPage: true, blocks };
  },
};

/** What importers write where a card says nothing. */
const stated = (text: string): Text => (text === "not stated" ? say("未说明", text) : text);

/** Strata of lesions: counted by lesions. */
function isOfFindings(result: Result, entries: readonly CompositionRow[]): boolean {
  const ofCases = result.context.attributeOrigins;
  return Object.keys(entries[0]?.stratum ?? {}).some((attribute) => ofCases[attribute] === undefined);
}

function ethics(result: Result): Text {
  const approvals = result.context.card.sites.flatMap(({ ethicsApproval }) =>
    ethicsApproval === undefined ? [] : [ethicsApproval],
  );
  return approvals.length === 0 ? unrecorded : [...new Set(approvals)].join("; ");
}

function flow({ sample, context }: Result): Text {
  const failures = Object.entries(sample.failures).map(([code, count]) =>
    join([failureName(code), String(count)], " "),
  );
  const reasons = failures.length === 0 ? say("", "") : join(failures);
  const { "zh-CN": zh, en } = reasons;
  const counted = context.protocol.failedCases === "exclude";
  const analysed = sample.analysed ?? (counted ? sample.cases - sample.failed : sample.cases);
  const { excludedFindings } = sample;
  const ungradable =
    sample.analysed === undefined || excludedFindings === 0
      ? say("", "")
      : say(` → 参考标准判为不可分级 ${excludedFindings}`, ` → not gradable by the reference ${excludedFindings}`);
  return say(
    `在册 ${sample.cases} → 得到结果 ${sample.cases - sample.failed} → 未能处理 ${sample.failed}${zh ? `（${zh}）` : ""}${ungradable["zh-CN"]} → 纳入统计 ${analysed}${sample.absent > 0 ? `；其中未提交结果 ${sample.absent}` : ""}`,
    `in the set ${sample.cases} → answered ${sample.cases - sample.failed} → failed ${sample.failed}${en ? ` (${en})` : ""}${ungradable.en} → analysed ${analysed}${sample.absent > 0 ? `; without an answer ${sample.absent}` : ""}`,
  );
}

function quality(result: Result): Block {
  const { gates } = result.context;
  const count = (severity: string): number =>
    gates.filter((gate) => gate.severity === severity && gate.waived === undefined).length;
  const waived = gates.filter((gate) => gate.waived !== undefined).length;
  const rows: Row[] = gates
    .slice(0, 40)
    .map((gate) => [
      { text: gate.code, mono: true },
      gate.waived === undefined
        ? severityName(gate.severity)
        : say(`${severityName(gate.severity)["zh-CN"]}（已接受）`, `${severityName(gate.severity).en} (waived)`),
      gate.cases.length === 0 ? none : String(gate.cases.length),
      gateText(result, gate),
    ]);
  return {
    type: "table",
    caption: say("数据质量检查", "Data quality gates"),
    columns: [
      { title: say("代码", "Code"), width: 28 },
      { title: say("级别", "Severity"), width: 14 },
      { title: say("病例数", "Cases"), width: 10, align: "end" },
      { title: say("内容", "Finding") },
    ],
    rows: rows.length === 0 ? [[none, none, "0", say("未发现问题", "nothing found")]] : rows,
    notes: [
      say(
        `错误 ${count("error")}，警告 ${count("warning")}，提示 ${count("info")}，已接受 ${waived}。`,
        `Errors ${count("error")}, warnings ${count("warning")}, information ${count("info")}, waived ${waived}.`,
      ),
      ...(gates.length > 40
        ? [say(`另有 ${gates.length - 40} 条未列出。`, `${gates.length - 40} more are not listed.`)]
        : []),
    ],
  };
}

/** Where the values of an attribute came from: headers, declarations, computed geometry. */
function origins(result: Result): Text[] {
  const parts = Object.entries(result.context.attributeOrigins).flatMap(([attribute, counts]) => {
    const entries = Object.entries(counts);
    if (entries.length === 0) return [];
    const list = join(
      entries.map(([origin, count]) => join([originName(origin), String(count)], " ")),
      say("、", ", "),
    );
    return [join([attributeName(result, attribute), list], say("：", ": "))];
  });
  if (parts.length === 0) return [];
  const all = join(parts);
  return [say(`属性来源（病例数）：${all["zh-CN"]}。`, `Origin of attributes (cases): ${all.en}.`)];
}

const originWords: Readonly<Record<string, Bilingual>> = {
  header: say("影像头信息", "header"),
  declared: say("申报", "declared"),
  computed: say("计算", "computed"),
  assumed: say("假定", "assumed"),
  "not recorded": say("未记录", "not recorded"),
};

/** `computed`, or `sliceSpacingMm computed` where another attribute stood in. */
function originName(origin: string): Text {
  const whole = originWords[origin];
  if (whole) return whole;
  const at = origin.lastIndexOf(" ");
  const word = originWords[origin.slice(at + 1)];
  if (at === -1 || !word) return origin;
  const attribute = origin.slice(0, at);
  return say(`${attribute} ${word["zh-CN"]}`, `${attribute} ${word.en}`);
}

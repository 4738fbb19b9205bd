/** Notes for the reader (注意事项), in their order. */
import type { Bilingual } from "../../contract/common.js";
import { say } from "../document.js";

export function notes(objectionDays: number, minimumCell: number): readonly Bilingual[] {
  return [
    say(
      "本报告仅对所列样品、版本及所用测试数据集的结果负责。",
      "Results relate only to the item, version and test data set listed.",
    ),
    say(
      "报告无编制、审核、批准人员签署，或未加盖本机构印章（适用时）无效。",
      "Not valid without the signatures and, where it applies, the body's stamp.",
    ),
    say(
      "报告经涂改、部分复制或与数字摘要不符时无效；未经书面同意不得部分复制。",
      "Not valid if altered, copied in part, or if the digest does not match; no partial copies without written consent.",
    ),
    say(
      "委托方提供的信息已在文中标明，其真实性由委托方负责。",
      "Information from the client is marked; the client answers for it.",
    ),
    say(
      `对报告有异议，请于收到之日起 ${objectionDays} 日内书面提出。`,
      `Objections in writing within ${objectionDays} days of receipt.`,
    ),
    say(
      "本报告不等同于医疗器械注册检验报告，不构成对产品注册结果、临床安全性或有效性的承诺。",
      "This is not a registration test report and makes no promise on approval, clinical safety or effectiveness.",
    ),
    say(
      `报告不披露任何可识别个人或单个病例的信息；封闭数据集中统计单位少于 ${minimumCell} 的分层在委托方版中隐去。`,
      `Nothing identifies a person or a single case; in the client's copy of a report on a sealed set, strata of fewer than ${minimumCell} units are masked.`,
    ),
    say(
      "表中“—”表示不适用，“/”表示未记录，“未判定”（ND）表示数据不足以判定。",
      '"—" not applicable, "/" not recorded, "ND" (not determined) not enough data to decide.',
    ),
    say(
      "数值按 GB/T 8170—2008 修约；与限值比较采用全数值比较法；修约后与限值相同的数值加注 (+) 或 (−)。",
      "Values rounded by GB/T 8170-2008; limits are compared with unrounded values; a value that rounds onto its limit carries (+) or (−).",
    ),
  ];
}

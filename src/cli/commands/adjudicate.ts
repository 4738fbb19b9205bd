/** `adjudicate`: readings to the reference standard. */
import type { AgreementResult } from "../../contract/result.js";
import { exitCodes } from "../../contract/errors.js";
import { defineCommand, text } from "../command.js";
import type { Terminal } from "../terminal.js";

/** One measure of agreement as a line. */
function describeAgreement(row: AgreementResult, terminal: Terminal): string {
  const rounds = row.rounds.length === 0 ? "" : ` (${terminal.text("轮次", "round")} ${row.rounds.join(", ")})`;
  const who = `${row.title[terminal.options.lang]}, ${row.between.join(" – ")}${rounds}`;
  if (row.estimate === null) return `${who}: ${row.notEstimable?.reason ?? ""}`;
  const interval = row.interval
    ? ` [${Number(row.interval.low).toFixed(3)}, ${Number(row.interval.high).toFixed(3)}]`
    : "";
  return `${who}: ${row.estimate.toFixed(3)}${interval}`;
}

export const adjudicateCommand = defineCommand({
  usage: "adjudicate <dataset>",
  describe: { "zh-CN": "由医师判读得到参考标准", en: "readings to the reference standard, by the card's rule" },
  positionals: { dataset: { "zh-CN": "测试集文件夹", en: "folder of the test set" } },
  options: {},
  async handle(args, { terminal }) {
    const { adjudicate } = await import("../../stages.js");
    const summary = await adjudicate(text(args.dataset));
    const counts = terminal.text(
      `${summary.cases} 例：${summary.findings} 个病变入选，${summary.excluded} 个排除，${summary.arbitrated} 项由仲裁者决定。`,
      `${summary.cases} cases: ${summary.findings} findings in the reference, ${summary.excluded} excluded, ${summary.arbitrated} decided by the arbiter.`,
    );
    const heading = summary.agreement.length === 0 ? [] : [terminal.text("判读一致性：", "reader agreement:")];
    const lines = summary.agreement.map((row) => `  ${describeAgreement(row, terminal)}`);
    terminal.result(summary, [counts, ...heading, ...lines].join("\n"));
    return exitCodes.done;
  },
});

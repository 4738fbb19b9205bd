/** `check`: the quality gates; writes index.json. */
import type { CaseIndex } from "../../contract/case-index.js";
import { exitCodes, MedassayError } from "../../contract/errors.js";
import { defineCommand, text } from "../command.js";
import type { Terminal } from "../terminal.js";

/** Gate findings as lines, errors first. */
function describeGates(index: CaseIndex, terminal: Terminal): string {
  const mark = { error: terminal.paint("red", "✗"), warning: terminal.paint("yellow", "!"), info: "·" } as const;
  const order = ["error", "warning", "info"] as const;
  const lines = order.flatMap((severity) =>
    index.gates
      .filter((gate) => gate.severity === severity)
      .map((gate) => {
        const cases =
          gate.cases.length === 0
            ? ""
            : ` [${gate.cases.slice(0, 5).join(", ")}${gate.cases.length > 5 ? ` +${gate.cases.length - 5}` : ""}]`;
        const waived = gate.waived === undefined ? "" : ` (${terminal.text("已豁免", "waived")}: ${gate.waived})`;
        return `${gate.waived === undefined ? mark[severity] : "~"} ${gate.code}${cases}: ${gate.message}${waived}\n    → ${gate.remedy}`;
      }),
  );
  const files = index.cases.reduce((sum, { files: own }) => sum + own.length, 0);
  const errors = index.gates.filter(({ severity, waived }) => severity === "error" && waived === undefined).length;
  const summary = terminal.text(
    `${index.cases.length} 例，${files} 个文件，${errors} 个错误。`,
    `${index.cases.length} cases, ${files} files, ${errors} errors.`,
  );
  return [...lines, summary].join("\n");
}

export const checkCommand = defineCommand({
  usage: "check <dataset>",
  describe: { "zh-CN": "质量门检查，写出 index.json", en: "the quality gates; writes index.json" },
  positionals: { dataset: { "zh-CN": "测试集文件夹", en: "folder of the test set" } },
  options: {},
  async handle(args, { terminal, jobs }) {
    const { check } = await import("../../datasets/check.js");
    const { readCaseIndex } = await import("../../datasets/index-document.js");
    const dataset = text(args.dataset);
    try {
      const { index } = await check(dataset, {
        jobs,
        onProgress: (what, done, total) => terminal.progress(what, done, total),
      });
      terminal.result(index, describeGates(index, terminal));
      return exitCodes.done;
    } catch (error) {
      if (!(error instanceof MedassayError) || error.exit !== exitCodes.gate) throw error;
      const written = await readCaseIndex(dataset).catch(() => null);
      if (!written) throw error;
      terminal.result(written.index, describeGates(written.index, terminal));
      terminal.say(`${error.code}: ${error.message}`);
      return exitCodes.gate;
    }
  },
});

/** `report`: the bilingual report from the documents of a run. */
import { join } from "node:path";
import { exitCodes } from "../../contract/errors.js";
import { defineCommand, text } from "../command.js";

export const reportCommand = defineCommand({
  usage: "report <run> [submission]",
  describe: {
    "zh-CN": "生成双语报告（HTML、CSV、Markdown、JUnit）",
    en: "the bilingual report (HTML, CSV, Markdown, JUnit)",
  },
  positionals: {
    run: { "zh-CN": "运行文件夹", en: "folder of the run" },
    submission: { "zh-CN": "提交物；缺省为全部", en: "submission; all when left out" },
  },
  options: {
    out: { type: "string", describe: "folder to write to (with one submission)" },
    language: {
      choices: ["zh-CN", "en", "both"] as const,
      default: "both" as const,
      describe: "language of the report",
    },
    comparison: { type: "string", describe: "comparison.json to include" },
  },
  async handle(args, { terminal }) {
    const { report } = await import("../../report/report.js");
    const written = await report({
      run: text(args.run),
      submission: args.submission === undefined ? undefined : text(args.submission),
      out: args.out,
      lang: args.language,
      comparison: args.comparison,
      onProgress: ({ submission, file }) => terminal.say(`${submission}: ${file}`),
    });
    terminal.result(written, written.map(({ folder }) => join(folder, "report.html")).join("\n"));
    return exitCodes.done;
  },
});

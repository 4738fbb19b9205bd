/** `run`: admission and blind inference; resumes. */
import { exitCodes } from "../../contract/errors.js";
import { defineCommand, text } from "../command.js";
import { showRun } from "../progress.js";
import { describeRun } from "../summaries.js";

export const runCommand = defineCommand({
  usage: "run <dataset> <submissions..>",
  describe: {
    "zh-CN": "准入检查与盲测推理（可续跑）",
    en: "admission and blind inference; an interrupted run goes on",
  },
  positionals: {
    dataset: { "zh-CN": "测试集文件夹", en: "folder of the test set" },
    submissions: { "zh-CN": "提交物文件夹", en: "folders of submissions" },
  },
  options: {
    out: { type: "string", demandOption: true, describe: "folder of the run" },
    "open-truth": {
      type: "boolean",
      default: false,
      describe: "allow a set whose truth lies open (stamped OPEN everywhere)",
    },
  },
  async handle(args, { terminal, signal, jobs }) {
    const { failedBeyondAllowance, run } = await import("../../stages.js");
    const document = await run({
      dataset: text(args.dataset),
      submissions: (args.submissions as unknown[]).map(text),
      out: args.out,
      openTruth: args["open-truth"],
      jobs,
      signal,
      onProgress: showRun(terminal),
    });
    const isolation = document.isolation
      ? `${terminal.text("隔离级别", "isolation level")} ${document.isolation.level} (${document.isolation.method})\n`
      : "";
    terminal.result(document, isolation + describeRun(document, terminal));
    return failedBeyondAllowance(document, document.protocol).length > 0 ? exitCodes.submission : exitCodes.done;
  },
});

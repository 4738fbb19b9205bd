/** `test`: run, evaluate and report in one: what a CI job calls. */
import { defineCommand, text } from "../command.js";
import { showReplicates, showRun } from "../progress.js";
import { describeResult, describeRun } from "../summaries.js";
import { exitOfResults } from "../verdicts.js";

export const testCommand = defineCommand({
  usage: "test <dataset> <submissions..>",
  describe: { "zh-CN": "一步完成运行、评价与报告", en: "run, evaluate and report in one" },
  positionals: {
    dataset: { "zh-CN": "测试集文件夹", en: "folder of the test set" },
    submissions: { "zh-CN": "提交物文件夹", en: "folders of submissions" },
  },
  options: {
    out: { type: "string", demandOption: true, describe: "folder of the run" },
    key: { type: "string", describe: "file with the age identity, where the truth is sealed" },
    "open-truth": {
      type: "boolean",
      default: false,
      describe: "allow a set whose truth lies open (stamped OPEN everywhere)",
    },
  },
  async handle(args, { terminal, signal, jobs }) {
    const { test } = await import("../../stages.js");
    const { run, results, reports } = await test({
      dataset: text(args.dataset),
      submissions: (args.submissions as unknown[]).map(text),
      out: args.out,
      openTruth: args["open-truth"],
      key: args.key,
      jobs,
      signal,
      onProgress: showRun(terminal),
      onEvaluate: showReplicates(terminal),
    });
    const lines = [
      describeRun(run, terminal),
      ...results.map((result) => describeResult(result, terminal)),
      ...reports,
    ];
    terminal.result({ run, results, reports }, lines.join("\n"));
    return exitOfResults(results);
  },
});

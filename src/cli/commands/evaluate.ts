/** `evaluate`: result.json from predictions and truth. */
import { defineCommand, text } from "../command.js";
import { showReplicates } from "../progress.js";
import { describeResult } from "../summaries.js";
import { exitOfResults } from "../verdicts.js";

export const evaluateCommand = defineCommand({
  usage: "evaluate <run>",
  describe: {
    "zh-CN": "评价：指标、区间、分层与判定（result.json）",
    en: "metrics with intervals, strata and verdicts (result.json)",
  },
  positionals: { run: { "zh-CN": "运行文件夹", en: "folder of the run" } },
  options: {
    dataset: { type: "string", describe: "the test set, where it has moved" },
    key: { type: "string", describe: "file with the age identity, where the truth is sealed" },
  },
  async handle(args, { terminal }) {
    const { evaluate } = await import("../../evaluation/evaluate.js");
    const results = await evaluate({
      run: text(args.run),
      dataset: args.dataset,
      key: args.key,
      onProgress: showReplicates(terminal),
    });
    terminal.result(results, results.map((result) => describeResult(result, terminal)).join("\n\n"));
    return exitOfResults(results);
  },
});

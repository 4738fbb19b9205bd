/** `compare`: two versions, paired; the registered one is the baseline. */
import { defineCommand, text } from "../command.js";
import { showReplicates } from "../progress.js";
import { describeComparison } from "../summaries.js";
import { exitOfComparison } from "../verdicts.js";

export const compareCommand = defineCommand({
  usage: "compare <baseline> <candidate>",
  describe: {
    "zh-CN": "两个版本的配对比较（comparison.json）",
    en: "two versions on the same cases, paired (comparison.json)",
  },
  positionals: {
    baseline: { "zh-CN": "注册版本：<运行>/<提交物>", en: "registered version: <run>/<submission>" },
    candidate: { "zh-CN": "待比较版本：<运行>/<提交物>", en: "candidate: <run>/<submission>" },
  },
  options: {
    dataset: { type: "string", describe: "the test set, where it has moved" },
    key: { type: "string", describe: "file with the age identity, where the truth is sealed" },
    out: { type: "string", describe: "folder for comparison.json; the candidate's run when left out" },
  },
  async handle(args, { terminal }) {
    const { compare } = await import("../../evaluation/compare.js");
    const comparison = await compare({
      baseline: text(args.baseline),
      candidate: text(args.candidate),
      dataset: args.dataset,
      key: args.key,
      out: args.out,
      onProgress: showReplicates(terminal),
    });
    terminal.result(comparison, describeComparison(comparison, terminal));
    return exitOfComparison(comparison);
  },
});

/** `score`: predictions made elsewhere instead of a model. */
import { exitCodes } from "../../contract/errors.js";
import { defineCommand, text } from "../command.js";
import { describeRun } from "../summaries.js";

export const scoreCommand = defineCommand({
  usage: "score <dataset> <predictions>",
  describe: {
    "zh-CN": "接收他处得到的预测（jsonl 或 csv），检查后计分",
    en: "take predictions made elsewhere (jsonl or csv), checked, instead of a model",
  },
  positionals: {
    dataset: { "zh-CN": "测试集文件夹", en: "folder of the test set" },
    predictions: { "zh-CN": "预测文件", en: "file of predictions" },
  },
  options: {
    submission: { type: "string", demandOption: true, describe: "submission.yaml of kind predictions" },
    out: { type: "string", demandOption: true, describe: "folder of the run" },
    "open-truth": {
      type: "boolean",
      default: false,
      describe: "allow a set whose truth lies open (stamped OPEN everywhere)",
    },
  },
  async handle(args, { terminal }) {
    const { score } = await import("../../stages.js");
    const document = await score({
      dataset: text(args.dataset),
      predictions: text(args.predictions),
      submission: args.submission,
      out: args.out,
      openTruth: args["open-truth"],
    });
    const notes = document.submissions.flatMap(({ notes: own }) =>
      own.map((note) => `· ${typeof note === "string" ? note : terminal.text(note["zh-CN"], note.en)}`),
    );
    terminal.result(document, [describeRun(document, terminal), ...notes].join("\n"));
    return exitCodes.done;
  },
});

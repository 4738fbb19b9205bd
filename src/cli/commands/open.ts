/** `open`: gives the truth back to its owner; logged. */
import { exitCodes } from "../../contract/errors.js";
import { defineCommand, text } from "../command.js";

export const openCommand = defineCommand({
  usage: "open <dataset>",
  describe: { "zh-CN": "为所有者打开真值（记入日志）", en: "open the truth for its owner (logged)" },
  positionals: { dataset: { "zh-CN": "测试集文件夹", en: "folder of the test set" } },
  options: {
    key: { type: "string", demandOption: true, describe: "file with the age identity" },
    reason: { type: "string", demandOption: true, describe: "why, for openings.jsonl" },
  },
  async handle(args, { terminal }) {
    const { open } = await import("../../datasets/seal.js");
    const { readKey } = await import("../../evaluation/evaluate.js");
    const opened = await open(text(args.dataset), { key: (await readKey(args.key)) ?? "", reason: args.reason });
    terminal.result(
      opened,
      terminal.text(
        `已打开 ${opened.files} 个文件，已记入 openings.jsonl。`,
        `${opened.files} files opened; the opening is in openings.jsonl.`,
      ),
    );
    return exitCodes.done;
  },
});

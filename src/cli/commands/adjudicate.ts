/** `adjudicate`: readings to the reference standard. */
import { adjudicate } from "../../datasets/adjudicate.js";
import { exitCodes } from "../../contract/errors.js";
import { defineCommand, text } from "../command.js";

export const adjudicateCommand = defineCommand({
  usage: "adjudicate <dataset>",
  describe: { "zh-CN": "由医师判读得到参考标准", en: "readings to the reference standard, by the card's rule" },
  positionals: { dataset: { "zh-CN": "测试集文件夹", en: "folder of the test set" } },
  options: {},
  async handle(args, { terminal }) {
    const summary = await adjudicate(text(args.dataset));
    terminal.result(
      summary,
      terminal.text(
        `${summary.cases} 例：${summary.findings} 个病变入选，${summary.excluded} 个排除，${summary.arbitrated} 项由仲裁者决定。`,
        `${summary.cases} cases: ${summary.findings} findings in the reference, ${summary.excluded} excluded, ${summary.arbitrated} decided by the arbiter.`,
      ),
    );
    return exitCodes.done;
  },
});

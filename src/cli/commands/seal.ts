/** `seal`: locks the truth of a checked test set. */
import { exitCodes } from "../../contract/errors.js";
import { defineCommand, text } from "../command.js";

export const sealCommand = defineCommand({
  usage: "seal <dataset>",
  describe: {
    "zh-CN": "封存真值（age 加密）并冻结方案",
    en: "lock the truth (age encryption) and freeze the protocol",
  },
  positionals: { dataset: { "zh-CN": "测试集文件夹", en: "folder of the test set" } },
  options: {
    recipient: {
      type: "string",
      array: true,
      demandOption: true,
      describe: "age public key (age1…), from `medassay keygen`",
    },
  },
  async handle(args, { terminal }) {
    const { seal } = await import("../../datasets/seal.js");
    const sealed = await seal(text(args.dataset), { recipients: args.recipient });
    terminal.result(
      sealed,
      terminal.text(
        `已封存。真值承诺 ${sealed.truthCommitment}；方案 ${sealed.protocol.id} ${sealed.protocol.version}（${sealed.protocolHash.slice(0, 12)}…）。`,
        `Sealed. Truth commitment ${sealed.truthCommitment}; protocol ${sealed.protocol.id} ${sealed.protocol.version} (${sealed.protocolHash.slice(0, 12)}…).`,
      ),
    );
    return exitCodes.done;
  },
});

/** `verify`: every hash and every number again. */
import { exitCodes } from "../../contract/errors.js";
import { defineCommand, text } from "../command.js";

export const verifyCommand = defineCommand({
  usage: "verify <run>",
  describe: {
    "zh-CN": "由预测与真值重算全部哈希与数字",
    en: "recompute every hash and number from predictions and truth",
  },
  positionals: { run: { "zh-CN": "运行文件夹", en: "folder of the run" } },
  options: {
    dataset: { type: "string", describe: "the test set, where it has moved" },
    key: { type: "string", describe: "file with the age identity, where the truth is sealed" },
  },
  async handle(args, { terminal }) {
    const { verify } = await import("../../evaluation/verify.js");
    const verified = await verify({
      run: text(args.run),
      dataset: args.dataset,
      key: args.key,
      onProgress: ({ check }) => terminal.say(`${terminal.text("核对", "checking")} ${check}`),
    });
    const lines = verified.checks.map(({ check, ok, found, notChecked }) =>
      notChecked !== undefined
        ? `– ${check}: ${terminal.text("未核对", "not checked")}: ${notChecked}`
        : ok
          ? `${terminal.paint("green", "✓")} ${check}`
          : `${terminal.paint("red", "✗")} ${check}: ${found ?? ""}`,
    );
    terminal.result(verified, lines.join("\n"));
    return verified.ok ? exitCodes.done : exitCodes.verification;
  },
});

/** `keygen`: an age key pair for sealing. */
import { writeFile } from "node:fs/promises";
import { exitCodes, fail } from "../../contract/errors.js";
import { failStorage } from "../../storage/errors.js";
import { defineCommand, text } from "../command.js";

export const keygenCommand = defineCommand({
  usage: "keygen <file>",
  describe: { "zh-CN": "生成封存用的密钥对（age）", en: "make an age key pair for sealing" },
  positionals: { file: { "zh-CN": "私钥文件（请妥善保管）", en: "file for the private identity (keep it safe)" } },
  options: {},
  async handle(args, { terminal }) {
    const { generateKeyPair } = await import("../../storage/encrypted-archive.js");
    const file = text(args.file);
    const { identity, recipient } = await generateKeyPair();
    await writeFile(file, `# public key: ${recipient}\n${identity}\n`, { mode: 0o600, flag: "wx" }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === "EEXIST") fail("USAGE", `${file} exists already; a key is never overwritten`, { file });
        failStorage(error, file);
      },
    );
    terminal.result({ file, recipient }, recipient);
    return exitCodes.done;
  },
});

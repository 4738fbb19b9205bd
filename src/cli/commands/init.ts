/** `init`: writes a commented template of a document that people write. */
import { existsSync } from "node:fs";
import { exitCodes, fail } from "../../contract/errors.js";
import { taskProfiles } from "../../tasks/profiles/index.js";
import { writeFileAtomic } from "../../storage/atomic.js";
import { defineCommand, text } from "../command.js";
import { templates } from "../templates.js";

export const initCommand = defineCommand({
  usage: "init <document> [file]",
  describe: {
    "zh-CN": "写出带注释的模板：dataset、protocol、submission、report",
    en: "write a commented template: dataset, protocol, submission, report",
  },
  positionals: {
    document: { "zh-CN": "dataset、protocol、submission 或 report", en: "dataset, protocol, submission or report" },
    file: { "zh-CN": "文件；缺省为 <document>.yaml", en: "file; <document>.yaml when left out" },
  },
  options: {
    task: { choices: Object.keys(taskProfiles), default: "lung-nodule-detection", describe: "task of the template" },
  },
  async handle(args, { terminal }) {
    const name = text(args.document);
    const template = templates[name];
    if (!template)
      fail("USAGE", `there is no template "${name}"`, { hint: `Templates: ${Object.keys(templates).join(", ")}.` });
    const file = args.file === undefined ? `${name}.yaml` : text(args.file);
    if (existsSync(file)) fail("USAGE", `${file} exists already`, { file });
    await writeFileAtomic(file, template(text(args.task)));
    terminal.result({ file }, file);
    return exitCodes.done;
  },
});

/** `import`: a vendor's or a collection's own files to a test-set folder. */
import { exitCodes } from "../../contract/errors.js";
import { defineCommand, text } from "../command.js";

/** Named here, so that help needs not load them; `importDataset` knows what there is. */
const importerIds = ["dicom", "fundus-grades", "lung-pet-ct-dx", "luna16", "lidc-readings", "label-tables", "wfdb"];

/** `--set name=value` pairs; the importer's own schema reads the values. */
function settings(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      return at === -1 ? [pair, "true"] : [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

export const importCommand = defineCommand({
  usage: "import <importer> <source> <dir>",
  describe: { "zh-CN": "把原始文件导入为测试集文件夹", en: "a vendor's or a collection's files to a test-set folder" },
  positionals: {
    importer: {
      "zh-CN": `导入器：${importerIds.join("、")}`,
      en: `importer: ${importerIds.join(", ")}`,
    },
    source: { "zh-CN": "原始文件夹", en: "folder of the source files" },
    dir: { "zh-CN": "新的测试集文件夹", en: "new test-set folder" },
  },
  options: {
    set: {
      type: "string",
      array: true,
      default: [] as string[],
      describe: "option of the importer, name=value (see docs/importers.md)",
    },
  },
  async handle(args, { terminal }) {
    const { importDataset } = await import("../../datasets/importers/index.js");
    const summary = await importDataset(
      text(args.importer),
      text(args.source),
      text(args.dir),
      settings(args.set),
      (message, done, total) => {
        if (done !== undefined && total !== undefined) terminal.progress(message, done, total);
        else terminal.say(message);
      },
    );
    const counts = terminal.text(
      `${summary.cases} 例，${summary.files} 个文件，${summary.findings} 个参考病变或标签，${summary.readings} 条判读。`,
      `${summary.cases} cases, ${summary.files} files, ${summary.findings} reference findings or labels, ${summary.readings} readings.`,
    );
    terminal.result(summary, [counts, ...summary.notes.map((note) => `· ${note}`)].join("\n"));
    return exitCodes.done;
  },
});

/** `demo`: the embedded test sets, sealed; all versions of the embedded models, run blind; reports and comparisons. */
import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { exitCodes } from "../../contract/errors.js";
import { defineCommand, text } from "../command.js";
import { describeComparison, describeResult } from "../summaries.js";

export const demoCommand = defineCommand({
  usage: "demo [dir]",
  describe: {
    "zh-CN": "生成内置测试集，封存，盲测内置模型的各版本，出报告并比较",
    en: "make the embedded test sets, seal them, run all embedded models blind, report and compare",
  },
  positionals: { dir: { "zh-CN": "文件夹；缺省为 medassay-demo", en: "folder; medassay-demo when left out" } },
  options: {
    only: { choices: ["chest-ct", "fundus"] as const, describe: "one of the two sets" },
  },
  async handle(args, context) {
    const { custodianKey, demonstrate, parts } = await import("../demonstration.js");
    const { terminal } = context;
    const folder = resolve(args.dir === undefined ? "medassay-demo" : text(args.dir));
    const started = performance.now();
    await mkdir(folder, { recursive: true });
    const key = await custodianKey(folder);
    const chosen = parts.filter(({ id }) => args.only === undefined || id === args.only);
    const outcomes = await Promise.all(chosen.map((part) => demonstrate(part, folder, key, context)));
    const lines = outcomes.flatMap(({ results, comparisons, reports }, at) => [
      "",
      terminal.paint("bold", chosen[at]?.title[terminal.options.lang] ?? ""),
      ...results.map((result) => describeResult(result, terminal)),
      ...comparisons.map((comparison) => describeComparison(comparison, terminal)),
      terminal.text("报告：", "reports:"),
      ...reports.map((file) => `  ${file}`),
    ]);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    lines.push(
      "",
      terminal.text(
        `用时 ${seconds} s。全部文件在 ${folder}，可整个删除。`,
        `${seconds} s. Everything is in ${folder}, which can be deleted as a whole.`,
      ),
    );
    terminal.result(outcomes, lines.join("\n").trimStart());
    return exitCodes.done;
  },
});

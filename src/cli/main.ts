#!/usr/bin/env node
/** The command line: `medassay <command>`. Finds the command, turns errors into messages and exit codes. */
// In force before anything could load ONNX Runtime.
process.env.ORT_DISABLE_TELEMETRY = "1";
import { availableParallelism } from "node:os";
import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import type { Language } from "../contract/common.js";
import { exitCodes, MedassayError, type ExitCode } from "../contract/errors.js";
import { tool } from "../contract/tool.js";
import { build, type CommandContext } from "./command.js";
import { commands } from "./commands/index.js";
import { Terminal } from "./terminal.js";

const argv = hideBin(process.argv);

/** `--lang`, else the system's language. Needed before yargs runs, for its own texts. */
function languageOf(words: readonly string[]): Language {
  const at = words.findIndex((word) => word === "--lang" || word.startsWith("--lang="));
  const given = at === -1 ? undefined : (words[at]?.split("=")[1] ?? words[at + 1]);
  const system = process.env.LC_ALL ?? process.env.LC_MESSAGES ?? process.env.LANG ?? "";
  return (given ?? system).toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

const lang = languageOf(argv);
let terminal = new Terminal({ json: argv.includes("--json"), quiet: argv.includes("--quiet"), color: false, lang });

/** Says what went wrong and what to do, and gives the exit code. */
function explain(error: unknown): ExitCode {
  terminal.clear();
  if (error instanceof MedassayError) {
    if (terminal.options.json) {
      const { code, message, file, line, pointer, hint } = error;
      process.stdout.write(`${JSON.stringify({ error: { code, message, file, line, pointer, hint } }, null, 2)}\n`);
    }
    process.stderr.write(
      `${terminal.paint("red", error.code)}: ${error.message}\n  ${terminal.text("处理", "what to do")}: ${error.hint}\n`,
    );
    return error.exit;
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`INTERNAL: ${terminal.text("medassay 自身故障", "a fault of medassay itself")}\n${trace}\n`);
  return exitCodes.fault;
}

const interrupt = new AbortController();
let interruptions = 0;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    interruptions++;
    if (interruptions > 1) process.exit(exitCodes.interrupted);
    terminal.say(terminal.text("正在停止；再次运行同一命令可继续。", "Stopping; run the same command again to go on."));
    interrupt.abort();
    // Stages that can't stop half-way are ended here: what they write appears whole or not at all.
    setTimeout(() => process.exit(exitCodes.interrupted), 3000).unref();
  });
}

const parser = yargs(argv)
  .scriptName("medassay")
  .usage(
    terminal.text(
      "$0 <命令>\n\n医疗人工智能开放测试平台：封存测试集 + ONNX 模型 → 盲测 → 指标与区间 → 双语报告。",
      "$0 <command>\n\nThe open test house for medical AI: a sealed test set and ONNX models in, a registration-style report out.",
    ),
  )
  .locale(lang === "zh-CN" ? "zh_CN" : "en")
  .options({
    json: {
      type: "boolean",
      default: false,
      describe: terminal.text("结果以一个 JSON 文档写到标准输出", "write the result to stdout as one JSON document"),
    },
    quiet: { type: "boolean", default: false, describe: terminal.text("不显示进度", "no progress") },
    color: {
      type: "boolean",
      default: true,
      describe: terminal.text("使用颜色（--no-color 或 NO_COLOR 关闭）", "colours (off with --no-color or NO_COLOR)"),
    },
    jobs: {
      type: "number",
      default: availableParallelism(),
      describe: terminal.text("同时运行的进程数", "processes at once"),
    },
    lang: {
      choices: ["zh-CN", "en"] as const,
      default: lang,
      describe: terminal.text("界面语言", "language of messages"),
    },
  })
  .strict()
  .recommendCommands()
  .demandCommand(1, terminal.text("请给出一个命令。", "Name a command."))
  .wrap(Math.min(110, process.stdout.columns ?? 110))
  .version(tool.version)
  .fail((message, error) => {
    if (error) throw error;
    throw new MedassayError("USAGE", message, {
      hint: terminal.text("运行 medassay <命令> --help 查看用法。", "See `medassay <command> --help`."),
    });
  });

for (const command of commands) {
  parser.command(
    command.usage,
    command.describe[lang],
    (yargs) => build(command, lang, yargs),
    async (args) => {
      const color = Boolean(args.color) && process.env.NO_COLOR === undefined && process.stderr.isTTY === true;
      terminal = new Terminal({ json: Boolean(args.json), quiet: Boolean(args.quiet), color, lang });
      const jobs = Number(args.jobs);
      if (!Number.isInteger(jobs) || jobs < 1 || jobs > 256) {
        throw new MedassayError("USAGE", `--jobs must be a whole number from 1 to 256, not ${String(args.jobs)}`);
      }
      const context: CommandContext = { terminal, signal: interrupt.signal, jobs };
      process.exitCode = await command.handle(args, context);
    },
  );
}

try {
  await parser.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

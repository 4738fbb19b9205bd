/** `certify`: the reference values that the package carries, computed on this machine. */
import { resolve } from "node:path";
import { exitCodes } from "../../contract/errors.js";
import { defineCommand, text } from "../command.js";

export const certifyCommand = defineCommand({
  usage: "certify",
  describe: {
    "zh-CN": "在本机验算随附的参考值并写出验证记录",
    en: "check this installation against the reference values it carries, and write a log",
  },
  positionals: {},
  options: {
    out: { type: "string", default: "certification", describe: "folder of the log (certification.json, .md)" },
    cases: { type: "string", describe: "another file of reference cases, in the form of certification/cases.json" },
  },
  async handle(args, { terminal }) {
    const { certify } = await import("../../evaluation/certify.js");
    const folder = resolve(text(args.out));
    const log = await certify({
      out: folder,
      at: new Date().toISOString(),
      cases: args.cases as string | undefined,
      onProgress: ({ done, total }) => terminal.progress(terminal.text("验算", "certifying"), done, total),
    });
    const topics = [...new Set(log.results.map(({ topic }) => topic))].map((topic) => {
      const values = log.results.filter((result) => result.topic === topic);
      const passed = values.filter((value) => value.passed).length;
      const least = values.reduce((digits, value) => Math.min(digits, value.digits ?? 16), 16);
      const mark = passed === values.length ? terminal.paint("green", "✓") : terminal.paint("red", "✗");
      const digits = terminal.text(`至少 ${least} 位一致`, `${least} digits or more agree`);
      return `${mark} ${topic}: ${passed}/${values.length}, ${digits}`;
    });
    const failures = log.results
      .filter(({ passed }) => !passed)
      .map(
        (value) =>
          `${terminal.paint("red", "✗")} ${value.case} ${value.quantity}: ${value.answer} ≠ ${value.reference}`,
      );
    const summary = terminal.text(
      `${log.cases} 例，${log.values} 个数值，${log.passed} 个一致；记录：${folder}`,
      `${log.cases} cases, ${log.values} values, ${log.passed} agree; log: ${folder}`,
    );
    terminal.result(log, [...topics, ...failures, summary].join("\n"));
    return log.passed === log.values ? exitCodes.done : exitCodes.verification;
  },
});

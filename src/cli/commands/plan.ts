/** `plan`: how many units, and patients, a test needs. */
import { exitCodes, fail } from "../../contract/errors.js";
import { defineCommand, text } from "../command.js";
import type { Numbers } from "../sample-sizes.js";

export const planCommand = defineCommand({
  usage: "plan <question>",
  describe: {
    "zh-CN": "样本量：目标值、精度、版本更新",
    en: "sample size: against a target, for a precision, for an update",
  },
  positionals: { question: { "zh-CN": "target、precision 或 update", en: "target, precision or update" } },
  options: {
    target: { type: "number", describe: "target: the value to beat" },
    expected: { type: "number", describe: "target, precision: the expected proportion" },
    "half-width": { type: "number", describe: "precision: half the width of the interval" },
    "only-new": { type: "number", describe: "update: share of units that only the new version gets right" },
    "only-old": { type: "number", describe: "update: share that only the registered version gets right" },
    margin: { type: "number", describe: "update: non-inferiority margin; a difference is sought without it" },
    alpha: { type: "number", default: 0.025, describe: "one-sided level of the test" },
    power: { type: "number", default: 0.8, describe: "power of the test" },
    level: { type: "number", default: 0.95, describe: "precision: level of the interval" },
    share: { type: "number", default: 1, describe: "share of the cases that are units (prevalence)" },
    "per-patient": { type: "number", default: 1, describe: "mean number of units of a patient" },
    icc: { type: "number", default: 0, describe: "intraclass correlation of the units of a patient" },
  },
  async handle(args, { terminal }) {
    const { questions } = await import("../sample-sizes.js");
    const { inflatedSize } = await import("../../stats/index.js");
    const name = text(args.question);
    const question = questions[name];
    if (!question)
      fail("USAGE", `there is no question "${name}"`, { hint: `Questions: ${Object.keys(questions).join(", ")}.` });
    const { units, basis } = question(args as Numbers);
    if (!(args.share > 0 && args.share <= 1)) fail("USAGE", `--share must lie between 0 and 1, not ${args.share}`);
    const { designEffect, n } = inflatedSize(units / args.share, args["per-patient"], args.icc);
    const patients = Math.ceil(n / args["per-patient"]);
    terminal.result(
      { question: name, units, designEffect, cases: n, patients, basis },
      terminal.text(
        `${basis["zh-CN"]}。\n需要 ${units} 个单位；设计效应 ${designEffect.toFixed(2)}，共 ${n} 例，${patients} 名患者。`,
        `${basis.en}.\n${units} units; design effect ${designEffect.toFixed(2)}: ${n} cases in all, ${patients} patients.`,
      ),
    );
    return exitCodes.done;
  },
});

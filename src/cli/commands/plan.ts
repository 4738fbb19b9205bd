/** `plan`: how many units, and patients, a test needs. */
import { exitCodes, fail } from "../../contract/errors.js";
import {
  inflatedSize,
  mcnemarSize,
  pairedNonInferioritySize,
  precisionSize,
  singleArmExact,
  type Outcome,
} from "../../stats/index.js";
import { defineCommand, text } from "../command.js";

interface Sizing {
  readonly units: number;
  readonly basis: { readonly "zh-CN": string; readonly en: string };
}

type Numbers = Readonly<Record<string, number | undefined>>;

/** A number that the question needs. @throws USAGE */
function need(numbers: Numbers, name: string): number {
  const value = numbers[name];
  if (value === undefined || !Number.isFinite(value)) fail("USAGE", `this question needs --${name}`);
  return value;
}

/** The numbers of an outcome. @throws USAGE where no size solves the question */
function solved<T extends object>(outcome: Outcome<T>): T {
  return outcome.ok ? outcome : fail("USAGE", `there is no such size: ${outcome.reason}`);
}

const questions: Readonly<Record<string, (numbers: Numbers) => Sizing>> = {
  target(numbers) {
    const [target, expected] = [need(numbers, "target"), need(numbers, "expected")];
    const { stable } = solved(singleArmExact(target, expected, need(numbers, "alpha"), need(numbers, "power")));
    return {
      units: stable.n,
      basis: {
        "zh-CN": `精确二项检验，目标值 ${target}，预期 ${expected}：自 ${stable.n} 起检验效能始终达到要求（至少 ${stable.critical} 例成功）`,
        en: `exact binomial test of ${target} with ${expected} expected: from ${stable.n} on the power holds for every larger size (${stable.critical} successes at least)`,
      },
    };
  },
  precision(numbers) {
    const [expected, half] = [need(numbers, "expected"), need(numbers, "half-width")];
    const { n } = solved(precisionSize(expected, half, need(numbers, "level")));
    return {
      units: n,
      basis: { "zh-CN": `预期 ${expected}，区间半宽 ${half}`, en: `${expected} expected, interval of ± ${half}` },
    };
  },
  update(numbers) {
    const [better, worse] = [need(numbers, "only-new"), need(numbers, "only-old")];
    const margin = numbers.margin;
    const power = need(numbers, "power");
    const size =
      margin === undefined
        ? solved(mcnemarSize(better, worse, 2 * need(numbers, "alpha"), power))
        : solved(pairedNonInferioritySize(better, worse, margin, need(numbers, "alpha"), power));
    return {
      units: size.n,
      basis:
        margin === undefined
          ? {
              "zh-CN": `McNemar 检验，不一致比例 ${better} 与 ${worse}`,
              en: `McNemar test, discordant shares ${better} and ${worse}`,
            }
          : { "zh-CN": `配对非劣效，界值 ${margin}`, en: `paired non-inferiority with margin ${margin}` },
    };
  },
};

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

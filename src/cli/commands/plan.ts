/** `plan`: how many units, cases and patients a test needs; as a table over a range of a number, and as a curve. */
import { resolve } from "node:path";
import { exitCodes, fail } from "../../contract/errors.js";
import { defineCommand, text } from "../command.js";
import type { Numbers } from "../sample-sizes.js";

const numberOption = (describe: string, zh: string) => ({ type: "number" as const, describe, zh });

export const planCommand = defineCommand({
  usage: "plan <question>",
  describe: {
    "zh-CN": "样本量：目标值、精度、非劣效、差异、AUC、可检出的差异；表格与曲线",
    en: "sample size: target value, precision, non-inferiority, difference, AUC, detectable difference; table and curve",
  },
  positionals: {
    question: {
      "zh-CN":
        "target、precision、mcnemar、noninferiority-paired、noninferiority-unpaired、two-groups、detectable、auc-precision、auc-target、auc-paired 或 update",
      en: "target, precision, mcnemar, noninferiority-paired, noninferiority-unpaired, two-groups, detectable, auc-precision, auc-target, auc-paired or update",
    },
  },
  options: {
    target: numberOption("target, auc-target: the value to beat", "target、auc-target：目标值"),
    expected: numberOption("the expected proportion, or AUC, of the product", "产品的预期比例或 AUC"),
    reference: numberOption("the same of the comparator", "对照的预期比例或 AUC"),
    "half-width": numberOption(
      "precision, auc-precision: half the width of the interval",
      "precision、auc-precision：区间半宽",
    ),
    "only-new": numberOption("paired: share of units that only the new version gets right", "配对：仅新版本正确的比例"),
    "only-old": numberOption(
      "paired: share that only the registered version gets right",
      "配对：仅已注册版本正确的比例",
    ),
    margin: numberOption(
      "non-inferiority margin; update without it seeks a difference",
      "非劣效界值；update 不给出时检验差异",
    ),
    correlation: numberOption("auc-paired: correlation of the two AUCs", "auc-paired：两个 AUC 的相关系数"),
    ratio: numberOption(
      "AUC: negative cases for each positive (else from --share, else 1); noninferiority-unpaired: cases of the product for each of the comparator (else 1)",
      "AUC：每个阳性例对应的阴性例数（缺省由 --share 得出，否则为 1）；noninferiority-unpaired：试验组与对照组例数之比（缺省为 1）",
    ),
    cases: numberOption("detectable: cases of each group", "detectable：每组例数"),
    method: {
      type: "string",
      describe:
        "target: exact, normal; noninferiority-paired and -unpaired: score, normal; auc-precision: obuchowski, hanley-mcneil (the first where left out)",
      zh: "target：exact、normal；noninferiority-paired 与 -unpaired：score、normal；auc-precision：obuchowski、hanley-mcneil（缺省为第一个）",
    },
    alpha: { ...numberOption("one-sided level of the test", "单侧检验水准"), default: 0.025 },
    power: { ...numberOption("power of the test", "检验效能"), default: 0.8 },
    level: { ...numberOption("precision, auc-precision: level of the interval", "置信水平"), default: 0.95 },
    share: {
      ...numberOption("share of the cases that are units (prevalence)", "病例中属于所计单位的比例（患病率）"),
      default: 1,
    },
    "per-patient": { ...numberOption("mean number of units of a patient", "每名患者的平均单位数"), default: 1 },
    icc: {
      ...numberOption("intraclass correlation of the units of a patient", "同一患者内各单位的组内相关系数"),
      default: 0,
    },
    vary: {
      type: "string",
      describe: "a table over a range of one number: name=from:to:step, such as expected=0.85:0.95:0.01",
      zh: "某一数值在一定范围内的表格：名称=起点:终点:步长，如 expected=0.85:0.95:0.01",
    },
    curve: {
      type: "boolean",
      default: false,
      describe: "what other numbers of cases reach: power, width or difference",
      zh: "不同例数可达到的检验效能、区间半宽或差异",
    },
    svg: {
      type: "string",
      describe: "file for the curve, or with --vary the sizes over the range, as SVG",
      zh: "将曲线（使用 --vary 时为例数随该数值的变化）写入 SVG 文件",
    },
  },
  async handle(args, { terminal }) {
    const { questionNamed, questions } = await import("../sample-size-questions.js");
    const { curve, plan, table, variationOf } = await import("../sample-sizes.js");
    const { curveChart, curveText, planDocument, planText, rowDocument, tableChart, tableText } =
      await import("../size-tables.js");
    const { writeFileAtomic } = await import("../../storage/atomic.js");
    const { reasonTexts } = await import("../../contract/reasons.js");
    const name = text(args.question);
    const numbers = args as Numbers;
    const question = questionNamed(name, numbers.margin !== undefined);
    if (!question) {
      fail("USAGE", `there is no question "${name}"`, {
        hint: `Questions: ${[...Object.keys(questions), "update"].join(", ")}.`,
      });
    }
    const method = args.method === undefined ? (question.methods[0] as string) : text(args.method);
    if (!question.methods.includes(method)) {
      fail("USAGE", `${name} has no method "${method}"`, { hint: `Methods: ${question.methods.join(", ")}.` });
    }
    const variation = args.vary === undefined ? null : variationOf(text(args.vary), question);
    const basis = question.title;
    const head = terminal.text(`${basis["zh-CN"]}（${method}）。`, `${basis.en} (${method}).`);
    const write = (svg: string): Promise<void> => writeFileAtomic(resolve(text(args.svg)), `${svg}\n`);
    if (variation) {
      const rows = table(question, method, numbers, variation);
      const document = { question: name, method, basis, vary: variation.name, rows: rows.map(rowDocument) };
      terminal.result(document, [head, tableText(rows, variation.name, terminal)].join("\n"));
      if (args.svg !== undefined && rows.every((row) => row.plan === null)) {
        fail("USAGE", "no row of the table has a size to draw", { hint: "Take another range; the table says why." });
      }
      if (args.svg !== undefined) await write(tableChart(rows, variation.name, basis, [terminal.options.lang]));
      return exitCodes.done;
    }
    const answer = plan(question, method, numbers);
    if (!answer.ok) {
      const why = reasonTexts[answer.reason];
      const { target, expected } = numbers;
      const notAbove = target !== undefined && expected !== undefined && expected <= target;
      fail("USAGE", terminal.text(`无法得出样本量：${why["zh-CN"]}`, `there is no such size: ${why.en}`), {
        hint:
          answer.reason === "no-convergence"
            ? terminal.text(
                "所需例数过大；请使用 --method normal。",
                "The size is too large to search; use --method normal.",
              )
            : notAbove && question.needs.includes("target")
              ? terminal.text(
                  `预期值 ${expected} 不高于目标值 ${target}：这样的产品不能被证明优于目标值。请使 --expected 高于 --target。`,
                  `The expected value ${expected} is not above the target ${target}: no number of cases shows such a product to be better. Give an --expected above --target.`,
                )
              : terminal.text(
                  "使预期值离目标值更远，放宽界值，或增加例数。",
                  "Move the expected value away from the target, widen the margin, or give more cases.",
                ),
      });
    }
    const { reaches } = question;
    const points = args.curve || args.svg !== undefined ? curve(question, method, numbers, answer) : [];
    const drawn = points.map((point) => ({ cases: point.cases, [reaches.name]: point.value }));
    terminal.result(
      { question: name, method, ...planDocument(answer), basis, ...(args.curve ? { curve: drawn } : {}) },
      [head, planText(answer, terminal), ...(args.curve ? [curveText(points, reaches.title, terminal)] : [])].join(
        "\n",
      ),
    );
    if (args.svg !== undefined) {
      const asked = reaches.name === "power" ? numbers.power : numbers[reaches.name];
      await write(curveChart(points, question, answer, asked, [terminal.options.lang]));
    }
    return exitCodes.done;
  },
});

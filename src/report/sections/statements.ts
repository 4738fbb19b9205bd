/** The mandatory statements M1–M13. */
import type { Result } from "../../contract/result.js";
import type { Bilingual } from "../../contract/common.js";
import { inLanguage, join, say, type Row, type Text } from "../document.js";
import type { ReportInput, SectionDefinition } from "../input.js";
import { formatValue } from "../numbers.js";
import { hasDecisions, prevalenceByClass } from "../wording/classes.js";
import { limitsOfUse } from "../wording/limits.js";
import { levelOf, levelText } from "../wording/metric-line.js";
import { attemptText } from "./summary.js";
import { failureKinds } from "./t05-primary.js";

export const statements: SectionDefinition = {
  id: "statements",
  build: (input) => ({
    id: "statements",
    title: say("声明", "Statements"),
    newPage: true,
    blocks: [
      {
        type: "table",
        plain: true,
        columns: [{ title: say("编号", "No"), width: 18 }, { title: say("内容", "Statement") }],
        rows: rows(input),
      },
    ],
  }),
};

function rows(input: ReportInput): Row[] {
  const { config, result, run } = input;
  const { protocol, card, manifest } = result.context;
  const list = (items: readonly string[]): string => (items.length === 0 ? "" : items.join("; "));
  const entries: [string, Bilingual, Text][] = [];
  const declared = manifest.training?.testDataUsed;
  const fingerprints = manifest.training?.fingerprints?.length ?? 0;
  const declaration =
    declared === undefined
      ? say(
          "委托方未就测试数据是否用于训练和调优作出声明",
          "the client has not declared whether they were used for training or tuning",
        )
      : declared
        ? say("委托方声明测试数据曾用于训练或调优", "the client declares that they were used for training or tuning")
        : say("委托方声明测试数据未用于训练和调优", "the client declares they were not used for training or tuning");
  const scope =
    fingerprints > 0
      ? say(
          `委托方提交的 ${fingerprints} 个训练数据指纹`,
          `${fingerprints} fingerprints of training data handed in by the client`,
        )
      : say("无（未提交训练数据指纹）", "nothing (no fingerprints of training data were handed in)");
  entries.push([
    "M1",
    say("独立性", "Independence"),
    result.openTruth || card.provenance === "public"
      ? say(
          `测试数据或其真值为公开，不能保证委托方未接触；${declaration["zh-CN"]}，本机构核对范围：${scope["zh-CN"]}。`,
          `The data or their truth are open; that the client had no access can't be assured; ${declaration.en}; checked by us: ${scope.en}.`,
        )
      : say(
          `测试数据未提供给委托方；${declaration["zh-CN"]}，本机构核对范围：${scope["zh-CN"]}。`,
          `The test data were not given to the client; ${declaration.en}; checked by us: ${scope.en}.`,
        ),
  ]);
  entries.push([
    "M2",
    say("盲态", "Blinding"),
    result.openTruth && run.kind === "score"
      ? say(
          "真值公开（OPEN），结果在别处产生：不能作出盲态声明。",
          "OPEN truth, and the answers were made elsewhere: no statement of blinding can be made.",
        )
      : result.openTruth
        ? say(
            "真值公开（OPEN）：本次评测不能作出盲态声明；被测算法运行时未获得参考标准。",
            "OPEN truth: no statement of blinding can be made; the algorithm was not given the reference standard while it ran.",
          )
        : run.kind === "score"
          ? say(
              "结果在别处产生；评分前参考标准处于封存状态。",
              "The answers were made elsewhere; the reference standard was sealed until scoring.",
            )
          : say(
              "运行人员与被测算法在评分前不接触参考标准。",
              "Operator and algorithm had no access to the reference standard before scoring.",
            ),
  ]);
  const rule =
    protocol.failedCases === "count-against"
      ? say("不利结果", "results against the product")
      : say("不纳入统计", "left out");
  const kinds = failureKinds(result);
  entries.push([
    "M3",
    say("未处理病例", "Failed cases"),
    result.sample.failed === 0
      ? say("无未能处理的病例。", "No case failed.")
      : say(
          `共 ${result.sample.failed} 例未能处理（${kinds["zh-CN"]}），已按“${rule["zh-CN"]}”计入结果。`,
          `${result.sample.failed} cases could not be processed (${kinds.en}) and were counted as: ${rule.en}.`,
        ),
  ]);
  entries.push([
    "M4",
    say("匹配规则", "Matching rule"),
    result.context.matching
      ? result.context.task.form === "detection"
        ? say("病灶匹配规则见 T5 注。", "Lesion matching rule: see T5.")
        : say("匹配规则见 T5 注。", "Matching rule: see T5.")
      : say("—（非检出任务）", "— (not a detection task)"),
  ]);
  entries.push([
    "M5",
    say("预先规定", "Fixed beforehand"),
    (() => {
      const deviations =
        config.deviations.length === 0 ? say("无", "none") : say(list(config.deviations), list(config.deviations));
      return protocol.blinding === "sealed" && !result.openTruth
        ? say(
            `指标、通过准则、判定规则及样本量在评测前规定（随数据集封存）；偏离：${deviations["zh-CN"]}。`,
            `Metrics, criteria, decision rules and size were fixed before the test (frozen in the seal); deviations: ${deviations.en}.`,
          )
        : say(
            `指标、通过准则及判定规则由评测计划规定，计划摘要见 T11；数据集未封存，不能证明计划先于数据接触；偏离：${deviations["zh-CN"]}。`,
            `Metrics, criteria and decision rules are those of the plan (hash in T11); the set is not sealed, so that the plan came first can't be proven; deviations: ${deviations.en}.`,
          );
    })(),
  ]);
  entries.push(["M6", say("阳性率", "Prevalence"), prevalence(result)]);
  entries.push([
    "M7",
    say("多重性", "Multiplicity"),
    say("除主要指标外均为描述性结果。", "All results but the primary one are descriptive."),
  ]);
  const limits = limitsOfUse(result);
  const limitTexts =
    limits.length === 0 ? say("未见需提示的分层差异", "no difference between strata that calls for one") : join(limits);
  entries.push([
    "M8",
    say("适用限制", "Limits of use"),
    say(
      `依据影响因素分析，建议的使用限制：${limitTexts["zh-CN"]}。`,
      `Limits of use suggested by the factor analysis: ${limitTexts.en}.`,
    ),
  ]);
  entries.push([
    "M9",
    say("公开数据", "Public data"),
    card.provenance === "public"
      ? say(
          "本数据集标为“公开”，所用数据可能已被用于训练。",
          'This set is marked "public": its data may have been used in training.',
        )
      : say("—（数据集未标为“公开”）", '— (the set is not marked "public")'),
  ]);
  const attempt = attemptText(input);
  entries.push([
    "M10",
    say("评测次数", "Attempts"),
    result.attempt === null
      ? say(`${inLanguage(attempt, "zh-CN")}。`, `Attempts are ${inLanguage(attempt, "en")}.`)
      : say(
          `本产品在该数据集上第 ${result.attempt} 次评测。`,
          `Attempt ${result.attempt} of this product on this data set.`,
        ),
  ]);
  const level = levelText(levelOf(result));
  entries.push([
    "M11",
    say("不确定度", "Uncertainty"),
    say(
      `结果以 ${level} 置信区间表示抽样不确定度；参考标准的不确定度见 T4。`,
      `Sampling uncertainty is given by ${level} intervals; that of the reference standard in T4.`,
    ),
  ]);
  entries.push([
    "M12",
    say("软件", "Software"),
    say(
      `评分程序 ${result.tool.name} 版本 ${result.tool.version}；相同输入可重现全部数字，可用 verify 命令复算。`,
      `Scoring software ${result.tool.name} ${result.tool.version}; the same input reproduces every number, which the verify command recomputes.`,
    ),
  ]);
  entries.push(["M13", say("非法定", "Not statutory"), say("见注意事项第 6 条。", "See note 6.")]);
  return entries.map(([id, name, text]) => [say(`${id} ${name["zh-CN"]}`, `${id} ${name.en}`), text]);
}

function prevalence(result: Result): Text {
  const { sample, context } = result;
  // Images that the reference can't grade are neither positive nor negative.
  const judged = sample.analysed === undefined ? sample.cases : sample.cases - sample.excludedFindings;
  if (judged === 0) return say("—", "—");
  const share = formatValue({ numerator: BigInt(sample.positiveCases), denominator: BigInt(judged) }, "proportion");
  const image = context.task.caseUnit === "image";
  if (hasDecisions(result)) {
    const byClass = prevalenceByClass(result);
    return say(
      `测试集各类别阳性率：${byClass["zh-CN"]}；与临床不同时预测值不代表临床值。`,
      `Prevalence in the set by class: ${byClass.en}; predictive values do not represent practice where this differs.`,
    );
  }
  return say(
    `测试集阳性率 ${share}（${sample.positiveCases}/${judged}，按${image ? "图像" : "病例"}），与临床不同时预测值不代表临床值。`,
    `Prevalence in the set is ${share} (${sample.positiveCases}/${judged}, by ${image ? "image" : "case"}); predictive values do not represent practice where this differs.`,
  );
}

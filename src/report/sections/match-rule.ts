/** How the results of detection depend on the match rule: one row a rule, the same answers and threshold throughout. */
import { say, type Cell, type Row } from "../document.js";
import { metricInfo, type SectionDefinition } from "../input.js";
import { formatValue } from "../numbers.js";
import { none } from "../wording/metric-line.js";
import { markName } from "../wording/names.js";

export const matchRule: SectionDefinition = {
  id: "match-rule",
  build: ({ result }) => {
    const rules = result.matchSensitivity ?? [];
    if (rules.length === 0) return { id: "match-rule", blocks: [] };
    const metrics = Object.keys(rules[0]?.values ?? {});
    const counts = ["lesionsFound", "falsePositive", "duplicate", "ignored"] as const;
    const rows = rules.map((rule): Row => {
      const values = metrics.map((name): Cell => {
        const value = rule.values[name] ?? null;
        return value === null ? none : formatValue(value, metricInfo(result, name).kind);
      });
      return [rule.title, ...values, ...counts.map((name) => String(rule.counts[name]))];
    });
    return {
      id: "match-rule",
      title: say("结果对匹配规则的依赖", "Dependence on the match rule"),
      blocks: [
        {
          type: "table",
          caption: say("其他匹配规则下的结果", "Results under other match rules"),
          columns: [
            { title: say("规则", "Rule"), width: 30 },
            ...metrics.map((name) => ({ title: metricInfo(result, name).title, align: "end" as const })),
            { title: say("检出病灶", "Lesions found"), align: "end" },
            ...counts.slice(1).map((name) => ({ title: markName(name), align: "end" as const })),
          ],
          rows,
          notes: [
            say(
              "首行为计划规定的规则；其余各行仅改变所述一点，病例、预测结果与阈值不变。判定以计划规定的规则为准。",
              "The first row is the rule of the plan; every other row differs from it in the point stated, with the same cases, answers and threshold. Verdicts are made by the rule of the plan alone.",
            ),
            result.threshold === null
              ? say("计数为全部标记。", "Counts are of all marks.")
              : result.threshold === "Infinity"
                ? say("阈值高于全部评分，无标记计入。", "The threshold lies above all scores: no mark is counted.")
                : say(
                    `计数为评分不低于 ${result.threshold} 的标记。`,
                    `Counts are of marks with a score of at least ${result.threshold}.`,
                  ),
          ],
        },
      ],
    };
  },
};

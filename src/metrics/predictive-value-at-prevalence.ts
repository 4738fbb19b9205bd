/** Predictive values at a declared prevalence: what the calls would mean where the product is used. */
import {
  predictiveValuesAt,
  tableFormulas,
  type DiagnosticTable,
  type IntervalOutcome,
  type ValueWithInterval,
} from "../stats/index.js";
import { atBothLevels } from "./binary.js";
import { orResampled, prepareTable } from "./decision-table.js";
import type { MetricParameter } from "./metric.js";

const prevalence: MetricParameter = {
  name: { "zh-CN": "患病率", en: "prevalence" },
  example: 0.02,
  accepts: (value) => value > 0 && value < 1,
  suffix: (value) => ({ "zh-CN": `（按患病率 ${value} 推算）`, en: ` at a prevalence of ${value}` }),
};

const shared = {
  source: "Mercaldo, Lau & Zhou 2007, doi:10.1002/sim.2677",
  interval: orResampled("logit; where a cell is empty its adjusted form, widened to hold the estimate"),
  kind: "proportion",
  of: "calls",
  higherIsBetter: true,
  parameter: prevalence,
} as const;

/** The logit interval, or with an empty cell the adjusted one, which always exists and whose ends stop short of 0 and 1. */
function intervalOf(of: (adjusted: boolean) => ValueWithInterval): IntervalOutcome {
  const { value, interval } = of(false);
  if (interval.ok) return interval;
  const adjusted = of(true).interval as IntervalOutcome & { ok: true };
  const [low, high] = [Math.min(adjusted.low, value as number), Math.max(adjusted.high, value as number)];
  return { ...adjusted, low, high };
}

export const ppvAtPrevalence = atBothLevels({
  ...shared,
  id: "ppv-at-prevalence",
  title: { "zh-CN": "阳性预测值", en: "positive predictive value" },
  formula: {
    "zh-CN": "se π / (se π + (1 - sp)(1 - π))，se 为灵敏度，sp 为特异度，π 为声明的患病率",
    en: "se π / (se π + (1 - sp)(1 - π)) at the declared prevalence π",
  },
  edges: "one class only: no-positives or no-negatives; no positive call: zero-denominator",
  prepare: (units, at) =>
    prepareTable(units, {
      value: (table) => predictiveValuesAt(table, at).ppv.value,
      formula: (table: DiagnosticTable) => tableFormulas.ppvAt(table, at),
      interval: (table, level) => intervalOf((adjusted) => predictiveValuesAt(table, at, adjusted, level).ppv),
    }),
});

export const npvAtPrevalence = atBothLevels({
  ...shared,
  id: "npv-at-prevalence",
  title: { "zh-CN": "阴性预测值", en: "negative predictive value" },
  formula: {
    "zh-CN": "sp (1 - π) / (sp (1 - π) + (1 - se) π)，se 为灵敏度，sp 为特异度，π 为声明的患病率",
    en: "sp (1 - π) / (sp (1 - π) + (1 - se) π) at the declared prevalence π",
  },
  edges: "one class only: no-positives or no-negatives; no negative call: zero-denominator",
  prepare: (units, at) =>
    prepareTable(units, {
      value: (table) => predictiveValuesAt(table, at).npv.value,
      formula: (table: DiagnosticTable) => tableFormulas.npvAt(table, at),
      interval: (table, level) => intervalOf((adjusted) => predictiveValuesAt(table, at, adjusted, level).npv),
    }),
});

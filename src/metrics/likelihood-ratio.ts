/** How much a positive, or a negative, call changes the odds of disease. */
import { likelihoodRatios, tableFormulas } from "../stats/index.js";
import { atBothLevels } from "./binary.js";
import { orResampled, prepareTable } from "./decision-table.js";

const shared = {
  source: "interval: Simel, Samsa & Matchar 1991, doi:10.1016/0895-4356(91)90128-V",
  interval: orResampled("log method"),
  kind: "rate",
  of: "calls",
} as const;

export const positiveLikelihoodRatio = atBothLevels({
  ...shared,
  id: "lr-positive",
  title: { "zh-CN": "阳性似然比", en: "positive likelihood ratio" },
  formula: "sensitivity / (1 - specificity)",
  edges:
    "one class only: no-positives or no-negatives; no false positive: zero-denominator; no true positive: 0, zero-cell for the interval",
  higherIsBetter: true,
  prepare: (units) =>
    prepareTable(units, {
      value: (table) => likelihoodRatios(table).positive.value,
      formula: tableFormulas.positiveRatio,
      interval: (table, level) => likelihoodRatios(table, level).positive.interval,
    }),
});

export const negativeLikelihoodRatio = atBothLevels({
  ...shared,
  id: "lr-negative",
  title: { "zh-CN": "阴性似然比", en: "negative likelihood ratio" },
  formula: "(1 - sensitivity) / specificity",
  edges:
    "one class only: no-positives or no-negatives; no true negative: zero-denominator; no false negative: 0, zero-cell for the interval",
  higherIsBetter: false,
  prepare: (units) =>
    prepareTable(units, {
      value: (table) => likelihoodRatios(table).negative.value,
      formula: tableFormulas.negativeRatio,
      interval: (table, level) => likelihoodRatios(table, level).negative.interval,
    }),
});

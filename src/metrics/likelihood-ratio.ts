/** How much a positive, or a negative, call changes the odds of disease. */
import { koopmanRatio, likelihoodRatios, tableFormulas } from "../stats/index.js";
import { atBothLevels } from "./binary.js";
import { orResampled, prepareTable } from "./decision-table.js";

const shared = {
  source: "interval: Koopman 1984, doi:10.2307/2531405; why not the log method: docs/decisions/coverage-defaults.md",
  interval: orResampled("Koopman's score interval of a ratio of proportions"),
  kind: "rate",
  of: "calls",
} as const;

export const positiveLikelihoodRatio = atBothLevels({
  ...shared,
  id: "lr-positive",
  title: { "zh-CN": "阳性似然比", en: "positive likelihood ratio" },
  formula: { "zh-CN": "灵敏度 / (1 - 特异度)", en: "sensitivity / (1 - specificity)" },
  edges: "one class only: no-positives or no-negatives; no false positive: zero-denominator; no true positive: 0",
  higherIsBetter: true,
  prepare: (units) =>
    prepareTable(units, {
      value: (table) => likelihoodRatios(table).positive.value,
      formula: tableFormulas.positiveRatio,
      interval: ({ tp, fn, fp, tn }, level) => koopmanRatio(tp, tp + fn, fp, fp + tn, level),
    }),
});

export const negativeLikelihoodRatio = atBothLevels({
  ...shared,
  id: "lr-negative",
  title: { "zh-CN": "阴性似然比", en: "negative likelihood ratio" },
  formula: { "zh-CN": "(1 - 灵敏度) / 特异度", en: "(1 - sensitivity) / specificity" },
  edges: "one class only: no-positives or no-negatives; no true negative: zero-denominator; no false negative: 0",
  higherIsBetter: false,
  prepare: (units) =>
    prepareTable(units, {
      value: (table) => likelihoodRatios(table).negative.value,
      formula: tableFormulas.negativeRatio,
      interval: ({ tp, fn, fp, tn }, level) => koopmanRatio(fn, tp + fn, tn, fp + tn, level),
    }),
});

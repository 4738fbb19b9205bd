/** All metrics by id. A new metric is one file in this folder and one line here. */
import { fail } from "../contract/errors.js";
import { accuracy } from "./accuracy.js";
import { answeredRate } from "./answered-rate.js";
import { auc } from "./auc.js";
import { falsePositivesPerCase } from "./false-positives-per-case.js";
import { frocScore, frocSensitivity } from "./froc.js";
import { gradeAccuracy, quadraticKappa } from "./grading.js";
import { lesionPrecision } from "./lesion-precision.js";
import { lesionSensitivity } from "./lesion-sensitivity.js";
import type { MetricDefinition } from "./metric.js";
import { negativePredictiveValue } from "./negative-predictive-value.js";
import { positivePredictiveValue } from "./positive-predictive-value.js";
import { sensitivity } from "./sensitivity.js";
import { specificity } from "./specificity.js";

const definitions: readonly MetricDefinition[] = [
  lesionSensitivity,
  falsePositivesPerCase,
  lesionPrecision,
  frocSensitivity,
  frocScore,
  ...sensitivity,
  ...specificity,
  ...positivePredictiveValue,
  ...negativePredictiveValue,
  ...accuracy,
  ...auc,
  ...gradeAccuracy,
  ...quadraticKappa,
  answeredRate,
];

export const metrics: ReadonlyMap<string, MetricDefinition> = new Map(definitions.map((metric) => [metric.id, metric]));

/**
 * Finds a metric by its name in a protocol: an id, and a number after `@` where the metric takes one (`froc-sensitivity@0.5`).
 * @throws METRIC_UNKNOWN
 */
export function metricByName(name: string): { definition: MetricDefinition; parameter: number | null } {
  const [id = "", text] = name.split("@");
  const definition = metrics.get(id);
  const parameter = text === undefined ? null : Number(text);
  if (!definition || (definition.parameter === undefined) !== (parameter === null) || Number.isNaN(parameter)) {
    fail("METRIC_UNKNOWN", `there is no metric "${name}"`, {
      hint: `Metrics: ${[...metrics.keys()].join(", ")}; limits are written as froc-sensitivity@1.`,
    });
  }
  return { definition, parameter };
}

/** All metrics by id. A new metric is one file in this folder and one line here. */
import type { Bilingual } from "../contract/common.js";
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

/** A metric as a protocol names it: its definition, the number after `@`, and its title with that number. */
export interface NamedMetric {
  readonly definition: MetricDefinition;
  readonly parameter: number | null;
  readonly title: Bilingual;
}

/** A number as people write it, without sign or spaces. */
const number = /^\d+(\.\d+)?(e-?\d+)?$/;

/**
 * Finds a metric by its name in a protocol: an id, and a number after `@` where the metric takes one (`froc-sensitivity@0.5`).
 * @throws METRIC_UNKNOWN
 */
export function metricByName(name: string): NamedMetric {
  const [id] = name.split("@") as [string];
  const definition = metrics.get(id);
  const parameter = definition?.parameter;
  if (definition && !parameter && name === id) return { definition, parameter: null, title: definition.title };
  const text = name.slice(id.length + 1);
  if (definition && parameter && number.test(text) && parameter.accepts(Number(text))) {
    const suffix = parameter.suffix(Number(text));
    const title = { "zh-CN": definition.title["zh-CN"] + suffix["zh-CN"], en: definition.title.en + suffix.en };
    return { definition, parameter: Number(text), title };
  }
  fail("METRIC_UNKNOWN", `there is no metric "${name}"`, {
    hint: `Metrics: ${[...metrics.values()].map(usualName).join(", ")}.`,
  });
}

/** The name with a usual number, where one belongs to it. */
function usualName({ id, parameter }: MetricDefinition): string {
  return parameter ? `${id}@${parameter.example}` : id;
}

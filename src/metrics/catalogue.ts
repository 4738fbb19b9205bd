/** All metrics by id. A new metric is one file in this folder and one line here. */
import type { Bilingual } from "../contract/common.js";
import { fail } from "../contract/errors.js";
import { accuracy } from "./accuracy.js";
import { afroc } from "./afroc.js";
import { answeredRate } from "./answered-rate.js";
import { sensitivityAtSpecificity, specificityAtSensitivity } from "./at-target.js";
import { auc } from "./auc.js";
import { averagePrecision } from "./average-precision.js";
import { balancedAccuracy } from "./balanced-accuracy.js";
import { brier } from "./brier.js";
import { calibrationError, massCalibrationError } from "./calibration-error.js";
import { calibrationIntercept, calibrationSlope } from "./calibration-model.js";
import { ecgMetrics } from "./ecg/index.js";
import { f1 } from "./f1.js";
import { falsePositivesPerCase, falsePositivesPerNormalCase } from "./false-positives-per-case.js";
import { frocArea } from "./froc-area.js";
import { frocScore, frocSensitivity } from "./froc.js";
import { cohensKappa, gwetAc1, gwetAc2, linearKappa, quadraticKappa } from "./grade-agreement.js";
import { gradeMacroF1 } from "./grade-f1.js";
import { gradeAccuracy } from "./grading.js";
import { lesionAveragePrecision } from "./lesion-average-precision.js";
import { lesionF1 } from "./lesion-f1.js";
import { lesionPrecision } from "./lesion-precision.js";
import { lesionSensitivity } from "./lesion-sensitivity.js";
import { negativeLikelihoodRatio, positiveLikelihoodRatio } from "./likelihood-ratio.js";
import { fractionLocalised, inferredRoc, lroc } from "./localisation.js";
import { matthewsCorrelation } from "./matthews-correlation.js";
import type { MetricDefinition, MetricGrid } from "./metric.js";
import { multiLabel } from "./multi-label.js";
import { negativePredictiveValue } from "./negative-predictive-value.js";
import { correctedPartialAuc, partialAuc } from "./partial-auc.js";
import { positivePredictiveValue } from "./positive-predictive-value.js";
import { npvAtPrevalence, ppvAtPrevalence } from "./predictive-value-at-prevalence.js";
import { quantityMetrics } from "./quantities.js";
import { maskMetrics } from "./segmentation/set-metrics.js";
import { sensitivity } from "./sensitivity.js";
import { specificity } from "./specificity.js";
import { youdenIndex } from "./youden.js";

const definitions: readonly MetricDefinition[] = [
  lesionSensitivity,
  falsePositivesPerCase,
  falsePositivesPerNormalCase,
  lesionPrecision,
  lesionF1,
  frocSensitivity,
  frocScore,
  frocArea,
  lesionAveragePrecision,
  ...afroc,
  inferredRoc,
  lroc,
  fractionLocalised,
  ...sensitivity,
  ...specificity,
  ...positivePredictiveValue,
  ...negativePredictiveValue,
  ...accuracy,
  ...f1,
  ...balancedAccuracy,
  ...matthewsCorrelation,
  ...youdenIndex,
  ...positiveLikelihoodRatio,
  ...negativeLikelihoodRatio,
  ...ppvAtPrevalence,
  ...npvAtPrevalence,
  ...auc,
  ...partialAuc,
  ...correctedPartialAuc,
  ...averagePrecision,
  ...sensitivityAtSpecificity,
  ...specificityAtSensitivity,
  ...brier,
  ...calibrationError,
  ...massCalibrationError,
  ...calibrationSlope,
  ...calibrationIntercept,
  ...gradeAccuracy,
  ...gradeMacroF1,
  ...cohensKappa,
  ...linearKappa,
  ...quadraticKappa,
  ...gwetAc1,
  ...gwetAc2,
  ...multiLabel,
  ...ecgMetrics,
  ...maskMetrics,
  ...quantityMetrics,
  answeredRate,
];

export const metrics: ReadonlyMap<string, MetricDefinition> = new Map(definitions.map((metric) => [metric.id, metric]));

/** A metric as a protocol names it: its definition, the number after `@`, and its title with that number. */
export interface NamedMetric {
  readonly definition: MetricDefinition;
  readonly parameter: number | null;
  readonly title: Bilingual;
}

/** Most numbers in a grid. */
const gridLimit = 100;

/** A finite number as people write it, without sign or spaces; NaN: the text is none. */
function numberIn(text: string): number {
  const value = /^\d+(\.\d+)?(e-?\d+)?$/.test(text) ? Number(text) : Number.NaN;
  return value < Infinity ? value : Number.NaN;
}

/**
 * Finds a metric by its name in a protocol: an id, and a number after `@` where the metric takes one
 * (`froc-sensitivity@0.5`), or rising numbers with commas where it takes a grid (`froc-score@0.5,1,2`).
 * @throws METRIC_UNKNOWN
 */
export function metricByName(name: string): NamedMetric {
  const [id] = name.split("@") as [string];
  const definition = metrics.get(id);
  const parameter = definition?.parameter;
  if (definition && !parameter && name === id) return { definition, parameter: null, title: definition.title };
  const text = name.slice(id.length + 1);
  const value = numberIn(text);
  if (definition && parameter?.accepts(value)) {
    const suffix = parameter.suffix(value);
    const title = { "zh-CN": definition.title["zh-CN"] + suffix["zh-CN"], en: definition.title.en + suffix.en };
    return { definition, parameter: value, title };
  }
  const values = text.split(",").map(numberIn);
  const isGrid = (grid: MetricGrid) =>
    values.length <= gridLimit &&
    values.every((value, at) => grid.accepts(value) && (at === 0 || value > (values[at - 1] as number)));
  if (definition?.grid && isGrid(definition.grid)) {
    const own = definition.grid.of(values);
    return { definition: own, parameter: null, title: own.title };
  }
  fail("METRIC_UNKNOWN", `there is no metric "${name}"`, {
    hint: `Metrics: ${[...metrics.values()].map(usualName).join(", ")}.`,
  });
}

/** The name with a usual number, where one belongs to it. */
function usualName({ id, parameter }: MetricDefinition): string {
  return parameter ? `${id}@${parameter.example}` : id;
}

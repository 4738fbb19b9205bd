/** Sensitivities at stated false-positive rates: which metrics they are, and at which rate. */
import type { MetricResult, Result } from "../contract/result.js";
import { overallMetrics } from "./input.js";

/** Other metrics take a number after `@` too, which is no rate: a prevalence, a specificity, a number of bins. */
const prefix = "froc-sensitivity@";

/** The false-positive rate of such a metric, or null. */
function rateTarget(metric: string): number | null {
  return metric.startsWith(prefix) ? Number(metric.slice(prefix.length)) : null;
}

export function isRateTarget(metric: string): boolean {
  return rateTarget(metric) !== null;
}

/** Results at stated rates over the whole sample, by rising rate. */
export function rateTargets(result: Result): { readonly rate: number; readonly metric: MetricResult }[] {
  return overallMetrics(result)
    .flatMap((metric) => {
      const rate = rateTarget(metric.metric);
      return rate === null ? [] : [{ rate, metric }];
    })
    .sort((a, b) => a.rate - b.rate);
}

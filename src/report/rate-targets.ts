/** Sensitivities at stated false-positive rates: which metrics they are, and at which rate. */
import type { MetricResult, Result } from "../contract/result.js";
import { overallMetrics } from "./input.js";

/** The rate in ids such as `froc-sensitivity-at-0.125`, `sensitivity@1/8`. */
const pattern = /(?:@|-at-)(\d+(?:\.\d+)?)(?:\/(\d+))?(?:-?fp.*)?$/;

/** The false-positive rate of such a metric, or null. */
export function rateTarget(metric: string): number | null {
  const match = pattern.exec(metric);
  if (!match) return null;
  return match[2] === undefined ? Number(match[1]) : Number(match[1]) / Number(match[2]);
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

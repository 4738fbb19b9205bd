/** Limits of a protocol against the metrics that they are for: per cent written as a number would pass, or fail, everything. */
import { fail } from "../contract/errors.js";
import type { EffectiveProtocol } from "../contract/protocol.js";
import { metricByName, rangeOf } from "../metrics/index.js";

const hint = "Write 5 per cent as 0.05, not 5.";

/**
 * Margins of 1 and above for metrics that reach 1 at most, and criteria that no value, or every one, meets.
 * @throws DOCUMENT_INVALID, METRIC_UNKNOWN (metrics with a margin or a criterion)
 */
export function refuseLimitsOutOfRange({ comparison, acceptance }: EffectiveProtocol, file: string): void {
  const { margin } = comparison;
  const margins =
    typeof margin === "number" ? comparison.metrics.map((name) => [name, margin] as const) : Object.entries(margin);
  for (const [name, value] of margins) {
    const [, high] = rangeOf(metricByName(name).definition);
    if (value >= 1 && high === 1)
      fail(
        "DOCUMENT_INVALID",
        `${file}: with a margin of ${value} no loss of ${name} would be too large: it is 1 at most`,
        {
          file,
          pointer: typeof margin === "number" ? "/comparison/margin" : `/comparison/margin/${name}`,
          hint: `${hint} Metrics without such an end, such as rates, have margins of their own: a map of names.`,
        },
      );
  }
  for (const [at, { metric, atLeast, atMost }] of acceptance.entries()) {
    const [low, high] = rangeOf(metricByName(metric).definition);
    const value = (atLeast ?? atMost) as number;
    if (value < low || value > high)
      fail("DOCUMENT_INVALID", `${file}: ${metric} lies between ${low} and ${high}, its criterion says ${value}`, {
        file,
        pointer: `/acceptance/${at}/${atLeast === undefined ? "atMost" : "atLeast"}`,
        hint,
      });
  }
}

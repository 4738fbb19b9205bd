/** Acceptance criteria, judged on unrounded values; what lies no further from a limit than sums round is equal to it. */
import type { AcceptanceCriterion, EffectiveProtocol } from "../contract/protocol.js";
import type { CriterionResult, MetricResult, Result } from "../contract/result.js";
import { fail } from "../contract/errors.js";
import { isAbove } from "./limits.js";

function sameStratum(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

/** The row of a metric in a stratum ({}: overall). */
export function metricRow(
  metrics: readonly MetricResult[],
  metric: string,
  stratum: Readonly<Record<string, string>> = {},
): MetricResult | undefined {
  return metrics.find((row) => row.metric === metric && sameStratum(row.stratum, stratum));
}

function judge(criterion: AcceptanceCriterion, metrics: readonly MetricResult[]): CriterionResult {
  const row = metricRow(metrics, criterion.metric, criterion.stratum);
  if (!row) {
    fail(
      "CRITERION_UNKNOWN",
      `the criterion on ${criterion.metric} names a metric or stratum that the protocol does not compute`,
      {
        hint: "Add the metric to `metrics` and the stratum to `strata`.",
      },
    );
  }
  const ends = { estimate: row.estimate, lower: row.interval?.low ?? null, upper: row.interval?.high ?? null };
  const value = ends[criterion.compare];
  if (value === null) {
    return {
      criterion,
      value: null,
      verdict: "undetermined",
      ...(row.notEstimable ? { reason: row.notEstimable.reason } : {}),
    };
  }
  const met =
    criterion.atLeast !== undefined
      ? !isAbove(criterion.atLeast, Number(value))
      : !isAbove(Number(value), criterion.atMost as number);
  return { criterion, value, verdict: met ? "pass" : "fail" };
}

/** Judges all criteria; a fail outweighs an undetermined one. @throws CRITERION_UNKNOWN */
export function judgeCriteria(
  protocol: EffectiveProtocol,
  metrics: readonly MetricResult[],
): { criteria: CriterionResult[]; verdict: Result["verdict"] } {
  const criteria = protocol.acceptance.map((criterion) => judge(criterion, metrics));
  const verdicts = new Set(criteria.map(({ verdict }) => verdict));
  if (criteria.length === 0) return { criteria, verdict: "no-criteria" };
  return { criteria, verdict: verdicts.has("fail") ? "fail" : verdicts.has("undetermined") ? "undetermined" : "pass" };
}

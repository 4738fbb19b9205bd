/** Does the primary metric differ between the strata of a dimension? And which stratum is worst? */
import type { StratumDefinition } from "../contract/protocol.js";
import type { MetricResult, Result } from "../contract/result.js";
import type { MetricDefinition } from "../metrics/index.js";
import { heterogeneityOf, holm, zOfLevel } from "../stats/index.js";
import { metricRow } from "./criteria.js";
import { dimensionsOf } from "./dimensions.js";
import { notRecorded } from "./strata.js";

/**
 * Standard error behind an interval, on the scale of the estimate: half the width over z. Wide, skewed intervals near 0 and 1
 * make it larger than a Wald error there, which is the safe side.
 */
function errorOf(row: MetricResult): number | null {
  if (row.interval === null || typeof row.interval.low !== "number" || typeof row.interval.high !== "number")
    return null;
  return (row.interval.high - row.interval.low) / (2 * zOfLevel(row.interval.level));
}

/**
 * Cochran's Q by dimension over the strata with an interval; p-values by Holm over the dimensions.
 * @param tested attributes of the dimensions to test, joined by " x "
 * @param strata definitions of the plan
 */
export function heterogeneity(
  metrics: readonly MetricResult[],
  primary: string,
  tested: readonly string[],
  strata: readonly StratumDefinition[],
): Result["heterogeneity"] {
  const own = metrics.filter(
    ({ metric, stratum }) => metric === primary && tested.includes(Object.keys(stratum).join(" x ")),
  );
  const dimensions = dimensionsOf(
    own.map(({ stratum }) => stratum),
    strata,
  );
  const tests = [...new Set(dimensions)].flatMap((dimension) => {
    const rows = own.filter(
      (row, at) => dimensions[at] === dimension && !Object.values(row.stratum).includes(notRecorded),
    );
    const parts = rows.flatMap((row) => {
      const error = errorOf(row);
      return row.estimate === null || error === null || error === 0 ? [] : [{ estimate: row.estimate, error }];
    });
    const test = heterogeneityOf(
      parts.map(({ estimate }) => estimate),
      parts.map(({ error }) => error * error),
    );
    if (!test.ok) return [];
    return [{ dimension, metric: primary, statistic: test.q, df: test.df, p: test.p, method: "cochran-q-holm" }];
  });
  const adjusted = holm(tests.map(({ p }) => p));
  return tests.map(({ p, ...test }, at) => ({ ...test, p, adjustedP: adjusted[at] as number }));
}

/** Fewer patients than this are too few for a stratum to be called the worst. */
export const worstStratumPatients = 10;

/** The stratum with the worst estimate of the primary metric, among those of one attribute with enough patients. */
export function worstStratum(
  metrics: readonly MetricResult[],
  primary: string,
  definition: MetricDefinition,
): Result["worstStratum"] {
  const overall = metricRow(metrics, primary)?.estimate ?? null;
  if (overall === null) return null;
  const candidates = metrics.filter(
    (row) =>
      row.metric === primary &&
      Object.keys(row.stratum).length === 1 &&
      row.estimate !== null &&
      (row.n.patients ?? 0) >= worstStratumPatients &&
      !Object.values(row.stratum).includes(notRecorded),
  );
  const sign = definition.higherIsBetter ? 1 : -1;
  const [worst] = candidates.sort((a, b) => sign * ((a.estimate as number) - (b.estimate as number)));
  return worst ? { metric: primary, stratum: worst.stratum, estimate: worst.estimate as number, overall } : null;
}

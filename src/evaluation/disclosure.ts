/** The client's copy of a result: small cells are suppressed, and enough others that the hidden ones can't be computed from totals. */
import type { MetricResult, Result, StratumKey } from "../contract/result.js";
import { classAttribute } from "../tasks/profile.js";
import { dimensionsOf } from "./dimensions.js";
import { hiddenStrata, keyText, type Cell } from "./hidden-cells.js";

/** Units behind a number: the smallest count that would show. */
function cellSize(row: MetricResult): number {
  return (
    row.n.denominator ??
    row.n.units ??
    row.n.lesions ??
    Math.min(row.n.positives ?? Infinity, row.n.negatives ?? Infinity)
  );
}

/**
 * Metrics that are made of the same counts are hidden together: sensitivity follows from accuracy and specificity, the hits
 * of few lesions from the precision of many marks.
 */
const familyOf = (unit: string): string => (unit === "patient" || unit === "image" ? unit : "case");

function groupBy<T>(rows: readonly T[], nameOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const name = nameOf(row);
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return groups;
}

/** The client's copy of a custodian's result. The custodian's copy is left as it is. */
export function suppressed(result: Result): Result {
  const minimum = result.context.protocol.disclosure.minimumCell;
  const { strata } = result.context.protocol;
  const dimensions = (rows: readonly { stratum: StratumKey }[]) =>
    dimensionsOf(
      rows.map(({ stratum }) => stratum),
      strata,
    );
  /** The rows of one count. */
  const cellsOf = <T extends { stratum: StratumKey }>(rows: readonly T[], sizeOf: (row: T) => number): Cell[] => {
    const own = dimensions(rows);
    return rows.map((row, at) => ({ key: row.stratum, size: sizeOf(row), dimension: own[at] as string }));
  };
  const families = groupBy(result.metrics, (row) => familyOf(row.unit));
  const hiddenOf = new Map(
    [...families].map(([family, rows]) => {
      const counts = [...groupBy(rows, (row) => row.metric).values()].map((own) => cellsOf(own, cellSize));
      return [family, hiddenStrata(counts, minimum)] as const;
    }),
  );
  const isHidden = (unit: string, stratum: StratumKey) => hiddenOf.get(familyOf(unit))?.has(keyText(stratum)) ?? false;
  const unitOf = new Map(result.metrics.map(({ metric, unit }) => [metric, unit]));
  const hiddenMetric = (metric: string, stratum: StratumKey = {}) => isHidden(unitOf.get(metric) ?? "", stratum);
  const metrics = result.metrics.map((row): MetricResult => {
    if (!isHidden(row.unit, row.stratum)) return row;
    return {
      metric: row.metric,
      stratum: row.stratum,
      unit: row.unit,
      n: {},
      estimate: null,
      interval: null,
      flags: ["suppressed"],
    };
  });
  const composition = hiddenStrata(
    [[{ key: {}, size: result.sample.cases }, ...cellsOf(result.sample.composition, ({ cases }) => cases)]],
    minimum,
  );
  const { worstStratum, readerPanel, decisionConsistency } = result;
  // The cases of a class are the units of its metrics: where these are hidden, so is their number.
  const hiddenClass = (stratum: StratumKey) =>
    Object.hasOwn(stratum, classAttribute) && result.context.task.classes !== undefined && isHidden("case", stratum);
  const small = (count: number) => count > 0 && count < minimum;
  const smallClass = ({ raters }: NonNullable<Result["readerPanel"]>[number]) =>
    raters.some(({ counts: { tp, fn, fp, tn } }) => small(tp + fn) || small(fp + tn));
  // Counts of all lesions: as disclosable as the metrics of lesions over the whole set.
  const { matchSensitivity, ...rest } = result;
  return {
    ...rest,
    ...(matchSensitivity && !isHidden("lesion", {}) && { matchSensitivity }),
    suppressed: true,
    metrics,
    sample: {
      ...result.sample,
      composition: result.sample.composition.filter(
        ({ stratum }) => !composition.has(keyText(stratum)) && !hiddenClass(stratum),
      ),
    },
    worstStratum: worstStratum && hiddenMetric(worstStratum.metric, worstStratum.stratum) ? null : worstStratum,
    // A test over strata is one more equation for those that are hidden.
    heterogeneity: result.heterogeneity.filter(({ dimension, metric }) => {
      const own = result.metrics.filter((row) => row.metric === metric);
      const ofRows = dimensions(own);
      return !own.some((row, at) => ofRows[at] === dimension && hiddenMetric(metric, row.stratum));
    }),
    ...(decisionConsistency && {
      decisionConsistency: decisionConsistency.filter(({ stratum }) => !hiddenClass(stratum)),
    }),
    ...(readerPanel && {
      readerPanel: readerPanel.filter((one) => !hiddenClass(one.stratum) && !smallClass(one)),
    }),
    curves: result.curves.filter(({ unit, stratum }) => !isHidden(unit, stratum)),
    confusion: result.confusion.filter(({ unit, stratum }) => !isHidden(unit, stratum)),
    criteria: result.criteria.map((row) =>
      hiddenMetric(row.criterion.metric, row.criterion.stratum) ? { ...row, value: null } : row,
    ),
  };
}
